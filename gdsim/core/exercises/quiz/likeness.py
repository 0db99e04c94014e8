"""How alike two error surfaces look, as a number."""

from dataclasses import dataclass

import numpy as np

from gdsim.core.arrays import Array, frozen
from gdsim.core.model.experiment import Window
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.points import PointSet

_GRID = 31
# A surface that hardly rises cannot be told from another one.
_FLAT = 0.02


@dataclass(frozen=True, eq=False)
class Relief:
    """The loss over a window, sampled coarsely: enough to compare surfaces, and soon computed.

    Attributes
    ----------
    points : PointSet
    loss : (n, n) array
    heights, ranks : (n * n,) arrays
        The loss, and the share of the window that lies below it: each with mean 0 and length 1.
    """

    points: PointSet
    loss: Array
    heights: Array
    ranks: Array

    @property
    def is_flat(self) -> bool:
        """Whether there is next to nothing to see."""
        return float(np.ptp(self.loss)) < _FLAT


def relief(points: PointSet, window: Window) -> Relief:
    """Return the relief of points with one input."""
    w, b = np.linspace(window.w_min, window.w_max, _GRID), np.linspace(window.b_min, window.b_max, _GRID)
    grid = np.stack(np.meshgrid(w, b, indexing="ij"), axis=-1)
    loss = frozen(Neuron.fitting(points).loss(grid))
    ranks = np.argsort(np.argsort(loss, axis=None)).astype(np.float64)
    return Relief(points, loss, _normed(loss.ravel()), _normed(ranks))


def likeness(one: Relief, other: Relief) -> float:
    """Return how alike two surfaces look: 1 for the same shape, 0 for no relation, -1 for hill and valley.

    The greater of two correlations, of the heights and of their ranks: the heights are what a 3D view
    shows, the ranks what contour lines show. Surfaces that look alike in either are alike.
    """
    return max(float(one.heights @ other.heights), float(one.ranks @ other.ranks))


def _normed(values: Array) -> Array:
    away = values - values.mean()
    length = float(np.sqrt(away @ away))
    return frozen(away / length if length > 0.0 else away)
