import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.gui.export.clip import HOLD_MS, ClipPlan


def test_a_fast_clip_leaves_steps_out():
    plan = ClipPlan(0, 100, speed=200.0, rate=20)
    moments = list(plan.moments())
    assert [moment.step for moment in moments] == list(range(0, 101, 10))
    assert {moment.ms for moment in moments[:-1]} == {50}


def test_a_slow_clip_shows_each_step_once_for_longer():
    plan = ClipPlan(5, 8, speed=2.0, rate=25)
    assert list(plan.moments()) == [(5, 500), (6, 500), (7, 500), (8, HOLD_MS)]


def test_times_are_rounded_without_drifting():
    plan = ClipPlan(0, 300, speed=30.0, rate=30)
    assert sum(moment.ms for moment in plan.moments()) == 10_000 + HOLD_MS


@pytest.mark.parametrize(("length", "count"), [(10, 11), (89, 90), (1000, 91), (12345, 91)])
def test_a_clip_of_some_seconds_has_at_most_so_many_pictures(length, count):
    assert ClipPlan.lasting(length, 7.2, 12.5).count == count


@given(
    st.integers(0, 10**6),
    st.integers(0, 10**4),
    st.floats(0.5, 1000.0),
    st.sampled_from([10, 20, 25, 50]),
)
def test_pictures_go_from_the_first_step_to_the_last_in_order(first, more, speed, rate):
    plan = ClipPlan(first, first + more, speed, rate)
    if plan.count > 5000:
        return
    moments = list(plan.moments())
    steps = [moment.step for moment in moments]
    assert len(moments) == plan.count
    assert steps == sorted(steps)
    assert (steps[0], steps[-1]) == (first, first + more)
    assert sum(moment.ms for moment in moments) == pytest.approx(1000 * plan.seconds, abs=1.0)
