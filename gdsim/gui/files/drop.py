"""Files that are dropped on the window."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from gdsim.core.settings import shown_name
from gdsim.gui.files.words import SCENES
from gdsim.gui.translation import translate

TABLES = (".csv", ".tsv", ".txt")


@dataclass(frozen=True)
class Dropped:
    """What was dropped: one file, or a sentence that says why not."""

    path: Path | None = None
    refusal: str = ""


def dropped_of(mime: QMimeData) -> Dropped:
    urls = mime.urls()
    if len(urls) != 1:
        return Dropped(
            refusal=translate("Files", "Please drop one file at a time; there were {n}.").format(n=len(urls))
        )
    if not urls[0].isLocalFile():
        return Dropped(
            refusal=translate(
                "Files", "Only files on this computer can be opened; please save it here first."
            )
        )
    path = Path(urls[0].toLocalFile())
    kinds = translate("Files", "please drop a scene (.gdsim, .json) or a table (.csv, .tsv, .txt)")
    if path.is_dir():
        return Dropped(
            refusal=translate("Files", "{name} is a folder; {kinds}.").format(
                name=shown_name(path), kinds=kinds
            )
        )
    if path.suffix.lower() not in (*SCENES, *TABLES):
        words = translate("Files", "{name} is neither a scene nor a table; {kinds}.")
        return Dropped(refusal=words.format(name=shown_name(path), kinds=kinds))
    return Dropped(path)


class DropTarget(QObject):
    """Takes what is dropped anywhere on a window.

    Signals
    -------
    dropped(Dropped)
    """

    dropped = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        # Plots and text fields would take the file themselves.
        for child in window.findChildren(QWidget):
            child.setAcceptDrops(False)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let files in, and nothing else."""
        if isinstance(event, QDragMoveEvent) and event.mimeData().hasUrls():  # entering is moving, too
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            return True
        if isinstance(event, QDropEvent) and event.type() == QEvent.Type.Drop and event.mimeData().hasUrls():
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.dropped.emit(dropped_of(event.mimeData()))
            return True
        return False
