"""The Help menu, and the tour of the first start."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QWidget

from gdsim.gui.help.about import show_about
from gdsim.gui.help.help_window import HelpWindow
from gdsim.gui.help.keys_dialog import show_keys
from gdsim.gui.help.pages import INDEX, active_page, page_for
from gdsim.gui.help.tour import Tour
from gdsim.gui.preferences import Preferences

if TYPE_CHECKING:
    from gdsim.gui.window.maximise import MaximisedCard
    from gdsim.gui.window.workspace import Workspace

_SEEN = "tour_seen"
# The window is there, and laid out, before something points at its parts.
_FIRST_MS = 600


class HelpCommands(QObject):
    """The commands of the Help menu.

    Parameters
    ----------
    window : QMainWindow
    page : QWidget
        Its body, over which hints lie.
    cards : "Workspace"
    maximised : "MaximisedCard"
        Knows which pane is meant.
    settings : Preferences
        Where it is kept that the tour was seen; None shows none by itself.

    Attributes
    ----------
    pages : HelpWindow or None
        The user guide, once it was opened.
    tour : Tour
    """

    def __init__(
        self,
        window: QMainWindow,
        page: QWidget,
        cards: "Workspace",
        maximised: "MaximisedCard",
        settings: Preferences,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._cards = cards
        self._maximised = maximised
        self._settings = settings
        self._actions: dict[str, QAction] = {}
        self.pages: HelpWindow | None = None
        self.tour = Tour(page, cards.by_name)

    def set_actions(self, actions: dict[str, QAction]) -> None:
        """Take all entries of the menus, whose keys are listed."""
        self._actions = actions
        # The windows of the exercises have pages too.
        actions["pane_help"].setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)

    @Slot()
    def show_keys(self) -> None:
        show_keys(self._window, list(self._actions.values()), self.show_guide)

    @Slot()
    def show_guide(self) -> None:
        self.show_page(INDEX)

    def show_about(self) -> None:
        """Show what this program is, and by what the surface is drawn."""
        show_about(self._window, self._cards.surface.means())

    def show_pane_help(self) -> None:
        """Show the page on what has the keys, or the mouse."""
        self.show_page(active_page() or page_for(self._maximised.meant(), self._cards.by_name))

    def show_page(self, name: str) -> None:
        if self.pages is None:
            self.pages = HelpWindow(self._window)
        self.pages.show_page(name)

    @property
    def page(self) -> str:
        """Name of the page that is open; empty when none is."""
        return self.pages.page if self.pages and self.pages.isVisible() else ""

    def begin_first_tour(self) -> None:
        """Show the tour to somebody who has never seen it, and never again."""
        if self._settings.remembers and not self._settings.flag(_SEEN, usual=False):
            self._settings.keep(_SEEN, True)
            QTimer.singleShot(_FIRST_MS, self, self.tour.begin)

    def skip_tour(self) -> bool:
        """End the tour; return whether there was one."""
        return self.tour.end()

    def close(self) -> None:
        self.tour.end()
        if self.pages is not None:
            self.pages.close()
