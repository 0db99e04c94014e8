"""The bubble below a control that says why its text is refused."""

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QWidget

from gdsim.gui.forms.tips import describe
from gdsim.gui.plain_text import PlainLabel

_WIDTH = 280
_SHOWN_MS = 6000
_GAP = 4


class FaultBubble(PlainLabel):
    """A sentence that lies over the window, outside of its layout."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(parent=window)
        self._window = window
        self.setObjectName("faultBubble")
        self.setWordWrap(True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.owner: QWidget | None = None
        self._timer = QTimer(self, singleShot=True, interval=_SHOWN_MS)
        self._timer.timeout.connect(self.dismiss)

    def show_under(self, owner: QWidget, sentence: str, *, stays: bool) -> None:
        """Show a sentence below a control, or above it when there is no room.

        It goes by itself unless it ``stays`` until it is dismissed.
        """
        self.owner = owner
        self.setText(sentence)
        self.ensurePolished()
        width = min(_WIDTH, self.fontMetrics().horizontalAdvance(sentence) + 24)
        self.resize(width, self.heightForWidth(width))
        room = self._window.size()
        below = owner.mapTo(self._window, QPoint(0, owner.height() + _GAP))
        above = below.y() - owner.height() - 2 * _GAP - self.height()
        y = above if below.y() + self.height() > room.height() and above >= 0 else below.y()
        self.move(max(0, min(below.x(), room.width() - self.width() - _GAP)), y)
        self.show()
        self.raise_()
        if stays:
            self._timer.stop()
        else:
            self._timer.start()
        tell_of_fault(owner)

    def dismiss(self) -> None:
        self._timer.stop()
        self.owner = None
        self.hide()


def tell_of_fault(owner: QWidget) -> None:
    """Tell a screen reader that there is something to read about a control."""
    QAccessible.updateAccessibility(QAccessibleEvent(owner, QAccessible.Event.Alert))


def show_fault(owner: QWidget, sentence: str, *, stays: bool = False) -> None:
    """Say why what was done with ``owner`` is refused; for some seconds, or until `clear_fault`."""
    owner.setAccessibleDescription(sentence)
    if owner.isVisible():
        (_bubble(owner) or FaultBubble(owner.window())).show_under(owner, sentence, stays=stays)


def clear_fault(owner: QWidget) -> None:
    """Remove what `show_fault` said about ``owner``."""
    describe(owner)
    bubble = _bubble(owner)
    if bubble is not None and bubble.owner is owner:
        bubble.dismiss()


def clear_faults(window: QWidget) -> None:
    """Remove what is said about any control of a window."""
    for bubble in window.findChildren(FaultBubble, options=Qt.FindChildOption.FindDirectChildrenOnly):
        bubble.dismiss()


def fault_shown(owner: QWidget) -> str:
    """Return the sentence that is shown about ``owner``, or an empty string."""
    bubble = _bubble(owner)
    return bubble.text() if bubble is not None and bubble.owner is owner else ""


def _bubble(owner: QWidget) -> FaultBubble | None:
    # Those of popups are children of these; to look through all that is in a window takes long.
    directly = Qt.FindChildOption.FindDirectChildrenOnly
    return owner.window().findChild(FaultBubble, options=directly)
