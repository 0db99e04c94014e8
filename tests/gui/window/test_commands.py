import pytest
from PySide6.QtGui import QKeySequence

from gdsim.core.files.scene import find_scene, load_scene
from gdsim.gui.window.commands import Command, menus
from tests.gui.window.test_main_window import opened


@pytest.fixture
def commands(qtbot):
    window, _ = opened(qtbot, load_scene(find_scene("first-neuron")))
    return [command for entries in menus(window).values() for command in entries if command]


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


def test_a_command_may_have_no_key():
    assert Command("about", "About", print).shortcuts() == []
