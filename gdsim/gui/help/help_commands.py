"""The Help menu and its dialogs, and the tour at the first start."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QWidget

import gdsim
from gdsim.core.lessons.view import PAGES
from gdsim.gui.forms.card import Card, TabbedCard
from gdsim.gui.help.tour import Tour
from gdsim.gui.help.versions import component_line
from gdsim.gui.plain_text import PlainMessageBox
from gdsim.gui.preferences import Preferences
from gdsim.gui.style import icons as assets
from gdsim.gui.translation import tr
from gdsim.session.tasks import TaskQueue

if TYPE_CHECKING:
    from gdsim.gui.help.help_window import HelpWindow
    from gdsim.gui.window.maximise import MaximisedCard
    from gdsim.gui.window.workspace import Workspace

_SEEN = "tour_seen"
# The delay of the tour, so that the window is laid out before the tour points at its cards.
_FIRST_MS = 600


class HelpCommands(QObject):
    """The commands of the Help menu, which load their dialogs on first use.

    The tour shows its hints over the ``page``; ``maximised`` knows which pane has the focus or the mouse.
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
        self.pages: HelpWindow | None = None  # the user guide, while it is open
        self.reading = TaskQueue(self)
        self.tour = Tour(page, cards.by_name)

    def set_actions(self, actions: dict[str, QAction]) -> None:
        # The windows of the exercises have help pages too.
        actions["pane_help"].setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)

    @Slot()
    def show_keys(self) -> None:
        from gdsim.gui.help.keys import KeysDialog  # noqa: PLC0415

        KeysDialog(self._window, self.show_guide).open()

    @Slot()
    def show_guide(self) -> None:
        self.show_page()

    @Slot()
    def show_about(self) -> None:
        show_about(self._window, self._cards.surface.drawing_method())

    def show_pane_help(self) -> None:
        """Show the page about the active window, or the pane that has the focus or the mouse."""
        self.show_page(active_page() or page_for(self._maximised.target_card(), self._cards.by_name))

    def show_page(self, name: str = "index") -> None:
        from gdsim.gui.help import search  # noqa: PLC0415
        from gdsim.gui.help.help_window import HelpWindow  # noqa: PLC0415

        if self.pages is None:
            # Read ahead, because the first search would take longer than a frame: some pages are computed.
            self.reading.replace(search.guide_pages)
            self.pages = HelpWindow(self._window)
            self.pages.finished.connect(self._on_closed)
        self.pages.show_page(name)

    @Slot()
    def _on_closed(self) -> None:
        if self.pages is not None:
            self.pages.deleteLater()
            self.pages = None

    def begin_first_tour(self) -> None:
        """Show the tour at the first start, if the preferences can remember that it was shown."""
        if self._settings.remembers and not self._settings.flag(_SEEN, usual=False):
            self._settings.keep(_SEEN, True)
            QTimer.singleShot(_FIRST_MS, self, self.tour.begin)

    def close(self) -> None:
        self.reading.close()
        self.tour.end()
        if self.pages is not None:
            self.pages.close()


def page_for(name: str, cards: Mapping[str, Card]) -> str:
    """Return the page about a card, or about its open tab if the card has tabs."""
    card = cards.get(name)
    return PAGES[card.page] if isinstance(card, TabbedCard) else name


def active_page() -> str:
    """Return the help page of the active window, or an empty string for the main window."""
    return str(getattr(QApplication.activeWindow(), "help_page", ""))


def show_about(parent: QWidget, means: str) -> None:
    """Show the versions of all parts; ``means`` is a sentence that says how the surface is drawn."""
    box = PlainMessageBox(parent)
    box.setWindowTitle(tr("About gdsim"))
    box.setIconPixmap(assets.app_icon().pixmap(64, 64))
    logo = box.findChild(QLabel, "qt_msgboxex_icon_label")
    if logo is not None:
        logo.setAccessibleName(tr("Logo of gdsim"))
        logo.setAccessibleDescription(tr("A path that winds down into a valley of contour lines."))
    what = tr("The flight simulator of gradient descent.")
    box.setText(f"gdsim {gdsim.__version__}\n{what}")
    surface = tr("The error surface: {means}").format(means=means)
    licence = tr("MIT licence. Works offline and sends no data.")
    qt = tr(
        "Qt and PySide6 are used under the GNU LGPL, version 3; you may replace them with other versions."
    )
    box.setInformativeText(f"{component_line()}\n\n{surface}\n\n{licence}\n{qt}")
    box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
