"""Exercises with a run whose loss is infinite where it starts, and with losses below 0."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from gdsim.core.files.scene import parse_scene, scene_text
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import FunctionObjective, NeuronObjective
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES
from tests.gui.windows import plot_of, settled


def over(text, w):
    run = Run(RULES["gd"](eta=0.05), start=(w, 0.0), epochs=20)
    point = PointSet([0.0], [0.0])
    return Experiment(point, PointSet.empty(), (run,), objective=FunctionObjective(text))


@pytest.fixture
def beyond(exercise):
    """Return a function that opens an exercise over a run from a place where the loss is infinite."""

    def beyond(name):
        opened = exercise(name, over("w**4 + b**4", 1e90))[2]
        opened.setUpdatesEnabled(True)
        return opened

    return beyond


def test_rates_are_tried_where_no_loss_is_finite(beyond, qtbot):
    dialog = beyond("find_rate")
    qtbot.mouseClick(dialog.ladder, Qt.MouseButton.LeftButton)
    settled(qtbot, dialog)
    for log in (False, True):
        dialog.log.setChecked(log)
        dialog.grab()  # an error while it is painted would end the process
    assert all(trial.diverged for trial in dialog.trials)
    assert (
        "All of these diverge at the first step; try smaller rates, or another start." in dialog.words.text()
    )


def test_work_is_checked_where_no_loss_is_finite(beyond, qtbot):
    dialog = beyond("check_work")
    QGuiApplication.clipboard().setText("0\t1e90\t0\n1\t3\t0\n")
    qtbot.mouseClick(dialog.paste_button, Qt.MouseButton.LeftButton)
    settled(qtbot, dialog)
    assert dialog.checked is not None
    for what in range(dialog.curve.what.count()):
        dialog.curve.what.setCurrentIndex(what)
        assert np.isfinite(plot_of(dialog.curve).getViewBox().viewRange()).all()


@pytest.mark.parametrize("name", ["maps", "fair_race", "predict", "fill_in"])
def test_the_others_open_where_no_loss_is_finite(beyond, qtbot, name):
    opened = beyond(name)
    settled(qtbot, opened)
    opened.grab()


def test_of_a_run_without_a_step_there_is_nothing_to_predict(beyond, qtbot):
    page = beyond("predict").landing
    qtbot.waitUntil(lambda: page.place.text() == "The run makes no step: there is nothing to predict.")
    assert not page.reveal.isEnabled()


def test_nothing_is_ranked_where_a_run_has_flown_so_far_that_none_may_start_there(exercise, qtbot):
    flies_off = Experiment(
        PointSet([0.0], [0.0]),
        PointSet.empty(),
        (Run(RULES["gd"](eta=6.0), start=(1e90, 0.0), epochs=20),),
        objective=FunctionObjective("w**2 + b**2"),
    )
    _, session, predict = exercise("predict", flies_off)
    predict.pages.setCurrentWidget(predict.ranking)
    session.play(lambda head: head.seek(15))
    qtbot.waitUntil(lambda: predict.ranking.place.text().startswith("The run is so far out here"))
    assert not predict.ranking.reveal.isEnabled()
    predict.on_enter()
    session.play(lambda head: head.seek(2))
    qtbot.waitUntil(predict.ranking.reveal.isEnabled)
    predict.on_enter()
    qtbot.waitUntil(lambda: predict.ranking.result is not None)


def test_solved_has_a_number_where_no_loss_of_several_inputs_is_finite(exercise):
    points = PointSet([[1e100, 0.0], [0.0, 1.0]], [0.2, 0.6])
    run = Run(start=(1e100, 0.0, 0.0), epochs=5)
    objective = NeuronObjective("identity")
    maps = exercise("maps", Experiment(points, PointSet.empty(2), (run,), objective=objective))[2]
    assert 0.0 < maps.controls.tolerance.value() < 1.0


def test_no_rate_is_the_best_where_none_lowers_the_loss(exercise, qtbot):
    saturated = Experiment(PointSet([1.0], [0.0]), PointSet.empty(), (Run(start=(0.0, 800.0), epochs=5),))
    dialog = exercise("find_rate", saturated)[2]
    qtbot.mouseClick(dialog.ladder, Qt.MouseButton.LeftButton)
    settled(qtbot, dialog)
    assert "None of these rates lowers the loss in 5 steps: it begins at 0.5." in dialog.words.text()
    told = [dialog.table.item(row, 2).text() for row in range(dialog.table.rowCount())]
    assert told == ["hardly moves"] * 5


@pytest.mark.parametrize("name", ["maps", "fair_race"])
def test_a_run_is_solved_below_a_loss_that_no_setting_may_be(exercise, qtbot, name):
    """Of targets of 1e100 it is 5e199, and settings go to 1e100; it is kept in a document, too."""
    points = PointSet([1e100, 1.0], [1e100, 0.5])
    opened = exercise(name, Experiment(points, PointSet.empty(), (Run(start=(1e100, 1e100), epochs=5),)))[2]
    settled(qtbot, opened)
    assert opened.controls.tolerance.value() == pytest.approx(5e199)
    opened.keep.click()
    document = opened.experiment
    assert parse_scene(scene_text(document)) == document
    kept = document.kept.map if name == "maps" else document.kept.race.terms
    assert kept.solved_below == pytest.approx(5e199)


def test_curves_of_losses_below_0_are_in_their_frames(exercise, qtbot):
    dialog = exercise("find_rate", over("w**2 + b**2 - 9", 2.0))[2]
    dialog.log.setChecked(False)
    qtbot.mouseClick(dialog.ladder, Qt.MouseButton.LeftButton)
    settled(qtbot, dialog)
    scale = dialog.charts.charts[0].scales.loss
    for trial in dialog.trials:
        assert 0.0 <= scale.share(trial.loss).min() <= scale.share(trial.loss).max() <= 1.0
