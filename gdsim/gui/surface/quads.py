"""Painting of a surface as quads, from the farthest to the nearest."""

import math

import numpy as np
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from gdsim.core.arrays import Array, Rows
from gdsim.gui.paint.drawing import draw_pieces, polyline_of
from gdsim.gui.style.colours import Colours, distinct_colours
from gdsim.gui.surface.mesh import Mesh
from gdsim.gui.surface.projection import Projection

# Drawn larger without antialiasing and then scaled down, for smooth outlines without seams between quads.
_OVERSAMPLING = 2


def draw_quads(mesh: Mesh, view: Projection, pixel_ratio: float, *, dark: bool) -> QImage:
    """Return an image of the surface and its contour lines on a transparent ground, as large as the pane.

    With ``dark``, contour lines are darker than the surface where possible.
    """
    size = QSize(math.ceil(view.width * pixel_ratio), math.ceil(view.height * pixel_ratio))
    large = QImage(size * _OVERSAMPLING, QImage.Format.Format_ARGB32_Premultiplied)
    large.fill(Qt.GlobalColor.transparent)
    scale = _OVERSAMPLING * pixel_ratio
    points, corners, colours, distance = _quads(mesh, view, scale)
    parts = [slice(first, first + len(mesh.x)) for first in range(0, len(corners), len(mesh.x))]
    lines = _QuadContours(mesh, view, scale, [float(distance[part][-1]) for part in parts], dark=dark)
    painter = QPainter(large)
    # Alternate between a part of the quads and the lines on it, from far to near.
    for number, part in enumerate(parts):
        _draw_part(painter, points, corners[part], colours[part])
        lines.draw(painter, number)
    lines.draw(painter, len(parts))
    painter.end()
    image = large.scaled(size, mode=Qt.TransformationMode.SmoothTransformation)
    image.setDevicePixelRatio(pixel_ratio)
    return image


def _draw_part(painter: QPainter, points: list[QPointF], corners: Rows, colours: Colours) -> None:
    # Written out, without a QPolygonF, this is four times as fast.
    painter.setPen(Qt.PenStyle.NoPen)
    for (a, b, c, d), rgb in zip(corners.tolist(), colours.tolist(), strict=True):
        painter.setBrush(QColor(*rgb))
        painter.drawConvexPolygon([points[a], points[b], points[c], points[d]])


def _quads(mesh: Mesh, view: Projection, scale: float) -> tuple[list[QPointF], Rows, Colours, Array]:
    """Return all points, and the quads from far to near: corners (n, 4), colours (n, 3), distances (n,).

    Corners are indices of points, so that the four quads that meet at a point share it.
    """
    x, y = np.meshgrid(mesh.x, mesh.y, indexing="ij")
    pixels = scale * view.project(np.stack([x, y, mesh.heights], axis=-1))
    which = np.arange(x.size).reshape(x.shape)
    corners = np.stack([which[:-1, :-1], which[1:, :-1], which[1:, 1:], which[:-1, 1:]], axis=2)
    colours = mesh.highlighted(1.0 - view.camera.flatness)[..., :3].astype(np.float64)
    middle = (colours[:-1, :-1] + colours[1:, :-1] + colours[1:, 1:] + colours[:-1, 1:]) / 4.0
    distance = _distance((x[:-1, :-1] + x[1:, 1:]) / 2.0, (y[:-1, :-1] + y[1:, 1:]) / 2.0, view)
    order: Rows = np.argsort(-distance, axis=None)
    rgb = np.rint(middle).astype(np.uint8).reshape(-1, 3)[order]
    points = polyline_of(pixels.reshape(-1, 2)).mid(0)
    return points, corners.reshape(-1, 4)[order], rgb, distance.ravel()[order]


class _QuadContours:
    """The contour lines to draw after each part of the quads, grouped by colour.

    A line is drawn after the quads next to it, which would otherwise cover half of it.
    """

    def __init__(
        self, mesh: Mesh, view: Projection, scale: float, distances: list[float], *, dark: bool
    ) -> None:
        """Assign the lines to parts, given the nearest distance of each part from far to near."""
        middle = mesh.lines.mean(axis=1)
        distance = _distance(middle[:, 0], middle[:, 1], view) - 3.0 / len(mesh.x)
        due = np.searchsorted(-np.array(distances), -distance, side="right")
        tones = mesh.line_tones(1.0 - view.camera.flatness, dark=dark)
        first, which = distinct_colours(tones)
        together = due * len(first) + which
        order: Rows = np.argsort(together, kind="stable")
        pixels = (scale * view.project(mesh.lines[order])).reshape(-1, 4)
        self._pens = [QPen(QColor(*tone), scale, c=Qt.PenCapStyle.FlatCap) for tone in tones[first].tolist()]
        self._of_part: dict[int, list[tuple[int, Array]]] = {}
        kinds, begins = np.unique(together[order], return_index=True)
        for one, begin, end in zip(kinds.tolist(), begins, [*begins[1:], len(pixels)], strict=False):
            part, tone = divmod(one, len(self._pens))
            self._of_part.setdefault(part, []).append((tone, pixels[begin:end]))

    def draw(self, painter: QPainter, part: int) -> None:
        for tone, pixels in self._of_part.get(part, ()):
            painter.setPen(self._pens[tone])
            draw_pieces(painter, pixels)


def _distance(x: Array, y: Array, view: Projection) -> Array:
    """Return the horizontal distance of places from the eye, which orders places on one line of sight."""
    away: Array = np.hypot(x - view.eye[0], y - view.eye[1])
    return away
