"""A clip: which steps it shows, for how long each, and its pictures as the encoders take them."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

# The last picture stands still for a moment before the clip begins again.
HOLD_MS = 1500

Pixels: TypeAlias = NDArray[np.uint8]


class ClipFormat(StrEnum):
    """A kind of file for a clip; its value is the ending."""

    GIF = "gif"
    APNG = "apng"
    WEBP = "webp"
    MP4 = "mp4"


class Moment(NamedTuple):
    """A picture of a clip: its step, and how many milliseconds it is shown."""

    step: int
    ms: int


@dataclass(frozen=True)
class ClipPlan:
    """A range of steps, played at some speed."""

    first: int  # first, last: steps, or epochs, as the frames count them
    last: int
    speed: float  # steps a second
    rate: float = 20.0  # pictures a second at most; there are fewer when there are fewer steps

    @property
    def pace(self) -> float:
        """Pictures a second."""
        return min(self.rate, self.speed)

    @property
    def count(self) -> int:
        """How many pictures there are: at least the last step's."""
        return 1 + math.ceil((self.last - self.first) / self.speed * self.pace - 1e-9)

    @property
    def seconds(self) -> float:
        """How long the clip is, with the pause at its end."""
        return (self.count - 1) / self.pace + HOLD_MS / 1000.0

    def moments(self) -> Iterator[Moment]:
        """Yield the pictures in their order."""
        shown_ms = 0
        for index in range(self.count - 1):
            end_ms = round(1000.0 * (index + 1) / self.pace)
            yield Moment(self.first + round(index * self.speed / self.pace), end_ms - shown_ms)
            shown_ms = end_ms
        yield Moment(self.last, HOLD_MS)

    @classmethod
    def lasting(cls, last: int, seconds: float, rate: float) -> "ClipPlan":
        """Return a clip from the start that takes about so many seconds, or less when there are few steps."""
        return cls(0, last, max(rate, last / seconds), rate)


class ClipFrame(NamedTuple):
    """One picture: (height, width, 3) bytes, and how many milliseconds it is shown."""

    rgb: Pixels
    ms: int


class Clip(NamedTuple):
    """What an encoder is given; the pictures come one after the other, and none is kept."""

    width: int  # width, height: of all pictures, in pixels
    height: int
    total: int  # how many there are
    pace: float  # pictures a second; only the last one may be shown for longer
    frames: Iterator[ClipFrame]


def rgb_of(image: QImage) -> Pixels:
    """Return the pixels of an image: shape (height, width, 3)."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    width, height, row = plain.width(), plain.height(), plain.bytesPerLine()
    pixels: Pixels = np.frombuffer(plain.constBits(), np.uint8).reshape(height, row)[:, : 3 * width]
    return pixels.reshape(height, width, 3).copy()


def changed_box(before: Pixels, now: Pixels) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of what differs; one pixel when nothing does."""
    differs = before != now
    if differs.ndim == 3:
        differs = differs.any(axis=2)
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    if not rows.size:
        return 0, 0, 1, 1
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
