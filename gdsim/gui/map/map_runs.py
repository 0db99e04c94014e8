"""The runs on the contour map."""

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from gdsim.gui.map.map_path import MapPath, MapRows, MapStage
from gdsim.gui.paint.strokes import TrailStyle
from gdsim.gui.style.theme import Look
from gdsim.session.frame import Frame

_WIDTH = 2.2
# The colours below shine through the halos a little.
_HALO_OPACITY = 0.75


class MapRuns(pg.GraphicsObject):
    """All runs in one item, painted in pixels: they move together, in every frame."""

    def __init__(self) -> None:
        super().__init__()
        self._look: Look | None = None
        self._frame: Frame | None = None
        self._paths: dict[int, MapPath] = {}

    def set_look(self, look: Look) -> None:
        """Draw in the colours of a theme, and every run in its style."""
        self._look = look
        self.update()

    def show_frame(self, frame: Frame) -> None:
        """Draw the runs as they stand at the cursor."""
        self._frame = frame
        self.update()

    def viewTransformChanged(self) -> None:
        """Follow the scale of the map."""
        self.prepareGeometryChange()
        super().viewTransformChanged()  # or it would go on taking the map for what it was

    def boundingRect(self) -> QRectF:
        """Return all that is seen of the map."""
        return self.viewRect() or QRectF()

    def paint(self, painter: QPainter, *args: object) -> None:
        """Paint the runs, the selected one above the others."""
        frame, look = self._frame, self._look
        if frame is None or look is None:
            return
        stage = MapStage.of(painter)
        shown = [index for index, _ in frame.shown if index < len(look.styles)]
        self._paths = {index: self._path(index, stage, frame, look) for index in shown}
        for index, path in self._paths.items():
            path.advance(frame.views[index])
        others = [path for index, path in self._paths.items() if index != frame.selected]
        chosen = [path for index, path in self._paths.items() if index == frame.selected]
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for paths, selected in ((others, False), (chosen, True)):
            painter.setOpacity(_HALO_OPACITY)
            for path in paths:
                path.paint_halo(painter)
            painter.setOpacity(1.0)
            for path in paths:
                path.paint_line(painter)
            for path in paths:
                path.paint_head(painter, selected=selected)
        painter.restore()

    def _path(self, index: int, stage: MapStage, frame: Frame, look: Look) -> MapPath:
        view, old = frame.views[index], self._paths.get(index)
        style = TrailStyle(look.styles[index], look.theme.halo, _WIDTH * look.larger, look.larger)
        if old and old.fits(stage, view, style):
            return old
        known = old is not None and old.rows.fit(stage.scale, view.trajectory)
        rows = old.rows if old and known else MapRows(stage.scale, view.trajectory)
        return MapPath(stage, view, style, rows)
