import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.exercises.flight.autopilots import autopilots, best_rule, view_range_of
from gdsim.core.exercises.flight.course import FLIGHT_LEVELS, FUEL, Course
from gdsim.core.exercises.flight.flight import LENGTHS, TURNS, Flight, Move, code_of_flights, read_code
from gdsim.core.exercises.flight.words import flight_ending, rules_words, spoken_readings
from gdsim.core.lessons.lesson import EXERCISES
from gdsim.core.progress import run_to_end
from tests.every import WHOLE, every

# Rosenbrock's valley of the last one is the longest of the first 300.
SEEDS = (*range(12 if WHOLE else 1), 211)
NUMBERS = st.integers(0, len(FLIGHT_LEVELS) - 1)
COURSES = st.builds(Course, NUMBERS, st.integers(0, 2**32 - 1))
MOVES = st.builds(Move, st.integers(0, TURNS - 1), st.integers(0, len(LENGTHS) - 1))


def height(course, w, b):
    """Return the loss from the formula, as Python reads it."""
    text = course.experiment.objective.text
    return eval(text, {"tanh": math.tanh, "w": w, "b": b})  # noqa: S307 - of the program's own


def flown(course, moves):
    """Return the flight of as many moves as there are steps for."""
    flight = Flight(course)
    for move in moves:
        if flight.is_over:
            break
        flight = flight.after(move)
    return flight


def by_instruments(course):
    """Fly down the steepest way, as far as the parabola along it falls; further where it bends down."""
    flight = Flight(course)
    while not flight.is_over:
        slope, curvature = flight.along(0)
        wanted = -slope / curvature if curvature > 0.0 else 1.0
        near = np.abs(np.log(np.array(LENGTHS) / wanted))
        flight = flight.after(Move(0, int(np.argmin(near))))
    return flight


@cache
def pilots_of(number, seed):
    return run_to_end(autopilots(Course(number, seed)))


@every("number", range(len(FLIGHT_LEVELS)))
def test_a_rule_reaches_the_goal_of_every_level(number):
    for seed in SEEDS:
        pilots = pilots_of(number, seed)
        assert any(one.run is not None and one.steps is not None for one in pilots), seed


def test_so_does_a_pilot_who_reads_slope_and_curvature():
    flights = [by_instruments(Course(number, seed)) for number in range(len(FLIGHT_LEVELS)) for seed in SEEDS]
    assert np.mean([one.is_solved for one in flights]) > 0.95


def test_no_level_is_solved_where_it_begins():
    for number in range(len(FLIGHT_LEVELS)):
        for seed in SEEDS:
            assert not Flight(Course(number, seed)).is_over


@given(COURSES, st.lists(MOVES, max_size=4))
def test_what_is_read_is_the_loss_its_slope_and_its_curvature(course, moves):
    flight = flown(course, moves)
    w, b = flight.here.place.tolist()
    assert flight.here.loss == pytest.approx(height(course, w, b), rel=1e-9, abs=1e-12)
    angle = math.radians(flight.heading(5))
    cos, sin, h = math.cos(angle), math.sin(angle), 1e-3
    ahead, here, behind = (height(course, w + s * h * cos, b + s * h * sin) for s in (1, 0, -1))
    slope, curvature = flight.along(5)
    size = 1.0 + abs(here)
    assert slope == pytest.approx((ahead - behind) / (2 * h), rel=1e-3, abs=1e-3 * size)
    assert curvature == pytest.approx((ahead - 2 * here + behind) / h**2, rel=1e-2, abs=1e-2 * size)
    assert slope >= -flight.slope * (1 + 1e-12)
    assert flight.along(0)[0] == pytest.approx(-flight.slope)


@given(COURSES, MOVES)
def test_a_step_is_as_long_as_it_says_and_goes_where_it_says(course, move):
    before = Flight(course)
    after = before.after(move)
    way = after.here.place - before.here.place
    assert np.hypot(*way) == pytest.approx(LENGTHS[move.length])
    direction = math.degrees(math.atan2(way[1], way[0]))
    assert math.cos(math.radians(direction - before.heading(move.turn))) == pytest.approx(1.0)
    assert math.cos(math.radians(after.last_heading - before.heading(move.turn))) == pytest.approx(1.0)


@given(COURSES, st.lists(st.lists(MOVES, max_size=FUEL), min_size=1, max_size=2))
def test_a_code_flies_the_same_again(course, moves):
    flights = tuple(flown(course, one) for one in moves)
    again = read_code(f" {code_of_flights(flights)}\n")
    assert [one.moves for one in again] == [one.moves for one in flights]
    assert all(np.array_equal(one.path, other.path) for one, other in zip(again, flights, strict=True))


