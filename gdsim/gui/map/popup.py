"""Popups that buttons in the header of the map open below themselves."""

from abc import abstractmethod

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFrame, QToolButton, QWidget

from gdsim.gui.forms.bubble import FaultBubble, tell_of_fault
from gdsim.gui.forms.tips import set_tip

_GAP = 2


class PopupButton(QToolButton):
    """A button that stays down while its popup is open; Escape or a click elsewhere closes the popup."""

    def __init__(self, text: str, name: str, sentence: str) -> None:
        super().__init__()
        self.setText(text)
        self.setAccessibleName(name)
        set_tip(self, sentence)
        self.popup = _Popup(self)
        self.clicked.connect(self.open_popup)

    @abstractmethod
    def _prepare(self) -> QWidget:
        """Update the popup to the current state; return the widget that gets the focus."""

    def open_popup(self) -> None:
        first = self._prepare()
        self.popup.open_below(self)
        first.setFocus(Qt.FocusReason.TabFocusReason)
        self.setDown(True)  # last, because a button that loses the focus comes up


class _Popup(QFrame):
    def __init__(self, button: QToolButton) -> None:
        super().__init__(button, Qt.WindowType.Popup)
        self._button = button
        self.setObjectName("popup")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        # The click on the button that closes the popup must not open it again.
        self.setAttribute(Qt.WidgetAttribute.WA_NoMouseReplay)

    def open_below(self, button: QWidget) -> None:
        """Show the popup below a button, or above it if there is no room on the screen."""
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
        self._button.setDown(False)


class FaultLine(FaultBubble):
    """The fault bubble of a popup: a line in the popup, beyond whose edges nothing can float."""

    def __init__(self, popup: QWidget) -> None:
        super().__init__(popup)
        self.hide()

    def show_under(self, owner: QWidget, sentence: str, *, stays: bool) -> None:
        """Show a sentence below all fields until the fault is dismissed."""
        self.owner = owner
        self.setText(sentence)
        self.show()
        self.window().adjustSize()
        tell_of_fault(owner)

    def dismiss(self) -> None:
        super().dismiss()
        self.window().adjustSize()
