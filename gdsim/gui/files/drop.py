"""Files that are dropped on the window."""

import os
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from gdsim.core.files.scene import SUFFIXES
from gdsim.core.settings import shown_name
from gdsim.gui.translation import tr

TABLE_ENDINGS = (".csv", ".tsv", ".txt")
# Pictures, which may have the link of a scene in them.
PICTURE_ENDINGS = (".png", ".jpg", ".jpeg", ".svg", ".webp", ".gif", ".bmp")


class Dropped(NamedTuple):
    """A dropped file, a dropped text with a link, or a sentence that says why the drop is neither."""

    path: Path | None = None
    text: str = ""
    refusal: str = ""


def dropped_of(mime: QMimeData) -> Dropped:
    urls = mime.urls()
    if text := _text_with_link(mime):
        return Dropped(text=text)
    if len(urls) != 1:
        return Dropped(refusal=tr("Please drop one file at a time; there were {n}.").format(n=len(urls)))
    if not urls[0].isLocalFile():
        return Dropped(refusal=tr("Only files on this computer can be opened; please save it here first."))
    path = Path(urls[0].toLocalFile())
    kinds = tr("please drop a scene (.gdsim, .json), a table (.csv, .tsv, .txt) or a picture with a link")
    if os.path.isdir(path):  # noqa: PTH112 - never raises, not even for a name that no file can have
        return Dropped(refusal=tr("{name} is a folder; {kinds}.").format(name=shown_name(path), kinds=kinds))
    from gdsim.core.handin.answer_file import ANSWER_FILE_ENDING  # noqa: PLC0415 - seldom needed

    # A file of answers to tasks is no document either, but opening it says what to do with it.
    if path.suffix.lower() not in (*SUFFIXES, *TABLE_ENDINGS, *PICTURE_ENDINGS, ANSWER_FILE_ENDING):
        words = tr("{name} is not a scene, table or picture; {kinds}.")
        return Dropped(refusal=words.format(name=shown_name(path), kinds=kinds))
    return Dropped(path)


def _text_with_link(mime: QMimeData) -> str:
    """Return the dropped text if it has a link, as selected words or a link from a browser do."""
    if any(url.isLocalFile() for url in mime.urls()):
        return ""
    from gdsim.core.files.link import has_link  # noqa: PLC0415 - seldom needed

    texts = [mime.text(), *(url.toString() for url in mime.urls())]
    return next((text for text in texts if has_link(text)), "")


def _may_be_dropped(mime: QMimeData) -> bool:
    return mime.hasUrls() or bool(_text_with_link(mime))


def leave_drops(widget: QWidget) -> None:
    """Leave drops on a widget to its window, because plots and text fields would take files themselves."""
    for one in (widget, *widget.findChildren(QWidget)):
        one.setAcceptDrops(False)


class DropTarget(QObject):
    """Event filter that takes drops anywhere on a window."""

    dropped = Signal(object)  # Dropped

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        leave_drops(window)
        window.setAcceptDrops(True)
        self._is_accepted = False
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Accept files and links, and nothing else."""
        if isinstance(event, QDragMoveEvent) and self._accepts(event):  # also a QDragEnterEvent
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            return True
        if (
            isinstance(event, QDropEvent)
            and event.type() == QEvent.Type.Drop
            and _may_be_dropped(event.mimeData())
        ):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.dropped.emit(dropped_of(event.mimeData()))
            return True
        return False

    def _accepts(self, event: QDragMoveEvent) -> bool:
        """Return whether the dragged data may be dropped; the data is read once, when the drag enters."""
        if isinstance(event, QDragEnterEvent):
            self._is_accepted = _may_be_dropped(event.mimeData())
        return self._is_accepted
