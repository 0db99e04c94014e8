"""The list of all keys and mouse gestures by menu and pane, with a search field."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QMainWindow,
    QMenu,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
)

from gdsim.gui.forms.dialog import ScreenDialog
from gdsim.gui.forms.layouts import DIALOG_MARGINS, fill_layout, plain_button
from gdsim.gui.forms.tips import native_keys
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.style.text_size import resize_window
from gdsim.gui.translation import tr

_SIZE = 620, 640


class KeyBinding(NamedTuple):
    """An action, and the keys or mouse gestures that do it."""

    what: str
    by: str


class BindingGroup(NamedTuple):
    """The entries of one menu or one pane."""

    title: str
    entries: tuple[KeyBinding, ...]


def groups_of(window: QMainWindow) -> Iterator[BindingGroup]:
    """Yield the keys of a window's menus, then the keys and mouse gestures of its panes."""
    for menu in (one.menu() for one in window.menuBar().actions()):
        if isinstance(menu, QMenu):
            entries = tuple(_entries(menu))
            if entries:
                yield BindingGroup(menu.title().replace("&", ""), entries)
    yield from _panes()


def _entries(menu: QMenu) -> Iterator[KeyBinding]:
    for action in menu.actions():
        if isinstance(inner := action.menu(), QMenu):
            yield from _entries(inner)
        keys = tr(" or ").join(map(native_keys, action.shortcuts()))
        if keys:
            yield KeyBinding(action.iconText(), keys)


def _panes() -> Iterator[BindingGroup]:
    yield BindingGroup(
        tr("On the contour map"),
        (
            KeyBinding(tr("Set the start of the selected run"), tr("Ctrl+click")),
            KeyBinding(tr("Move that start"), tr("drag the ring, or Shift+arrows")),
            KeyBinding(tr("Zoom"), tr("wheel, or + and −")),
            KeyBinding(tr("Move the map"), tr("drag, or type its range")),
            KeyBinding(tr("Read values of the map"), tr("mouse, or Alt+arrows")),
        ),
    )
    yield BindingGroup(
        tr("On the error surface"),
        (
            KeyBinding(tr("Turn the surface"), tr("drag, or Shift+arrows")),
            KeyBinding(tr("Zoom the surface"), tr("wheel, or + and −")),
            KeyBinding(tr("Reset the view of the surface"), tr("double-click")),
        ),
    )
    yield BindingGroup(
        tr("In the table of points"),
        (
            KeyBinding(tr("Change a number"), tr("type over it, or F2")),
            KeyBinding(tr("Go to the number next to it"), tr("Shift+arrows, or Tab while typing")),
            KeyBinding(tr("Remove the selected rows"), tr("Delete")),
        ),
    )
    yield BindingGroup(
        tr("On the neuron"),
        (
            KeyBinding(tr("Move a point"), tr("drag, or Shift+arrows")),
            KeyBinding(tr("Choose a point"), tr("Up and Down")),
            KeyBinding(tr("Add a point there"), tr("double-click")),
        ),
    )
    yield BindingGroup(
        tr("On the curves"),
        (
            KeyBinding(tr("Go to a step"), tr("click or drag")),
            KeyBinding(tr("Read values"), tr("mouse, or Shift+arrows")),
            KeyBinding(tr("Go to the step that is read"), tr("Enter")),
            KeyBinding(tr("Zoom in time"), tr("wheel, + and −, or Shift+drag")),
            KeyBinding(tr("Show all steps"), tr("0, or double-click")),
        ),
    )
    yield BindingGroup(
        tr("On maps of how runs end"),
        (
            KeyBinding(tr("Read a run"), tr("mouse, or arrows")),
            KeyBinding(tr("Give the run these settings"), tr("click, or Enter")),
            KeyBinding(tr("Add a run with them"), tr("Ctrl+click, or Ctrl+Enter")),
            KeyBinding(tr("Zoom in or out"), tr("wheel, or + and −")),
            KeyBinding(tr("Move over the map"), tr("drag, or Shift+arrows")),
            KeyBinding(tr("Show the whole range"), tr("Home")),
            KeyBinding(tr("Go to the next map"), tr("Page Down")),
        ),
    )
    yield BindingGroup(
        tr("In a fair race"),
        (
            KeyBinding(tr("Race"), tr("Enter")),
            KeyBinding(tr("Read the profile"), tr("mouse, or ← and →")),
            KeyBinding(tr("Take a rule out"), tr("Delete")),
        ),
    )
    yield BindingGroup(
        tr("On any pane"),
        (
            KeyBinding(tr("Focus a pane"), tr("Tab, or click")),
            KeyBinding(tr("Press the focused button"), tr("Enter")),
            KeyBinding(tr("Make a pane larger or smaller"), tr("drag the border of panes")),
            KeyBinding(
                tr("Open a copied link or picture"), native_keys(QKeySequence(QKeySequence.StandardKey.Paste))
            ),
            KeyBinding(tr("Maximise a pane, or restore it"), tr("double-click its title; Escape restores")),
        ),
    )


class KeyList(QTreeWidget):
    """A tree of the groups and their entries, in which a search hides what does not match."""

    def __init__(self, groups: Iterator[BindingGroup]) -> None:
        super().__init__()
        self.setObjectName("framed")
        self.setAccessibleName(tr("Keys and mouse"))
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
        """Show the entries that contain all the words, also in their keys or group; return how many match."""
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
    """The dialog with the list of keys, and a button for the user guide."""

    def __init__(self, window: QMainWindow, show_guide: Callable[[], None]) -> None:
        super().__init__(window, tr("Keys and mouse"), once=True)
        self.field = QLineEdit()
        self.field.setAccessibleName(tr("Search the keys"))
        self.field.setPlaceholderText(tr("Search: run, zoom, Ctrl+D"))
        self.field.setClearButtonEnabled(True)
        self.list = KeyList(groups_of(window))
        self._nothing = PlainLabel(tr("No key or gesture matches these words."), name="hint")
        self._nothing.hide()
        # Closes as well, because the modal dialog would block the guide.
        guide = plain_button(tr("&User guide"), act=self.accept)
        guide.clicked.connect(show_guide)
        close = plain_button(tr("Close"), act=self.reject)
        self.field.textChanged.connect(self._on_search)
        parts = (self.field, self.list, self._nothing)
        fill_layout(QVBoxLayout(self.content), *parts, gap=6, margins=DIALOG_MARGINS)
        self.set_foot(fill_layout(QHBoxLayout(), guide, None, close))
        resize_window(self, *_SIZE)
        self.field.setFocus()

    def _on_search(self, words: str) -> None:
        self._nothing.setVisible(not self.list.search(words))
