"""Arrows are as long as they are, or magnified by a round number that is told."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.analysis.arrow_lengths import Lengths, drawn_arrows, magnification
from gdsim.core.analysis.arrows import Arrow, ArrowKind, arrows, rate_ellipse
from gdsim.core.analysis.update import update_of
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.run import Run
from gdsim.core.model.view_range import ViewRange
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.own_rule import own_rule
from tests.core.analysis.test_arrows import update_at
from tests.core.engine import lecture_loops
from tests.core.model.plain_losses import PlainLoss
from tests.core.records import computed, scene_records
from tests.core.records import scene as scene_of
from tests.every import every

EVERY = frozenset(ArrowKind) - {ArrowKind.UPHILL}
WINDOW = ViewRange(-6.0, 6.0, -3.0, 3.0)


def arrow(w, b):
    return Arrow(ArrowKind.STEP, "update", np.zeros(2), np.array([w, b]))


def share(one, view_range=WINDOW):
    size = view_range.w_max - view_range.w_min, view_range.b_max - view_range.b_min
    return float(np.hypot(*(one.vector / size)))


@given(st.floats(1e-12, 1e12), st.floats(0.0, 2.0 * math.pi))
def test_what_cannot_be_seen_is_magnified_by_a_round_number(length, angle):
    one = arrow(length * math.cos(angle), length * math.sin(angle))
    times = magnification([one], WINDOW).times
    assert float(f"{times:.0e}") == times
    assert f"{times:e}"[0] in "125"
    if times == 1.0:
        assert 0.09 < share(one) < 0.91
    else:
        assert 0.13 < times * share(one) < 0.36


@every("drawn", [[], [arrow(1e-320, 0.0)], [arrow(1e300, 1e300)], [arrow(0.0, 3.0)]])
def test_extreme_lengths_have_a_magnification(drawn):
    assert 0.0 < magnification(drawn, WINDOW).times < math.inf
    assert magnification(drawn, ViewRange(0.0, 1e100, 0.0, 1e-100)).times > 0.0


@every("rule", RULES)
def test_true_lengths_are_left_to_the_last_bit(rule):
    update = update_at(RULES[rule](), 7)
    drawn = drawn_arrows(update, EVERY, "", Lengths.TRUE, WINDOW)
    assert drawn.times == 1.0
    for one, other in zip(drawn.arrows, arrows(update), strict=True):
        np.testing.assert_array_equal([one.start, one.end], [other.start, other.end])
    if drawn.scale:
        np.testing.assert_array_equal(drawn.scale.radii, rate_ellipse(update).radii)


@every("rule", RULES)
def test_arrows_that_add_up_still_do_when_they_are_magnified(rule):
    update = update_at(RULES[rule](), 7)
    view_range = ViewRange(-60.0, 60.0, -60.0, 60.0)
    drawn = drawn_arrows(update, EVERY, "", Lengths.FIT, view_range)
    assert drawn.times > 1.0
    assert (drawn.raw_times is None) == (rule in ("gd", "momentum", "nesterov", "sam"))
    for one, other in zip(drawn.arrows, arrows(update), strict=True):
        times = drawn.raw_times if one.raw else drawn.times
        np.testing.assert_allclose(one.vector, times * other.vector, rtol=1e-9)
        # What begins where another ends still does: a gradient, too, which is enlarged by another number.
        np.testing.assert_allclose(
            one.start - update.before, drawn.times * (other.start - update.before), atol=1e-9
        )


def test_what_is_as_short_as_roundings_is_not_magnified_until_it_fits():
    """Next to (3, 1) the floats are 4·10⁻¹⁶ apart: an arrow as short as that has no true direction."""

    def from_there(length):
        start, end = np.array([3.0, 1.0]), np.array([3.0 + length, 1.0])
        return magnification([Arrow(ArrowKind.STEP, "update", start, end)], WINDOW)

    short, shorter, shortest = (from_there(length) for length in (1e-11, 1e-15, 1e-15 / 2.0))
    assert not short.at_rounding
    assert 0.1 < short.times * 1e-11 / 12.0 < 0.36
    assert shorter == shortest
    assert shorter.at_rounding
    assert shorter.times < 2e14
    # Near 0 the floats are closer together.
    assert not magnification([arrow(1e-15, 0.0)], WINDOW).at_rounding


def test_a_switch_does_not_change_how_long_the_others_are():
    update = update_at(RULES["nesterov"](), 7)
    every = drawn_arrows(update, EVERY, "", Lengths.FIT, WINDOW)
    few = drawn_arrows(update, frozenset({ArrowKind.GRADIENT}), "", Lengths.FIT, WINDOW)
    assert [one.kind for one in few.arrows] == [ArrowKind.GRADIENT]
    assert few.times == every.times


def test_all_of_the_lit_part_is_drawn():
    update = update_at(RULES["nesterov"](), 7)
    highlighted = drawn_arrows(update, frozenset({ArrowKind.STEP}), "memory", Lengths.FIT, WINDOW)
    assert {one.kind for one in highlighted.arrows} == {ArrowKind.PLAIN, ArrowKind.CORRECTION, ArrowKind.STEP}
    adam = update_at(RULES["adam"](), 7)
    assert drawn_arrows(adam, frozenset(), "memory", Lengths.FIT, WINDOW).scale is not None
    assert drawn_arrows(adam, frozenset(), "update", Lengths.FIT, WINDOW).scale is None


@every("rule", RULES)
def test_arrows_of_one_length_keep_their_directions(rule):
    update = update_at(RULES[rule](), 7)
    drawn = drawn_arrows(update, EVERY, "", Lengths.SAME, WINDOW)
    assert drawn.times is None
    assert drawn.scale is None
    own = {one.kind: one for one in arrows(update) if not (one.ghost and one.kind is ArrowKind.GRADIENT)}
    assert {one.kind for one in drawn.arrows} == set(own)
    for one in drawn.arrows:
        assert share(one) == pytest.approx(share(drawn.arrows[0]))
        way = own[one.kind].vector
        np.testing.assert_allclose(one.vector / np.hypot(*one.vector), way / np.hypot(*way), rtol=1e-9)


def test_an_arrow_of_one_length_begins_where_the_one_before_it_ends():
    drawn = drawn_arrows(update_at(RULES["nesterov"](), 7), EVERY, "", Lengths.SAME, WINDOW)
    by_kind = {one.kind: one for one in drawn.arrows}
    np.testing.assert_array_equal(by_kind[ArrowKind.GRADIENT].start, by_kind[ArrowKind.CARRIED].end)
    np.testing.assert_array_equal(by_kind[ArrowKind.CORRECTION].start, by_kind[ArrowKind.PLAIN].end)


@every("lengths", Lengths)
@every("rule", RULES)
@every("after", [[1e300, -1e300], [np.nan, 0.0], [1e-320, 0.0]])
def test_extreme_steps_are_drawn(rule, lengths, after):
    update = replace(update_at(RULES[rule](), 7), after=np.array(after))
    for view_range in (WINDOW, ViewRange(-1e100, 1e100, -1e100, 1e100), ViewRange(0.0, 1e-90, 0.0, 1e-90)):
        for one in drawn_arrows(update, EVERY, "", lengths, view_range).arrows:
            assert not np.isnan([one.start, one.end]).any()


def test_short_arrows_between_long_ones_are_not_magnified_for_themselves():
    short, long = arrow(0.05, 0.0), np.array([[2.0, 0.0]])
    assert magnification([short], WINDOW).times > 1.0
    assert magnification([short], WINDOW, long).times == 1.0
    assert magnification([short], WINDOW, np.array([[0.001, 0.0]])) == magnification([short], WINDOW)
    assert magnification([short], WINDOW, np.array([[np.inf, np.nan]])) == magnification([short], WINDOW)
    assert magnification([], WINDOW, long).times == 1.0


@every(("name", "run", "most"), [("mini-batch", 0, 8), ("stochastic", 0, 3), ("sparse", 5, 30)])
def test_the_magnification_is_calm_while_a_run_is_played(name, run, most):
    experiment = scene_of(name)
    record = scene_records(name)[experiment.runs[run].name]
    last = min(300, len(record.loss) - 1)
    updates = (update_of(experiment, experiment.runs[run], record, t) for t in range(1, last + 1))
    told = [
        drawn_arrows(update, EVERY, "", Lengths.FIT, experiment.view_range, playing=True)
        for update in updates
    ]
    changes = [one != other for one, other in pairwise((each.times, each.raw_times) for each in told)]
    assert sum(changes) <= most


def test_what_is_compared_with_is_what_came_before():
    update = update_at(RULES["adam"](), 7)
    np.testing.assert_allclose(update.steps_before.sum(axis=0), update.before - np.array(update.run.start))
    assert len(update.steps_before) == len(update.gradients_before) == len(update.etas_before) == 6


@every("lengths", Lengths)
@every("rule", RULES)
def test_the_gradient_that_points_uphill_mirrors_the_pull_and_moves_nothing_else(rule, lengths):
    update = update_at(RULES[rule](), 7)
    plain = drawn_arrows(update, EVERY, "", lengths, WINDOW)
    both = drawn_arrows(update, frozenset(ArrowKind), "", lengths, WINDOW)
    assert (both.times, both.raw_times) == (plain.times, plain.raw_times)
    (up,) = (one for one in both.arrows if one.kind is ArrowKind.UPHILL)
    (pull,) = (one for one in both.arrows if one.kind is ArrowKind.GRADIENT and not one.ghost)
    np.testing.assert_allclose(up.start, pull.start)
    np.testing.assert_allclose(up.vector, -pull.vector, rtol=1e-9)
    assert np.dot(up.vector, update.gradient) > 0.0
    rest = [one for one in both.arrows if one is not up]
    for one, other in zip(rest, plain.arrows, strict=True):
        np.testing.assert_array_equal([one.start, one.end], [other.start, other.end])


@every("lengths", Lengths)
@every(
    "lines",
    [
        "v_t = gamma*v - eta*g\nw_next = w - v_t",
        "look = w - gamma*v\ng = grad(look)\nv_t = gamma*v - eta*g\nw_next = w - v_t",
        "w_next = w + eta*g",
    ],
)
def test_the_gradient_points_uphill_where_a_rule_follows_it(lines, lengths):
    update = update_at(own_rule("Mine", lines)(eta=0.1), 7)
    drawn = drawn_arrows(update, frozenset(ArrowKind), "", lengths, WINDOW).arrows
    (up,) = (one for one in drawn if one.kind is ArrowKind.UPHILL)
    step = next(one for one in drawn if one.kind is ArrowKind.STEP)
    assert np.dot(up.vector, update.gradient) > 0.0
    assert np.dot(step.vector, update.gradient) > 0.0


def looked_at(update):
    """Return where the rule's plain loop asks for its last gradient; None where the update begins."""
    asked, neuron = [], Neuron.fitting(update.points).rows(update.rows)

    def gradient(place):
        asked.append(np.array(place))
        return neuron.gradient(asked[-1]).tolist()

    optimizer = update.run.optimizer
    state = zip(optimizer.update_rule.letters, update.state_before.tolist(), strict=True)
    lecture_loops.RULES[optimizer.id](
        dict(optimizer.items()),
        dict(state),
        gradient,
        update.before.tolist(),
        update.eta,
        update.gamma,
        update.counted,
    )
    return None if np.array_equal(asked[-1], update.before) else asked[-1]


