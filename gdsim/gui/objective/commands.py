"""The commands that choose the objective and edit rules, in dialogs where formulas may be typed."""

from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gdsim.core.model.experiment import new_experiment
from gdsim.core.model.objective import LECTURE, FunctionObjective
from gdsim.core.model.rule_edits import runs_of_rule
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.own_rule import OwnRule, free_id
from gdsim.core.rules.rule import Rule
from gdsim.gui.actions import UserActions
from gdsim.gui.forms.dialog import ScreenDialog
from gdsim.gui.objective.function_dialog import ChosenFunction, FunctionDialog
from gdsim.gui.objective.neuron_dialog import NeuronDialog
from gdsim.gui.rules.known_rules import KnownRules
from gdsim.gui.rules.rule_dialog import RuleDialog
from gdsim.session.session import Session
from gdsim.session.tasks import TaskQueue


class FormulaCommands(QObject):
    """Opens one dialog at a time, and turns its result into an edit of the document."""

    def __init__(
        self, window: QWidget, session: Session, user_actions: UserActions, known: KnownRules
    ) -> None:
        super().__init__(window)
        self._window, self._session = window, session
        self._user_actions, self._known = user_actions, known
        self._tasks = TaskQueue(self)
        self.dialog: ScreenDialog | None = None

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
        dialog = FunctionDialog(objective, now.points, self._tasks, self._window)
        dialog.chosen.connect(self._take_function)
        self._open(dialog)

    def new_rule(self) -> None:
        self._ask_rule(None)

    def edit_rule(self) -> None:
        """Edit the rule of the selected run; a built-in rule is copied into a new rule of the user's own."""
        run = self._session.selected_run
        rule = run.optimizer.definition if run is not None else None
        if isinstance(rule, OwnRule):
            self._ask_rule(rule)
        else:
            self._ask_rule(None, rule)

    def _ask_rule(self, old: OwnRule | None, start: Rule | None = None) -> None:
        now = self._session.experiment
        others: dict[str, Rule] = {**RULES, **{rule.id: rule for rule in now.rules if rule != old}}
        followers = len(runs_of_rule(now, old)) if old is not None else 0
        dialog = RuleDialog(others, self._tasks, old, followers, self._window)
        if start is not None:
            dialog.start_with(start)
        dialog.accepted_rule.connect(lambda rule: self._take_rule(old, rule))
        if old is not None:
            dialog.remove_requested.connect(lambda: self._user_actions.remove_rule(old))
        self._open(dialog)

    def _open(self, dialog: ScreenDialog) -> None:
        self.dialog = dialog
        dialog.finished.connect(self._forget)
        dialog.open()

    def _forget(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = None

    def _take_function(self, chosen: ChosenFunction) -> None:
        self._known.remember([chosen.objective])
        self._user_actions.use_function(chosen.objective, chosen.slopes, chosen.known)

    def _take_rule(self, old: OwnRule | None, rule: OwnRule) -> None:
        self._known.remember([rule])
        if old is not None:
            self._user_actions.change_rule(old, rule)
        else:
            taken = [one.id for one in self._session.experiment.rules]
            self._user_actions.add_rule(replace(rule, id=free_id(rule.title, taken)))
