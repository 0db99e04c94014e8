"""Panes of their own for a picture, which nobody sees on the screen."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import cast

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from gdsim.core.model.experiment import Experiment
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.arrows.choice import ArrowChoice
from gdsim.gui.curves.curve_pane import CurvePane
from gdsim.gui.curves.curve_words import pane_name
from gdsim.gui.export.picture_spec import PicturePart, PictureSpec
from gdsim.gui.export.vector_mode import keep_lines
from gdsim.gui.map.contour_pane import ContourPane
from gdsim.gui.neuron.fit_pane import FitPane
from gdsim.gui.panes import MapPane, Pane, SurfaceView
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.runs.run_legend import RunLegend
from gdsim.gui.style.stylesheet import stylesheet
from gdsim.gui.style.theme import THEMES, Look, palette, run_styles
from gdsim.session.frame import Frame

_MARGIN, _GAP = 12, 10


@dataclass(frozen=True)
class Subject:
    """What a panes is told, but for the frames.

    Attributes
    ----------
    experiment : Experiment
    surface : LossSurface
    arrows : ArrowChoice
    view : SurfaceView
        Looks at the surface from where the picture does.
    curves : CurvePane
        Shows the kind of curves that the picture does.
    """

    experiment: Experiment
    surface: LossSurface
    arrows: ArrowChoice
    view: SurfaceView
    curves: CurvePane


class OffscreenPanes(QWidget):
    """The panes of a spec side by side, with a legend below. Panes are told, here as in the window.

    Parameters
    ----------
    subject : Subject
    spec : PictureSpec
    pixel_ratio : float
        Pixels of the device along one of the panes's, for the pens of plots.
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
        self._finer = pixel_ratio
        self.setWindowTitle(subject.experiment.title)
        self._panes: list[Pane] = []
        rows = QVBoxLayout(self)
        # The spec says how large it is; and a platform without a screen complains of limits.
        rows.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        rows.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        rows.setSpacing(_GAP)
        rows.addLayout(self._arranged(subject, spec.part), 1)
        if spec.legend and spec.runs:
            legend = RunLegend()
            self._panes.append(legend)
            rows.addWidget(legend)
        self.resize(*spec.room)
        self._tell(subject, Look(theme, run_styles(subject.experiment.runs, theme), pixel_ratio))

    def show_frame(self, frame: Frame) -> None:
        """Draw the runs as they stand at the cursor, if they are wanted."""
        shown = frame if self.spec.runs else replace(frame, views=(), update=None)
        for pane in self._panes:
            pane.show_frame(shown)
        if self._finer != 1.0:
            keep_lines(self)

    def _arranged(self, subject: Subject, part: PicturePart) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(2 * _GAP)
        for pane in _panes_of(subject, part):
            self._panes.append(pane)
            row.addWidget(cast("QWidget", pane), 1)
        return row

    def _tell(self, subject: Subject, look: Look) -> None:
        experiment = subject.experiment
        for pane in self._panes:
            pane.set_look(look)
            if isinstance(pane, ContourPane):
                pane.show_view_range(experiment.view_range)
            if isinstance(pane, FitPane):
                pane.show_points(experiment.points, experiment.validation)
        for pane in _maps(self._panes):
            pane.set_arrows(subject.arrows if self.spec.runs else replace(subject.arrows, on=False))
            pane.show_surface(subject.surface)


def _panes_of(subject: Subject, part: PicturePart) -> list[Pane]:
    match part:
        case PicturePart.MAPS:
            return [subject.view.twin(), ContourPane()]
        case PicturePart.SURFACE:
            return [subject.view.twin()]
        case PicturePart.CONTOURS:
            return [ContourPane()]
        case PicturePart.CURVES:
            return [_titled(subject.curves.twin())]
        case PicturePart.NEURON:
            return [FitPane()]
    raise ValueError(f"{part} is no pane")


def _titled(curves: CurvePane) -> CurvePane:
    """Return curves under a title in the place of their tabs."""
    curves.header.hide()
    title = PlainLabel(pane_name(curves.kind))
    title.setObjectName("cardTitle")
    layout = curves.layout()
    assert isinstance(layout, QVBoxLayout)  # noqa: S101 - for the type checker
    layout.insertWidget(0, title)
    return curves


def _maps(panes: Iterable[Pane]) -> Iterator[MapPane]:
    for pane in panes:
        if hasattr(pane, "show_surface"):
            yield cast("MapPane", pane)


@contextmanager
def sheet_of(subject: Subject, spec: PictureSpec, pixel_ratio: float = 1.0) -> Iterator[OffscreenPanes]:
    """Give a panes that is laid out, and let it go afterwards."""
    panes = OffscreenPanes(subject, spec, pixel_ratio)
    try:
        open_panes(panes)
        yield panes
    finally:
        close_panes(panes)


def open_panes(panes: OffscreenPanes) -> None:
    """Lay a panes out, as if it were shown."""
    panes.show()
    lay_out()


def lay_out() -> None:
    """Have done what Qt puts off until there is time."""
    for _ in range(3):  # one layout after the other, from the outermost inwards
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)


def close_panes(panes: OffscreenPanes) -> None:
    """Let a panes go."""
    panes.close()
    panes.deleteLater()
