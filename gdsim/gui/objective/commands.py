"""The commands that choose what is made small."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gdsim.core.model.experiment import new_experiment
from gdsim.core.model.objective import LECTURE, FunctionObjective
from gdsim.gui.actions import UserActions
from gdsim.gui.forms.dialog import ScreenDialog
from gdsim.gui.objective.function_dialog import ChosenFunction, FunctionDialog
from gdsim.gui.objective.neuron_dialog import NeuronDialog
from gdsim.gui.rules.known_rules import KnownRules
from gdsim.gui.style.theme import LIGHT, Theme
from gdsim.session.session import Session
from gdsim.session.tasks import TaskQueue


class ObjectiveCommands(QObject):
    """Opens the dialogs, and turns what they give into edits.

    Signals
    -------
    refused(str), told(str, Path or None)
        As other commands have them, to no purpose so far: every edit here is one of the user's actions.
    """

    refused = Signal(str)
    told = Signal(str, object)

    def __init__(
        self, window: QWidget, session: Session, user_actions: UserActions, known: KnownRules
    ) -> None:
        super().__init__(window)
        self._window, self._session = window, session
        self._user_actions, self._known = user_actions, known
        self._theme: Theme = LIGHT
        self._tasks = TaskQueue(self)
        self.dialog: ScreenDialog | None = None

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        if isinstance(self.dialog, FunctionDialog):
            self.dialog.set_theme(theme)

    def close(self) -> None:
        self._tasks.close()

    def neuron(self) -> None:
        """Choose a neuron and its loss."""
        now = self._session.experiment
        is_function = isinstance(now.objective, FunctionObjective)
        objective = LECTURE if isinstance(now.objective, FunctionObjective) else now.objective
        points = new_experiment().points if is_function else now.points
        dialog = NeuronDialog(objective, points.y, self._window)
        dialog.chosen.connect(self._user_actions.use_neuron)
        self._open(dialog)

    def function(self) -> None:
        """Choose a function of w and b, or type one."""
        now = self._session.experiment
        objective = now.objective if isinstance(now.objective, FunctionObjective) else None
        dialog = FunctionDialog(objective, now.points, self._tasks, self._theme, self._window)
        dialog.chosen.connect(self._take)
        self._open(dialog)

    def _open(self, dialog: ScreenDialog) -> None:
        self.dialog = dialog
        dialog.finished.connect(self._forget)
        dialog.open()

    def _forget(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = None

    def _take(self, chosen: ChosenFunction) -> None:
        self._known.remember([chosen.objective])
        self._user_actions.use_function(chosen.objective, chosen.slopes, chosen.known)
