"""Writer of animated PNG files, picture by picture; Pillow would keep all pictures in memory."""

import struct
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np

from gdsim.gui.export.clip import Clip, RgbPixels, changed_box

_MAGIC = b"\x89PNG\r\n\x1a\n"
_LEVEL = 6


def write_apng(clip: Clip, out: Path) -> None:
    """Write a clip that repeats, in the exact colours of the screen."""
    with out.open("wb") as file:
        file.write(_MAGIC)
        _write_chunk(file, b"IHDR", struct.pack(">IIBBBBB", clip.width, clip.height, 8, 6, 0, 0, 0))
        _write_chunk(file, b"acTL", struct.pack(">II", clip.total, 0))
        before: RgbPixels | None = None
        number = 0
        for frame in clip.frames:
            whole = (0, 0, clip.width, clip.height)
            left, top, right, bottom = whole if before is None else changed_box(before, frame.rgb)
            size = struct.pack(">IIII", right - left, bottom - top, left, top)
            # The delay as a fraction of 1000, then: keep the picture, and blend it over the one before.
            time = struct.pack(">HHBB", min(frame.ms, 0xFFFF), 1000, 0, 1)
            _write_chunk(file, b"fcTL", struct.pack(">I", number) + size + time)
            part = (slice(top, bottom), slice(left, right))
            data = _packed(_changes(None if before is None else before[part], frame.rgb[part]))
            if before is None:
                _write_chunk(file, b"IDAT", data)
            else:
                number += 1
                _write_chunk(file, b"fdAT", struct.pack(">I", number) + data)
            number += 1
            before = frame.rgb
        _write_chunk(file, b"IEND", b"")


def _changes(before: RgbPixels | None, now: RgbPixels) -> RgbPixels:
    """Return (h, w, 4) pixels, transparent where nothing changes, because equal pixels compress well."""
    height, width, _ = now.shape
    pixels = np.full((height, width, 4), 255, np.uint8)
    pixels[..., :3] = now
    if before is not None:
        pixels[(before == now).all(axis=2)] = 0
    return pixels


def _packed(pixels: RgbPixels) -> bytes:
    """Return compressed pixels; each row follows its filter type, which is 0 for none."""
    height, width, depth = pixels.shape
    rows = np.zeros((height, 1 + depth * width), np.uint8)
    rows[:, 1:] = pixels.reshape(height, -1)
    return zlib.compress(rows.tobytes(), _LEVEL)


def _write_chunk(file: BinaryIO, name: bytes, data: bytes) -> None:
    file.write(struct.pack(">I", len(data)) + name + data)
    file.write(struct.pack(">I", zlib.crc32(name + data)))
