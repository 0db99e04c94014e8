"""The names of the lowest places, placed clear of the box's numbers, arrows and markers of runs."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from gdsim.core.surface.surface import LossSurface
from gdsim.gui.arrows.paint import BEHIND, ArrowShape
from gdsim.gui.paint.drawing import paint_plate
from gdsim.gui.paint.words import lowest_name
from gdsim.gui.style.theme import Theme
from gdsim.gui.surface.terrain import hidden_places
from gdsim.gui.surface.trails import SurfaceStage

# Least distance between a name and a number around the box, in pixels.
_APART = 6.0
# Pixels from the middle of a cross to its ends.
_ARM = 5.0


class MinimumLabel(NamedTuple):
    """A marked place, with its name on a plate beside it."""

    place: QPointF
    text: str  # empty where a cross is enough
    plate: QRectF  # empty where there is no room for the name
    behind: bool

    @property
    def cross(self) -> QRectF:
        return QRectF(self.place.x() - _ARM, self.place.y() - _ARM, 2.0 * _ARM, 2.0 * _ARM)


class MinimumNames:
    """Painter of the name at the lowest place; other known minima get only a cross."""

    def __init__(self) -> None:
        self.labels: tuple[MinimumLabel, ...] = ()  # as last painted
        self._homes: tuple[
            MinimumLabel, ...
        ] = ()  # the labels at their places while nothing moving covers them
        self._taken: Sequence[QRectF] = ()

    def forget(self) -> None:
        self._homes = ()

    def place(
        self,
        painter: QPainter,
        stage: SurfaceStage,
        surface: LossSurface,
        font: QFont,
        taken: Sequence[QRectF],
    ) -> None:
        """Find room for the name outside the rectangles that are taken."""
        self._taken = [rect.adjusted(-_APART, -_APART, _APART, _APART) for rect in taken]
        if not surface.has_lowest:
            self._homes = ()
            return
        low = surface.lowest
        w, b = np.array([(low.w, low.b), *surface.known_minima]).T
        places = stage.terrain.place(w, b, low.loss)
        behind = hidden_places(stage.terrain, places, stage.view.eye).tolist()
        pixels = [QPointF(*pixel) for pixel in stage.view.project(places).tolist()]
        painter.setFont(font)
        plate = _plate(painter, pixels[0], lowest_name(low.kind), self._is_taken)
        names, plates = [lowest_name(low.kind)], [plate]
        for _ in surface.known_minima:
            names.append("")
            plates.append(QRectF())
        self._homes = tuple(map(MinimumLabel, pixels, names, plates, behind))

    def paint(
        self,
        painter: QPainter,
        font: QFont,
        theme: Theme,
        arrows: Sequence[ArrowShape] = (),
        markers: Sequence[QRectF] = (),
    ) -> None:
        """Paint crosses and the name, which moves away from arrows and markers, or is left out."""
        painter.setFont(font)
        self.labels = tuple(self._beside(painter, label, arrows, markers) for label in self._homes)
        for label in self.labels:
            _draw(painter, label, theme)

    def _is_taken(self, plate: QRectF) -> bool:
        return any(map(plate.intersects, self._taken))

    def _beside(
        self, painter: QPainter, label: MinimumLabel, arrows: Sequence[ArrowShape], markers: Sequence[QRectF]
    ) -> MinimumLabel:
        def is_covered(plate: QRectF) -> bool:
            return any(map(plate.intersects, markers)) or any(arrow.lies_on(plate) for arrow in arrows)

        if label.plate.isEmpty() or not is_covered(label.plate):
            return label

        def is_taken(plate: QRectF) -> bool:
            return self._is_taken(plate) or is_covered(plate)

        return label._replace(plate=_plate(painter, label.place, label.text, is_taken))


def _plate(painter: QPainter, place: QPointF, text: str, is_taken: Callable[[QRectF], bool]) -> QRectF:
    """Return the nearest free plate for a name; an empty rectangle if there is none."""
    size, whole = painter.fontMetrics().size(0, text), QRectF(painter.viewport())
    width, height = size.width() + 10.0, size.height() + 2.0
    for away in (0.0, 1.0, 2.0):
        for down in (5.0 + away * height, -5.0 - (1.0 + away) * height):
            for across in (9.0, -9.0 - width):
                plate = QRectF(place.x() + across, place.y() + down, width, height)
                plate.moveLeft(max(whole.left(), min(plate.left(), whole.right() - width)))
                if whole.contains(plate) and not is_taken(plate):
                    return plate
    return QRectF()


def _draw(painter: QPainter, label: MinimumLabel, theme: Theme) -> None:
    """Draw a cross, and its name on a small plate that stays readable on every colour and line."""
    x, y = label.place.x(), label.place.y()
    painter.setOpacity(BEHIND if label.behind else 1.0)
    for colour, width in ((theme.halo, 4.5), (theme.text, 1.8)):
        painter.setPen(QPen(QColor(colour), width, c=Qt.PenCapStyle.RoundCap))
        painter.drawLine(QLineF(x - _ARM, y, x + _ARM, y))
        painter.drawLine(QLineF(x, y - _ARM, x, y + _ARM))
    if not label.plate.isEmpty():
        paint_plate(painter, label.plate, theme)
        painter.drawText(label.plate, Qt.AlignmentFlag.AlignCenter, label.text)
    painter.setOpacity(1.0)
