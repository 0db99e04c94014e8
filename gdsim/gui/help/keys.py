"""The list of all keys, and of what the mouse does: by menu and by pane, with a field to search it."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QHeaderView,
    QLineEdit,
    QMainWindow,
    QMenu,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
)

from gdsim.gui.forms.dialog import ScreenDialog
from gdsim.gui.forms.layouts import filled
from gdsim.gui.forms.tips import native
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.style.text_size import resize_window
from gdsim.gui.translation import translate

_SIZE = 620, 640


class Entry(NamedTuple):
    """Something that can be done, and by what."""

    what: str
    by: str


class Group(NamedTuple):
    """The entries of one menu or one pane."""

    title: str
    entries: tuple[Entry, ...]


def groups_of(window: QMainWindow) -> Iterator[Group]:
    """Return all keys of the menus of a window, then what mouse and keys do in its panes."""
    for menu in (one.menu() for one in window.menuBar().actions()):
        if isinstance(menu, QMenu):
            entries = tuple(_entries(menu))
            if entries:
                yield Group(menu.title().replace("&", ""), entries)
    yield from _panes()


def _entries(menu: QMenu) -> Iterator[Entry]:
    for action in menu.actions():
        if isinstance(inner := action.menu(), QMenu):
            yield from _entries(inner)
        keys = translate("Keys", " or ").join(map(native, action.shortcuts()))
        if keys:
            yield Entry(action.iconText(), keys)


def _panes() -> Iterator[Group]:
    yield Group(
        translate("Keys", "On the contour map"),
        (
            Entry(translate("Keys", "Set the start of the selected run"), translate("Keys", "Ctrl+click")),
            Entry(translate("Keys", "Move that start"), translate("Keys", "drag the ring, or Shift+arrows")),
            Entry(translate("Keys", "Zoom"), translate("Keys", "wheel, or + and −")),
            Entry(translate("Keys", "Move the map"), translate("Keys", "drag, or type its range")),
            Entry(translate("Keys", "Read values of the map"), translate("Keys", "mouse, or Alt+arrows")),
        ),
    )
    yield Group(
        translate("Keys", "On the error surface"),
        (
            Entry(translate("Keys", "Turn the surface"), translate("Keys", "drag, or Shift+arrows")),
            Entry(translate("Keys", "Zoom the surface"), translate("Keys", "wheel, or + and −")),
            Entry(translate("Keys", "Reset the view of the surface"), translate("Keys", "double-click")),
        ),
    )
    yield Group(
        translate("Keys", "On the neuron"),
        (
            Entry(translate("Keys", "Move a point"), translate("Keys", "drag, or Shift+arrows")),
            Entry(translate("Keys", "Choose a point"), translate("Keys", "Up and Down")),
            Entry(translate("Keys", "Add a point there"), translate("Keys", "double-click")),
        ),
    )
    yield Group(
        translate("Keys", "On the curves"),
        (
            Entry(translate("Keys", "Go to a step"), translate("Keys", "click or drag")),
            Entry(translate("Keys", "Read values"), translate("Keys", "mouse, or Shift+arrows")),
            Entry(translate("Keys", "Go to the step that is read"), translate("Keys", "Enter")),
            Entry(translate("Keys", "Zoom in time"), translate("Keys", "wheel, + and −, or Shift+drag")),
            Entry(translate("Keys", "Show all steps"), translate("Keys", "0, or double-click")),
        ),
    )
    yield Group(
        translate("Keys", "On maps of how runs end"),
        (
            Entry(translate("Keys", "Read a run"), translate("Keys", "mouse, or arrows")),
            Entry(translate("Keys", "Give the run these settings"), translate("Keys", "click, or Enter")),
            Entry(translate("Keys", "Add a run with them"), translate("Keys", "Ctrl+click, or Ctrl+Enter")),
            Entry(translate("Keys", "Zoom in or out"), translate("Keys", "wheel, or + and −")),
            Entry(translate("Keys", "Move over the map"), translate("Keys", "drag, or Shift+arrows")),
            Entry(translate("Keys", "Show the whole range"), translate("Keys", "Home")),
            Entry(translate("Keys", "Go to the next map"), translate("Keys", "Page Down")),
        ),
    )
    yield Group(
        translate("Keys", "In a fair race"),
        (
            Entry(translate("Keys", "Race"), translate("Keys", "Enter")),
            Entry(translate("Keys", "Read the profile"), translate("Keys", "mouse, or ← and →")),
            Entry(translate("Keys", "Take a rule out"), translate("Keys", "Delete")),
        ),
    )
    yield Group(
        translate("Keys", "On any pane"),
        (
            Entry(translate("Keys", "Give a pane the keys"), translate("Keys", "Tab, or click")),
            Entry(translate("Keys", "Press the button that has the keys"), translate("Keys", "Enter")),
            Entry(
                translate("Keys", "Make a pane larger or smaller"),
                translate("Keys", "drag the border of panes"),
            ),
            Entry(
                translate("Keys", "Open a copied link or picture"),
                native(QKeySequence(QKeySequence.StandardKey.Paste)),
            ),
            Entry(
                translate("Keys", "Maximise a pane, or restore it"),
                translate("Keys", "double-click its title; Escape restores"),
            ),
        ),
    )


class KeyList(QTreeWidget):
    """The groups, each with its entries; those that do not match a search are hidden."""

    def __init__(self, groups: Iterator[Group]) -> None:
        super().__init__()
        self.setObjectName("framed")
        self.setAccessibleName(translate("Keys", "Keys and mouse"))
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setIndentation(14)
        self.setUniformRowHeights(True)
        self._groups: list[tuple[QTreeWidgetItem, list[QTreeWidgetItem]]] = []
        for group in groups:
            top = QTreeWidgetItem(self, [group.title])
            top.setFirstColumnSpanned(True)
            font = self.font()
            font.setBold(True)
            top.setFont(0, font)
            self._groups.append((top, [QTreeWidgetItem(top, [*entry]) for entry in group.entries]))
        self.expandAll()
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)

    def search(self, words: str) -> int:
        """Show the entries with all these words in them, in their keys or in their group; return how many."""
        count = 0
        for top, rows in self._groups:
            found = 0
            for row in rows:
                text = f"{top.text(0)} {row.text(0)} {row.text(1)}".casefold()
                row.setHidden(not all(word in text for word in words.casefold().split()))
                found += not row.isHidden()
            top.setHidden(not found)
            count += found
        return count


class KeysDialog(ScreenDialog):
    """What every key and the mouse does, with a button for the user guide."""

    def __init__(self, window: QMainWindow, show_guide: Callable[[], None]) -> None:
        super().__init__(window)
        self.setWindowTitle(translate("Keys", "Keys and mouse"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.field = QLineEdit()
        self.field.setAccessibleName(translate("Keys", "Search the keys"))
        self.field.setPlaceholderText(translate("Keys", "Search: run, zoom, Ctrl+D"))
        self.field.setClearButtonEnabled(True)
        self.list = KeyList(groups_of(window))
        self._nothing = PlainLabel(translate("Keys", "No key or gesture has these words."))
        self._nothing.setObjectName("hint")
        self._nothing.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        guide = buttons.addButton(translate("Keys", "&User guide"), QDialogButtonBox.ButtonRole.HelpRole)
        guide.setObjectName("primary")
        for button in (guide, buttons.button(QDialogButtonBox.StandardButton.Close)):
            button.setAutoDefault(False)  # Enter in the field closes nothing
        buttons.rejected.connect(self.reject)
        # The dialog is modal: it would block the guide.
        guide.clicked.connect(self.accept)
        guide.clicked.connect(show_guide)
        self.field.textChanged.connect(self._on_search)
        parts = (self.field, self.list, self._nothing)
        filled(QVBoxLayout(self.content), *parts, gap=6, margins=(20, 16, 20, 16))
        self.set_foot(buttons)
        resize_window(self, *_SIZE)
        self.field.setFocus()

    def _on_search(self, words: str) -> None:
        self._nothing.setVisible(not self.list.search(words))
