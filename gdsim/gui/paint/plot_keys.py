"""Keys that move something over a plot. They need Shift, because the plain arrows control playback."""

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gdsim.core.formulas.nice_ticks import nice_ticks
from gdsim.gui.paint.drawing import paint_focus_ring

# The approximate number of presses that cross an axis.
_PRESSES = 100
_ON_CLICK = "onClick"

ARROWS: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
# Includes the keys that share a cap with plus and minus, whether Shift is needed or not.
_ZOOMS: dict[int, int] = {
    Qt.Key.Key_Plus: 1,
    Qt.Key.Key_Equal: 1,
    Qt.Key.Key_Minus: -1,
    Qt.Key.Key_Underscore: -1,
}


def shifted_way(event: QKeyEvent) -> tuple[int, int] | None:
    """Return the direction (right, up) of Shift and an arrow; None for any other key."""
    return arrow_way(event, Qt.KeyboardModifier.ShiftModifier)


def arrow_way(event: QKeyEvent, modifier: Qt.KeyboardModifier) -> tuple[int, int] | None:
    """Return the direction (right, up) of an arrow pressed with a modifier; None for any other key."""
    return ARROWS.get(event.key()) if event.modifiers() & modifier else None


def zoom_way(event: QKeyEvent) -> int:
    """Return 1 for plus (zoom in), -1 for minus (zoom out), and 0 for any other key."""
    return _ZOOMS.get(event.key(), 0)


def has_no_modifiers(event: QKeyEvent) -> bool:
    """Return whether a key is pressed without Control and Alt, with which keys have other meanings."""
    return not event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)


def stride(low: float, high: float) -> float:
    """Return the round distance that one press moves in a range."""
    ticks = nice_ticks(low, high, _PRESSES)
    if len(ticks) < 2:
        return (high - low) / _PRESSES
    # Round to one digit, because further ones are rounding errors of the subtraction.
    return float(f"{ticks[1] - ticks[0]:.0e}")


class FocusRing(QWidget):
    """A ring over a pane, or a part of it, that is visible while the pane has the keyboard focus.

    Makes the ``owner`` reachable by Tab. The ring is drawn around the owner, or around a widget in it that
    takes no focus itself. With ``on_click`` it is visible after a click, too, where plain arrow keys, which
    play in the main window, move something in the owner.
    """

    def __init__(self, owner: QWidget, around: QWidget, *, on_click: bool = False) -> None:
        super().__init__(around)
        self.setProperty(_ON_CLICK, on_click)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        if owner.focusPolicy() == Qt.FocusPolicy.NoFocus:
            # Focus by Tab only, so that a click leaves the focus where it is.
            owner.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        owner.installEventFilter(self)
        if around is not owner:
            around.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Uses no Python attributes of the ring, because events still arrive when these are already destroyed.
        if isinstance(event, QFocusEvent):
            by_mouse = event.reason() == Qt.FocusReason.MouseFocusReason
            self.setVisible(event.gotFocus() and (not by_mouse or self.property(_ON_CLICK)))
            self.raise_()
        around = self.parentWidget()
        if watched is around and event.type() == QEvent.Type.Resize:
            self.setGeometry(around.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_focus_ring(QPainter(self), QRectF(self.rect()))
