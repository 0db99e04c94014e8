"""Writing a GIF picture by picture; Pillow would keep them all until the last one."""

import struct
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
from PIL import GifImagePlugin, Image

from gdsim.gui.export.clip import Clip, ClipFrame, Pixels, changed_box

# The last colour of the palette is transparent: the pixel stays as it was.
_COLOURS, _SAME = 240, 255
# So many of them are those of most pixels, which are large areas, and so many those of lines and marks, each
# of at least so many pixels.
_AREAS, _ODD_COLOURS, _LEAST_PIXELS = 16, 40, 8
# Pillow takes a colour for another one that is as near as this: the square of twice 3 levels in each channel.
_NEAR = 3 * 6**2
_FOREVER = b"!\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
# A GIF counts hundredths of a second, and programs replace a time of fewer than two by a longer one.
_TICK_MS, _FEWEST_TICKS = 10, 2


def write_gif(clip: Clip, out: Path) -> None:
    """Write a clip that repeats, in the colours that fit its first picture best."""
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


def _palette_for(rgb: Pixels) -> Image.Image:
    """Return an image with the colours that fit a picture best.

    Colours count by the square root of their pixels. Those of a thin line would be taken together with others
    even so, and a run would have the colour of an arrow: what is least like the rest is added as it is. Those
    of large areas are, too: another shade would be seen beside the page on which the clip lies.
    """
    packed = rgb.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    exact, where, counts = np.unique(packed, return_index=True, return_counts=True)
    often = np.argsort(-counts, kind="stable")
    colours, counts = rgb.reshape(-1, 3)[where[often]], counts[often]
    # Colours that are nearly the same count as the one of them that is seen most often.
    _, first, alike = np.unique(exact[often] & 0xF8F8F8, return_index=True, return_inverse=True)
    weights = np.ceil(np.sqrt(np.bincount(alike, counts))).astype(np.intp)
    sample = np.repeat(colours[first], weights, axis=0)
    palette = Image.fromarray(sample[np.newaxis]).quantize(
        _COLOURS - _AREAS - _ODD_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
    )
    mixed = np.array(palette.getpalette("RGB"), np.uint8).reshape(-1, 3)
    areas = colours[:_AREAS]
    usual = np.concatenate([mixed[_away(mixed, areas) > _NEAR], areas])
    palette.putpalette(
        np.concatenate([usual, _least_like(usual, colours[counts >= _LEAST_PIXELS])]).tobytes()
    )
    return palette


def _least_like(known: Pixels, colours: Pixels) -> Pixels:
    """Return the colours that are farthest from those known, and from each other."""
    away = _away(colours, known)
    chosen: list[Pixels] = []
    while len(chosen) < _ODD_COLOURS and away.max(initial=0) > _NEAR:
        chosen.append(colours[away.argmax()])
        away = np.minimum(away, _away(colours, chosen[-1:]))
    return np.array(chosen, np.uint8).reshape(-1, 3)


def _away(colours: Pixels, known: Iterable[Pixels]) -> npt.NDArray[np.int_]:
    """Return the square of the distance of each colour to the nearest of those known."""
    away = [np.square(colours.astype(int) - one).sum(axis=1) for one in known]
    return np.asarray(np.min(away, axis=0))


def _in_palette(rgb: Pixels, palette: Image.Image) -> Image.Image:
    return Image.fromarray(rgb).quantize(palette=palette, dither=Image.Dither.NONE)


class _Clock:
    """Rounds the times of pictures without letting the differences add up."""

    def __init__(self) -> None:
        self._due = self._shown = 0

    def ticks(self, ms: int) -> int:
        self._due += ms
        ticks = max(_FEWEST_TICKS, round((self._due - self._shown) / _TICK_MS))
        self._shown += _TICK_MS * ticks
        return ticks


def _write_head(file: BinaryIO, clip: Clip, palette: Image.Image) -> None:
    # A table of 256 colours of 8 bits follows for all pictures.
    file.write(b"GIF89a" + struct.pack("<HHBBB", clip.width, clip.height, 0xF7, 0, 0))
    colours = bytes(palette.getpalette("RGB") or b"")
    file.write(colours.ljust(3 * 256, b"\0")[: 3 * 256])
    file.write(_FOREVER)


def _write_change(
    file: BinaryIO, frame: ClipFrame, palette: Image.Image, before: Pixels, ticks: int
) -> Pixels:
    """Write what differs from the picture before; return the picture."""
    now = np.asarray(_in_palette(frame.rgb, palette))
    left, top, right, bottom = changed_box(before, now)
    old, new = before[top:bottom, left:right], now[top:bottom, left:right]
    part = Image.fromarray(np.where(new == old, _SAME, new).astype(np.uint8), "P")
    _write_part(file, part, (left, top), ticks)
    return now


def _write_part(file: BinaryIO, part: Image.Image, corner: tuple[int, int], ticks: int) -> None:
    """Write a picture that is drawn over the one before."""
    stays = 0b00000101  # kept afterwards; one colour is transparent
    file.write(b"!\xf9\x04" + struct.pack("<BHBB", stays, ticks, _SAME, 0))
    file.writelines(GifImagePlugin.getdata(part, corner))
