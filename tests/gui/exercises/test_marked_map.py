"""The map of exercises paints its marks as they are to look."""

from itertools import permutations

import numpy as np
import pytest

from gdsim.core.model.view_range import ViewRange
from gdsim.core.surface.sampling import sample_surface
from gdsim.gui.exercises.marked_map import MapMark, MarkedMap
from gdsim.gui.style.theme import DARK, LIGHT, Look
from tests.core.records import scene
from tests.gui.frames import frame_at, look_of
from tests.gui.windows import like, pixels_of, plot_of, settle, where

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
    """Return what is seen where the texts of the marks are."""
    plot = plot_of(shown)
    settle(plot)
    pixels, place = pixels_of(plot), plot.place()
    boxes = [shown.text_box(mark, place) for mark in shown.marks]
    return [pixels[box.top() : box.bottom(), box.left() : box.right()].tolist() for box in boxes]


def test_whatever_changes_they_look_as_on_a_new_one(made):
    wanted = texts(made(AFTER))
    for order in permutations(AFTER):
        shown = made(BEFORE)
        before = texts(shown)
        for name in order:
            getattr(shown, name)(AFTER[name])
        assert texts(shown) == wanted != before


def test_the_path_of_a_run_leaves_the_text_of_a_mark_readable(made):
    experiment = scene("first-neuron")
    far = frame_at(experiment, 60)
    w, b = far.current.place
    half_way = MapMark((w - 2.0) / 2.0, (b - 2.0) / 2.0, "here")
    shown = made({"set_look": look_of(experiment), "show_surface": FAR, "set_marks": [half_way]})
    alone, whole = texts(shown), pixels_of(shown)
    shown.show_frame(far)
    assert (pixels_of(shown) != whole).any()
    assert texts(shown) == alone


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_an_arrow_stands_out_from_every_colour_of_the_map(made, theme):
    pointer = MapMark(2.0, 0.0, "A", origin=(-2.0, 0.0), strong=True)
    shown = made({"set_look": Look(theme), "show_surface": FAR, "set_marks": [pointer]})
    plot = plot_of(shown)
    settle(plot)
    middle = where(plot, 0.0, 0.0)
    column = pixels_of(plot)[middle.y() - 4 : middle.y() + 5, middle.x()]
    arrow, halo = (np.flatnonzero(like(column, colour, 60)) for colour in (theme.accent, theme.halo))
    assert halo[0] < arrow[0] <= arrow[-1] < halo[-1]
