"""Menu entries: their texts, what they do, and their shortcuts."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from gdsim.gui.translation import tr

Key: TypeAlias = "str | QKeySequence.StandardKey"
Keys: TypeAlias = "Key | tuple[Key, ...]"


class Command(NamedTuple):
    """A menu entry that does something."""

    name: str  # the key of its action in `MainWindow.commands`
    text: str  # with an ampersand before the mnemonic
    act: Callable[[], object]
    keys: Keys = ""  # the first is shown in the menu
    is_on: Callable[[], bool] | None = None  # for a switch: returns its state, for the check mark

    def shortcuts(self) -> list[QKeySequence]:
        """Return the shortcuts without duplicates: on some systems two standard keys are the same."""
        keys = self.keys if isinstance(self.keys, tuple) else (self.keys,)
        named = {sequence.toString(): sequence for sequence in (QKeySequence(key) for key in keys)}
        return [sequence for text, sequence in named.items() if text]


class Submenu(NamedTuple):
    """Related commands behind one menu entry."""

    title: str  # with an ampersand before the mnemonic
    commands: tuple[Command, ...]


# The commands that macOS shows in the application menu. All others get NoRole: by default, Qt takes any entry
# whose text begins with "Settings" for the program's settings, and moves it there.
_ROLES = {"about": QAction.MenuRole.AboutRole, "quit": QAction.MenuRole.QuitRole}

Menu: TypeAlias = "tuple[Command | Submenu | None, ...]"  # None is a separator


def commands_in(menu: Menu) -> Iterator[Command]:
    for entry in menu:
        if isinstance(entry, Submenu):
            yield from entry.commands
        elif entry is not None:
            yield entry


def edit_words() -> dict[str, str]:
    """Return the menu texts of undo and redo by the names of the commands."""
    return {"undo": tr("&Undo"), "redo": tr("&Redo")}


def add_commands(window: QMainWindow, menu: QMenu, commands: Menu) -> dict[str, QAction]:
    actions: dict[str, QAction] = {}
    for command in commands:
        if command is None:
            menu.addSeparator()
            continue
        if isinstance(command, Submenu):
            inner = menu.addMenu(command.title)
            inner.menuAction().setMenuRole(QAction.MenuRole.NoRole)
            actions |= add_commands(window, inner, command.commands)
            continue
        action = QAction(command.text, window)
        action.setMenuRole(_ROLES.get(command.name, QAction.MenuRole.NoRole))
        if shortcuts := command.shortcuts():
            action.setShortcuts(shortcuts)
        if command.is_on:
            action.setCheckable(True)
        # `triggered` also sends the checked state, which commands ignore: they toggle the state they find.
        action.triggered.connect(lambda _checked=False, act=command.act: act())
        # Keeps the shortcut working while the menu bar is hidden, as in projector mode.
        window.addAction(action)
        menu.addAction(action)
        actions[command.name] = action
    return actions


def name_edits(actions: dict[str, QAction], undo: str, redo: str) -> None:
    """Name in the menu the edits that undo and redo would undo and redo; an empty text disables the entry."""
    named = (tr("&Undo {edit}"), undo), (tr("&Redo {edit}"), redo)
    for (name, words), (sentence, edit) in zip(edit_words().items(), named, strict=True):
        actions[name].setEnabled(bool(edit))
        actions[name].setText(sentence.format(edit=edit.replace("&", "&&")) if edit else words)
        actions[name].setIconText(words.replace("&", ""))  # the name in the list of keys, without the edit
