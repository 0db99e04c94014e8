"""Menus and shortcuts. Shortcuts belong to the window, so keys work wherever the focus is.

A text field that has the focus takes the keys it types with before any shortcut does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

Key: TypeAlias = "str | QKeySequence.StandardKey"
Keys: TypeAlias = "Key | tuple[Key, ...]"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Commands", text)


@dataclass(frozen=True)
class Command:
    """An entry of a menu.

    Attributes
    ----------
    name : str
        By which the window finds its action.
    text : str
        With the menu's ampersand.
    keys : str, standard key, or several of them
        The first is shown in the menu.
    checkable : bool
    """

    name: str
    text: str
    keys: Keys = ""
    checkable: bool = False

    def shortcuts(self) -> list[QKeySequence]:
        """Return the keys, each once: on some systems two standard keys are the same."""
        keys = self.keys if isinstance(self.keys, tuple) else (self.keys,)
        named = {sequence.toString(): sequence for sequence in (QKeySequence(key) for key in keys)}
        return [sequence for text, sequence in named.items() if text]


SEPARATOR = Command("", "")
# Those that take pictures, clips and numbers away.
EXPORTS = ("export_picture", "export_animation", "export_record", "export_script", "copy_picture")
# Those that bring points in and out.
POINTS = ("import_points", "paste_points", "generate_points", "standardise", "export_points", "copy_points")


def menus() -> dict[str, tuple[Command, ...]]:
    """Return the window's menus, by their titles."""
    key = QKeySequence.StandardKey
    return {
        _tr("&File"): (
            Command("new", _tr("&New"), key.New),
            Command("open", _tr("&Open…"), key.Open),
            Command("recent", _tr("Open &recent")),
            SEPARATOR,
            Command("save", _tr("&Save"), key.Save),
            Command("save_as", _tr("Save &as…"), "Ctrl+Shift+S"),
            Command("revert", _tr("Re&vert…")),
            SEPARATOR,
            Command("export_picture", _tr("Export &picture…"), "Ctrl+P"),
            Command("export_animation", _tr("Export &animation…"), "Ctrl+Shift+A"),
            Command("export_record", _tr("Export &record as CSV…")),
            Command("export_script", _tr("Export &NumPy script…")),
            Command("copy_picture", _tr("&Copy picture"), "Ctrl+Alt+C"),
            SEPARATOR,
            Command("quit", _tr("&Quit"), "Ctrl+Q"),
        ),
        _tr("&Edit"): (
            Command("undo", _tr("&Undo"), key.Undo),
            Command("redo", _tr("&Redo"), (key.Redo, "Ctrl+Y")),
        ),
        _tr("P&oints"): (
            Command("add_point", _tr("&Add a point"), "Ctrl+Shift+P"),
            Command("import_points", _tr("&Import points…"), "Ctrl+I"),
            Command("paste_points", _tr("&Paste points"), "Ctrl+Shift+V"),
            Command("generate_points", _tr("&Generate points…"), "Ctrl+Shift+G"),
            SEPARATOR,
            Command("standardise", _tr("&Standardise x…")),
            SEPARATOR,
            Command("export_points", _tr("&Export points…")),
            Command("copy_points", _tr("&Copy all points"), "Ctrl+Shift+C"),
        ),
        _tr("&Run"): (
            Command("duplicate_run", _tr("&Duplicate"), "Ctrl+D"),
            Command("hide_run", _tr("&Hide or show"), "Ctrl+H"),
            Command("remove_run", _tr("&Remove"), "Ctrl+Backspace"),
            SEPARATOR,
            Command("next_run", _tr("Select the &next"), "Ctrl+Down"),
            Command("previous_run", _tr("Select the &one before"), "Ctrl+Up"),
        ),
        _tr("&Playback"): (
            Command("play", _tr("&Play or pause"), "Space"),
            Command("back", _tr("Step &back"), "Left"),
            Command("forward", _tr("Step &forward"), "Right"),
            Command("first", _tr("To the &start"), "Home"),
            Command("last", _tr("To the &end"), "End"),
            Command("next_part", _tr("&Next part of the step"), "."),
            SEPARATOR,
            Command("slower", _tr("S&lower"), "["),
            Command("faster", _tr("F&aster"), "]"),
            Command("live", _tr("Li&ve: follow the computation"), "Ctrl+L", checkable=True),
            Command("loop", _tr("L&oop"), "Ctrl+R", checkable=True),
            Command("by_epoch", _tr("Count in &epochs"), "Ctrl+E", checkable=True),
        ),
        _tr("&View"): (
            Command("reset_view", _tr("&Reset the 3D view"), "Ctrl+0"),
            Command("top_view", _tr("3D view from the &top"), "Ctrl+9"),
            Command("fit_view_range", _tr("&Fit the map to the runs"), "Ctrl+F"),
            Command("exact", _tr("&Exact surface of very many points")),
            Command("arrows", _tr("&Arrows of the step"), "Ctrl+A", checkable=True),
            Command("log_loss", _tr("&Logarithmic loss"), "Ctrl+G", checkable=True),
            SEPARATOR,
            Command("page_settings", _tr("&Settings of the run"), "Ctrl+1"),
            Command("page_step", _tr("&This step, worked out"), "Ctrl+2"),
            Command("page_why", _tr("&Why it does that"), "Ctrl+3"),
            Command("page_memory", _tr("What past gradients &count"), "Ctrl+4"),
            SEPARATOR,
            Command("fold_left", _tr("&Points column"), "F7", checkable=True),
            Command("fold_right", _tr("&Settings column"), "F8", checkable=True),
            SEPARATOR,
            Command("enlarge", _tr("&Enlarge the pane"), "F9", checkable=True),
            Command("projector", _tr("Pro&jector"), "F10", checkable=True),
            Command("full_screen", _tr("F&ull screen"), "F11", checkable=True),
            Command("theme", _tr("&Dark theme"), "Ctrl+T", checkable=True),
        ),
        _tr("&Learn"): (
            Command("lecture", _tr("&The lecture")),
            Command("continue_lesson", _tr("&Continue")),
            Command("open_lesson", _tr("&Open lesson…")),
            SEPARATOR,
            Command("next_stop", _tr("&Next stop"), "PgDown"),
            Command("previous_stop", _tr("&Previous stop"), "PgUp"),
            Command("return_to_stop", _tr("&Return to the stop"), "F5"),
            Command("end_lesson", _tr("&End the lesson"), "Shift+F5"),
            SEPARATOR,
            Command("guess_work", _tr("&Guess work…")),
            Command("quiz", _tr("Contour &quiz…")),
            Command("predict", _tr("Pre&dict, then reveal…")),
            Command("check_work", _tr("Chec&k my work…"), "Ctrl+K"),
            Command("find_rate", _tr("&Find a rate…"), "Ctrl+Shift+R"),
        ),
    }


