"""What is taken a picture of, and how large."""

from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """What can be taken away as a picture."""

    MAPS = "maps"
    SURFACE = "surface"
    CONTOURS = "contours"
    CURVES = "curves"
    NEURON = "neuron"
    WINDOW = "window"


@dataclass(frozen=True)
class Shot:
    """A picture that is wanted.

    Attributes
    ----------
    part : Part
    width, height : int
        Of the picture in pixels, at a scale of 1.
    scale : int
        Pixels along each of these: 1 to 4. All is drawn anew, so that more pixels show more.
    letters : float
        How large letters and lines are, as a multiple of the window's: more for a slide.
    theme : str
        Name of a theme.
    runs : bool
        Whether the runs are drawn.
    legend : bool
        Whether the runs' names and the step stand below.
    """

    part: Part = Part.MAPS
    width: int = 1200
    height: int = 640
    scale: int = 1
    letters: float = 1.0
    theme: str = "light"
    runs: bool = True
    legend: bool = True

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.width * self.scale, self.height * self.scale

    @property
    def room(self) -> tuple[int, int]:
        """Width and height of what is drawn, in pixels of the window."""
        return max(1, round(self.width / self.letters)), max(1, round(self.height / self.letters))

    @property
    def fineness(self) -> float:
        """How many pixels of the picture are along one of the window's."""
        return self.scale * self.letters
