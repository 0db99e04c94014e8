"""A frame in which arrow keys move something, and the places they move it to."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gdsim.core.model.edits import rounded_to_pixel
from gdsim.core.model.view_range import ViewRange
from gdsim.gui.forms.layouts import fill_layout
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.paint.plot_keys import ARROWS, FocusRing

# An arrow key moves by this share of the view range, and with Shift by this many times as much.
_NUDGE, _LARGE = 0.005, 10.0
# A place in an exercise has one digit more than a place picked on the contour map.
_FINE = 0.1


class KeyFrame(QWidget):
    """A focusable frame around a plot, which reports arrow keys and shows a focus ring."""

    # An arrow key: across and up, each -1, 0 or 1, and whether Shift was held
    nudged = Signal(int, int, bool)

    def __init__(self, body: QWidget, name: str, help_: str) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        set_tip(self, help_)
        fill_layout(QVBoxLayout(self), body, margins=(3, 3, 3, 3))
        FocusRing(self, self, on_click=True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        direction = ARROWS.get(event.key())
        if direction is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
            return
        self.nudged.emit(*direction, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus()
        super().mousePressEvent(event)


def nudged(
    place: tuple[float, float], across: int, up: int, view_range: ViewRange, *, large: bool
) -> tuple[float, float]:
    """Return a place (w, b) moved by an arrow key, with the arguments of `KeyFrame.nudged`."""
    step = _NUDGE * (_LARGE if large else 1.0)
    (w, b), (width, height) = place, view_range.extent
    return w + across * step * width, b + up * step * height


def on_grid(w: float, b: float, view_range: ViewRange) -> tuple[float, float]:
    """Round a place to the digits that can be told apart in a view range."""
    width, height = view_range.extent
    return rounded_to_pixel(w, _FINE * width), rounded_to_pixel(b, _FINE * height)
