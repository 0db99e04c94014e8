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
    from gdsim.gui.export.beside import ExportBeside


def _kind_of(name: str) -> "type[Exercise]":  # noqa: C901 - a table with imports in it
    # Each is loaded when it is first opened: all of them together would hold up the window for long.
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
    """How the windows of exercises stood."""

    left: "Mapping[str, tuple[QByteArray, Any]]"  # geometry and state of those that were open at any time
    opened: tuple[str, ...]  # those that are open, and can be opened by their names


class ExerciseCommands(QObject):
    """Opens each window once. A closed one is deleted; opened again, it goes on where it was left."""

    update_requested = Signal(int)  # a person wants to see this update of the selected run worked out
    step_covered = Signal(bool)  # whether an open exercise asks for what the step would show
    refused = Signal(str)  # why an exercise cannot be done with this document, as a sentence

    def __init__(self, window: QWidget, session: Session, user_actions: UserActions) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._user_actions = user_actions
        # Makes what writes the files of a window; the exercises know nothing of export.
        self.make_exporter: Callable[[QWidget], ExportBeside] | None = None
        self.opened: dict[str, Exercise] = {}
        self._left: dict[str, tuple[QByteArray, Any]] = {}  # geometry and state of those that were closed
        self._named: set[str] = set()  # those that `open` made; others were taken in

    def open(self, name: str, settings: "Mapping[str, Value] | None" = None) -> "Exercise | None":
        """Open an exercise, with what a lesson sets in it; None if it cannot be done with this document."""
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
        """Take a window in that is not yet shown; an open one of the same name is closed."""
        if name in self.opened:
            self.opened[name].close()
        self.opened[name] = exercise
        exercise.update_requested.connect(self.update_requested)
        if exercise.writes_files and self.make_exporter is not None:
            exercise.set_exporter(self.make_exporter(exercise))
        exercise.finished.connect(partial(self._on_closed, name))
        if name in self._left:
            geometry, state = self._left[name]
            exercise.restoreGeometry(geometry)
            exercise.restore_state(state)
        self._tell_of_cover()

    def kept(self) -> KeptExercises:
        """Return how all windows stand, for the commands of another main window to go on from."""
        now = {name: (one.saveGeometry(), one.save_state()) for name, one in self.opened.items()}
        return KeptExercises(self._left | now, tuple(name for name in self.opened if name in self._named))

    def go_on(self, kept: KeptExercises) -> None:
        """Open the exercises that were open, as they stood."""
        self._left.update(kept.left)
        for name in kept.opened:
            self.open(name)

    def close(self) -> None:
        for exercise in tuple(self.opened.values()):
            exercise.close()

    def _on_closed(self, name: str, _result: int) -> None:
        exercise = self.opened.pop(name, None)
        if exercise is None:  # somebody closed it once more before it was deleted
            return
        self._left[name] = exercise.saveGeometry(), exercise.save_state()
        exercise.end()
        exercise.deleteLater()
        self._tell_of_cover()

    def _tell_of_cover(self) -> None:
        self.step_covered.emit(any(one.covers_step for one in self.opened.values()))
