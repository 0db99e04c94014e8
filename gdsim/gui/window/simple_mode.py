"""The simple window for newcomers: points, neuron, big pictures, runs and playback."""

from PySide6.QtCore import QObject, Signal

from gdsim.core.lessons.view import PAGES
from gdsim.gui.translation import tr
from gdsim.gui.window.maximise import MaximisedCard
from gdsim.gui.window.story import PICTURE_CHOICES
from gdsim.gui.window.workspace import Workspace

# The only page of the selected run that a simple window shows.
_PAGE = PAGES.index("why")


class SimpleMode(QObject):
    """Hides what a newcomer need not see, and shows it again.

    A simple window lacks the curves, the pictures of the loss that are not chosen, and all pages of the
    selected run except the one that says what it does.
    """

    changed = Signal(bool)  # whether the window is simple now
    pictures_changed = Signal()  # the surface or the map was shown or hidden

    def __init__(self, cards: Workspace, maximised: MaximisedCard, parent: QObject) -> None:
        super().__init__(parent)
        self._cards, self._maximised = cards, maximised
        self.picture = 0
        self._page = 0  # the page that was open before
        self.on = False
        cards.story.hide()
        cards.story.picture_chosen.connect(self.choose_picture)

    @property
    def page(self) -> int:
        """The page of the selected run that is open, or was before the window became simple."""
        return self._page if self.on else self._cards.run_card.page

    def choose_picture(self, choice: int) -> None:
        self.picture = choice
        self._cards.story.show_picture(choice)
        self._show()

    def toggle(self) -> None:
        self.set_on(not self.on)

    def set_on(self, on: bool) -> None:
        if on == self.on:
            return
        self.on = on
        cards = self._cards
        if on:
            self._page = cards.run_card.page
            cards.run_card.show_page(_PAGE)
        elif cards.run_card.page == _PAGE:
            cards.run_card.show_page(self._page)
        cards.run_card.show_tabs(not on, tr("What the run does") if on else "")
        cards.story.setVisible(on)
        self._show()
        self.changed.emit(on)

    def _show(self) -> None:
        self._maximised.restore_all()  # a card to be hidden may be maximised
        shown = PICTURE_CHOICES[self.picture] if self.on else PICTURE_CHOICES[-1]
        for name in PICTURE_CHOICES[-1]:
            self._cards.by_name[name].setVisible(name in shown)
        self._cards.curve_card.setVisible(not self.on)
        self.pictures_changed.emit()
