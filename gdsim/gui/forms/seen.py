"""Whether anybody can see a window."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

_TOLD_BY = {QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.WinIdChange, QEvent.Type.Expose}


class Seen(QObject):
    """Tells when a window comes into sight or goes: hidden, minimised, or on a workspace that is not shown.

    What lies behind other windows is in sight, but where the system knows better, as macOS does.
    """

    changed = Signal(bool)
    _window: QWidget | None = None  # What the garbage collector has emptied still hears of events.

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window, self._is_seen = window, True
        window.installEventFilter(self)

    def __bool__(self) -> bool:
        return self._is_seen

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        window = self._window
        # A window that is being deleted hides once more, and must not be asked anything.
        if event.type() in _TOLD_BY and window is not None and isValid(window):
            self._look(window)
        return super().eventFilter(watched, event)

    def _look(self, window: QWidget) -> None:
        handle: QWindow | None = window.windowHandle()
        is_exposed = True
        if handle is not None:
            handle.installEventFilter(self)  # it may be another one than before
            is_exposed = handle.isExposed() or window.testAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        # That it is minimised does not count: Qt may not hear that it is there again, as from a task bar.
        is_seen = window.isVisible() and is_exposed
        if is_seen != self._is_seen:
            self._is_seen = is_seen
            self.changed.emit(is_seen)
