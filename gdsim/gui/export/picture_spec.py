"""What an exported picture shows, its size, and the file formats."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from gdsim.gui.style.theme import THEMES

# Sizes in pixels at a scale of 1. A smaller picture has no room for the panes; a larger one would need too
# much memory at a scale of 4.
NARROWEST, WIDEST = 320, 2560
LOWEST, HIGHEST = 240, 1600
SCALES = (1, 2, 3, 4)
LETTER_SIZES = (1.0, 1.5, 2.0)


class PictureFormat(StrEnum):
    """A file format for a picture; the value is the ending of the file's name."""

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
    # Pixels of the file along one of these, 1 to 4. All is drawn at this scale, so more pixels show more.
    scale: int = 1
    letters: float = 1.0  # the size of text and lines relative to the window, larger for a slide
    theme: str = "light"  # name of a theme
    runs: bool = True  # whether the runs are drawn
    legend: bool = True  # whether the names of the runs and the step are shown below the panes

    @property
    def pixels(self) -> tuple[int, int]:
        return self.width * self.scale, self.height * self.scale

    @property
    def panes_size(self) -> tuple[int, int]:
        """Width and height of the panes, in pixels of the window."""
        return max(1, round(self.width / self.letters)), max(1, round(self.height / self.letters))

    @property
    def pixel_ratio(self) -> float:
        """Pixels of the picture to a pixel of the window, along one axis."""
        return self.scale * self.letters

    def to_text(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> "PictureSpec":
        """Return the spec that `to_text` wrote, or the default spec for any other text."""
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
            and self.letters in LETTER_SIZES
            and self.theme in THEMES
            and all(type(switch) is bool for switch in (self.runs, self.legend))
        )
