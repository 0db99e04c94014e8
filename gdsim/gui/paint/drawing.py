"""What a painter paints on: pixels, or a file that keeps lines as lines."""

from PySide6.QtGui import QPaintEngine, QPainter

_OF_LINES = (QPaintEngine.Type.SVG, QPaintEngine.Type.Pdf)


def keeps_lines(painter: QPainter) -> bool:
    """Return whether what is painted stays lines and letters, to be looked at in any size."""
    return painter.paintEngine().type() in _OF_LINES


def fineness(painter: QPainter) -> float:
    """Return how many pixels of the device are along one of the painter's."""
    return painter.deviceTransform().m11() / painter.worldTransform().m11()
