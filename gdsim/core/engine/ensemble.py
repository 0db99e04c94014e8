"""Many runs as one array: the lines of the rule on NumPy arrays."""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.loop_source import compiled, initial_momentum
from gdsim.core.engine.trajectory import Columns
from gdsim.core.formulas.evaluate import evaluate_arrays
from gdsim.core.formulas.printing import NUMPY, code
from gdsim.core.formulas.program import is_gradient
from gdsim.core.model.experiment import Run
from gdsim.core.model.neuron import Neuron
from gdsim.core.rules.schedules import ScheduleState
from gdsim.core.rules.update_rule import ETA, GAMMA, NEW, W_NEXT, T, UpdateRule, W

# The gradient of the loss over the points of an update, as a function of the parameters.
Gradient = Callable[[Array], Array]


class Ensemble:
    """Runs that differ in their start only.

    Parameters
    ----------
    run : Run
        Its own start is not used. A schedule that looks at the validation loss would be another for each run,
        and is refused.
    data : Neuron
    starts : (..., d + 1) array

    Attributes
    ----------
    done : int
        Updates made.

    Raises
    ------
    ValueError
        If the run's schedule looks at the validation loss.
    """

    def __init__(self, run: Run, data: Neuron, starts: Array) -> None:
        if run.schedule.needs_validation:
            raise ValueError("runs as one array cannot have a schedule that looks at the validation loss")
        self._run, self._data, self._p = run, data, starts
        self._state = memory_at_start(run.optimizer.update_rule, run.optimizer.numbers, starts)
        self._step = array_step(run.optimizer.update_rule)
        self.done = 0

    def advance(self, size: int) -> Columns:
        """Make ``size`` updates and return their record: (n, ..., d + 1) arrays."""
        run, n = self._run, len(self._data.targets)
        columns = Columns.room(size, self._p.shape, len(self._state))
        with np.errstate(all="ignore"):
            for row in range(size):
                now = ScheduleState(self.done, self.done // run.batching.updates_per_epoch(n), 0)
                eta = run.schedule.rate(run.optimizer.eta, now)
                gamma = run.momentum_schedule.rate(initial_momentum(run.optimizer), now)
                self.done += 1
                batch = (
                    self._data
                    if run.batching.batch_size(n) == n
                    else self._data.rows(run.batching.rows(n, self.done, run.seed))
                )
                self._p, self._state, gradient = self._step(
                    batch.gradient,
                    self._p,
                    self._state,
                    run.optimizer.numbers | {ETA: eta, GAMMA: gamma},
                    self.done,
                )
                columns.p[row], columns.gradient[row] = self._p, gradient
                columns.eta[row], columns.gamma[row] = eta, gamma
                for column, variable in zip(columns.state, self._state, strict=True):
                    column[row] = variable
            columns.loss[:] = self._data.loss(columns.p)
        return columns


def memory_at_start(rule: UpdateRule, settings: Mapping[str, float], p: Array) -> tuple[Array, ...]:
    """Return the memory of each letter before the first update, for parameters (..., d + 1)."""
    starts = {line.target: line.node for line in rule.program.starts}
    values = {**settings, W: p}
    return tuple(
        np.broadcast_to(evaluate_arrays(starts[letter], values), p.shape)
        if letter in starts
        else np.zeros_like(p)
        for letter in rule.letters
    )


ArrayStep = Callable[
    [Gradient, Array, tuple[Array, ...], dict[str, Any], int], tuple[Array, tuple[Array, ...], Array]
]


@lru_cache(maxsize=256)
def array_step(rule: UpdateRule) -> ArrayStep:
    """Return one update on arrays: ``step(gradient, p, state, settings, t) -> (p, state, gradient)``.

    ``settings`` has a number, or an array that broadcasts against p, for each setting, and the rates as
    ``eta`` and ``gamma``. The gradient that comes back is the one that was asked for last.
    """
    return compiled("\n".join(_lines(rule)), f"<one step of {rule.letters}>", "step")


def _lines(rule: UpdateRule) -> Iterator[str]:
    settings = [one.name for one in rule.settings if not one.is_switch and one.name not in (ETA, GAMMA)]
    yield f"def step(_gradient, {W}, _state, _settings, {T}):"
    yield from (f"    {name} = _settings['{name}']" for name in (*settings, ETA, GAMMA))
    if rule.letters:
        yield f"    {', '.join(rule.letters)}, = _state"
    for line in rule.program.lines:
        asked = is_gradient(line.node)
        yield f"    {line.target} = " + (
            f"_gradient({rule.gradients[line.target]})" if asked else code(line.node, NUMPY)
        )
    state = "".join(f"{letter}{NEW}, " for letter in rule.letters)
    yield f"    return {W_NEXT}, ({state}), {rule.last_gradient}"
