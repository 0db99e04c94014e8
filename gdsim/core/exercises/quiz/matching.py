"""Questions that match a contour map with a surface: three wrong surfaces, as alike as the level says."""

from collections.abc import Iterator

import numpy as np

from gdsim.core.exercises.quiz.likeness import Relief, likeness, relief
from gdsim.core.exercises.quiz.point_sets import mirrored, random_points, varied
from gdsim.core.exercises.quiz.question import WINDOW, Kind, Question
from gdsim.core.surface.surface import survey

# How alike the wrong surfaces are to the right one, about and at most, for each level.
_WANTED = (0.15, 0.4, 0.6, 0.75, 0.85)
_MOST = (0.3, 0.55, 0.72, 0.83, 0.91)
_WRONG = 3
_GRID = 81
_VARIATIONS = 24


def matching_question(kind: Kind, level: int, rng: np.random.Generator) -> Question:
    """Return a question of kind ``SURFACE`` or ``MAP``."""
    subject, wrong = _found(level, rng)
    place = int(rng.integers(_WRONG + 1))
    reliefs = [*wrong[:place], subject, *wrong[place:]]
    candidates = tuple(survey(one.points, WINDOW, grid=_GRID) for one in reliefs)
    measures = tuple(1.0 if one is subject else likeness(subject, one) for one in reliefs)
    return Question(kind, level, candidates[place], measures, candidates=candidates)


def _found(level: int, rng: np.random.Generator) -> tuple[Relief, list[Relief]]:
    """Return a surface, and three that differ from it and from each other by at least what the level says."""
    while True:
        subject = relief(random_points(rng), WINDOW)
        if subject.is_flat:
            continue
        wrong: list[Relief] = []
        pool = sorted(
            _others(subject, rng), key=lambda other: abs(likeness(subject, other) - _WANTED[level - 1])
        )
        for other in pool:
            if all(likeness(other, one) <= _MOST[level - 1] for one in (subject, *wrong)):
                wrong.append(other)
            if len(wrong) == _WRONG:
                return subject, wrong


def _others(subject: Relief, rng: np.random.Generator) -> Iterator[Relief]:
    """Yield surfaces that are more and less alike to one: variations, mirror images, and others."""
    sets = [*mirrored(subject.points)]
    sets += [varied(subject.points, float(rng.uniform(0.05, 1.0)), rng) for _ in range(_VARIATIONS)]
    sets += [random_points(rng) for _ in range(_VARIATIONS)]
    for points in sets:
        made = relief(points, WINDOW)
        if not made.is_flat:
            yield made
