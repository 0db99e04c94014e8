"""Horizontal planes that cut the surface at its contour levels, as far as they are above it and in sight."""

import math
from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from gdsim.core.arrays import Array, Rows
from gdsim.gui.paint.drawing import polyline_of
from gdsim.gui.style.theme import Theme
from gdsim.gui.surface.terrain import lowest_in_sight
from gdsim.gui.surface.trails import Stage

# Places along each side of the box at which it is worked out from which height on something is in sight.
_PLACES = 61
_FILL_ALPHA, _EDGE_ALPHA = 0.10, 0.55


def draw_planes(painter: QPainter, stage: Stage, levels: Array, theme: Theme) -> None:
    """Draw a plane at each height of the box, translucent, with an edge where it meets the surface.

    The more from above one looks, the paler they are: there they would only tint the colours of the map.
    """
    camera = stage.view.camera
    strength = 1.0 - camera.flatness
    if not strength:
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    fill, edge = QColor(theme.accent), QColor(theme.accent)
    fill.setAlphaF(strength * _FILL_ALPHA * (1.0 - math.sin(math.radians(camera.elevation))))
    edge.setAlphaF(strength * _EDGE_ALPHA)
    painter.setPen(QPen(edge, 1.0, j=Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(fill)
    for path in plane_paths(stage, levels):
        painter.drawPath(path)
    painter.restore()


def plane_paths(stage: Stage, levels: Array) -> list[QPainterPath]:
    """Return what is seen of the planes at these heights of the box, in pixels, from the farthest on."""
    import contourpy  # noqa: PLC0415 - which takes its time to load, and is there with the first surface

    along = np.linspace(-1.0, 1.0, _PLACES)
    x, y = np.meshgrid(along, along, indexing="ij")
    lowest = lowest_in_sight(stage.terrain, x.ravel(), y.ravel(), stage.view.eye).reshape(x.shape)
    seen = contourpy.contour_generator(along, along, lowest.T, fill_type=contourpy.FillType.OuterOffset)
    # Those above the eye are seen from below, and the highest of them lies behind the others.
    far_first = sorted(levels.tolist(), key=lambda level: -abs(level - float(stage.view.eye[2])))
    return [_path(stage, zip(*seen.filled(-np.inf, level)[:2], strict=True), level) for level in far_first]


def _path(stage: Stage, areas: "Iterable[tuple[Array | None, Rows | None]]", level: float) -> QPainterPath:
    """Return areas in pixels: the places along their borders, and where each border begins and ends."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    for points, ends in areas:
        if points is None or ends is None:
            continue
        pixels = stage.view.project(np.column_stack([points, np.full(len(points), level)]))
        for first, last in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True):
            path.addPolygon(polyline_of(pixels[first:last]))
    return path
