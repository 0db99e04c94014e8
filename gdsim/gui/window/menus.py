"""The menus of the window: every command, with its text, what it does, and its keys."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

from gdsim.core.files.scene import FURTHER_SCENES, LANDSCAPE_SCENES, bundled_titles
from gdsim.core.language.words import translated
from gdsim.gui.translation import translate
from gdsim.gui.window.command import Command, Menu, Submenu, edit_words

if TYPE_CHECKING:
    from gdsim.gui.window.main_window import MainWindow

# By so many pixels a press of a key moves the border of a pane.
_STRIDE = 24


def menus(window: "MainWindow") -> dict[str, Menu]:
    """Return the menus of a window by their titles."""
    return {
        translate("Commands", "&File"): _file(window),
        translate("Commands", "&Edit"): _edit(window),
        translate("Commands", "P&oints"): _points(window),
        translate("Commands", "&Run"): _run(window),
        translate("Commands", "&Playback"): _playback(window),
        translate("Commands", "&View"): _view(window),
        translate("Commands", "&Learn"): _learn(window),
        translate("Commands", "&Help"): _help(window),
    }


def add_scenes(menu: QMenu, open_bundled: Callable[[str], object]) -> None:
    """Put the scenes that come with the program into a menu: first those of the lecture, then the others."""
    groups = {
        FURTHER_SCENES: QMenu(translate("Commands", "Further rules"), menu),
        LANDSCAPE_SCENES: QMenu(translate("Commands", "Other losses, any function"), menu),
    }
    for name, title in bundled_titles().items():
        group = next((one for names, one in groups.items() if name in names), menu)
        group.addAction(translated(title), partial(open_bundled, name))
    menu.addSeparator()
    for group in groups.values():
        menu.addMenu(group)


def _file(window: "MainWindow") -> Menu:
    key = QKeySequence.StandardKey
    files = window.files
    export = window.export.command
    share = window.share.command
    return (
        Command("new", translate("Commands", "&New"), files.opening.new, key.New),
        Command("open", translate("Commands", "&Open…"), files.ask_open, key.Open),
        Command("recent", translate("Commands", "Open &recent"), files.recent_menu.fill),
        None,
        Command("save", translate("Commands", "&Save"), files.saving.save, key.Save),
        Command("save_as", translate("Commands", "Save &as…"), files.saving.save_as, "Ctrl+Shift+S"),
        Command("revert", translate("Commands", "Re&vert…"), files.revert),
        None,
        Command("share", translate("Commands", "S&hare…"), share("share"), "Ctrl+L"),
        Command("open_link", translate("Commands", "Open lin&k…"), share("ask")),
        None,
        Command("export_picture", translate("Commands", "Export &picture…"), export("picture"), "Ctrl+P"),
        Command(
            "export_animation",
            translate("Commands", "Export ani&mation…"),
            export("animation"),
            "Ctrl+Shift+A",
        ),
        Command("export_record", translate("Commands", "Export recor&d as CSV…"), export("record")),
        Command("export_limits", translate("Commands", "Export &limits as CSV…"), export("limits")),
        Command("export_cut", translate("Commands", "Export cu&t as CSV…"), export("cut")),
        Command("export_field", translate("Commands", "Export gradient &field as CSV…"), export("field")),
        Command("export_script", translate("Commands", "Export P&ython script…"), export("script")),
        Command("export_page", translate("Commands", "Export pa&ge…"), export("page")),
        Command("copy_picture", translate("Commands", "&Copy picture"), export("copy"), "Ctrl+Alt+C"),
        None,
        Command("quit", translate("Commands", "&Quit"), window.close, "Ctrl+Q"),
    )


def _edit(window: "MainWindow") -> Menu:
    key = QKeySequence.StandardKey
    user = window.user_actions
    undo, redo = edit_words().values()
    return (
        Command("undo", undo, user.undo, key.Undo),
        Command("redo", redo, user.redo, (key.Redo, "Ctrl+Y")),
    )


def _points(window: "MainWindow") -> Menu:
    user = window.user_actions
    points = window.points.command
    objective = window.objective.command
    return (
        Command("add_point", translate("Commands", "&Add a point"), user.add_point, "Ctrl+Shift+P"),
        Command("import_points", translate("Commands", "&Import points…"), points("ask_file"), "Ctrl+I"),
        Command("paste_points", translate("Commands", "&Paste points"), points("paste"), "Ctrl+Shift+V"),
        Command(
            "generate_points", translate("Commands", "&Generate points…"), points("generate"), "Ctrl+Shift+G"
        ),
        None,
        Command("standardise", translate("Commands", "&Standardise x…"), points("standardise")),
        None,
        Command(
            "neuron_and_loss", translate("Commands", "&Neuron and loss…"), objective("neuron"), "Ctrl+Shift+E"
        ),
        Command(
            "function",
            translate("Commands", "A &function of w and b…"),
            objective("function"),
            "Ctrl+Shift+F",
        ),
        Command(
            "two_losses",
            translate("Commands", "&Two losses side by side"),
            window.stage.toggle_two_losses,
            "Ctrl+Shift+D",
            checkable=True,
        ),
        None,
        Command("export_points", translate("Commands", "&Export points…"), points("ask_target")),
        Command("copy_points", translate("Commands", "&Copy all points"), points("copy"), "Ctrl+Shift+C"),
    )


def _run(window: "MainWindow") -> Menu:
    session = window.session
    user = window.user_actions
    rules = window.rules.command
    return (
        Command(
            "duplicate_run",
            translate("Commands", "&Duplicate the run"),
            lambda: user.duplicate_run(session.selected),
            "Ctrl+D",
        ),
        Command(
            "what_if",
            translate("Commands", "&What if, from this step…"),
            lambda: window.runs.what_if(session.selected),
            "Ctrl+B",
        ),
        Command(
            "compare_run",
            translate("Commands", "&Compare with…"),
            lambda: window.runs.compare(session.selected),
            "Ctrl+Shift+B",
        ),
        Command("hide_run", translate("Commands", "&Hide or show the run"), user.hide_selected, "Ctrl+H"),
        Command(
            "remove_run",
            translate("Commands", "&Remove the run"),
            lambda: user.remove_run(session.selected),
            "Ctrl+Backspace",
        ),
        None,
        Command("own_rule", translate("Commands", "Your own r&ule…"), rules("new"), "Ctrl+U"),
        Command("edit_rule", translate("Commands", "&Edit the rule's lines…"), rules("edit"), "Ctrl+Shift+U"),
        None,
        Command(
            "paste_optimizer",
            translate("Commands", "&Paste an optimizer"),
            user.paste_optimizer,
            "Ctrl+Shift+O",
        ),
        Command("copy_torch", translate("Commands", "Copy as P&yTorch"), partial(user.copy_as, "torch")),
        Command("copy_keras", translate("Commands", "Copy as &Keras"), partial(user.copy_as, "keras")),
        Command("copy_optax", translate("Commands", "Copy as &Optax"), partial(user.copy_as, "optax")),
        None,
        Command(
            "next_run",
            translate("Commands", "Select the &next run"),
            lambda: session.select(session.selected + 1),
            "Ctrl+Down",
        ),
        Command(
            "previous_run",
            translate("Commands", "Select the pre&vious run"),
            lambda: session.select(session.selected - 1),
            "Ctrl+Up",
        ),
    )


def _playback(window: "MainWindow") -> Menu:
    session = window.session
    player = window.player
    view = window.view
    return (
        Command("play", translate("Commands", "&Play or pause"), player.toggle, "Space"),
        Command("back", translate("Commands", "Step &back"), player.back, "Left"),
        Command("forward", translate("Commands", "Step &forward"), player.forward, "Right"),
        Command("first", translate("Commands", "To the &start of the runs"), player.first, "Home"),
        Command("last", translate("Commands", "To the &end of the runs"), player.last, "End"),
        Command("next_part", translate("Commands", "&Next part of the step"), session.next_part, "."),
        None,
        Command("slower", translate("Commands", "Play s&lower"), player.slower, "["),
        Command("faster", translate("Commands", "Play f&aster"), player.faster, "]"),
        Command(
            "live",
            translate("Commands", "Li&ve: follow the computation"),
            player.toggle_live,
            "Ctrl+Shift+L",
            checkable=True,
        ),
        Command("loop", translate("Commands", "L&oop"), player.toggle_loop, "Ctrl+R", checkable=True),
        Command(
            "from_here",
            translate("Commands", "&Changes while playing: from the step shown"),
            window.from_here.toggle,
            checkable=True,
        ),
        Command(
            "by_epoch",
            translate("Commands", "Coun&t in epochs"),
            view.toggle_by_epoch,
            "Ctrl+E",
            checkable=True,
        ),
    )


def _toggle_lens(window: "MainWindow") -> None:
    """Draw the curvature at the run, and open the page that tells of it; or take it away."""
    window.user_actions.toggle_lens()
    if window.session.experiment.drawn.lens:
        window.view.open_page("limit")


def _view(window: "MainWindow") -> Menu:
    user = window.user_actions
    cards = window.cards
    view = window.view
    return (
        Command(
            "reset_view", translate("Commands", "Reset the 3D vie&w"), cards.surface.reset_view, "Ctrl+0"
        ),
        Command("top_view", translate("Commands", "3D view from the &top"), cards.surface.top_view, "Ctrl+9"),
        Command(
            "front_view", translate("Commands", "&3D view from the front"), cards.surface.front_view, "Ctrl+8"
        ),
        Command(
            "planes",
            translate("Commands", "&Planes at the contour levels"),
            view.toggle_planes,
            checkable=True,
        ),
        Command(
            "fit_view_range", translate("Commands", "&Fit the map to the runs"), user.fit_view_range, "Ctrl+F"
        ),
        Command(
            "fill_map",
            translate("Commands", "Map fills the pane, &not to scale"),
            cards.view_range_button.toggle_fills,
            checkable=True,
        ),
        Command(
            "low_lines",
            translate("Commands", "More contour lines near the &bottom"),
            cards.view_range_button.toggle_low_lines,
            checkable=True,
        ),
        Command(
            "log_height",
            translate("Commands", "Logarithmic &height of the surface"),
            user.toggle_log_height,
            "Ctrl+Shift+H",
            checkable=True,
        ),
        Command(
            "lens",
            translate("Commands", "Cur&vature at the run, and its limit"),
            partial(_toggle_lens, window),
            "Ctrl+Shift+J",
            checkable=True,
        ),
        Command(
            "field",
            translate("Commands", "Gradient field &on the map"),
            user.toggle_field,
            "Ctrl+J",
            checkable=True,
        ),
        Command("exact", translate("Commands", "&Exact surface of very many points"), cards.exact.press),
        Command(
            "arrows",
            translate("Commands", "&Arrows of the step"),
            cards.legend.toggle,
            "Ctrl+A",
            checkable=True,
        ),
        Command(
            "log_loss",
            translate("Commands", "&Logarithmic scale of the curves"),
            view.toggle_log,
            "Ctrl+G",
            checkable=True,
        ),
        None,
        Submenu(translate("Commands", "Page of the &run"), tuple(_pages(window))),
        None,
        Command(
            "simple", translate("Commands", "S&imple window"), window.simple.toggle, "F6", checkable=True
        ),
        Command(
            "fold_left",
            translate("Commands", "Points &column"),
            partial(view.fold, "left"),
            "F7",
            checkable=True,
        ),
        Command(
            "fold_right",
            translate("Commands", "&Settings column"),
            partial(view.fold, "right"),
            "F8",
            checkable=True,
        ),
        None,
        Command(
            "maximise",
            translate("Commands", "&Maximise the pane"),
            window.maximised.toggle,
            "F9",
            checkable=True,
        ),
        Submenu(translate("Commands", "Si&ze of the pane"), tuple(_resizing(window))),
        Command(
            "projector", translate("Commands", "Pro&jector"), window.toggle_projector, "F10", checkable=True
        ),
        Command(
            "full_screen",
            translate("Commands", "F&ull screen"),
            view.toggle_full_screen,
            "F11",
            checkable=True,
        ),
        Command("language", translate("Commands", "Lan&guage"), window.header.update),
        Command("theme", translate("Commands", "&Dark theme"), window.toggle_theme, "Ctrl+T", checkable=True),
    )


def _learn(window: "MainWindow") -> Menu:
    lessons = window.lessons
    exercise = window.exercises.open
    return (
        Command("lecture", translate("Commands", "&The lecture"), partial(lessons.open, "lecture")),
        Command(
            "why_settings", translate("Commands", "Wh&y settings work"), partial(lessons.open, "why-settings")
        ),
        Command(
            "landscapes",
            translate("Commands", "Other losses, any f&unction"),
            partial(lessons.open, "landscapes"),
        ),
        Command(
            "first_sheet",
            translate("Commands", "A sheet of tasks to &hand in"),
            partial(lessons.open, "first-sheet"),
        ),
        Command("continue_lesson", translate("Commands", "&Continue the lesson"), lessons.go_on),
        Command("open_lesson", translate("Commands", "Open &lesson…"), lessons.ask),
        None,
        Command("guess_work", translate("Commands", "&Guess work…"), partial(exercise, "guess_work")),
        Command("flight", translate("Commands", "Instrument &flight…"), partial(exercise, "flight")),
        Command("quiz", translate("Commands", "Contour &quiz…"), partial(exercise, "quiz")),
        Command("predict", translate("Commands", "Predict, then re&veal…"), partial(exercise, "predict")),
        Command("fill_in", translate("Commands", "F&ill in a step…"), partial(exercise, "fill_in")),
        Command(
            "wrong_line", translate("Commands", "Find the &wrong line…"), partial(exercise, "wrong_line")
        ),
        Command(
            "check_work", translate("Commands", "Chec&k my work…"), partial(exercise, "check_work"), "Ctrl+K"
        ),
        Command(
            "find_rate",
            translate("Commands", "Find a rate…"),
            partial(exercise, "find_rate"),
            "Ctrl+Shift+R",
        ),
        Command("maps", translate("Commands", "M&aps…"), partial(exercise, "maps"), "Ctrl+Shift+M"),
        Command(
            "fair_race", translate("Commands", "Fair race…"), partial(exercise, "fair_race"), "Ctrl+Shift+K"
        ),
        None,
        Command("next_stop", translate("Commands", "&Next stop"), lessons.next_stop, "PgDown"),
        Command("previous_stop", translate("Commands", "&Previous stop"), lessons.previous_stop, "PgUp"),
        Command("return_to_stop", translate("Commands", "&Return to the stop"), lessons.return_to_stop, "F5"),
        Command("end_lesson", translate("Commands", "&End the lesson"), lessons.end, "Shift+F5"),
        Command("hand_in", translate("Commands", "&Begin to hand in…"), lessons.begin_hand_in),
        None,
        Command("make_stop", translate("Commands", "&Make a stop of what I see…"), lessons.make_stop),
        Command("make_task", translate("Commands", "Make a task &of what I see…"), lessons.make_task),
        Command(
            "speaker_notes", translate("Commands", "&Speaker notes"), lessons.toggle_notes, "Ctrl+Shift+N"
        ),
        Command("write_notes", translate("Commands", "E&xport the notes…"), lessons.ask_notes_file),
        Command("hand_out", translate("Commands", "Export a han&d-out…"), lessons.ask_hand_out),
    )


def _help(window: "MainWindow") -> Menu:
    share = window.share.command
    return (
        Command("guide", translate("Commands", "&User guide"), window.help.show_guide),
        Command("keys", translate("Commands", "&Keys and mouse"), window.help.show_keys, "F1"),
        Command(
            "pane_help", translate("Commands", "&Help on this pane"), window.help.show_pane_help, "Shift+F1"
        ),
        Command("tour", translate("Commands", "&Tour of the window"), window.help.tour.begin),
        None,
        Command("register_links", translate("Commands", "Open &links with this copy"), share("register")),
        Command("about", translate("Commands", "&About gdsim"), window.help.show_about),
    )


def _pages(window: "MainWindow") -> Iterator[Command]:
    titles = (
        ("settings", translate("Commands", "&Settings")),
        ("step", translate("Commands", "&This step")),
        ("code", translate("Commands", "C&ode")),
        ("why", translate("Commands", "&Why")),
        ("memory", translate("Commands", "&Memory")),
        ("limit", translate("Commands", "L&imit")),
    )
    for place, (page, title) in enumerate(titles, 1):
        yield Command(f"page_{page}", title, partial(window.view.open_page, page), f"Ctrl+{place}")


def _resizing(window: "MainWindow") -> Iterator[Command]:
    across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
    for name, text, orientation, pixels, keys in (
        ("wider", translate("Commands", "Make the pane &wider"), across, _STRIDE, "Ctrl+Shift+Right"),
        ("narrower", translate("Commands", "Make the pane &narrower"), across, -_STRIDE, "Ctrl+Shift+Left"),
        ("taller", translate("Commands", "Make the pane ta&ller"), down, _STRIDE, "Ctrl+Shift+Down"),
        ("shorter", translate("Commands", "Make the pane s&horter"), down, -_STRIDE, "Ctrl+Shift+Up"),
    ):
        yield Command(name, text, partial(window.resize_pane, orientation, pixels), keys)
