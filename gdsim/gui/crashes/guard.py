"""Catches the errors that nobody foresaw, in every thread, and tells of them once."""

import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QObject, QThread, Signal, Slot
from PySide6.QtWidgets import QWidget

from gdsim.gui.crashes.dialog import CrashDialog
from gdsim.gui.crashes.log import CrashLog


class CrashGuard(QObject):
    """Stands where Python would print an error and go on.

    Signals
    -------
    restore_requested()
        The person wants to go on in a fresh window.

    Parameters
    ----------
    log : CrashLog or None
        None where none can be written.
    describe : callable
        Returns what the program is made of and how it draws, as lines.
    """

    restore_requested = Signal()
    _happened = Signal(str)

    def __init__(self, log: CrashLog | None, describe: Callable[[], list[str]]) -> None:
        super().__init__()
        self._log = log
        self._describe = describe
        self._window: QWidget | None = None
        self._told: set[str] = set()
        self._is_open = False
        self._before = sys.excepthook, threading.excepthook
        # It may come from another thread; the dialog belongs to this one.
        self._happened.connect(self._tell)
        sys.excepthook = self._on_error
        threading.excepthook = self._on_thread_error

    def watch(self, window: QWidget) -> None:
        """Tell of errors over a window, which can be restored."""
        self._window = window

    def end(self) -> None:
        """Give errors back to Python. Ending twice is ending once."""
        self._window = None
        sys.excepthook, threading.excepthook = self._before
        if self._log:
            self._log.close()

    def _on_error(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, Exception):  # somebody wants the program to end
            self._before[0](kind, error, trace)
            return
        text = "".join(traceback.format_exception(kind, error, trace))
        if self._log:
            self._log.write(text)
        if sys.stderr is not None:  # there is none in a program without a terminal
            print(text, end="", file=sys.stderr)  # noqa: T201 - as Python would
        # The same place is told of once, however often it fails.
        place = "".join(traceback.format_tb(trace)) + kind.__name__
        if place not in self._told:
            self._told.add(place)
            self._happened.emit(text)

    def _on_thread_error(self, arguments: threading.ExceptHookArgs) -> None:
        error = arguments.exc_value or arguments.exc_type()
        self._on_error(arguments.exc_type, error, arguments.exc_traceback)

    @Slot(str)
    def _tell(self, text: str) -> None:
        if self._is_open:
            return
        self._is_open = True
        report = "\n".join([*self._describe(), "", text])
        path = self._log.path if self._log else None
        dialog = CrashDialog(report, path, can_restore=self._window is not None, parent=self._window)
        dialog.restore_requested.connect(self.restore_requested)
        dialog.finished.connect(self._on_closed)
        if QThread.currentThread().loopLevel():
            dialog.open()
        else:  # before there is an event loop, and at its end, nobody else would show it
            dialog.exec()

    @Slot()
    def _on_closed(self) -> None:
        self._is_open = False
