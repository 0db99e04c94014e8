"""A student's values drawn over the true run, on a map and as a curve, with a key to both."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gdsim.core.arrays import Array, Rows
from gdsim.core.exercises.check.checked import Checked
from gdsim.core.exercises.check.report import given_and_expected
from gdsim.core.formulas import numerals
from gdsim.core.formulas.numerals import number, side_by_side
from gdsim.core.model.plane import in_plane
from gdsim.core.model.view_range import ViewRange
from gdsim.gui.accessible import Graphic, read_as
from gdsim.gui.exercises.key import Key
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.layouts import filled
from gdsim.gui.map.equal_axes import NARROWEST, EqualAxes
from gdsim.gui.map.map_ground import MapGround
from gdsim.gui.paint.border_arrow import (
    ARROW_LENGTH,
    BorderGlass,
    border_of,
    outwards,
    paint_arrow,
    paint_words,
    pixel_of,
)
from gdsim.gui.paint.drawing import painting
from gdsim.gui.paint.plot import ends_around, make_plot, make_still_plot, paint_plot, plain_pen
from gdsim.gui.paint.small_chart import pen
from gdsim.gui.paint.value_axis import StepAxis
from gdsim.gui.style.text_size import Scaled
from gdsim.gui.style.theme import Look, RunStyle, Theme
from gdsim.gui.translation import tr

_RADIUS, _PEN = 9.0, 2.6
# The gap between the circle and the arrow, in pixels.
_GAP = 3.0
# More rows than this cannot be told apart in a small picture; this many on either side of the wrong row are
# always drawn.
_MOST, _AROUND = 2000, 5
_DASH = (4.0, 2.5)  # of the student's values
# How far the student's values may extend the plot beyond the true curve, as a multiple of its height.
_FARTHEST = 3.0


class FarMark(BorderGlass):
    """Mark at the border for a first wrong value outside the map: a circle, an arrow and its coordinates."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._border, self._place = np.zeros(2), np.zeros(2)

    def show_place(
        self, view_range: ViewRange, expected: Array, place: Array, names: tuple[str, str] = ("w", "b")
    ) -> None:
        """Show in which direction ``place``, outside ``view_range``, lies from the ``expected`` place.

        Both are finite and of shape (2,); ``names`` are those of the axes.
        """
        low, high = view_range.corners
        with np.errstate(over="ignore"):
            shares = (np.array([expected, place]) - low) / (high - low)
        inside = np.abs(shares - 0.5).max(axis=1) <= 0.5
        self._border, self._place = border_of(shares, inside), shares[-1]
        w, b = (number(float(value), 4) for value in place)
        words = self.tr("The first wrong value is outside the map: {2} {0}, {3} {1}")
        self.words = words.format(w, b, *names)
        self.show()
        self.update()

    def clear(self) -> None:
        self.words = ""
        self.hide()

    def circle(self) -> QPointF:
        """Return the centre of the circle, in pixels."""
        size = QSizeF(self.size())
        tip = pixel_of(self._border, size)
        inwards = tip - outwards(self._border, self._place, size) * (ARROW_LENGTH + _GAP + _RADIUS)
        share = np.array([inwards.x() / size.width(), 1.0 - inwards.y() / size.height()])
        return pixel_of(share, size, _RADIUS + _PEN)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painting(self)
        theme, size = self._look.theme, QSizeF(self.size())
        paint_words(painter, QRectF(self.rect()), self.words, theme)
        direction = outwards(self._border, self._place, size)
        paint_arrow(painter, pixel_of(self._border, size), direction, theme.fault, theme.halo)
        painter.setBrush(QColor(0, 0, 0, 0))
        for line in (plain_pen(theme.halo, _PEN + 2.5), plain_pen(theme.fault, _PEN)):
            painter.setPen(line)
            painter.drawEllipse(self.circle(), _RADIUS, _RADIUS)
        painter.end()


