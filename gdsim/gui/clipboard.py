"""What is on the clipboard."""

from typing import NamedTuple

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from gdsim.gui.translation import tr


class Copied(NamedTuple):
    """What somebody has copied; ``nothing`` says so where that is nothing which can be pasted."""

    text: str
    has_image: bool
    nothing: str


def copied() -> Copied:
    """Return what is on the clipboard.

    It is asked for as seldom as can be: Qt waits five seconds each time, where the program that has it does
    not answer.
    """
    mime: QMimeData | None = QGuiApplication.clipboard().mimeData()  # None where nothing was ever copied
    if mime is None or not mime.formats():
        return Copied("", False, tr("The clipboard is empty."))
    text, has_image = mime.text(), mime.hasImage()
    is_empty = not (has_image or mime.hasUrls() or text.strip())
    return Copied(text, has_image, tr("The clipboard is empty.") if is_empty else "")
