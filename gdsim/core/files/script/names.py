"""The names of the numbers of a run in its code: those of the lecture, all distinct."""

import builtins
import keyword
from collections.abc import Iterable, Mapping

from gdsim.core.formulas.code_printing import OWN_FUNCTIONS
from gdsim.core.formulas.program import NORM
from gdsim.core.rules.schedules import EPOCH, RISES, STEP, Schedule
from gdsim.core.rules.update_rule import CORRECTED, G, T, UpdateRule, W

# The weights, one number or a list, and the bias.
PARAMETERS = ("w", "b")
COUNTS = (T, STEP, EPOCH, RISES)
# The names that scripts use themselves.
_OWN = (
    "np", "math", "csv", "sys", "lru_cache", "Path", "TITLE", "COLUMNS", "X", "Y", "X_VALIDATION",
    "Y_VALIDATION", "X_all", "Y_all", *OWN_FUNCTIONS, NORM, "f", "loss", "error", "gradient", "grad_w",
    "grad_b", "mini_batches", "shuffled", "shuffled_rows", "array_f", "array_loss", "array_gradient", "w",
    "b", "dw", "db", "i", "j", "x", "y", "fx", "inputs", "max_epochs", "X_batch", "Y_batch",
    "mini_batch_size", "num_points_seen", "seed", "last_loss", "validation_loss", "show", "mean", "X_now",
    "Y_now", "batch_size",
)  # fmt: skip


class Names:
    """The names in one function: all distinct, and none with another meaning in the script.

    ``apart`` maps the new values that are kept beside their old ones to the old names in the lines.
    ``counts`` gives the source of some of the `COUNTS`. ``reserved`` are further names that must not be used.
    """

    def __init__(
        self,
        rule: UpdateRule,
        schedules: Iterable[Schedule],
        apart: Mapping[str, str],
        counts: Mapping[str, str],
        reserved: Iterable[str],
    ) -> None:
        self._rule, self._apart = rule, apart
        self._taken = {*_OWN, *COUNTS, *reserved, *keyword.kwlist, *dir(builtins)}
        # The lines of a rule know only the count `T`; one of their settings may have another count's name.
        self._counts = {name: counts.get(name, name) for name in COUNTS}
        self._names = {("", T): self._counts[T]}
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
        """Return the code's name for a name of the rule, of one parameter unless all parameters share it."""
        if name in self._rule.shared:
            return self._names["", name]
        return self._names[parameter, self._stored(name)]

    def of_schedule(self, target: str, name: str) -> str:
        """Return the code's name for a name of the schedule of ``target``, ``"eta"`` or ``"gamma"``."""
        return self._names.get((target, name)) or self._counts.get(name) or self._names["", name]

    def _stored(self, name: str) -> str:
        """Return the name under which a value is stored: a new value overwrites its old one if possible."""
        return name if name in self._apart else self._rule.replaces(name) or name

    def _wanted(self, name: str, parameter: str) -> str:
        if name in self._apart:
            old = self._apart[name]
            return f"new_{parameter}" if old == W else f"{old}_{parameter}"
        if name in self._apart.values():
            return f"prev_{name}_{parameter}"
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
