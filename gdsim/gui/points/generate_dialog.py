"""The dialog that generates points: a generator, its settings, and a picture of the points."""

from functools import partial

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from gdsim.core.formulas import numerals
from gdsim.core.formulas.numerals import number
from gdsim.core.language.texts import translated
from gdsim.core.model.generators import DRAW, GENERATORS, Generator
from gdsim.core.model.neuron import written_inputs
from gdsim.core.model.points import PointSet
from gdsim.gui.accessible import Graphic, read_as
from gdsim.gui.forms.dialog import ScreenDialog, heading, side_column
from gdsim.gui.forms.form import KindForm, SettingsForm
from gdsim.gui.forms.layouts import DIALOG_MARGINS, fill_layout
from gdsim.gui.paint.plot import ends_around, make_plot, name_axis, paint_plot, plain_pen
from gdsim.gui.plain_text import hint_label, text_label
from gdsim.gui.points.placing import PlacingChoice
from gdsim.gui.points.words import counted_points
from gdsim.gui.style.shown_theme import ThemeFollower, shown_theme
from gdsim.gui.style.text_size import look_for, resize_window
from gdsim.gui.translation import tr
from gdsim.session.tasks import TaskQueue

# Of more points than this, only every k-th is drawn.
_MOST_DRAWN = 2000
# More points than this are drawn smaller.
_MOST_LARGE = 200


class GenerateDialog(ScreenDialog):
    """Plots the points after every change of the settings. ``dimension`` is that of the document's points."""

    # PointSet, PointSet, bool: training points, no validation points, and whether they replace the old points
    points_chosen = Signal(object, object, bool)

    def __init__(self, dimension: int, tasks: TaskQueue, parent: QWidget | None = None) -> None:
        super().__init__(parent, tr("Generate points"), once=True)
        self._tasks = tasks
        self._points: PointSet | None = None
        self.kind = KindForm(self.tr("kind"), self.tr("What the points are like."), GENERATORS)
        self.kind.set_value(next(iter(GENERATORS.values()))())
        self.draw_form = SettingsForm(DRAW)
        self.placing = PlacingChoice(dimension)
        self.plot = PointPlot()
        self._about, self._hint, self._fault = text_label(), hint_label(), text_label(name="fault")
        self._arrange()
        for form in (self.kind, self.draw_form):
            form.value_changed.connect(self._generate)
        # Closing makes a field commit its text, which starts new work; `finished` comes after that.
        self.finished.connect(tasks.cancel)
        resize_window(self, 820, 540)
        self._generate()

    def _arrange(self) -> None:
        self._fault.hide()
        side = side_column(
            heading(self.tr("Kind of points")),
            self.kind,
            heading(self.tr("How many")),
            self.draw_form,
            heading(self.tr("New points")),
            self.placing,
        )
        right = fill_layout(QVBoxLayout(), self._about, (self.plot, 1), self._hint, gap=6)
        middle = fill_layout(QHBoxLayout(), side, (right, 1), gap=16)
        fill_layout(QVBoxLayout(self.content), (middle, 1), gap=10, margins=DIALOG_MARGINS)
        self._use = self.end_with(self.tr("Use the points"), self._on_use, self._fault)

    def _generate(self) -> None:
        """Start to generate points with the current settings, and disable the button until they are ready."""
        generator, draw = self.kind.value(), self.draw_form.value()
        if not isinstance(generator, Generator):
            return
        self._points = None
        self._use.setEnabled(False)
        self._about.setText(
            f"{translated(generator.definition.summary)}\n\n{translated(generator.definition.details)}"
        )
        self._tasks.replace(partial(generator.points, draw), self._on_made, self._on_failed)

    def _on_made(self, points: PointSet) -> None:
        self._points = points
        self.plot.show_points(points)
        self.placing.fit(points.dimension)
        words = counted_points(len(points))
        if self.plot.shown < len(points):
            words = self.tr("{points}, of which {n} are drawn").format(
                points=words, n=numerals.integer_text(self.plot.shown)
            )
        self._hint.setText(words)
        self._fault.hide()
        self._use.setEnabled(True)

    def _on_failed(self, fault: Exception) -> None:
        self._fault.setText(str(fault) or self.tr("There is not enough memory for this many points."))
        self._fault.show()

    def _on_use(self) -> None:
        points = self._points
        if points is not None:
            self.points_chosen.emit(points, PointSet.empty(points.dimension), self.placing.replaces)
            self.accept()


@read_as(Graphic)
class PointPlot(QFrame):
    """A small plot of y over the first input."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("The points"))
        self._points: PointSet | None = None
        self._plot = make_plot("x", "y")
        self._plot.setMinimumSize(260, 200)
        self._dots = pg.ScatterPlotItem(pxMode=True, antialias=True)
        self._plot.getViewBox().addItem(self._dots)
        self.setObjectName("card")
        fill_layout(QVBoxLayout(self), self._plot, margins=(8, 8, 8, 8))
        ThemeFollower(self, self._recolour)

    @property
    def shown(self) -> int:
        return len(self._dots.data)

    def picture_in_words(self) -> str:
        points = self._points
        if points is None:
            return self.tr("There are no points yet.")
        words = self.tr("{points}: x from {left} to {right}, y from {low} to {high}.")
        (left, right), (low, high) = (
            (number(float(end), 3) for end in (one.min(), one.max())) for one in (points.x[:, 0], points.y)
        )
        return words.format(points=counted_points(len(points)), left=left, right=right, low=low, high=high)

    def show_points(self, points: PointSet) -> None:
        self._points = points
        rows = np.arange(0, len(points), max(1, -(-len(points) // _MOST_DRAWN)))
        self._dots.setData(points.x[rows, 0], points.y[rows], size=9 if len(rows) <= _MOST_LARGE else 5)
        self._recolour()
        name_axis(self._plot, "bottom", written_inputs(points.dimension)[0])
        box = self._plot.getViewBox()
        box.setYRange(min(-0.05, float(points.y.min())), max(1.05, float(points.y.max())), padding=0.02)
        box.setXRange(*ends_around(float(points.x[:, 0].min()), float(points.x[:, 0].max())), padding=0.06)

    def _recolour(self) -> None:
        theme = shown_theme()
        paint_plot(self._plot, look_for(self), grid=True)
        self._dots.setPen(plain_pen(theme.text, 1.6 if self.shown <= _MOST_LARGE else 1.0))
        self._dots.setBrush(pg.mkBrush(theme.card))
