"""Guess work: what is written down, how a hand moves the curve, who wins the race."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.exercises.guesses import (
    CurveGrip,
    best_of,
    guess_at,
    label_sides,
    race,
    record_of_guesses,
    steps_to_beat,
    view_range_around,
)
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import LECTURE_EPOCHS
from gdsim.core.model.view_range import ViewRange
from gdsim.core.rules.catalogue import LECTURE_RULES
from tests.core.model.plain_losses import PlainLoss
from tests.core.records import FIRST_NEURON, computed
from tests.every import every

LECTURE = ((0.5, 0.0), (-0.1, 0.0), (0.94, -0.94), (1.42, -1.73), (1.65, -2.08))
NUMBERS = st.floats(-8.0, 8.0)


def written(*places):
    return tuple(guess_at(Neuron.fitting(FIRST_NEURON), w, b) for w, b in places)


def test_the_lecture_s_guesses_have_the_losses_of_their_shown_numbers():
    guesses, plain = written(*LECTURE), PlainLoss(FIRST_NEURON)
    assert [round(guess.loss, 4) for guess in guesses] == [0.0731, 0.1481, 0.0217, 0.0029, 0.0003]
    for guess in guesses:
        assert guess.loss == pytest.approx(plain.loss((guess.w, guess.b)), rel=1e-12)
    assert best_of(guesses) == 4


def test_the_best_is_the_first_of_equal_ones():
    guesses = written((0.5, 0.0), (1.65, -2.08), (1.65, -2.08))
    assert best_of(guesses) == 1
    assert best_of((guesses[0], guesses[2])) == 1
    assert best_of(()) is None


def test_the_record_holds_the_guesses_in_order_and_claims_no_gradient():
    record = record_of_guesses(written(*LECTURE))
    assert record.p.tolist() == [list(place) for place in LECTURE]
    assert np.isnan(record.gradient).all()
    assert record.loss[0] == pytest.approx(0.0731, abs=5e-5)


@given(w=NUMBERS, b=NUMBERS, x=st.floats(-3.0, 6.0), y=st.floats(0.01, 0.99), taken=st.floats(-3.0, 6.0))
def test_the_curve_goes_through_the_hand(w, b, x, y, taken):
    hand = CurveGrip.over(FIRST_NEURON)
    new_w, new_b = hand.moved(w, b, taken, (x, y))
    same_side = (x - hand.pivot) * (taken - hand.pivot) > 0 and not hand.shifts(x)
    if hand.shifts(taken):
        assert new_w == w
    else:
        # It tilts around the middle of the points: the height there stays.
        assert new_w * hand.pivot + new_b == pytest.approx(w * hand.pivot + b, abs=1e-9)
    if hand.shifts(taken) or same_side:
        assert 1.0 / (1.0 + math.exp(-(new_w * x + new_b))) == pytest.approx(y, abs=1e-9)


@every("y", [-3.0, 0.0, 1.0, 7.0])
@every("taken", [1.5, 2.5])
def test_a_hand_beyond_the_curve_s_reach_gives_numbers(y, taken):
    w, b = CurveGrip.over(FIRST_NEURON).moved(1.0, 0.0, taken, (2.5, y))
    assert math.isfinite(w)
    assert math.isfinite(b)


def test_points_at_one_x_can_be_tilted_too():
    hand = CurveGrip.over(PointSet([2.0, 2.0], [0.1, 0.9]))
    w, b = hand.moved(0.0, 0.0, 2.5, (2.5, 0.9))
    assert w > 0.0
    assert w * 2.0 + b == pytest.approx(0.0)


def test_the_window_grows_to_hold_every_guess_and_else_stays():
    assert view_range_around(ViewRange(), written(*LECTURE)) == ViewRange()
    grown = view_range_around(ViewRange(), written((20.0, 0.0), (0.0, -7.0)))
    assert grown.w_min == -6.0
    assert grown.b_max == 6.0
    assert grown.w_max > 20.0
    assert grown.b_min < -7.0
    assert not grown.fault()
    assert view_range_around(ViewRange(), written((1e100, 0.0))) == ViewRange()  # no picture is that wide


@pytest.mark.parametrize("all_rules", [False, True])
def test_the_race_starts_at_the_first_guess(all_rules):
    held_out = PointSet([1.0], [0.5])
    experiment = Experiment(FIRST_NEURON, held_out, ())
    raced = race(experiment, written(*LECTURE), all_rules=all_rules)
    assert [run.optimizer.id for run in raced.runs] == (list(LECTURE_RULES) if all_rules else ["gd"])
    assert {run.start for run in raced.runs} == {(0.5, 0.0)}
    assert raced.points == FIRST_NEURON
    assert {record.last_step for record in computed(raced)} == {LECTURE_EPOCHS}


def test_steps_to_beat_are_counted_by_hand():
    loss = np.array([0.4, 0.3, 0.25, 0.2, 0.22])
    assert steps_to_beat(loss, 0.25) == 3
    assert steps_to_beat(loss, 0.5) == 0
    assert steps_to_beat(loss, 0.2) is None


def test_numbers_of_guesses_stand_away_from_the_nearest_other_one():
    guesses = written((1.2, 0.0), (1.0, 0.0), (-3.0, 1.0))
    assert label_sides(guesses) == (1, -1, -1)
    assert label_sides(guesses[:1]) == (-1,)
    same = (guesses[0], guesses[0])
    assert label_sides(same) == (-1, 1)
