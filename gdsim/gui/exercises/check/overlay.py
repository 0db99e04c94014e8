"""A student's values drawn over the true run, on a map and as a curve, with a key to both."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gdsim.core.arrays import Array, Rows
from gdsim.core.engine.trajectory import RecordColumns
from gdsim.core.exercises.check.checked import CheckedSheet
from gdsim.core.exercises.check.report import given_and_expected
from gdsim.core.formulas import numerals
from gdsim.core.formulas.numerals import joined_numbers
from gdsim.core.model.run import Run
from gdsim.gui.accessible import Graphic, read_as
from gdsim.gui.exercises.marked_map import MarkedMap
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.layouts import fill_layout
from gdsim.gui.paint.plot import ends_around, make_still_plot, paint_plot, plain_pen
from gdsim.gui.paint.small_chart import dashed_pen
from gdsim.gui.paint.value_axis import StepAxis
from gdsim.gui.style.text_size import FontScaler
from gdsim.gui.style.theme import Look, RunStyle, Theme
from gdsim.gui.translation import tr
from gdsim.session.frame import RunView

# More rows than this cannot be told apart in a small picture; this many on either side of the wrong row are
# always drawn.
_MOST, _AROUND = 2000, 5
_DASH = (4.0, 2.5)  # of the student's values
# How far the student's values may extend the plot beyond the true curve, as a multiple of its height.
_FARTHEST = 3.0


class OverlayMap(MarkedMap):
    """A contour map with the true path, the student's, and the first wrong value.

    A line leads to that value from where it should be.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Your values over the true run"))
        self._bar.hide()  # the map has little room
        self.set_exit_words(on=False)  # the verdict tells where a value outside the map is
        self._checked: CheckedSheet | None = None

    def picture_in_words(self) -> str:
        return seen_words(self._checked)

    def show_checked(self, checked: CheckedSheet | None) -> None:
        """Draw other values; nothing for None."""
        self._checked = checked
        if checked is None:
            return
        views = _views(checked)
        self.show_surface(checked.surface)
        self.show_runs(views, len(views) - 1)


def overlay_styles(run: RunStyle, theme: Theme) -> tuple[RunStyle, RunStyle, RunStyle]:
    """Return the styles of the true run, of the student's values, and of the way to the first wrong one."""
    return run, RunStyle(theme.accent, _DASH, "s"), RunStyle(theme.fault, (), "o")


def _views(checked: CheckedSheet) -> tuple[RunView, ...]:
    """Return what `overlay_styles` lists as runs, the last ones only if they have a finite value."""
    judgement, true = checked.judgement, checked.record
    axes, given = checked.surface.plane.axes, judgement.submission.p
    paths = [true.p, given[np.isfinite(given).all(axis=1)]]
    wrong = judgement.wrong
    if wrong is not None and np.isfinite(given[wrong]).all():
        error = np.array([judgement.expected[wrong], given[wrong]])
        paths.append(error[np.isfinite(error).all(axis=1)])
    names = tr("the true run"), tr("your values"), tr("the first error")
    records = (RecordColumns.of_path(path, np.full(len(path), np.nan)) for path in paths if len(path))
    return tuple(
        RunView.at_end(Run(name=name), record, axes) for name, record in zip(names, records, strict=False)
    )


def seen_words(checked: CheckedSheet | None) -> str:
    """Say for a screen reader how far the values follow the true run."""
    if checked is None:
        return tr("No values are compared yet.")
    judgement = checked.judgement
    steps = judgement.submission.steps.tolist()
    if judgement.wrong is None:
        return tr("Your values lie on the true run up to step {0}.").format(numerals.integer_text(steps[-1]))
    words = tr("Your values leave the true run at step {0}: {1}, where {2} should be.")
    texts = map(joined_numbers, given_and_expected(judgement, judgement.wrong))
    return words.format(numerals.integer_text(steps[judgement.wrong]), *texts)


def drawn_rows(count: int, wrong: int | None) -> Rows:
    """Return the rows to draw: all, or an even sample with the last row and those around the wrong one."""
    rows = np.arange(0, count, max(1, count // _MOST))
    if wrong is not None:
        rows = np.append(rows, np.arange(max(0, wrong - _AROUND), min(count, wrong + _AROUND)))
    return np.unique(np.append(rows, count - 1))


@read_as(Graphic)
class OverlayCurve(QWidget):
    """A plot of the loss or a parameter over the steps, with a choice between them."""

    def __init__(self) -> None:
        super().__init__()
        self._checked: CheckedSheet | None = None
        self.what = ComboBox(
            self.tr("What the curve shows"), self.tr("The loss over all points, or one of the parameters.")
        )
        FontScaler(self.what, QWidget.setFixedWidth, 90)
        self.what.currentIndexChanged.connect(self._redraw)
        self._plot = make_still_plot(self.tr("step"), "", axes=(StepAxis(),))
        self.setAccessibleName(self.tr("Your values over the true run, step by step"))
        self._plot.setMinimumSize(240, 120)
        self._true = pg.PlotCurveItem(antialias=True)
        self._given = pg.PlotCurveItem(antialias=True, connect="finite")
        self._squares = pg.ScatterPlotItem(pxMode=True, size=7, symbol="s", antialias=True)
        # The first wrong value
        self.wrong = pg.ScatterPlotItem(pxMode=True, size=18, antialias=True, brush=pg.mkBrush(None))
        for item in (self._true, self._given, self._squares, self.wrong):
            self._plot.getViewBox().addItem(item, ignoreBounds=True)
        fill_layout(QVBoxLayout(self), fill_layout(QHBoxLayout(), self.what, None), (self._plot, 1), gap=2)
        self.set_names(("w", "b"))
        self.show_checked(None)

    def picture_in_words(self) -> str:
        return seen_words(self._checked)

    def set_names(self, names: tuple[str, ...]) -> None:
        with QSignalBlocker(self.what):
            self.what.clear()
            self.what.addItems([self.tr("Loss"), *names])

    def set_look(self, look: Look) -> None:
        """Set the look, with the `overlay_styles`."""
        paint_plot(self._plot, look, grid=True)
        true, given, wrong = look.styles
        for curve, style, width in ((self._true, true, 2.0), (self._given, given, 1.6)):
            line = dashed_pen(style.colour, width, style.dash)
            line.setCosmetic(True)
            curve.setPen(line)
        self._squares.setPen(plain_pen(given.colour, 1.6))
        self._squares.setBrush(pg.mkBrush(look.theme.card))
        self.wrong.setPen(plain_pen(wrong.colour, 2.6))

    def show_checked(self, checked: CheckedSheet | None) -> None:
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

    def _values(self, checked: CheckedSheet) -> tuple[Array, Array]:
        index = self.what.currentIndex() - 1
        if index < 0:
            return checked.record.loss, checked.loss
        return checked.record.p[:, index], checked.judgement.submission.p[:, index]

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
