#!/usr/bin/env python3
"""Render the program's icon for every system from its SVG.

python packaging/app_icon.py FOLDER

Writes gdsim-SIZE.png, gdsim.ico for Windows and gdsim.icns for macOS. Needs PySide6 and Pillow.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from contents import ROOT
from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

if TYPE_CHECKING:
    from collections.abc import Sequence

DRAWING = ROOT / "resources" / "gdsim.svg"
SIZES = (16, 24, 32, 48, 64, 128, 256, 512, 1024)
_IN_ICO = (16, 24, 32, 48, 64, 128, 256)
_IN_ICNS = (32, 64, 128, 256, 512)


def picture(size: int) -> Image.Image:
    """Return the icon on a transparent background, ``size`` pixels wide and high."""
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(DRAWING)).render(painter, QRectF(0, 0, size, size))
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # PySide6 6.8 takes bytes, later versions str
    return Image.open(io.BytesIO(bytes(buffer.data().data()))).convert("RGBA")


def write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {size: picture(size) for size in SIZES}
    for size, image in pictures.items():
        image.save(folder / f"gdsim-{size}.png")
    small = [pictures[size] for size in _IN_ICO]
    small[-1].save(folder / "gdsim.ico", sizes=[(size, size) for size in _IN_ICO], append_images=small[:-1])
    pictures[1024].save(folder / "gdsim.icns", append_images=[pictures[size] for size in _IN_ICNS])


def main(arguments: Sequence[str]) -> int:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QGuiApplication([])
    write(Path(arguments[0]))
    del application
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
