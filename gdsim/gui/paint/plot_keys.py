"""Keys that move something over a plot. The arrows alone belong to playback, so Shift goes with them."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from gdsim.gui.paint.nice_ticks import nice_ticks

# An axis is crossed in about so many presses.
_PRESSES = 100

_WAYS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


def shifted_way(event: QKeyEvent) -> tuple[int, int] | None:
    """Return the direction of Shift and an arrow: right and up; None for any other key."""
    if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
        return None
    return _WAYS.get(Qt.Key(event.key()))


def stride(low: float, high: float) -> float:
    """Return the round number by which one press moves over a range."""
    ticks = nice_ticks(low, high, _PRESSES)
    if len(ticks) < 2:
        return (high - low) / _PRESSES
    # It has one digit; the others come from taking large numbers from each other.
    return float(f"{ticks[1] - ticks[0]:.0e}")
