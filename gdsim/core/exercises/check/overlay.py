"""An attempt laid over the true run: both ways, both losses, and the surface below them."""

from dataclasses import dataclass

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.trajectory import Columns
from gdsim.core.exercises.check.verdict import Verdict
from gdsim.core.model.experiment import LECTURE_WINDOW, Experiment, Run, Window
from gdsim.core.model.neuron import Neuron
from gdsim.core.progress import Pieces
from gdsim.core.surface.surface import HeightMap, survey

# Samples along each side of a small map.
_GRID = 81
# Around what is drawn, as a share of it; and how far beyond the true run an attempt may draw the map out.
_MARGIN, _FARTHEST = 0.15, 3.0
# The narrowest map, as a share of the numbers on it.
_NARROWEST = 1e-6
# Losses of points that are computed in one piece.
_PIECE = 200_000


@dataclass(frozen=True, eq=False)
class Overlay:
    """What is drawn of an attempt.

    Attributes
    ----------
    record : Columns
        The true run from its start to the attempt's last step.
    loss : (m,) array
        Over all points, at the attempt's rows.
    surface : HeightMap
        Around both.
    """

    record: Columns
    loss: Array
    surface: HeightMap


def overlaying(experiment: Experiment, run: Run, record: Columns, verdict: Verdict) -> Pieces[Overlay]:
    """Yield how far it is, and return the overlay at the end."""
    attempt, data = verdict.attempt, Neuron.fitting(experiment.points)
    record = record.head(int(attempt.steps[-1]) + 1)
    loss = np.empty(len(attempt.p))
    block = max(1, _PIECE // len(data.targets))
    for first in range(0, len(loss), block):
        loss[first : first + block] = data.loss(attempt.p[first : first + block])
        yield first / len(loss)
    yield 1.0
    window = framed(record.p[:, [0, -1]], attempt.p[:, [0, -1]])
    return Overlay(record, loss, survey(experiment.points, window, run.start[1:-1], _GRID))


def framed(true: Array, tried: Array) -> Window:
    """Return the part of the plane that holds a way, and another one as far as it stays near.

    Parameters
    ----------
    true, tried : (n, 2) and (m, 2) arrays of (w, b)
    """
    low, high = true.min(axis=0), true.max(axis=0)
    tried = tried[np.isfinite(tried).all(axis=1)]
    if len(tried):
        # Where the true run hardly moves, the attempt says how large things are.
        reach = np.maximum(_FARTHEST * (high - low), np.abs(tried[0] - low) + _NARROWEST)
        low = np.maximum(np.minimum(low, tried.min(axis=0)), low - reach)
        high = np.minimum(np.maximum(high, tried.max(axis=0)), high + reach)
    span = np.maximum(high - low, _NARROWEST * np.maximum(1.0, np.maximum(np.abs(low), np.abs(high))))
    (w_min, b_min), (w_max, b_max) = (low - _MARGIN * span).tolist(), (high + _MARGIN * span).tolist()
    window = Window(w_min, w_max, b_min, b_max)
    return LECTURE_WINDOW if window.fault() else window
