import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.formulas.nice_ticks import log_texts, nice_ticks, tick_texts
from tests.every import every


@given(low=st.floats(-1e100, 1e100), span=st.floats(1e-6, 1e100), most=st.integers(2, 9))
def test_ticks_are_few_round_and_inside(low, span, most):
    high = low + max(span, 1e-6 * abs(low))
    ticks = nice_ticks(low, high, most)
    assert len(ticks) <= most
    slack = 1e-6 * (high - low)
    assert ((ticks >= low - slack) & (ticks <= high + slack)).all()
    if len(ticks) > 1:
        step = (ticks[-1] - ticks[0]) / (len(ticks) - 1)
        digit = f"{step:.0e}"[0]
        assert digit in "125"
        assert len(set(tick_texts(ticks))) == len(ticks)


@every(
    ("ends", "texts"),
    [
        ((-6.0, 6.0), ["−5", "0", "5"]),
        ((0.0, 0.7), ["0.0", "0.2", "0.4", "0.6"]),
        ((-0.03, 0.03), ["−0.02", "0.00", "0.02"]),
        ((0.0, 2e6), ["0", "1·10⁶", "2·10⁶"]),
        ((-2e-7, 2e-7), ["−2·10⁻⁷", "0", "2·10⁻⁷"]),
        ((100000.0, 100001.0), ["100000.0", "100000.5", "100001.0"]),
        ((0.12464, 0.12467), ["0.12464", "0.12465", "0.12466", "0.12467"]),
        ((8e6, 1.4e7), ["8·10⁶", "10·10⁶", "12·10⁶", "14·10⁶"]),
        ((9.9e7, 1.02e8), ["0.99·10⁸", "1.00·10⁸", "1.01·10⁸", "1.02·10⁸"]),
        ((1.4e-5, 1.6e-5), ["14·10⁻⁶", "15·10⁻⁶", "16·10⁻⁶"]),
    ],
)
def test_ticks_are_written_with_the_digits_they_need(ends, texts):
    assert tick_texts(nice_ticks(*ends, 4)) == texts


def test_an_empty_or_endless_range_has_no_ticks():
    for low, high in ((1.0, 1.0), (2.0, 1.0), (0.0, np.inf), (np.nan, 1.0)):
        assert len(nice_ticks(low, high, 5)) == 0
    assert tick_texts(np.empty(0)) == []
    assert tick_texts(np.array([0.0])) == ["0"]
    assert log_texts([]) == []


def test_ticks_far_apart_on_their_axis_have_the_decimals_of_their_step():
    assert tick_texts(np.array([0.1, 0.25, 0.4]), 0.05) == ["0.10", "0.25", "0.40"]
    assert tick_texts(np.array([0.015])) == ["0.015"]


@every(
    ("powers", "texts"),
    [
        ([-4, -2, 0, 2, 4], ["0.0001", "0.01", "1", "100", "10000"]),
        ([-6, -3, 0, 3], ["10⁻⁶", "10⁻³", "10⁰", "10³"]),
        ([-1, 0, 5], ["10⁻¹", "10⁰", "10⁵"]),
        ([-5, np.log10(2e-5), np.log10(5e-5)], ["10⁻⁵", "2·10⁻⁵", "5·10⁻⁵"]),
        ([np.log10(2e-4), -3], ["0.0002", "0.0010"]),
    ],
)
def test_an_axis_of_powers_is_written_in_one_way(powers, texts):
    assert log_texts(powers) == texts


@every("low", [0.0, 1e-320, 1e-300, 0.405, 1.0, 1e300])
@every("floats", [1, 2, 5, 100])
def test_ends_that_are_almost_the_same_float_have_ticks_that_differ(low, floats):
    high = low
    for _ in range(floats):
        high = float(np.nextafter(high, np.inf))
    for most in range(1, 30):
        ticks = nice_ticks(low, high, most)
        assert (np.diff(ticks) > 0.0).all()
        assert len(tick_texts(ticks)) == len(ticks) <= most
