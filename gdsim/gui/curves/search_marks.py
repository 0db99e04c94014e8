"""What a search looked at, on a cut along its direction: the line of Armijo, the cone of Wolfe, the tries."""

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from gdsim.gui.arrows.searching import paint_tries
from gdsim.gui.paint.small_chart import Axes, pen
from gdsim.gui.style.theme import Look

if TYPE_CHECKING:
    from gdsim.core.analysis.searched import SearchedStep

# The width of the cone on either side, as a share of the plot's.
_CONE = 0.06


def paint_search(painter: QPainter, axes: Axes, found: "SearchedStep", begin: float, look: Look) -> None:
    """Paint a search whose direction begins at ``begin`` of the horizontal axis, and leads to the right."""
    if not found.length > 0.0:
        return
    slope = found.start.slope / found.length  # for a unit of the axis, which is a distance in w and b
    painter.save()
    if not math.isnan(found.c1):
        _paint_line(painter, axes, found, begin, found.c1 * slope, look)
    accepted = found.tries[found.taken] if found.taken is not None else None
    if accepted is not None and not math.isnan(found.c2):
        _paint_cone(painter, axes, begin + accepted.t * found.length, accepted.loss, found.c2 * slope, look)
    tried = zip(found.tries, found.losses.tolist(), strict=True)
    places = [
        axes.point(begin + one.t * found.length, loss) if math.isfinite(loss) else None for one, loss in tried
    ]
    paint_tries(painter, places, found.taken, look.theme)
    painter.restore()


def _paint_line(
    painter: QPainter, axes: Axes, found: "SearchedStep", begin: float, slope: float, look: Look
) -> None:
    """Paint the line on or below which a step must end."""
    end = axes.x.high
    line = pen(look.theme.muted, 1.4)
    line.setStyle(Qt.PenStyle.DashLine)
    painter.setPen(line)
    first, last = (
        axes.point(begin, found.start.loss),
        axes.point(end, found.start.loss + slope * (end - begin)),
    )
    painter.drawLine(first, last)
    painter.setPen(QColor(look.theme.muted))
    painter.drawText(
        last + QPointF(-QFontMetricsF(painter.font()).horizontalAdvance("c₁ ") - 2.0, -4.0), "c₁"
    )


def _paint_cone(painter: QPainter, axes: Axes, at: float, loss: float, slope: float, look: Look) -> None:
    """Paint between which slopes the curve must be where the step ends."""
    width = _CONE * (axes.x.high - axes.x.low)
    tone = QColor(look.theme.muted)
    tone.setAlpha(70)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tone)
    for side in (-width, width):
        corners = (axes.point(at + side, loss + side * sign * slope) for sign in (-1.0, 1.0))
        painter.drawPolygon([axes.point(at, loss), *corners])
