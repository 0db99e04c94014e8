"""The commands about rules of one's own."""

from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gdsim.core.model.rule_edits import runs_of_rule
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.own_rule import OwnRule, free_id
from gdsim.core.rules.rule import Rule
from gdsim.gui.actions import UserActions
from gdsim.gui.rules.known_rules import KnownRules
from gdsim.gui.rules.rule_dialog import RuleDialog
from gdsim.gui.style.theme import LIGHT, Theme
from gdsim.session.session import Session
from gdsim.session.tasks import TaskQueue


class RuleCommands(QObject):
    """Opens the dialog, and turns what it gives into edits.

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
        self.dialog: RuleDialog | None = None

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        if self.dialog is not None:
            self.dialog.lines.set_theme(theme)

    def close(self) -> None:
        self._tasks.close()

    def new(self) -> None:
        """Type a new rule."""
        self._open(None)

    def edit(self) -> None:
        """Edit the rule of the selected run; of a rule of the program, lines of one's own are made."""
        run = self._session.selected_run
        rule = run.optimizer.definition if run is not None else None
        if isinstance(rule, OwnRule):
            self._open(rule)
        else:
            self._open(None, rule)

    def _open(self, old: OwnRule | None, start: Rule | None = None) -> None:
        now = self._session.experiment
        others: dict[str, Rule] = {**RULES, **{rule.id: rule for rule in now.rules if rule != old}}
        followers = len(runs_of_rule(now, old)) if old is not None else 0
        self.dialog = dialog = RuleDialog(others, self._tasks, self._theme, old, followers, self._window)
        if start is not None:
            dialog.start_with(start)
        dialog.accepted_rule.connect(lambda rule: self._take(old, rule))
        if old is not None:
            dialog.remove_requested.connect(lambda: self._user_actions.remove_rule(old))
        dialog.finished.connect(self._forget)
        dialog.open()

    def _forget(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = None

    def _take(self, old: OwnRule | None, rule: OwnRule) -> None:
        self._known.remember([rule])
        if old is not None:
            self._user_actions.change_rule(old, rule)
        else:
            taken = [one.id for one in self._session.experiment.rules]
            self._user_actions.add_rule(replace(rule, id=free_id(rule.title, taken)))
