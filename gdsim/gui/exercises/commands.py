"""The commands that open the exercises."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gdsim.gui.actions import UserActions
from gdsim.gui.style.theme import LIGHT, Theme
from gdsim.session.session import Session

if TYPE_CHECKING:
    from gdsim.gui.exercises.exercise import Exercise

# The windows are loaded when they are first opened: the start of the program does not wait for them.
# ruff: noqa: PLC0415


def _check_work() -> "type[Exercise]":
    from gdsim.gui.exercises.check.check_dialog import CheckDialog

    return CheckDialog


def _find_rate() -> "type[Exercise]":
    from gdsim.gui.exercises.rates.rate_dialog import RateDialog

    return RateDialog


def _guess_work() -> "type[Exercise]":
    from gdsim.gui.exercises.guess_work.guess_work import GuessWork

    return GuessWork


def _predict() -> "type[Exercise]":
    from gdsim.gui.exercises.predict.predict import Predict

    return Predict


def _quiz() -> "type[Exercise]":
    from gdsim.gui.exercises.quiz.quiz import Quiz

    return Quiz


_EXERCISES = {
    "check_work": _check_work,
    "find_rate": _find_rate,
    "guess_work": _guess_work,
    "predict": _predict,
    "quiz": _quiz,
}


class ExerciseCommands(QObject):
    """Opens each window once; opened again, it is as it was left.

    Attributes
    ----------
    opened : dict of str to Exercise
        The windows that were opened, by the name of the command.

    Signals
    -------
    update_requested(int)
        A person wants to see this update of the selected run worked out.
    refused(str)
        Why an exercise cannot be done with this document, as a sentence.
    """

    update_requested = Signal(int)
    refused = Signal(str)

    def __init__(self, window: QWidget, session: Session, user_actions: UserActions) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._user_actions = user_actions
        self._theme: Theme = LIGHT
        self.opened: dict[str, Exercise] = {}

    def open(self, name: str) -> None:
        """Open the window of a command."""
        if name not in self.opened:
            kind = _EXERCISES[name]()
            refusal = kind.refusal(self._session)
            if refusal:
                self.refused.emit(refusal)
                return
            self.opened[name] = exercise = kind(self._session, self._user_actions, self._window)
            exercise.set_theme(self._theme)
            exercise.update_requested.connect(self.update_requested)
        self.opened[name].show_up()

    def set_theme(self, theme: Theme) -> None:
        """Show all windows in the colours of a theme."""
        self._theme = theme
        for exercise in self.opened.values():
            exercise.set_theme(theme)

    def close(self) -> None:
        """End all windows and their work."""
        for exercise in self.opened.values():
            exercise.end()
