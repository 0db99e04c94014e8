"""A surface painted as quads, from the farthest to the nearest."""

import math

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from gdsim.core.arrays import Array, Rows
from gdsim.gui.style.colours import Colours
from gdsim.gui.surface.mesh import Mesh
from gdsim.gui.surface.scene import Projection

# Drawn larger without antialiasing, then made smaller: no seams between quads, and smooth outlines.
_LARGER = 2
_LINE_ALPHA = 150


def draw_quads(mesh: Mesh, view: Projection, pixel_ratio: float, line: QColor) -> QImage:
    """Return the surface with its contour lines on nothing, as large as the pane."""
    size = QSize(math.ceil(view.width * pixel_ratio), math.ceil(view.height * pixel_ratio))
    large = QImage(size * _LARGER, QImage.Format.Format_ARGB32_Premultiplied)
    large.fill(Qt.GlobalColor.transparent)
    scale = _LARGER * pixel_ratio
    corners, colours, distance = _quads(mesh, view, scale)
    lines, line_distance = _lines(mesh, view, scale)
    pale = QColor(line)
    pale.setAlpha(_LINE_ALPHA)
    pen = QPen(pale, scale, c=Qt.PenCapStyle.FlatCap)
    painter = QPainter(large)
    # From far to near, some quads and the lines on them in turn.
    done = 0
    for first in range(0, len(corners), len(mesh.x)):
        part = slice(first, first + len(mesh.x))
        _draw_part(painter, corners[part], colours[part])
        due = int(np.searchsorted(-line_distance, -distance[part][-1]))
        painter.setPen(pen)
        painter.drawLines([QLineF(*ends) for ends in lines[done:due].tolist()])
        done = due
    painter.drawLines([QLineF(*ends) for ends in lines[done:].tolist()])
    painter.end()
    image = large.scaled(size, mode=Qt.TransformationMode.SmoothTransformation)
    image.setDevicePixelRatio(pixel_ratio)
    return image


def _draw_part(painter: QPainter, corners: Array, colours: Colours) -> None:
    # Written out, and without a polygon to hold the points: four times as fast.
    painter.setPen(Qt.PenStyle.NoPen)
    for (x0, y0, x1, y1, x2, y2, x3, y3), rgb in zip(corners.tolist(), colours.tolist(), strict=True):
        painter.setBrush(QColor(*rgb))
        painter.drawConvexPolygon([QPointF(x0, y0), QPointF(x1, y1), QPointF(x2, y2), QPointF(x3, y3)])


def _quads(mesh: Mesh, view: Projection, scale: float) -> tuple[Array, Colours, Array]:
    """Return corners (n, 8), colours (n, 3) and distances (n,), from far to near."""
    x, y = np.meshgrid(mesh.x, mesh.y, indexing="ij")
    pixels = scale * view.project(np.stack([x, y, mesh.heights], axis=-1))
    corners = np.stack([pixels[:-1, :-1], pixels[1:, :-1], pixels[1:, 1:], pixels[:-1, 1:]], axis=2)
    colours = mesh.highlighted(1.0 - view.camera.flatness)[..., :3].astype(np.float64)
    middle = (colours[:-1, :-1] + colours[1:, :-1] + colours[1:, 1:] + colours[:-1, 1:]) / 4.0
    distance = _distance((x[:-1, :-1] + x[1:, 1:]) / 2.0, (y[:-1, :-1] + y[1:, 1:]) / 2.0, view)
    order: Rows = np.argsort(-distance, axis=None)
    rgb = np.rint(middle).astype(np.uint8).reshape(-1, 3)[order]
    return corners.reshape(-1, 8)[order], rgb, distance.ravel()[order]


def _lines(mesh: Mesh, view: Projection, scale: float) -> tuple[Array, Array]:
    """Return the contour lines (k, 4) and the distances (k,) at which they are due, from far to near.

    A line waits for the next quads, which would cover half of it.
    """
    middle = mesh.lines.mean(axis=1)
    neighbours = 3.0 / len(mesh.x)
    distance = _distance(middle[:, 0], middle[:, 1], view) - neighbours
    order: Rows = np.argsort(-distance)
    return (scale * view.project(mesh.lines[order])).reshape(-1, 4), distance[order]


def _distance(x: Array, y: Array, view: Projection) -> Array:
    """Return how far places are from the eye, over the floor: of two on one line of sight, one is nearer."""
    away: Array = np.hypot(x - view.eye[0], y - view.eye[1])
    return away