def help_commands() -> tuple[Command, ...]:
    """Return the entries of the help menu, which comes last."""
    return (
        Command("guide", _tr("&User guide")),
        Command("keys", _tr("&Keys and mouse"), "F1"),
        Command("pane_help", _tr("&Help on this pane"), "Shift+F1"),
        Command("tour", _tr("&Tour of the window")),
        SEPARATOR,
        Command("about", _tr("&About gdsim")),
    )


def add_commands(
    window: QMainWindow, menu: QMenu, commands: tuple[Command, ...], handlers: dict[str, Callable[[], object]]
) -> dict[str, QAction]:
    """Fill a menu; return its actions by name."""
    actions = {}
    for command in commands:
        if command is SEPARATOR:
            menu.addSeparator()
            continue
        action = QAction(command.text, window)
        action.setShortcuts(command.shortcuts())
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setCheckable(command.checkable)
        # `triggered` brings the checked state along; what a command does follows from the state it finds.
        handler = handlers[command.name]
        action.triggered.connect(lambda _checked=False, act=handler: act())
        # A window without its menu bar, as on full screen, keeps its keys.
        window.addAction(action)
        menu.addAction(action)
        actions[command.name] = action
    return actions


def name_edits(actions: dict[str, QAction], undo: str, redo: str) -> None:
    """Say in the menu which edits undo and redo would take back and make again; empty when there is none."""
    for name, words, edit in (("undo", _tr("&Undo"), undo), ("redo", _tr("&Redo"), redo)):
        actions[name].setEnabled(bool(edit))
        actions[name].setText(f"{words} {edit.replace('&', '&&')}".strip())
        actions[name].setIconText(words.replace("&", ""))  # its name where there is no document
