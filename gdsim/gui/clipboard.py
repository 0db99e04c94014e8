"""What is on the clipboard."""

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from gdsim.gui.translation import tr


def nothing_to_paste() -> str:
    """Return the sentence that there is nothing to paste; empty where there is something."""
    mime: QMimeData | None = QGuiApplication.clipboard().mimeData()  # None where nothing was ever copied
    is_empty = mime is None or not (mime.hasImage() or mime.hasUrls() or mime.text().strip())
    return tr("The clipboard is empty.") if is_empty else ""
