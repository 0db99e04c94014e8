"""The ways of the runs over the surface, painted so that a step costs what a step adds."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from gdsim.core.arrays import Array, Flags, Rows
from gdsim.gui.surface.paths import PathRows
from gdsim.gui.surface.scene import View
from gdsim.gui.surface.strokes import Strokes, TrailStyle
from gdsim.gui.surface.terrain import Terrain, hidden
from gdsim.session.frame import RunView

# The end of a line is painted anew in every frame until it is so long, since many short pieces laid
# end to end look frayed.
_KEPT_PX = 24.0
# Every point of a line is held against the hills, or of very many points some.
_MOST_LOOKS = 4000


@dataclass(frozen=True, eq=False)
class Stage:
    """What trails are painted on. On another stage they are painted anew."""

    terrain: Terrain
    view: View
    pixel_ratio: float
    # Whether what is painted may be kept as pixels.
    layered: bool = True

    def blank(self, colour: QColor | None = None) -> QImage:
        """Return an image of the pane's size, transparent or of one colour."""
        ratio = self.pixel_ratio
        size = QSize(math.ceil(self.view.width * ratio), math.ceil(self.view.height * ratio))
        forms = QImage.Format
        image = QImage(size, forms.Format_RGB32 if colour else forms.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(ratio)
        image.fill(colour or Qt.GlobalColor.transparent)
        return image


class Trail:
    """One run's line, on layers of its own: what is painted stays there, and new steps are added.

    The halo has its own layer, since all halos are below all lines: where runs go the same way, each
    shows through the gaps in the dashes of the one above.
    """

    def __init__(self, stage: Stage, view: RunView, style: TrailStyle, rows: PathRows) -> None:
        self.rows = rows
        self._trajectory = view.trajectory
        self._stage = stage
        self._style = style
        # Made when there is something to keep.
        self._halos: QImage | None = None
        self._lines: QImage | None = None
        # Rows on the layers, of which the first is the start and no line yet, and rows with the end.
        self._kept = 1
        self._known = 1
        self._end: Strokes | None = None
        self._phase = 0.0

    def fits(self, stage: Stage, view: RunView, style: TrailStyle) -> bool:
        """Return whether what is on the layers is the beginning of what is wanted."""
        same = self._stage is stage and self._trajectory is view.trajectory and self._style == style
        return same and len(self.rows.upto(view.step)) >= self._kept

    def advance(self, step: int) -> None:
        """Get ready to be painted up to a step."""
        rows = self.rows.upto(step)
        if len(rows) == self._known:
            return
        self._known = len(rows)
        self._end = self._strokes(rows[self._kept - 1 :]) if len(rows) > self._kept else None
        if self._end and self._end.length > _KEPT_PX and self._stage.layered:
            self._keep(self._end)
            self._kept, self._phase, self._end = len(rows), self._end.last_phase, None

    def paint_halo(self, painter: QPainter) -> None:
        """Paint what goes below the lines of all runs."""
        if self._halos is not None:
            painter.drawImage(QPointF(0.0, 0.0), self._halos)
        if self._end:
            self._end.paint_halo(painter)

    def paint_line(self, painter: QPainter) -> None:
        """Paint the line."""
        if self._lines is not None:
            painter.drawImage(QPointF(0.0, 0.0), self._lines)
        if self._end:
            self._end.paint_behind(painter)
            self._end.paint_line(painter)

    def _keep(self, strokes: Strokes) -> None:
        self._halos = self._halos or self._stage.blank()
        self._lines = self._lines or self._stage.blank()
        with _painting(self._halos) as painter:
            strokes.paint_halo(painter)
        with _painting(self._lines) as painter:
            strokes.paint_line(painter)
            # What came out from behind a hill lies above what is behind it.
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOver)
            strokes.paint_behind(painter)

    def _strokes(self, rows: Rows) -> Strokes:
        """Return the line through some rows."""
        line = self.rows.line(rows)
        pixels = self._stage.view.project(line.points)
        return Strokes(pixels, line.joined, self._behind(line.points), self._style, self._phase)

    def _behind(self, points: Array) -> Flags:
        """Return which points, with the way to them, are behind a hill."""
        stride = -(-len(points) // _MOST_LOOKS) or 1
        blocked = hidden(self._stage.terrain, points[::stride], self._stage.view.eye)
        blocked = np.repeat(blocked, stride)[: len(points)]
        blocked[1:] |= blocked[:-1]
        return blocked


@contextmanager
def _painting(layer: QImage) -> Iterator[QPainter]:
    painter = QPainter(layer)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    try:
        yield painter
    finally:
        painter.end()
