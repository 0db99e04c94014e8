"""Many runs with a line search or a second-order method, computed as one array."""

import math
from collections.abc import Generator, Iterator, Mapping

import numpy as np

from gdsim.core.arrays import Array, Flags
from gdsim.core.engine.array_algebra import dots
from gdsim.core.engine.array_directions import LevenbergMarquardt, array_direction_class
from gdsim.core.engine.array_searches import FoundSteps, Lines, Which, finding_steps
from gdsim.core.engine.ensemble import ArraySums, Differences, RunEnd
from gdsim.core.engine.line_search import needs_descent
from gdsim.core.engine.loop_shape import COSTS
from gdsim.core.engine.search_loop import asks_for_loss
from gdsim.core.model.point_loss import PointLoss
from gdsim.core.model.run import Run
from gdsim.core.rules.update_rule import ETA


class SearchedEnsemble:
    """m runs that differ from ``run`` in their starts (m, d + 1) and in numbers of its rule and search.

    ``p`` has the same shape. ``cost`` (3, m) counts the evaluations of each run, in the order of `COSTS`. No
    run makes an update that would take it beyond this many ``gradients``.
    """

    # Low, because steps of ended runs are searched for, too, and the others wait meanwhile.
    dead_share = 1.0 / 32.0

    def __init__(
        self, run: Run, data: PointLoss, starts: Array, differences: Differences, gradients: float = math.inf
    ) -> None:
        self._run, self._most_gradients, self.done = run, gradients, 0
        self._sums, runs = ArraySums(data), len(starts)
        self._p = np.ascontiguousarray(starts.T)
        own = {ETA: run.optimizer.eta, **run.optimizer.numbers, **dict(run.search.items())}
        numbers = {**own, **differences.rule, **differences.search}
        self._settings = {name: np.full(runs, value, float) for name, value in numbers.items()}
        self._direction = array_direction_class(run.optimizer)(data, len(self._p), self._settings)
        with np.errstate(all="ignore"):
            self._loss, self._gradient = self._sums(self._p)
        self.cost = np.zeros((len(COSTS), runs), int)
        self._ended: dict[RunEnd, Flags] = {}

    @property
    def p(self) -> Array:
        return self._p.T

    @property
    def loss(self) -> Array:
        return self._loss

    @property
    def gradient(self) -> Array:
        return self._gradient.T

    @property
    def ended(self) -> Mapping[RunEnd, Flags]:
        """Masks of the runs that cannot go on. Those that diverged or stopped have not made this update."""
        return self._ended

    def advancing(self) -> Iterator[None]:
        """Make one update of every run; yield before each try. The caller sets ``np.errstate``."""
        self.done += 1
        search, before = self._run.search, self.cost.copy()
        self.cost[1] += asks_for_loss(self._run, is_first=self.done == 1)
        # A search that evaluates slopes knows the gradient where its step ends.
        self.cost[0] += self.done == 1 or search.id not in ("exact", "wolfe")
        rows, steps = yield from self._finding_steps()
        self.cost[:, rows] += np.array([steps.gradients, steps.losses, steps.solves])
        is_finite = np.isfinite(steps.place).all(axis=0) & np.isfinite(steps.loss)
        over_budget = steps.found & is_finite & (self.cost[0, rows] > self._most_gradients)
        self._move(rows, _indices(steps.found & is_finite & ~over_budget), steps)
        # An update that would exceed the budget is not made, and costs nothing.
        self.cost[:, rows] = np.where(over_budget, before[:, rows], self.cost[:, rows])
        is_lost, goes_on = np.zeros((2, len(self._loss)), bool)
        is_over = self.cost[0] >= self._most_gradients
        is_lost[rows], is_over[rows] = steps.found & ~is_finite, is_over[rows] | over_budget
        goes_on[rows] = steps.found
        self._ended = {RunEnd.DIVERGED: is_lost, RunEnd.STOPPED: ~goes_on, RunEnd.OVER: is_over}

    def _finding_steps(self) -> Generator[None, None, tuple[Which, FoundSteps]]:
        """Search for the next step of each run that may have one; return these runs and the steps."""
        if isinstance(self._direction, LevenbergMarquardt):
            here = self._loss, self._gradient
            steps = yield from self._direction.finding_steps(self._sums, self._p, here, self._settings)
            return np.s_[:], steps
        direction = self._direction(self._p, self._gradient, self._settings)
        yield
        goes: Flags = np.ones(len(self._loss), np.bool_)
        if self._direction.solves:
            goes &= np.isfinite(direction).all(axis=0)
            self.cost[2] += goes
        if needs_descent(self._run.search):
            goes &= dots(self._gradient, direction) < 0.0
        rows = _indices(goes)
        settings = {name: values[rows] for name, values in self._settings.items()}
        here = self._loss[rows], self._gradient[:, rows]
        lines = Lines.along(self._sums, self._p[:, rows], here, direction[:, rows], settings)
        yield from finding_steps(self._run.search, lines)
        return rows, lines.steps

    def _move(self, rows: Which, which: Which, steps: FoundSteps) -> None:
        """Make the steps of some runs: ``which`` are their indices among the runs of ``rows``."""
        moved = rows[which] if isinstance(rows, np.ndarray) else which
        p, before = self._p[:, moved], self._gradient[:, moved]
        after, loss, gradient = steps.place[:, which], steps.loss[which], steps.gradient[:, which]
        self._direction.learn(moved, after - p, gradient - before)
        self._p[:, moved], self._loss[moved], self._gradient[:, moved] = after, loss, gradient

    def keep(self, runs: Flags) -> None:
        self._p, self._gradient, self.cost = self._p[:, runs], self._gradient[:, runs], self.cost[:, runs]
        self._loss = self._loss[runs]
        self._settings = {name: values[runs] for name, values in self._settings.items()}
        self._direction.keep(runs)
        self._ended = {}


def _indices(runs: Flags) -> Which:
    """Return a mask as indices; where all are true as a slice, which copies nothing."""
    return np.s_[:] if runs.all() else np.flatnonzero(runs)
