"""The list of keys: complete, by menu and pane, and searched."""

import pytest
from PySide6.QtCore import Qt

from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.gui.forms.fields import CheckedField
from gdsim.gui.help.keys import KeysDialog, groups_of
from tests.every import every
from tests.gui.shared_window import shared
from tests.gui.windows import focus


@pytest.fixture
def window(qtbot):
    return shared(qtbot, load_scene(find_scene("first-neuron")), painted=False)[0]


@pytest.fixture
def dialog(window, qtbot):
    window.commands["keys"].trigger()
    dialog = window.findChild(KeysDialog)
    qtbot.waitExposed(dialog)
    return dialog


def shown(dialog):
    """Return the entries that are listed, as (group, what, by)."""
    tops = [dialog.list.topLevelItem(place) for place in range(dialog.list.topLevelItemCount())]
    rows = [
        (top, top.child(place)) for top in tops if not top.isHidden() for place in range(top.childCount())
    ]
    return [(top.text(0), row.text(0), row.text(1)) for top, row in rows if not row.isHidden()]


def test_every_key_of_the_menus_is_listed_under_its_menu(window, dialog):
    listed = {(what, by) for _, what, by in shown(dialog)}
    for action in window.commands.values():
        if not action.shortcut().isEmpty():
            assert any(
                what == action.iconText() and action.shortcut().toString() in by for what, by in listed
            )
    groups = [group for group, _, _ in shown(dialog)]
    assert groups[0] == "File"
    assert ("Run", "Select the next run", "Ctrl+Down") in shown(dialog)


def test_an_entry_says_what_it_acts_on(window):
    entries = [entry.what for group in groups_of(window) for entry in group.entries]
    assert len(set(entries)) == len(entries)
    assert not [one for one in entries if one.split()[-1] in ("next", "before", "after")]


@every(
    ("words", "expected"),
    [
        ("ctrl+d", {"Duplicate the run"}),
        ("zoom surface", {"Zoom the surface"}),
        ("RUN select", {"Select the next run", "Select the previous run"}),
        ("no such key", set()),
    ],
)
def test_a_search_leaves_what_has_its_words(dialog, qtbot, words, expected):
    every = len(shown(dialog))
    qtbot.keyClicks(dialog.field, words)
    assert {what for _, what, _ in shown(dialog)} >= expected
    assert len(shown(dialog)) < every
    assert bool(shown(dialog)) is bool(expected)
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    assert dialog.isVisible()
    dialog.field.clear()
    assert len(shown(dialog)) == every


def test_numbers_of_the_points_are_reached_by_their_keys(window, qtbot):
    table = window.cards.table.view
    focus(qtbot, table)
    table.setCurrentIndex(table.model().index(0, 0))
    qtbot.keyClick(table, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert table.currentIndex().column() == 1
    qtbot.keyClick(table, Qt.Key.Key_F2)
    field = table.findChild(CheckedField)
    qtbot.keyClicks(field, "0.3")
    qtbot.keyClick(field, Qt.Key.Key_Tab)
    assert window.session.experiment.points.y[0] == 0.3
    assert (table.currentIndex().row(), table.currentIndex().column()) == (1, 0)
