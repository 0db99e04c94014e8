#!/usr/bin/env python3
"""Make the pictures of the user guide, of the program as it is.

python packaging/guide_pictures.py [FOLDER] [NAME ...]

Writes NAME.png and NAME-dark.png for every picture that guide_shots.py declares, or for those named, into
resources/help/pictures or another folder that is there. On the same machine the same program gives the same
bytes. Each opens a window of its own, which nobody sees; all of them take some minutes.
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
# The ends of the files' names in each theme.
ENDS = {"light": "", "dark": "-dark"}


def taken(wanted: GuidePicture, theme: str) -> bytes:
    """Return the PNG of a picture in a theme."""
    studio = Studio(wanted.scene, theme, wanted.size)
    try:
        return png(studio.picture(*wanted.pose(studio)))
    finally:
        studio.close()


def main(arguments: Sequence[str]) -> None:
    """Write the pictures."""
    # Another platform draws letters a little differently.
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    folder = FOLDER
    if arguments and arguments[0] not in PICTURES and Path(arguments[0]).is_dir():
        folder, arguments = Path(arguments[0]), arguments[1:]
    for name in arguments:
        if name not in PICTURES:
            raise SystemExit(f"guide_pictures.py: {name} is no picture of the guide, and no folder")
    for name in arguments or PICTURES:
        for theme, end in ENDS.items():
            path = folder / f"{name}{end}.png"
            path.write_bytes(taken(PICTURES[name], theme))
            print(f"{path} {path.stat().st_size:,}")


if __name__ == "__main__":
    main(sys.argv[1:])
