"""Guess work in a real window: by keys, by mouse, by numbers; right guesses, bad guesses, and the race."""

import re
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication

from gdsim.core.exercises.guesses import best_of
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.model.view_range import ViewRange
from gdsim.core.rules.catalogue import LECTURE_RULES
from tests.core.records import FIRST_NEURON, columns_of
from tests.gui.frames import scene
from tests.gui.windows import cut_off_texts, focus, is_to_scale, plot_of
from tests.threads import running_threads

GOOD, BAD = (1.65, -2.08), (-4.0, 3.0)


@pytest.fixture
def sheet(exercise):
    return exercise("guess_work")[-1]


def type_in(qtbot, sheet, name, text, key=Qt.Key.Key_Return):
    field = sheet.editor.fields[name]
    focus(qtbot, field)
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, key)


def write(qtbot, sheet, w, b):
    type_in(qtbot, sheet, "w", str(w), Qt.Key.Key_Tab)
    type_in(qtbot, sheet, "b", str(b))


def shown(sheet):
    """Return w, b and L as they can be read."""
    text = sheet.readout.text().replace("−", "-")
    return tuple(float(number) for number in re.findall(r"-?\d[\d.e-]*", text))


def check_shown(sheet):
    w, b, loss = shown(sheet)
    assert loss == pytest.approx(float(Neuron.fitting(FIRST_NEURON).loss(np.array([w, b]))), rel=1e-5)
    assert (sheet.editor.fields["w"].value(), sheet.editor.fields["b"].value()) == (w, b)
    return w, b


def test_points_of_guess_work_are_not_said_to_move(sheet):
    help_ = "Drag near the middle of the points to shift the curve, elsewhere to tilt it."
    assert sheet.pane.accessibleDescription() == help_


def test_from_the_first_guess_to_the_end_of_the_race(sheet, qtbot):
    assert not sheet.reveal.isEnabled()
    assert sheet.race is None
    for place in ((0.5, 0.0), BAD, GOOD):
        write(qtbot, sheet, *place)
        assert check_shown(sheet) == place
    guesses = sheet.list.guesses
    assert [guess[:2] for guess in guesses] == [(0.5, 0.0), BAD, GOOD]
    assert best_of(guesses) == 2
    assert sheet.list.table.item(2, 3).text() == "best"
    focus(qtbot, sheet.reveal)
    qtbot.keyClick(sheet.reveal, Qt.Key.Key_Return)
    race = sheet.race
    assert not race.key.isVisible()
    assert race.session.playhead.playing
    qtbot.waitUntil(lambda: race.session.is_settled and "needed" in race.verdict.text())
    alone = columns_of(Run(start=(0.5, 0.0))).loss
    needed = int(np.flatnonzero(alone < guesses[2].loss)[0])
    assert f"needed {needed} steps to beat your best guess, number 3" in race.verdict.text()
    assert [mark.text for mark in race.map.marks] == ["1", "2", "3"]
    assert is_to_scale(race.map)
    race.transport.first.click()
    race.transport.forward.click()
    assert race.session.playhead.cursor == 1
    for playing in (True, False):
        race.transport.play.click()
        assert race.session.playhead.playing is playing
    assert [mark.strong for mark in race.map.marks] == [False, False, True]
    assert [label.text for label in race.surface.over.labels] == ["1", "2", "3"]
    race.all_rules.click()
    assert len(race.session.experiment.runs) == len(LECTURE_RULES)
    qtbot.waitUntil(lambda: race.session.is_settled)
    assert race.key.isVisible()
    assert race.key.accessibleDescription() == ", ".join(rule.title for rule in LECTURE_RULES.values())
    qtbot.waitUntil(lambda: cut_off_texts(sheet) == [])  # once it is laid out


def test_a_race_that_nobody_sees_draws_nothing_and_goes_on(sheet, qtbot):
    write(qtbot, sheet, *BAD)
    sheet.show_surface()
    session, frames = sheet.race.session, []
    session.frame_changed.connect(frames.append)
    qtbot.waitUntil(lambda: len(frames) > 1)
    sheet.windowHandle().setVisible(False)  # as a window manager does
    frames.clear()
    session.play(lambda head: head.seek(0).play())  # a window that its program hides would rest
    qtbot.waitUntil(lambda: session.playhead.cursor >= 10)
    assert frames == []
    sheet.windowHandle().setVisible(True)
    qtbot.waitUntil(lambda: len(frames) > 1)


def test_who_guesses_better_than_descent_has_won(sheet, qtbot):
    # From this start descent falls into the false valley.
    for place in ((-6.0, 4.0), GOOD):
        write(qtbot, sheet, *place)
    sheet.show_surface()
    qtbot.waitUntil(lambda: "you won" in sheet.race.verdict.text())
    assert sheet.list.table.accessibleDescription() == "2 guesses, the best is number 2"
    # The first guess is removed: the race begins at the one that was second.
    sheet.list.table.selectRow(0)
    qtbot.mouseClick(sheet.list.remove, Qt.MouseButton.LeftButton)
    assert sheet.race.session.experiment.runs[0].start == GOOD
    assert sheet.list.table.accessibleDescription() == "1 guess, the best is number 1"
    qtbot.waitUntil(lambda: "needed 1 step to" in sheet.race.verdict.text())


