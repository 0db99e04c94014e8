"""Own values on the error surface, over the true run."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gdsim.core.arrays import Array, Rows
from gdsim.core.exercises.check.checking import Checked
from gdsim.gui.exercises.check.offscreen_mark import FarMark
from gdsim.gui.map.map_ground import MapGround
from gdsim.gui.paint.plot import make_plot, paint_plot, plain_pen
from gdsim.gui.style.theme import Look, RunStyle, Theme

# More rows than these cannot be told apart on a small picture.
_MOST = 2000
_AROUND = 5
SUBMISSION_DASH = (4.0, 2.5)


class OverlayMap(QWidget):
    """A small contour map with two ways on it, and the place of the first wrong step on both.

    Attributes
    ----------
    wrong : ScatterPlotItem
        The first wrong value.
    far : FarMark
        The same when it is off the map.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Your values over the true run"))
        self._box = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0.0)
        self._plot = make_plot("w", "b", self._box)
        self._plot.setMinimumSize(240, 160)
        self._ground = MapGround(self._plot)
        self._halo = pg.PlotCurveItem(antialias=True)
        self._true = pg.PlotCurveItem(antialias=True)
        self._steps = pg.ScatterPlotItem(pxMode=True, size=6, antialias=True, pen=None)
        self._given = pg.PlotCurveItem(antialias=True, connect="finite")
        self._squares = pg.ScatterPlotItem(pxMode=True, size=8, symbol="s", antialias=True)
        self.wrong = pg.ScatterPlotItem(pxMode=True, size=20, antialias=True)
        self._expected = pg.ScatterPlotItem(pxMode=True, size=16, symbol="x", antialias=True)
        self._items = (
            self._halo, self._true, self._steps, self._given, self._squares, self.wrong, self._expected
        )  # fmt: skip
        for height, item in enumerate(self._items, 10):
            self._plot.getViewBox().addItem(item, ignoreBounds=True)
            item.setZValue(height)
        self.far = FarMark(self._plot)
        self._box.sigResized.connect(self._cover_map)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)
        self.show_checked(None)

    def set_look(self, theme: Theme, style: RunStyle) -> None:
        """Draw in the colours of a theme, and the true run in its style."""
        paint_plot(self._plot, Look(theme), grid=False)
        self._ground.set_look(Look(theme))
        self._halo.setPen(plain_pen(theme.halo, 4.5, 190))
        self._true.setPen(way_pen(style, 2.2))
        self._steps.setBrush(pg.mkBrush(style.colour))
        self._given.setPen(way_pen(RunStyle(theme.accent, SUBMISSION_DASH, "s"), 1.6))
        self._squares.setPen(plain_pen(theme.accent, 1.6))
        self._squares.setBrush(pg.mkBrush(theme.halo))
        self.far.set_theme(theme)
        self.wrong.setPen(plain_pen(theme.fault, 2.6))
        self.wrong.setBrush(pg.mkBrush(None))
        self._expected.setPen(plain_pen(theme.halo, 1.0))
        self._expected.setBrush(pg.mkBrush(theme.fault))

    def show_checked(self, checked: Checked | None) -> None:
        """Draw other values; nothing for None."""
        self._plot.setVisible(checked is not None)  # axes of nothing would be numbers of nothing
        if checked is None:
            return
        surface, submission = checked.overlay.surface, checked.verdict.submission
        self._ground.show_surface(surface)
        window = surface.view_range
        self._box.setRange(
            xRange=(window.w_min, window.w_max), yRange=(window.b_min, window.b_max), padding=0.0
        )
        true = _places(checked.overlay.record.p)
        true = true[drawn_rows(len(true), None)]
        given = _places(submission.p)
        shown = given[drawn_rows(len(given), checked.verdict.wrong)]
        for item in (self._halo, self._true, self._steps):
            item.setData(*true.T)
        self._given.setData(*shown.T)
        self._squares.setData(*shown[np.isfinite(shown).all(axis=1)].T)
        self._show_wrong(checked, given)

    def _show_wrong(self, checked: Checked, given: Array) -> None:
        """Mark the first wrong value and where it should be; at the border when it is beyond."""
        wrong, window = checked.verdict.wrong, checked.overlay.surface.view_range
        place, expected = (_some(ps, wrong) for ps in (given, _places(checked.verdict.expected)))
        self.wrong.setData(*place.T)
        self._expected.setData(*expected.T)
        self.far.clear()
        if len(place) and not window.holds(*place[0].tolist()):
            self.far.show_place(window, expected[0] if len(expected) else place[0], place[0])
        self.setAccessibleDescription(self.far.words)

    def _cover_map(self) -> None:
        self.far.setGeometry(self._box.sceneBoundingRect().toRect())


def way_pen(style: RunStyle, width: float) -> QPen:
    """Return the pen of a way in the style of a run."""
    pen = plain_pen(style.colour, width)
    if style.dash:
        pen.setDashPattern(style.dash)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def drawn_rows(count: int, wrong: int | None) -> Rows:
    """Return which of some rows to draw: all, or a fair sample with all of those around the wrong one."""
    rows = np.arange(0, count, max(1, count // _MOST))
    if wrong is not None:
        rows = np.append(rows, np.arange(max(0, wrong - _AROUND), min(count, wrong + _AROUND)))
    return np.unique(np.append(rows, count - 1))


def _places(p: Array) -> Array:
    """Return first weight and bias."""
    places: Array = p[:, [0, -1]]
    return places


def _some(places: Array, row: int | None) -> Array:
    """Return the place of a row: shape (1, 2); (0, 2) for None, or for what is no number."""
    chosen = places[:0] if row is None else places[row : row + 1]
    finite: Array = chosen[np.isfinite(chosen).all(axis=1)]
    return finite
