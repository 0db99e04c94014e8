"""Panes that are drawn into pictures, and never shown on the screen."""

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
from gdsim.gui.surface.painter import SurfacePainter
from gdsim.gui.surface.surface_view import SurfaceView
from gdsim.session.frame import Frame

_MARGIN, _GAP = 12, 10
# The bytes of a pixel in the two images of one run; the most that the images of all runs may take.
_LAYER_BYTES, _MOST_LAYER_BYTES = 8, 200_000_000
_WITH_ARROWS = (PicturePart.MAPS, PicturePart.SURFACE, PicturePart.CONTOURS)


@dataclass(frozen=True)
class PictureSubject:
    """What the panes of a picture show, except for the frame.

    The picture has the camera of ``view`` and the kind of curves of ``curves``.
    """

    experiment: Experiment
    surface: LossSurface
    arrows: ArrowChoice
    view: SurfaceView
    curves: CurvePane
    map_choice: MapChoice = field(default_factory=MapChoice)


class OffscreenPanes(QWidget):
    """The panes of a spec, with a legend below.

    ``pixel_ratio``, the pixels of the picture to a pixel of the panes, is for the pens of plots.
    """

    def __init__(self, subject: PictureSubject, spec: PictureSpec, pixel_ratio: float = 1.0) -> None:
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
        self.resize(*spec.panes_size)
        self._set_up(subject, Look(theme, run_styles(subject.experiment.runs, theme), pixel_ratio))
        # The spec sets the size. With their minimum sizes, panes would stick out of their places.
        for part in self.findChildren(QWidget):
            part.setMinimumSize(0, 0)

    def event(self, event: QEvent) -> bool:
        """Ignore update requests, which would paint everything a second time, at the screen's pixel ratio."""
        return event.type() == QEvent.Type.UpdateRequest or super().event(event)

    def show_frame(self, frame: Frame) -> None:
        frame = self._with_plane(frame)
        shown = frame if self.spec.runs else replace(frame, views=(), update=None)
        for pane in self._panes:
            pane.show_frame(shown)
        if self._pixel_ratio != 1.0:
            keep_lines(self)

    def _arranged(self, subject: PictureSubject, part: PicturePart) -> QBoxLayout:
        """Return a row of the panes, or a column if the picture is higher than wide."""
        width, height = self.spec.panes_size
        row: QBoxLayout = QVBoxLayout() if height > width else QHBoxLayout()
        row.setSpacing(2 * _GAP)
        for pane in _panes_of(subject, part):
            self._panes.append(pane)
            row.addWidget(cast("QWidget", pane), 1)
        return row

    def _set_up(self, subject: PictureSubject, look: Look) -> None:
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
        for map_pane in self._map_panes():
            map_pane.set_arrows(subject.arrows if self.spec.runs else subject.arrows._replace(on=False))
            map_pane.set_drawn(drawn if self.spec.runs else replace(drawn, cut=None))
            map_pane.show_surface(subject.surface)

    def _map_panes(self) -> list[MapPane]:
        return [cast("MapPane", pane) for pane in self._panes if hasattr(pane, "show_surface")]

    def _on_aspect(self, aspect: float) -> None:
        """Sample as much of the plane as a map with equal axes has room for."""
        choice = self._subject.map_choice
        view = MapView(None if choice.fills else aspect, choice.low_lines)
        surface = sampled_for(self._surface, view)
        if surface is not self._surface:
            self._show_surface(surface)

    def _show_surface(self, surface: LossSurface) -> None:
        self._surface = surface
        for map_pane in self._map_panes():
            map_pane.show_surface(surface)
        for pane in self._panes:
            if isinstance(pane, CurvePane):
                pane.show_loss(surface)

    def _with_plane(self, frame: Frame) -> Frame:
        """Return the frame with the plane of the surface.

        A slice that follows the selected run is sampled again if the run has moved off its plane.
        """
        experiment, surface, current = self._subject.experiment, self._surface, frame.current
        follows = experiment.slice.follows and not surface.plane.is_all and surface.terms.size <= MOST_TERMS
        if follows and current is not None:
            plane = experiment.plane(frame.selected, current.p)
            if plane != surface.plane:
                terms = loss_on_plane(experiment.points, experiment.objective, plane)
                plan = surface.ground.plan
                self._show_surface(sample_terms(terms, surface.view_range, plane, len(surface.w), plan))
        return replace(frame, plane=self._surface.plane)


def _panes_of(subject: PictureSubject, part: PicturePart) -> list[StyledPane]:
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
    """The formula of a function of w and b, shown in place of the neuron."""

    def __init__(self, objective: FunctionObjective) -> None:
        super().__init__(neuron_formula(objective))
        self.setWordWrap(True)

    def set_look(self, look: Look) -> None:
        """Do nothing: the style sheet of the picture sets the colours."""

    def show_frame(self, frame: Frame) -> None:
        """Do nothing: the function is the same at every step."""


def _titled(curves: CurvePane) -> CurvePane:
    """Replace the tabs of a curve pane by a title, and return the pane."""
    curves.header.hide()
    title = PlainLabel(pane_name(curves.kind), name="cardTitle")
    layout = curves.layout()
    assert isinstance(layout, QVBoxLayout)  # noqa: S101 - for the type checker
    layout.insertWidget(0, title)
    return curves


@contextmanager
def opened_panes(
    subject: PictureSubject, spec: PictureSpec, pixel_ratio: float = 1.0
) -> Iterator[OffscreenPanes]:
    """Yield panes that are laid out, and close them afterwards."""
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
    """Carry out at once the layout requests that Qt has posted."""
    for _ in range(3):  # each pass may post requests for the layouts inside
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)


def share_layers(widget: QWidget, runs: int, size: tuple[int, int]) -> None:
    """Have all runs painted on shared images if two images of ``size`` pixels per run took much memory."""
    shares = _LAYER_BYTES * runs * size[0] * size[1] > _MOST_LAYER_BYTES
    for part in widget.findChildren(QWidget):
        if isinstance(part, StillPlot | SurfacePainter):
            part.shares_layers = shares


def keep_lines(widget: QWidget) -> None:
    """Turn off the caches of all plots in a widget, which hold images at the screen's pixel ratio."""
    for view in widget.findChildren(pg.GraphicsView):
        view.setCacheMode(view.CacheModeFlag.CacheNone)
        for item in view.scene().items():
            item.setCacheMode(QGraphicsItem.CacheMode.NoCache)
            if isinstance(item, pg.ScatterPlotItem):
                item.setExportMode(True, {"antialias": True})


@contextmanager
def kept_lines(widget: QWidget) -> Iterator[None]:
    """Turn off the caches of all plots in a widget inside the ``with`` block; see `keep_lines`."""
    views = widget.findChildren(pg.GraphicsView)
    view_modes = [(view, view.cacheMode()) for view in views]
    item_modes = [(item, item.cacheMode()) for view in views for item in view.scene().items()]
    keep_lines(widget)
    try:
        yield
    finally:
        for painted, mode in (*view_modes, *item_modes):
            painted.setCacheMode(mode)
            if isinstance(painted, pg.ScatterPlotItem):
                painted.setExportMode(False)
