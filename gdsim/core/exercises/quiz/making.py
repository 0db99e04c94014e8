"""Making questions, reproducible from a seed, by comparing the surfaces of random point sets."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from gdsim.core.arrays import Array, Flags, frozen
from gdsim.core.exercises.quiz.question import MATCHING, VIEW_RANGE, Question, QuestionKind
from gdsim.core.model.generators import DRAW, GENERATORS
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.points import PointSet
from gdsim.core.progress import run_to_end
from gdsim.core.surface.lowest import finding_lowest
from gdsim.core.surface.sampling import grid_sides, sample_surface
from gdsim.core.surface.surface import GRID, LossSurface

_ALL = tuple(QuestionKind)
# The number of wrong answers to each question.
_WRONG = 3


def kind_of(seed: int, number: int) -> QuestionKind:
    """Return the kind of a question; each round of five questions has every kind once, in random order."""
    rounds, place = divmod(number, len(_ALL))
    order = np.random.default_rng([seed, rounds]).permutation(len(_ALL))
    return _ALL[int(order[place])]


# Cached, because making a question takes 50 ms, and its answer may be judged in two languages.
@lru_cache(maxsize=32)
def make_question(seed: int, number: int, level: int) -> Question:
    """Return a question of a level from 1 to 5; the same arguments give the same question."""
    kind = kind_of(seed, number)
    rng = np.random.default_rng([seed, number, level])
    if kind in MATCHING:
        return _matching_question(kind, level, rng)
    if kind is QuestionKind.DOWNHILL:
        return _downhill_question(level, rng)
    return _steepness_question(kind, level, rng)


# ------------------------------------------------------------------- points and likeness of surfaces

_FEW, _MANY = 5, 30
_WIDEST = 4.0
_LARGEST_SEED = 2**31

_COARSE_GRID = 31
# A surface with a smaller range of losses cannot be told from another one.
_FLAT = 0.02


def random_points(rng: np.random.Generator) -> PointSet:
    """Return a point set with one input: two to five uniform points, or equally often a generated set."""
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
    draw = DRAW(n=int(rng.integers(_FEW, _MANY)), seed=int(rng.integers(_LARGEST_SEED)))
    return made[int(rng.integers(len(made)))].points(draw)


def perturbed_points(points: PointSet, strength: float, rng: np.random.Generator) -> PointSet:
    """Return the points with every x and y perturbed, more for a greater ``strength`` (0 to 1)."""
    n = len(points)
    x = points.x[:, 0] * rng.uniform(1.0 - strength, 1.0 + strength)
    x = x + strength * (rng.normal(0.0, 1.0) + rng.normal(0.0, 0.7, n))
    y = np.clip(points.y + 0.6 * strength * rng.normal(0.0, 1.0, n), 0.0, 1.0)
    return PointSet(x.round(3), y.round(3))


def mirrored_points(points: PointSet) -> tuple[PointSet, PointSet, PointSet]:
    """Return the points with x, y, or both mirrored; their surfaces are mirror images."""
    return (
        PointSet(-points.x, points.y),
        PointSet(points.x, 1.0 - points.y),
        PointSet(-points.x, 1.0 - points.y),
    )


@dataclass(frozen=True, eq=False)
class Relief:
    """The loss over the view range, sampled coarsely, but well enough to compare surfaces."""

    points: PointSet
    loss: Array  # (n, n)
    # heights, ranks, (n * n,): the losses and their ranks, each shifted to mean 0 and scaled to length 1.
    heights: Array
    ranks: Array

    @property
    def is_flat(self) -> bool:
        """Whether the loss is nearly the same everywhere, so that contours tell nothing."""
        return float(np.ptp(self.loss)) < _FLAT


def relief(points: PointSet) -> Relief:
    """Sample the relief of points with one input."""
    loss = frozen(Neuron.fitting(points).loss(_coarse_grid()))
    ranks = np.argsort(np.argsort(loss, axis=None)).astype(np.float64)
    return Relief(points, loss, _normed(loss.ravel()), _normed(ranks))


@cache
def _coarse_grid() -> Array:
    return frozen(np.stack(np.meshgrid(*grid_sides(VIEW_RANGE, _COARSE_GRID), indexing="ij"), axis=-1))


def likeness(one: Relief, other: Relief) -> float:
    """Return how alike two surfaces look: 1 for the same shape, 0 if unrelated, -1 if upside down.

    This is the greater of two correlations, because surfaces that look alike in either way are alike: that of
    the heights, which a 3D view shows, and that of their ranks, which contour lines show.
    """
    return max(float(one.heights @ other.heights), float(one.ranks @ other.ranks))


def _normed(values: Array) -> Array:
    away = values - values.mean()
    length = float(np.sqrt(away @ away))
    return frozen(away / length if length > 0.0 else away)


# ------------------------------------------------------------------------- maps and their surfaces

# For each level, about how alike the wrong surfaces are to the right one, and how alike at most.
_LIKENESS = (0.15, 0.4, 0.6, 0.75, 0.85)
_MOST_LIKENESS = (0.3, 0.55, 0.72, 0.83, 0.91)
_GRID = 81
_VARIATIONS = 24


def _surface(points: PointSet, grid: int = GRID) -> LossSurface:
    """Sample the surface of a question without locating its minimum exactly."""
    return sample_surface(points, VIEW_RANGE, grid=grid, seeks_lowest=False)


def _matching_question(kind: QuestionKind, level: int, rng: np.random.Generator) -> Question:
    subject, wrong = _distinct_reliefs(level, rng)
    place = int(rng.integers(_WRONG + 1))
    reliefs = [*wrong[:place], subject, *wrong[place:]]
    candidates = tuple(_surface(one.points, _GRID) for one in reliefs)
    measures = tuple(1.0 if one is subject else likeness(subject, one) for one in reliefs)
    right = candidates[place]
    lowest = run_to_end(finding_lowest(right.terms, right.w, right.b, right.loss))
    return Question(kind, level, right, measures, candidates, lowest)


def _distinct_reliefs(level: int, rng: np.random.Generator) -> tuple[Relief, list[Relief]]:
    """Find a surface and three others, all of which differ as much as the level asks for."""
    while True:
        subject = relief(random_points(rng))
        if subject.is_flat:
            continue
        wrong: list[Relief] = []
        pool = sorted(
            _others(subject, rng), key=lambda other: abs(likeness(subject, other) - _LIKENESS[level - 1])
        )
        for other in pool:
            if all(likeness(other, one) <= _MOST_LIKENESS[level - 1] for one in (subject, *wrong)):
                wrong.append(other)
            if len(wrong) == _WRONG:
                return subject, wrong


def _others(subject: Relief, rng: np.random.Generator) -> Iterator[Relief]:
    """Yield mirror images and variations of a surface, and unrelated surfaces."""
    sets = [*mirrored_points(subject.points)]
    sets += [perturbed_points(subject.points, float(rng.uniform(0.05, 1.0)), rng) for _ in range(_VARIATIONS)]
    sets += [random_points(rng) for _ in range(_VARIATIONS)]
    for points in sets:
        made = relief(points)
        if not made.is_flat:
            yield made


# -------------------------------------------------------------------------------- places on a map

# For each level, the least ratio of steepness between the answer and any other place; and the largest ratio
# as a multiple of the least, so that higher levels are harder.
_LEAST = (5.0, 3.5, 2.5, 1.9, 1.5)
_FARTHEST = 4.0
# For each level, how far the wrong arrows are from downhill, in degrees.
_OFF = (
    (90.0, 180.0, 270.0),
    (180.0, 70.0, -70.0),
    (180.0, 50.0, -50.0),
    (38.0, -38.0, 90.0),
    (28.0, -28.0, 56.0),
)
_TRIED = 160
_APART = 1.8
# The distance of letters and of arrows from the edges of the map.
_MARGIN, _ARROW_MARGIN = 0.7, 1.8
# The radius around a place within which the eye judges the contour lines.
_AROUND = 0.4
# The least slope that contour lines show, per unit, as a share of the range of the loss: for downhill, at the
# steepest place, and at the wrong places when the gentlest is asked for.
_SHOWN, _SHOWN_STEEP, _SHOWN_WRONG = 0.02, 0.06, 0.03
# How steady the direction around a place has to be: the length of the mean unit vector.
_STEADY = 0.98


def _steepness_question(kind: QuestionKind, level: int, rng: np.random.Generator) -> Question:
    while True:
        points = random_points(rng)
        if relief(points).is_flat:
            continue
        neuron, surface = Neuron.fitting(points), _surface(points)
        places = _random_places(rng, _MARGIN)
        sizes, around = _steepness(neuron, places), _steepness_around(neuron, places)
        chosen = _standing_out(kind, level, np.stack([sizes, around]), float(np.ptp(surface.loss)))
        if chosen is not None:
            marked = frozen(places[rng.permutation(chosen)])
            return Question(kind, level, surface, tuple(_steepness(neuron, marked).tolist()), places=marked)


def _downhill_question(level: int, rng: np.random.Generator) -> Question:
    while True:
        points = random_points(rng)
        neuron, surface = Neuron.fitting(points), _surface(points)
        least = _SHOWN * float(np.ptp(surface.loss))
        for place in _random_places(rng, _ARROW_MARGIN):
            gradient = neuron.gradient(place)
            if not float(np.hypot(*gradient)) > least > 0.0 or _steadiness(neuron, place) < _STEADY:
                continue
            angles = math.atan2(-gradient[1], -gradient[0]) + np.radians([0.0, *_OFF[level - 1]])
            arrows = rng.permutation(np.stack([np.cos(angles), np.sin(angles)], axis=1))
            slopes = tuple((arrows @ gradient).tolist())
            return Question(
                QuestionKind.DOWNHILL, level, surface, slopes, arrows=frozen(arrows), place=frozen(place)
            )


def _random_places(rng: np.random.Generator, margin: float) -> Array:
    """Return random places (n, 2) in the view range that are not too close to each other."""
    low, high = VIEW_RANGE.w_min + margin, VIEW_RANGE.w_max - margin
    places: list[Array] = []
    for place in rng.uniform(low, high, (_TRIED, 2)).round(1):
        if all(np.hypot(*(place - other)) >= _APART for other in places):
            places.append(place)
    return np.array(places)


def _standing_out(kind: QuestionKind, level: int, sizes: Array, height: float) -> list[int] | None:
    """Return the indices of four places, first the one that stands out; None if there are none.

    ``sizes`` (2, n) has the steepness at the places, and the mean around them; the answer has to stand out
    in both. ``height`` is the range of the loss in the view range.
    """
    least = _LEAST[level - 1]
    gentlest = kind is QuestionKind.GENTLEST
    shown: Flags = np.logical_and.reduce(
        sizes >= (_SHOWN_WRONG if gentlest else _SHOWN_STEEP) * height, axis=0
    )
    for first in range(sizes.shape[1]):
        if not (gentlest or shown[first]):
            continue
        one = sizes[:, [first]]
        ratios = sizes / one if gentlest else one / sizes
        right = (ratios >= least).all(axis=0) & (ratios <= _FARTHEST * least).all(axis=0)
        others = np.flatnonzero(right & shown if gentlest else right)
        if len(others) >= _WRONG:
            return [first, *others[:_WRONG].tolist()]
    return None


def _steepness(neuron: Neuron, places: Array) -> Array:
    """Return the lengths of the gradients at places (..., 2)."""
    gradient = neuron.gradient(places)
    return np.maximum(np.hypot(gradient[..., 0], gradient[..., 1]), 1e-300)


def _steepness_around(neuron: Neuron, places: Array) -> Array:
    """Return the mean lengths of the gradients on small circles around places (n, 2)."""
    mean: Array = _steepness(neuron, places[:, np.newaxis] + _circle()).mean(axis=1)
    return mean


def _steadiness(neuron: Neuron, place: Array) -> float:
    around = place + _circle()
    units = neuron.gradient(around) / _steepness(neuron, around)[:, np.newaxis]
    return float(np.hypot(*units.mean(axis=0)))


def _circle() -> Array:
    turns = np.linspace(0.0, 2.0 * np.pi, 12, endpoint=False)
    return _AROUND * np.stack([np.cos(turns), np.sin(turns)], axis=1)
