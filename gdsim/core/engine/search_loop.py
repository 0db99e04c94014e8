"""Computing a run whose steps are looked for, or follow from the curvature: one update after the other."""

import math
import time
from collections.abc import Generator, Sequence
from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.directions import LevenbergMarquardt, direction_of
from gdsim.core.engine.line_search import Line, finding_step, needs_descent
from gdsim.core.engine.linear_algebra import Singular, Vector
from gdsim.core.engine.loop import Beginning, sum_of
from gdsim.core.engine.loop_shape import COSTS
from gdsim.core.engine.second_derivatives import Derivatives
from gdsim.core.engine.trajectory import RunTable, Stop, StopReason
from gdsim.core.model.experiment import Run
from gdsim.core.model.point_loss import PointLoss
from gdsim.core.model.searching import searches_itself
from gdsim.core.progress import run_to_end

# Over many points a single update may take longer: it then continues in the next piece.
_PIECE_SECONDS = 0.02
# By so much μ grows where a step fails, and falls where it does not; and how large it may be.
MU_FACTOR, LARGEST_MU, SMALLEST_MU = 10.0, 1e30, 1e-300


class Found(NamedTuple):
    """A step that is made: along a direction, by so much of it."""

    t: float
    line: Line


class Made(NamedTuple):
    """An update that was made: its gradient, its direction, how far it went, and the loss there."""

    gradient: tuple[float, ...]
    direction: Vector
    t: float
    loss: float


