"""A file that is watched while somebody edits it with another program."""

from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal, Slot

from gdsim.core.files.scene_file import Stamp, stamp_of

# Editors write in several steps, some by putting another file in its place: it is read when so long is quiet.
_QUIET_MS = 150


class FollowedFile(QObject):
    """Tells when the file has another content, however that came there."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._path: Path | None = None
        self._stamp: Stamp | None = None
        self._watcher = QFileSystemWatcher(self)
        self._quiet = QTimer(self, singleShot=True, interval=_QUIET_MS)
        self._quiet.timeout.connect(self._look)
        # A file that was replaced is watched no more, so its folder is watched too.
        self._watcher.fileChanged.connect(self._wait)
        self._watcher.directoryChanged.connect(self._wait)

    def follow(self, path: Path | None) -> None:
        """Follow a file from now on, or none."""
        self._quiet.stop()
        watched = [*self._watcher.files(), *self._watcher.directories()]
        if watched:
            self._watcher.removePaths(watched)
        self._path = path
        self._stamp = stamp_of(path) if path else None
        if path is not None:
            self._watcher.addPaths([str(path), str(path.parent)])

    @Slot()
    def _wait(self) -> None:
        self._quiet.start()

    @Slot()
    def _look(self) -> None:
        path = self._path
        stamp = stamp_of(path) if path else None
        if path is None or stamp is None:  # on its way, or gone
            return
        if str(path) not in self._watcher.files():
            self._watcher.addPath(str(path))
        if stamp != self._stamp:
            self._stamp = stamp
            self.changed.emit()
