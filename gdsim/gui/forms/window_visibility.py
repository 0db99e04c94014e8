"""Detection of whether a window is visible to the user."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

_RELEVANT_EVENTS = {QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.WinIdChange, QEvent.Type.Expose}


class WindowVisibility(QObject):
    """The visibility of a window, which is False while it is hidden, minimised or on another workspace.

    A window behind others counts as visible, except where the system reports that, as macOS does.
    """

    changed = Signal(bool)
    _window: QWidget | None = None  # events still arrive after the garbage collector has cleared attributes

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window, self._is_seen = window, True
        window.installEventFilter(self)

    def __bool__(self) -> bool:
        return self._is_seen

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        window = self._window
        # A window that is being deleted sends a last Hide event, and must not be accessed.
        if event.type() in _RELEVANT_EVENTS and window is not None and isValid(window):
            self._update(window)
        return super().eventFilter(watched, event)

    def _update(self, window: QWidget) -> None:
        handle: QWindow | None = window.windowHandle()
        is_exposed = True
        if handle is not None:
            handle.installEventFilter(self)  # the handle may have been replaced
            is_exposed = handle.isExposed() or window.testAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        # Does not check for a minimised state, because Qt may miss that a task bar has restored the window.
        is_seen = window.isVisible() and is_exposed
        if is_seen != self._is_seen:
            self._is_seen = is_seen
            self.changed.emit(is_seen)
