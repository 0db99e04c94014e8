"""The commands about rules of one's own."""

from dataclasses import replace

from gdsim.core.model.rule_edits import runs_of_rule
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.own_rule import OwnRule, free_id
from gdsim.core.rules.rule import Rule
from gdsim.gui.rules.rule_dialog import RuleDialog
from gdsim.gui.rules.typing_commands import TypingCommands


class RuleCommands(TypingCommands):
    """Opens the dialog, and turns what it gives into edits."""

    def new(self) -> None:
        self._ask(None)

    def edit(self) -> None:
        """Edit the rule of the selected run; of a rule of the program, lines of one's own are made."""
        run = self._session.selected_run
        rule = run.optimizer.definition if run is not None else None
        if isinstance(rule, OwnRule):
            self._ask(rule)
        else:
            self._ask(None, rule)

    def _ask(self, old: OwnRule | None, start: Rule | None = None) -> None:
        now = self._session.experiment
        others: dict[str, Rule] = {**RULES, **{rule.id: rule for rule in now.rules if rule != old}}
        followers = len(runs_of_rule(now, old)) if old is not None else 0
        dialog = RuleDialog(others, self._tasks, self._theme, old, followers, self._window)
        if start is not None:
            dialog.start_with(start)
        dialog.accepted_rule.connect(lambda rule: self._take(old, rule))
        if old is not None:
            dialog.remove_requested.connect(lambda: self._user_actions.remove_rule(old))
        self._open(dialog)

    def _take(self, old: OwnRule | None, rule: OwnRule) -> None:
        self._known.remember([rule])
        if old is not None:
            self._user_actions.change_rule(old, rule)
        else:
            taken = [one.id for one in self._session.experiment.rules]
            self._user_actions.add_rule(replace(rule, id=free_id(rule.title, taken)))
