"""Surfaces to ask about: the points that make them, and how alike two of them look."""

from dataclasses import dataclass

import numpy as np

from gdsim.core.arrays import Array, frozen
from gdsim.core.exercises.quiz.question import WINDOW
from gdsim.core.model.generators import DRAW, GENERATORS
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.points import PointSet

_FEW, _MOST = 5, 30
_WIDEST = 4.0
_LARGEST_SEED = 2**31

_GRID = 31
# A surface that hardly rises cannot be told from another one.
_FLAT = 0.02


def random_points(rng: np.random.Generator) -> PointSet:
    """Return a point set with one input; half of the time two to five points anywhere."""
    if rng.random() < 0.5:  # noqa: PLR2004 - half of the time
        n = int(rng.integers(2, _FEW + 1))
        return PointSet(rng.uniform(-_WIDEST, _WIDEST, n).round(1), rng.uniform(0.05, 0.95, n).round(2))
    made = (
        GENERATORS["sparse"](),
        GENERATORS["random"](),
        GENERATORS["valley"](centre=float(rng.uniform(-3.0, 3.0)), spread=1.0),
        GENERATORS["noisy"](w=float(rng.uniform(-4.0, 4.0)), b=float(rng.uniform(-3.0, 3.0))),
        GENERATORS["clusters"](distance=float(rng.uniform(-5.0, 5.0))),
    )
    draw = DRAW(n=int(rng.integers(_FEW, _MOST)), seed=int(rng.integers(_LARGEST_SEED)))
    return made[int(rng.integers(len(made)))].points(draw)


def varied(points: PointSet, strength: float, rng: np.random.Generator) -> PointSet:
    """Return the points with every x and y moved, by more for a greater ``strength`` (0 to 1)."""
    n = len(points)
    x = points.x[:, 0] * rng.uniform(1.0 - strength, 1.0 + strength)
    x = x + strength * (rng.normal(0.0, 1.0) + rng.normal(0.0, 0.7, n))
    y = np.clip(points.y + 0.6 * strength * rng.normal(0.0, 1.0, n), 0.0, 1.0)
    return PointSet(x.round(3), y.round(3))


def mirrored(points: PointSet) -> tuple[PointSet, PointSet, PointSet]:
    """Return the points with x, with y, and with both turned over: their surfaces are mirror images."""
    return (
        PointSet(-points.x, points.y),
        PointSet(points.x, 1.0 - points.y),
        PointSet(-points.x, 1.0 - points.y),
    )


@dataclass(frozen=True, eq=False)
class Relief:
    """The loss over a window, sampled coarsely: enough to compare surfaces, and soon computed."""

    points: PointSet
    loss: Array  # (n, n)
    # heights, ranks, (n * n,): the loss, and the share of the window that lies below it: each with mean 0 and
    # length 1.
    heights: Array
    ranks: Array

    @property
    def is_flat(self) -> bool:
        """Whether there is next to nothing to see."""
        return float(np.ptp(self.loss)) < _FLAT


def relief(points: PointSet) -> Relief:
    """Return the relief of points with one input."""
    w, b = np.linspace(WINDOW.w_min, WINDOW.w_max, _GRID), np.linspace(WINDOW.b_min, WINDOW.b_max, _GRID)
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
