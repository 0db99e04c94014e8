"""Handing in: the answers of a student, the file that keeps them, and the windows of the tasks."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from gdsim.core.files.checked_json import FileFault
from gdsim.core.formulas.numerals import integer_text
from gdsim.core.handin.answer_file import code_of_answers, read_answers, write_answers
from gdsim.core.handin.answers import LONGEST_FIELD, MOST_FIELDS, Fields, HandIn, HandingIn, new_hand_in
from gdsim.core.handin.sheet import OwnTask, TaskSheet, name_key
from gdsim.core.language.texts import counted
from gdsim.core.lessons.lesson import Lesson
from gdsim.core.settings import shown_name
from gdsim.gui.actions import UserActions
from gdsim.gui.exercises.exercise import Exercise
from gdsim.gui.forms.file_work import unwritten_text
from gdsim.gui.handin.begin_dialog import BeginDialog
from gdsim.gui.handin.hand_out import HandOut
from gdsim.gui.handin.task_dialog import NOTHING_TYPED, TaskDialog, TypedTask
from gdsim.gui.handin.task_window import TaskWindow
from gdsim.gui.handin.words import task_words
from gdsim.gui.notices import Notices
from gdsim.gui.plain_text import as_sentence
from gdsim.gui.preferences import Preferences
from gdsim.session.playback import Playhead
from gdsim.session.session import Session
from gdsim.session.tasks import TaskQueue

if TYPE_CHECKING:
    from gdsim.core.lessons.task import LessonTask
    from gdsim.gui.lessons.own_lesson import StopMaker

_NAME, _FOLDER = "hand_in/name", "hand_in/folder"


class HandInCommands(QObject):
    """Collects a student's answers to the open lesson; also makes tasks and hand-outs.

    ``adopt`` registers the window of a task under a name, as it does the windows of exercises.
    """

    begun = Signal()  # the tasks now have a student's data

    def __init__(
        self,
        window: QWidget,
        session: Session,
        user_actions: UserActions,
        adopt: Callable[[str, Exercise], None],
        hand_out: HandOut,
        settings: Preferences,
        notices: Notices,
    ) -> None:
        super().__init__(notices)
        self._window, self._session, self._settings = window, session, settings
        self._notices = notices
        self._user_actions, self._adopt = user_actions, adopt
        self._drafts = Drafts(settings)
        self.tasks = TaskQueue(self, in_order=True)
        self._sheet: TaskSheet | None = None
        self.handing_in: HandingIn | None = None  # None before a student has begun
        self._unwritten: HandingIn | None = None  # the answers that are still being written
        self.task: TaskWindow | None = None
        self.dialog: BeginDialog | None = None
        self._typed = NOTHING_TYPED  # for a task that is not in a lesson yet
        self.hand_out = hand_out

    def close(self) -> None:
        self.tasks.close()
        unwritten, self._unwritten = self._unwritten, None
        if unwritten is not None:
            self.tasks.wait_for_thread()  # it may be writing earlier answers
            with suppress(OSError, ValueError):  # there is no window left to report it
                write_answers(unwritten.path, unwritten.hand_in)
        self.hand_out.close()

    @property
    def hand_in(self) -> HandIn | None:
        """The answers that are being collected, if any."""
        return self.handing_in.hand_in if self.handing_in is not None else None

    def make_task(self, maker: "StopMaker", usual: Path | None) -> None:
        """Ask for a task about what the window shows, then write it into a lesson file.

        The next dialog has the typed texts again, until they are in a file.
        """
        session = self._session
        session.play(Playhead.pause)
        dialog = TaskDialog(session.experiment, session.selected, maker.step, self._window, self._typed)

        def keep(typed: TypedTask) -> None:
            self._typed = typed

        def write(title: str, words: str, task: "LessonTask") -> None:
            maker.ask_file(
                usual, lambda path: maker.write(path, title, words, task, lambda: keep(NOTHING_TYPED))
            )

        dialog.finished.connect(lambda _result: keep(dialog.typed()))
        dialog.chosen.connect(write)
        dialog.open()

    def with_own_data(self, lesson: Lesson) -> Lesson:
        """Take a lesson, and return it with the student's data if the student hands this lesson in."""
        sheet = TaskSheet(lesson)
        if self.hand_in is not None and self.hand_in.sheet != sheet.id:
            self.handing_in = None
        self._sheet = sheet
        if self.hand_in is None:
            return lesson
        stops = list(lesson.stops)
        for own in sheet.for_name(self.hand_in.name):
            stops[own.place] = own.stop
        return replace(lesson, stops=tuple(stops))

    @property
    def lesson(self) -> Lesson | None:
        """The lesson as it is in its file, without a student's data."""
        return self._sheet.lesson if self._sheet else None

    # ------------------------------------------------------------------------------ who hands in

    def ask(self) -> None:
        """Ask who hands in, and into which file."""
        if self._sheet is None or not len(self._sheet):
            self._notices.refused.emit(self.tr("First open a lesson that has tasks."))
            return
        folder = self._settings.folder_for_files(_FOLDER)
        self.dialog = BeginDialog(self._settings.text(_NAME), folder, self._window)
        self.dialog.chosen.connect(self.begin)
        self.dialog.open()

    def begin(self, name: str, path: Path) -> None:
        """Begin a file of answers with a name, or continue with the answers in the file."""
        sheet = self._sheet
        if sheet is not None:
            work = partial(_begun, path, name, sheet)
            self.tasks.submit(work, partial(self._on_begun, path), partial(self._on_failed, path))

    def _on_begun(self, path: Path, hand_in: HandIn) -> None:
        if self.task is not None:  # the open task has another student's data, or is of another lesson
            self.task.close()
        self.handing_in = HandingIn(hand_in, path)
        self._settings.keep(_NAME, hand_in.name)
        self._settings.keep(_FOLDER, str(path.parent))
        self.begun.emit()
        words = self.tr("{name} hands in; the answers go into {file}.")
        self._notices.told.emit(words.format(name=hand_in.name, file=shown_name(path)), path)

    def _on_failed(self, path: Path, error: Exception) -> None:
        words = str(error) if isinstance(error, FileFault) else unwritten_text(path, error)
        self._notices.refused.emit(f"{words.rstrip('.')}.")

    # ------------------------------------------------------------------------------ tasks

    def open(self, place: int) -> Exercise | None:
        """Open the window of a stop's task, or ask for a name first and return None."""
        if self.hand_in is None or self._sheet is None:
            self.ask()
            return None
        number = self._sheet.lesson.tasks.index(place) + 1
        own = self._sheet.own_task(number, self.hand_in.name)
        if self.task is not None:
            self.task.close()
        window = TaskWindow(
            self._session,
            self._user_actions,
            own,
            len(self._sheet),
            self.hand_in.name,
            task_words(own.stop),
            self._window,
        )
        window.show_answer(self.hand_in.answer(number))
        draft = self._drafts.of(own.data)
        if draft is not None:
            window.show_draft(draft)
        window.kept.connect(partial(self.keep, own))
        window.code_requested.connect(self.copy_code)
        window.finished.connect(self._forget)
        self._adopt(f"task {own.task.id}", window)
        self.task = window
        window.show_up()
        return window

    def _forget(self) -> None:
        if self.task is not None:
            self._drafts.put(self.task.own.data, self.task.draft)
        self.task = None

    def keep(self, own: OwnTask, fields: Fields, seconds: int) -> None:
        if self.handing_in is None:  # the lesson has changed meanwhile
            self.ask()
            return
        hand_in, path = self.handing_in
        kept = self.handing_in = self._unwritten = HandingIn(hand_in.kept(own, fields, seconds), path)
        if self.task is not None:
            self.task.show_answer(kept.hand_in.answer(own.number))
            self.task.show_state(self.tr("Writing…"))
        write = partial(write_answers, path, kept.hand_in)
        self.tasks.submit(write, partial(self._on_written, kept), partial(self._on_unwritten, path))

    def _on_written(self, kept: HandingIn, _done: object) -> None:
        if self._unwritten is kept:
            self._unwritten = None
        if self.hand_in is None or self._sheet is None or self.task is None:
            return
        words = counted(
            len(self.hand_in.answers),
            "Kept in {file}: {n} of {count} tasks has an answer.",
            "Kept in {file}: {n} of {count} tasks have an answer.",
            file=shown_name(kept.path),
            count=len(self._sheet),
        )
        self.task.show_state(words)

    def _on_unwritten(self, path: Path, error: Exception) -> None:
        words = unwritten_text(path, error)
        if self.task is not None:
            self.task.show_state(words)
        self._notices.refused.emit(words)

    def copy_code(self) -> None:
        if self.hand_in is None:
            return
        if not self.hand_in.answers:
            self._say(self.tr("Nothing is kept yet."))
            return
        try:
            code = code_of_answers(self.hand_in)
        except FileFault as fault:
            self._say(as_sentence(str(fault)))
            return
        QGuiApplication.clipboard().setText(code)
        words = self.tr("All kept answers were copied, as a code of {n} letters.")
        self._say(words.format(n=integer_text(len(code))))

    def _say(self, words: str) -> None:
        if self.task is not None:
            self.task.show_state(words)
        else:
            self._notices.refused.emit(words)


