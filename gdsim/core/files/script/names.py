"""What the names in the lines of a rule and its schedules are called in a function of a script."""

import builtins
import keyword
from collections.abc import Iterable

from gdsim.core.rules.schedules import EPOCH, RISES, STEP, Schedule
from gdsim.core.rules.update_rule import CORRECTED, G, T, UpdateRule, W

# The weights, be they one or a list, and the bias.
PARAMETERS = ("w", "b")
_COUNTS = (T, STEP, EPOCH, RISES)
# What a script has names for itself.
_OWN = (
    "np", "math", "csv", "sys", "count", "Path", "TITLE", "COLUMNS", "X", "Y", "X_VALIDATION", "Y_VALIDATION",
    "exp", "sign", "f", "loss", "gradient", "batches", "orders", "array_f", "array_loss", "array_gradient",
    "array_batches", "w", "b", "dw", "db", "j", "inputs", "epochs", "order", "X_batch", "Y_batch", "size",
    "seed", "last_loss", "validation_loss",
)  # fmt: skip


class Names:
    """The names of one function: no two are the same, and none has another meaning in a script.

    Parameters
    ----------
    rule : UpdateRule
    schedules : iterable of Schedule
        Those that the function computes.
    """

    def __init__(self, rule: UpdateRule, schedules: Iterable[Schedule]) -> None:
        self._rule = rule
        self._taken = {*_OWN, *_COUNTS, *keyword.kwlist, *dir(builtins)}
        self._names = {("", name): name for name in _COUNTS}
        for parameter in PARAMETERS:
            self._names[parameter, W], self._names[parameter, G] = parameter, f"d{parameter}"
        for name in sorted(rule.shared):
            self._give("", name, name)
        own = (name for name in (*rule.letters, *rule.program.by_target) if name not in rule.shared)
        for name in own:
            for parameter in PARAMETERS:
                self._give(parameter, self._stored(name), self._wanted(name, parameter))
        for one in schedules:
            kind = one.definition
            for name in (f"{kind.target}0", *kind.names, *kind.program.by_target):
                if name != kind.target:
                    self._give(kind.target, name, name)

    def of(self, name: str, parameter: str = "") -> str:
        """Return what a name of the rule is called, for one of the parameters if it is not shared."""
        if name in self._rule.shared:
            return self._names["", name]
        return self._names[parameter, self._stored(name)]

    def of_schedule(self, target: str, name: str) -> str:
        """Return what a name is called of the schedule that computes ``"eta"`` or ``"gamma"``."""
        return self._names.get((target, name)) or self._names["", name]

    def _stored(self, name: str) -> str:
        """Return the name in whose place a value is kept: a new one takes that of its old one if it can."""
        return name if name in self._rule.kept_apart else self._rule.replaces(name) or name

    def _wanted(self, name: str, parameter: str) -> str:
        if name in self._rule.kept_apart:
            old = self._rule.kept_apart[name]
            return f"new_{parameter}" if old == W else f"new_{old}_{parameter}"
        if name.endswith(CORRECTED):
            return f"{name.removesuffix(CORRECTED)}_{parameter}{CORRECTED}"
        return f"{self._stored(name)}_{parameter}"

    def _give(self, scope: str, name: str, wanted: str) -> None:
        if (scope, name) in self._names:
            return
        while wanted in self._taken:
            wanted += "_"
        self._taken.add(wanted)
        self._names[scope, name] = wanted
