"""The loss or one parameter over the steps: own values over the true run."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gdsim.core.arrays import Array
from gdsim.core.exercises.check.checking import Checked
from gdsim.gui.exercises.check.overlay_map import SUBMISSION_DASH, drawn_rows, way_pen
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.paint.plot import make_plot, paint_plot, plain_pen
from gdsim.gui.style.theme import Look, RunStyle, Theme

# How far beyond the true curve own values may draw the plot out, as a multiple of its height.
_FARTHEST = 3.0


class OverlayCurve(QWidget):
    """A plot with a choice of what is drawn.

    Attributes
    ----------
    what : ComboBox
    wrong : ScatterPlotItem
        The first wrong value.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._checked: Checked | None = None
        self.what = ComboBox(self.tr("What the curve shows"))
        self.what.setFixedWidth(90)
        self.what.set_help(self.tr("The loss over all points, or one of the parameters."))
        self.what.currentIndexChanged.connect(self._redraw)
        self._plot = make_plot(self.tr("step"), "")
        self._plot.setAccessibleName(self.tr("Your values over the true run, step by step"))
        self._plot.setMinimumSize(240, 120)
        self._true = pg.PlotCurveItem(antialias=True)
        self._given = pg.PlotCurveItem(antialias=True, connect="finite")
        self._squares = pg.ScatterPlotItem(pxMode=True, size=7, symbol="s", antialias=True)
        self.wrong = pg.ScatterPlotItem(pxMode=True, size=18, antialias=True)
        for item in (self._true, self._given, self._squares, self.wrong):
            self._plot.getViewBox().addItem(item, ignoreBounds=True)
        above = QHBoxLayout()
        above.addWidget(self.what)
        above.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(above)
        layout.addWidget(self._plot, 1)
        self.set_names(("w", "b"))
        self.show_checked(None)

    def set_names(self, names: tuple[str, ...]) -> None:
        """Offer the loss, and parameters of these names."""
        with QSignalBlocker(self.what):
            self.what.clear()
            self.what.addItems([self.tr("loss"), *names])

    def set_look(self, theme: Theme, style: RunStyle) -> None:
        """Draw in the colours of a theme, and the true run in its style."""
        paint_plot(self._plot, Look(theme), grid=True)
        self._true.setPen(way_pen(style, 2.0))
        self._given.setPen(way_pen(RunStyle(theme.accent, SUBMISSION_DASH, "s"), 1.6))
        self._squares.setPen(plain_pen(theme.accent, 1.6))
        self._squares.setBrush(pg.mkBrush(theme.card))
        self.wrong.setPen(plain_pen(theme.fault, 2.6))
        self.wrong.setBrush(pg.mkBrush(None))

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
        submission, wrong = checked.verdict.submission, checked.verdict.wrong
        rows = drawn_rows(len(true), None)
        rows = rows[np.isfinite(true[rows])]  # over very many points not every loss is known
        self._true.setData(rows, true[rows])
        rows = drawn_rows(len(given), wrong)
        steps = submission.steps[rows]
        self._given.setData(steps, given[rows])
        finite = np.isfinite(given[rows])
        self._squares.setData(steps[finite], given[rows][finite])
        low, high = self._frame(true[np.isfinite(true)], given[np.isfinite(given)], int(submission.steps[-1]))
        marked = [] if wrong is None or not np.isfinite(given[wrong]) else [wrong]
        # What lies beyond the plot is marked at its border, by a triangle that points there.
        self.wrong.setData(
            submission.steps[marked],
            np.clip(given[marked], low, high),
            symbol=[_symbol(float(given[row]), low, high) for row in marked],
        )

    def _values(self, checked: Checked) -> tuple[Array, Array]:
        index = self.what.currentIndex() - 1
        if index < 0:
            return checked.overlay.record.loss, checked.overlay.loss
        return checked.overlay.record.p[:, index], checked.verdict.submission.p[:, index]

    def _frame(self, true: Array, given: Array, last: int) -> tuple[float, float]:
        """Choose what the plot shows, and return the values at its bottom and top."""
        low, high = float(true.min()), float(true.max())
        reach = _FARTHEST * (high - low) or max(1e-6, abs(high))
        if len(given):
            low, high = (
                min(low, max(float(given.min()), low - reach)),
                max(high, min(float(given.max()), high + reach)),
            )
        box = self._plot.getViewBox()
        box.setYRange(low, high, padding=0.2)
        box.setXRange(0, max(1, last), padding=0.04)
        return low, high


def _symbol(value: float, low: float, high: float) -> str:
    """Return the mark of a value on a plot: a circle, or a triangle when it is above or below."""
    return "t1" if value > high else "t" if value < low else "o"
