"""Commands that change the view and do not edit the document."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QMainWindow

from gdsim.core.analysis.series import CurveKind
from gdsim.core.formulas.numerals import STEP_DIGITS
from gdsim.core.lessons.view import PAGES, Arrows, Sight, StopView
from gdsim.core.surface.map_view import MapView
from gdsim.gui.arrows.choice import ArrowChoice, Layer
from gdsim.gui.curves.curve_axis import AxisUnit
from gdsim.gui.curves.curve_header import CurveOptions
from gdsim.gui.map.view_range_editor import MapChoice
from gdsim.gui.preferences import Preferences
from gdsim.gui.window.simple_mode import SimpleMode
from gdsim.gui.window.story import PICTURE_CHOICES
from gdsim.gui.window.workspace import Workspace
from gdsim.session.session import Session

if TYPE_CHECKING:
    from gdsim.core.lessons.lesson import SecondScene


class ViewCommands(QObject):
    """The commands of the View menu, and the view that is remembered in the settings."""

    # Two frozensets of str: the panes at which a stop of a lesson points, and those that it shows alone.
    pointed_at = Signal(object, object)
    concealed = Signal(object)  # frozenset of str: what a stop hides within the panes
    beside_changed = Signal(object)  # the second scene of a stop as a SecondScene, or None

    def __init__(self, window: QMainWindow, cards: Workspace, session: Session, simple: SimpleMode) -> None:
        super().__init__(window)
        self._window = window
        self._cards = cards
        self._session = session
        self._simple = simple  # switched off by opening a page or showing a stop
        self._is_step_covered = False
        # The user's own choice to hide the future of the curves, while a stop hides it; otherwise None.
        self._own_hides_future: bool | None = None
        cards.view_range_button.choice_changed.connect(self._on_map_choice)
        cards.contours.aspect_changed.connect(self._update_map_view, Qt.ConnectionType.QueuedConnection)
        cards.legend.changed.connect(self._on_arrows)
        simple.pictures_changed.connect(self._update_map_view)

    def toggle_planes(self) -> None:
        self._cards.surface.set_planes(shown=not self._cards.surface.planes)

    def toggle_log(self) -> None:
        self._set_log(not self._cards.curves.over_time.options.log)

    def toggle_by_epoch(self) -> None:
        self._session.set_by_epoch(not self._session.by_epoch)

    def fold(self, side: str) -> None:
        columns = self._cards.columns
        columns.set_open(side, not columns.is_open(side))

    def show_update(self, t: int) -> None:
        self._session.set_by_epoch(False)
        self._session.play(lambda head: head.pause().seek(max(0, t - 1)))
        self.open_page("step")
        self._window.activateWindow()

    def save(self, settings: Preferences) -> None:
        settings.keep("arrows", self._cards.legend.value().to_text())
        settings.keep("digits", str(self._cards.step.digits or "full"))
        settings.keep("simple", self._simple.on)
        settings.keep("picture", str(self._simple.picture))
        settings.keep("page", str(self._simple.page))
        choice = self._cards.view_range_button.choice()
        settings.keep("fill_map", choice.fills)
        settings.keep("low_lines", choice.low_lines)
        settings.keep("planes", self._cards.surface.planes)
        curves = self._cards.curves.over_time.options
        settings.keep("log", curves.log)
        settings.keep("log_time", curves.log_time)
        settings.keep("means", curves.means)
        settings.keep("curve_axis", curves.unit.value)
        settings.keep("hide_future", curves.hides_future)
        settings.keep("columns", self._cards.columns.preferred_widths())

    def prepare(self, settings: Preferences) -> None:
        """Make the settings page before the style sheet is set, because it takes twice as long under one."""
        if not _is_simple(settings):
            self._cards.editor.make()

    def restore(self, settings: Preferences) -> None:
        """Restore the view from the settings; at the first start the window is simple."""
        self._cards.curves.over_time.set_options(
            CurveOptions(
                settings.flag("log", usual=True),
                settings.flag("log_time", usual=False),
                settings.flag("means", usual=False),
                settings.option("curve_axis", {unit.value: unit for unit in AxisUnit}, AxisUnit.CLOCK),
                settings.flag("hide_future", usual=False),
            )
        )
        self._set_arrows(ArrowChoice.from_text(settings.text("arrows")))
        self._set_map(
            MapChoice(settings.flag("fill_map", usual=False), settings.flag("low_lines", usual=False))
        )
        self._cards.surface.set_planes(shown=settings.flag("planes", usual=False))
        digits = {str(number or "full"): number for number in STEP_DIGITS}
        self._cards.step.set_digits(settings.option("digits", digits, self._cards.step.digits))
        pages = {str(index): index for index in range(len(PAGES))}
        self._cards.run_card.show_page(settings.option("page", pages, 0))
        pictures = {str(index): index for index in range(len(PICTURE_CHOICES))}
        self._simple.choose_picture(settings.option("picture", pictures, 0))
        self._simple.set_on(_is_simple(settings))
        self._cards.columns.restore_widths(settings.state("columns"))

    def look_at(self, kind: CurveKind | None, page: str, *, arrows: bool) -> None:
        if kind is not None:
            self._cards.curves.choose(kind)
        self._cards.run_card.show_page(PAGES.index(page))
        self._set_arrows(self._cards.legend.value()._replace(on=arrows))

    def show_view(self, view: StopView) -> None:
        """Show the view of a stop. The window is no longer simple, because a stop may point at any pane."""
        self._simple.set_on(False)
        self.show(view)
        self._cards.curves.over_time.show_part(None)
        self._set_map(MapChoice())  # equal axes, because captions speak of slopes and right angles
        sight = view.sight
        self._cards.surface.view_from(sight.azimuth, sight.elevation, sight.distance)
        self._point_at(view.panes, view.only)

    def show(self, view: StopView) -> None:
        """Show a view, except for the camera of the surface and the panes that a stop points at."""
        self._cards.run_card.show_page(PAGES.index(view.page))
        self._cards.memory.show_letter(view.memory)
        self._cards.curves.set_kind(view.curve)
        self._set_log(view.log)
        self._set_arrows(_arrow_choice(view.arrows))
        self._cards.surface.set_planes(shown=view.planes)

    def kept(self) -> Callable[[], None]:
        """Return a function that restores the current view, except for the camera of the surface."""
        before = self.current_view()._replace(page=PAGES[self._simple.page])
        map_choice, simple = self._cards.view_range_button.choice(), self._simple.on

        def restore() -> None:
            self.show(before)
            self._simple.set_on(simple)
            self._set_map(map_choice)
            self._point_at(frozenset(), frozenset())
            self.conceal(frozenset())
            self.show_beside(None)

        return restore

    def current_view(self) -> StopView:
        """Return the current view."""
        cards, choice = self._cards, self._cards.legend.value()
        curves = cards.curves.over_time
        return StopView(
            page=PAGES[cards.run_card.page],
            memory=cards.memory.letter,
            curve=curves.kind,
            log=curves.options.log,
            arrows=Arrows(choice.on, choice.kinds, frozenset(map(str, choice.layers)), choice.lengths),
            part=self._session.frame().part,
            sight=Sight(*cards.surface.camera.place),
            planes=cards.surface.planes,
        )

    def _point_at(self, panes: frozenset[str], only: frozenset[str]) -> None:
        for name, card in self._cards.by_name.items():
            card.set_pointed_at(name in panes)
        self.pointed_at.emit(panes, only)

    def show_beside(self, beside: "SecondScene | None") -> None:
        self.beside_changed.emit(beside)

    def conceal(self, hidden: frozenset[str], words: str = "") -> None:
        """Hide whole panes, which show a text instead, and parts of panes; show everything else."""
        for name, card in self._cards.by_name.items():
            card.set_covered(words if name in hidden else "")
        curves, hides_future = self._cards.curves.over_time, "future" in hidden
        if hides_future and self._own_hides_future is None:
            self._own_hides_future = curves.options.hides_future
            curves.set_options(curves.options._replace(hides_future=True))
        elif not hides_future and self._own_hides_future is not None:
            curves.set_options(curves.options._replace(hides_future=self._own_hides_future))
            self._own_hides_future = None
        self.concealed.emit(hidden)

    def open_page(self, name: str) -> None:
        """Show a page of the selected run, and unfold its column if necessary."""
        self._simple.set_on(False)
        self._cards.run_card.show_page(PAGES.index(name))
        if not self._cards.columns.is_open("right"):
            self.fold("right")

    def _set_log(self, log: bool) -> None:
        curves = self._cards.curves.over_time
        curves.set_options(curves.options._replace(log=log))

    @Slot(bool)
    def cover_step(self, covered: bool) -> None:
        """Hide the numbers and the arrows of the step while an exercise asks for them."""
        self._is_step_covered = covered
        self._cards.step.set_covered(covered)
        self._cards.code.set_covered(covered)
        self._on_arrows(self._cards.legend.value())

    def _on_arrows(self, choice: ArrowChoice) -> None:
        for pane in self._cards.maps:
            pane.set_arrows(choice._replace(on=choice.on and not self._is_step_covered))

    def _set_arrows(self, choice: ArrowChoice) -> None:
        self._cards.legend.set_value(choice)
        self._on_arrows(choice)

    def _set_map(self, choice: MapChoice) -> None:
        self._cards.view_range_button.set_choice(choice)
        self._on_map_choice(choice)

    def _on_map_choice(self, choice: MapChoice) -> None:
        self._cards.contours.set_fills(choice.fills)
        self._update_map_view()

    def _update_map_view(self) -> None:
        choice, aspect = self._cards.view_range_button.choice(), self._cards.contours.aspect
        if choice.fills or self._cards.contour_card.isHidden():  # no map whose wider range sets the colours
            aspect = None
        self._session.set_map_view(MapView(aspect, choice.low_lines))

    def toggle_full_screen(self) -> None:
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)


def _arrow_choice(arrows: Arrows) -> ArrowChoice:
    """Return the arrows of a stop, with defaults for what the stop leaves open."""
    choice = ArrowChoice(on=arrows.on, lengths=arrows.lengths)
    if arrows.kinds is not None:
        choice = choice._replace(kinds=arrows.kinds)
    if arrows.layers is not None:
        choice = choice._replace(layers=frozenset(map(Layer, arrows.layers)))
    return choice


def _is_simple(settings: Preferences) -> bool:
    return settings.flag("simple", usual=settings.remembers)
