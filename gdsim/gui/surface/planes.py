"""Horizontal planes at the contour levels, drawn where they are above the surface and visible."""

import math
from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from gdsim.core.arrays import Array, Rows
from gdsim.gui.paint.drawing import polyline_of
from gdsim.gui.style.theme import Theme
from gdsim.gui.surface.terrain import lowest_in_sight
from gdsim.gui.surface.trails import SurfaceStage

# Places along each side of the box at which the lowest visible height is computed.
_PLACES = 61
_FILL_ALPHA, _EDGE_ALPHA = 0.10, 0.55


def draw_planes(painter: QPainter, stage: SurfaceStage, levels: Array, theme: Theme) -> None:
    """Draw a translucent plane at each of the heights in the box, with an edge where it meets the surface.

    The higher the camera, the paler the planes, which from above would only tint the colours of the surface.
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


def plane_paths(stage: SurfaceStage, levels: Array) -> list[QPainterPath]:
    """Return the visible parts of the planes at these heights in the box, in pixels, farthest first."""
    import contourpy  # noqa: PLC0415 - slow to load, but loaded with the first surface anyway

    along = np.linspace(-1.0, 1.0, _PLACES)
    x, y = np.meshgrid(along, along, indexing="ij")
    lowest = lowest_in_sight(stage.terrain, x.ravel(), y.ravel(), stage.view.eye).reshape(x.shape)
    seen = contourpy.contour_generator(along, along, lowest.T, fill_type=contourpy.FillType.OuterOffset)
    # Planes above the eye are seen from below, so the highest of them is the farthest.
    far_first = sorted(levels.tolist(), key=lambda level: -abs(level - float(stage.view.eye[2])))
    return [_path(stage, zip(*seen.filled(-np.inf, level)[:2], strict=True), level) for level in far_first]


def _path(
    stage: SurfaceStage, areas: "Iterable[tuple[Array | None, Rows | None]]", level: float
) -> QPainterPath:
    """Return areas in pixels; each is given by the places along its borders and the borders' offsets."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    for points, ends in areas:
        if points is None or ends is None:
            continue
        pixels = stage.view.project(np.column_stack([points, np.full(len(points), level)]))
        for first, last in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True):
            path.addPolygon(polyline_of(pixels[first:last]))
    return path
