"""Reading the link of a scene from a picture: from its metadata, or from a QR code."""

import struct
import warnings
from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from gdsim.core.files.checked_json import FileFault, read_bytes, read_text
from gdsim.core.files.link import has_link, read_link
from gdsim.core.language.texts import said
from gdsim.core.model.experiment import Experiment
from gdsim.gui.share.qr import read_qr

_SVG = ".svg"
# A photograph from a phone has some tens of millions.
_MOST_PIXELS = 80_000_000
# No other formats: Pillow has Ghostscript run PostScript pictures, which are programs, and it reads rare
# formats with less care.
_KINDS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
# What Pillow raises for files that are broken or are not pictures.
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, KeyError, struct.error)
# Pillow would print warnings about unusual files on the terminal.
warnings.filterwarnings("ignore", module=r"PIL\.")


def scene_of_file(path: Path) -> Experiment:
    """Return the scene whose link is in a picture file. Raises `FileFault` if there is none."""
    if path.suffix.lower() == _SVG:
        return read_link(read_text(path, "picture"))
    return scene_of_picture(read_bytes(path, said("is a folder, not a picture"), said("no such picture")))


def scene_of_picture(data: bytes) -> Experiment:
    """Return the scene whose link is in the bytes of a picture. Raises `FileFault` if there is none."""
    texts, pixels = _content(data)
    for text in texts:
        if has_link(text):
            return read_link(text)
    codes = read_qr(pixels)
    if not codes:
        raise FileFault("contains neither a gdsim link nor a QR code that can be read")
    return read_link("\n".join(codes))


def _content(data: bytes) -> tuple[list[str], npt.NDArray[np.uint8]]:
    """Return the texts in the metadata of a picture, and its grey values, of shape (height, width)."""
    try:
        with Image.open(BytesIO(data), formats=_KINDS) as picture:
            if picture.width * picture.height <= _MOST_PIXELS:
                # Reads the whole file, because the texts of a PNG may come last.
                pixels = np.asarray(picture.convert("L"))
                return [text for text in picture.info.values() if isinstance(text, str)], pixels
    except Image.DecompressionBombError:  # far too large
        pass
    except _BROKEN:
        raise FileFault("is not a picture that can be read") from None
    raise FileFault("is larger than {most} million pixels", most=_MOST_PIXELS // 1_000_000)
