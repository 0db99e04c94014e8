"""The colours of a map: a hue for each class, lighter for a run that is solved in fewer steps."""

from collections.abc import Generator, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor, QImage

from gdsim.core.arrays import Array
from gdsim.core.exercises.maps.computing import MapNews, computing_maps
from gdsim.core.exercises.maps.outcome import Outcome, OutcomeMap, OutcomePlan

Pixels: TypeAlias = npt.NDArray[np.uint8]

# Solved early and late, for each minimum in turn. These and the rest after Okabe and Ito: they differ in
# lightness, too, for people who do not tell some hues apart.
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
    """A map and its picture: (side, side, 4), from the top row down, clear where nothing is computed yet."""

    map: OutcomeMap
    pixels: Pixels

    def image(self) -> QImage:
        side = self.map.side
        return QImage(self.pixels.data, side, side, 4 * side, QImage.Format.Format_RGBA8888).copy()


def painting_maps(
    plans: Sequence[OutcomePlan],
) -> Generator[MapNews[PaintedMap], None, tuple[PaintedMap, ...]]:
    """Compute maps and paint them on one scale; see `computing_maps`."""
    work, maps = computing_maps(plans), tuple[PaintedMap, ...]()
    for news in work:
        if news.maps:
            maps = painted(news.maps)
        yield MapNews(news.share, maps if news.maps else ())
    return maps


def painted(maps: Sequence[OutcomeMap]) -> tuple[PaintedMap, ...]:
    """Paint maps on one scale: equally many solved runs of all of them have each lightness."""
    ranks = step_ranks(maps)
    return tuple(PaintedMap(made, _pixels(made, ranks)) for made in maps)


def step_ranks(maps: Sequence[OutcomeMap]) -> Array:
    """Return the share of solved runs, from 0 to 1, that need fewer steps, for each number of steps."""
    solved = [made.steps[made.kind == Outcome.SOLVED] for made in maps]
    counts = np.bincount(np.concatenate(solved), minlength=1)
    below = np.cumsum(counts) - counts
    last = below[np.flatnonzero(counts)[-1]] if counts.any() else 0
    return below / max(1, last)


def _pixels(made: OutcomeMap, ranks: Array) -> Pixels:
    colours = np.zeros((*made.kind.shape, 4), np.uint8)
    for kind, colour in FLAT.items():
        colours[made.kind == kind] = _rgba(colour)
    solved = made.kind == Outcome.SOLVED
    level = np.rint(ranks[made.steps[solved]] * (_LEVELS - 1)).astype(np.intp)
    ramp = (np.maximum(made.basin[solved], 1) - 1) % len(RAMPS)
    colours[solved] = ramp_table()[ramp, np.minimum(level, _LEVELS - 1)]
    return np.ascontiguousarray(colours[::-1])


@lru_cache(maxsize=1)
def ramp_table() -> Pixels:
    """Return the colours of solved runs, from early to late: (ramp, level, 4)."""
    shares = np.linspace(0.0, 1.0, _LEVELS)[:, np.newaxis]
    ends = ((np.array(_rgba(early)), np.array(_rgba(late))) for early, late in RAMPS)
    return np.stack([np.rint(early + shares * (late - early)).astype(np.uint8) for early, late in ends])


def _rgba(colour: str) -> tuple[int, int, int, int]:
    tone = QColor(colour)
    return tone.red(), tone.green(), tone.blue(), 255
