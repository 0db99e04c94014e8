"""The contents of the clipboard.

If the program that owns the clipboard does not answer, Qt waits five seconds for each requested format. So
only one format is requested, and another one only if the program has answered.
"""

from typing import NamedTuple

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication, QImage

from gdsim.gui.translation import tr

_UTF8 = "text/plain;charset=utf-8"
_TEXTS = {_UTF8, "text/plain", "text/uri-list"}
_PICTURE = "image/png"


class ClipboardContent(NamedTuple):
    """Contents of the clipboard. If there is nothing to paste, ``nothing`` is a sentence that says so."""

    text: str
    has_image: bool
    nothing: str


def copied() -> ClipboardContent:
    mime: QMimeData | None = QGuiApplication.clipboard().mimeData()  # None if nothing was ever copied
    kinds = mime.formats() if mime is not None else []
    if mime is None or not kinds:
        return ClipboardContent("", False, tr("The clipboard is empty."))
    texts = _TEXTS.intersection(kinds)
    if _UTF8 in texts:  # text() would request other formats, too
        text = bytes(mime.data(_UTF8).data()).decode(errors="replace")
    else:
        text = mime.text() if texts else ""
    is_silent = bool(texts) and not text
    has_image = mime.hasImage() and not is_silent
    is_empty = not (has_image or text.strip())
    return ClipboardContent(text, has_image, tr("The clipboard is empty.") if is_empty else "")


def copied_image() -> QImage:
    """Return the picture on the clipboard; a null image if it does not arrive."""
    mime = QGuiApplication.clipboard().mimeData()
    kinds = [kind for kind in mime.formats() if kind.startswith("image/")]
    if not kinds:  # copied by this program, or not on Linux
        return QGuiApplication.clipboard().image()
    return QImage.fromData(mime.data(_PICTURE if _PICTURE in kinds else kinds[0]))
