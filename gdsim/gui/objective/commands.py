"""The commands that choose what is made small."""

from gdsim.core.model.experiment import new_experiment
from gdsim.core.model.objective import LECTURE, FunctionObjective
from gdsim.gui.objective.function_dialog import ChosenFunction, FunctionDialog
from gdsim.gui.objective.neuron_dialog import NeuronDialog
from gdsim.gui.rules.typing_commands import TypingCommands


class ObjectiveCommands(TypingCommands):
    """Opens the dialogs, and turns what they give into edits."""

    def neuron(self) -> None:
        now = self._session.experiment
        objective, points = now.objective, now.points
        if isinstance(objective, FunctionObjective):
            objective, points = LECTURE, new_experiment().points
        dialog = NeuronDialog(objective, points.y, self._window)
        dialog.chosen.connect(self._user_actions.use_neuron)
        self._open(dialog)

    def function(self) -> None:
        now = self._session.experiment
        objective = now.objective if isinstance(now.objective, FunctionObjective) else None
        dialog = FunctionDialog(objective, now.points, self._tasks, self._theme, self._window)
        dialog.chosen.connect(self._take)
        self._open(dialog)

    def _take(self, chosen: ChosenFunction) -> None:
        self._known.remember([chosen.objective])
        self._user_actions.use_function(chosen.objective, chosen.slopes, chosen.known)
