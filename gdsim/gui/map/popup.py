"""What a button in the header of the map opens below itself."""

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFrame, QWidget

from gdsim.gui.forms.bubble import FaultBubble, tell_of_fault

_GAP = 2


class Popup(QFrame):
    """What the button opens."""

    closed = Signal()

    def __init__(self, button: QWidget) -> None:
        super().__init__(button, Qt.WindowType.Popup)
        self.setObjectName("popup")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        # A click on the button closes the popup; it must not open it again.
        self.setAttribute(Qt.WidgetAttribute.WA_NoMouseReplay)

    def open_below(self, button: QWidget) -> None:
        """Show below a button, or above it when there is no room on the screen."""
        self.adjustSize()
        corner = button.mapToGlobal(QPoint(0, button.height() + _GAP))
        screen = button.screen().availableGeometry()
        place = QRect(corner, self.size())
        if place.bottom() > screen.bottom():
            place.moveBottom(corner.y() - button.height() - 2 * _GAP)
        place.moveLeft(max(screen.left(), min(place.left(), screen.right() - place.width())))
        self.move(place.topLeft())
        self.show()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.closed.emit()


class FaultLine(FaultBubble):
    """The bubble of a popup: a line of it, since nothing may float beyond its edges."""

    def __init__(self, popup: QWidget) -> None:
        super().__init__(popup)
        self.hide()

    def show_under(self, owner: QWidget, sentence: str, *, stays: bool) -> None:
        """Show a sentence below all fields, until it no longer holds."""
        self.owner = owner
        self.setText(sentence)
        self.show()
        self.window().adjustSize()
        tell_of_fault(owner)

    def dismiss(self) -> None:
        super().dismiss()
        self.window().adjustSize()
