"""Keys that move something over a plot. The arrows alone belong to playback, so Shift goes with them."""

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gdsim.core.formulas.nice_ticks import nice_ticks
from gdsim.gui.paint.drawing import paint_focus_ring

# An axis is crossed in about so many presses.
_PRESSES = 100

ARROWS: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
# With Shift or without it.
_ZOOMS: dict[int, int] = {
    Qt.Key.Key_Plus: 1,
    Qt.Key.Key_Equal: 1,
    Qt.Key.Key_Minus: -1,
    Qt.Key.Key_Underscore: -1,
}


def shifted_way(event: QKeyEvent) -> tuple[int, int] | None:
    """Return the direction of Shift and an arrow: right and up; None for any other key."""
    return arrow_way(event, Qt.KeyboardModifier.ShiftModifier)


def arrow_way(event: QKeyEvent, modifier: Qt.KeyboardModifier) -> tuple[int, int] | None:
    """Return the direction of an arrow pressed with a modifier."""
    return ARROWS.get(event.key()) if event.modifiers() & modifier else None


def zoom_way(event: QKeyEvent) -> int:
    """Return 1 for plus, which zooms in, -1 for minus, and 0 for any other key."""
    return _ZOOMS.get(event.key(), 0)


def is_plain(event: QKeyEvent) -> bool:
    """Return whether a key is pressed without Control and Alt, with which it means something else."""
    return not event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)


def stride(low: float, high: float) -> float:
    """Return the round number by which one press moves over a range."""
    ticks = nice_ticks(low, high, _PRESSES)
    if len(ticks) < 2:
        return (high - low) / _PRESSES
    # It has one digit; the others come from taking large numbers from each other.
    return float(f"{ticks[1] - ticks[0]:.0e}")


class FocusRing(QWidget):
    """Lies over a part of a pane, and is seen while the pane has the focus by the keyboard.

    From now on Tab reaches the pane, its ``owner``. The ring goes around it, or around a widget in it that
    takes no focus.
    """

    def __init__(self, owner: QWidget, around: QWidget) -> None:
        super().__init__(around)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        if owner.focusPolicy() == Qt.FocusPolicy.NoFocus:
            # By Tab alone: a click leaves the focus where it is.
            owner.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        owner.installEventFilter(self)
        if around is not owner:
            around.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Events come until the very end, when nothing of Python's may be left on the ring.
        if isinstance(event, QFocusEvent):
            by_mouse = event.reason() == Qt.FocusReason.MouseFocusReason
            self.setVisible(event.gotFocus() and not by_mouse)
            self.raise_()
        around = self.parentWidget()
        if watched is around and event.type() == QEvent.Type.Resize:
            self.setGeometry(around.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_focus_ring(QPainter(self), QRectF(self.rect()))
