import math

from hypothesis import given
from hypothesis import strategies as st

from gdsim.gui.forms.sliders import SliderScale
from tests.every import every

RATE = SliderScale(1e-5, 100.0, log=True)
MOMENTUM = SliderScale(0.0, 0.999)
EPOCHS = SliderScale(1, 10000, log=True, whole=True)
BATCH = SliderScale(1, 64, whole=True)
ALL = st.sampled_from(
    [RATE, MOMENTUM, EPOCHS, BATCH, SliderScale(0.05, 1.0), SliderScale(0.5, 1000.0, log=True)]
)


@given(ALL, st.floats(0.0, 1.0))
def test_every_place_is_a_number_of_the_range(scale, fraction):
    value = scale.value(fraction)
    assert scale.low <= value <= scale.high
    assert not scale.whole or value == int(value)


@given(ALL)
def test_the_ends_are_reached_exactly(scale):
    assert (scale.value(0.0), scale.value(1.0)) == (scale.low, scale.high)
    assert (scale.fraction(scale.low), scale.fraction(scale.high)) == (0.0, 1.0)


@given(ALL, st.floats(0.0, 1.0))
def test_a_number_stands_where_it_was_picked(scale, fraction):
    # Rounding to three digits, or to whole numbers, moves the place a little.
    slack = 0.09 if scale.whole else 0.003
    assert math.isclose(scale.fraction(scale.value(fraction)), fraction, abs_tol=slack)


@given(st.floats(0.0, 1.0))
def test_picked_numbers_have_three_digits(fraction):
    assert float(f"{RATE.value(fraction):.3g}") == RATE.value(fraction)
    assert round(MOMENTUM.value(fraction), 3) == MOMENTUM.value(fraction)


def test_a_number_outside_stands_at_the_end():
    assert RATE.fraction(500.0) == 1.0
    assert RATE.fraction(0.0) == 0.0


@every(
    ("scale", "value", "up", "large", "result"),
    [
        (RATE, 1.0, True, False, 1.2),
        (RATE, 1.0, False, False, 0.8),
        (RATE, 1.07, True, False, 1.2),
        (RATE, 0.3, True, True, 3.0),
        (RATE, 0.3, False, True, 0.03),
        (RATE, 100.0, True, False, 100.0),
        (RATE, 1e-5, False, True, 1e-5),
        (RATE, 50.0, True, True, 100.0),
        (MOMENTUM, 0.9, True, False, 0.91),
        (MOMENTUM, 0.3, False, False, 0.29),
        (MOMENTUM, 0.905, True, False, 0.91),
        (MOMENTUM, 0.5, True, True, 0.6),
        (MOMENTUM, 0.99, True, False, 0.999),
        (EPOCHS, 1, True, False, 2),
        (EPOCHS, 100, True, False, 120),
        (EPOCHS, 100, False, True, 10),
        (EPOCHS, 2, False, False, 1),
        (BATCH, 2, True, False, 3),
        (BATCH, 2, True, True, 10),
    ],
)
def test_steps_lead_to_round_numbers(scale, value, up, large, result):
    assert scale.stepped(value, up=up, large=large) == result


def test_a_step_from_outside_leads_back_or_nowhere():
    assert RATE.stepped(500.0, up=True) == 500.0
    assert RATE.stepped(500.0, up=False) == 100.0
    assert RATE.stepped(0.0, up=True) == 1e-5


@given(ALL, st.floats(0.0, 1.0), st.booleans(), st.booleans())
def test_a_step_moves_on_within_the_range(scale, fraction, up, large):
    value = scale.value(fraction)
    stepped = scale.stepped(value, up=up, large=large)
    assert scale.low <= stepped <= scale.high
    assert stepped == value or (stepped > value) == up
    assert stepped != value or value in (scale.low, scale.high)
