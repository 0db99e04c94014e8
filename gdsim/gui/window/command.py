"""An entry of a menu: its text, what it does, and its keys."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from gdsim.gui.translation import tr

Key: TypeAlias = "str | QKeySequence.StandardKey"
Keys: TypeAlias = "Key | tuple[Key, ...]"


class Command(NamedTuple):
    """An entry of a menu."""

    name: str  # by which the window finds its action
    text: str  # with the menu's ampersand
    act: Callable[[], object]  # what it does
    keys: Keys = ""  # the first is shown in the menu
    is_on: Callable[[], bool] | None = None  # of what is switched on and off: asked for the mark in the menu

    def shortcuts(self) -> list[QKeySequence]:
        """Return the keys, each once: on some systems two standard keys are the same."""
        keys = self.keys if isinstance(self.keys, tuple) else (self.keys,)
        named = {sequence.toString(): sequence for sequence in (QKeySequence(key) for key in keys)}
        return [sequence for text, sequence in named.items() if text]


class Submenu(NamedTuple):
    """Commands that belong together, behind one entry of a menu."""

    title: str  # with the menu's ampersand
    commands: tuple[Command, ...]


# What macOS has in the program's own menu. Of all others it is told that they have no place there: left to
# itself Qt takes an entry whose text begins with "Settings" for that of the program's settings.
_ROLES = {"about": QAction.MenuRole.AboutRole, "quit": QAction.MenuRole.QuitRole}

Menu: TypeAlias = "tuple[Command | Submenu | None, ...]"  # None is a line between entries


def commands_in(menu: Menu) -> Iterator[Command]:
    for entry in menu:
        if isinstance(entry, Submenu):
            yield from entry.commands
        elif entry is not None:
            yield entry


def edit_words() -> dict[str, str]:
    """Return what undo and redo are called in the menu, by the names of the commands."""
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
        action.setShortcuts(command.shortcuts())
        action.setCheckable(command.is_on is not None)
        # `triggered` brings the checked state along; what a command does follows from the state it finds.
        action.triggered.connect(lambda _checked=False, act=command.act: act())
        # A window without its menu bar, as on full screen, keeps its keys.
        window.addAction(action)
        menu.addAction(action)
        actions[command.name] = action
    return actions


def name_edits(actions: dict[str, QAction], undo: str, redo: str) -> None:
    """Say in the menu which edits undo and redo would take back and make again; empty when there is none."""
    named = (tr("&Undo {edit}"), undo), (tr("&Redo {edit}"), redo)
    for (name, words), (sentence, edit) in zip(edit_words().items(), named, strict=True):
        actions[name].setEnabled(bool(edit))
        actions[name].setText(sentence.format(edit=edit.replace("&", "&&")) if edit else words)
        actions[name].setIconText(words.replace("&", ""))  # its name where there is no document
