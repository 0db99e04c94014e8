"""A run's line on pictures of its own, painted so that a step costs what a step adds."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from gdsim.core.arrays import Rows
from gdsim.gui.paint.strokes import Strokes

# The end of a line is painted anew in every frame until it is so long, since many short pieces laid
# end to end look frayed.
_KEPT_PX = 24.0


class LineLayers(ABC):
    """One run's line: what is painted stays, and new steps are added.

    The halo has its own layer, since all halos are below all lines: where runs go the same way, each
    shows through the gaps in the dashes of the one above.

    Parameters
    ----------
    blank : callable
        Returns a transparent picture as large as the pane.
    layered : bool
        Whether there are such pictures; else all of the line is painted each time, as lines.
    """

    def __init__(self, blank: Callable[[], QImage], *, layered: bool = True) -> None:
        self._blank = blank
        self._layered = layered
        # Made when there is something to keep.
        self._halos: QImage | None = None
        self._lines: QImage | None = None
        # Where there is something on them.
        self._area = QRectF()
        # Rows on the layers, of which the first is the start and no line yet, and rows with the end.
        self._kept = 1
        self._known = 1
        self._end: Strokes | None = None
        self._phase = 0.0

    @abstractmethod
    def _strokes(self, rows: Rows, phase: float) -> Strokes:
        """Return the line through some rows, of whose dashes ``phase`` pixels are over."""

    def begins(self, rows: Rows) -> bool:
        """Return whether what is on the layers is the beginning of the line through some rows."""
        return len(rows) >= self._kept

    def grow(self, rows: Rows) -> None:
        """Get ready to be painted through some rows, which begin with those on the layers."""
        if len(rows) == self._known:
            return
        self._known = len(rows)
        self._end = self._strokes(rows[self._kept - 1 :], self._phase) if len(rows) > self._kept else None
        if self._layered and self._end and self._end.length > _KEPT_PX:
            self._keep(self._end)
            self._kept, self._phase, self._end = len(rows), self._end.last_phase, None

    def paint_halo(self, painter: QPainter) -> None:
        """Paint what goes below the lines of all runs."""
        if self._halos is not None:
            self._paint_layer(painter, self._halos)
        if self._end:
            self._end.paint_halo(painter)

    def paint_line(self, painter: QPainter) -> None:
        """Paint the line."""
        if self._lines is not None:
            self._paint_layer(painter, self._lines)
        if self._end:
            self._end.paint_behind(painter)
            self._end.paint_line(painter)

    def _paint_layer(self, painter: QPainter, layer: QImage) -> None:
        ratio, area = layer.devicePixelRatio(), self._area
        if ratio == int(ratio):
            part = QRectF(area.x() * ratio, area.y() * ratio, area.width() * ratio, area.height() * ratio)
            painter.drawImage(area, layer, part)
        else:  # parts would begin between two pixels
            painter.drawImage(QPointF(0.0, 0.0), layer)

    def _keep(self, strokes: Strokes) -> None:
        self._halos = self._halos or self._blank()
        self._lines = self._lines or self._blank()
        whole = QRectF(QPointF(0.0, 0.0), self._lines.deviceIndependentSize())
        self._area |= QRectF(strokes.area.toAlignedRect()) & whole
        with painting(self._halos) as painter:
            strokes.paint_halo(painter)
        with painting(self._lines) as painter:
            strokes.paint_line(painter)
            # What came out from behind a hill lies above what is behind it.
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOver)
            strokes.paint_behind(painter)


@contextmanager
def painting(layer: QImage) -> Iterator[QPainter]:
    """Paint on a layer, smoothly."""
    painter = QPainter(layer)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    try:
        yield painter
    finally:
        painter.end()
