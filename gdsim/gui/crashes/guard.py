"""Catching unexpected errors in every thread, and reporting each of them once."""

import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from gdsim.gui.crashes.log import CrashLog


class CrashGuard(QObject):
    """Replaces Python's exception hooks. ``describe`` returns the first lines of a report."""

    restore_requested = Signal()  # the document is to be opened in a new window
    _happened = Signal(str)

    def __init__(self, log: CrashLog | None, describe: Callable[[], list[str]]) -> None:
        super().__init__()
        self._log = log
        self._describe = describe
        self._window: QWidget | None = None
        self._reported: set[str] = set()
        self._is_open = False
        self._before = sys.excepthook, threading.excepthook
        # The error may come from another thread; the dialog belongs to this one.
        self._happened.connect(self._report)
        sys.excepthook = self._on_error
        threading.excepthook = self._on_thread_error

    def watch(self, window: QWidget) -> None:
        """Report errors over a window, whose document can be restored."""
        self._window = window

    def end(self) -> None:
        """Restore Python's exception hooks; a second call does nothing."""
        self._window = None
        sys.excepthook, threading.excepthook = self._before
        if self._log:
            self._log.close()

    def _on_error(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, Exception):  # such as KeyboardInterrupt: the program is to end
            self._before[0](kind, error, trace)
            return
        # Python keeps the last error, and with it all objects in its traceback. A painter that stays on its
        # widget would hinder later painting, and widgets that outlive the application would crash.
        for name in ("last_exc", "last_type", "last_value", "last_traceback"):
            vars(sys).pop(name, None)
        text = "".join(traceback.format_exception(kind, error, trace))
        if self._log:
            self._log.write(text)
        if sys.stderr is not None:  # None without a terminal
            print(text, end="", file=sys.stderr)  # noqa: T201 - as Python would
        # An error at the same place is reported once.
        place = "".join(traceback.format_tb(trace)) + kind.__name__
        if place not in self._reported:
            self._reported.add(place)
            self._happened.emit(text)

    def _on_thread_error(self, arguments: threading.ExceptHookArgs) -> None:
        error = arguments.exc_value or arguments.exc_type()
        self._on_error(arguments.exc_type, error, arguments.exc_traceback)

    @Slot(str)
    def _report(self, text: str) -> None:
        if QThread.currentThread().loopLevel():
            # Qt crashes when a dialog opens in the middle of some events, such as the opening of a menu.
            QTimer.singleShot(0, self, lambda: self._tell(text))
        else:  # at the start there is no event loop to wait for
            self._tell(text)

    def _tell(self, text: str) -> None:
        if self._is_open:
            return
        from gdsim.gui.crashes.crash_dialog import CrashDialog  # noqa: PLC0415 - after an error only

        self._is_open = True
        report = "\n".join([*self._describe(), "", text])
        path = self._log.path if self._log else None
        dialog = CrashDialog(report, path, can_restore=self._window is not None, parent=self._window)
        dialog.restore_requested.connect(self.restore_requested)
        dialog.finished.connect(self._on_closed)
        if QThread.currentThread().loopLevel():
            dialog.open()
        else:  # without an event loop, open() would show nothing
            dialog.exec()

    @Slot()
    def _on_closed(self) -> None:
        self._is_open = False
