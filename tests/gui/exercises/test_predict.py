"""Predict, then reveal, in a real window: near and far marks, right and wrong orders, edits meanwhile."""

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor

from gdsim.core.formulas.numerals import number
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import NeuronObjective
from gdsim.core.model.plane import Plane, Slice
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.gui.style.theme import DARK
from tests.every import WHOLE
from tests.gui.frames import scene
from tests.gui.windows import cut_off_texts, focus, plot_of
from tests.threads import running_threads

STEP = 40


@pytest.fixture
def predict(exercise, qtbot):
    _, session, predict = exercise("predict", scene("nesterov"), "dark")
    session.play(lambda head: head.seek(STEP))
    drawn(qtbot, predict)
    box = plot_of(predict.landing.map).getViewBox()
    qtbot.waitUntil(lambda: np.ptp(box.viewRange()[1]) < 10.0)  # the close-up; the whole map is 12 high
    return session, predict


def drawn(qtbot, predict):
    qtbot.waitUntil(lambda: predict.landing.can_ask and not predict.tasks.is_busy)


def record(session):
    return session.frame().current.whole


def enter(qtbot, predict):
    focus(qtbot, predict.landing.frame)
    qtbot.keyClick(predict.landing.frame, Qt.Key.Key_Return)


def guess(qtbot, predict):
    """Move the mark to anywhere, and reveal."""
    qtbot.keyClick(predict.landing.frame, Qt.Key.Key_Left)
    enter(qtbot, predict)


def click_at(qtbot, page, place):
    plot = plot_of(page.map)
    pixel = plot.mapFromScene(plot.getViewBox().mapViewToScene(QPointF(*place)))
    qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=pixel)
    qtbot.waitUntil(lambda: page.mark == pytest.approx(tuple(place), abs=0.05))


def test_a_click_close_to_the_next_step_is_a_hit(predict, qtbot):
    session, predict = predict
    predict.setUpdatesEnabled(True)
    page = predict.landing
    here, true = record(session).p[[STEP, STEP + 1]]
    assert "step 40" in page.place.text()
    # The tab of the page has the ground of what is chosen.
    bar = predict.pages.tabBar()
    tab = bar.tabRect(0)
    assert bar.grab().toImage().pixelColor(tab.left() + 5, tab.center().y()) == QColor(DARK.accent_soft)
    # The close-up shows the next step large enough to be hit, whatever it is.
    click_at(qtbot, page, true)
    assert page.map.frame.current.p[0] == pytest.approx(here[0])
    assert page.words.text() == ""
    enter(qtbot, predict)
    assert page.result.length == pytest.approx(np.hypot(*(true - here)))
    assert page.result.distance < 0.25 * page.result.length
    assert page.map.frame.current.p[0] == pytest.approx(true[0])
    assert "of the step" in page.words.text()
    assert "γ = 0.9 of the last step" in page.reasons.text()
    assert predict.tally.text().startswith("1 of 1 marks")
    assert [mark.text for mark in page.map.marks] == ["you", "true"]
    qtbot.waitUntil(lambda: cut_off_texts(predict) == [])


def test_nothing_is_revealed_before_there_is_a_prediction(predict, qtbot):
    _, predict = predict
    page = predict.landing
    enter(qtbot, predict)
    assert not page.reveal.isEnabled()
    assert (page.result, predict.tally.text()) == (None, "")
    assert "Click on the map where you think it lands" in page.place.text()
    guess(qtbot, predict)
    assert page.result is not None
    assert predict.tally.text().startswith("0 of 1 marks")


def test_arrow_keys_move_the_mark_and_a_wrong_one_is_measured(predict, qtbot):
    session, predict = predict
    page = predict.landing
    here, true = record(session).p[STEP], record(session).p[STEP + 10]
    page.ahead.setCurrentIndex(1)
    page.ahead.activated.emit(1)
    drawn(qtbot, predict)
    assert "Click on the map where you think it lands, or move the mark with the arrow" in page.place.text()
    focus(qtbot, page.frame)
    for code in (Qt.Key.Key_Left, Qt.Key.Key_Up):
        qtbot.keyClick(page.frame, code, Qt.KeyboardModifier.ShiftModifier)
    mark = page.mark
    assert mark[0] < here[0]
    assert mark[1] > here[1]
    assert f"Your mark: w = {mark[0]:g}, b = {mark[1]:g}" in page.place.text().replace("−", "-")
    qtbot.mouseClick(page.reveal, Qt.MouseButton.LeftButton)
    assert page.result.distance == pytest.approx(np.hypot(*(np.array(mark) - true)))
    assert "The 10 steps make a path" in page.reasons.text()
    assert predict.tally.text().startswith("0 of 1 marks")
    assert page.reveal.text() == "&Go on from there (Enter)"
    # What is revealed cannot be mended.
    qtbot.keyClick(page.frame, Qt.Key.Key_Right)
    assert page.mark == mark
    enter(qtbot, predict)
    qtbot.waitUntil(lambda: page.result is None)
    assert page.mark == pytest.approx(tuple(true))
    assert session.playhead.cursor == STEP + 10


