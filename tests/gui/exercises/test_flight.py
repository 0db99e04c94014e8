import re
from itertools import product

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from gdsim.core.exercises.flight.course import FLIGHT_LEVELS, FUEL
from gdsim.core.exercises.flight.flight import LENGTHS, USUAL_LENGTH, Move, code_of_flights, read_code
from gdsim.core.model.experiment import new_experiment
from gdsim.gui import accessible
from gdsim.gui.actions import UserActions
from gdsim.gui.exercises.flight.instrument_flight import InstrumentFlight
from gdsim.gui.style.theme import DARK, LIGHT
from gdsim.session.session import Session
from tests.gui.aloud import told
from tests.gui.style.colours import SIGHTS, difference
from tests.gui.windows import show_in

Key = Qt.Key


@pytest.fixture
def exercise(qtbot):
    accessible.install()
    session = Session(new_experiment())
    made = InstrumentFlight(session, UserActions(session))
    qtbot.addWidget(made, before_close_func=lambda one: (one.end(), session.close()))
    with qtbot.waitActive(made):
        made.show_up()
    return made


def uncovered(qtbot, exercise):
    qtbot.waitUntil(lambda: exercise.uncovered is not None, timeout=20_000)
    return exercise.uncovered


def heard(exercise):
    """Return slope, curvature and length of the next step, as a screen reader tells them."""
    words = told(exercise.frame).description.replace("−", "-")
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
    assert "is reached in" in told(exercise.frame).description
    uncovered(qtbot, exercise)
    assert exercise.again.hasFocus()
    heard_last = told(exercise.again).description
    assert "is reached in" in heard_last
    assert "The best of 3 rules needs" in heard_last
    qtbot.keyClick(exercise.again, Qt.Key.Key_Return)
    assert exercise.flights[0].course.seed == 2
    assert exercise.frame.hasFocus()


def test_each_change_is_told_at_once_what_changed_first(exercise, announced, qtbot):
    before = told(exercise.frame).description
    assert "Fly down to a loss of 0.001" in before
    assert "Left and Right turn the next step" in before

    def begin_with_two():
        exercise.two.setChecked(True)
        exercise.set_up({})

    announced()
    for change, beginning in (
        (lambda: qtbot.keyClick(exercise.frame, Key.Key_Up), "The step goes "),
        (lambda: qtbot.keyClick(exercise.frame, Key.Key_Return), "The loss "),
        (begin_with_two, "Pilot 1, your step. Fly down "),
        (lambda: qtbot.keyClick(exercise.frame, Key.Key_Return), "Pilot 2, your step. Fly down "),
    ):
        change()
        (words,) = announced()
        assert words.startswith(beginning)
    show_in(DARK, exercise)
    assert announced() == []
    exercise.give_up.click()
    assert announced()[-1].startswith("Pilot 1: After 1 step ")


def test_arrow_keys_in_the_level_open_its_list_and_a_choice_gives_the_keys_to_the_dial(exercise, qtbot):
    exercise.level.setFocus()
    qtbot.keyClick(exercise.level, Key.Key_Down)
    view = exercise.level.view()
    assert view.isVisible()
    assert exercise.flights[0].course.number == 0
    for key in (Key.Key_Down, Key.Key_Down, Key.Key_Return):
        qtbot.keyClick(view, key)
    assert exercise.flights[0].course.number == 2
    assert exercise.frame.hasFocus()


def test_what_is_being_typed_outlasts_theme_and_uncovering(exercise, qtbot):
    exercise.make_step()
    exercise.seed.setFocus()
    exercise.seed.selectAll()
    qtbot.keyClicks(exercise.seed, "77")
    show_in(DARK, exercise)
    assert exercise.seed.hasFocus()
    assert exercise.flights[0].steps == 1
    qtbot.keyClick(exercise.seed, Key.Key_Return)
    assert exercise.flights[0].course.seed == 77
    assert exercise.frame.hasFocus()
    exercise.give_up.click()
    exercise.code.setFocus()
    qtbot.keyClicks(exercise.code, "x")
    uncovered(qtbot, exercise)
    assert exercise.code.hasFocus()
    assert exercise.code.text() != exercise.code.value()


