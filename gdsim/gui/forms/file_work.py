"""Writing of files in a worker thread, with a progress dialog if it takes a while."""

import errno
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QElapsedTimer, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QDialog, QProgressBar, QPushButton, QVBoxLayout, QWidget

from gdsim.core.language.texts import localised
from gdsim.core.settings import shown_name
from gdsim.gui.forms.file_dialog import ask_to_save
from gdsim.gui.forms.layouts import DIALOG_MARGINS, fill_layout
from gdsim.gui.notices import Notices
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.translation import tr
from gdsim.session.tasks import TaskQueue

_PARTS = 1000
# Work that is finished sooner shows no dialog.
DIALOG_DELAY_MS = 400
# The remaining time is estimated once this share is done and this time has passed.
_KNOWN_SHARE, _KNOWN_MS = 0.02, 1000


class FileWork(QObject):
    """Writer of one file at a time, with a progress dialog over a window."""

    def __init__(self, window: QWidget, notices: Notices) -> None:
        super().__init__(notices)
        self._window, self._notices = window, notices
        self._target = Path()
        self._progress: ProgressDialog | None = None
        self._tasks = TaskQueue(self)
        app = QCoreApplication.instance()
        if app:
            app.aboutToQuit.connect(self.close)

    @property
    def is_busy(self) -> bool:
        return self._progress is not None

    def ask(self, title: str, kinds: str, usual: Path, write: Callable[[Path], object]) -> None:
        """Ask for a file, and write it by running ``write`` in the worker thread; see `ask_to_save`."""
        ask_to_save(
            self._window, title, kinds, usual, lambda path: self.write(title, partial(write, path), path)
        )

    def write(self, title: str, work: Callable[[], object], path: Path) -> None:
        """Write a file by running ``work`` in the worker thread; it may yield the share that is done."""
        self.begin(title, path)
        self._tasks.submit(work, self.on_written, self.on_failed, self.on_share)

    def begin(self, title: str, path: Path) -> None:
        self.close()
        self._target = path
        self._progress = ProgressDialog(title, shown_name(path), self._window)
        self._progress.stopped.connect(self.close)

    @Slot()
    def close(self) -> None:
        """Stop the work, which leaves no unfinished file behind."""
        self._tasks.close()
        self.end()

    def end(self) -> None:
        progress, self._progress = self._progress, None
        if progress:
            progress.end()

    @Slot(float)
    def on_share(self, share: float) -> None:
        if self._progress:
            self._progress.show_share(share)

    @Slot()
    def on_written(self, _: object = None) -> None:
        self.end()
        self._notices.told.emit(saved_text(self._target), self._target)

    @Slot(object)
    def on_failed(self, fault: Exception) -> None:
        self.end()
        self._notices.refused.emit(unwritten_text(self._target, fault))


class ProgressDialog(QDialog):
    """A dialog with the progress of a file, the time left, and a Cancel button; Escape also cancels.

    Qt's own QProgressDialog processes all events whenever its value is set.
    """

    stopped = Signal()

    def __init__(self, title: str, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._begun = QElapsedTimer()
        self._begun.start()
        writing = PlainLabel(self.tr("Writing {name}").format(name=name))
        writing.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setRange(0, _PARTS)
        self.bar.setAccessibleName(title)
        self.left = PlainLabel(left_text(None), name="hint")
        cancel = QPushButton(self.tr("Cancel"))
        cancel.clicked.connect(self.reject)
        layout = fill_layout(QVBoxLayout(self), writing, self.bar, self.left, gap=10, margins=DIALOG_MARGINS)
        layout.addWidget(cancel, 0, Qt.AlignmentFlag.AlignRight)
        self.setMinimumWidth(380)
        self._patience = QTimer(self, singleShot=True, interval=DIALOG_DELAY_MS)
        self._patience.timeout.connect(self.open)
        self._patience.start()

    def show_share(self, share: float) -> None:
        self.bar.setValue(int(_PARTS * share))
        spent = self._begun.elapsed()
        known = share > _KNOWN_SHARE and spent > _KNOWN_MS
        self.left.setText(left_text(spent / 1000.0 * (1.0 - share) / share if known else None))

    def reject(self) -> None:
        self.stopped.emit()

    def end(self) -> None:
        self._patience.stop()
        self.hide()
        self.deleteLater()


def time_text(seconds: float) -> str:
    """Format a time: ``"7.5 s"``, ``"3 min 20 s"``, ``"2 h 5 min"``."""
    if seconds < 60.0:
        return tr("{0} s").format(localised(f"{seconds:.1f}") if seconds < 20.0 else round(seconds))
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return tr("{0} min {1} s").format(minutes, rest)
    return tr("{0} h {1} min").format(minutes // 60, minutes % 60)


def left_text(seconds: float | None) -> str:
    return tr("Estimating the time left…") if seconds is None else tr("{0} left").format(time_text(seconds))


def saved_text(path: Path) -> str:
    return tr("Saved as {name}.").format(name=shown_name(path))


def unwritten_text(path: Path, fault: Exception) -> str:
    return tr("{name} cannot be written: {reason}.").format(name=shown_name(path), reason=reason_of(fault))


def reason_of(fault: Exception) -> str:
    """Return the reason why a file could not be written, as a clause."""
    if isinstance(fault, MemoryError):
        return tr("there is not enough memory")
    if isinstance(fault, FileNotFoundError):
        return tr("its folder is no longer there")
    if isinstance(fault, OSError) and fault.errno == errno.ENOSPC:
        return tr("the disk is full")
    text = getattr(fault, "strerror", None) or str(fault)
    return text.rstrip(".")
