"""The colours of a map: a hue for each class, lighter for runs that are solved in fewer steps."""

from collections.abc import Generator, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor, QImage

from gdsim.core.arrays import Array
from gdsim.core.exercises.maps.map_computation import MapNews, computing_maps
from gdsim.core.exercises.maps.outcome import Outcome, OutcomeMap, OutcomePlan

MapPixels: TypeAlias = npt.NDArray[np.uint8]

# The colours of runs solved early and late, for each minimum in turn. All colours follow Okabe and Ito, and
# also differ in lightness, for people with colour vision deficiency.
RAMPS = (("#d3e9fb", "#0b3d78"), ("#d5f2e4", "#00583f"), ("#f3def0", "#6d2160"), ("#efe3d6", "#5c3a1c"))
FLAT = {
    Outcome.DIVERGED: "#d1495b",
    Outcome.RESTS: "#f0e442",
    Outcome.PLATEAU: "#e69f00",
    Outcome.MOVING: "#8b929c",
    Outcome.STOPPED: "#2b2f36",
}
_LEVELS = 64


class PaintedMap(NamedTuple):
    """A map and its RGBA pixels (side, side, 4), top row first, transparent where not computed yet."""

    map: OutcomeMap
    pixels: MapPixels

    def image(self) -> QImage:
        side = self.map.side
        return QImage(self.pixels.data, side, side, 4 * side, QImage.Format.Format_RGBA8888).copy()


def painting_maps(
    plans: Sequence[OutcomePlan],
) -> Generator[MapNews[PaintedMap], None, tuple[PaintedMap, ...]]:
    """Compute maps with `computing_maps`, and paint them on a common scale."""
    work, maps = computing_maps(plans), tuple[PaintedMap, ...]()
    for news in work:
        if news.maps:
            maps = painted(news.maps)
        yield MapNews(news.share, maps if news.maps else ())
    return maps


def painted(maps: Sequence[OutcomeMap]) -> tuple[PaintedMap, ...]:
    """Paint maps on a common scale, on which each lightness has equally many of their solved runs."""
    ranks = step_ranks(maps)
    return tuple(PaintedMap(outcome_map, _pixels(outcome_map, ranks)) for outcome_map in maps)


def step_ranks(maps: Sequence[OutcomeMap]) -> Array:
    """Return, for each number of steps, the share of solved runs that need fewer steps."""
    solved = [outcome_map.steps[outcome_map.kind == Outcome.SOLVED] for outcome_map in maps]
    counts = np.bincount(np.concatenate(solved), minlength=1)
    below = np.cumsum(counts) - counts
    last = below[np.flatnonzero(counts)[-1]] if counts.any() else 0
    return below / max(1, last)


def _pixels(outcome_map: OutcomeMap, ranks: Array) -> MapPixels:
    colours = np.zeros((*outcome_map.kind.shape, 4), np.uint8)
    for kind, colour in FLAT.items():
        colours[outcome_map.kind == kind] = _rgba(colour)
    solved = outcome_map.kind == Outcome.SOLVED
    level = np.rint(ranks[outcome_map.steps[solved]] * (_LEVELS - 1)).astype(np.intp)
    ramp = (np.maximum(outcome_map.basin[solved], 1) - 1) % len(RAMPS)
    colours[solved] = ramp_table()[ramp, np.minimum(level, _LEVELS - 1)]
    return np.ascontiguousarray(colours[::-1])


@lru_cache(maxsize=1)
def ramp_table() -> MapPixels:
    """Return the colours of solved runs (ramp, level, 4), from early to late."""
    shares = np.linspace(0.0, 1.0, _LEVELS)[:, np.newaxis]
    ends = ((np.array(_rgba(early)), np.array(_rgba(late))) for early, late in RAMPS)
    return np.stack([np.rint(early + shares * (late - early)).astype(np.uint8) for early, late in ends])


def _rgba(colour: str) -> tuple[int, int, int, int]:
    tone = QColor(colour)
    return tone.red(), tone.green(), tone.blue(), 255
