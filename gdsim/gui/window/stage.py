"""The stage: panes shown alone at a stop, or panes beside a second scene or the surface of another loss."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from gdsim.core.lessons.view import PAGES
from gdsim.gui.style.theme import Look
from gdsim.gui.window.maximise import MaximisedCard
from gdsim.gui.window.projector_mode import ProjectorMode
from gdsim.gui.window.simple_mode import SimpleMode
from gdsim.gui.window.workspace import Workspace
from gdsim.session.session import Session

if TYPE_CHECKING:
    from gdsim.core.lessons.lesson import SecondScene
    from gdsim.gui.lessons.beside_card import BesideCard
    from gdsim.gui.objective.two_losses import OtherLossCard, TwoLosses


class PaneStage(QObject):
    """Shows panes in place of all others, with a card beside them that follows the playback."""

    beside_changed = Signal()  # a new card is beside the panes, and needs the current look
    refused = Signal(str)  # a sentence: why the surface of another loss is not shown

    def __init__(
        self,
        window: QWidget,
        cards: Workspace,
        session: Session,
        maximised: MaximisedCard,
        projector: ProjectorMode,
        simple: SimpleMode,
    ) -> None:
        super().__init__(window)
        self._window, self._cards, self._session = window, cards, session
        self._maximised, self._projector, self._simple = maximised, projector, simple
        # The panes at which a stop points, and those that it shows alone.
        self._pointed_at = self._only = frozenset[str]()
        self.beside: BesideCard | None = None
        self._two_losses: TwoLosses | None = None
        cards.run_card.page_changed.connect(self._on_page)
        maximised.stage_left.connect(self._on_stage_left)

    @Slot(object, object)
    def point_at(self, panes: frozenset[str], only: frozenset[str]) -> None:
        self._pointed_at, self._only = panes, only
        self.show()

    def show(self) -> None:
        """Show only the panes that a stop shows alone, or in projector mode those at which it points."""
        alone = self._only or (self._pointed_at if self._projector.on else frozenset())
        if self.beside is not None:
            alone = alone or self.beside.compared
            self.beside.look_like(self._cards.curves)
            self._show_in(self.beside, alone)
        self._maximised.set_stage(alone, self.beside)

    @Slot(object)
    def show_scene(self, beside: "SecondScene | None") -> None:
        """Make the card of a second scene. The view of the stop, which is set next, shows the card."""
        card = None
        if beside is not None:
            from gdsim.gui.lessons.beside_card import BesideCard  # noqa: PLC0415 - few stops have one

            card = BesideCard(beside, self._cards.surface)
            card.keep_level(self._cards.run_card.tabs)
        self._put_beside(card)

    @Slot(Look)
    def set_look(self, look: Look) -> None:
        if self.beside is not None:
            self.beside.set_look(look)

    @property
    def has_two_losses(self) -> bool:
        """Whether the surface of another loss is shown."""
        return self._two_losses is not None and self._two_losses.card is not None

    def toggle_two_losses(self) -> None:
        """Show the surface of another loss beside that of the document, or remove it."""
        if self._two_losses is None:
            from gdsim.gui.objective.two_losses import TwoLosses  # noqa: PLC0415 - seldom asked for

            self._two_losses = TwoLosses(self._window, self._session, self._cards.surface)
            self._two_losses.refused.connect(self.refused)
            self._two_losses.beside_changed.connect(self._on_other_loss)
        self._two_losses.toggle()

    def _put_beside(self, card: "BesideCard | None") -> None:
        """Replace the card beside the panes; the new one follows the playback of the document."""
        old, self.beside = self.beside, card
        if old is not None:
            self._maximised.set_stage(frozenset())
            self._session.frame_changed.disconnect(old.follow)
            old.end()
            old.deleteLater()
        if self._two_losses is not None and self._two_losses.card is not card:
            self._two_losses.forget()
        if card is not None:
            self.beside_changed.emit()
            self._session.frame_changed.connect(card.follow)
            self._cards.code.lines_changed.connect(card.code.compare)
            card.code.lines_changed.connect(self._cards.code.compare)
            card.begin()
            card.follow(self._session.frame())

    def _show_in(self, beside: "BesideCard", panes: frozenset[str]) -> None:
        has_code = "page" in panes and self._cards.run_card.page == PAGES.index("code")
        beside.show_beside(panes | {"code"} if has_code else panes)

    @Slot()
    def _on_page(self) -> None:
        if self.beside is not None and self._maximised.stage:
            self._show_in(self.beside, self._maximised.stage)

    @Slot(object)
    def _on_other_loss(self, card: "OtherLossCard | None") -> None:
        if card is not None:
            self._simple.set_on(False)
        self._maximised.restore_all()
        self._put_beside(card)
        if card is not None:
            card.look_like(self._cards.curves)
            card.show_beside(card.compared)
            self._maximised.set_stage(card.compared, card)

    @Slot()
    def _on_stage_left(self) -> None:
        if self._two_losses is not None and self.has_two_losses and self.beside is self._two_losses.card:
            self._two_losses.toggle()
