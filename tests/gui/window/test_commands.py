from PySide6.QtGui import QKeySequence

from gdsim.gui.window.commands import Command, menus


def commands():
    return {command.name: command for entries in menus().values() for command in entries}


def test_redo_has_the_keys_of_both_customs(qapp):
    keys = [sequence.toString() for sequence in commands()["redo"].shortcuts()]
    assert "Ctrl+Y" in keys
    assert keys[0] == QKeySequence(QKeySequence.StandardKey.Redo).toString()
    assert len(keys) == len(set(keys))


def test_no_key_is_given_twice(qapp):
    keys = [sequence.toString() for command in commands().values() for sequence in command.shortcuts()]
    assert len(keys) == len(set(keys))


def test_a_command_may_have_no_key():
    assert Command("about", "About").shortcuts() == []