@every("lengths", Lengths)
@every("rule", RULES)
def test_the_place_of_looking_ahead_is_never_magnified(rule, lengths):
    update = update_at(RULES[rule](), 7)
    drawn = drawn_arrows(update, EVERY, "", lengths, ViewRange(-60.0, 60.0, -60.0, 60.0))
    looked = looked_at(update)
    if looked is None or lengths is Lengths.TRUE:
        assert drawn.look_ahead is None
        return
    np.testing.assert_allclose(drawn.look_ahead, looked, rtol=1e-12)


@every("rule", RULES)
def test_where_an_arrow_has_a_right_angle_the_loss_does_not_change_across_it(rule):
    neuron = replace(scene_of("first-neuron"), runs=(Run(RULES[rule](), epochs=20),))
    (record,) = computed(neuron)
    update = update_of(neuron, neuron.runs[0], record.whole, 9)
    plain = PlainLoss(update.points)
    drawn = drawn_arrows(update, EVERY, "", Lengths.FIT, ViewRange(-60.0, 60.0, -60.0, 60.0))
    assert drawn.times > 1.0
    # A magnified arrow that begins elsewhere has none.
    assert (drawn.upright is None) == (looked_at(update) is not None)
    true = drawn_arrows(update, EVERY, "", Lengths.TRUE, WINDOW).upright
    assert true is not None
    for upright in filter(None, (drawn.upright, true)):
        across = upright.vector[::-1] * (-1.0, 1.0) / np.hypot(*upright.vector)
        here = upright.start
        slope = (plain.loss(here + 1e-5 * across) - plain.loss(here - 1e-5 * across)) / 2e-5
        assert abs(slope) < 1e-6 * np.hypot(*update.gradient) + 1e-10
    assert drawn_arrows(update, EVERY, "", Lengths.TRUE, WINDOW, playing=True).upright is None


def test_the_gradient_over_some_of_the_points_has_no_right_angle():
    experiment = scene_of("stochastic")
    record = scene_records("stochastic")[experiment.runs[0].name]
    update = update_of(experiment, experiment.runs[0], record, 5)
    assert len(update.rows) < len(update.points)
    assert drawn_arrows(update, EVERY, "", Lengths.TRUE, WINDOW).upright is None


def test_arrows_are_true_only_where_they_are_not_magnified():
    update = update_at(RULES["adam"](), 7)
    drawn = drawn_arrows(update, EVERY, "", Lengths.FIT, ViewRange(-0.5, 0.5, -0.5, 0.5))
    for one in drawn.arrows:
        other = next(arrow for arrow in arrows(update) if arrow.kind is one.kind)
        same = np.allclose(one.vector, other.vector)
        assert drawn.is_true(one) == same
    alike = drawn_arrows(update, EVERY, "", Lengths.SAME, WINDOW)
    assert not any(alike.is_true(one) for one in alike.arrows)
