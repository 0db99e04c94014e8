"""Redoing each update of a run, with or without a mistake, from the submission's own values before it."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple, TypeGuard

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.ensemble import Gradient, array_step, memory_at_start
from gdsim.core.engine.trajectory import RecordColumns
from gdsim.core.exercises.check.answer_sheet import Submission
from gdsim.core.exercises.check.computation import BorrowedMemory, Computation, UnclearedSum
from gdsim.core.exercises.check.gradients import RunGradients, gradient_of, lines_of_rounding
from gdsim.core.formulas.syntax import Name, substituted
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.point_loss import PointLoss
from gdsim.core.rules.schedules import ScheduleState
from gdsim.core.rules.update_rule import ETA, GAMMA, NEW, UpdateRule
from gdsim.core.settings import NUMBER, Setting

# How many copies of the run round their numbers as the submission does, to show what rounding can do.
ROUNDED = 8
# The spread of the copies is doubled, to be on the safe side.
_MARGIN = 2.0
# The noise repeats after this many draws; the outputs draw theirs after the memory does.
_DRAWN, _OF_OUTPUTS = 61, 6
# In a rule that divides by the root of squares, the root and the quotient are rounded too, so a step has only
# as many digits as the result has decimals: its rounding error may be this many times as large.
_DIVIDED = 10.0
# Nobody works out the terms of more points than these by hand.
_BY_HAND = 20
# Numbers may differ by this share even in full precision, because sums may be added in another order.
_RELATIVE = 1e-9
_GIVEN = "__given"


class Destination(NamedTuple):
    """The place that an update leads to from the submission's own values before it."""

    p: Array  # (d + 1,)
    agrees: bool  # Whether the submission is at this place, within its rounding


def replayed(
    gradients: RunGradients, record: RecordColumns, submission: Submission, computation: Computation
) -> Iterator[Destination | None]:
    """Redo the updates; yield a destination for each row of the submission, and None after other updates.

    After each row, the updates go on from the submission's own values. So rounding errors do not add up,
    and the steps after a wrong one are not wrong too. The record, whose rates are used, has to reach the
    last row.
    """
    copies = _RoundedCopies(gradients, record, computation)
    rows = submission.p, submission.precision, submission.steps.tolist()
    for values, copies.precision, step in zip(*rows, strict=True):
        while copies.done < step:
            copies.update()
            if copies.done < step:
                yield None
        yield copies.place(values)
        copies.stand_at(values)


@lru_cache(maxsize=64)
def gathers_sizes(rule: UpdateRule) -> bool:
    """Return whether the rule keeps squares or other sizes of gradients in its memory."""
    behind = (rule.program.depends(z + NEW) for z in rule.letters if z in rule.never_negative)
    return any(not names.isdisjoint(rule.gradients) for names in behind)


def _of_weight(values: Array) -> Array:
    """Return values (..., d + 1) with the first weight's in place of the bias's."""
    values = values.copy()
    values[:, -1] = values[:, 0]
    return values


@lru_cache(maxsize=256)
def _with_given_memory(rule: UpdateRule) -> UpdateRule:
    """Return the rule with settings in place of the lines that compute its new memory."""
    given = {z + NEW: Name(z + _GIVEN) for z in rule.letters}
    lines = {
        line.target: substituted(line.node, given) for line in rule.program.lines if line.target not in given
    }
    settings = (Setting(one.name, one.name, one.name, "", 0.0, NUMBER) for one in given.values())
    return UpdateRule.of(rule.program.with_lines(lines), (*rule.settings, *settings))


