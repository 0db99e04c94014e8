"""What is on the clipboard.

Qt waits five seconds for each kind that it asks for, where the program that has it does not answer. So one
kind is asked for, and another one only of a program that has sent something.
"""

from typing import NamedTuple

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication, QImage

from gdsim.gui.translation import tr

_UTF8 = "text/plain;charset=utf-8"
_TEXTS = {_UTF8, "text/plain", "text/uri-list"}
_PICTURE = "image/png"


class Copied(NamedTuple):
    """What somebody has copied; ``nothing`` says so where that is nothing which can be pasted."""

    text: str
    has_image: bool
    nothing: str


def copied() -> Copied:
    """Return what is on the clipboard."""
    mime: QMimeData | None = QGuiApplication.clipboard().mimeData()  # None where nothing was ever copied
    kinds = mime.formats() if mime is not None else []
    if mime is None or not kinds:
        return Copied("", False, tr("The clipboard is empty."))
    texts = _TEXTS.intersection(kinds)
    if _UTF8 in texts:  # text() would ask for the others as well
        text = bytes(mime.data(_UTF8).data()).decode(errors="replace")
    else:
        text = mime.text() if texts else ""
    is_silent = bool(texts) and not text
    has_image = mime.hasImage() and not is_silent
    is_empty = not (has_image or text.strip())
    return Copied(text, has_image, tr("The clipboard is empty.") if is_empty else "")


def copied_image() -> QImage:
    """Return the picture on the clipboard; an empty one where it does not come."""
    mime = QGuiApplication.clipboard().mimeData()
    kinds = [kind for kind in mime.formats() if kind.startswith("image/")]
    if not kinds:  # this program has copied it, or another system has no such kinds
        return QGuiApplication.clipboard().image()
    return QImage.fromData(mime.data(_PICTURE if _PICTURE in kinds else kinds[0]))