class SearchLoop:
    """All of a run that changes from one update to the next, as that of `gdsim.core.engine.loop`.

    ``p`` is where it is, ``cost`` what was asked for since the start, in the order of `COSTS`.
    """

    def __init__(self, run: Run, data: PointLoss, begins: Beginning | None = None) -> None:
        self._run, self._width = run, len(run.start)
        clock = run.clock(len(data.targets))
        self.first = self.done = clock.first
        self.total = max(clock.first, clock.end_of(run.epochs))
        at = Derivatives(data)
        self._sums = at.sums
        begins = begins or Beginning(run.start, ())
        self.p, self.spent = begins.p, begins.spent
        self._direction = direction_of(run.optimizer, at, self._width)
        self._direction.recall(begins.searched)
        self._here: tuple[float, ...] | None = None  # Loss and gradient at the place, once they are needed
        self._knows_gradient = False
        self.cost = [0] * len(COSTS)
        self._work: Generator[None, None, Made | Stop] | None = None  # an update that is not made yet
        self.stop = begins.stop or (Stop(StopReason.FINISHED, self.done) if self.done == self.total else None)

    @property
    def standing(self) -> Beginning:
        """What another run would begin with that goes on from here."""
        return Beginning(self.p, (), searched=self._direction.memory)

    def start(self, table: RunTable) -> None:
        """Write where the run begins, which had no update, into the first row."""
        row = table.cells[0]
        row.fill(np.nan)
        row[1 : 1 + self._width] = self.p
        row[-len(COSTS) :] = 0.0
        table.loss[0] = self._sums(self.p)[0]

    def advance(self, table: RunTable, row: int, size: int) -> tuple[int, Stop | None]:
        """Make up to ``size`` updates, and write them into a table from a row; fewer where that takes long.

        Return how many were made, and why no more can be made, or None.
        """
        made, rows = 0, min(size, self.total - self.done)
        directions = len(self._run.optimizer.update_rule.directions)
        until = time.perf_counter() + _PIECE_SECONDS
        while made < rows:
            update = self.update(until)
            if update is None:
                break
            if isinstance(update, Stop):
                return made, update
            values = [*self.p, *update.gradient, update.t, *update.direction * directions, *self.cost]
            table.cells[row + made, 1:] = values
            table.loss[row + made] = update.loss
            made += 1
        return made, Stop(StopReason.FINISHED, self.total) if self.done == self.total else None

    def update(self, until: float = math.inf) -> Made | Stop | None:
        """Make one update, or return why none is made.

        Where the time is over before, return None: the next call goes on with it.
        """
        self._work = self._work or self._updating()
        while True:
            try:
                next(self._work)
            except StopIteration as end:
                self._work = None
                update: Made | Stop = end.value
                return update
            if time.perf_counter() > until:
                return None

    def _updating(self) -> Generator[None, None, Made | Stop]:
        """Make one update; yield after each try."""
        self.cost[1] += asks_for_loss(self._run, is_first=self._here is None)
        if self._here is None:
            self._here = self._sums(self.p)
        self.cost[0] += not self._knows_gradient
        here, gradient = self._here, self._here[1:]
        try:
            found = yield from self._finding(here)
        except Singular:
            found = StopReason.SINGULAR
        if isinstance(found, StopReason):
            return Stop(found, self.done)
        t, line = found
        after, there = line.place(t), line.sums_at(t)
        if not all(map(math.isfinite, (*after, there[0]))):
            return Stop(StopReason.DIVERGED, self.done + 1)
        self._knows_gradient = line.has_slope_at(t)
        step = [one - other for one, other in zip(after, self.p, strict=True)]
        self._direction.learn(step, gradient, there[1:])
        self.p, self._here = after, there
        self.done += 1
        return Made(gradient, line.direction, t, there[0])

    def _finding(self, here: Sequence[float]) -> Generator[None, None, Found | StopReason]:
        """Return the step to make, or why there is none; count what it takes."""
        eta = self._run.optimizer.eta
        if isinstance(self._direction, LevenbergMarquardt):
            return (yield from self._with_damping(self._direction, here, eta))
        direction = self._direction(self.p, here[1:])
        self.cost[2] += self._direction.solves
        yield
        line = Line(self._sums, self.p, direction, here)
        search, slope = self._run.search, line.start.slope
        if needs_descent(search) and not slope < 0.0:
            if slope > 0.0:
                return StopReason.CLIMBS
            return StopReason.FLAT if slope == 0.0 else StopReason.NO_STEP
        t = yield from finding_step(search, eta, line)
        self.cost[0] += line.gradients
        self.cost[1] += line.losses
        if t is not None:
            return Found(t, line)
        if search.id == "polyak" and not line.start.loss > search.number("lowest"):
            return StopReason.REACHED
        is_flat = line.tries and all(one.loss == line.start.loss for one in line.tries)
        return StopReason.FLAT if is_flat else StopReason.NO_STEP

    def _with_damping(
        self, method: LevenbergMarquardt, here: Sequence[float], eta: float
    ) -> Generator[None, None, Found | StopReason]:
        """Try one μ after the other, until the loss is lower."""
        while method.mu <= LARGEST_MU:
            self.cost[2] += 1
            try:
                direction = method(self.p, here[1:])
            except Singular:
                method.mu *= MU_FACTOR
                continue
            yield
            line = Line(self._sums, self.p, direction, here)
            self.cost[1] += 1
            if line.loss(eta) < here[0]:
                method.mu = max(method.mu / MU_FACTOR, SMALLEST_MU)
                return Found(eta, line)
            yield
            method.mu *= MU_FACTOR
        return StopReason.NO_STEP


def asks_for_loss(run: Run, *, is_first: bool) -> bool:
    """Return whether an update asks for the loss where it begins; most know it from the last try."""
    looks = run.search.id not in ("fixed", "list") or searches_itself(run.optimizer)
    return looks and (is_first or run.search.id == "polyak")


def tries_of(run: Run, data: PointLoss, p: Array, direction: Array) -> tuple[Line, float | None]:
    """Return again the line of a step, with its tries in order, and which one was taken."""
    place = p.tolist()
    sums = sum_of(data)
    line = Line(sums, place, direction.tolist(), sums(place))
    if needs_descent(run.search) and not line.start.slope < 0.0:
        return line, None
    return line, run_to_end(finding_step(run.search, run.optimizer.eta, line))
