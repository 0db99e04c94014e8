"""The guide through a lesson, which shows the stops in the window and returns to them after changes."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QShortcut

from gdsim.core.files.scene_file import SceneFile
from gdsim.core.lessons.lesson import Lesson, PlaybackRange, Stop
from gdsim.core.lessons.view import StopView
from gdsim.core.model.experiment import Experiment
from gdsim.core.settings import Value
from gdsim.gui.lessons.lesson_bar import LessonBar
from gdsim.gui.lessons.render_stop import StopTexts, pictures_of, said_at
from gdsim.session.playback import Playhead
from gdsim.session.session import Session
from gdsim.session.tasks import TaskQueue

if TYPE_CHECKING:
    from gdsim.core.handin.answers import HandingIn
    from gdsim.gui.exercises.exercise import Exercise
    from gdsim.gui.window.view_commands import ViewCommands


class ReplacedDocument(NamedTuple):
    """The document that the lesson has replaced."""

    experiment: Experiment
    file: SceneFile | None
    is_saved: bool
    selected: int


class PlaceInLesson(NamedTuple):
    """A position in a lesson, with all that another window needs to continue there."""

    lesson: Lesson  # in the language of the old window
    stop: int
    stage: int
    opened: Experiment | None  # the scene as the stop opened it
    before: ReplacedDocument | None
    seen: StopView
    handing_in: "HandingIn | None"  # the answers that are being collected, if any


class LessonGuide(QObject):
    """Walks through the stops of a lesson.

    ``open_exercise`` opens an exercise by its name, with settings, and returns its window, or None if that is
    not possible. ``open_task`` opens the task of a stop, given by its index, and returns its window, or None
    if the user is asked for a name first. ``leave`` calls its argument once the current document is saved or
    may be discarded.
    """

    arrived = Signal(int)  # index of the stop that the window now shows, or -1 when the lesson has ended
    told = Signal()  # the words of the stop, or more of them, are shown

    def __init__(
        self,
        session: Session,
        view: "ViewCommands",
        bar: LessonBar,
        open_exercise: Callable[[str, Mapping[str, Value]], "Exercise | None"],
        open_task: Callable[[int], "Exercise | None"],
        leave: Callable[[Callable[[], object]], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._view = view
        self._bar = bar
        self._open_exercise, self._open_task = open_exercise, open_task
        self._leave = leave
        self._exercise: Exercise | None = None  # the exercise or task that the stop has opened
        self._opened: Experiment | None = None
        self._before: ReplacedDocument | None = None
        self.lesson: Lesson | None = None
        self.index = self.stage = 0
        self._until: int | None = None
        self._part: tuple[str, int] | None = None
        self._restore_view: Callable[[], None] | None = None
        self._said: dict[int, StopTexts] = {}
        self._pictures: dict[int, tuple[bytes, ...]] = {}
        self._tasks = TaskQueue(self, in_order=True)
        session.playhead_changed.connect(self._on_playhead)
        session.experiment_changed.connect(self._on_experiment)
        bar.next_requested.connect(self.go_on)
        bar.previous_requested.connect(self.go_back)
        bar.return_requested.connect(self.go_here)
        bar.end_requested.connect(self.end)
        bar.stop_chosen.connect(self.go)

    @property
    def stop(self) -> Stop | None:
        return self.lesson.stops[self.index] if self.lesson else None

    def said(self, index: int) -> StopTexts | None:
        """Return what a stop says, or None if that is not computed yet."""
        return self._said.get(index)

    def begin(self, lesson: Lesson, index: int = 0) -> None:
        """Begin a lesson at a stop, after asking about unsaved work."""
        self._when_free(partial(self._begin, lesson, index))

    def _begin(self, lesson: Lesson, index: int) -> None:
        if self.lesson is None:
            self._restore_view = self._view.kept()
        self._take(lesson)
        self._arrive(index)

    def _take(self, lesson: Lesson) -> None:
        """Make a lesson the present one, of whose stops nothing is computed yet."""
        self.lesson = lesson
        self._said.clear()
        self._pictures.clear()
        self._bar.show_lesson(lesson)

    def place(self, handing_in: "HandingIn | None") -> PlaceInLesson | None:
        """Return the position in the lesson, for another window to continue there."""
        if self.lesson is None:
            return None
        seen = self._view.current_view()
        return PlaceInLesson(
            self.lesson, self.index, self.stage, self._opened, self._before, seen, handing_in
        )

    def resume(self, lesson: Lesson, place: PlaceInLesson) -> None:
        """Continue a lesson whose scene is open already."""
        self._restore_view = self._view.kept()
        self._take(lesson)
        self._opened, self._before = place.opened, place.before
        self.index = min(place.stop, len(lesson.stops) - 1)
        stop, seen = lesson.stops[self.index], place.seen
        self.stage = min(place.stage, stop.last_stage)
        self._view.show_beside(stop.beside)
        # Keeps what the user has chosen at the stop.
        self._view.show_view(
            stop.view._replace(page=seen.page, memory=seen.memory, curve=seen.curve, sight=seen.sight)
        )
        self._show_stage()
        self._on_experiment(self._session.experiment, self._session.experiment)
        self.arrived.emit(self.index)

    def renew(self, lesson: Lesson) -> None:
        """Show another version of the lesson at the current stop; keep the scene unless the stop changed."""
        old = self.stop
        if old is None:
            return
        self._take(lesson)
        self.index = _same_stop(lesson, old, self.index)
        new = lesson.stops[self.index]
        self.stage = min(self.stage, new.last_stage)
        if self._is_own() and _shown_by(new) != _shown_by(old):
            self._show_scene(new)
        self._show_stage()
        self.arrived.emit(self.index)

    def end(self) -> None:
        """Close the lesson, and restore the view from before it.

        The scene stays open, unless the lesson has tasks: its points are useful only for the tasks, and could
        be mistaken for those of another scene. Then the document from before the lesson is opened again.
        """
        if self.lesson is not None and self.lesson.tasks and self._is_own() and self._before is not None:
            experiment, file, is_saved, selected = self._before
            self._session.open(experiment, file, saved=is_saved)
            self._session.select(selected)
        self._leave_lesson()

    def _leave_lesson(self) -> None:
        if self.lesson is None:
            return
        self.lesson = self._until = self._part = None
        self._opened = self._before = None  # from here on the scene is the user's own
        self._tasks.cancel()
        self._close_exercise()
        self._bar.hide()
        if self._restore_view:
            self._restore_view()
        self.arrived.emit(-1)

    def close(self) -> None:
        """Close the lesson with its window, and leave the document as it is."""
        self._leave_lesson()
        self._tasks.close()

    def go_on(self) -> None:
        """Reveal the next part of the stop, or go to the next stop; at the end of the lesson, do nothing."""
        stop = self.stop
        if stop is None or self.lesson is None:
            return
        if self.stage < stop.last_stage:
            self._reveal(stop, self.stage + 1)
        elif self.index + 1 < len(self.lesson.stops):
            self.go(self.index + 1)

    def go_back(self) -> None:
        """Hide the part revealed last, or go back to the previous stop with all its parts revealed."""
        stop, before = self.stop, self.index - 1
        if stop is None:
            return
        if self.stage:
            self._reveal(stop, self.stage - 1)
        elif before >= 0 and self.lesson is not None:
            self.go(before, len(self.lesson.stops[before].reveals))

    def go_here(self) -> None:
        self.go(self.index, min(self.stage, len(self.stop.reveals)) if self.stop else 0)

    def go(self, index: int, stage: int = 0) -> None:
        """Go to the stop at an index, or the nearest stop, after asking about unsaved work."""
        if self.lesson is not None:
            self._when_free(partial(self._arrive, index, stage))

    def _reveal(self, stop: Stop, stage: int) -> None:
        was_asking, self.stage = stop.is_asking(self.stage), stage
        self._close_exercise()
        self._show_stage()
        if was_asking != stop.is_asking(stage) and stop.place.last > stop.place.first:
            self._go_to(stop.place if was_asking else _at_start(stop.place), stop.view.part)
        if stage > len(stop.reveals):
            self._open(stop)

    def open_again(self) -> None:
        """Show the last stage of the stop, with its exercise or task open."""
        if self.stop is not None and self.stop.last_stage:
            self._reveal(self.stop, self.stop.last_stage)

    def _open(self, stop: Stop) -> None:
        if stop.task is not None:
            opened = self._exercise = self._open_task(self.index)
        elif stop.exercise is not None:
            opened = self._exercise = self._open_exercise(stop.exercise.name, stop.exercise.settings)
        else:
            return
        if opened is not None:
            window = self._bar.window()
            if window.focusWidget() is None:
                # Otherwise Qt would focus the first button, with a ring around it, on return to the window.
                window.setFocus()
            opened.finished.connect(self._on_exercise_closed)
            for key, walk in ((Qt.Key.Key_PageDown, self.go_on), (Qt.Key.Key_PageUp, self.go_back)):
                QShortcut(key, opened, walk)  # so that a clicker works whichever window has the focus

    def _on_exercise_closed(self) -> None:
        self._exercise = None

    def _close_exercise(self) -> None:
        exercise, self._exercise = self._exercise, None
        if exercise is not None:
            exercise.close()

    def _when_free(self, then: Callable[[], None]) -> None:
        """Call ``then``, which replaces the document: at once if the lesson opened it, or after asking."""
        if self._is_own():
            then()
        else:
            self._leave(then)

    def _is_own(self) -> bool:
        """Return whether the lesson opened the document, which may have been edited since."""
        document = self._session.document
        return document.file is None and document.saved is not None and document.saved is self._opened

    def _arrive(self, index: int, stage: int = 0) -> None:
        if self.lesson is None:  # ended while the question was open
            return
        stops = self.lesson.stops
        index = max(0, min(index, len(stops) - 1))
        self.index, self.stage = index, stage
        self._close_exercise()
        # Before the scene is shown, so that hidden panes are not visible for a moment.
        self._show_stage()
        self._show_scene(stops[self.index])
        self.arrived.emit(self.index)

    def _show_stage(self) -> None:
        stop = self.stop
        assert stop is not None  # noqa: S101 - it is shown
        self._bar.show_stop(self.index, self.stage)
        hidden = stop.hidden_at(self.stage)
        to_come = self.tr("Hidden until the question is answered")
        self._view.conceal(hidden, to_come if stop.is_asking(self.stage) else self.tr("Hidden at this stop"))
        self._show_words()

    # ------------------------------------------------------------------ the window

    def _show_scene(self, stop: Stop) -> None:
        session = self._session
        session.play(Playhead.pause)
        if not self._is_own():
            document = session.document
            self._before = ReplacedDocument(
                session.experiment, document.file, not document.is_modified, session.selected
            )
        experiment = stop.experiment
        if self.lesson is not None and self.lesson.tasks:
            # With a student's points, it is no longer the scene that its title names.
            experiment = replace(experiment, title=self.lesson.title)
        if session.experiment != experiment or not self._is_own():
            session.open(experiment)
            self._opened = experiment
        self._bar.show_changed(changed=False)
        session.select(stop.selected)
        session.set_by_epoch(stop.place.by_epoch)
        self._view.show_beside(stop.beside)
        self._view.show_view(stop.view)
        session.highlight("")
        # Playback would show the answer.
        self._go_to(stop.place if not stop.is_asking(self.stage) else _at_start(stop.place), stop.view.part)

    def _go_to(self, place: PlaybackRange, part: str) -> None:
        plays = place.last > place.first
        self._part = (part, place.first) if part else None

        def moved(head: Playhead) -> Playhead:
            head = head.at_speed(place.speed)._replace(loop=False) if plays else head
            # A step that is not computed yet is waited for; `seek` would stop at the last computed one.
            head = head.seek(place.first) if head.complete else head._replace(position=float(place.first))
            return head._replace(playing=plays)

        self._until = place.last if plays else None
        self._session.play(moved)
        self._on_playhead(self._session.playhead)

    @Slot(object)
    def _on_playhead(self, head: Playhead) -> None:
        """Pause at the end of the stop's range, and highlight its part of the update at the start."""
        if self._until is not None and not head.playing:
            self._until = None  # the user has paused playback
        elif self._until is not None and head.cursor >= self._until:
            until, self._until = self._until, None
            self._session.play(lambda now: now.pause().seek(until))
        if self._part is not None and head.cursor == self._part[1]:
            self._session.highlight(self._part[0])
            if head.complete:
                self._part = None

    # ------------------------------------------------------------------ the words

    @Slot(object, object)
    def _on_experiment(self, _old: Experiment, new: Experiment) -> None:
        if self.stop is not None:
            self._bar.show_changed(changed=not _has_numbers_of(self.stop, new))

    def _show_words(self) -> None:
        """Show the words and formulas of the stop, computing any that are missing, also for the next stop."""
        self._show_said()
        self._show_pictures()
        assert self.lesson is not None  # noqa: S101 - there is a stop
        self._tasks.cancel()
        for index, stop in enumerate(self.lesson.stops[self.index : self.index + 2], self.index):
            if index not in self._said:
                self._tasks.submit(partial(said_at, stop), partial(self._on_said, index))
            if index not in self._pictures:
                self._tasks.submit(partial(pictures_of, stop), partial(self._on_pictures, index))

    def _on_said(self, index: int, said: StopTexts) -> None:
        self._said[index] = said
        if index == self.index:
            self._show_said()

    def _on_pictures(self, index: int, pictures: tuple[bytes, ...]) -> None:
        self._pictures[index] = pictures
        if index == self.index:
            self._show_pictures()

    def _show_said(self) -> None:
        self._bar.show_said(self._said.get(self.index))
        self.told.emit()

    def _show_pictures(self) -> None:
        self._bar.show_formulas(self._pictures.get(self.index, ()))


