"""Panes that are drawn into pictures and never shown on the screen."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import cast

import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QBoxLayout, QGraphicsItem, QHBoxLayout, QVBoxLayout, QWidget

from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import FunctionObjective, NeuronObjective
from gdsim.core.model.objective_words import neuron_formula
from gdsim.core.surface.map_view import MapView
from gdsim.core.surface.plane_loss import loss_on_plane
from gdsim.core.surface.sampling import sample_terms, sampled_for
from gdsim.core.surface.surface import MOST_TERMS, LossSurface
from gdsim.gui.arrows.choice import ArrowChoice
from gdsim.gui.arrows.key import ArrowKey
from gdsim.gui.curves.curve_pane import CurvePane
from gdsim.gui.curves.curve_words import pane_name
from gdsim.gui.export.picture_spec import PicturePart, PictureSpec
from gdsim.gui.map.contour_pane import ContourPane
from gdsim.gui.map.view_range_editor import MapChoice
from gdsim.gui.neuron.fit_pane import FitPane
from gdsim.gui.paint.still_plot import StillPlot
from gdsim.gui.panes import MapPane, StyledPane
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.runs.run_legend import RunLegend
from gdsim.gui.style.stylesheet import palette, stylesheet
from gdsim.gui.style.theme import THEMES, Look, run_styles
from gdsim.gui.surface.canvas import SurfaceCanvas
from gdsim.gui.surface.surface_view import SurfaceView
from gdsim.session.frame import Frame

_MARGIN, _GAP = 12, 10
# Of a pixel in both pictures of a run; what the pictures of all runs may take together.
_LAYER_BYTES, _MOST_LAYER_BYTES = 8, 200_000_000
_WITH_ARROWS = (PicturePart.MAPS, PicturePart.SURFACE, PicturePart.CONTOURS)


@dataclass(frozen=True)
class Subject:
    """What the panes of a picture show, except for the frame.

    The picture looks at the surface as ``view`` does, and shows the kind of curves that ``curves`` shows.
    """

    experiment: Experiment
    surface: LossSurface
    arrows: ArrowChoice
    view: SurfaceView
    curves: CurvePane
    map_choice: MapChoice = field(default_factory=MapChoice)


class OffscreenPanes(QWidget):
    """The panes of a spec, with a legend below.

    ``pixel_ratio`` is how many pixels of the picture there are along one of the panes, for the pens of plots.
    """

    def __init__(self, subject: Subject, spec: PictureSpec, pixel_ratio: float = 1.0) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, on=False)
        theme = THEMES[spec.theme]
        self.background = QColor(theme.card)
        self.setPalette(palette(theme))
        self.setStyleSheet(stylesheet(theme))
        self.spec = spec
        self._pixel_ratio = pixel_ratio
        self.setWindowTitle(subject.experiment.title)
        self._subject, self._surface = subject, subject.surface
        self._panes: list[StyledPane] = []
        rows = QVBoxLayout(self)
        rows.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        rows.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        rows.setSpacing(_GAP)
        rows.addLayout(self._arranged(subject, spec.part), 1)
        if spec.legend and spec.runs:
            legend = RunLegend()
            self._panes.append(legend)
            rows.addWidget(legend)
        if spec.legend and spec.runs and spec.part in _WITH_ARROWS:
            key = ArrowKey()
            self._panes.append(key)
            rows.addWidget(key)
        self.resize(*spec.room)
        self._tell(subject, Look(theme, run_styles(subject.experiment.runs, theme), pixel_ratio))
        # The size is the spec's, whatever panes ask for on a screen: they would stick out of their places.
        for part in self.findChildren(QWidget):
            part.setMinimumSize(0, 0)

    def event(self, event: QEvent) -> bool:
        """Paint into pictures alone: for a screen too, each would be painted twice, in other pixels."""
        return event.type() == QEvent.Type.UpdateRequest or super().event(event)

    def show_frame(self, frame: Frame) -> None:
        frame = self._sliced(frame)
        shown = frame if self.spec.runs else replace(frame, views=(), update=None)
        for pane in self._panes:
            pane.show_frame(shown)
        if self._pixel_ratio != 1.0:
            keep_lines(self)

    def _arranged(self, subject: Subject, part: PicturePart) -> QBoxLayout:
        """Return the panes beside each other, or below each other where a picture is high."""
        width, height = self.spec.room
        row: QBoxLayout = QVBoxLayout() if height > width else QHBoxLayout()
        row.setSpacing(2 * _GAP)
        for pane in _panes_of(subject, part):
            self._panes.append(pane)
            row.addWidget(cast("QWidget", pane), 1)
        return row

    def _tell(self, subject: Subject, look: Look) -> None:
        experiment, drawn = subject.experiment, subject.experiment.drawn
        for pane in self._panes:
            pane.set_look(look)
            if isinstance(pane, ContourPane):
                pane.set_fills(subject.map_choice.fills)
                pane.show_view_range(experiment.view_range)
                pane.aspect_changed.connect(self._on_aspect)
            if isinstance(pane, FitPane) and isinstance(experiment.objective, NeuronObjective):
                pane.show_points(experiment.points, experiment.validation, experiment.objective)
            if isinstance(pane, CurvePane):
                pane.show_loss(subject.surface)
        for on_surface in self._on_surface():
            on_surface.set_arrows(subject.arrows if self.spec.runs else subject.arrows._replace(on=False))
            on_surface.set_drawn(drawn if self.spec.runs else replace(drawn, cut=None))
            on_surface.show_surface(subject.surface)

    def _on_surface(self) -> list[MapPane]:
        return [cast("MapPane", pane) for pane in self._panes if hasattr(pane, "show_surface")]

    def _on_aspect(self, aspect: float) -> None:
        """Show as much of the plane as there is room for on a map of equal axes."""
        choice = self._subject.map_choice
        view = MapView(None if choice.fills else aspect, choice.low_lines)
        surface = sampled_for(self._surface, view)
        if surface is not self._surface:
            self._show_surface(surface)

    def _show_surface(self, surface: LossSurface) -> None:
        self._surface = surface
        for on_surface in self._on_surface():
            on_surface.show_surface(surface)
        for pane in self._panes:
            if isinstance(pane, CurvePane):
                pane.show_loss(surface)

    def _sliced(self, frame: Frame) -> Frame:
        """Return a frame with its slice; one that follows the selected run is sampled where the run is."""
        experiment, surface, current = self._subject.experiment, self._surface, frame.current
        follows = experiment.slice.follows and not surface.plane.is_all and surface.terms.size <= MOST_TERMS
        if follows and current is not None:
            plane = experiment.plane(frame.selected, current.p)
            if plane != surface.plane:
                terms = loss_on_plane(experiment.points, experiment.objective, plane)
                plan = surface.ground.plan
                self._show_surface(sample_terms(terms, surface.view_range, plane, len(surface.w), plan))
        return replace(frame, plane=self._surface.plane)


def _panes_of(subject: Subject, part: PicturePart) -> list[StyledPane]:
    match part:
        case PicturePart.MAPS:
            return [subject.view.twin(), ContourPane()]
        case PicturePart.SURFACE:
            return [subject.view.twin()]
        case PicturePart.CONTOURS:
            return [ContourPane()]
        case PicturePart.CURVES:
            curves = subject.curves.twin()
            curves.show_cut(subject.experiment.drawn.cut)
            return [_titled(curves)]
        case PicturePart.NEURON:
            objective = subject.experiment.objective
            if isinstance(objective, FunctionObjective):
                return [FunctionPicture(objective)]
            return [FitPane()]
    raise ValueError(f"{part} is no pane")


class FunctionPicture(PlainLabel):
    """A function of w and b, which stands in the place of the neuron."""

    def __init__(self, objective: FunctionObjective) -> None:
        super().__init__(neuron_formula(objective))
        self.setWordWrap(True)

    def set_look(self, look: Look) -> None:
        """Take the colours of the picture, as every widget in it does."""

    def show_frame(self, frame: Frame) -> None:
        """Stay as it is: the function is the same at every step."""


def _titled(curves: CurvePane) -> CurvePane:
    """Return curves under a title in the place of their tabs."""
    curves.header.hide()
    title = PlainLabel(pane_name(curves.kind), name="cardTitle")
    layout = curves.layout()
    assert isinstance(layout, QVBoxLayout)  # noqa: S101 - for the type checker
    layout.insertWidget(0, title)
    return curves


@contextmanager
def opened_panes(subject: Subject, spec: PictureSpec, pixel_ratio: float = 1.0) -> Iterator[OffscreenPanes]:
    """Give panes that are laid out, and close them afterwards."""
    panes = OffscreenPanes(subject, spec, pixel_ratio)
    try:
        panes.show()
        lay_out()
        share_layers(panes, len(subject.experiment.runs), spec.pixels)
        yield panes
    finally:
        panes.close()
        panes.deleteLater()


def lay_out() -> None:
    """Have done at once the layout that Qt postpones."""
    for _ in range(3):  # one layout after the other, from the outermost inwards
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)


def share_layers(widget: QWidget, runs: int, size: tuple[int, int]) -> None:
    """Have runs painted on the same pictures, where two for each, of a size in pixels, took much memory."""
    shares = _LAYER_BYTES * runs * size[0] * size[1] > _MOST_LAYER_BYTES
    for part in widget.findChildren(QWidget):
        if isinstance(part, StillPlot | SurfaceCanvas):
            part.shares_layers = shares


def keep_lines(widget: QWidget) -> None:
    """Have all plots in a widget paint lines, not kept pictures in the screen's pixels."""
    for view in widget.findChildren(pg.GraphicsView):
        view.setCacheMode(view.CacheModeFlag.CacheNone)
        for item in view.scene().items():
            item.setCacheMode(QGraphicsItem.CacheMode.NoCache)
            if isinstance(item, pg.ScatterPlotItem):
                item.setExportMode(True, {"antialias": True})


@contextmanager
def kept_lines(widget: QWidget) -> Iterator[None]:
    """Have all plots in a widget paint lines for a while."""
    views = widget.findChildren(pg.GraphicsView)
    of_views = [(view, view.cacheMode()) for view in views]
    of_items = [(item, item.cacheMode()) for view in views for item in view.scene().items()]
    keep_lines(widget)
    try:
        yield
    finally:
        for painted, mode in (*of_views, *of_items):
            painted.setCacheMode(mode)
            if isinstance(painted, pg.ScatterPlotItem):
                painted.setExportMode(False)
