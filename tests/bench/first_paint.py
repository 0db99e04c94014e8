"""The program as its command starts it, except that it prints the time of its first paint and exits."""

import time

from gdsim.core.process import gc_paused

with gc_paused():  # before Qt is imported, as in the command
    import gdsim.gui  # noqa: F401

# isort: split
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

from gdsim.__main__ import main


class FirstPaint(QObject):
    """Event filter that prints the time and closes a window after its first complete paint."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            # The whole window is painted, with everything in it, before the next event is handled.
            QTimer.singleShot(0, self._tell)
        return False

    def _tell(self) -> None:
        print(time.time(), flush=True)
        self._window.close()


def run_to_first_paint() -> int:
    """Replace QApplication.exec, which the program calls once its window is shown."""
    windows = [window for window in QApplication.topLevelWidgets() if isinstance(window, QMainWindow)]
    FirstPaint(windows[0])
    return QCoreApplication.exec()


if __name__ == "__main__":
    QApplication.exec = staticmethod(run_to_first_paint)  # type: ignore[method-assign]
    raise SystemExit(main())
