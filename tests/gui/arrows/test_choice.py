from dataclasses import replace

import numpy as np
import pytest

from gdsim.core.analysis.arrow_lengths import Lengths
from gdsim.core.analysis.arrows import ArrowKind
from gdsim.core.model.view_range import LECTURE_VIEW_RANGE
from gdsim.gui.arrows.choice import ArrowChoice, Layer, drawing_of, pulls_of
from gdsim.gui.arrows.paint import arrow_style
from gdsim.gui.style.theme import THEMES
from tests.gui.frames import frame_at, scene


@pytest.mark.parametrize(
    "choice",
    [
        ArrowChoice(),
        ArrowChoice(on=False),
        ArrowChoice(kinds=frozenset(), lengths=Lengths.SAME),
        ArrowChoice(kinds=frozenset(ArrowKind), lengths=Lengths.TRUE),
        ArrowChoice(layers=frozenset(Layer)),
        ArrowChoice(layers=frozenset()),
    ],
)
def test_a_choice_is_remembered_as_text(choice):
    assert ArrowChoice.from_text(choice.to_text()) == choice


@pytest.mark.parametrize("text", ["", "true enough?", "step gradient", "\x00"])
def test_what_is_no_choice_gives_the_usual_one(text):
    wanted = (
        ArrowChoice()
        if "true" not in text
        else ArrowChoice(kinds=frozenset(), lengths=Lengths.TRUE, layers=frozenset())
    )
    assert ArrowChoice.from_text(text) == wanted


def test_unknown_kinds_are_passed_over():
    assert ArrowChoice.from_text("fit step zigzag").kinds == {ArrowKind.STEP}


def test_there_is_nothing_to_draw_without_an_update_a_visible_run_or_a_wish():
    frame = frame_at(scene("first-neuron"), 20)
    hidden = tuple(replace(view, run=replace(view.run, hidden=True)) for view in frame.views)
    usual = ArrowChoice()
    assert drawing_of(frame, usual, LECTURE_VIEW_RANGE).arrows
    assert drawing_of(replace(frame, update=None), usual, LECTURE_VIEW_RANGE) is None
    assert drawing_of(replace(frame, views=hidden), usual, LECTURE_VIEW_RANGE) is None
    assert drawing_of(replace(frame, views=()), usual, LECTURE_VIEW_RANGE) is None
    assert drawing_of(frame, usual._replace(on=False), LECTURE_VIEW_RANGE) is None


def test_panes_that_ask_for_the_same_get_the_same():
    frame = frame_at(scene("first-neuron"), 20)
    drawings = [drawing_of(replace(frame), ArrowChoice(), LECTURE_VIEW_RANGE) for _ in range(2)]
    assert drawings[0] is drawings[1]


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_kinds_that_one_rule_has_are_told_apart_without_colour(theme):
    for kinds in (
        (ArrowKind.GRADIENT, ArrowKind.CARRIED, ArrowKind.STEP, ArrowKind.PLAIN, ArrowKind.CORRECTION),
        (ArrowKind.GRADIENT, ArrowKind.AVERAGE, ArrowKind.STEP, ArrowKind.RATES),
    ):
        styles = [arrow_style(kind, theme) for kind in kinds]
        assert len({(style.width, style.dash, style.head, style.open) for style in styles}) == len(kinds)
        assert len({style.colour for style in styles}) >= len(kinds) - 1


def test_the_points_of_a_batch_pull_and_those_of_all_points_do_not():
    small, whole = (frame_at(scene(name), 7) for name in ("mini-batch", "first-neuron"))
    usual = ArrowChoice()
    pulls, scale = pulls_of(small, usual, LECTURE_VIEW_RANGE)
    assert len(pulls.each) == len(small.update.rows) == 1
    assert np.allclose(pulls.each.sum(axis=0), -small.update.gradient)
    assert scale.times > 0.0
    assert pulls_of(whole, usual, LECTURE_VIEW_RANGE) is None
    assert pulls_of(small, usual._replace(layers=frozenset()), LECTURE_VIEW_RANGE) is None
    assert pulls_of(small, usual._replace(on=False), LECTURE_VIEW_RANGE) is None
