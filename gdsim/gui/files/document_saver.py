"""Saving the document in a worker thread."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from gdsim.core.files.scene import SUFFIXES
from gdsim.core.files.scene_file import ChangedOnDisk, SceneFile, save_scene
from gdsim.core.files.stems import file_stem
from gdsim.core.settings import shown_name
from gdsim.gui.files.dialogs import FileDialogs, SaveDecision
from gdsim.gui.files.words import not_saved
from gdsim.gui.notices import Notices
from gdsim.gui.preferences import Preferences
from gdsim.session.document import Document
from gdsim.session.tasks import Task, TaskQueue

Then = Callable[[], object]

_FOLDER_KEY = "folder"


class _Writing:
    """A document that is being written, and its file once it is written."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.experiment, self._opened = document.experiment, document.opened
        self.file: SceneFile | None = None

    def write(self, path: Path, over: SceneFile | None) -> None:
        self.file = save_scene(self.experiment, path, over)

    def tell_document(self) -> None:
        """Tell the document its file, unless a lesson has replaced the document meanwhile."""
        if self.file is not None and self._document.opened == self._opened:
            self._document.became_saved(self.experiment, self.file)


class DocumentSaver(QObject):
    saved = Signal(object)  # Path

    def __init__(
        self,
        document: Document,
        dialogs: FileDialogs,
        tasks: TaskQueue,
        settings: Preferences,
        notices: Notices,
    ) -> None:
        super().__init__(notices)
        self._notices = notices
        self._document = document
        self._dialogs = dialogs
        self._tasks = tasks
        self._settings = settings
        self._writing: _Writing | None = None
        self._task: Task | None = None
        self._after: list[Then] = []

    def when_idle(self, then: Then) -> None:
        """Call ``then`` at once, or else after the save in progress, even if that fails."""
        if self._writing is not None:
            self._after.append(then)
        else:
            then()

    def save(self, then: Then = lambda: None) -> None:
        """Write the document to its file, or ask for a file; call ``then`` once it is written."""
        self.when_idle(lambda: self._save(then))

    def save_as(self, then: Then = lambda: None) -> None:
        """Ask for a file, and write the document to it; call ``then`` once it is written."""
        file = self._document.file
        stem = file_stem(self._document.experiment.title, self.tr("untitled"))
        suggestion = file.path if file else self.folder() / f"{stem}{SUFFIXES[0]}"
        self._dialogs.ask_save(suggestion, lambda path: self.when_idle(lambda: self._write(path, None, then)))

    def finish(self) -> None:
        """Complete a save in progress, and drop what was to follow it.

        The document lives on in another window or as a draft, and has to know its file.
        """
        writing, self._writing = self._writing, None
        if self._task is not None:
            self._tasks.finish(self._task)
        if writing is not None:
            writing.tell_document()

    def folder(self) -> Path:
        """Return the folder of the last file, or the default folder for documents."""
        return self._settings.folder_for_files(_FOLDER_KEY)

    def remember_folder(self, path: Path) -> None:
        """Make the next file dialog start in the folder of this file."""
        self._settings.keep(_FOLDER_KEY, str(path.absolute().parent))

    def _save(self, then: Then) -> None:
        file = self._document.file
        if file is None:
            self.save_as(then)
        else:
            self._write(file.path, file, then)

    def _write(self, path: Path, over: SceneFile | None, then: Then) -> None:
        writing = self._writing = _Writing(self._document)

        def done(_: object) -> None:
            writing.tell_document()
            self.saved.emit(path)
            then()
            self._end()

        def failed(error: Exception) -> None:
            if isinstance(error, ChangedOnDisk):
                self._ask_about_change(path, then)
            else:
                was_saved = self._document.file is not None or os.path.exists(path)  # noqa: PTH110 - never fails
                self._notices.refused.emit(not_saved(path, error, was_saved=was_saved))
            self._end()

        words = self.tr("Saving {name}…").format(name=shown_name(path))
        self._task = self._tasks.submit(partial(writing.write, path, over), done, failed, words=words)

    def _end(self) -> None:
        self._writing = None
        after, self._after = self._after, []
        for then in after:
            self.when_idle(then)

    def _ask_about_change(self, path: Path, then: Then) -> None:
        words = self.tr("{name} was changed by another program since it was opened here.")
        choices: dict[SaveDecision, Then] = {
            SaveDecision.SAVE_AS: lambda: self.save_as(then),
            SaveDecision.OVERWRITE: lambda: self.when_idle(lambda: self._write(path, None, then)),
        }
        details = self.tr("If you overwrite it, the other program's changes are lost.")
        self._dialogs.ask(words.format(name=shown_name(path)), details, choices)
