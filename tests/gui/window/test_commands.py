from collections import defaultdict

import pytest
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.core.language.translations import languages
from gdsim.core.lessons.view import PAGES
from gdsim.gui.forms.tips import with_keys
from gdsim.gui.language import speak
from gdsim.gui.window.menu_command import commands_in
from gdsim.gui.window.menus import menus
from tests.gui.main_windows import is_marked, opened_for_menus
from tests.gui.shared_window import shared


@pytest.fixture
def window(qtbot):
    window, _ = shared(qtbot, load_scene(find_scene("first-neuron")), painted=False)
    return window


@pytest.fixture
def commands(window):
    return [command for entries in menus(window).values() for command in commands_in(entries)]


def test_redo_has_the_keys_of_both_customs(commands):
    redo = next(command for command in commands if command.name == "redo")
    keys = [sequence.toString() for sequence in redo.shortcuts()]
    assert "Ctrl+Y" in keys
    assert keys[0] == QKeySequence(QKeySequence.StandardKey.Redo).toString()
    assert len(keys) == len(set(keys))


def test_no_name_and_no_key_is_given_twice(commands):
    names = [command.name for command in commands]
    assert len(names) == len(set(names))
    keys = [sequence.toString() for command in commands for sequence in command.shortcuts()]
    assert len(keys) == len(set(keys))


def test_every_key_is_on_every_keyboard(commands):
    """A German keyboard, say, has brackets only with a further key held."""
    for command in commands:
        last = [sequence.toString().rpartition("+")[2] for sequence in command.shortcuts()]
        assert not last or any(one.isalnum() or one == "." for one in last), command.name


@pytest.mark.usefixtures("in_english")
@pytest.mark.parametrize("code", languages())
def test_every_entry_of_a_menu_has_a_letter_of_its_own_in_any_language(qtbot, qapp, code):
    """If two share a letter, it chooses neither: it goes from one to the other."""
    speak(qapp, code)
    window = opened_for_menus(qtbot, load_scene(find_scene("first-neuron")))

    def check():
        looked_at = 0
        for menu in (window.menuBar(), *window.findChildren(QMenu)):
            entries = defaultdict(list)
            for action in menu.actions():
                if action.text():
                    entries[QKeySequence.mnemonic(action.text()).toString()].append(action.text())
            if entries.keys() != {""}:  # lists of scenes, rules and languages have none
                looked_at += 1
                assert entries[""] == [], menu.title()
                del entries[""]
                assert [texts for texts in entries.values() if len(texts) > 1] == [], menu.title()
        assert looked_at > 8

    check()
    window.lessons.open("lecture", 2)
    window.lessons.end()  # so that it can be continued, as its entry then says
    check()


def test_macos_moves_no_entry_into_the_menu_of_the_program_but_about_and_quit(window):
    """Left to itself Qt moves those whose text begins like that: of "Settings column" none would be left."""
    entries = [action for menu in window.menuBar().actions() for action in menu.menu().actions()]
    roles = defaultdict(list)
    for action in entries:
        if not action.isSeparator():
            roles[action.menuRole()].append(action)
    role = QAction.MenuRole
    assert roles.keys() == {role.NoRole, role.AboutRole, role.QuitRole}
    assert roles[role.AboutRole] == [window.commands["about"]]
    assert roles[role.QuitRole] == [window.commands["quit"]]


def test_a_menu_is_seen_in_one_piece_on_a_projector(window):
    """One that is higher than the screen covers the window with several columns."""
    heights = {one.text(): one.menu().sizeHint().height() for one in window.menuBar().actions()}
    assert max(heights.values()) < 720 - 40, heights


def test_a_button_names_the_keys_of_its_command(window):
    window.user_actions.add_point()
    buttons = {
        **window.header.buttons,
        "reset_view": window.cards.reset_view,
        "arrows": window.cards.legend.button,
        "page_why": window.cards.run_card.tab(PAGES.index("why")),
        "play": window.cards.transport.play,
    }
    for name, button in buttons.items():
        keys = window.commands[name].shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        assert keys
        assert button.toolTip().removesuffix("</qt>").removesuffix(".").endswith(f"({keys})"), name
    assert window.header.buttons["undo"].accessibleDescription().startswith("Undo Add point")


def test_the_buttons_of_the_header_do_what_their_commands_do(window):
    header, columns, points = window.header, window.cards.columns, window.session.experiment.points
    window.user_actions.add_point()
    header.buttons["undo"].click()
    assert window.session.experiment.points == points
    header.buttons["redo"].click()
    assert len(window.session.experiment.points) == len(points) + 1
    for side in ("left", "right"):
        is_open = columns.is_open(side)
        header.buttons[f"fold_{side}"].click()
        assert columns.is_open(side) is not is_open
        assert is_marked(window, f"fold_{side}") is not is_open
    for _ in range(2):
        was_dark, was_simple = (is_marked(window, name) for name in ("theme", "simple"))
        header.buttons["theme"].click()
        header.more.click()
        assert is_marked(window, "theme") is not was_dark
        assert is_marked(window, "simple") is window.simple.on is not was_simple


def test_the_keys_of_the_player_do_what_their_commands_do(window, qtbot):
    transport, session = window.cards.transport, window.session
    qtbot.waitUntil(window.is_settled)
    for key, place in (
        ("last", session.playhead.length),
        ("back", session.playhead.length - 1),
        ("first", 0),
    ):
        getattr(transport, key).click()
        assert session.playhead.cursor == place, key
    transport.forward.click()
    assert session.playhead.cursor == 1
    for key in ("live", "loop"):
        for on in (True, False):
            getattr(transport, key).click()
            assert getattr(session.playhead, key) is is_marked(window, key) is on
            assert getattr(transport, key).isChecked() is on
    transport.play.click()
    assert session.playhead.playing
    transport.play.click()
    assert not session.playhead.playing


def test_the_menu_checks_what_is_switched_on(window):
    switches = {"log_loss": window.cards.curves.header.view_menu.log, "arrows": window.cards.legend.button}
    for name, button in switches.items():
        assert is_marked(window, name) == button.isChecked() is True
        window.commands[name].trigger()
        assert is_marked(window, name) == button.isChecked() is False


def test_the_bar_of_a_lesson_names_the_keys_of_its_commands(window):
    for key, name in (("next", "next_stop"), ("end", "end_lesson")):
        keys = window.commands[name].shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        assert f"({keys})" in window.lessons.bar.buttons[key].toolTip()


def test_keys_are_added_to_plain_and_to_rich_tooltips():
    keys = QKeySequence("Ctrl+G")
    assert with_keys("Draw", keys) == "Draw (Ctrl+G)"
    assert with_keys("<qt><b>Scale</b><br>Draw.</qt>", keys) == "<qt><b>Scale</b><br>Draw (Ctrl+G).</qt>"
    assert with_keys("Draw", QKeySequence()) == "Draw"
