"""The windows of the exercises: opened from the menu, told of the document, ended with the main window."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from gdsim.core.model.experiment import Experiment
from gdsim.gui.style.theme import LIGHT, Theme
from gdsim.session.session import Session

# Loaded when they are first opened: the start of the program does not wait for them.
if TYPE_CHECKING:
    from gdsim.gui.exercises.exercise import ExerciseWindow
    from gdsim.gui.exercises.guess_work.guess_work import GuessWork
    from gdsim.gui.exercises.predict.predict import Predict
    from gdsim.gui.exercises.quiz.quiz import Quiz


class ExerciseWindows(QObject):
    """Opens each window once; opened again, it is as it was left.

    Signals
    -------
    refused(str)
        Why an exercise cannot be done with this document, as a sentence.
    """

    refused = Signal(str)

    def __init__(self, window: QWidget, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._theme: Theme = LIGHT
        self.guess_work: GuessWork | None = None
        self.quiz: Quiz | None = None
        self.predict: Predict | None = None
        session.experiment_changed.connect(self._on_experiment)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does, by its name."""
        return {"guess_work": self.open_guess_work, "quiz": self.open_quiz, "predict": self.open_predict}

    def set_theme(self, theme: Theme) -> None:
        """Show all windows in the colours of a theme."""
        self._theme = theme
        for window in self._windows():
            window.set_theme(theme)

    def close(self) -> None:
        """End all windows and their work."""
        for window in self._windows():
            window.end()

    def open_guess_work(self) -> None:
        """Open "Guess work"."""
        from gdsim.gui.exercises.guess_work.guess_work import GuessWork  # noqa: PLC0415

        if self.guess_work is None:
            if self._session.experiment.points.dimension != 1:
                self.refused.emit(
                    self.tr("Guess work is for points with one input: two numbers to guess, w and b.")
                )
                return
            self.guess_work = GuessWork(self._session.experiment, self._window)
            self.guess_work.set_theme(self._theme)
        self.guess_work.show_up()

    def open_quiz(self) -> None:
        """Open the contour quiz, which asks about points of its own."""
        from gdsim.gui.exercises.quiz.quiz import Quiz  # noqa: PLC0415

        if self.quiz is None:
            self.quiz = Quiz(self._window)
            self.quiz.set_theme(self._theme)
        self.quiz.show_up()

    def open_predict(self) -> None:
        """Open "Predict, then reveal", about the selected run where it stands."""
        from gdsim.gui.exercises.predict.predict import Predict  # noqa: PLC0415

        if self.predict is None:
            experiment = self._session.experiment
            if experiment.points.dimension != 1 or not experiment.runs:
                self.refused.emit(
                    self.tr("There must be points with one input, and a run, to predict where it goes.")
                )
                return
            self.predict = Predict(self._session, self._window)
            self.predict.set_theme(self._theme)
        self.predict.show_up()

    def _windows(self) -> "tuple[ExerciseWindow, ...]":
        every = (self.guess_work, self.quiz, self.predict)
        return tuple(window for window in every if window is not None)

    @Slot(object, object)
    def _on_experiment(self, old: Experiment, new: Experiment) -> None:
        if self.guess_work is not None and old.points != new.points:
            self.guess_work.show_experiment(new)