def test_enter_in_a_field_gives_the_keys_back_and_does_nothing_else(exercise, qtbot):
    for field in (exercise.seed, exercise.code):
        field.setFocus()
        qtbot.keyClick(field, Key.Key_Return)
        assert exercise.frame.hasFocus()
    assert exercise.flights[0].steps == 0
    exercise.give_up.click()
    uncovered(qtbot, exercise)
    for field in (exercise.seed, exercise.code):
        field.setFocus()
        qtbot.keyClick(field, Key.Key_Return)
        assert exercise.again.hasFocus()
    assert exercise.uncovered


def test_a_held_enter_makes_one_step(exercise):
    for repeats in (False, True, True):
        press = QKeyEvent(QEvent.Type.KeyPress, Key.Key_Return, Qt.KeyboardModifier.NoModifier, "", repeats)
        QApplication.sendEvent(exercise.frame, press)
    assert exercise.flights[0].steps == 1


def test_after_the_last_seed_comes_the_first(exercise, qtbot):
    seeds = []
    exercise.set_up({"seed": 4294967294})
    for _ in range(2):
        exercise.again.click()
        seeds.append(exercise.flights[0].course.seed)
    assert seeds == [4294967295, 0]


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
    shown = [exercise.surface.table.item(row, 0).text() for row in range(exercise.surface.table.rowCount())]
    assert shown == ["You", *(one.name for one in others)]
    assert exercise.surface.table.item(0, 1).text() == "–"
    assert [exercise.surface.table.item(row + 1, 1).text() for row in range(3)] == [
        str(one.steps) for one in others[:3]
    ]
    assert exercise.surface.map.isVisible()
    before = exercise.surface.map.grab().toImage()
    show_in(DARK, exercise)
    assert exercise.surface.map.grab().toImage() != before


def test_all_flights_are_told_apart_by_colour_whoever_looks(exercise, qtbot):
    exercise.two.click()
    exercise.give_up.click()
    uncovered(qtbot, exercise)
    for theme, sight in product((LIGHT, DARK), SIGHTS):
        show_in(theme, exercise)
        colours = [style.colour for style in exercise.surface.map.look.styles]
        assert len(colours) == 6
        for index, one in enumerate(colours):
            # What a person has flown stands apart more than the others among each other.
            least = 15.0 if index < 2 else 12.0
            others = (other for place, other in enumerate(colours) if place != index)
            assert min(difference(one, other, sight) for other in others) >= least, (theme.name, sight, index)


def test_with_large_letters_the_map_has_nearly_half_of_the_window(exercise, qtbot):
    font = exercise.font()
    font.setPixelSize(24)
    exercise.setFont(font)
    exercise.resize(1280, 688)
    exercise.give_up.click()
    uncovered(qtbot, exercise)
    assert exercise.surface.map.width() >= 550


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
    assert code_of_flights(exercise.flights) == "flight:1,2,7,0909"
    assert (exercise.level.currentIndex(), exercise.seed.value()) == (1, 7)
    uncovered(qtbot, exercise)


def test_another_level_begins_a_flight(exercise, qtbot):
    exercise.make_step()
    for number in range(len(FLIGHT_LEVELS)):
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
    qtbot.keyClick(exercise.frame, Key.Key_Left)
    qtbot.keyClick(exercise.frame, Key.Key_Up)
    state = exercise.save_state()
    session = exercise.session
    other = InstrumentFlight(session, exercise.user_actions)
    qtbot.addWidget(other, before_close_func=lambda one: one.end())
    other.restore_state(state)
    assert other.flights[0].moves == exercise.flights[0].moves
    assert other.next_move == Move(1, USUAL_LENGTH + 1)
    assert not other.is_over
    other.set_up({"level": 6, "seed": 3})
    assert (other.flights[0].course.number, other.flights[0].course.seed) == (5, 3)
