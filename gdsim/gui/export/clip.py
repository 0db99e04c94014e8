"""A clip: which steps it shows, for how long each, and its pictures in the form the encoders take."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

# How long the last picture is shown before the clip repeats.
HOLD_MS = 1500

RgbPixels: TypeAlias = NDArray[np.uint8]


class ClipFormat(StrEnum):
    """A file format for a clip; the value is the ending of the file's name."""

    GIF = "gif"
    APNG = "apng"
    WEBP = "webp"
    MP4 = "mp4"


class ClipMoment(NamedTuple):
    """A step that a clip shows, and for how many milliseconds."""

    step: int
    ms: int


@dataclass(frozen=True)
class ClipPlan:
    """A range of steps, played at a given speed."""

    first: int  # first, last: steps or epochs, as the frames count them; both are shown
    last: int
    speed: float  # steps a second
    rate: float = 20.0  # the most pictures a second

    @property
    def pace(self) -> float:
        """Pictures a second, at most one for each step."""
        return min(self.rate, self.speed)

    @property
    def count(self) -> int:
        """How many pictures there are; the last step always has one."""
        return 1 + math.ceil((self.last - self.first) / self.speed * self.pace - 1e-9)

    @property
    def seconds(self) -> float:
        """How long the clip is, including the pause at its end."""
        return (self.count - 1) / self.pace + HOLD_MS / 1000.0

    def moments(self) -> Iterator[ClipMoment]:
        shown_ms = 0
        for index in range(self.count - 1):
            end_ms = round(1000.0 * (index + 1) / self.pace)
            yield ClipMoment(self.first + round(index * self.speed / self.pace), end_ms - shown_ms)
            shown_ms = end_ms
        yield ClipMoment(self.last, HOLD_MS)

    @classmethod
    def lasting(cls, last: int, seconds: float, rate: float) -> "ClipPlan":
        """Return a plan from step 0 that lasts about ``seconds``, or less if there are few steps."""
        return cls(0, last, max(rate, last / seconds), rate)


class ClipFrame(NamedTuple):
    """A picture as (height, width, 3) bytes, and for how many milliseconds it is shown."""

    rgb: RgbPixels
    ms: int


class Clip(NamedTuple):
    """The input of an encoder; ``frames`` yields the pictures one by one and keeps none."""

    width: int  # width, height: of all pictures, in pixels
    height: int
    total: int  # how many pictures there are
    pace: float  # pictures a second; only the last picture may be shown for longer
    frames: Iterator[ClipFrame]


def rgb_of(image: QImage) -> RgbPixels:
    """Return the pixels of an image: shape (height, width, 3)."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    width, height, row = plain.width(), plain.height(), plain.bytesPerLine()
    pixels: RgbPixels = np.frombuffer(plain.constBits(), np.uint8).reshape(height, row)[:, : 3 * width]
    return pixels.reshape(height, width, 3).copy()


def changed_box(before: RgbPixels, now: RgbPixels) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom (exclusive) of the difference; one pixel if there is none."""
    differs = before != now
    if differs.ndim == 3:
        differs = differs.any(axis=2)
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    if not rows.size:
        return 0, 0, 1, 1
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
