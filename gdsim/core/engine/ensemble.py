"""Many runs as one array: the lines of a rule on NumPy's arrays."""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.sum_source import compiled
from gdsim.core.formulas.evaluate import evaluate_arrays
from gdsim.core.formulas.printing import NUMPY, code
from gdsim.core.formulas.program import is_gradient
from gdsim.core.model.experiment import Run
from gdsim.core.model.point_loss import PointLoss
from gdsim.core.rules.schedules import ScheduleState
from gdsim.core.rules.update_rule import ETA, GAMMA, NEW, W_NEXT, T, UpdateRule, W

# The gradient of the loss over the points of an update, as a function of the parameters.
Gradient = Callable[[Array], Array]
ArrayStep = Callable[
    [Gradient, Array, tuple[Array, ...], dict[str, Any], int], tuple[Array, tuple[Array, ...], Array]
]


class Ensemble:
    """Runs that differ from one run in their starts (..., d + 1) only.

    ``p`` has the same shape: where the runs are after ``done`` updates. Raises `ValueError` if the run's
    schedule looks at the validation loss, which is another for each run.
    """

    def __init__(self, run: Run, data: PointLoss, starts: Array) -> None:
        if run.schedule.needs_validation:
            raise ValueError("runs as one array cannot have a schedule that looks at the validation loss")
        self._run, self._data, self.p, self.done = run, data, starts, 0
        self._state = memory_at_start(run.optimizer.update_rule, run.optimizer.numbers, starts)
        self._step = array_step(run.optimizer.update_rule)

    def advance(self) -> None:
        """Make one update of every run."""
        run, n = self._run, len(self._data.targets)
        now = ScheduleState(self.done, self.done // run.batching.updates_per_epoch(n), 0)
        rates = {
            ETA: run.schedule.rate(run.optimizer.eta, now),
            GAMMA: run.momentum_schedule.rate(run.optimizer.gamma, now),
        }
        self.done += 1
        whole = run.batching.batch_size(n) == n
        batch = self._data if whole else self._data.rows(run.batching.rows(n, self.done, run.seed))
        with np.errstate(all="ignore"):
            self.p, self._state, _ = self._step(
                batch.gradient, self.p, self._state, run.optimizer.numbers | rates, self.done
            )


def memory_at_start(rule: UpdateRule, settings: Mapping[str, float], p: Array) -> tuple[Array, ...]:
    """Return the memory of each letter before the first update, for parameters (..., d + 1)."""
    values = {**settings, W: p}
    return tuple(
        np.broadcast_to(evaluate_arrays(rule.starts[letter], values), p.shape)
        if letter in rule.starts
        else np.zeros_like(p)
        for letter in rule.letters
    )


@lru_cache(maxsize=256)
def array_step(rule: UpdateRule) -> ArrayStep:
    """Return one update on arrays: ``step(gradient, p, state, settings, t) -> (p, state, gradient)``.

    ``settings`` has a number, or an array that broadcasts against p, for each setting, and the rates as
    ``eta`` and ``gamma``. The gradient that comes back is the one that was asked for last.
    """
    return compiled("\n".join(_lines(rule)), f"<one step of {rule.letters}>", "step")


def _lines(rule: UpdateRule) -> Iterator[str]:
    yield f"def step(_gradient, {W}, _state, _settings, {T}):"
    # Python's own numbers would raise where those of NumPy become infinite.
    yield f"    {T} = np.float64({T})"
    yield from (f"    {name} = np.float64(_settings['{name}'])" for name in (*rule.constants, ETA, GAMMA))
    if rule.letters:
        yield f"    {', '.join(rule.letters)}, = _state"
    for line in rule.program.lines:
        asked = is_gradient(line.node)
        yield f"    {line.target} = " + (
            f"_gradient({rule.gradients[line.target]})" if asked else code(line.node, NUMPY)
        )
    state = "".join(f"{letter}{NEW}, " for letter in rule.letters)
    yield f"    return {W_NEXT}, ({state}), {rule.last_gradient}"
