"""Text broken into lines once, and painted many times: a painter that wraps does both every time."""

import re
from typing import NamedTuple

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QTextLayout

# A sign stays with the numbers on both its sides, and a percent sign with its own.
_SIGNS = re.compile(" ([=\u2212·]) ")
_NARROWEST = 20.0


class BrokenText(NamedTuple):
    """A text in lines, and how high they are together."""

    lines: tuple[str, ...] = ()
    height: float = 0.0


def broken(text: str, font: QFont, width: float, most: int = 0) -> BrokenText:
    """Break a text into lines; into at most ``most`` of them, when it is not zero."""
    if not text:
        return BrokenText()
    text = _SIGNS.sub("\u00a0\\1\u00a0", text).replace(" %", "\u00a0%")
    width = max(_NARROWEST, width)
    layout = QTextLayout(text, font)
    layout.beginLayout()
    starts = []
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        starts.append(line.textStart())
    layout.endLayout()
    lines = [text[a:b].strip() for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]
    metrics = QFontMetricsF(font)
    if most and len(lines) > most:
        rest = text[starts[most - 1] :]
        lines = [*lines[: most - 1], metrics.elidedText(rest, Qt.TextElideMode.ElideRight, width)]
    return BrokenText(tuple(lines), metrics.lineSpacing() * len(lines))


def paint_lines(painter: QPainter, left: float, top: float, text: BrokenText) -> float:
    """Paint lines from ``top`` on in the painter's font, and return where they end."""
    metrics = QFontMetricsF(painter.font())
    for line in text.lines:
        painter.drawText(QPointF(left, top + metrics.ascent()), line)
        top += metrics.lineSpacing()
    return top
