"""What is asked: a surface, four answers, and a measure of each by which one is right."""

from dataclasses import dataclass
from enum import StrEnum

from gdsim.core.arrays import Array
from gdsim.core.model.experiment import Window
from gdsim.core.surface.surface import HeightMap

LETTERS = "ABCD"
LEVELS = (1, 2, 3, 4, 5)
# All questions are asked over one square window, so that the axes tell nothing.
WINDOW = Window()


class Kind(StrEnum):
    """What is asked for."""

    SURFACE = "surface"  # that belongs to a map
    MAP = "map"  # that belongs to a surface
    STEEPEST = "steepest"
    GENTLEST = "gentlest"
    DOWNHILL = "downhill"


MATCHING = (Kind.SURFACE, Kind.MAP)


@dataclass(frozen=True, eq=False)
class Question:
    """A question with four answers.

    Attributes
    ----------
    kind : Kind
    level : int
        From 1 to 5.
    subject : HeightMap
        What is asked about.
    measures : tuple of 4 floats
        What decides, one for each answer. To match: how alike the surface is to the subject. Steepest and
        gentlest: the length of the gradient there. Downhill: what the loss changes by for each unit in the
        arrow's direction.
    candidates : tuple of HeightMap
        The answers, when a surface or a map is to be matched; else empty.
    places : (4, 2) array or None
        The answers, when places are to be compared: (w, b).
    arrows : (4, 2) array or None
        The answers, when a direction is asked for: unit vectors.
    place : (2,) array or None
        Where the arrows begin.
    """

    kind: Kind
    level: int
    subject: HeightMap
    measures: tuple[float, ...]
    candidates: tuple[HeightMap, ...] = ()
    places: Array | None = None
    arrows: Array | None = None
    place: Array | None = None

    @property
    def answer(self) -> int:
        """Index of the right answer, which follows from the measures."""
        choose = min if self.kind in (Kind.GENTLEST, Kind.DOWNHILL) else max
        return self.measures.index(choose(self.measures))
