"""A second scene beside the scene of the window, which plays in step with it."""

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtWidgets import QSplitter, QWidget

from gdsim.core.analysis.series import CurveKind
from gdsim.core.lessons.lesson import SecondScene
from gdsim.core.model.map_overlays import CutDirection
from gdsim.core.surface.map_view import MapView
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.arrows.choice import ArrowChoice
from gdsim.gui.curves.curve_pane import CurvePane
from gdsim.gui.forms.card import Card
from gdsim.gui.forms.layouts import keep_place
from gdsim.gui.forms.one_of import TabButton
from gdsim.gui.map.contour_pane import ContourPane
from gdsim.gui.panes import StyledPane
from gdsim.gui.runs.run_legend import RunLegend
from gdsim.gui.step.code_card import CodeCard
from gdsim.gui.style.theme import Look, run_styles
from gdsim.gui.surface.surface_view import SurfaceView
from gdsim.session.frame import Frame
from gdsim.session.playback import Playhead
from gdsim.session.session import Session


class BesideCard(Card):
    """A card with the surface, map, curves, code and runs of a second session, which takes no edits.

    Its surface and ``view``, the surface of the first scene, share camera, arrows and planes; the camera can
    be moved on either.
    """

    # The panes that are shown of both scenes by default.
    compared = frozenset({"contours", "curves"})

    def __init__(self, beside: SecondScene, view: SurfaceView) -> None:
        super().__init__(beside.title or beside.experiment.title or "")
        if not self.title.whole():
            self.title.set_whole(self.tr("The second scene"))
            self.setAccessibleName(self.tr("The second scene"))
        self.session = Session(beside.experiment, self)
        self.session.select(beside.selected)
        self.contours, self.curves, self.names = ContourPane(), CurvePane(), RunLegend()
        self.contours.set_arrows(ArrowChoice(on=False))
        self.curves.cut_wanted.connect(self._show_cut)
        self.surface = view.twin()
        view.camera_moved.connect(self.surface.set_camera)
        self.surface.camera_moved.connect(view.set_camera)
        view.arrows_changed.connect(self.surface.set_arrows)
        view.planes_changed.connect(self._show_planes)
        self.code = CodeCard()
        self.code.part_requested.connect(self._highlight)
        self._part = ""
        self._look: Look | None = None
        # The button to copy is hidden, because it would copy the program of the first scene. The space for
        # it, and for the tabs above the other code, is kept, so that both codes begin at the same height.
        self._tab = TabButton("x")  # as high as any tab
        self._tabs: QWidget | None = None
        self.header.addWidget(self._tab)
        for button in (self.code.copy, self._tab):
            keep_place(button)
            button.hide()
        self._styled: tuple[StyledPane, ...] = (self.surface, self.contours, self.curves, self.names)
        views = QSplitter(Qt.Orientation.Vertical)
        views.setChildrenCollapsible(False)
        for place, pane in enumerate((self.surface, self.contours, self.curves, self.code)):
            views.addWidget(pane)
            views.setStretchFactor(place, 1)
        views.setSizes([1000] * views.count())
        self.set_body(views, self.names)
        self.contours.set_fills(False)
        self.contours.aspect_changed.connect(self._on_aspect)
        self._show_document()
        self.session.experiment_changed.connect(self._show_document)
        self.session.surface_changed.connect(self._on_surface)
        self.session.frame_changed.connect(self._on_frame)

    def keep_level(self, tabs: QWidget) -> None:
        """Keep as much space above the code as the tabs take above the code of the first scene."""
        self._tabs = tabs
        tabs.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._make_level()
        return super().eventFilter(watched, event)

    def _make_level(self) -> None:
        height = 0 if self._tabs is None or self.code.isHidden() else self._tabs.height()
        self._tab.setMinimumHeight(height)

    def begin(self) -> None:
        self.session.begin()

    def end(self) -> None:
        self.session.close()

    def set_look(self, look: Look) -> None:
        """Take over the look of the first scene, with the styles of this scene's runs."""
        self._look = look
        self._show_look()
        curves = self.curves.over_time
        curves.set_options(curves.options._replace(hides_future="future" in look.concealed))

    def _show_look(self) -> None:
        if self._look is not None:
            styles = run_styles(self.session.experiment.runs, self._look.theme)
            for pane in self._styled:
                pane.set_look(self._look._replace(styles=styles))

    def show_beside(self, panes: frozenset[str]) -> None:
        """Show the panes that the first scene shows, given by their names; ``"code"`` is its page of code."""
        shown = panes & {"surface", "contours", "curves", "code"} or self.compared
        self.surface.setVisible("surface" in shown)
        self.contours.setVisible("contours" in shown)
        self.curves.setVisible("curves" in shown)
        self.code.setVisible("code" in shown)
        self._make_level()
        # The title names the run of the code, and the code needs the space.
        self.names.setVisible(shown != {"code"})

    @Slot(bool)
    def _show_planes(self, shown: bool) -> None:
        self.surface.set_planes(shown=shown)

    def look_like(self, curves: CurvePane) -> None:
        """Show the same kind of curves as another pane, on the same kind of scale."""
        self.curves.set_kind(curves.over_time.kind)
        cut = self.session.experiment.drawn.cut
        self._show_cut(curves.cut.direction if cut is None and curves.kind is CurveKind.CUT else cut)
        own = self.curves.over_time
        own.set_options(own.options._replace(log=curves.over_time.options.log))

    @Slot()
    def _show_document(self) -> None:
        experiment, contours = self.session.experiment, self.contours
        contours.show_view_range(experiment.view_range)
        self._show_cut(experiment.drawn.cut)
        self._show_look()

    @Slot(object)
    def _show_cut(self, cut: CutDirection | None) -> None:
        self.curves.show_cut(cut)
        for pane in (self.contours, self.surface):
            pane.set_drawn(replace(self.session.experiment.drawn, cut=cut))

    @Slot(object)
    def follow(self, frame: Frame) -> None:
        """Go to the step or epoch of another session, or to the last one here if that is earlier."""
        cursor = frame.cursor

        def moved(head: Playhead) -> Playhead:
            # A step that is not computed yet is waited for; `seek` would stop at the last computed one.
            return head.seek(cursor) if head.complete else head._replace(position=float(cursor))

        self.session.set_by_epoch(frame.by_epoch)
        self.session.play(moved)
        self._highlight(frame.part)

    @Slot(str)
    def _highlight(self, part: str) -> None:
        self._part = part
        self.session.highlight(part)

    @Slot(float)
    def _on_aspect(self, aspect: float) -> None:
        self.session.set_map_view(MapView(aspect))

    @Slot(object)
    def _on_surface(self, surface: LossSurface) -> None:
        self.surface.show_surface(surface)
        self.contours.show_surface(surface)
        self.curves.show_loss(surface)

    @Slot(object)
    def _on_frame(self, frame: Frame) -> None:
        for pane in self._styled:
            pane.show_frame(frame)
        self.code.show_frame(frame)
        # Set again, because moving to a step that was waited for clears the highlight.
        self.session.highlight(self._part)