def _has_numbers_of(stop: Stop, experiment: Experiment) -> bool:
    """Return whether the numbers in a stop's captions hold for an experiment, which may have more runs."""
    if not any(caption.expressions for caption in stop.captions.values()):
        return True
    own, runs = stop.experiment, {run.name: run for run in experiment.runs}
    return (
        (own.points, own.validation) == (experiment.points, experiment.validation)
        and own.objective == experiment.objective
        and all(run.name in runs and run.computes_like(runs[run.name]) for run in own.runs)
    )


def _at_start(place: PlaybackRange) -> PlaybackRange:
    return replace(place, last=place.first)


def _same_stop(lesson: Lesson, stop: Stop, index: int) -> int:
    """Return the index, in another version of the lesson, of the stop that was at an index.

    Stops are found by their titles; without such a title, the index stays.
    """
    stops = lesson.stops
    if index < len(stops) and stops[index].title == stop.title:
        return index
    titled = [place for place, other in enumerate(stops) if other.title == stop.title]
    return min(titled, key=lambda place: abs(place - index), default=min(index, len(stops) - 1))


def _shown_by(stop: Stop) -> tuple[object, ...]:
    """Return what the window shows at a stop, besides the words."""
    return stop.experiment, stop.selected, stop.place, stop.view, stop.beside
