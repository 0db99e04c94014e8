"""What a picture shows, how large it is, and the kinds of files."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from gdsim.gui.style.theme import THEMES

# Sizes at a scale of 1. Smaller pictures have no room for the panes, larger ones need too much memory at 4.
NARROWEST, WIDEST = 320, 2560
LOWEST, HIGHEST = 240, 1600
SCALES = (1, 2, 3, 4)
LETTERS = (1.0, 1.5, 2.0)


class PictureFormat(StrEnum):
    """A kind of file for a picture; its value is the ending."""

    PNG = "png"
    SVG = "svg"
    PDF = "pdf"


class PicturePart(StrEnum):
    MAPS = "maps"
    SURFACE = "surface"
    CONTOURS = "contours"
    CURVES = "curves"
    NEURON = "neuron"
    WINDOW = "window"


@dataclass(frozen=True)
class PictureSpec:
    part: PicturePart = PicturePart.MAPS
    width: int = 1200  # width, height: in pixels, at a scale of 1
    height: int = 640
    # Pixels along each of these: 1 to 4. All is drawn anew, so that more pixels show more.
    scale: int = 1
    letters: float = 1.0  # how large text and lines are, as a multiple of the window's: more for a slide
    theme: str = "light"  # name of a theme
    runs: bool = True  # whether the runs are drawn
    legend: bool = True  # whether the runs' names and the step stand below

    @property
    def pixels(self) -> tuple[int, int]:
        return self.width * self.scale, self.height * self.scale

    @property
    def room(self) -> tuple[int, int]:
        """Width and height in pixels of the window."""
        return max(1, round(self.width / self.letters)), max(1, round(self.height / self.letters))

    @property
    def pixel_ratio(self) -> float:
        """Pixels of the picture along one of the window's."""
        return self.scale * self.letters

    def to_text(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> "PictureSpec":
        """Return the spec that `to_text` wrote. Any other text gives the default."""
        try:
            kept = json.loads(text)
            spec = cls(**{**kept, "part": PicturePart(kept["part"])})
            return spec if spec.is_valid() else cls()
        except (ValueError, TypeError, KeyError, RecursionError):
            return cls()

    def is_valid(self) -> bool:
        return (
            all(type(length) is int for length in (self.width, self.height))
            and NARROWEST <= self.width <= WIDEST
            and LOWEST <= self.height <= HIGHEST
            and self.scale in SCALES
            and self.letters in LETTERS
            and self.theme in THEMES
            and all(type(switch) is bool for switch in (self.runs, self.legend))
        )
