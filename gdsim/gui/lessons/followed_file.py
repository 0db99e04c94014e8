"""A file that is watched while somebody edits it with another program."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from gdsim.core.files.scene_file import Stamp, stamp_of
from gdsim.session.tasks import TaskQueue

# Editors write in several steps, some by putting another file in its place: it is read once two looks in a
# row find the same.
_LOOK_MS = 250


class FollowedFile(QObject):
    """Tells when the file has another content, or is gone, however that came about.

    No system tells everything: not that a folder above it was moved, nor what another machine writes.
    """

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._path: Path | None = None
        self._known: Stamp | None = None
        self._seen: Stamp | None = None  # at the last look
        self._tasks = TaskQueue(self)  # a folder of another machine may take seconds to answer
        self._clock = QTimer(self, singleShot=True)
        self._clock.timeout.connect(self._look)

    def follow(self, path: Path | None, stamp: Stamp | None = None) -> None:
        """Follow a file from now on, or none; ``stamp`` tells what is known of it, if that is older."""
        self._path = path
        self._clock.stop()
        self._tasks.close()
        if path is not None:
            self._seen = stamp_of(path)
            self._known = stamp or self._seen
            self._clock.start(_LOOK_MS)

    @Slot()
    def _look(self) -> None:
        if self._path is not None:
            self._tasks.submit(partial(stamp_of, self._path), self._take)

    def _take(self, stamp: Stamp | None) -> None:
        before, self._seen = self._seen, stamp
        self._clock.start(_LOOK_MS)
        if before == self._seen != self._known:
            self._known = self._seen
            self.changed.emit()
