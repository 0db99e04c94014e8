"""Point sets to ask about: a few points as in the lecture, or made by one of the generators."""

import numpy as np

from gdsim.core.model.generators import DRAW, GENERATORS
from gdsim.core.model.points import PointSet

_FEW = 5
_MOST = 30
_WIDEST = 4.0
_LARGEST_SEED = 2**31


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