@pytest.mark.parametrize("what", [0, 1])
def test_an_order_is_made_with_keys_and_judged(predict, announced, qtbot, what):
    session, predict = predict
    predict.pages.setCurrentIndex(1)
    page = predict.ranking
    page.what.setCurrentIndex(what)
    page.what.activated.emit(what)
    page.steps.setCurrentIndex(2)
    page.steps.activated.emit(2)
    assert page.card.title.text() == page.card.accessibleName() == "The start"
    with qtbot.waitSignal(page.revealed) as first:
        qtbot.mouseClick(page.reveal, Qt.MouseButton.LeftButton)
    truth = first.args[0]
    start = record(session).p[STEP]
    assert all(np.array_equal(one.record.p[0], start) for one in truth.each)
    assert len(truth.each[0].record.loss) == 201
    assert page.card.title.text() == page.card.accessibleName() == "The true paths"
    paths = page.paths.map.frame.views
    assert [view.run.name for view in paths] == [one.label for one in truth.each]
    for view, one in zip(paths, truth.each, strict=True):
        assert np.array_equal(view.path, one.record.p)
        assert one.label in page.paths.key.accessibleDescription()
    styles = page.paths.map.look.styles
    assert len({style.dash for style in styles}) == len({style.marker for style in styles}) == 3
    window = page.paths.map.surface.view_range
    ends = [view.path[-1].tolist() for view in paths if window.holds(*view.path[-1].tolist())]
    assert [[mark.w, mark.b] for mark in page.paths.map.marks] == ends
    right = truth.order
    guessed_right = truth.is_right((0, 1, 2))
    # Once more, now in the right order: each is moved up to its place.
    qtbot.mouseClick(page.reveal, Qt.MouseButton.LeftButton)
    assert page.result is None
    assert page.paths.map.frame.views == ()
    assert page.card.title.text() == "The start"
    assert [mark[:2] for mark in page.paths.map.marks] == [tuple(start)]
    focus(qtbot, page.list)
    for place, index in enumerate(right):
        page.list.setCurrentRow(page.order.index(index))
        while page.list.currentRow() > place:
            qtbot.keyClick(page.list, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert page.order == right
    announced()
    with qtbot.waitSignal(page.revealed):
        qtbot.keyClick(page.list, Qt.Key.Key_Return)
    # The reasons are those of before.
    assert announced() == [f"{page.words.text()} {page.reasons.text()}"]
    assert page.words.text().startswith("Right: after 200 steps")
    assert page.reasons.text().startswith(truth.each[right[0]].label)
    # The answer was known by then.
    assert predict.tally.text().endswith(f"{int(guessed_right)} of 1 orders right")
    qtbot.mouseClick(page.reveal, Qt.MouseButton.LeftButton)
    page.list.setCurrentRow(0)
    while page.list.currentRow() < 2:
        qtbot.mouseClick(page.down, Qt.MouseButton.LeftButton)
    assert page.order == (1, 2, 0)


def test_what_is_revealed_is_seen_without_scrolling(exercise, qtbot):
    """A map leaves margins to be to scale, which must not make the window ask for more and more height."""
    apart = PointSet([0.5, 2.5, 1.0, 3.0, -1.0, 0.0, 1.7], [0.2, 0.9, 0.4, 1.0, 0.1, 0.15, 0.7])
    _, session, predict = exercise("predict", replace(scene("first-neuron"), points=apart))
    session.select(1)
    drawn(qtbot, predict)
    predict.pages.setCurrentIndex(1)
    assert "steps, schedules and memory begin there" in predict.ranking.place.text()
    assert predict.tally.text() == ""
    with qtbot.waitSignal(predict.ranking.revealed):
        predict.ranking.act()
    area = predict.content.parentWidget()
    layout = predict.ranking.paths.map.layout()
    qtbot.waitUntil(lambda: layout.contentsMargins().top() > 50)  # far to the sides, and flat
    assert predict.content.height() <= area.height()


@pytest.mark.parametrize("steps", [0, *([1] if WHOLE else [])])
def test_the_first_step_is_large_enough_to_be_hit(exercise, qtbot, steps):
    _, session, predict = exercise("predict", scene("first-neuron"))
    page = predict.landing
    page.ahead.setCurrentIndex(steps)
    page.ahead.activated.emit(steps)
    drawn(qtbot, predict)
    here, true = record(session).p[[0, page.steps]]
    assert np.hypot(*(true - here)) < 0.1  # of a range of 12
    qtbot.waitUntil(lambda: page.map.surface.view_range.extent[0] < 100.0 * np.hypot(*(true - here)))
    assert page.map.surface.view_range.holds(*true)
    click_at(qtbot, page, true)
    enter(qtbot, predict)
    assert page.result.distance < 0.25 * page.result.length


def test_the_question_follows_the_main_window(predict, qtbot):
    session, predict = predict
    page = predict.landing
    session.play(lambda head: head.nudge(1))
    qtbot.waitUntil(lambda: "step 41" in page.place.text())
    session.select(1)
    qtbot.waitUntil(lambda: page.place.text().startswith("“Nesterov”"))
    session.play(lambda head: head.seek(head.length))
    qtbot.waitUntil(lambda: "ends before that step" in page.place.text())
    assert not page.reveal.isEnabled()
    session.play(lambda head: head.at_speed(0.5).seek(0).play())
    qtbot.waitUntil(lambda: "is playing" in predict.note)
    assert not predict.pages.isEnabled()
    session.play(lambda head: head.pause())
    qtbot.waitUntil(predict.pages.isEnabled)
    assert predict.note == ""


def test_edits_meanwhile_are_said(predict, qtbot):
    session, predict = predict
    moved = replace(session.experiment, points=PointSet([0.5, 2.0], [0.2, 0.7]))
    session.edit(moved, "Move point")
    qtbot.waitUntil(lambda: session.is_settled and "points were changed" in predict.note)
    drawn(qtbot, predict)
    guess(qtbot, predict)
    true = record(session).p[STEP + 1]
    assert predict.landing.result.path[1] == pytest.approx(true)
    session.edit(replace(session.experiment, runs=()), "Remove runs")
    qtbot.waitUntil(lambda: "There is no run" in predict.note)
    assert not predict.pages.isEnabled()
    wide = PointSet([[0.5, 1.0], [2.5, 0.0]], [0.2, 0.9])
    runs = (Run(start=(0.0, 0.0, 0.0)),)
    session.edit(Experiment(wide, PointSet.empty(2), runs), "Put points")
    qtbot.waitUntil(lambda: "The map is the slice through the run" in predict.landing.place.text())


@pytest.mark.parametrize("held", [*([None] if WHOLE else []), (0.5, -0.5, 1.0)])
def test_of_several_inputs_the_two_parameters_that_are_drawn_are_predicted(exercise, qtbot, held):
    """The map is a slice through the run, also where the window draws another one."""
    experiment = replace(scene("four-inputs"), slice=Slice((2, 1), held))
    _, session, predict = exercise("predict", experiment)
    session.play(lambda head: head.seek(STEP))
    page, axes = predict.landing, [2, 1]
    qtbot.waitUntil(lambda: f"step {STEP}," in page.place.text())
    before, after = record(session).p[[STEP, STEP + 1]]
    through = Plane((2, 1), tuple(before[[0, 3, 4]].tolist()))
    drawn(qtbot, predict)
    qtbot.waitUntil(lambda: page.map.surface.plane == through)
    assert page.map.frame.plane == through
    assert page.map.surface.view_range.extent[0] < 8.0  # the close-up
    assert page.map.surface.loss_at(*before[axes]) == pytest.approx(session.experiment.training.loss(before))
    assert "you predict w₃ and w₂; the other parameters change, too." in page.place.text()
    click_at(qtbot, page, after[axes])
    assert "Your mark: w₃ = " in page.place.text()
    assert "you at w₃ " in page.map.picture_in_words()
    enter(qtbot, predict)
    assert page.result.path[1] == pytest.approx(after[axes])
    assert page.result.length == pytest.approx(np.hypot(*(after - before)[axes]))
    assert "along w₃ and w₂; the other parameters change, too." in page.reasons.text()
    assert predict.tally.text().startswith("1 of 1 marks")
    predict.pages.setCurrentIndex(1)
    ranks = predict.ranking
    qtbot.waitUntil(lambda: ranks.paths.map.surface.plane == through)
    assert [mark[:2] for mark in ranks.paths.map.marks] == [tuple(before[axes])]
    with qtbot.waitSignal(ranks.revealed) as ranked:
        ranks.act()
    for view, one in zip(ranks.paths.map.frame.views, ranked.args[0].each, strict=True):
        np.testing.assert_array_equal(view.path, one.record.p[:, axes])
        length = np.linalg.norm(np.diff(one.record.p, axis=0), axis=1).sum()
        assert f"{one.label}: L from" in ranks.reasons.text()
        assert f"a path {number(float(length))} long" in ranks.reasons.text()
    assert ranks.paths.map.surface.plane == through


def test_another_loss_is_another_question(predict, qtbot):
    session, predict = predict
    for count, loss in enumerate(("cross-entropy", "squared"), start=1):
        session.edit(replace(session.experiment, objective=NeuronObjective(loss=loss)), "Loss")
        qtbot.waitUntil(lambda: session.is_settled)
        session.play(lambda head: head.seek(STEP))
        qtbot.waitUntil(lambda: f"step {STEP}," in predict.landing.place.text())
        drawn(qtbot, predict)
        guess(qtbot, predict)
        assert f"of {count} marks" in predict.tally.text()


def test_closing_the_main_window_while_three_are_computed_ends_the_thread(predict):
    _, predict = predict
    predict.pages.setCurrentIndex(1)
    predict.ranking.act()
    predict.parent().close()
    assert running_threads() == []
    assert not predict.isVisible()


def test_without_a_run_there_is_a_friendly_sentence(opened):
    window, _ = opened(replace(scene("first-neuron"), runs=()))
    window.commands["predict"].trigger()
    assert "predict" not in window.exercises.opened
    assert "a run" in window.notice.text()


def test_closing_keeps_the_score_and_the_choices(predict, qtbot):
    session, predict = predict
    window = predict.parent()
    guess(qtbot, predict)
    predict.ranking.what.setCurrentIndex(1)
    predict.pages.setCurrentIndex(1)
    score = predict.tally.text()
    assert " 1 marks" in score
    predict.close()
    assert not window.exercises.opened
    window.commands["predict"].trigger()
    again = window.exercises.opened["predict"]
    assert again.tally.text() == score
    assert again.pages.currentIndex() == 1
    assert again.ranking.what.currentIndex() == 1
    again.pages.setCurrentIndex(0)
    with qtbot.waitSignal(again.landing.revealed):
        guess(qtbot, again)
    assert again.tally.text() == score  # it is the same question
    session.play(lambda head: head.nudge(1))
    qtbot.waitUntil(lambda: again.landing.result is None)
    with qtbot.waitSignal(again.landing.revealed):
        guess(qtbot, again)
    assert " 2 marks" in again.tally.text()


def test_a_run_at_rest_is_not_asked_about(exercise, qtbot):
    points = PointSet([0.5, 2.5], [0.2, 0.9])
    low, high = (math.log(y / (1.0 - y)) for y in (0.2, 0.9))
    w = (high - low) / 2.0
    start = (w, low - 0.5 * w)  # the minimum, where both points are met
    experiment = Experiment(points, PointSet.empty(), (Run(start=start, epochs=50),))
    _, _, predict = exercise("predict", experiment)
    page = predict.landing
    qtbot.waitUntil(lambda: "come to rest" in page.place.text())
    assert not page.reveal.isEnabled()


def test_the_window_shows_no_arrows_of_the_step_that_is_asked_about(exercise, qtbot):
    window, session, predict = exercise("predict", scene("nesterov"), painted=True)
    session.play(lambda head: head.seek(STEP))
    drawn(qtbot, predict)
    pane, arrows = window.cards.contours, window.commands["arrows"]
    asked = pane.grab().toImage()
    for _ in range(2):  # who switches them off and on meanwhile sees them afterwards
        arrows.trigger()
    assert pane.grab().toImage() == asked
    predict.close()
    after = pane.grab().toImage()
    assert after != asked
    arrows.trigger()
    assert pane.grab().toImage() == asked
