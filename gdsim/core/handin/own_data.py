"""Data of one's own: the points and starts of a scene, moved a little as a text says.

The numbers come from SHA-256 alone, and are steps on a decimal grid: they are the same in any version of
NumPy, and short enough to be copied by hand.
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

# Points and starts move by up to these shares of the points' spread, and of what is drawn of the plane.
_OF_X, _OF_Y, _OF_PLANE = 0.06, 0.04, 0.04
# An amplitude is at least so many steps of the grid. Those of points are few: they are taken from the table,
# which has little room in a small window, and a digit that it leaves out may make a right step a wrong one.
_STEPS_OF_POINT, _STEPS_OF_START, _STEPS_OF_FUNCTION = 20.0, 100.0, 10_000.0
# Of very many points so many are moved.
_MOST_MOVED = 500
_SEEDS = 100_000


class Draws:
    """Whole numbers that follow from a text."""

    def __init__(self, text: str) -> None:
        self._numbers = self._made(text.encode())

    @staticmethod
    def _made(key: bytes) -> Iterator[int]:
        block = 0
        while True:
            yield int.from_bytes(sha256(key + b"\n" + str(block).encode()).digest(), "big")
            block += 1

    def whole(self, end: int) -> int:
        """Return a number from 0 to below ``end``, which is far below 2**256."""
        return next(self._numbers) % end

    def moved(self, value: float, amplitude: float, least: float) -> float:
        """Return a number moved by up to an amplitude, to a grid of which that is ``least`` steps or more."""
        exponent = math.floor(math.log10(amplitude / least))
        steps = math.floor(amplitude / 10.0**exponent * (1.0 + 1e-9))
        return round(value + 10.0**exponent * (self.whole(2 * steps + 1) - steps), -exponent)


def own_experiment(experiment: Experiment, draws: Draws) -> Experiment:
    """Return a scene with the points, the starts and the seeds of one student.

    All starts move alike, so that runs from one place go on doing so.
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


def _own_points(points: PointSet, draws: Draws) -> PointSet:
    x, y = points.x.copy(), points.y.copy()
    spread = [_spread(column) for column in x.T]
    height = max(float(np.ptp(y)), 0.1)
    # Of what is only 0 or 1 nothing is in between, and what is a share stays one.
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
