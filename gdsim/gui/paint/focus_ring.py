"""A ring around what has the keys, for panes that the style sheet does not reach."""

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

_WIDTH = 2.0


class FocusRing(QWidget):
    """Lies over a part of a pane, and is seen while the pane has the keys by the keyboard.

    Parameters
    ----------
    owner : QWidget
        The pane that takes the focus; Tab reaches it from now on.
    around : QWidget
        What the ring goes around: the pane, or a widget in it.
    """

    def __init__(self, owner: QWidget, around: QWidget) -> None:
        super().__init__(around)
        self._owner, self._around = owner, around
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        if owner.focusPolicy() == Qt.FocusPolicy.NoFocus:
            # By Tab alone: a click does not take the keys away from where they were.
            owner.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        owner.installEventFilter(self)
        if around is not owner:
            around.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the focus and the size."""
        if watched is self._owner and isinstance(event, QFocusEvent):
            by_mouse = event.reason() == Qt.FocusReason.MouseFocusReason
            self.setVisible(event.gotFocus() and not by_mouse)
            self.raise_()
        if watched is self._around and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._around.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().highlight().color(), _WIDTH))
        inset = _WIDTH / 2.0
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 4.0, 4.0)