@read_as(Graphic)
class OverlayMap(QWidget):
    """A small contour map with the true path and the student's, and the first wrong step marked on both."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Your values over the true run"))
        self._checked: Checked | None = None
        self._box = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0.0)
        self._plot = make_plot("w", "b", self._box)
        self.setMinimumSize(240, 100)
        self._plot.setMinimumSize(*NARROWEST)
        self._ground = MapGround(self._plot)
        self._halo = pg.PlotCurveItem(antialias=True)
        self._true = pg.PlotCurveItem(antialias=True)
        self._steps = pg.ScatterPlotItem(pxMode=True, size=6, antialias=True, pen=None)
        self._given = pg.PlotCurveItem(antialias=True, connect="finite")
        self._squares = pg.ScatterPlotItem(pxMode=True, size=8, symbol="s", antialias=True)
        self.wrong = pg.ScatterPlotItem(pxMode=True, size=20, antialias=True)  # the first wrong value
        self._expected = pg.ScatterPlotItem(pxMode=True, size=16, symbol="x", antialias=True)
        self._items = (
            self._halo, self._true, self._steps, self._given, self._squares, self.wrong, self._expected
        )  # fmt: skip
        for height, item in enumerate(self._items, 10):
            self._plot.getViewBox().addItem(item, ignoreBounds=True)
            item.setZValue(height)
        self.far = FarMark(self._plot)  # the first wrong value if it is off the map
        filled(QVBoxLayout(self), self._plot)
        self._equal = EqualAxes(self, self._box)
        self._box.sigResized.connect(self._cover_map)
        self.show_checked(None)

    def sizeHint(self) -> QSize:
        return self._equal.size_hint()

    def seen(self) -> str:
        return seen_words(self._checked)

    def set_look(self, look: Look, style: RunStyle) -> None:
        theme = look.theme
        paint_plot(self._plot, look, grid=False)
        self._ground.set_look(look)
        self._halo.setPen(plain_pen(theme.halo, 4.5, 190))
        self._true.setPen(_path_pen(style.colour, 2.2, style.dash))
        self._steps.setBrush(pg.mkBrush(style.colour))
        _style_submission(self._given, self._squares, self.wrong, theme, theme.halo)
        self.far.set_look(look)
        self._expected.setPen(plain_pen(theme.halo, 1.0))
        self._expected.setBrush(pg.mkBrush(theme.fault))

    def show_checked(self, checked: Checked | None) -> None:
        """Draw other values; nothing for None."""
        self._checked = checked
        self._plot.setVisible(checked is not None)  # empty axes would show meaningless numbers
        if checked is None:
            return
        surface, submission = checked.overlay.surface, checked.judgement.submission
        self._ground.show_surface(surface)
        self._equal.set_view_range(surface.view_range)
        self._fit()
        true = in_plane(checked.overlay.record.p, surface.plane.axes)
        true = true[drawn_rows(len(true), None)]
        given = in_plane(submission.p, surface.plane.axes)
        shown = given[drawn_rows(len(given), checked.judgement.wrong)]
        for item in (self._halo, self._true, self._steps):
            item.setData(*true.T)
        self._given.setData(*shown.T)
        self._squares.setData(*shown[np.isfinite(shown).all(axis=1)].T)
        self._show_wrong(checked, given)

    def _show_wrong(self, checked: Checked, given: Array) -> None:
        """Mark the first wrong value, at the border if it is off the map, and where it should be."""
        wrong, window = checked.judgement.wrong, checked.overlay.surface.view_range
        plane = checked.overlay.surface.plane
        expected = _some(in_plane(checked.judgement.expected, plane.axes), wrong)
        place = _some(given, wrong)
        self.wrong.setData(*place.T)
        self._expected.setData(*expected.T)
        self.far.clear()
        if len(place) and not window.holds(*place[0].tolist()):
            self.far.show_place(window, expected[0] if len(expected) else place[0], place[0], plane.names)
        self.setAccessibleDescription(self.far.words)

    def _cover_map(self) -> None:
        self.far.setGeometry(self._box.sceneBoundingRect().toRect())
        self._fit()

    def _fit(self) -> None:
        drawn = self._equal.drawn()
        self._box.setRange(xRange=(drawn.w_min, drawn.w_max), yRange=(drawn.b_min, drawn.b_max), padding=0.0)


def seen_words(checked: Checked | None) -> str:
    """Say for a screen reader how far the values follow the true run."""
    if checked is None:
        return tr("No values are compared yet.")
    judgement = checked.judgement
    steps = judgement.submission.steps.tolist()
    if judgement.wrong is None:
        return tr("Your values lie on the true run up to step {0}.").format(numerals.count(steps[-1]))
    words = tr("Your values leave the true run at step {0}: {1}, where {2} should be.")
    texts = map(side_by_side, given_and_expected(judgement, judgement.wrong))
    return words.format(numerals.count(steps[judgement.wrong]), *texts)


def _style_submission(
    line: pg.PlotCurveItem, rows: pg.ScatterPlotItem, wrong: pg.ScatterPlotItem, theme: Theme, ground: str
) -> None:
    """Style the student's values; the row markers are filled with the ``ground`` colour."""
    line.setPen(_path_pen(theme.accent, 1.6, _DASH))
    rows.setPen(plain_pen(theme.accent, 1.6))
    rows.setBrush(pg.mkBrush(ground))
    wrong.setPen(plain_pen(theme.fault, 2.6))
    wrong.setBrush(pg.mkBrush(None))


