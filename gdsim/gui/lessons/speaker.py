"""The commands for the speaker's notes, in a second window and in a file."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QWidget

from gdsim.gui.forms.file_work import FileWork
from gdsim.gui.lessons.notes import NotesWindow, writing_notes
from gdsim.gui.notices import Notices

if TYPE_CHECKING:
    from gdsim.gui.lessons.guide import LessonGuide


class Speaker(QObject):
    """Shows the notes of the current stop of a guide, and writes the notes of all stops."""

    def __init__(
        self,
        window: QWidget,
        guide: "LessonGuide",
        walks: Mapping[Qt.Key, Callable[[], object]],
        notices: Notices,
    ) -> None:
        super().__init__(notices)
        self._window, self._guide, self._walks = window, guide, walks
        self._work = FileWork(window, notices)
        self.notes: NotesWindow | None = None
        guide.told.connect(self._show)
        guide.arrived.connect(self._on_arrived)

    def toggle(self) -> None:
        if self.notes is not None:
            self.notes.close()
        elif self._guide.lesson is not None:
            self.notes = NotesWindow(self._window)
            self.notes.finished.connect(self._forget)
            for key, walk in self._walks.items():
                QShortcut(key, self.notes, walk)
            self._show()
            self.notes.show()

    def _forget(self) -> None:
        self.notes = None

    def _show(self) -> None:
        lesson, guide = self._guide.lesson, self._guide
        if self.notes is not None and lesson is not None:
            self.notes.show_stop(lesson, guide.index, guide.stage, guide.said(guide.index))

    def _on_arrived(self, index: int) -> None:
        if index < 0:
            self._close_notes()

    def _close_notes(self) -> None:
        if self.notes is not None:
            self.notes.close()

    def close(self) -> None:
        self._work.close()
        self._close_notes()

    def ask(self) -> None:
        """Ask for a file, and write the captions and notes of all stops to it."""
        lesson = self._guide.lesson
        if lesson is not None:
            title, kinds = self.tr("Export the notes"), self.tr("PDF (*.pdf);;HTML (*.html)")
            self._work.ask(title, kinds, Path("notes.pdf"), partial(writing_notes, lesson))
