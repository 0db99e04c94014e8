"""A pane with one header for the curves of the runs and for the cut through the surface."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gdsim.core.analysis.series import CurveKind
from gdsim.core.model.edits import usual_cut
from gdsim.core.model.map_overlays import CutDirection
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.accessible import Graphic, read_as
from gdsim.gui.curves.curve_header import CurveHeader
from gdsim.gui.curves.curve_words import pane_name
from gdsim.gui.curves.time_curves import TimeCurves
from gdsim.gui.forms.layouts import fill_layout
from gdsim.gui.paint.plot_keys import FocusRing
from gdsim.gui.style.theme import Look
from gdsim.session.frame import Frame

if TYPE_CHECKING:
    from gdsim.gui.curves.cut_plot import CutPlot


@read_as(Graphic)
class CurvePane(QWidget):
    """A pane with a tab for each kind of curves, and one for the cut.

    Below the tabs is one of two views with a common interface: `set_look` and `show_frame`; `head` and
    `description` with the signal `told`; `choose`, `take_key` and `seen`.
    """

    seek_requested = Signal(int)  # a clicked place, in steps or epochs, as the frame counts
    fork_requested = Signal(int)  # the place at which to fork the selected run
    cut_wanted = Signal(object)  # CutDirection along which to cut the surface; None for no cut

    def __init__(self) -> None:
        super().__init__()
        # May be moved into the head of a card.
        self.header = CurveHeader(self)
        self.over_time = TimeCurves(self.header.view_menu)
        self._cut: CutPlot | None = None
        self._view: TimeCurves | CutPlot = self.over_time
        self._room = fill_layout(QVBoxLayout(self), self.header, (self.over_time, 1), gap=2)
        self._look: Look | None = None
        self._frame: Frame | None = None
        self._surface: LossSurface | None = None
        FocusRing(self, self.over_time.plot)
        self.header.kind_chosen.connect(self.choose)
        self.header.choice_made.connect(self._on_choice)
        self.over_time.seek_requested.connect(self.seek_requested)
        self.over_time.fork_requested.connect(self.fork_requested)
        self.over_time.outdated.connect(self._redraw)
        self.over_time.told.connect(self._tell)
        self._show_view()

    @property
    def cut(self) -> "CutPlot":
        """The view of a cut, created on first use because few windows ever show one."""
        if self._cut is None:
            from gdsim.gui.curves.cut_plot import CutPlot  # noqa: PLC0415

            self._cut = cut = CutPlot()
            cut.hide()
            self._room.addWidget(cut, 1)
            FocusRing(self, cut)
            cut.wanted.connect(self.cut_wanted)
            cut.told.connect(self._tell)
            if self._surface:
                cut.show_surface(self._surface)
            if self._look:
                cut.set_look(self._look)
        return self._cut

    def _on_choice(self, index: int) -> None:
        self._view.choose(index)

    @property
    def kind(self) -> CurveKind:
        return CurveKind.CUT if self._is_cut else self.over_time.kind

    @property
    def _is_cut(self) -> bool:
        return self._view is self._cut

    def choose(self, kind: CurveKind) -> None:
        """Show the kind that the user chose; a cut is requested first, and shown once the document has it."""
        if kind is not CurveKind.CUT:
            self.set_kind(kind)
            if self._is_cut:
                self.cut_wanted.emit(None)
        elif not self._is_cut:
            current = self._frame.current if self._frame else None
            usual = usual_cut(current.run if current else None)
            self.cut_wanted.emit(usual if self.cut.chosen is None else self.cut.chosen)

    def set_kind(self, kind: CurveKind) -> None:
        """Set the kind of curves over the steps, which are seen while no cut is shown."""
        if kind is not self.over_time.kind:
            self.over_time.kind = kind
            self._show_view()

    def show_cut(self, cut: CutDirection | None) -> None:
        """Show a cut through the surface in place of the curves; None shows the curves again."""
        self._view = self.over_time if cut is None else self.cut
        if cut is not None:
            self.cut.set_direction(cut)
        self._show_view()

    def _show_view(self) -> None:
        self.setAccessibleName(pane_name(self.kind))
        self.header.set_kind(self.kind)
        self.over_time.setVisible(not self._is_cut)
        if self._cut:
            self._cut.setVisible(self._is_cut)
        self.header.view.setVisible(not self._is_cut)
        self._tell()
        self._redraw()

    def _tell(self) -> None:
        self.header.show_head(self._view.head)
        self.setAccessibleDescription(self._view.description)

    def show_loss(self, surface: LossSurface) -> None:
        """Set the surface to cut; it also tells whether the loss falls below 0 and so has no logarithm."""
        self._surface = surface
        if self._cut:
            self._cut.show_surface(surface)
        self.over_time.set_below_zero(falls=surface.lowest.loss < 0.0)

    def twin(self) -> "CurvePane":
        """Return a new pane with the same curves, choices and scale, but without look, frame and surface."""
        other = CurvePane()
        other.over_time.draw_like(self.over_time)
        return other

    def set_look(self, look: Look) -> None:
        old, self._look = self._look, look
        self.over_time.set_look(look)
        if self._cut:
            self._cut.set_look(look)
        is_drawn = old is not None and look.has_places_of(old) and not self._is_cut
        if is_drawn and not self.over_time.options.hides_future:
            self.over_time.recolour()
        else:
            self._redraw()

    def show_frame(self, frame: Frame) -> None:
        self._frame = frame
        if self._look and len(frame.views) <= len(self._look.styles):  # else their look is still on its way
            self._view.show_frame(frame)

    def _redraw(self) -> None:
        self.over_time.forget()
        # After another set of runs got its look, its frame is still on its way.
        if self._frame and self._look and len(self._frame.views) == len(self._look.styles):
            self._view.show_frame(self._frame)

    def picture_in_words(self) -> str:
        return self._view.picture_in_words()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._view.take_key(event):
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if not self._is_cut:
            self.over_time.open_menu(event.globalPos())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.over_time.stop_reading()
        super().focusOutEvent(event)
