import re

import pytest
from PySide6.QtCore import QPoint, Qt

from gdsim.core.exercises.flight import FUEL, LENGTHS, LEVELS, USUAL_LENGTH, Move, code_of, read_code
from gdsim.core.model.experiment import new_experiment
from gdsim.gui.actions import UserActions
from gdsim.gui.exercises.flight.instrument_flight import InstrumentFlight
from gdsim.gui.style.theme import DARK, LIGHT
from gdsim.session.session import Session


@pytest.fixture
def exercise(qtbot):
    session = Session(new_experiment())
    made = InstrumentFlight(session, UserActions(session))
    made.set_theme(LIGHT)
    qtbot.addWidget(made, before_close_func=lambda one: (one.end(), session.close()))
    with qtbot.waitActive(made):
        made.show_up()
    return made


def uncovered(qtbot, exercise):
    qtbot.waitUntil(lambda: exercise.uncovered is not None, timeout=20_000)
    return exercise.uncovered


def heard(exercise):
    """Return slope, curvature and length of the next step, as a screen reader tells them."""
    words = exercise.frame.accessibleDescription().replace("−", "-")
    found = re.search(r"slope is (\S+) and the curvature (\S+); it is (\S+) long", words)
    return tuple(map(float, found.groups()))


def test_it_is_flown_to_the_goal_by_what_is_heard_and_keys_alone(exercise, qtbot):
    for _ in range(FUEL):
        if exercise.is_over:
            break
        slope, curvature, length = heard(exercise)
        wanted = min(LENGTHS, key=lambda one: abs(one + slope / curvature))
        while length != wanted:
            qtbot.keyClick(exercise.frame, Qt.Key.Key_Up if length < wanted else Qt.Key.Key_Down)
            length = heard(exercise)[2]
        qtbot.keyClick(exercise.frame, Qt.Key.Key_Return)
    assert "is reached in" in exercise.sentence.accessibleName()
    uncovered(qtbot, exercise)
    assert exercise.again.hasFocus()
    qtbot.keyClick(exercise.again, Qt.Key.Key_Return)
    assert exercise.flights[0].course.seed == 2
    assert exercise.frame.hasFocus()


def test_the_keys_turn_the_step_and_home_turns_it_back(exercise, qtbot):
    press = lambda key, held=Qt.KeyboardModifier.NoModifier: qtbot.keyClick(exercise.frame, key, held)  # noqa: E731
    press(Qt.Key.Key_Left)
    assert exercise.next_move == Move(1, USUAL_LENGTH)
    press(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert exercise.next_move.turn == 19
    press(Qt.Key.Key_Home)
    assert exercise.next_move.turn == 0
    for _ in LENGTHS:
        press(Qt.Key.Key_Down)
    assert exercise.next_move.length == 0
    press(Qt.Key.Key_Space)
    assert exercise.flights[0].moves == (Move(0, 0),)


def test_a_click_on_the_dial_turns_the_step_that_way(exercise, qtbot):
    dial = exercise.dial
    middle = dial.rect().center()
    for away, degrees in ((QPoint(60, 0), 0.0), (QPoint(0, -60), 90.0), (QPoint(-60, 0), 180.0)):
        qtbot.mouseClick(dial, Qt.MouseButton.LeftButton, pos=middle + away)
        turned = exercise.flights[0].heading(exercise.next_move.turn)
        assert abs((turned - degrees + 180.0) % 360.0 - 180.0) <= 8.0
    assert exercise.frame.hasFocus()


def test_two_pilots_take_turns_and_one_ends_alone(exercise, qtbot):
    exercise.two.click()
    assert len(exercise.flights) == 2
    whose = []
    for _ in range(4):
        whose.append(exercise.pilot)
        qtbot.keyClick(exercise.frame, Qt.Key.Key_Return)
    assert whose == [0, 1, 0, 1]
    assert exercise.flights[0].moves == exercise.flights[1].moves
    while not exercise.is_over:
        flight = exercise.flights[exercise.pilot]
        _, curvature = flight.along(0)
        length = flight.slope / curvature if exercise.pilot else 50.0
        exercise.next_move = Move(0, LENGTHS.index(min(LENGTHS, key=lambda one: abs(one - length))))
        exercise.make_step()
    uncovered(qtbot, exercise)
    assert [one.is_solved for one in exercise.flights] == [False, True]
    assert "Pilot 1: After 40 steps" in exercise.sentence.text()
    assert "Pilot 2: The goal" in exercise.sentence.text()


def test_the_surface_is_uncovered_with_all_flights(exercise, qtbot):
    exercise.make_step()
    exercise.give_up.click()
    others = uncovered(qtbot, exercise).autopilots
    shown = [exercise.table.item(row, 0).text() for row in range(exercise.table.rowCount())]
    assert shown == ["You", *(one.name for one in others)]
    assert exercise.table.item(0, 1).text() == "–"
    assert [exercise.table.item(row + 1, 1).text() for row in range(3)] == [
        str(one.steps) for one in others[:3]
    ]
    assert exercise.map.isVisible()
    before = exercise.map.grab().toImage()
    exercise.set_theme(DARK)
    assert exercise.map.grab().toImage() != before


def test_a_code_shows_its_flight_and_another_text_loses_nothing(exercise, qtbot):
    exercise.make_step()
    mine = exercise.code.value()
    assert [one.moves for one in read_code(mine)] == [exercise.flights[0].moves]
    exercise.code.setFocus()
    exercise.code.selectAll()
    qtbot.keyClicks(exercise.code, "flight:1,9,1,")
    qtbot.keyClick(exercise.code, Qt.Key.Key_Return)
    assert exercise.code.property("fault")
    assert exercise.code.value() == mine
    exercise.code.selectAll()
    qtbot.keyClicks(exercise.code, "flight:1,2,7,0909")
    qtbot.keyClick(exercise.code, Qt.Key.Key_Return)
    assert code_of(exercise.flights) == "flight:1,2,7,0909"
    assert (exercise.level.currentIndex(), exercise.seed.value()) == (1, 7)
    uncovered(qtbot, exercise)


def test_another_level_begins_a_flight(exercise, qtbot):
    exercise.make_step()
    for number in range(len(LEVELS)):
        exercise.level.setCurrentIndex(number)
        exercise.level.activated.emit(number)
        assert exercise.flights[0].course.number == number
        assert exercise.flights[0].steps == 0
    exercise.seed.setFocus()
    exercise.seed.selectAll()
    qtbot.keyClicks(exercise.seed, "12")
    qtbot.keyClick(exercise.seed, Qt.Key.Key_Return)
    assert (exercise.flights[0].course.seed, exercise.flights[0].steps) == (12, 0)


def test_a_closed_flight_goes_on(exercise, qtbot):
    exercise.make_step()
    exercise.make_step()
    state = exercise.save_state()
    session = exercise.session
    other = InstrumentFlight(session, exercise.user_actions)
    qtbot.addWidget(other, before_close_func=lambda one: one.end())
    other.restore_state(state)
    assert other.flights[0].moves == exercise.flights[0].moves
    assert not other.is_over
    other.set_up({"level": 6, "seed": 3})
    assert (other.flights[0].course.number, other.flights[0].course.seed) == (5, 3)
