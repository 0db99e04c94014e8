"""The Help menu with its dialogs, and the tour of the first start."""

import itertools
from collections.abc import Callable, Mapping
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QMainWindow, QVBoxLayout, QWidget

import gdsim
from gdsim.core.lessons.view import PAGES
from gdsim.gui.forms.card import Card, TabbedCard
from gdsim.gui.forms.dialog import ScreenDialog
from gdsim.gui.help.tour import Tour
from gdsim.gui.help.versions import parts_line
from gdsim.gui.plain_text import HtmlLabel, PlainMessageBox
from gdsim.gui.preferences import Preferences
from gdsim.gui.style import icons as assets
from gdsim.gui.translation import translate

if TYPE_CHECKING:
    from gdsim.gui.help.help_window import HelpWindow
    from gdsim.gui.window.maximise import MaximisedCard
    from gdsim.gui.window.workspace import Workspace

_SEEN = "tour_seen"
# The window is laid out before the tour points at its parts.
_FIRST_MS = 600
# Of shortcuts, so that all of them fit on a low screen.
_COLUMNS = 3


class HelpCommands(QObject):
    """The commands of the Help menu. What they show is loaded when it is first wanted.

    Parameters
    ----------
    page : QWidget
        The body of the window, over which the hints of the tour are shown.
    maximised : "MaximisedCard"
        Knows which pane the keyboard or the mouse is at.

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
        """Take the entries of the menus, to list their keys."""
        self._actions = actions
        # The windows of the exercises have help pages too.
        actions["pane_help"].setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)

    @Slot()
    def show_keys(self) -> None:
        show_keys(self._window, list(self._actions.values()), self.show_guide)

    @Slot()
    def show_guide(self) -> None:
        self.show_page()

    @Slot()
    def show_about(self) -> None:
        show_about(self._window, self._cards.surface.means())

    def show_pane_help(self) -> None:
        """Show the page about the active window, or the pane that has the focus or the mouse."""
        self.show_page(active_page() or page_for(self._maximised.meant(), self._cards.by_name))

    def show_page(self, name: str = "index") -> None:
        from gdsim.gui.help.help_window import HelpWindow  # noqa: PLC0415

        if self.pages is None:
            self.pages = HelpWindow(self._window)
            self.pages.finished.connect(self._on_closed)
        self.pages.show_page(name)

    @Slot()
    def _on_closed(self) -> None:
        if self.pages is not None:
            self.pages.deleteLater()
            self.pages = None

    @property
    def page(self) -> str:
        """Name of the page that is open; empty when none is."""
        return self.pages.page if self.pages else ""

    def begin_first_tour(self) -> None:
        """Show the tour at the first start, where that can be remembered."""
        if self._settings.remembers and not self._settings.flag(_SEEN, usual=False):
            self._settings.keep(_SEEN, True)
            QTimer.singleShot(_FIRST_MS, self, self.tour.begin)

    def skip_tour(self) -> bool:
        """End the tour; return whether it was shown."""
        return self.tour.end()

    def close(self) -> None:
        self.tour.end()
        if self.pages is not None:
            self.pages.close()


def page_for(name: str, cards: Mapping[str, Card]) -> str:
    """Return the page about a card; about the open tab of a card with several."""
    card = cards.get(name)
    return PAGES[card.page] if isinstance(card, TabbedCard) else name


def active_page() -> str:
    """Return the page about the active window; empty for the main window."""
    return str(getattr(QApplication.activeWindow(), "help_page", ""))


def show_keys(parent: QWidget, actions: list[QAction], show_guide: Callable[[], None]) -> None:
    """List every shortcut and what the mouse does, with a button for the user guide."""
    rows = [(action.iconText(), action.shortcut().toString()) for action in actions]
    rows = [(text, keys) for text, keys in rows if keys]
    mouse = [
        (
            translate("Help", "Contour map: Ctrl and a click"),
            translate("Help", "set the start of the selected run"),
        ),
        (translate("Help", "Contour map: drag the ring"), translate("Help", "move that start")),
        (
            translate("Help", "Contour map: wheel, drag"),
            translate("Help", "zoom, move (or type the view range above it)"),
        ),
        (
            translate("Help", "Error surface: drag, wheel, double-click"),
            translate("Help", "turn, zoom, reset"),
        ),
        (translate("Help", "Neuron: drag a point, double-click"), translate("Help", "move it, add one")),
        (translate("Help", "Curves: click, drag"), translate("Help", "go to a step")),
        (
            translate("Help", "Curves: wheel, Shift and drag, double-click"),
            translate("Help", "zoom in time, show a part, all"),
        ),
        (
            translate("Help", "Map with the focus (Tab): Shift and arrows"),
            translate("Help", "move that start (+ and − zoom)"),
        ),
        (
            translate("Help", "Map with the focus: Alt and arrows"),
            translate("Help", "read values (Escape ends that)"),
        ),
        (
            translate("Help", "Surface with the focus: Shift and arrows"),
            translate("Help", "turn it (+ and − zoom)"),
        ),
        (
            translate("Help", "Neuron with the focus: up, down; Shift and arrows"),
            translate("Help", "choose a point; move it"),
        ),
        (
            translate("Help", "Curves with the focus: Shift and arrows, Enter"),
            translate("Help", "read values, go to that step (+ and − zoom, 0 shows all)"),
        ),
        (
            translate("Help", "Border between panes: drag"),
            translate("Help", "make a pane larger or smaller (Ctrl, Shift and arrows)"),
        ),
        (
            translate("Help", "Title of a pane: double-click"),
            translate("Help", "maximise the pane, or restore it (Escape)"),
        ),
        (translate("Help", "Button with the focus: Enter"), translate("Help", "press it")),
    ]
    third = -(-len(rows) // _COLUMNS)
    columns = [rows[at : at + third] for at in range(0, len(rows), third)]
    lines = itertools.zip_longest(*columns, fillvalue=("", ""))
    body = "".join(f"<tr>{'<td width=28></td>'.join(map(_cells, line))}</tr>" for line in lines)
    body += "<tr><td>&nbsp;</td></tr>" + "".join(f"<tr>{_mouse_cells(row)}</tr>" for row in mouse)
    dialog = ScreenDialog(parent)
    dialog.setWindowTitle(translate("Help", "Keys and mouse"))
    text = HtmlLabel(f"<table cellspacing=3>{body}</table>")
    text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    # Read line by line, where the eye sees columns; reached by Tab, so that it can be read at all.
    text.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    text.setAccessibleName("\n".join(f"{what}: {keys}" for what, keys in (*rows, *mouse)))
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    guide = buttons.addButton(translate("Help", "&User guide"), QDialogButtonBox.ButtonRole.HelpRole)
    guide.setObjectName("primary")
    buttons.rejected.connect(dialog.reject)
    # The dialog is modal: it would block the guide.
    guide.clicked.connect(dialog.accept)
    guide.clicked.connect(show_guide)
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(20, 16, 20, 16)
    layout.addWidget(text)
    layout.addWidget(buttons)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


def _cells(row: tuple[str, str]) -> str:
    text, keys = map(escape, row)
    return f"<td>{text}</td><td width=14></td><td><b>{keys}</b></td>"


def _mouse_cells(row: tuple[str, str]) -> str:
    text, does = map(escape, row)
    return f"<td>{text}</td><td width=14></td><td colspan=9>{does}</td>"


def show_about(parent: QWidget, means: str) -> None:
    """Show the versions of all parts; ``means`` is a sentence that says how the surface is drawn."""
    box = PlainMessageBox(parent)
    box.setWindowTitle(translate("Help", "About gdsim"))
    box.setIconPixmap(assets.app_icon().pixmap(64, 64))
    what = translate("Help", "The flight simulator of gradient descent.")
    box.setText(f"gdsim {gdsim.__version__}\n{what}")
    surface = translate("Help", "The error surface: {means}").format(means=means)
    licence = translate("Help", "MIT licence. Works offline and sends no data.")
    qt = translate(
        "Help",
        "Qt and PySide6 are used under the GNU LGPL, version 3; you may replace them by other versions.",
    )
    box.setInformativeText(f"{parts_line()}\n\n{surface}\n\n{licence}\n{qt}")
    box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