def test_arrow_keys_move_and_what_is_shown_is_what_is_computed(sheet, qtbot):
    focus(qtbot, sheet.frame)
    key = Qt.Key
    for code in (key.Key_Right, key.Key_Right, key.Key_Up):
        qtbot.keyClick(sheet.frame, code)
    assert check_shown(sheet) == pytest.approx((-1.88, -1.94))
    qtbot.keyClick(sheet.frame, key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert check_shown(sheet) == pytest.approx((-1.88, -2.54))
    qtbot.keyClick(sheet.frame, key.Key_Return)
    assert sheet.list.guesses[0][:2] == check_shown(sheet)


def test_sliders_and_long_numbers_give_what_they_show(sheet, qtbot):
    slider = sheet.editor.sliders["w"]
    focus(qtbot, slider)
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert check_shown(sheet)[0] > -2.0
    type_in(qtbot, sheet, "w", "1.23456789")
    assert check_shown(sheet)[0] == 1.23456789


def test_a_number_that_is_none_changes_nothing(sheet, qtbot):
    type_in(qtbot, sheet, "w", "much")
    assert shown(sheet)[:2] == (-2.0, -2.0)
    assert sheet.list.guesses == ()


def test_the_sigmoid_is_dragged(sheet, qtbot):
    plot = plot_of(sheet.pane)
    box, viewport = plot.getViewBox(), plot.viewport()

    def pixel(x, y):
        return plot.mapFromScene(box.mapViewToScene(QPointF(x, y)))

    places, points_moved = [], []
    sheet.pane.point_moved.connect(lambda *move: points_moved.append(move))
    sheet.pane.dragged.connect(lambda x, y: places.append((x, y)))
    for start, end in (((1.5, 0.1), (1.6, 0.5)), ((2.6, 0.1), (2.7, 0.9))):
        places.clear()
        qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=pixel(*start))

        def moved(start=start, end=end):
            # Moves that follow each other too fast are left out.
            for share in (0.5, 0.8):
                at = [a + share * (b - a) for a, b in zip(start, end, strict=True)]
                qtbot.mouseMove(viewport, pixel(*at))
                QApplication.processEvents()
            return bool(places)

        qtbot.waitUntil(moved)
        qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=pixel(*end))
        w, b = check_shown(sheet)
        assert 1.0 / (1.0 + np.exp(-(w * end[0] + b))) == pytest.approx(end[1], abs=0.02)
    assert points_moved == []


def test_what_is_written_down_already_is_shown_where_it_stands(sheet, qtbot):
    for place in (BAD, GOOD, BAD):
        write(qtbot, sheet, *place)
    assert [guess[:2] for guess in sheet.list.guesses] == [BAD, GOOD]
    assert sheet.list.table.currentRow() == 0


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace], ids=["delete", "backspace"])
def test_removing_is_undone(sheet, qtbot, key):
    for place in (BAD, GOOD):
        write(qtbot, sheet, *place)
    before = sheet.list.guesses
    sheet.list.table.selectRow(0)
    sheet.list.table.setFocus()
    qtbot.keyClick(sheet.list.table, key)
    assert [guess[:2] for guess in sheet.list.guesses] == [GOOD]
    qtbot.mouseClick(sheet.list.undo, Qt.MouseButton.LeftButton)
    assert sheet.list.guesses == before
    qtbot.mouseClick(sheet.list.redo, Qt.MouseButton.LeftButton)
    assert len(sheet.list.guesses) == 1


def test_points_edited_meanwhile_are_said_and_taken_when_wanted(sheet, qtbot):
    session = sheet.session
    write(qtbot, sheet, *GOOD)
    sheet.show_surface()
    moved = PointSet([0.5, 2.0], [0.2, 0.7])
    session.edit(
        replace(session.experiment, points=moved, view_range=ViewRange(-20.0, 20.0, -9.0, 9.0)), "Move point"
    )
    assert "points were changed" in sheet.note
    check_shown(sheet)
    assert len(sheet.list.guesses) == 1
    qtbot.mouseClick(sheet.again, Qt.MouseButton.LeftButton)
    assert sheet.note == ""
    assert sheet.race is None
    assert sheet.list.guesses == ()
    assert [sheet.editor.sliders[name].numbers() for name in "wb"] == [(-20.0, 20.0), (-9.0, 9.0)]
    assert shown(sheet)[2] == pytest.approx(float(Neuron.fitting(moved).loss(np.array(GOOD))), rel=1e-5)


def test_closing_keeps_the_guesses_and_the_main_window_ends_everything(sheet, qtbot):
    window = sheet.parent()
    write(qtbot, sheet, *GOOD)
    sheet.show_surface()
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not window.exercises.opened
    window.commands["guess_work"].trigger()
    sheet = window.exercises.opened["guess_work"]
    assert sheet.isVisible()
    assert len(sheet.list.guesses) == 1
    assert sheet.race is not None
    window.close()
    assert not window.exercises.opened
    assert running_threads() == []


def test_points_with_several_inputs_get_a_friendly_sentence(opened):
    points = PointSet([[0.5, 1.0], [2.5, 0.0]], [0.2, 0.9])
    experiment = replace(scene("first-neuron"), runs=(), points=points, validation=PointSet.empty(2))
    window, _ = opened(experiment)
    window.commands["guess_work"].trigger()
    assert "guess_work" not in window.exercises.opened
    assert "one input" in window.notice.text()


def test_a_lesson_that_sets_a_guess_over_other_inputs_leaves_the_first_points(sheet):
    window, session = sheet.parent(), sheet.session
    points = PointSet([[0.5, 1.0], [2.5, 0.0]], [0.2, 0.9])
    session.edit(replace(session.experiment, runs=(), points=points, validation=PointSet.empty(2)), "inputs")
    window.exercises.open("guess_work", {"w": 1.0, "b": 2.0})
    assert check_shown(sheet) == (1.0, 2.0)
    assert "keeps what it began with" in sheet.note
