"""Schedules against their formulas."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.rules.schedules import (
    CONSTANT,
    CONSTANT_MOMENTUM,
    MOMENTUM_SCHEDULES,
    SCHEDULES,
    ScheduleKind,
    ScheduleState,
)
from gdsim.core.settings import BELOW_ONE, COUNT, NOT_NEGATIVE, POSITIVE, InvalidValue
from tests.core.strategies import HUGE, values
from tests.every import every

RATES = st.floats(1e-9, 1e9)
STEPS = st.integers(0, 10**7)


def test_the_lecture_s_schedules_are_there():
    assert {"constant", "step", "validation", "exponential", "inverse"} <= SCHEDULES.keys()
    assert {"constant", "sutskever"} <= MOMENTUM_SCHEDULES.keys()
    for catalogue in (SCHEDULES, MOMENTUM_SCHEDULES):
        assert all(kind.id == name and kind.title for name, kind in catalogue.items())


def test_the_lecture_halves_every_five_epochs():
    rates = [SCHEDULES["step"]().rate(1.0, ScheduleState(0, epoch, 0)) for epoch in (0, 4, 5, 9, 10, 15)]
    assert rates == [1.0, 1.0, 0.5, 0.5, 0.25, 0.125]


@given(RATES, STEPS, st.floats(0.0, 100.0))
def test_rates_by_step(eta, t, k):
    now = ScheduleState(step=t, epoch=0, rises=0)
    assert CONSTANT().rate(eta, now) == eta
    assert SCHEDULES["exponential"](k=k).rate(eta, now) == pytest.approx(eta * math.exp(-k * t))
    assert SCHEDULES["inverse"](k=k).rate(eta, now) == pytest.approx(eta / (1.0 + k * t))


@given(RATES, st.integers(0, 1000), st.floats(0.1, 2.0), st.integers(1, 100))
def test_rates_by_epoch(eta, epoch, factor, every):
    rate = SCHEDULES["step"](factor=factor, every=every).rate(eta, ScheduleState(0, epoch, 0))
    assert rate == pytest.approx(eta * factor ** math.floor(epoch / every))


@given(RATES, st.integers(0, 60))
def test_rates_by_rises(eta, rises):
    assert SCHEDULES["validation"]().rate(eta, ScheduleState(0, 0, rises)) == eta / 2**rises


@given(STEPS, values(BELOW_ONE))
def test_sutskever_s_formula(t, cap):
    expected = min(1.0 - 2.0 ** (-1.0 - math.log2(math.floor(t / 250) + 1)), cap)
    now = ScheduleState(step=t, epoch=0, rises=0)
    assert MOMENTUM_SCHEDULES["sutskever"](gamma_max=cap).rate(0.3, now) == pytest.approx(expected, rel=1e-15)
    assert CONSTANT_MOMENTUM().rate(0.3, now) == 0.3


def test_sutskever_s_values():
    schedule = MOMENTUM_SCHEDULES["sutskever"](gamma_max=0.9)
    rates = [schedule.rate(0.0, ScheduleState(t, 0, 0)) for t in (0, 249, 250, 499, 750, 250 * 31)]
    assert rates == [0.5, 0.5, 0.75, 0.75, 0.875, 0.9]


@given(st.floats(1e-300, HUGE), values(COUNT), values(NOT_NEGATIVE), values(POSITIVE), STEPS)
def test_no_value_of_a_domain_raises(eta, every, k, factor, t):
    now = ScheduleState(step=t, epoch=t, rises=t)
    for schedule in (
        SCHEDULES["step"](factor=factor, every=every),
        SCHEDULES["exponential"](k=k),
        SCHEDULES["inverse"](k=k),
        SCHEDULES["validation"](),
    ):
        assert schedule.rate(eta, now) >= 0.0


@every(
    ("kind", "key", "bad"),
    [
        (SCHEDULES["step"], "factor", 0.0),
        (SCHEDULES["step"], "factor", -0.5),
        (SCHEDULES["step"], "every", 0),
        (SCHEDULES["step"], "every", 2.5),
        (SCHEDULES["exponential"], "k", -1e-9),
        (SCHEDULES["inverse"], "k", math.inf),
        (MOMENTUM_SCHEDULES["sutskever"], "gamma_max", 1.0),
        (MOMENTUM_SCHEDULES["sutskever"], "gamma_max", True),
    ],
)
def test_settings_are_checked(kind, key, bad):
    with pytest.raises(InvalidValue, match=f"{key} must be"):
        kind(**{key: bad})


def test_what_looks_at_rises_needs_validation():
    assert SCHEDULES["validation"]().needs_validation
    assert not SCHEDULES["step"]().needs_validation


def test_the_reason_of_a_rate_follows_from_the_lines():
    lines = "fall = 0.1**rises\neta = fall*eta0 / (1 + step)"
    schedule = ScheduleKind("own", "tenths", "It is tried.", (), lines)()
    said = "tenths, n = 2 rises of the validation loss, t = 7 counts from 0"
    assert schedule.explanation(ScheduleState(7, 3, 2)) == said


def test_a_schedule_may_have_several_lines():
    kind = ScheduleKind(
        "stairs", "stairs", "Halved every ten steps.", (), "stair = floor(step/10)\neta = eta0*0.5**stair"
    )
    now = ScheduleState(25, 0, 0)
    assert kind().rate(1.0, now) == 0.25
    assert kind().numbers(1.0, now)["stair"] == 2.0