def _path_pen(colour: str, width: float, dash: Sequence[float]) -> QPen:
    line = pen(colour, width, dash)
    line.setCosmetic(True)
    return line


def drawn_rows(count: int, wrong: int | None) -> Rows:
    """Return the rows to draw: all, or an even sample with the last row and those around the wrong one."""
    rows = np.arange(0, count, max(1, count // _MOST))
    if wrong is not None:
        rows = np.append(rows, np.arange(max(0, wrong - _AROUND), min(count, wrong + _AROUND)))
    return np.unique(np.append(rows, count - 1))


def _some(places: Array, row: int | None) -> Array:
    """Return the place of a row, shape (1, 2); shape (0, 2) for None or a place that is not finite."""
    chosen = places[:0] if row is None else places[row : row + 1]
    return chosen[np.isfinite(chosen).all(axis=1)]


@read_as(Graphic)
class OverlayCurve(QWidget):
    """A plot of the loss or a parameter over the steps, with a choice between them."""

    def __init__(self) -> None:
        super().__init__()
        self._checked: Checked | None = None
        self.what = ComboBox(
            self.tr("What the curve shows"), self.tr("The loss over all points, or one of the parameters.")
        )
        Scaled(self.what, QWidget.setFixedWidth, 90)
        self.what.currentIndexChanged.connect(self._redraw)
        self._plot = make_still_plot(self.tr("step"), "", axes=(StepAxis(),))
        self.setAccessibleName(self.tr("Your values over the true run, step by step"))
        self._plot.setMinimumSize(240, 120)
        self._true = pg.PlotCurveItem(antialias=True)
        self._given = pg.PlotCurveItem(antialias=True, connect="finite")
        self._squares = pg.ScatterPlotItem(pxMode=True, size=7, symbol="s", antialias=True)
        self.wrong = pg.ScatterPlotItem(pxMode=True, size=18, antialias=True)  # the first wrong value
        for item in (self._true, self._given, self._squares, self.wrong):
            self._plot.getViewBox().addItem(item, ignoreBounds=True)
        filled(QVBoxLayout(self), filled(QHBoxLayout(), self.what, None), (self._plot, 1), gap=2)
        self.set_names(("w", "b"))
        self.show_checked(None)

    def seen(self) -> str:
        return seen_words(self._checked)

    def set_names(self, names: tuple[str, ...]) -> None:
        with QSignalBlocker(self.what):
            self.what.clear()
            self.what.addItems([self.tr("Loss"), *names])

    def set_look(self, look: Look, style: RunStyle) -> None:
        theme = look.theme
        paint_plot(self._plot, look, grid=True)
        self._true.setPen(_path_pen(style.colour, 2.0, style.dash))
        _style_submission(self._given, self._squares, self.wrong, theme, theme.card)

    def show_checked(self, checked: Checked | None) -> None:
        """Draw other values; nothing for None."""
        self._checked = checked
        self._redraw()

    def _redraw(self) -> None:
        checked = self._checked
        for part in (self._plot, self.what):
            part.setVisible(checked is not None)
        if checked is None:
            return
        true, given = self._values(checked)
        submission, wrong = checked.judgement.submission, checked.judgement.wrong
        rows = drawn_rows(len(true), None)
        rows = rows[np.isfinite(true[rows])]  # with very many points, not every loss is computed
        self._true.setData(rows, true[rows])
        rows = drawn_rows(len(given), wrong)
        steps = submission.steps[rows]
        self._given.setData(steps, given[rows])
        finite = np.isfinite(given[rows])
        self._squares.setData(steps[finite], given[rows][finite])
        low, high = self._frame(true[np.isfinite(true)], given[np.isfinite(given)], int(submission.steps[-1]))
        marked = [] if wrong is None or not np.isfinite(given[wrong]) else [wrong]
        # A value beyond the plot is marked at its border with a triangle that points outwards.
        self.wrong.setData(
            submission.steps[marked],
            np.clip(given[marked], low, high),
            symbol=[_symbol(float(given[row]), low, high) for row in marked],
        )

    def _values(self, checked: Checked) -> tuple[Array, Array]:
        index = self.what.currentIndex() - 1
        if index < 0:
            return checked.overlay.record.loss, checked.overlay.loss
        return checked.overlay.record.p[:, index], checked.judgement.submission.p[:, index]

    def _frame(self, true: Array, given: Array, last: int) -> tuple[float, float]:
        """Set the range of the plot, and return the lowest and highest values it shows."""
        shown = next((one for one in (true, given) if len(one)), np.zeros(1))
        low, high = float(shown.min()), float(shown.max())
        reach = _FARTHEST * (high - low) or max(1e-6, abs(high))
        if len(given):
            low, high = (
                min(low, max(float(given.min()), low - reach)),
                max(high, min(float(given.max()), high + reach)),
            )
        box = self._plot.getViewBox()
        box.setYRange(*ends_around(low, high), padding=0.2)
        box.setXRange(0, max(1, last), padding=0.04)
        return low, high


def _symbol(value: float, low: float, high: float) -> str:
    """Return the symbol of a circle, or of a triangle if the value is above or below the plot."""
    return "t1" if value > high else "t" if value < low else "o"


class OverlayKey(Key):
    def set_look(self, look: Look, style: RunStyle) -> None:
        theme = look.theme
        samples = (
            (self.tr("the true run"), partial(_paint_true, style=style)),
            (self.tr("your values"), partial(_paint_given, theme=theme)),
            (self.tr("first wrong"), partial(_paint_wrong, theme=theme)),
            (self.tr("should be here"), partial(_paint_expected, theme=theme)),
        )
        self.show_entries(samples)


def _paint_line(painter: QPainter, place: QRectF, line: QPen) -> None:
    painter.setPen(line)
    middle = place.center().y()
    painter.drawLine(QPointF(place.left(), middle), QPointF(place.right(), middle))


def _paint_true(painter: QPainter, place: QRectF, style: RunStyle) -> None:
    _paint_line(painter, place, pen(style.colour, 2.2, style.dash))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(style.colour))
    painter.drawEllipse(place.center(), 3.0, 3.0)


def _paint_given(painter: QPainter, place: QRectF, theme: Theme) -> None:
    _paint_line(painter, place, pen(theme.accent, 1.6, _DASH))
    painter.setPen(pen(theme.accent, 1.6))
    painter.setBrush(QColor(theme.halo))
    square = QRectF(0.0, 0.0, 7.0, 7.0)
    square.moveCenter(place.center())
    painter.drawRect(square)


def _paint_wrong(painter: QPainter, place: QRectF, theme: Theme) -> None:
    painter.setPen(pen(theme.fault, 2.2))
    painter.drawEllipse(place.center(), 7.0, 7.0)


def _paint_expected(painter: QPainter, place: QRectF, theme: Theme) -> None:
    painter.setPen(pen(theme.fault, 3.0))
    for side in (1.0, -1.0):
        arm = QPointF(4.5, 4.5 * side)
        painter.drawLine(place.center() - arm, place.center() + arm)
