"""Writer of animated GIF files, picture by picture; Pillow would keep all pictures in memory."""

import struct
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
from PIL import GifImagePlugin, Image

from gdsim.gui.export.clip import Clip, ClipFrame, RgbPixels, changed_box

# The size of the palette, and the index of the transparent colour, with which a pixel stays as it was.
_COLOURS, _TRANSPARENT = 240, 255
# The palette has the most frequent colours, which are those of large areas, and exceptional ones, which are
# those of lines and marks: the number of each, and the fewest pixels of an exceptional colour.
_AREA_COLOURS, _ODD_COLOURS, _LEAST_PIXELS = 16, 40, 8
# The squared distance up to which Pillow may confuse two colours: 6 levels in each channel.
_NEAR = 3 * 6**2
_FOREVER = b"!\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
# GIF delays are in hundredths of a second; programs replace a delay of fewer than two by a longer one.
_TICK_MS, _FEWEST_TICKS = 10, 2


def write_gif(clip: Clip, out: Path) -> None:
    """Write a clip that repeats, with a palette for its first picture."""
    with out.open("wb") as file:
        first = next(clip.frames)
        palette = _in_palette(first.rgb, _palette_for(first.rgb))
        _write_head(file, clip, palette)
        clock = _Clock()
        before = np.asarray(palette)
        _write_part(file, palette, (0, 0), clock.ticks(first.ms))
        for frame in clip.frames:
            before = _write_change(file, frame, palette, before, clock.ticks(frame.ms))
        file.write(b";")


def _palette_for(rgb: RgbPixels) -> Image.Image:
    """Return an image whose palette suits a picture.

    The median cut weights each colour by the square root of its number of pixels. It would still merge the
    colour of a thin line with others, so that a run got the colour of an arrow; so the colours that are
    farthest from the rest are added unchanged. So are the colours of large areas, because another shade would
    show against the page around the clip.
    """
    packed = rgb.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    exact, where, counts = np.unique(packed, return_index=True, return_counts=True)
    by_count = np.argsort(-counts, kind="stable")
    colours, counts = rgb.reshape(-1, 3)[where[by_count]], counts[by_count]
    # Nearly equal colours are counted as the most frequent one among them.
    _, first, alike = np.unique(exact[by_count] & 0xF8F8F8, return_index=True, return_inverse=True)
    weights = np.ceil(np.sqrt(np.bincount(alike, counts))).astype(np.intp)
    sample = np.repeat(colours[first], weights, axis=0)
    palette = Image.fromarray(sample[np.newaxis]).quantize(
        _COLOURS - _AREA_COLOURS - _ODD_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
    )
    mixed = np.array(palette.getpalette("RGB"), np.uint8).reshape(-1, 3)
    areas = colours[:_AREA_COLOURS]
    kept = np.concatenate([mixed[_squared_distances(mixed, areas) > _NEAR], areas])
    palette.putpalette(np.concatenate([kept, _farthest(kept, colours[counts >= _LEAST_PIXELS])]).tobytes())
    return palette


def _farthest(known: RgbPixels, colours: RgbPixels) -> RgbPixels:
    """Return the colours that are farthest from the known ones and from each other."""
    distances = _squared_distances(colours, known)
    chosen: list[RgbPixels] = []
    while len(chosen) < _ODD_COLOURS and distances.max(initial=0) > _NEAR:
        chosen.append(colours[distances.argmax()])
        distances = np.minimum(distances, _squared_distances(colours, chosen[-1:]))
    return np.array(chosen, np.uint8).reshape(-1, 3)


def _squared_distances(colours: RgbPixels, known: Iterable[RgbPixels]) -> npt.NDArray[np.int_]:
    """Return the squared distance of each colour to the nearest known one."""
    distances = [np.square(colours.astype(int) - one).sum(axis=1) for one in known]
    return np.asarray(np.min(distances, axis=0))


def _in_palette(rgb: RgbPixels, palette: Image.Image) -> Image.Image:
    return Image.fromarray(rgb).quantize(palette=palette, dither=Image.Dither.NONE)


class _Clock:
    """Rounds the delays of pictures without accumulating the rounding errors."""

    def __init__(self) -> None:
        self._due = self._shown = 0

    def ticks(self, ms: int) -> int:
        self._due += ms
        ticks = max(_FEWEST_TICKS, round((self._due - self._shown) / _TICK_MS))
        self._shown += _TICK_MS * ticks
        return ticks


def _write_head(file: BinaryIO, clip: Clip, palette: Image.Image) -> None:
    # 0xF7: a global table of 256 colours with 8 bits per channel follows.
    file.write(b"GIF89a" + struct.pack("<HHBBB", clip.width, clip.height, 0xF7, 0, 0))
    colours = bytes(palette.getpalette("RGB") or b"")
    file.write(colours.ljust(3 * 256, b"\0")[: 3 * 256])
    file.write(_FOREVER)


def _write_change(
    file: BinaryIO, frame: ClipFrame, palette: Image.Image, before: RgbPixels, ticks: int
) -> RgbPixels:
    """Write the difference from the picture before, and return the picture as palette indices."""
    now = np.asarray(_in_palette(frame.rgb, palette))
    left, top, right, bottom = changed_box(before, now)
    old, new = before[top:bottom, left:right], now[top:bottom, left:right]
    part = Image.fromarray(np.where(new == old, _TRANSPARENT, new).astype(np.uint8), "P")
    _write_part(file, part, (left, top), ticks)
    return now


def _write_part(file: BinaryIO, part: Image.Image, corner: tuple[int, int], ticks: int) -> None:
    """Write a picture that is drawn over the one before."""
    flags = 0b00000101  # the picture is kept afterwards; one colour is transparent
    file.write(b"!\xf9\x04" + struct.pack("<BHBB", flags, ticks, _TRANSPARENT, 0))
    file.writelines(GifImagePlugin.getdata(part, corner))
