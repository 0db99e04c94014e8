"""The kinds of clips, each with its encoder."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from gdsim.gui.export.apng import write_apng
from gdsim.gui.export.frames import Film
from gdsim.gui.export.gif import write_gif
from gdsim.gui.export.mp4 import write_mp4
from gdsim.gui.export.webp import write_webp


class ClipForm(StrEnum):
    """A kind of file for a clip; its value is the ending."""

    GIF = "gif"
    APNG = "apng"
    WEBP = "webp"
    MP4 = "mp4"


ENCODERS: dict[ClipForm, Callable[[Film, Path], None]] = {
    ClipForm.GIF: write_gif,
    ClipForm.APNG: write_apng,
    ClipForm.WEBP: write_webp,
    ClipForm.MP4: write_mp4,
}
