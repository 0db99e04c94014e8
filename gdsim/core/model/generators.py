"""Made-up points: each generator is a declared dataclass and an entry of the catalog at the end.

A class's docstring is the text shown about it. The same settings, number and seed give the same points.
"""

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.model.neuron import sigmoid
from gdsim.core.model.points import PointSet
from gdsim.core.settings import NUMBER, SEED, Declared, Domain, param

SHARE = Domain("a number from 0 to 1", float, low=0.0, high=1.0)
SPREAD = Domain("a number above 0 and up to 1e6", float, low=0.0, high=1e6, low_included=False)
INPUTS = Domain("a whole number from 1 to 20", int, low=1.0, high=20.0)
HOW_MANY = Domain("a whole number from 2 to 1000000", int, low=2.0, high=1e6)


@dataclass(frozen=True)
class Draw(Declared):
    """How many points are made, and from which random numbers."""

    n: int = param(100, "N", 2, 1_000_000, domain=HOW_MANY, label="points", doc="How many points.", log=True)
    seed: int = param(
        0, "seed", 0, 100, domain=SEED, label="seed", doc="The same seed gives the same points again."
    )


class Generator(Declared):
    """Makes points up."""

    id: ClassVar[str]
    title: ClassVar[str]

    def points(self, draw: Draw) -> PointSet:
        """Return ``draw.n`` points; the same ones for the same draw."""
        x, y = self._drawn(draw.n, np.random.default_rng(draw.seed))
        return PointSet(x, y)

    @abstractmethod
    def _drawn(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        """Return x of shape (n, d) and y of shape (n,)."""


@dataclass(frozen=True)
class SparseFeature(Generator):
    """An input that is mostly zero. Its weight hardly ever gets a gradient, but b always does.

    y = σ(w·x + b) without noise. x is zero for a share of the points, in any order, else uniform from -spread
    to spread. With more inputs only x1 is sparse, and all have the same weight.
    """

    id = "sparse"
    title = "Sparse feature"

    zeros: float = param(
        0.8, "zeros", domain=SHARE, label="zeros", doc="The share of the points whose x is zero, rounded."
    )
    spread: float = param(3.0, "spread", 0.5, 10.0, domain=SPREAD, label="spread", doc="The largest x.")
    w: float = param(2.0, "w", -5.0, 5.0, domain=NUMBER, label="weight", doc="The weight that made y.")
    b: float = param(-1.0, "b", -5.0, 5.0, domain=NUMBER, label="bias", doc="The bias that made y.")
    inputs: int = param(1, "d", 1, 8, domain=INPUTS, label="inputs", doc="How many inputs a point has.")

    def _drawn(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        x = _uniform(rng, (n, self.inputs), self.spread)
        x[rng.permutation(n)[: round(self.zeros * n)], 0] = 0.0
        return x, sigmoid(self.w * x.sum(axis=1) + self.b)


@dataclass(frozen=True)
class Valley(Generator):
    """Inputs far from zero. The loss has a long narrow valley, across which plain descent swings.

    x is uniform from centre - spread to centre + spread; y = σ(w·(x - centre)) without noise. A change of w
    is made up for by one of b, along b = -centre·w. The further the centre, the narrower the valley.
    """

    id = "valley"
    title = "Valley"

    centre: float = param(4.0, "centre", -10.0, 10.0, domain=NUMBER, label="centre", doc="The middle of x.")
    spread: float = param(
        0.6, "spread", 0.1, 5.0, domain=SPREAD, label="spread", doc="How far x goes to both sides.", log=True
    )
    w: float = param(3.5, "w", -10.0, 10.0, domain=NUMBER, label="weight", doc="The weight that made y.")

    def _drawn(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        away = _uniform(rng, (n, 1), self.spread)
        return self.centre + away, sigmoid(self.w * away[:, 0])


@dataclass(frozen=True)
class NoisySigmoid(Generator):
    """A sigmoid with noise on y. Mini-batches see a different slope each time; the loss has a floor.

    x is uniform from -spread to spread; y = σ(w·x + b) plus normal noise, cut off at 0 and at 1.
    """

    id = "noisy"
    title = "Noisy sigmoid"

    noise: float = param(
        0.1,
        "noise",
        0.0,
        0.5,
        domain=Domain("a number from 0 to 10", float, low=0.0, high=10.0),
        label="noise",
        doc="The standard deviation of the noise.",
    )
    spread: float = param(4.0, "spread", 0.5, 10.0, domain=SPREAD, label="spread", doc="The largest x.")
    w: float = param(1.5, "w", -5.0, 5.0, domain=NUMBER, label="weight", doc="The weight that made y.")
    b: float = param(-0.5, "b", -5.0, 5.0, domain=NUMBER, label="bias", doc="The bias that made y.")

    def _drawn(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        x = _uniform(rng, (n, 1), self.spread)
        y = sigmoid(self.w * x[:, 0] + self.b) + self.noise * rng.standard_normal(n)
        return x, np.clip(y, 0.0, 1.0)


@dataclass(frozen=True)
class RandomPoints(Generator):
    """Points that follow no rule. The best neuron is nearly flat, and every batch pulls elsewhere.

    x is uniform from -spread to spread, y uniform from 0 to 1.
    """

    id = "random"
    title = "Random"

    spread: float = param(4.0, "spread", 0.5, 10.0, domain=SPREAD, label="spread", doc="The largest x.")
    inputs: int = param(1, "d", 1, 8, domain=INPUTS, label="inputs", doc="How many inputs a point has.")

    def _drawn(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        return _uniform(rng, (n, self.inputs), self.spread), rng.random(n)


@dataclass(frozen=True)
class TwoClusters(Generator):
    """Two clouds to tell apart: y is 0 in one and 1 in the other. Where they part, w grows without end.

    Half of the points, one more of y = 0 if their number is odd, are normal around -distance/2 in every
    input, the others around distance/2; in any order.
    """

    id = "clusters"
    title = "Two clusters"

    distance: float = param(
        3.0, "distance", 0.0, 10.0, domain=NUMBER, label="distance", doc="From middle to middle."
    )
    deviation: float = param(
        1.0,
        "deviation",
        0.1,
        5.0,
        domain=SPREAD,
        label="deviation",
        doc="The standard deviation in each input.",
        log=True,
    )
    inputs: int = param(1, "d", 1, 8, domain=INPUTS, label="inputs", doc="How many inputs a point has.")

    def _drawn(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        y = np.zeros(n)
        y[rng.permutation(n)[: n // 2]] = 1.0
        middles = self.distance * (y - 0.5)
        return middles[:, np.newaxis] + self.deviation * rng.standard_normal((n, self.inputs)), y


def _uniform(rng: np.random.Generator, shape: tuple[int, int], spread: float) -> Array:
    return rng.uniform(-spread, spread, shape)


_KINDS: tuple[type[Generator], ...] = (SparseFeature, Valley, NoisySigmoid, RandomPoints, TwoClusters)
GENERATORS = {kind.id: kind for kind in _KINDS}
