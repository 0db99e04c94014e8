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

TABLES = (".csv", ".tsv", ".txt")
# Of scenes that have a link in them.
PICTURES = (".png", ".jpg", ".jpeg", ".svg", ".webp", ".gif", ".bmp")


class Dropped(NamedTuple):
    """What was dropped: one file, a text with a link, or a sentence that says why neither."""

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
    if os.path.isdir(path):  # noqa: PTH112 - never fails, and says nothing of a name that no file can have
        return Dropped(refusal=tr("{name} is a folder; {kinds}.").format(name=shown_name(path), kinds=kinds))
    from gdsim.core.handin.answer_file import ENDING  # noqa: PLC0415 - seldom asked for

    # Answers to tasks are no document either, but what to do with them is said where they are opened.
    if path.suffix.lower() not in (*SUFFIXES, *TABLES, *PICTURES, ENDING):
        words = tr("{name} is no scene, table or picture; {kinds}.")
        return Dropped(refusal=words.format(name=shown_name(path), kinds=kinds))
    return Dropped(path)


def _text_with_link(mime: QMimeData) -> str:
    """Return the text with a link that was dropped: selected words, or a link from a browser."""
    if any(url.isLocalFile() for url in mime.urls()):
        return ""
    from gdsim.core.files.link import has_link  # noqa: PLC0415 - seldom asked for

    texts = [mime.text(), *(url.toString() for url in mime.urls())]
    return next((text for text in texts if has_link(text)), "")


def _may_be_dropped(mime: QMimeData) -> bool:
    return mime.hasUrls() or bool(_text_with_link(mime))


def leave_drops(widget: QWidget) -> None:
    """Leave what is dropped on a widget to its window: plots and text fields would take a file themselves."""
    for one in (widget, *widget.findChildren(QWidget)):
        one.setAcceptDrops(False)


class DropTarget(QObject):
    """Takes what is dropped anywhere on a window."""

    dropped = Signal(object)  # Dropped

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        leave_drops(window)
        window.setAcceptDrops(True)
        self._is_let_in = False
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let files and links in, and nothing else."""
        if isinstance(event, QDragMoveEvent) and self._lets_in(event):  # entering is moving, too
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

    def _lets_in(self, event: QDragMoveEvent) -> bool:
        """Return whether what is dragged may be dropped; its text is read once, when it enters."""
        if isinstance(event, QDragEnterEvent):
            self._is_let_in = _may_be_dropped(event.mimeData())
        return self._is_let_in
