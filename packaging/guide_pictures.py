#!/usr/bin/env python3
"""Take the pictures of the user guide from the present program.

python packaging/guide_pictures.py [FOLDER] [NAME ...]

Writes NAME.png and NAME-dark.png for every picture that guide_shots.py declares, or for those named, into
resources/help/pictures or another existing folder. On the same machine, the same program produces the same
bytes. Each picture is taken of an offscreen window of its own; all of them take some minutes.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from guide_shots import PICTURES, GuidePicture
from guide_studio import Studio, png

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "help" / "pictures"
# What is appended to the name of a picture in each theme.
SUFFIXES = {"light": "", "dark": "-dark"}


def png_of(picture: GuidePicture, theme: str) -> bytes:
    studio = Studio(picture.scene, theme, picture.size)
    try:
        return png(studio.picture(*picture.pose(studio)))
    finally:
        studio.close()


def main(arguments: Sequence[str]) -> None:
    # Other platforms draw letters a little differently.
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    folder = FOLDER
    if arguments and arguments[0] not in PICTURES and Path(arguments[0]).is_dir():
        folder, arguments = Path(arguments[0]), arguments[1:]
    for name in arguments:
        if name not in PICTURES:
            raise SystemExit(f"guide_pictures.py: {name} is no picture of the guide, and no folder")
    for name in arguments or PICTURES:
        for theme, suffix in SUFFIXES.items():
            path = folder / f"{name}{suffix}.png"
            path.write_bytes(png_of(PICTURES[name], theme))
            print(f"{path} {path.stat().st_size:,}")


if __name__ == "__main__":
    main(sys.argv[1:])
