"""Watching a file while somebody edits it with another program."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from gdsim.core.files.scene_file import Stamp, stamp_of
from gdsim.session.tasks import TaskQueue

# The polling interval. Editors write in several steps, and some replace the file, so a change is reported
# once two polls in a row find the same stamp.
_POLL_MS = 250


class FollowedFile(QObject):
    """Emits `changed` when a file has changed or is gone.

    It polls, because no system reports every change, such as moving a folder above or writing from another
    machine.
    """

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._path: Path | None = None
        self._known: Stamp | None = None
        self._seen: Stamp | None = None  # at the last poll
        self._tasks = TaskQueue(self)  # a network folder may take seconds to answer
        self._clock = QTimer(self, singleShot=True)
        self._clock.timeout.connect(self._poll)

    def follow(self, path: Path | None, stamp: Stamp | None = None) -> None:
        """Follow a file from now on, or none; ``stamp`` is the known state of the file, if it is older."""
        self._path = path
        self._clock.stop()
        self._tasks.close()
        if path is not None:
            self._seen = stamp_of(path)
            self._known = stamp or self._seen
            self._clock.start(_POLL_MS)

    @Slot()
    def _poll(self) -> None:
        if self._path is not None:
            self._tasks.submit(partial(stamp_of, self._path), self._take)

    def _take(self, stamp: Stamp | None) -> None:
        before, self._seen = self._seen, stamp
        self._clock.start(_POLL_MS)
        if before == self._seen != self._known:
            self._known = self._seen
            self.changed.emit()