class _RoundedCopies:
    """Several copies of one run, computed at once: first exact, the others each with their own rounding."""

    def __init__(self, gradients: RunGradients, record: RecordColumns, computation: Computation) -> None:
        run, data = gradients.run, gradients.data
        self._gradients, self._computation = gradients, computation
        self.precision = np.zeros(len(run.start))  # (d + 1,): precision of the next row
        self._rates_on_record = {ETA: record.eta, GAMMA: record.gamma}
        self._per_epoch = run.batching.updates_per_epoch(len(data.targets))
        self._step = array_step(computation.rule)
        self._numbers = run.optimizer.numbers
        self._settings: dict[str, Any] = {**self._numbers, **computation.constants}
        self._noise = _noise(len(run.start))
        # Velocities and gradients are written with as many decimals as the parameters they are added to. In a
        # rule that divides by the root of squares they are small, and written with as many digits instead.
        self._is_relative = gathers_sizes(run.optimizer.update_rule)
        # Rounding an output f near 1 leaves few digits of 1 - f. That must not make a row wrong, but mistakes
        # have to explain the rows without this allowance.
        self._rounds_outputs = self._is_relative and computation is gradients.right
        self._batch, self._grain = data, _grain(data)
        self._point = 0  # The point of the batch, from 1, that makes this update; 0 for the whole batch
        self._updates = self.done = 0
        self.p = self._before = np.array([run.start] * (1 + ROUNDED))
        self._sum: Array | float = 0.0
        self._memory = self._memory_at_start()

    def update(self) -> None:
        begins_epoch = not self.done % self._per_epoch
        now = ScheduleState(self.done, self.done // self._per_epoch, 0)
        if self._computation.forgets and begins_epoch:
            self._memory = self._memory_at_start()
        sums = self._computation.sums
        if sums is not UnclearedSum.OF_ALL and not (sums is UnclearedSum.OF_EPOCH and not begins_epoch):
            self._sum = 0.0
        self.done += 1
        self._before = self.p
        batch = self._gradients.batch(self._computation, self.done)
        self._settings.update(self._rates(now))
        if not self._computation.each_point:
            self._update_with(batch)
            return
        for place in range(len(batch.targets)):
            self._point = place + 1
            self._update_with(batch.rows(slice(place, place + 1)))

    def _update_with(self, batch: PointLoss) -> None:
        self._updates += 1
        if batch is not self._batch:
            self._batch, self._grain = batch, _grain(batch)
        with np.errstate(all="ignore"):
            gradient = self._gradient_after_weights() if self._computation.weights_first else self._gradient
            p, memory = self._moved(gradient)
            if self._computation.kept:
                p = self._keeping(self.p, p)
                if not self._computation.remembers_kept:
                    memory = tuple(map(self._keeping, self._memory, memory))
            self.p = p
            self._memory = tuple(self._rounded(one, place) for place, one in enumerate(memory, 2))

    def _moved(self, gradient: Gradient) -> tuple[Array, tuple[Array, ...]]:
        """Return the new parameters and memory, with w's memory used for b if that is the mistake."""
        p, memory, slope = self._step(gradient, self.p, self._memory, self._settings, self._updates)
        borrows = self._computation.borrows
        if borrows is BorrowedMemory.NEW:
            rule = self._computation.rule
            names = (z + _GIVEN for z in rule.letters)
            given = self._settings | dict(zip(names, map(_of_weight, memory), strict=True))
            borrowing = array_step(_with_given_memory(rule))
            p = borrowing(lambda _: slope, self.p, self._memory, given, self._updates)[0]
        if borrows is BorrowedMemory.BOTH:
            second = tuple(map(_of_weight, memory))
            moved, memory, _ = self._step(lambda _: slope, self.p, second, self._settings, self._updates)
            p = np.column_stack([p[:, :-1], moved[:, -1]])
            memory = tuple(np.broadcast_to(one[:, -1:], self.p.shape) for one in memory)
        return p, memory

    def _keeping(self, old: Array, new: Array) -> Array:
        """Return the new values, with the old ones for the parameters that are never updated."""
        kept, new = list(self._computation.kept), new.copy()
        new[:, kept] = old[:, kept]
        return new

    def place(self, given: Array) -> Destination:
        """Return the place of the exact copy, and whether the given values agree with it."""
        here = self.p[0]
        with np.errstate(all="ignore"):
            near = np.abs(given - here) <= self._room()
        agrees = near.all() or (near | (np.isnan(given) & ~np.isfinite(here))).all()
        return Destination(here, bool(agrees))

    def stand_at(self, p: Array) -> None:
        """Continue from the given values, rounded in each copy except where they are the run's own start."""
        self.p = p + self._noise_of(0) * (self.done > 0 or p != self.p[0])

    def _room(self) -> Array:
        """Return how far a correctly rounded value may be from the exact copy, for each parameter."""
        # fmax ignores copies that rounding turned into NaN, as under a root.
        spread = np.fmax.reduce(np.abs(self.p - self.p[0]))
        size = np.maximum(np.abs(self.p[0]), np.abs(self._before[0]))
        room: Array = _MARGIN * spread + self.precision + _RELATIVE * size
        if self._is_relative:
            room += _DIVIDED * self.precision * np.abs(self.p[0] - self._before[0])
        return room

    def _memory_at_start(self) -> tuple[Array, ...]:
        return memory_at_start(self._computation.rule, self._numbers, self.p)

    def _rates(self, now: ScheduleState) -> dict[str, Any]:
        wrong = {ETA: self._computation.eta, GAMMA: self._computation.gamma}
        return {
            name: self._rates_on_record[name][self.done] if rate is None else np.float64(rate(now))
            for name, rate in wrong.items()
        }

    def _gradient(self, p: Array) -> Array:
        position = self.done, self._point
        exact = self._gradients.of(self._computation, position, self._batch, p)
        gradient = self._rounded(exact, 1, self._grain)
        if self._rounds_outputs and _is_by_hand(self._batch):
            of_outputs = gradient_of(lines_of_rounding(self._batch.objective), self._batch, p[:1])
            # Where exp of a logit overflows this is NaN, and rounding f changes nothing.
            gradient = gradient + np.nan_to_num(of_outputs) * self._noise_of(_OF_OUTPUTS)
        if self._computation.sums is not UnclearedSum.NOTHING:
            self._sum = gradient = self._sum + gradient
        return gradient

    def _gradient_after_weights(self) -> Callable[[Array], Array]:
        """Return the mistaken gradient whose bias part is taken after the weights have moved."""
        shift = self._step(self._gradient, self.p, self._memory, self._settings, self._updates)[0] - self.p
        shift[:, -1] = 0.0
        return lambda p: np.column_stack([self._gradient(p)[:, :-1], self._gradient(p + shift)[:, -1]])

    def _rounded(self, value: Array, place: int, grain: Array | float = 1.0) -> Array:
        """Return an intermediate value as each copy rounds it; ``grain`` scales the rounding error."""
        noise = self._noise_of(place)
        return value * (1.0 + noise) if self._is_relative else value + grain * noise

    def _noise_of(self, place: int) -> Array:
        """Return the rounding noise for one kind of number in this update, the same for every mistake."""
        drawn: Array = self._noise[(7 * self._updates + place) % _DRAWN] * self.precision
        return drawn


@lru_cache(maxsize=8)
def _noise(parameters: int) -> Array:
    """Return fixed noise from -1 to 1, with 0 for the exact copy: shape (drawn, copies, d + 1)."""
    noise = np.random.default_rng(0).uniform(-1.0, 1.0, (_DRAWN, 1 + ROUNDED, parameters))
    noise[:, 0] = 0.0
    return noise


def _is_by_hand(batch: PointLoss) -> TypeGuard[Neuron]:
    return isinstance(batch, Neuron) and len(batch.targets) <= _BY_HAND


def _grain(batch: PointLoss) -> Array | float:
    """Return the factor by which rounded terms add up in a gradient worked out by hand; otherwise 1."""
    if not _is_by_hand(batch):
        return 1.0
    sizes: Array = np.abs(batch.inputs).sum(axis=0)
    return sizes * (2.0 * batch.objective.factor(len(batch.targets)))