@every(
    "text",
    [
        "",
        "flight:1,0,1,",
        f"flight:1,{len(FLIGHT_LEVELS) + 1},1,",
        "flight:1,1,4294967296,",
        "flight:1,1,1,0",
        "flight:1,1,1,zz",
        "flight:1,1,1,0F",
        "flight:1,1,1,,,",
        "flight:2,1,1,09",
        "flight:1,1,1," + "00" * (FUEL + 1),
        "flight:1,\u0661,1,",
    ],
)
def test_what_is_no_code_is_refused(text):
    with pytest.raises(ValueError, match="code"):
        read_code(text)


@given(st.text() | st.from_regex(r"flight:1,\d{1,2},\d{1,10},[0-9A-Za-z,]{0,90}", fullmatch=True))
def test_any_text_is_read_or_refused(text):
    try:
        flights = read_code(text)
    except ValueError:
        return
    assert read_code(code_of_flights(flights))[0].moves == flights[0].moves


def test_what_is_said_of_the_best_rule_is_so():
    course = Course(3, 5)
    pilots = pilots_of(3, 5)
    best = min((one for one in pilots[:-1] if one.steps is not None), key=lambda one: one.steps)
    words = f"The best of 3 rules needs {best.steps} steps here: {best.name}, the best of 15 rates."
    assert rules_words(pilots) == words
    gd = pilots[0]
    w, b = course.experiment.runs[0].start
    losses = []
    for _ in range(gd.steps + 1):
        losses.append(height(course, w, b))
        h, eta = 1e-6, gd.run.optimizer.eta
        dw = (height(course, w + h, b) - height(course, w - h, b)) / (2 * h)
        db = (height(course, w, b + h) - height(course, w, b - h)) / (2 * h)
        w, b = w - eta * dw, b - eta * db
    assert losses[-1] <= course.level.goal < min(losses[:-1])


def test_no_other_rate_of_a_rule_is_quicker():
    pilots = pilots_of(1, 0)
    assert all(one.record.loss[-1] <= FLIGHT_LEVELS[1].goal for one in pilots if one.steps is not None)
    assert all((one.record.loss[:-1] > FLIGHT_LEVELS[1].goal).all() for one in pilots)


@every("number", range(len(FLIGHT_LEVELS)))
def test_the_map_holds_the_best_path_and_of_a_flight_what_is_near(number):
    course = Course(number, 3)
    best = best_rule(pilots_of(number, 3))
    here, astray = Flight(course), flown(course, [Move(12, len(LENGTHS) - 1)] * 3)
    view_range = view_range_of((here,), best)
    assert view_range_of((astray,), best) == view_range
    assert view_range.extent[0] == pytest.approx(view_range.extent[1])
    lowest = [course.place(*one) for one in course.level.lowest]
    assert all(height(course, *place) < 1e-4 * course.level.goal for place in lowest)
    assert all(view_range.holds(*place) for place in (*lowest, *best.record.p.tolist()))
    near = flown(course, [Move(6, LENGTHS.index(1.0))])
    assert view_range_of((near,), best).holds(*near.here.place.tolist())


def test_far_away_on_the_plateau_the_flight_goes_on():
    flight = flown(Course(5, 0), [Move(12, len(LENGTHS) - 1)] * 5)
    assert not flight.is_over
    assert flight.slope == 0.0
    words = spoken_readings(flight, Move(0, 0))
    assert "The slope is 0 in every direction." in words
    assert flight.here.loss == flight.readings[-2].loss
    assert words.startswith("The loss stays at ")


def test_a_loss_beside_the_goal_is_told_apart_from_it():
    start = Flight(Course(0, 1))
    missed = start.here._replace(loss=1.00004e-3)
    assert (
        flight_ending(Flight(start.course, (), (missed,)))
        == "After 0 steps the loss is 0.00100004; the goal is 0.001."
    )


def test_random_search_never_rises():
    for seed in SEEDS:
        losses = pilots_of(0, seed)[-1].record.loss
        assert (np.diff(losses) <= 0.0).all()


def test_what_is_spoken_has_all_readings():
    flight = Flight(Course(0, 1))
    words = spoken_readings(flight, Move(0, LENGTHS.index(2.0)))
    assert words == (
        "The loss is 4.88. The slope is 2.55, down towards 135°. The step goes towards 135°, where the slope "
        "is −2.55 and the curvature 0.667; it is 2 long. 40 steps are left."
    )
    turned = spoken_readings(flight, Move(0, LENGTHS.index(2.0)), step_first=True)
    assert turned.startswith("The step goes ")
    assert sorted(turned.split(". ")) == sorted(words.split(". "))
    assert spoken_readings(flight.after(Move(0, LENGTHS.index(50.0))), Move(0, 0)).startswith(
        "The loss rose by "
    )


def test_a_lesson_may_open_each_level():
    assert EXERCISES["flight"]["level"].high == len(FLIGHT_LEVELS)
