"""The ways of the runs over the surface, painted so that a step costs what a step adds."""

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QImage

from gdsim.core.arrays import Array, Flags, Rows
from gdsim.gui.paint.line_layers import LineLayers
from gdsim.gui.paint.strokes import Strokes, TrailStyle
from gdsim.gui.surface.paths import PathRows
from gdsim.gui.surface.scene import View
from gdsim.gui.surface.terrain import Terrain, hidden
from gdsim.session.frame import RunView

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


class Trail(LineLayers):
    """One run's line over the surface."""

    def __init__(self, stage: Stage, view: RunView, style: TrailStyle, rows: PathRows) -> None:
        super().__init__(stage.blank, layered=stage.layered)
        self.rows = rows
        self._trajectory = view.trajectory
        self._stage = stage
        self._style = style

    def fits(self, stage: Stage, view: RunView, style: TrailStyle) -> bool:
        """Return whether what is on the layers is the beginning of what is wanted."""
        same = self._stage is stage and self._trajectory is view.trajectory and self._style == style
        return same and self.begins(self.rows.upto(view.step))

    def advance(self, step: int) -> None:
        """Get ready to be painted up to a step."""
        self.grow(self.rows.upto(step))

    def _strokes(self, rows: Rows, phase: float) -> Strokes:
        """Return the line through some rows."""
        line = self.rows.line(rows)
        pixels = self._stage.view.project(line.points)
        return Strokes(pixels, line.joined, self._behind(line.points), self._style, phase)

    def _behind(self, points: Array) -> Flags:
        """Return which points, with the way to them, are behind a hill."""
        stride = -(-len(points) // _MOST_LOOKS) or 1
        blocked = hidden(self._stage.terrain, points[::stride], self._stage.view.eye)
        blocked = np.repeat(blocked, stride)[: len(points)]
        blocked[1:] |= blocked[:-1]
        return blocked
