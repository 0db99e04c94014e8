"""The menus of the window: every command with its text, what it does, and its shortcuts."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from gdsim.core.files.bundled import FURTHER_SCENES, LANDSCAPE_SCENES, bundled_titles
from gdsim.core.language.key_names import full_screen_keys, hiding_keys
from gdsim.core.language.texts import translated
from gdsim.gui.translation import tr
from gdsim.gui.window.menu_command import Command, Menu, Submenu, edit_words

if TYPE_CHECKING:
    from gdsim.gui.window.main_window import MainWindow

# How far a key press moves the border of a pane, in pixels.
_STRIDE = 24


def menus(window: "MainWindow") -> dict[str, Menu]:
    return {
        tr("&File"): _after_typing(window, _file(window)),
        tr("&Edit"): _after_typing(window, _edit(window)),
        tr("P&oints"): _after_typing(window, _points(window)),
        tr("&Run"): _after_typing(window, _run(window)),
        tr("&Playback"): _playback(window),
        tr("&View"): _view(window),
        tr("&Learn"): _learn(window),
        tr("&Help"): _help(window),
    }


def _after_typing(window: "MainWindow", menu: Menu) -> Menu:
    """Let a field accept the number being typed before any command of a menu runs."""

    def end_typing_and(act: Callable[[], object]) -> None:
        window.files.end_typing()
        act()

    return tuple(
        entry._replace(act=partial(end_typing_and, entry.act)) if isinstance(entry, Command) else entry
        for entry in menu
    )


def add_scenes(window: "MainWindow", menu: QMenu) -> None:
    """Add the bundled scenes to a menu: first those of the lecture, then the others in submenus."""
    groups = {
        FURTHER_SCENES: QMenu(tr("Further rules"), menu),
        LANDSCAPE_SCENES: QMenu(tr("Other losses, any function"), menu),
    }
    for name, title in bundled_titles().items():
        group = next((submenu for names, submenu in groups.items() if name in names), menu)
        group.addAction(translated(title), partial(window.files.open_bundled, name))
    menu.addSeparator()
    for group in groups.values():
        menu.addMenu(group)
    for action in menu.actions():
        action.setMenuRole(QAction.MenuRole.NoRole)  # see `command`: Qt would go by the title


def _file(window: "MainWindow") -> Menu:
    key = QKeySequence.StandardKey
    files = window.files
    export = window.export.command
    share = window.share.command
    return (
        Command("new", tr("&New"), files.opening.new, key.New),
        Command("open", tr("&Open…"), files.ask_open, key.Open),
        Command("recent", tr("Open &recent"), files.recent_menu.fill),
        None,
        Command("save", tr("&Save"), files.saving.save, key.Save),
        Command("save_as", tr("Save &as…"), files.saving.save_as, "Ctrl+Shift+S"),
        Command("revert", tr("Re&vert…"), files.revert),
        None,
        Command("share", tr("S&hare…"), share("share"), "Ctrl+L"),
        Command("open_link", tr("Open lin&k…"), share("ask")),
        None,
        Command("export_picture", tr("Export &picture…"), export("picture"), "Ctrl+P"),
        Command("export_animation", tr("Export ani&mation…"), export("animation"), "Ctrl+Shift+A"),
        Command("export_record", tr("Export recor&d as CSV…"), export("record")),
        Command("export_limits", tr("Export &limits as CSV…"), export("limits")),
        Command("export_cut", tr("Export cu&t as CSV…"), export("cut")),
        Command("export_field", tr("Export gradient &field as CSV…"), export("field")),
        Command("export_script", tr("Export P&ython script…"), export("script")),
        Command("export_page", tr("Export pa&ge…"), export("page")),
        Command("copy_picture", tr("&Copy picture"), export("copy"), "Ctrl+Shift+I"),
        None,
        Command("quit", tr("&Quit"), window.close, "Ctrl+Q"),
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
    formulas = window.formulas.command
    return (
        Command("add_point", tr("&Add a point"), user.add_point, "Ctrl+Shift+P"),
        Command("import_points", tr("&Import points…"), points("ask_file"), "Ctrl+I"),
        Command("paste_points", tr("&Paste points"), points("paste"), "Ctrl+Shift+V"),
        Command("generate_points", tr("&Generate points…"), points("generate"), "Ctrl+Shift+G"),
        None,
        Command("standardise", tr("&Standardise x…"), points("standardise")),
        None,
        Command("neuron_and_loss", tr("&Neuron and loss…"), formulas("neuron"), "Ctrl+Shift+E"),
        Command("function", tr("A &function of w and b…"), formulas("function"), "Ctrl+Shift+F"),
        Command(
            "two_losses",
            tr("&Two losses side by side"),
            window.stage.toggle_two_losses,
            "Ctrl+Shift+D",
            is_on=lambda: window.stage.has_two_losses,
        ),
        None,
        Command("export_points", tr("&Export points…"), points("ask_target")),
        Command("copy_points", tr("&Copy all points"), points("copy"), "Ctrl+Shift+C"),
    )


def _run(window: "MainWindow") -> Menu:
    session = window.session
    user = window.user_actions
    formulas = window.formulas.command
    return (
        Command(
            "duplicate_run", tr("&Duplicate the run"), lambda: user.duplicate_run(session.selected), "Ctrl+D"
        ),
        Command(
            "what_if",
            tr("&What if, from this step…"),
            lambda: window.runs.what_if(session.selected),
            "Ctrl+B",
        ),
        Command(
            "compare_run", tr("&Compare with…"), lambda: window.runs.compare(session.selected), "Ctrl+Shift+B"
        ),
        Command("hide_run", tr("&Hide or show the run"), user.hide_selected, hiding_keys()),
        Command(
            "remove_run", tr("&Remove the run"), lambda: user.remove_run(session.selected), "Ctrl+Backspace"
        ),
        None,
        Command("own_rule", tr("Your own r&ule…"), formulas("new_rule"), "Ctrl+U"),
        Command("edit_rule", tr("&Edit the rule's lines…"), formulas("edit_rule"), "Ctrl+Shift+U"),
        None,
        Command("paste_optimizer", tr("&Paste an optimizer"), user.paste_optimizer, "Ctrl+Shift+O"),
        Command("copy_torch", tr("Copy as P&yTorch"), partial(user.copy_as, "torch")),
        Command("copy_keras", tr("Copy as &Keras"), partial(user.copy_as, "keras")),
        Command("copy_optax", tr("Copy as &Optax"), partial(user.copy_as, "optax")),
        None,
        Command(
            "next_run", tr("Select the &next run"), lambda: session.select(session.selected + 1), "Ctrl+Down"
        ),
        Command(
            "previous_run",
            tr("Select the pre&vious run"),
            lambda: session.select(session.selected - 1),
            "Ctrl+Up",
        ),
    )


def _playback(window: "MainWindow") -> Menu:
    session = window.session
    player = window.player
    view = window.view
    return (
        Command("play", tr("&Play or pause"), player.toggle, "Space"),
        Command("back", tr("Step &back"), player.back, "Left"),
        Command("forward", tr("Step &forward"), player.forward, "Right"),
        Command("first", tr("To the &start of the runs"), player.first, "Home"),
        Command("last", tr("To the &end of the runs"), player.last, "End"),
        Command("next_part", tr("&Next part of the step"), session.next_part, "."),
        None,
        Command("slower", tr("Play s&lower"), player.slower, ("Ctrl+Left", "[")),
        Command("faster", tr("Play f&aster"), player.faster, ("Ctrl+Right", "]")),
        Command(
            "live",
            tr("Li&ve: follow the computation"),
            player.toggle_live,
            "Ctrl+Shift+L",
            is_on=lambda: session.playhead.live,
        ),
        Command("loop", tr("L&oop"), player.toggle_loop, "Ctrl+R", is_on=lambda: session.playhead.loop),
        Command(
            "from_here",
            tr("&Changes while playing: from the step shown"),
            window.from_here.toggle,
            is_on=lambda: window.from_here.is_here,
        ),
        Command(
            "by_epoch", tr("Coun&t in epochs"), view.toggle_by_epoch, "Ctrl+E", is_on=lambda: session.by_epoch
        ),
    )


def _toggle_lens(window: "MainWindow") -> None:
    """Toggle the curvature drawn at the run; when it appears, open the page about it."""
    window.user_actions.toggle_lens()
    if window.session.experiment.drawn.lens:
        window.view.open_page("limit")


def _view(window: "MainWindow") -> Menu:
    session = window.session
    user = window.user_actions
    cards = window.cards
    view = window.view
    return (
        Command("reset_view", tr("Reset the 3D vie&w"), cards.surface.reset_view, "Ctrl+0"),
        Command("top_view", tr("3D view from the &top"), cards.surface.top_view, "Ctrl+9"),
        Command("front_view", tr("&3D view from the front"), cards.surface.front_view, "Ctrl+8"),
        Command(
            "planes",
            tr("&Planes at the contour levels"),
            view.toggle_planes,
            is_on=lambda: cards.surface.planes,
        ),
        Command("fit_view_range", tr("&Fit the map to the runs"), user.fit_view_range, "Ctrl+F"),
        Command(
            "fill_map",
            tr("Map fills the pane, &not to scale"),
            cards.view_range_button.toggle_fills,
            is_on=lambda: cards.view_range_button.choice().fills,
        ),
        Command(
            "low_lines",
            tr("More contour lines near the &bottom"),
            cards.view_range_button.toggle_low_lines,
            is_on=lambda: cards.view_range_button.choice().low_lines,
        ),
        Command(
            "log_height",
            tr("Logarithmic &height of the surface"),
            user.toggle_log_height,
            "Ctrl+Shift+H",
            is_on=lambda: session.experiment.log_height,
        ),
        Command(
            "lens",
            tr("Cur&vature at the run, and its limit"),
            partial(_toggle_lens, window),
            "Ctrl+Shift+J",
            is_on=lambda: session.experiment.drawn.lens,
        ),
        Command(
            "field",
            tr("Gradient field &on the map"),
            user.toggle_field,
            "Ctrl+J",
            is_on=lambda: session.experiment.drawn.field,
        ),
        Command("exact", tr("&Exact surface of very many points"), cards.exact.press),
        Command(
            "arrows",
            tr("&Arrows of the step"),
            cards.legend.toggle,
            "Ctrl+A",
            is_on=lambda: cards.legend.value().on,
        ),
        Command(
            "log_loss",
            tr("&Logarithmic scale of the curves"),
            view.toggle_log,
            "Ctrl+G",
            is_on=lambda: cards.curves.over_time.options.log,
        ),
        None,
        Submenu(tr("Page of the &run"), tuple(_pages(window))),
        None,
        Command("simple", tr("S&imple window"), window.simple.toggle, "F6", is_on=lambda: window.simple.on),
        Command(
            "fold_left",
            tr("Points &column"),
            partial(view.fold, "left"),
            "F7",
            is_on=partial(cards.columns.is_open, "left"),
        ),
        Command(
            "fold_right",
            tr("&Settings column"),
            partial(view.fold, "right"),
            "F8",
            is_on=partial(cards.columns.is_open, "right"),
        ),
        None,
        Command(
            "maximise",
            tr("&Maximise the pane"),
            window.maximised.toggle,
            "F9",
            is_on=lambda: window.maximised.card is not None,
        ),
        Submenu(tr("Si&ze of the pane"), tuple(_resizing(window))),
        Command(
            "projector", tr("Pro&jector"), window.toggle_projector, "F10", is_on=lambda: window.projector.on
        ),
        Command(
            "full_screen",
            tr("F&ull screen"),
            view.toggle_full_screen,
            full_screen_keys(),
            is_on=window.isFullScreen,
        ),
        Command("language", tr("Lan&guage"), window.header.update),
        Command(
            "theme",
            tr("&Dark theme"),
            window.appearance.toggle_theme,
            "Ctrl+T",
            is_on=lambda: window.appearance.is_dark,
        ),
    )


def _learn(window: "MainWindow") -> Menu:
    lessons = window.lessons
    exercise = window.exercises.open
    return (
        Command("lecture", tr("&The lecture"), partial(lessons.open, "lecture")),
        Command("why_settings", tr("Wh&y settings work"), partial(lessons.open, "why-settings")),
        Command("landscapes", tr("Other losses, any f&unction"), partial(lessons.open, "landscapes")),
        Command("first_sheet", tr("A sheet of tasks to &hand in"), partial(lessons.open, "first-sheet")),
        Command("continue_lesson", tr("&Continue the lesson"), lessons.go_on),
        Command("open_lesson", tr("Open &lesson…"), lessons.ask),
        None,
        Command("guess_work", tr("&Guess work…"), partial(exercise, "guess_work")),
        Command("flight", tr("In&strument flight…"), partial(exercise, "flight")),
        Command("quiz", tr("Contour &quiz…"), partial(exercise, "quiz")),
        Command("predict", tr("Predict, then re&veal…"), partial(exercise, "predict")),
        Command("fill_in", tr("F&ill in a step…"), partial(exercise, "fill_in")),
        Command("wrong_line", tr("Find the &wrong line…"), partial(exercise, "wrong_line")),
        Command("check_work", tr("Chec&k my work…"), partial(exercise, "check_work"), "Ctrl+K"),
        Command("find_rate", tr("Fin&d a rate…"), partial(exercise, "find_rate"), "Ctrl+Shift+R"),
        Command("maps", tr("M&aps…"), partial(exercise, "maps"), "Ctrl+Shift+M"),
        Command("fair_race", tr("&Fair race…"), partial(exercise, "fair_race"), "Ctrl+Shift+K"),
        None,
        Command("next_stop", tr("&Next stop"), lessons.next_stop, "PgDown"),
        Command("previous_stop", tr("&Previous stop"), lessons.previous_stop, "PgUp"),
        Command("return_to_stop", tr("&Return to the stop"), lessons.return_to_stop, "F5"),
        Command("end_lesson", tr("&End the lesson"), lessons.end, "Shift+F5"),
        Command("hand_in", tr("&Begin to hand in…"), lessons.begin_hand_in),
        None,
        Submenu(tr("&Make a lesson"), tuple(_making(window))),
    )


def _making(window: "MainWindow") -> Iterator[Command]:
    lessons = window.lessons
    yield Command("make_stop", tr("&Make a stop of what I see…"), lessons.make_stop)
    yield Command("make_task", tr("Make a &task of what I see…"), lessons.make_task)
    yield Command("speaker_notes", tr("&Speaker notes"), lessons.toggle_notes, "Ctrl+Shift+N")
    yield Command("write_notes", tr("E&xport the notes…"), lessons.ask_notes_file)
    yield Command("hand_out", tr("Export a &hand-out…"), lessons.ask_hand_out)


def _help(window: "MainWindow") -> Menu:
    share = window.share.command
    return (
        Command("guide", tr("&User guide"), window.help.show_guide),
        Command("keys", tr("&Keys and mouse"), window.help.show_keys, "F1"),
        Command("pane_help", tr("&Help on this pane"), window.help.show_pane_help, "Shift+F1"),
        Command("tour", tr("&Tour of the window"), window.help.tour.begin),
        None,
        Command("register_links", tr("Open &links with this copy"), share("register")),
        Command("about", tr("&About gdsim"), window.help.show_about),
    )


def _pages(window: "MainWindow") -> Iterator[Command]:
    titles = (
        ("settings", tr("&Settings")),
        ("step", tr("&This step")),
        ("code", tr("C&ode")),
        ("why", tr("&Why")),
        ("memory", tr("&Memory")),
        ("limit", tr("L&imit")),
    )
    for place, (page, title) in enumerate(titles, 1):
        yield Command(f"page_{page}", title, partial(window.view.open_page, page), f"Ctrl+{place}")


def _resizing(window: "MainWindow") -> Iterator[Command]:
    across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
    for name, text, orientation, pixels, keys in (
        ("wider", tr("Make the pane &wider"), across, _STRIDE, "Ctrl+Shift+Right"),
        ("narrower", tr("Make the pane &narrower"), across, -_STRIDE, "Ctrl+Shift+Left"),
        ("taller", tr("Make the pane ta&ller"), down, _STRIDE, "Ctrl+Shift+Down"),
        ("shorter", tr("Make the pane s&horter"), down, -_STRIDE, "Ctrl+Shift+Up"),
    ):
        yield Command(name, text, partial(window.resize_pane, orientation, pixels), keys)
