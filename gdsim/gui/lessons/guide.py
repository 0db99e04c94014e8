"""Brings the window to the stops of a lesson, and back to them after anything was touched."""

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
from gdsim.gui.lessons.render_stop import Said, pictures_of, said_at
from gdsim.session.playback import Playhead
from gdsim.session.session import Session
from gdsim.session.tasks import TaskQueue

if TYPE_CHECKING:
    from gdsim.gui.exercises.exercise import Exercise
    from gdsim.gui.window.view_commands import ViewCommands


class Before(NamedTuple):
    """The document that the lesson took the place of."""

    experiment: Experiment
    file: SceneFile | None
    is_saved: bool
    selected: int


class PlaceInLesson(NamedTuple):
    """Where somebody is in a lesson."""

    lesson: Lesson  # in the language of before
    stop: int
    stage: int
    opened: Experiment | None  # the scene as the stop has opened it
    before: Before | None
    seen: StopView


class LessonGuide(QObject):
    """Walks through a lesson.

    ``open_exercise`` opens the exercise of a name, with settings, and returns its window, or None if it
    cannot be done; ``open_task`` that of the stop of an index, or None while a person is asked first.
    ``leave`` calls its argument once the present document may go.
    """

    arrived = Signal(int)  # the window shows the stop of this index
    told = Signal()  # what the stop says is shown, or more of it

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
        self._exercise: Exercise | None = None  # the one that the stop has opened
        self._opened: Experiment | None = None
        self._before: Before | None = None
        self.lesson: Lesson | None = None
        self.index = self.stage = 0
        self._until: int | None = None
        self._part: tuple[str, int] | None = None
        self._restore_view: Callable[[], None] | None = None
        self._said: dict[int, Said] = {}
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

    def said(self, index: int) -> Said | None:
        """Return what a stop says, as far as it is known."""
        return self._said.get(index)

    def begin(self, lesson: Lesson, index: int = 0) -> None:
        """Show a lesson from a stop on, after asking about unsaved work."""
        self._when_free(partial(self._begin, lesson, index))

    def _begin(self, lesson: Lesson, index: int) -> None:
        if self.lesson is None:
            self._restore_view = self._view.kept()
        self.lesson = lesson
        self._said.clear()
        self._pictures.clear()
        self._bar.show_lesson(lesson)
        self._arrive(index)

    def place(self) -> "PlaceInLesson | None":
        """Return where somebody is in a lesson, for another window to go on there."""
        if self.lesson is None:
            return None
        seen = self._view.seen()
        return PlaceInLesson(self.lesson, self.index, self.stage, self._opened, self._before, seen)

    def resume(self, lesson: Lesson, place: "PlaceInLesson") -> None:
        """Go on with a lesson whose stop is shown already."""
        self._restore_view = self._view.kept()
        self.lesson, self._opened, self._before = lesson, place.opened, place.before
        self.index = min(place.stop, len(lesson.stops) - 1)
        self.stage = min(place.stage, lesson.stops[self.index].last_stage)
        self._bar.show_lesson(lesson)
        stop, seen = lesson.stops[self.index], place.seen
        self._view.show_beside(stop.beside)
        # What a person has chosen at the stop stays.
        self._view.show_view(
            stop.view._replace(page=seen.page, memory=seen.memory, curve=seen.curve, sight=seen.sight)
        )
        self._show_stage()
        self._on_experiment(self._session.experiment, self._session.experiment)
        self.arrived.emit(self.index)

    def renew(self, lesson: Lesson) -> None:
        """Show another version of the lesson, at the stop where one is; untouched if that is the same."""
        old = self.stop
        if old is None:
            return
        self._said.clear()
        self._pictures.clear()
        self.lesson = lesson
        self._bar.show_lesson(lesson)
        self.index = _same_stop(lesson, old, self.index)
        new = lesson.stops[self.index]
        self.stage = min(self.stage, new.last_stage)
        if self._is_own() and _looks(new) != _looks(old):
            self._bring(new)
        self._show_stage()
        self.arrived.emit(self.index)

    def end(self) -> None:
        """Close the lesson. The view is as it was before it.

        The scene stays, but for that of a sheet of tasks: its points are of use for these alone, and would
        pass for those of the scene whose title they have. The document from before the lesson is back then.
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
        self._opened = self._before = None  # from here on the scene is the person's own
        self._tasks.cancel()
        self._close_exercise()
        self._bar.hide()
        if self._restore_view:
            self._restore_view()
        self.arrived.emit(-1)

    def close(self) -> None:
        """Close the lesson with its window; the document goes on in another one, or is kept as it is."""
        self._leave_lesson()
        self._tasks.close()

    def go_on(self) -> None:
        """Reveal what is next, then go to the next stop; what was done at the last one stays."""
        stop = self.stop
        if stop is None or self.lesson is None:
            return
        if self.stage < stop.last_stage:
            self._reveal(stop, self.stage + 1)
        elif self.index + 1 < len(self.lesson.stops):
            self.go(self.index + 1)

    def go_back(self) -> None:
        """Hide what was revealed last, then go back to the stop before, all of which is revealed."""
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
        """Go to the stop of an index, or to the nearest there is, after asking about unsaved work."""
        if self.lesson is not None:
            self._when_free(partial(self._arrive, index, stage))

    def _reveal(self, stop: Stop, stage: int) -> None:
        was_asking, self.stage = stop.is_asking(self.stage), stage
        self._close_exercise()
        self._show_stage()
        if was_asking != stop.is_asking(stage) and stop.place.last > stop.place.first:
            self._go_to(stop.place if was_asking else _still(stop.place), stop.view.part)
        if stage > len(stop.reveals):
            self._open(stop)

    def open_again(self) -> None:
        """Show the last of the stop, with its exercise or its task open."""
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
                # Else Qt would give the focus to its first button, with a ring around it, when it comes back.
                window.setFocus()
            opened.finished.connect(self._on_exercise_closed)
            for key, walk in ((Qt.Key.Key_PageDown, self.go_on), (Qt.Key.Key_PageUp, self.go_back)):
                QShortcut(key, opened, walk)  # a clicker goes on, whichever window has the focus

    def _on_exercise_closed(self) -> None:
        self._exercise = None

    def _close_exercise(self) -> None:
        exercise, self._exercise = self._exercise, None
        if exercise is not None:
            exercise.close()

    def _when_free(self, then: Callable[[], None]) -> None:
        """Replace the document: at once when the lesson opened it, otherwise after asking."""
        if self._is_own():
            then()
        else:
            self._leave(then)

    def _is_own(self) -> bool:
        """Return whether the lesson opened the document, edited since or not."""
        document = self._session.document
        return document.file is None and document.saved is not None and document.saved is self._opened

    def _arrive(self, index: int, stage: int = 0) -> None:
        if self.lesson is None:  # ended while the question was open
            return
        stops = self.lesson.stops
        index = max(0, min(index, len(stops) - 1))
        self.index, self.stage = index, stage
        self._close_exercise()
        # Hidden first, so that it is not seen for a moment.
        self._show_stage()
        self._bring(stops[self.index])
        self.arrived.emit(self.index)

    def _show_stage(self) -> None:
        stop = self.stop
        assert stop is not None  # noqa: S101 - it is shown
        self._bar.show_stop(self.index, self.stage)
        hidden = stop.hidden_at(self.stage)
        to_come = self.tr("Hidden until the question is answered")
        self._view.conceal(hidden, to_come if stop.is_asking(self.stage) else self.tr("Hidden at this stop"))
        self._tell()

    # ------------------------------------------------------------------ the window

    def _bring(self, stop: Stop) -> None:
        session = self._session
        session.play(Playhead.pause)
        if not self._is_own():
            document = session.document
            self._before = Before(
                session.experiment, document.file, not document.is_modified, session.selected
            )
        experiment = stop.experiment
        if self.lesson is not None and self.lesson.tasks:
            # With points of its own it is no longer the scene whose title it has.
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
        # What plays would show what is asked for.
        self._go_to(stop.place if not stop.is_asking(self.stage) else _still(stop.place), stop.view.part)

    def _go_to(self, place: PlaybackRange, part: str) -> None:
        plays = place.last > place.first
        self._part = (part, place.first) if part else None

        def moved(head: Playhead) -> Playhead:
            head = head.at_speed(place.speed)._replace(loop=False) if plays else head
            # What is not computed yet is waited for.
            there = head.seek(place.first) if head.complete else head._replace(position=float(place.first))
            return there._replace(playing=plays)

        self._until = place.last if plays else None
        self._session.play(moved)
        self._on_playhead(self._session.playhead)

    @Slot(object)
    def _on_playhead(self, head: Playhead) -> None:
        """Stop where the stop ends, and highlight its part as soon as playback is there."""
        if self._until is not None and not head.playing:
            self._until = None  # somebody paused it
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
            self._bar.show_changed(changed=not _is_told_of(self.stop, new))

    def _tell(self) -> None:
        """Show what the stop says, as far as it is known; compute the rest, and the next stop's too."""
        self._show_said()
        self._show_pictures()
        assert self.lesson is not None  # noqa: S101 - there is a stop
        self._tasks.cancel()
        for index in (self.index, self.index + 1):
            if index == len(self.lesson.stops):
                break
            stop = self.lesson.stops[index]
            if index not in self._said:
                self._tasks.submit(partial(said_at, stop), partial(self._on_said, index))
            if index not in self._pictures:
                self._tasks.submit(partial(pictures_of, stop), partial(self._on_pictures, index))

    def _on_said(self, index: int, said: Said) -> None:
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
        assert self.lesson is not None  # noqa: S101 - there is a stop
        texts = tuple(formula.text for formula in self.lesson.stops[self.index].formulas)
        self._bar.show_formulas(self._pictures.get(self.index, ()), texts)


def _is_told_of(stop: Stop, experiment: Experiment) -> bool:
    """Return whether the numbers that a stop tells are those of an experiment, which may have more runs."""
    if not any(caption.expressions for caption in stop.captions.values()):
        return True
    own, runs = stop.experiment, {run.name: run for run in experiment.runs}
    return (
        (own.points, own.validation) == (experiment.points, experiment.validation)
        and own.objective == experiment.objective
        and all(run.name in runs and run.computes_like(runs[run.name]) for run in own.runs)
    )


def _still(place: PlaybackRange) -> PlaybackRange:
    return replace(place, last=place.first)


def _same_stop(lesson: Lesson, stop: Stop, index: int) -> int:
    """Return where the stop that was at an index is in another version of the lesson."""
    stops = lesson.stops
    if index < len(stops) and stops[index].title == stop.title:
        return index
    titled = [place for place, other in enumerate(stops) if other.title == stop.title]
    return min(titled, key=lambda place: abs(place - index), default=min(index, len(stops) - 1))


def _looks(stop: Stop) -> tuple[object, ...]:
    """Return what the window is brought to."""
    return stop.experiment, stop.selected, stop.place, stop.view, stop.beside
