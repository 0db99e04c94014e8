"""Computing a run with a line search or a second-order method, one update after the other."""

import math
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.directions import MethodMemory, Vector, direction_at, flat_memory, known_at_first
from gdsim.core.engine.line_search import (
    Functions,
    Line,
    Paused,
    Stopped,
    needs_descent,
    search_functions,
    step_length,
)
from gdsim.core.engine.loop import Beginning, sum_function
from gdsim.core.engine.loop_shape import COSTS
from gdsim.core.engine.second_derivatives import KeptHessian
from gdsim.core.engine.trajectory import RunStop, RunTable, StopReason
from gdsim.core.model.point_loss import PointLoss
from gdsim.core.model.run import Run
from gdsim.core.model.search_checks import searches_itself

# Over many points a single update may take longer, and then continues in the next piece.
_PIECE_SECONDS = 0.02


class MadeUpdate(NamedTuple):
    """A completed update: the gradient before it, its direction, its length, and the loss after it."""

    gradient: tuple[float, ...]
    direction: Vector
    t: float
    loss: float


class SearchLoop:
    """The changing state of a run, used in the same way as a `RunLoop`.

    ``p`` holds the current parameters, ``cost`` the evaluations since the start, in the order of `COSTS`.
    """

    def __init__(self, run: Run, data: PointLoss, begins: Beginning | None = None) -> None:
        self._run, self._width = run, len(run.start)
        clock = run.clock(len(data.targets))
        self.first = self.done = clock.first
        self.total = max(clock.first, clock.end_of(run.epochs))
        begins = begins or Beginning(run.start, ())
        self.p, self.spent = begins.p, begins.spent
        self._sums, self._functions = sum_function(data), self._counting_functions(data)
        self._known = known_at_first(run.optimizer, self._width, begins.searched)
        self._here: tuple[float, ...] | None = None  # Loss and gradient at p, once they are needed
        self._knows_gradient = False
        self.cost = [0] * len(COSTS)
        # State of the update in progress: its lines, how many of them were requested since it began or
        # resumed, how many systems were solved, and until when it may go on.
        self._lines: list[Line] = []
        self._asked = self._solves = 0
        self._until = math.inf
        self.stop = begins.stop or (
            RunStop(StopReason.FINISHED, self.done) if self.done == self.total else None
        )

    @property
    def standing(self) -> Beginning:
        """The state in which a run that goes on from here would begin."""
        gradient = self._here[1:] if self._here else ()
        return Beginning(self.p, (), searched=flat_memory(self._known, self._functions, self.p, gradient))

    def start(self, table: RunTable) -> None:
        """Write the start, which follows no update, into the first row."""
        row = table.cells[0]
        row.fill(np.nan)
        row[1 : 1 + self._width] = self.p
        row[-len(COSTS) :] = 0.0
        table.loss[0] = self._sums(self.p)[0]

    def advance(self, table: RunTable, row: int, size: int) -> tuple[int, RunStop | None]:
        """Make up to ``size`` updates, fewer if they take long, and write them into a table from ``row`` on.

        Return how many were made, and why no more can be made, or None.
        """
        made, rows = 0, min(size, self.total - self.done)
        directions = len(self._run.optimizer.update_rule.directions)
        until = time.perf_counter() + _PIECE_SECONDS
        while made < rows and (not made or time.perf_counter() <= until):
            update = self.update(until)
            if update is None:
                break
            if isinstance(update, RunStop):
                return made, update
            values = [*self.p, *update.gradient, update.t, *update.direction * directions, *self.cost]
            table.cells[row + made, 1:] = values
            table.loss[row + made] = update.loss
            made += 1
        return made, RunStop(StopReason.FINISHED, self.total) if self.done == self.total else None

    def update(self, until: float = math.inf) -> MadeUpdate | RunStop | None:
        """Make one update, or return why none is made.

        Return None if the time is over before; the next call starts over and reuses the tries made so far.
        """
        if self._here is None:
            self._here = self._sums(self.p)
        gradient = self._here[1:]
        self._asked, self._solves, self._until = 0, 0, until
        try:
            line, t, known = self._step(gradient)
        except Paused:
            return None
        except Stopped as stopped:
            reason = StopReason[str(stopped)]
            self._add_cost(solves=0 if reason is StopReason.SINGULAR else self._solves)
            return RunStop(reason, self.done)
        self._add_cost(self._solves)
        after, there = line.place(t), line.sums_at(t)
        if not all(map(math.isfinite, (*after, there[0]))):
            return RunStop(StopReason.DIVERGED, self.done + 1)
        self._knows_gradient = line.has_slope_at(t)
        self.p, self._here, self._known = after, there, known
        self.done += 1
        return MadeUpdate(gradient, line.d, t, there[0])

    def _step(self, gradient: tuple[float, ...]) -> tuple[Line, float, MethodMemory]:
        """Return the line of the next step, the step's length, and the method's memory after it."""
        run = self._run
        direction, known = direction_at(run.optimizer, self._functions, self.p, gradient, self._known)
        if searches_itself(run.optimizer):
            return self._lines[-1], run.optimizer.eta, known
        line = self._line(self.p, direction, gradient)
        if needs_descent(run.search):
            line.start()
        return line, step_length(run.search, run.optimizer.eta, line, self._functions), known

    def _add_cost(self, solves: int) -> None:
        """Add the evaluations of the update in progress to the cost, and drop its lines."""
        self.cost[0] += (not self._knows_gradient) + sum(line.gradients for line in self._lines)
        self.cost[1] += asks_for_loss(self._run, is_first=self.done == self.first)
        self.cost[1] += sum(line.losses for line in self._lines)
        self.cost[2] += solves
        self._lines = []

    def _counting_functions(self, data: PointLoss) -> Functions:
        """Return the functions of `search_source`, wrapped so that solved systems are counted."""
        functions = search_functions(
            self._width,
            Line=self._line,
            curvature=KeptHessian(data),
            flat_curvature=KeptHessian(data, without_outputs=True),
        )

        def counting(function: Callable[..., Any]) -> Callable[..., Any]:
            def solved(*given: Any) -> Any:  # noqa: ANN401 - those of the function
                self._solves += 1
                return function(*given)

            return solved

        functions.update({name: counting(functions[name]) for name in ("solve", "eigen")})
        return functions

    def _line(self, p: Sequence[float], direction: Vector, gradient: Sequence[float]) -> Line:
        """Return the next line of the update in progress; after a pause, the line that was made before."""
        del gradient  # it is known with the loss
        assert self._here is not None  # noqa: S101 - an update is being made
        if self._asked == len(self._lines):
            self._lines.append(Line(self._sums, p, direction, self._here))
        line = self._lines[self._asked]
        self._asked += 1
        line.begin(self._until)
        return line


def asks_for_loss(run: Run, *, is_first: bool) -> bool:
    """Return whether an update evaluates the loss where it begins; most know it from the last try."""
    looks = run.search.id not in ("fixed", "list") or searches_itself(run.optimizer)
    return looks and (is_first or run.search.id == "polyak")


def tries_of(run: Run, data: PointLoss, p: Array, direction: Array) -> tuple[Line, float | None]:
    """Repeat the search for a step; return its line with all tries, and the length taken, if any."""
    place, sums = p.tolist(), sum_function(data)
    line = Line(sums, place, direction.tolist(), sums(place))
    try:
        if needs_descent(run.search):
            line.start()
        return line, step_length(run.search, run.optimizer.eta, line, search_functions(len(place)))
    except Stopped:
        return line, None
