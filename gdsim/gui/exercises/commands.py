"""The commands that open the exercises."""

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QByteArray, QObject, Signal
from PySide6.QtWidgets import QWidget

from gdsim.gui.actions import UserActions
from gdsim.session.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gdsim.core.settings import Value
    from gdsim.gui.exercises.exercise import Exercise
    from gdsim.gui.export.exercise_export import ExportBeside


def _kind_of(name: str) -> "type[Exercise]":  # noqa: C901 - a table with imports in it
    # Each module is imported when its exercise is first opened, because importing all would delay the start.
    # ruff: noqa: PLC0415
    match name:
        case "check_work":
            from gdsim.gui.exercises.check.check_dialog import CheckDialog

            return CheckDialog
        case "fill_in":
            from gdsim.gui.exercises.fill_in.fill_in import FillIn

            return FillIn
        case "flight":
            from gdsim.gui.exercises.flight.instrument_flight import InstrumentFlight

            return InstrumentFlight
        case "guess_work":
            from gdsim.gui.exercises.guess_work.guess_work import GuessWork

            return GuessWork
        case "maps":
            from gdsim.gui.exercises.maps.maps_window import MapsWindow

            return MapsWindow
        case "predict":
            from gdsim.gui.exercises.predict.predict import Predict

            return Predict
        case "quiz":
            from gdsim.gui.exercises.quiz.quiz import Quiz

            return Quiz
        case "fair_race":
            from gdsim.gui.exercises.race.race_window import FairRace

            return FairRace
        case "find_rate":
            from gdsim.gui.exercises.rates.rate_dialog import RateDialog

            return RateDialog
        case "wrong_line":
            from gdsim.gui.exercises.wrong_line.wrong_line import FindWrongLine

            return FindWrongLine
    raise ValueError(f"{name} is no exercise")


class KeptExercises(NamedTuple):
    """The saved state of the exercises' windows."""

    left: "Mapping[str, tuple[QByteArray, Any]]"  # geometry and state of every window that was ever open
    opened: tuple[str, ...]  # the names of the open windows that `open` can open again


class ExerciseCommands(QObject):
    """Owner of the exercises' windows, at most one of each.

    A closed window is deleted; opened again, the exercise goes on where it was left.
    """

    update_requested = Signal(int)  # show this update of the selected run worked out
    step_covered = Signal(bool)  # whether an open exercise asks for numbers that the step page shows
    refused = Signal(str)  # why an exercise cannot be opened for this document, as a sentence

    def __init__(
        self,
        window: QWidget,
        session: Session,
        user_actions: UserActions,
        make_exporter: "Callable[[QWidget], ExportBeside]",
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._user_actions = user_actions
        # Injected, because exercises do not depend on the export package.
        self._make_exporter = make_exporter
        self.opened: dict[str, Exercise] = {}
        self._left: dict[str, tuple[QByteArray, Any]] = {}  # geometry and state of closed windows
        self._named: set[str] = set()  # the windows made by `open`; the others were adopted

    def open(self, name: str, settings: "Mapping[str, Value] | None" = None) -> "Exercise | None":
        """Open an exercise with a lesson's settings; return None if the document does not allow it."""
        if name not in self.opened:
            kind = _kind_of(name)
            refusal = kind.refusal(self._session)
            if refusal:
                self.refused.emit(refusal)
                return None
            self.adopt(name, kind(self._session, self._user_actions, self._window))
            self._named.add(name)
        exercise = self.opened[name]
        if settings is not None:
            exercise.set_up(settings)
            if exercise.isVisible():
                exercise.follow()
        exercise.show_up()
        return exercise

    def adopt(self, name: str, exercise: "Exercise") -> None:
        """Take over a window that is not shown yet; an open one of the same name is closed."""
        if name in self.opened:
            self.opened[name].close()
        self.opened[name] = exercise
        exercise.update_requested.connect(self.update_requested)
        if exercise.writes_files:
            exercise.set_exporter(self._make_exporter(exercise))
        exercise.finished.connect(partial(self._on_closed, name))
        if name in self._left:
            geometry, state = self._left[name]
            exercise.restoreGeometry(geometry)
            exercise.restore_state(state)
        self._tell_of_cover()

    def kept(self) -> KeptExercises:
        """Return the state of all windows, to be restored in another main window with `go_on`."""
        now = {name: (one.saveGeometry(), one.save_state()) for name, one in self.opened.items()}
        return KeptExercises(self._left | now, tuple(name for name in self.opened if name in self._named))

    def go_on(self, kept: KeptExercises) -> None:
        """Restore the state of all windows, and open those that were open."""
        self._left.update(kept.left)
        for name in kept.opened:
            self.open(name)

    def close(self) -> None:
        for exercise in tuple(self.opened.values()):
            exercise.close()

    def _on_closed(self, name: str, _result: int) -> None:
        exercise = self.opened.pop(name, None)
        if exercise is None:  # it was closed again before it was deleted
            return
        self._left[name] = exercise.saveGeometry(), exercise.save_state()
        exercise.end()
        exercise.deleteLater()
        self._tell_of_cover()

    def _tell_of_cover(self) -> None:
        self.step_covered.emit(any(one.covers_step for one in self.opened.values()))
