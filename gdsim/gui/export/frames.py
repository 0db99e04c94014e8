"""The pictures of a clip as the encoders take them: one after the other, and none is kept."""

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

Pixels: TypeAlias = NDArray[np.uint8]
Rgb: TypeAlias = Pixels


class ClipFrame(NamedTuple):
    """One picture: (height, width, 3) bytes, and how many milliseconds it is shown."""

    rgb: Rgb
    ms: int


class Clip(NamedTuple):
    """What an encoder is given.

    Attributes
    ----------
    width, height : int
        Of all pictures, in pixels.
    total : int
        How many there are.
    pace : float
        Pictures a second; only the last one may be shown for longer.
    frames : iterator of ClipFrame
    """

    width: int
    height: int
    total: int
    pace: float
    frames: Iterator[ClipFrame]


def rgb_of(image: QImage) -> Rgb:
    """Return the pixels of an image: shape (height, width, 3)."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    width, height, row = plain.width(), plain.height(), plain.bytesPerLine()
    pixels: Rgb = np.frombuffer(plain.constBits(), np.uint8).reshape(height, row)[:, : 3 * width]
    return pixels.reshape(height, width, 3).copy()


def changed_box(before: Pixels, now: Pixels) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of what differs; one pixel when nothing does.

    Parameters
    ----------
    before, now : (h, w) or (h, w, 3) arrays
    """
    differs = before != now
    if differs.ndim == 3:
        differs = differs.any(axis=2)
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    if not rows.size:
        return 0, 0, 1, 1
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
