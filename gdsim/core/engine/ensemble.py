"""Many runs computed as one array: the lines of a rule, applied to NumPy arrays."""

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from gdsim.core.arrays import Array, Flags
from gdsim.core.engine.loop_shape import Sum, adds_by_numpy
from gdsim.core.engine.sum_by_numpy import SumByNumpy
from gdsim.core.engine.sum_source import compiled, compiled_sum
from gdsim.core.formulas.code_printing import NUMPY, source_of
from gdsim.core.formulas.evaluate import evaluate_arrays
from gdsim.core.formulas.program import is_gradient, is_norm
from gdsim.core.formulas.syntax import names_in
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.point_loss import PointLoss
from gdsim.core.model.run import Run
from gdsim.core.rules.schedules import RISE, ScheduleState
from gdsim.core.rules.update_rule import ETA, GAMMA, NEW, W_NEXT, T, UpdateRule, W

# From this many points on, a sum for a single run spends nearly all of its time inside NumPy (measured).
LONG = 1024
# The gradient of the loss over the points of an update, as a function of the parameters.
Gradient = Callable[[Array], Array]
ArrayStep = Callable[
    [Gradient, Array, tuple[Array, ...], dict[str, Any], int], tuple[Array, tuple[Array, ...], Array]
]


class RunEnd(Enum):
    SOLVED = 1
    DIVERGED = 2
    OVER = 3  # It has made all its updates, or used up its budget of gradients
    STOPPED = 4  # A search found no further step


class Differences(NamedTuple):
    """The settings in which the runs of an ensemble differ, by name: arrays (m,) with one value per run."""

    rule: Mapping[str, Array] = {}
    schedule: Mapping[str, Array] = {}
    momentum_schedule: Mapping[str, Array] = {}
    search: Mapping[str, Array] = {}

    def kept(self, runs: Flags) -> "Differences":
        return Differences(*({name: values[runs] for name, values in one.items()} for one in self))


_NONE = Differences()


