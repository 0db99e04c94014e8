"""Individual data: the points and starts of a scene, moved a little by numbers that a text determines.

The random numbers come from SHA-256 alone, so that they are the same in every version of NumPy. The results
lie on a decimal grid, so that they are short enough to be copied by hand.
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run

# The most that points and starts move, as shares of the points' spread and of the drawn part of the plane.
_OF_X, _OF_Y, _OF_PLANE = 0.06, 0.04, 0.04
# The least number of grid steps in an amplitude. For points it is small: students copy them from the table,
# which has little room in a small window, and a digit left out there may turn a right step into a wrong one.
_STEPS_OF_POINT, _STEPS_OF_START, _STEPS_OF_FUNCTION = 20.0, 100.0, 10_000.0
# The most points that are moved.
_MOST_MOVED = 500
_SEEDS = 100_000


class SeededDraws:
    """A generator of pseudo-random integers seeded by a text."""

    def __init__(self, text: str) -> None:
        self._numbers = self._made(text.encode())

    @staticmethod
    def _made(key: bytes) -> Iterator[int]:
        block = 0
        while True:
            yield int.from_bytes(sha256(key + b"\n" + str(block).encode()).digest(), "big")
            block += 1

    def whole(self, end: int) -> int:
        """Return an integer from 0 to ``end`` - 1; ``end`` must be far below 2**256 for a uniform draw."""
        return next(self._numbers) % end

    def moved(self, value: float, amplitude: float, least: float) -> float:
        """Move a number by up to ``amplitude``, on a decimal grid with at least ``least`` steps in it."""
        exponent = math.floor(math.log10(amplitude / least))
        steps = math.floor(amplitude / 10.0**exponent * (1.0 + 1e-9))
        return round(value + 10.0**exponent * (self.whole(2 * steps + 1) - steps), -exponent)


def own_experiment(experiment: Experiment, draws: SeededDraws) -> Experiment:
    """Return a scene with the points, the starts and the seeds of one student.

    All starts move by the same vector, so that runs with a common start keep it.
    """
    is_function = isinstance(experiment.objective, FunctionObjective)
    points = experiment.points if is_function else _own_points(experiment.points, draws)
    axes, extent = experiment.slice.axes, experiment.view_range.extent
    size = {axis: _OF_PLANE * side for axis, side in zip(axes, extent, strict=True)}
    smallest, steps = min(size.values()), _STEPS_OF_FUNCTION if is_function else _STEPS_OF_START
    parameters = range(experiment.points.dimension + 1)
    moves = [draws.moved(0.0, size.get(axis, smallest), steps) for axis in parameters]
    seed = draws.whole(_SEEDS)

    def moved(run: Run) -> Run:
        if run.fork:
            return replace(run, fork=replace(run.fork, parent=moved(run.fork.parent)))
        start = tuple(float(f"{value + by:.12g}") for value, by in zip(run.start, moves, strict=True))
        return replace(run, start=start, seed=(run.seed + seed) % 2**32)

    return replace(experiment, points=points, runs=tuple(map(moved, experiment.runs)))


def _own_points(points: PointSet, draws: SeededDraws) -> PointSet:
    x, y = points.x.copy(), points.y.copy()
    spread = [_spread(column) for column in x.T]
    height = max(float(np.ptp(y)), 0.1)
    # Class labels 0 and 1 do not move, and shares stay between 0 and 1.
    is_class, is_share = bool(np.isin(y, (0.0, 1.0)).all()), bool(((y >= 0.0) & (y <= 1.0)).all())
    for row in range(min(len(y), _MOST_MOVED)):
        for column, size in enumerate(spread):
            x[row, column] = draws.moved(float(x[row, column]), _OF_X * size, _STEPS_OF_POINT)
        if not is_class:
            moved = draws.moved(float(y[row]), _OF_Y * height, _STEPS_OF_POINT)
            y[row] = min(max(moved, 0.0), 1.0) if is_share else moved
    return PointSet(x, y)


def _spread(values: Array) -> float:
    spread = float(np.ptp(values))
    return spread or max(float(np.abs(values).max()), 1.0)
