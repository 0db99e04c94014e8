"""Making each update from the values before it, rightly or with a slip, to compare where it leads."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.exercises.check.attempt import Attempt
from gdsim.core.exercises.check.slip import Pending, Slip, proper, unchanged
from gdsim.core.model.experiment import Run, start_array
from gdsim.core.model.neuron import Neuron
from gdsim.core.rules.optimizers.base import AnyState, MomentumRule, Rates

# Beside the exact arithmetic, so many that round every number as the attempt does show what rounding can do.
_ROUNDED = 8
# What they show is doubled, to be on the safe side.
_MARGIN = 2.0
# Nobody works out the terms of more points than these by hand.
_BY_HAND = 20
# Even full precision leaves this much, relative to the numbers: sums may be added in another order.
_RELATIVE = 1e-9


class Schedule(NamedTuple):
    """The rates of a run's updates, by their number; those of update 0 do not exist."""

    eta: Array
    gamma: Array


class Place(NamedTuple):
    """Where an update leads when it begins at the attempt's own values before it.

    Attributes
    ----------
    p : (d + 1,) array
    agrees : bool
        Whether the attempt is there, as closely as its rounded values tell.
    """

    p: Array
    agrees: bool


def retrace(
    run: Run, data: Neuron, rates: Schedule, attempt: Attempt, slip: Slip | None = None
) -> Iterator[Place | None]:
    """Make the updates of a run, each from the attempt's values before it.

    Starting again from the values at hand keeps roundings from adding up, and tells a wrong step from
    the steps that follow it.

    Parameters
    ----------
    run : Run
    data : Neuron
        All training points.
    rates : Schedule
        At least up to the attempt's last step.
    attempt : Attempt
    slip : Slip or None
        Made in every update; None for the rule as it is.

    Yields
    ------
    Place or None
        One place for each of the attempt's rows; None after an update that has no row.
    """
    lanes = _Lanes(run, data, rates, attempt.precision, slip)
    for row, step in enumerate(attempt.steps.tolist()):
        while lanes.done < step:
            lanes.update()
            if lanes.done < step:
                yield None
        place = lanes.place(attempt.p[row])
        lanes.stand_at(attempt.p[row])
        yield place


class _Lanes:
    """The same run several times at once: exactly, then with every number rounded in other ways."""

    def __init__(self, run: Run, data: Neuron, rates: Schedule, precision: Array, slip: Slip | None) -> None:
        self._run, self._data, self._rates, self._precision = run, data, rates, precision
        self._change, self._way = (slip.change, slip.way) if slip else (unchanged, proper)
        self._noise = np.random.default_rng(0)
        self.done = 0
        self.p = np.tile(start_array(run), (1 + _ROUNDED, 1))
        self._state: AnyState = run.optimizer.init(self.p)
        self._before = self.p

    def update(self) -> None:
        """Make the next update in every lane."""
        with np.errstate(all="ignore"):
            self._update()

    def _update(self) -> None:
        self.done += 1
        t, run, n = self.done, self._run, len(self._data.targets)
        batch = self._data.rows(run.regime.rows(n, t, run.seed))
        pending = Pending(
            run,
            self._data,
            batch,
            batch.gradient,
            self.p,
            self._state,
            Rates(float(self._rates.eta[t]), float(self._rates.gamma[t]), t),
            (t - 1) // run.regime.updates_per_epoch(n),
        )
        self._before = self.p
        pending = self._change(pending)
        exact, grain = pending.gradient, _grain(pending.batch)
        self.p, state = self._way(pending.with_gradient(lambda p: self._rounded(exact(p), grain)))
        self._state = type(state)(*(self._rounded(variable) for variable in state))

    def place(self, given: Array) -> Place:
        """Return where the exact lane is, and whether given values are there too."""
        with np.errstate(all="ignore"):
            near = np.abs(given - self.p[0]) <= self._room()
        same = near | (np.isnan(given) & ~np.isfinite(self.p[0]))
        return Place(self.p[0].copy(), bool(same.all()))

    def _room(self) -> Array:
        """Return how far a rounded value may lie from the exact lane."""
        spread = np.abs(self.p[1:] - self.p[0]).max(axis=0) if self.done else 0.0
        size = np.maximum(np.abs(self.p[0]), np.abs(self._before[0]))
        room: Array = _MARGIN * spread + self._precision + _RELATIVE * size
        return room

    def stand_at(self, p: Array) -> None:
        """Go on from given values; before the first update they are exact."""
        given = np.tile(p, (1 + _ROUNDED, 1))
        if self.done:
            given[1:] += self._precision * self._draw()
        self.p = given

    def _rounded(self, value: Array, grain: Array | float = 1.0) -> Array:
        """Return an intermediate number as each lane writes it down, in units of ``grain``."""
        # Velocities and their gradients are written like the parameters that they are added to; what
        # is divided by a root is small, and written with as many digits.
        plain = isinstance(self._run.optimizer, MomentumRule) or not self._run.optimizer.State._fields
        noise = self._precision * self._draw()
        rounded = value.copy()
        rounded[1:] += grain * noise if plain else noise * value[1:]
        return rounded

    def _draw(self) -> Array:
        return self._noise.uniform(-1.0, 1.0, (_ROUNDED, len(self._precision)))


def _grain(batch: Neuron) -> Array | float:
    """Return by how much the roundings of single terms add up in a gradient that is worked by hand."""
    return np.abs(batch.inputs).sum(axis=0) if len(batch.targets) <= _BY_HAND else 1.0