class Ensemble:
    """m runs that differ from ``run`` in their starts (m, d + 1) and in numeric settings.

    ``p`` has the same shape and holds the parameters after ``done`` updates. All runs see the points in the
    same order. ``held_out`` is required if a schedule looks at the validation loss.
    """

    # Dropping runs takes as long as a few updates, so that it pays only for many of them.
    dead_share = 0.125

    def __init__(
        self,
        run: Run,
        data: PointLoss,
        starts: Array,
        differences: Differences = _NONE,
        held_out: PointLoss | None = None,
    ) -> None:
        if run.schedule.needs_validation and held_out is None:
            raise ValueError("a schedule that looks at the validation loss needs points that are held out")
        self._run, self._differences, self.done = run, differences, 0
        self._data, self._held_out = ArraySums(data), held_out and ArraySums(held_out)
        # One row per parameter, so that an operation on all runs goes along contiguous memory.
        self._p = np.ascontiguousarray(starts.T)
        self._settings = run.optimizer.numbers | dict(differences.rule)
        self._state = memory_at_start(run.optimizer.update_rule, self._settings, self._p)
        self._step = array_step(run.optimizer.update_rule, 0)
        self._whole = run.batching.batch_size(len(data.targets)) == len(data.targets)
        self._per_epoch = run.batching.updates_per_epoch(len(data.targets))
        self._validation_loss = np.full(len(starts), np.inf)
        self._rises = np.zeros(len(starts))
        self._known: tuple[Array, Array] | None = None  # loss and gradient at p

    def __len__(self) -> int:
        return len(self._rises)

    @property
    def p(self) -> Array:
        return self._p.T

    @property
    def loss(self) -> Array:
        with np.errstate(all="ignore"):
            return self._sums()[0]

    @property
    def gradient(self) -> Array:
        with np.errstate(all="ignore"):
            return self._sums()[1].T

    @property
    def finite(self) -> Flags:
        """Mask of the runs whose parameters and memory are finite."""
        good: Flags = np.logical_and.reduce(np.isfinite(np.concatenate([self._p, *self._state])))
        return good

    @property
    def ended(self) -> Mapping[RunEnd, Flags]:
        """Masks of the runs that cannot go on after the last update, apart from solved ones.

        No run has ended before its first update: the loss may be infinite or undefined at the start, and
        finite after it.
        """
        has_loss = np.isfinite(self.loss)
        if not self.done or (self.all_finite and has_loss.all()):
            return {}
        return {RunEnd.DIVERGED: ~(self.finite & has_loss)}

    @property
    def all_finite(self) -> bool:
        """Whether the parameters and memory of all runs are finite; mostly decided by a single sum."""
        with np.errstate(all="ignore"):
            total = self._p.sum() + sum(one.sum() for one in self._state)
        return bool(np.isfinite(total) or self.finite.all())

    def advance(self) -> None:
        rates = self._rates()
        self.done += 1
        with np.errstate(all="ignore"):
            p, state, _ = self._step(
                self._gradient_of_update(), self._p, self._state, self._settings | rates, self.done
            )
            self._p, self._state, self._known = p, state, None
            if self._held_out and self._run.schedule.needs_validation and self.done % self._per_epoch == 0:
                loss, _ = self._held_out(self._p)
                self._rises = self._rises + (loss > RISE * self._validation_loss)
                self._validation_loss = loss

    def advancing(self) -> Iterator[None]:
        self.advance()
        yield

    def keep(self, runs: Flags) -> None:
        self._p = self._p[:, runs]
        self._state = tuple(one[:, runs] for one in self._state)
        self._differences = self._differences.kept(runs)
        self._settings = self._run.optimizer.numbers | dict(self._differences.rule)
        self._validation_loss, self._rises = self._validation_loss[runs], self._rises[runs]
        if self._known is not None:
            loss, gradient = self._known
            self._known = loss[runs], gradient[:, runs]

    def _sums(self) -> tuple[Array, Array]:
        if self._known is None:
            self._known = self._data(self._p)
        return self._known

    def _gradient_of_update(self) -> Gradient:
        """Return the gradient over the points of this update, as a function of parameters (d + 1, m)."""
        if not self._whole:
            n = len(self._data.data.targets)
            return ArraySums(
                self._data.data.rows(self._run.batching.rows(n, self.done, self._run.seed))
            ).gradient
        here = self._p
        return lambda p: self._sums()[1] if p is here else self._data.gradient(p)

    def _rates(self) -> dict[str, Any]:
        run = self._run
        now = ScheduleState(self.done, self.done // self._per_epoch, 0)
        given = {ETA: run.optimizer.eta, GAMMA: run.optimizer.gamma} | dict(self._differences.rule)
        schedules = (
            (ETA, run.schedule, self._differences.schedule),
            (GAMMA, run.momentum_schedule, self._differences.momentum_schedule),
        )
        return {
            name: schedule.rates(given[name], now, self._rises, settings)
            if schedule.definition.changes
            else given[name]
            for name, schedule, settings in schedules
        }


class ArraySums:
    """The loss over points and its gradient, at m places (d + 1, m) at once.

    Few points are summed one after the other, in the same order as in the loop of a run. With very many
    points, the places are computed one after the other.
    """

    def __init__(self, data: PointLoss) -> None:
        self.data, n = data, len(data.targets)
        self._points: list[tuple[float, ...]] | None = None
        self._at_one: SumByNumpy | None = None
        if isinstance(data, Neuron) and not adds_by_numpy(n, data.objective):
            self._points = list(zip(*data.columns, strict=True))
            looped = Sum.over(n, data.objective, data.total)._replace(unrolled=0)
            self._added = compiled_sum(data.dimension, looped, NUMPY)
        elif isinstance(data, Neuron) and n >= LONG:
            self._at_one = SumByNumpy(data)

    def __call__(self, p: Array) -> tuple[Array, Array]:
        """Return the loss (m,) and its gradient (d + 1, m)."""
        if self._at_one is not None:
            made = np.array([self._at_one(*place) for place in p.T.tolist()]).reshape(-1, len(p) + 1)
            return made[:, 0].copy(), np.ascontiguousarray(made[:, 1:].T)
        if self._points is None:
            loss, gradient = self.data.loss_and_gradient(p.T)
            return loss, gradient.T
        gradient = np.empty_like(p)
        loss, *rows = self._added(self._points, np.exp, *p)
        for row, found in zip(gradient, rows, strict=True):
            row[:] = found
        return loss, gradient

    def gradient(self, p: Array) -> Array:
        """Return the gradient (d + 1, m)."""
        if self._at_one is None and self._points is None:
            return self.data.gradient(p.T).T
        return self(p)[1]


def memory_at_start(rule: UpdateRule, settings: Mapping[str, float | Array], p: Array) -> tuple[Array, ...]:
    """Return the memory of each letter before the first update, with the shape of p."""
    values = {**settings, W: p}
    return tuple(
        np.broadcast_to(evaluate_arrays(rule.starts[letter], values), p.shape)
        if letter in rule.starts
        else np.zeros_like(p)
        for letter in rule.letters
    )


@lru_cache(maxsize=256)
def array_step(rule: UpdateRule, axis: int = -1) -> ArrayStep:
    """Compile one update on arrays: ``step(gradient, p, state, settings, t) -> (p, state, gradient)``.

    ``settings`` holds a number, or an array that broadcasts against p, for each setting and for the rates
    ``eta`` and ``gamma``. All returned arrays have the shape of p; the gradient is the last one that was
    evaluated. ``axis`` is the axis of the parameters.
    """
    return compiled("\n".join(_lines(rule, axis)), f"<one step of {rule.letters}>", "step")


def _lines(rule: UpdateRule, axis: int) -> Iterator[str]:
    yield f"def step(_gradient, {W}, _state, _settings, {T}):"
    # Python's floats would raise where NumPy's become infinite.
    yield f"    {T} = _np.float64({T})"
    yield from (f"    {name} = _np.float64(_settings['{name}'])" for name in (*rule.constants, ETA, GAMMA))
    if rule.letters:
        yield f"    {', '.join(rule.letters)}, = _state"
    for line in rule.program.lines:
        if is_gradient(line.node):
            place = rule.gradients[line.target]
            right = f"_gradient({_broadcast(place) if place in rule.shared else place})"
        elif is_norm(line.node):
            right = f"_length({rule.norms[line.target]}, {axis})"
        else:
            right = source_of(line.node, NUMPY)
            if rule.replaces(line.target) and names_in(line.node) <= rule.shared:
                right = _broadcast(right)
        yield f"    {line.target} = {right}"
    state = "".join(f"{letter}{NEW}, " for letter in rule.letters)
    yield f"    return {W_NEXT}, ({state}), {rule.last_gradient}"


def _broadcast(value: str) -> str:
    """Return source that broadcasts a value shared by all parameters to one value for each."""
    return f"_np.broadcast_to({value}, {W}.shape)"
