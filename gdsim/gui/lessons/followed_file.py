"""A file that is watched while somebody edits it with another program."""

from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal, Slot

from gdsim.core.files.scene_file import Stamp, stamp_of

# Editors write in several steps, some by putting another file in its place: it is read when so long is quiet.
_QUIET_MS = 150
# A file that is gone is looked for so often: its folder may be another one when it is back.
_GONE_MS = 1000


class FollowedFile(QObject):
    """Tells when the file has another content, however that came there."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._path: Path | None = None
        self._stamp: Stamp | None = None
        self._watcher = QFileSystemWatcher(self)
        self._quiet = QTimer(self, singleShot=True)
        self._quiet.timeout.connect(self._look)
        # A file that was replaced is watched no more, so its folder is watched too.
        self._watcher.fileChanged.connect(self._wait)
        self._watcher.directoryChanged.connect(self._wait)

    def follow(self, path: Path | None, stamp: Stamp | None = None) -> None:
        """Follow a file from now on, or none; ``stamp`` tells what is known of it, if that is older."""
        self._quiet.stop()
        self._watch(path)
        self._path = path
        self._stamp = stamp or (stamp_of(path) if path else None)
        if path is not None:
            self._wait()

    def _watch(self, path: Path | None) -> None:
        watched = [*self._watcher.files(), *self._watcher.directories()]
        if watched:
            self._watcher.removePaths(watched)
        if path is not None:
            self._watcher.addPaths([str(path), str(path.parent)])

    @Slot()
    def _wait(self) -> None:
        self._quiet.start(_QUIET_MS)

    @Slot()
    def _look(self) -> None:
        path = self._path
        if path is None:
            return
        stamp, file = stamp_of(path), str(path)
        if stamp is None:  # on its way, or gone
            self._watcher.removePath(file)  # what is watched may go on elsewhere, in a folder that was moved
            self._quiet.start(_GONE_MS)
            return
        if file not in self._watcher.files() or str(path.parent) not in self._watcher.directories():
            self._watch(path)
        if stamp != self._stamp:
            self._stamp = stamp
            self.changed.emit()
