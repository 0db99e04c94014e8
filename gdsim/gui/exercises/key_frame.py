"""A frame in which arrow keys move something, and where a place goes then."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gdsim.core.model.edits import rounded
from gdsim.core.model.view_range import ViewRange
from gdsim.gui.forms.layouts import filled
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.paint.drawing import paint_focus_ring
from gdsim.gui.paint.plot_keys import ARROWS

# An arrow key moves by this share of the view range; with Shift by ten times as much.
_NUDGE, _LARGE = 0.005, 10.0
# A place in an exercise has one digit more than one that is picked on the contour map.
_FINE = 0.1


class KeyFrame(QWidget):
    """A frame around a plot: arrow keys move something in it, and it shows whether it has the focus."""

    # across, up: an arrow key was pressed, -1, 0 or 1 each way; and whether Shift was held
    nudged = Signal(int, int, bool)

    def __init__(self, body: QWidget, name: str, help_: str) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        set_tip(self, help_)
        filled(QVBoxLayout(self), body, margins=(3, 3, 3, 3))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        way = ARROWS.get(event.key())
        if way is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
            return
        self.nudged.emit(*way, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus()
        super().mousePressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hasFocus():
            paint_focus_ring(QPainter(self), QRectF(self.rect()))


def nudged(
    place: tuple[float, float], across: int, up: int, view_range: ViewRange, *, large: bool
) -> tuple[float, float]:
    """Return where an arrow key moves a place (w, b) to; the arguments are those of `KeyFrame.nudged`."""
    step = _NUDGE * (_LARGE if large else 1.0)
    (w, b), (width, height) = place, view_range.extent
    return w + across * step * width, b + up * step * height


def on_grid(w: float, b: float, view_range: ViewRange) -> tuple[float, float]:
    """Round a place to as many digits as can be told apart in a view range."""
    width, height = view_range.extent
    return rounded(w, _FINE * width), rounded(b, _FINE * height)
