"""The map of exercises makes its marks anew where they are to look otherwise, and only then."""

from itertools import permutations

import pyqtgraph as pg
import pytest

from gdsim.core.model.view_range import ViewRange
from gdsim.core.surface.sampling import sample_surface
from gdsim.gui.exercises.marked_map import MapMark, MarkedMap
from gdsim.gui.style.theme import DARK, LIGHT, Look
from tests.core.records import scene

POINTS = scene("first-neuron").points
NEAR, FAR = (sample_surface(POINTS, ViewRange(-half, half, -half, half)) for half in (3.0, 6.0))
ONE, TWO = (MapMark(2.9, 1.0, "1", side=1),), (MapMark(2.9, 1.0, "1", side=1), MapMark(-1.0, 0.0, "2"))
BEFORE = {"set_look": Look(LIGHT), "show_surface": NEAR, "set_marks": ONE}
AFTER = {"set_look": Look(DARK, ui_scale=1.5), "show_surface": FAR, "set_marks": TWO}


@pytest.fixture
def made(qtbot):
    def made(told):
        shown = MarkedMap()
        qtbot.addWidget(shown)
        shown.resize(420, 400)
        shown.show()
        for name, value in told.items():
            getattr(shown, name)(value)
        return shown

    return made


def texts(shown):
    """Return how the texts of the marks are drawn."""
    items = [item for item in shown._mark_items if isinstance(item, pg.TextItem)]
    return [
        (item.toPlainText(), item.color.name(), item.fill.color().name(), item.textItem.font(), item.anchor)
        for item in items
    ]


def test_whatever_changes_they_look_as_on_a_new_one(made):
    wanted = texts(made(AFTER))
    for order in permutations(AFTER):
        shown = made(BEFORE)
        for name in order:
            before = texts(shown)
            getattr(shown, name)(AFTER[name])
            assert texts(shown) != before
        assert texts(shown) == wanted


def test_what_is_told_again_leaves_them(made):
    shown = made(BEFORE)
    items = list(shown._mark_items)
    for name, value in BEFORE.items():
        getattr(shown, name)(value)
    assert shown._mark_items == items
