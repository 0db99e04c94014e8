"""Drafts of unsaved work, so that a crash loses a few seconds of it at most."""

import contextlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QElapsedTimer, QLockFile, QObject, QTimer, QUuid, Signal, Slot

from gdsim.core.files.scene_file import Draft, write_draft, writing_draft
from gdsim.session.document import Document
from gdsim.session.tasks import TaskQueue

# From an edit to its draft, in milliseconds.
AUTOSAVE_PAUSE_MS = 3000
# The largest share of the time that is spent on writing drafts, because a large document takes a while.
_SHARE = 0.1


class Autosave(QObject):
    """Writes the drafts of one window, under a name that no other window uses.

    Raises `OSError` if ``folder``, which holds the drafts of all windows, cannot be created.
    """

    failed = Signal(object)  # Exception: a draft could not be written; emitted once

    def __init__(
        self, folder: Path, document: Document, tasks: TaskQueue, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / f"{QUuid.createUuid().toString(QUuid.StringFormat.Id128)}.json"
        self._lock = _lock_of(self.path)
        self._hold()
        self._document = document
        self._tasks = tasks
        self._writing = self._has_failed = False
        self._kept: Draft | None = None  # the draft that was written last
        self._clock = QElapsedTimer()
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._keep)
        document.changed.connect(self._on_changed)
        document.file_changed.connect(self._on_changed)
        if document.is_modified:  # until now another window has written its drafts
            self._on_changed()

    def keep_now(self) -> None:
        """Write unsaved work at once, in the calling thread.

        Raises `OSError` if the draft cannot be written.
        """
        self._hold()
        draft = self._draft()
        if self._document.is_modified and not (self._kept == draft and self.path.exists()):
            write_draft(self.path, draft)

    def adopt(self, orphan: "Orphan") -> None:
        """Take over the file of an earlier draft, which this window now shows."""
        orphan.path.replace(self.path)
        orphan.lock.unlock()

    def end(self, *, keep: bool) -> None:
        self._timer.stop()
        if not keep:
            _remove(self.path)
        self._lock.unlock()

    @Slot()
    def _on_changed(self) -> None:
        # An edit does not restart the timer, so that drafts are also written during a long drag.
        if not self._timer.isActive():
            self._timer.start(AUTOSAVE_PAUSE_MS)

    @Slot()
    def _keep(self) -> None:
        if self._writing:
            self._on_changed()
        elif not self._document.is_modified:
            _remove(self.path)
        else:
            self._hold()
            draft, self._writing = self._draft(), True
            self._clock.start()
            self._tasks.submit(
                lambda: writing_draft(self.path, draft), partial(self._on_kept, draft), self._on_failed
            )

    def _hold(self) -> None:
        """Lock the draft against other windows, unless that has been done; on a full disk it fails."""
        if not self._lock.isLocked():
            self._lock.tryLock(0)

    def _draft(self) -> Draft:
        return Draft(self._document.experiment, self._document.file)

    def _on_kept(self, draft: Draft, _nothing: object) -> None:
        self._writing, self._kept = False, draft
        if not self._document.is_modified or self._timer.isActive():
            self._timer.start(max(AUTOSAVE_PAUSE_MS, int(self._clock.elapsed() / _SHARE)))

    def _on_failed(self, error: Exception) -> None:
        self._writing = False
        if not self._has_failed:
            self._has_failed = True
            self.failed.emit(error)


class Orphan(NamedTuple):
    """A draft whose window is gone. The lock keeps other windows from using it."""

    path: Path
    lock: QLockFile
    seconds: float  # when it was written, in seconds since 1970

    def discard(self) -> None:
        _remove(self.path)
        self.lock.unlock()


def orphans(folder: Path) -> list[Orphan]:
    """Return the drafts of windows that are gone, the newest first."""
    return sorted(_locked(folder), key=lambda orphan: orphan.seconds, reverse=True)


def _locked(folder: Path) -> Iterator[Orphan]:
    # A killed window leaves its lock file even if there was no draft; unlocking removes the file.
    for name in {path.stem for path in folder.glob("[!.]*") if path.suffix in {".json", ".lock"}}:
        path = folder / f"{name}.json"
        lock = _lock_of(path)
        if lock.tryLock(0):
            try:
                yield Orphan(path, lock, path.stat().st_mtime)
            except OSError:  # there is no draft, or another window was faster
                lock.unlock()


def _remove(path: Path) -> None:
    # A draft that cannot be removed is offered at the next start, which does no harm.
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def _lock_of(path: Path) -> QLockFile:
    lock = QLockFile(str(path.with_suffix(".lock")))
    lock.setStaleLockTime(0)  # stale only when its process has ended
    return lock