def _begun(path: Path, name: str, sheet: TaskSheet) -> HandIn:
    """Return the answers in a file, or write a new file.

    Raises `FileFault` if the file has the answers of another student or lesson.
    """
    if path.exists():
        try:
            hand_in = read_answers(path).hand_in
        except FileFault as fault:
            raise FileFault(f"{shown_name(path)} {fault}") from None
        if name_key(hand_in.name) != name_key(name):
            raise FileFault(
                "{path} has the answers of {name}; choose another file",
                path=shown_name(path),
                name=hand_in.name,
            )
        if hand_in.sheet != sheet.id:
            raise FileFault("{path} belongs to another lesson; choose another file", path=shown_name(path))
        return hand_in
    hand_in = new_hand_in(sheet, name)
    write_answers(path, hand_in)
    return hand_in


_KEY = "hand_in/drafts"
_MOST, _LONGEST = 20, 50_000


class Drafts:
    """Answers that were filled in but not kept, by the data of their task; stored in the preferences."""

    def __init__(self, settings: Preferences) -> None:
        self._settings = settings
        self._drafts: dict[str, Fields] = {}
        self._read()

    def of(self, data: str) -> Fields | None:
        return self._drafts.get(data)

    def put(self, data: str, fields: Fields | None) -> None:
        """Store the fields of a task. None, or fields that are too long, remove what was stored."""
        self._settings.look_again()
        self._read()
        before = dict(self._drafts)
        self._drafts.pop(data, None)
        if fields is not None and sum(map(len, fields)) <= _LONGEST:
            self._drafts[data] = fields
        self._drafts = dict(list(self._drafts.items())[-_MOST:])
        if self._drafts != before:
            self._settings.keep(_KEY, json.dumps(self._drafts))

    def _read(self) -> None:
        with suppress(ValueError, RecursionError):  # nothing is stored, or it is damaged
            kept = json.loads(self._settings.text(_KEY))
            found = kept.items() if isinstance(kept, dict) else ()
            self._drafts = {data: tuple(fields) for data, fields in found if _are_fields(fields)}


def _are_fields(fields: object) -> bool:
    if not isinstance(fields, list) or len(fields) > MOST_FIELDS:
        return False
    return all(isinstance(text, str) and len(text) <= LONGEST_FIELD for text in fields)
