"""The kinds of clips, each with its encoder."""

from enum import StrEnum
from pathlib import Path

from gdsim.gui.export.frames import Clip


class ClipForm(StrEnum):
    """A kind of file for a clip; its value is the ending."""

    GIF = "gif"
    APNG = "apng"
    WEBP = "webp"
    MP4 = "mp4"


def write_clip(form: ClipForm, clip: Clip, out: Path) -> None:
    """Write a clip.

    Raises
    ------
    OSError
        If the file cannot be written.
    gdsim.gui.export.mp4.EncoderError
        If a program that writes it is missing or fails.
    """
    # Pillow is slow to load; a window that makes no clips does not wait for it.
    if form is ClipForm.GIF:
        from gdsim.gui.export.gif import write_gif as write  # noqa: PLC0415
    elif form is ClipForm.APNG:
        from gdsim.gui.export.apng import write_apng as write  # noqa: PLC0415
    elif form is ClipForm.WEBP:
        from gdsim.gui.export.webp import write_webp as write  # noqa: PLC0415
    else:
        from gdsim.gui.export.mp4 import write_mp4 as write  # noqa: PLC0415
    write(clip, out)
