"""The window's commands: what each does, its words in the menu, and its keys.

Shortcuts belong to the window, so keys work wherever the focus is.

A text field that has the focus takes the keys it types with before any shortcut does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

if TYPE_CHECKING:
    from gdsim.gui.window.main_window import MainWindow

Key: TypeAlias = "str | QKeySequence.StandardKey"
Keys: TypeAlias = "Key | tuple[Key, ...]"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Commands", text)


@dataclass(frozen=True)
class Command:
    """An entry of a menu."""

    name: str  # by which the window finds its action
    text: str  # with the menu's ampersand
    act: Callable[[], object]  # what it does
    keys: Keys = ""  # the first is shown in the menu
    checkable: bool = False

    def shortcuts(self) -> list[QKeySequence]:
        """Return the keys, each once: on some systems two standard keys are the same."""
        keys = self.keys if isinstance(self.keys, tuple) else (self.keys,)
        named = {sequence.toString(): sequence for sequence in (QKeySequence(key) for key in keys)}
        return [sequence for text, sequence in named.items() if text]


def edit_words() -> dict[str, str]:
    """Return what undo and redo are called in the menu, by the names of the commands."""
    return {"undo": _tr("&Undo"), "redo": _tr("&Redo")}


def menus(window: "MainWindow") -> dict[str, tuple[Command | None, ...]]:
    """Return the menus of a window by their titles; None is a line between entries."""
    key = QKeySequence.StandardKey
    session, user, cards = window.session, window.user_actions, window.cards
    files, view, lessons = window.files, window.view, window.lessons
    undo, redo = edit_words().values()
    export, points, exercise = window.export.command, window.points.command, window.exercises.open
    return {
        _tr("&File"): (
            Command("new", _tr("&New"), files.opening.new, key.New),
            Command("open", _tr("&Open…"), files.ask_open, key.Open),
            Command("recent", _tr("Open &recent"), files.recent_menu.fill),
            None,
            Command("save", _tr("&Save"), files.saving.save, key.Save),
            Command("save_as", _tr("Save &as…"), files.saving.save_as, "Ctrl+Shift+S"),
            Command("revert", _tr("Re&vert…"), files.revert),
            None,
            Command("export_picture", _tr("Export &picture…"), export("picture"), "Ctrl+P"),
            Command(
                "export_animation",
                _tr("Export &animation…"),
                export("animation"),
                "Ctrl+Shift+A",
            ),
            Command("export_record", _tr("Export &record as CSV…"), export("record")),
            Command("export_script", _tr("Export P&ython script…"), export("script")),
            Command("copy_picture", _tr("&Copy picture"), export("copy"), "Ctrl+Alt+C"),
            None,
            Command("quit", _tr("&Quit"), window.close, "Ctrl+Q"),
        ),
        _tr("&Edit"): (
            Command("undo", undo, user.undo, key.Undo),
            Command("redo", redo, user.redo, (key.Redo, "Ctrl+Y")),
        ),
        _tr("P&oints"): (
            Command("add_point", _tr("&Add a point"), user.add_point, "Ctrl+Shift+P"),
            Command("import_points", _tr("&Import points…"), points("ask_file"), "Ctrl+I"),
            Command("paste_points", _tr("&Paste points"), points("paste"), "Ctrl+Shift+V"),
            Command(
                "generate_points",
                _tr("&Generate points…"),
                points("generate"),
                "Ctrl+Shift+G",
            ),
            None,
            Command("standardise", _tr("&Standardise x…"), points("standardise")),
            None,
            Command("export_points", _tr("&Export points…"), points("ask_target")),
            Command("copy_points", _tr("&Copy all points"), points("copy"), "Ctrl+Shift+C"),
        ),
        _tr("&Run"): (
            Command(
                "duplicate_run", _tr("&Duplicate"), lambda: user.duplicate_run(session.selected), "Ctrl+D"
            ),
            Command("hide_run", _tr("&Hide or show"), user.hide_selected, "Ctrl+H"),
            Command(
                "remove_run", _tr("&Remove"), lambda: user.remove_run(session.selected), "Ctrl+Backspace"
            ),
            None,
            Command(
                "next_run", _tr("Select the &next"), lambda: session.select(session.selected + 1), "Ctrl+Down"
            ),
            Command(
                "previous_run",
                _tr("Select the &one before"),
                lambda: session.select(session.selected - 1),
                "Ctrl+Up",
            ),
        ),
        _tr("&Playback"): (
            Command("play", _tr("&Play or pause"), user.toggle_play, "Space"),
            Command("back", _tr("Step &back"), user.back, "Left"),
            Command("forward", _tr("Step &forward"), user.forward, "Right"),
            Command("first", _tr("To the &start"), user.first, "Home"),
            Command("last", _tr("To the &end"), user.last, "End"),
            Command("next_part", _tr("&Next part of the step"), session.next_part, "."),
            None,
            Command("slower", _tr("S&lower"), user.slower, "["),
            Command("faster", _tr("F&aster"), user.faster, "]"),
            Command("live", _tr("Li&ve: follow the computation"), user.toggle_live, "Ctrl+L", checkable=True),
            Command("loop", _tr("L&oop"), user.toggle_loop, "Ctrl+R", checkable=True),
            Command("by_epoch", _tr("Count in &epochs"), view.toggle_by_epoch, "Ctrl+E", checkable=True),
        ),
        _tr("&View"): (
            Command("reset_view", _tr("&Reset the 3D view"), view.reset_view, "Ctrl+0"),
            Command("top_view", _tr("3D view from the &top"), view.top_view, "Ctrl+9"),
            Command("fit_view_range", _tr("&Fit the map to the runs"), user.fit_view_range, "Ctrl+F"),
            Command("exact", _tr("&Exact surface of very many points"), cards.exact.press),
            Command("arrows", _tr("&Arrows of the step"), cards.legend.toggle, "Ctrl+A", checkable=True),
            Command("log_loss", _tr("&Logarithmic loss"), view.toggle_log, "Ctrl+G", checkable=True),
            None,
            Command(
                "page_settings", _tr("&Settings of the run"), partial(view.open_page, "settings"), "Ctrl+1"
            ),
            Command("page_step", _tr("&This step, worked out"), partial(view.open_page, "step"), "Ctrl+2"),
            Command("page_why", _tr("&Why it does that"), partial(view.open_page, "why"), "Ctrl+3"),
            Command(
                "page_memory",
                _tr("How much past gradients &count"),
                partial(view.open_page, "memory"),
                "Ctrl+4",
            ),
            None,
            Command("fold_left", _tr("&Points column"), partial(view.fold, "left"), "F7", checkable=True),
            Command("fold_right", _tr("&Settings column"), partial(view.fold, "right"), "F8", checkable=True),
            None,
            Command("maximise", _tr("&Maximise the pane"), window.maximised.toggle, "F9", checkable=True),
            Command("projector", _tr("Pro&jector"), window.toggle_projector, "F10", checkable=True),
            Command("full_screen", _tr("F&ull screen"), view.toggle_full_screen, "F11", checkable=True),
            Command("theme", _tr("&Dark theme"), window.toggle_theme, "Ctrl+T", checkable=True),
        ),
        _tr("&Learn"): (
            Command("lecture", _tr("&The lecture"), lessons.open_lecture),
            Command("continue_lesson", _tr("&Continue"), lessons.go_on),
            Command("open_lesson", _tr("&Open lesson…"), lessons.ask),
            None,
            Command("next_stop", _tr("&Next stop"), lessons.next_stop, "PgDown"),
            Command("previous_stop", _tr("&Previous stop"), lessons.previous_stop, "PgUp"),
            Command("return_to_stop", _tr("&Return to the stop"), lessons.return_to_stop, "F5"),
            Command("end_lesson", _tr("&End the lesson"), lessons.end, "Shift+F5"),
            None,
            Command("guess_work", _tr("&Guess work…"), partial(exercise, "guess_work")),
            Command("quiz", _tr("Contour &quiz…"), partial(exercise, "quiz")),
            Command("predict", _tr("Pre&dict, then reveal…"), partial(exercise, "predict")),
            Command("check_work", _tr("Chec&k my work…"), partial(exercise, "check_work"), "Ctrl+K"),
            Command("find_rate", _tr("&Find a rate…"), partial(exercise, "find_rate"), "Ctrl+Shift+R"),
        ),
        _tr("&Help"): (
            Command("guide", _tr("&User guide"), window.help.show_guide),
            Command("keys", _tr("&Keys and mouse"), window.help.show_keys, "F1"),
            Command("pane_help", _tr("&Help on this pane"), window.help.show_pane_help, "Shift+F1"),
            Command("tour", _tr("&Tour of the window"), window.help.tour.begin),
            None,
            Command("about", _tr("&About gdsim"), window.help.show_about),
        ),
    }


def add_commands(
    window: QMainWindow, menu: QMenu, commands: tuple[Command | None, ...]
) -> dict[str, QAction]:
    actions = {}
    for command in commands:
        if command is None:
            menu.addSeparator()
            continue
        action = QAction(command.text, window)
        action.setShortcuts(command.shortcuts())
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setCheckable(command.checkable)
        # `triggered` brings the checked state along; what a command does follows from the state it finds.
        action.triggered.connect(lambda _checked=False, act=command.act: act())
        # A window without its menu bar, as on full screen, keeps its keys.
        window.addAction(action)
        menu.addAction(action)
        actions[command.name] = action
    return actions


def name_edits(actions: dict[str, QAction], undo: str, redo: str) -> None:
    """Say in the menu which edits undo and redo would take back and make again; empty when there is none."""
    for (name, words), edit in zip(edit_words().items(), (undo, redo), strict=True):
        actions[name].setEnabled(bool(edit))
        actions[name].setText(f"{words} {edit.replace('&', '&&')}".strip())
        actions[name].setIconText(words.replace("&", ""))  # its name where there is no document
