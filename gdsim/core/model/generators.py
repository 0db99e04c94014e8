"""Synthetic points. The same generator, settings, number and seed give the same points."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.model.neuron import sigmoid
from gdsim.core.model.points import PointSet
from gdsim.core.settings import (
    NUMBER,
    SEED,
    UP_TO_ONE,
    Configured,
    Definition,
    Domain,
    Setting,
    Value,
    between,
    by_id,
    whole,
)

POINT_SPREAD = Domain("a number above {low} and up to {high}", float, low=0.0, high=1e6, low_included=False)
INPUTS = whole(1, 20)
HOW_MANY = whole(2, 1e6)
POINT_NOISE = between(0, 10)

DRAW = Definition(
    "draw",
    "Draw",
    "How many points are made, and from which random numbers.",
    (
        Setting("n", "N", "points", "How many points.", 100, HOW_MANY, 2, 1_000_000, log=True),
        Setting("seed", "seed", "seed", "The same seed gives the same points again.", 0, SEED, 0, 100),
    ),
)

# Returns x of shape (n, d) and y of shape (n,), given the settings, n and a random generator.
_Sampling: TypeAlias = "Callable[[Generator, int, np.random.Generator], tuple[Array, Array]]"


@dataclass(frozen=True, repr=False)
class GeneratorKind(Definition):
    drawn: _Sampling = lambda _generator, n, _rng: (np.zeros((n, 1)), np.zeros(n))
    details: str = ""  # How exactly the points are drawn, in a few sentences

    __hash__ = Definition.__hash__

    def __call__(self, **values: Value) -> "Generator":
        return Generator(self, self.checked(values))


class Generator(Configured[GeneratorKind]):
    """A kind of synthetic data set with values for its settings."""

    def points(self, draw: Configured[Definition]) -> PointSet:
        """Return the points of a draw, which gives their number and the seed; see `DRAW`."""
        rng = np.random.default_rng(int(draw["seed"]))
        return PointSet(*self.definition.drawn(self, int(draw["n"]), rng))


def _sparse(generator: Generator, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
    x = _uniform(rng, (n, int(generator["inputs"])), generator.number("spread"))
    x[rng.permutation(n)[: round(generator.number("zeros") * n)], 0] = 0.0
    return x, sigmoid(generator.number("w") * x.sum(axis=1) + generator.number("b"))


def _valley(generator: Generator, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
    away = _uniform(rng, (n, 1), generator.number("spread"))
    return generator.number("centre") + away, sigmoid(generator.number("w") * away[:, 0])


def _noisy(generator: Generator, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
    x = _uniform(rng, (n, 1), generator.number("spread"))
    y = sigmoid(generator.number("w") * x[:, 0] + generator.number("b"))
    y += generator.number("noise") * rng.standard_normal(n)
    return x, np.clip(y, 0.0, 1.0)


def _random(generator: Generator, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
    return _uniform(rng, (n, int(generator["inputs"])), generator.number("spread")), rng.random(n)


def _clusters(generator: Generator, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
    y = np.zeros(n)
    y[rng.permutation(n)[: n // 2]] = 1.0
    middles = generator.number("distance") * (y - 0.5)
    noise = rng.standard_normal((n, int(generator["inputs"])))
    return middles[:, np.newaxis] + generator.number("deviation") * noise, y


def _uniform(rng: np.random.Generator, shape: tuple[int, int], spread: float) -> Array:
    return rng.uniform(-spread, spread, shape)


def _spread(default: float) -> Setting:
    return Setting("spread", "spread", "spread", "The largest x.", default, POINT_SPREAD, 0.5, 10.0)


def _target_neuron(w: float, b: float | None = None, widest: float = 5.0) -> tuple[Setting, ...]:
    weight = Setting("w", "w", "weight", "The weight that made y.", w, NUMBER, -widest, widest)
    if b is None:
        return (weight,)
    return weight, Setting("b", "b", "bias", "The bias that made y.", b, NUMBER, -5.0, 5.0)


_ZEROS = "The share of the points whose x is zero, rounded."
_TO_BOTH_SIDES = "How far x goes to both sides."
_DEVIATION = "The standard deviation in each input."
_INPUTS = Setting("inputs", "inputs", "inputs", "How many inputs a point has.", 1, INPUTS, 1, 8)

_KINDS = (
    GeneratorKind(
        "sparse",
        "Sparse feature",
        "An input that is mostly zero. Its weight hardly ever gets a gradient, but b always does.",
        (
            Setting("zeros", "zeros", "zeros", _ZEROS, 0.8, UP_TO_ONE),
            _spread(3.0),
            *_target_neuron(2.0, -1.0),
            _INPUTS,
        ),
        _sparse,
        "y = σ(w·x + b) without noise. x is zero for a share of the points, in any order, otherwise uniform "
        "from −spread to spread. With more inputs only x₁ is sparse, and all have the same weight.",
    ),
    GeneratorKind(
        "valley",
        "Valley",
        "Inputs far from zero. The loss has a long narrow valley, across which plain descent swings.",
        (
            Setting("centre", "centre", "centre", "The middle of x.", 4.0, NUMBER, -10.0, 10.0),
            Setting("spread", "spread", "spread", _TO_BOTH_SIDES, 0.6, POINT_SPREAD, 0.1, 5.0, log=True),
            *_target_neuron(3.5, widest=10.0),
        ),
        _valley,
        "x is uniform from centre − spread to centre + spread; y = σ(w·(x − centre)) without noise. A "
        "change of w is offset by one of b, along b = −centre·w. The further the centre, the narrower the "
        "valley.",
    ),
    GeneratorKind(
        "noisy",
        "Noisy sigmoid",
        "A sigmoid with noise on y. Mini-batches see a different slope each time; the loss has a floor.",
        (
            Setting(
                "noise", "noise", "noise", "The standard deviation of the noise.", 0.1, POINT_NOISE, 0.0, 0.5
            ),
            _spread(4.0),
            *_target_neuron(1.5, -0.5),
        ),
        _noisy,
        "x is uniform from −spread to spread; y = σ(w·x + b) plus normal noise, cut off at 0 and at 1.",
    ),
    GeneratorKind(
        "random",
        "Random",
        "Points that follow no rule. The best neuron is nearly flat, and every batch pulls in another "
        "direction.",
        (_spread(4.0), _INPUTS),
        _random,
        "x is uniform from −spread to spread, y uniform from 0 to 1.",
    ),
    GeneratorKind(
        "clusters",
        "Two clusters",
        "Two clouds to tell apart: y is 0 in one and 1 in the other. If they do not overlap, w grows "
        "without end.",
        (
            Setting("distance", "distance", "distance", "From middle to middle.", 3.0, NUMBER, 0.0, 10.0),
            Setting("deviation", "deviation", "deviation", _DEVIATION, 1.0, POINT_SPREAD, 0.1, 5.0, log=True),
            _INPUTS,
        ),
        _clusters,
        "Half of the points (one more of y = 0 if their number is odd) are normal around −distance/2 in "
        "every input, the others around distance/2; in any order.",
    ),
)
GENERATORS = by_id(_KINDS)
