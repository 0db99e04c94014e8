"""A rate is found on the lecture's ladder, made finer, and given to the run."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from gdsim.core.exercises.rate_ladder import LADDER, Trial, written_losses
from gdsim.core.formulas.numerals import told_apart
from gdsim.core.model.edits import remove_run, replace_run
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import FunctionObjective, NeuronObjective
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES
from gdsim.gui.exercises.rates.rate_charts import RateChart, shared_scales
from gdsim.gui.style.theme import DARK
from tests.conftest import delete_later_now
from tests.core.records import columns_of
from tests.gui.windows import cut_off_texts, double_click, settled
from tests.threads import running_threads


@pytest.fixture
def dialog(exercise):
    return exercise("find_rate")[-1]


def press(qtbot, dialog, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    settled(qtbot, dialog)


def table(dialog):
    model = dialog.table.model()
    return [[model.index(row, column).data() for column in range(3)] for row in range(model.rowCount())]


def chart(dialog, rate):
    return next(one for one in dialog.charts.charts if one.trial.rate == rate)


def seen_height(dialog, rate):
    return chart(dialog, rate).visibleRegion().boundingRect().height()


def test_the_ladder_then_finer_then_the_best_is_given_to_the_run(dialog, qtbot):
    session = dialog.session
    assert "Begin with the ladder" in dialog.words.text()
    assert not dialog.finer.isEnabled()
    assert not dialog.new.isEnabled()
    press(qtbot, dialog, dialog.ladder)
    assert [trial.rate for trial in dialog.trials] == list(LADDER)
    for trial in dialog.trials:
        run = session.selected_run
        alone = columns_of(replace(run, optimizer=run.optimizer.replace(eta=trial.rate)))
        assert np.array_equal(trial.loss, alone.loss)
    assert table(dialog)[-1] == ["1", written_losses(dialog.trials)[-1], "the best: falls"]
    press(qtbot, dialog, dialog.finer)
    assert [trial.rate for trial in dialog.trials][-4:] == [0.5, 1.0, 2.0, 3.0]
    assert "η 3 is the best" in dialog.words.text()
    assert dialog.rate == 3.0
    click_row(qtbot, dialog, 7)
    assert session.selected_run.optimizer["eta"] == 3.0
    assert session.document.history.undo_name == "Change η"
    assert "The run itself has η 3;" in dialog.words.text()
    assert len(dialog.trials) == 8
    session.document.undo()
    assert session.selected_run.optimizer["eta"] == 1.0


def place_of(dialog, row):
    return dialog.table.visualRect(dialog.table.model().index(row, 1)).center()


def click_row(qtbot, dialog, row):
    qtbot.mouseClick(dialog.table.viewport(), Qt.MouseButton.LeftButton, pos=place_of(dialog, row))


def test_enter_and_clicks_load_a_rate(dialog, qtbot):
    session = dialog.session
    press(qtbot, dialog, dialog.ladder)
    one = chart(dialog, 0.01)
    dialog.activateWindow()
    one.setFocus()
    qtbot.waitUntil(one.hasFocus)
    assert dialog.rate == 0.01
    assert session.selected_run.optimizer["eta"] == 1.0
    qtbot.keyClick(one, Qt.Key.Key_Return)
    assert session.selected_run.optimizer["eta"] == 0.01
    qtbot.mouseClick(chart(dialog, 0.1), Qt.MouseButton.LeftButton)
    assert session.selected_run.optimizer["eta"] == 0.1


def test_enter_begins_with_the_ladder_where_it_is_not_for_what_has_the_focus(dialog, qtbot):
    dialog.activateWindow()

    def enter_in(widget, typed=""):
        widget.setFocus()
        qtbot.waitUntil(widget.hasFocus)
        qtbot.keyClicks(widget, typed)
        qtbot.keyClick(widget, Qt.Key.Key_Return)
        settled(qtbot, dialog)
        return [trial.rate for trial in dialog.trials]

    assert enter_in(dialog.rate_field) == [0.5]
    assert enter_in(dialog.table) == [0.5]
    assert enter_in(dialog.steps, "none") == [0.5]
    dialog.steps.selectAll()
    assert enter_in(dialog.steps, "20") == sorted([*LADDER, 0.5])
    assert {trial.steps for trial in dialog.trials} == {20}
    assert enter_in(dialog.log) == sorted([*LADDER, 0.5])


def test_enter_alone_begins_with_the_ladder(dialog, qtbot):
    dialog.activateWindow()
    qtbot.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Return)
    settled(qtbot, dialog)
    assert [trial.rate for trial in dialog.trials] == list(LADDER)


def test_a_row_is_loaded_by_a_click_or_enter_and_not_by_arrow_keys(dialog, qtbot):
    session = dialog.session
    press(qtbot, dialog, dialog.ladder)
    click_row(qtbot, dialog, 2)
    assert session.selected_run.optimizer["eta"] == 0.01
    dialog.activateWindow()
    dialog.table.setFocus()
    qtbot.waitUntil(dialog.table.hasFocus)
    qtbot.keyClick(dialog.table, Qt.Key.Key_Up)
    assert dialog.rate == 0.001
    assert session.selected_run.optimizer["eta"] == 0.01
    qtbot.keyClick(dialog.table, Qt.Key.Key_Return)
    assert session.selected_run.optimizer["eta"] == 0.001
    for eta in (0.01, 1.0):
        session.document.undo()
        assert session.selected_run.optimizer["eta"] == eta
    assert not session.document.history.undo_name


def test_a_rate_that_the_run_has_already_is_no_edit(dialog, qtbot):
    session = dialog.session
    press(qtbot, dialog, dialog.ladder)
    for _ in range(2):
        click_row(qtbot, dialog, 3)
        double_click(qtbot, dialog.table.viewport(), place_of(dialog, 3))
        qtbot.mouseClick(chart(dialog, 0.1), Qt.MouseButton.LeftButton)
    session.document.undo()
    assert session.selected_run.optimizer["eta"] == 1.0
    assert not session.document.history.undo_name


def test_a_rate_is_added_as_a_new_run(dialog, qtbot):
    session = dialog.session
    press(qtbot, dialog, dialog.ladder)
    dialog.table.selectRow(3)
    press(qtbot, dialog, dialog.new)
    added = session.experiment.runs[-1]
    assert (added.name, added.optimizer["eta"]) == ("Gradient descent 2", 0.1)
    assert session.selected == 3
    assert len(dialog.trials) == 5
    session.document.undo()
    assert len(session.experiment.runs) == 3


def test_any_positive_rate_may_be_typed(dialog, qtbot):
    field = dialog.rate_field
    dialog.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    field.selectAll()
    qtbot.keyClicks(field, "-1")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert "must be a positive number" in field.accessibleDescription()
    field.selectAll()
    qtbot.keyClicks(field, "0,7")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    settled(qtbot, dialog)
    assert [trial.rate for trial in dialog.trials] == [0.7]
    press(qtbot, dialog, dialog.add)
    assert len(dialog.trials) == 1


def test_fewer_steps_are_tried_when_asked(dialog, qtbot):
    session = dialog.session
    press(qtbot, dialog, dialog.ladder)
    assert {trial.steps for trial in dialog.trials} == {1000}
    dialog.steps.setFocus()
    dialog.steps.selectAll()
    qtbot.keyClicks(dialog.steps, "50")
    qtbot.keyClick(dialog.steps, Qt.Key.Key_Return)
    settled(qtbot, dialog)
    assert {trial.steps for trial in dialog.trials} == {50}
    session.select(1)
    settled(qtbot, dialog)
    assert dialog.steps.value() == 50


def test_other_steps_that_a_lesson_sets_are_tried_at_once(dialog, qtbot):
    press(qtbot, dialog, dialog.ladder)
    dialog.parent().exercises.open("find_rate", {"steps": 50})
    assert "tried again" in dialog.words.text()
    settled(qtbot, dialog)
    assert {trial.steps for trial in dialog.trials} == {50}


def test_the_steps_are_the_runs_own(exercise, qtbot):
    _, _, dialog = exercise(
        "find_rate", Experiment(PointSet([0.5, 2.5], [0.2, 0.9]), PointSet.empty(), (Run(epochs=30),))
    )
    assert dialog.steps.value() == 30


def test_an_edit_is_followed(dialog, qtbot):
    session = dialog.session
    press(qtbot, dialog, dialog.ladder)
    before = dialog.trials
    session.edit(replace(session.experiment, points=PointSet([0.5, 2.5], [0.4, 0.9])), "Move point")
    assert "have changed" in dialog.words.text()
    settled(qtbot, dialog)
    assert [trial.rate for trial in dialog.trials] == list(LADDER)
    assert dialog.trials[-1].last != before[-1].last
    assert "is the best" in dialog.words.text()
    before = dialog.trials
    session.edit(replace(session.experiment, objective=NeuronObjective(loss="cross-entropy")), "Loss")
    settled(qtbot, dialog)
    assert dialog.trials[-1].last != before[-1].last
    run = replace(session.selected_run, name="Other", colour="#ff0000")
    after = dialog.trials
    session.edit(replace_run(session.experiment, 0, run), "Rename")
    settled(qtbot, dialog)
    assert dialog.trials == after


def test_without_runs_there_is_nothing_to_find(dialog, qtbot):
    session = dialog.session
    press(qtbot, dialog, dialog.ladder)
    for _ in range(3):
        session.edit(remove_run(session.experiment, 0), "remove")
    assert dialog.words.text().startswith("There is no run")
    settled(qtbot, dialog)
    assert dialog.trials == ()
    for button in (
        dialog.ladder,
        dialog.finer,
        dialog.new,
        dialog.add,
    ):
        assert not button.isEnabled()


def test_rates_that_diverge_are_said_to(exercise, qtbot):
    run = Run(start=(0.0, 0.0), epochs=20)
    _, _, dialog = exercise("find_rate", Experiment(PointSet([1e80], [0.0]), PointSet.empty(), (run,)))
    dialog.rate_field.setText("1e250")
    press(qtbot, dialog, dialog.add)
    assert table(dialog)[0][1:] == ["–", f"diverges after step {dialog.trials[0].steps}"]
    assert dialog.words.text().startswith("All of these diverge at the first step; try smaller rates")
    assert not dialog.finer.isEnabled()
    assert "diverges" in chart(dialog, 1e250).accessibleName()


def test_one_step_is_no_plural(exercise, qtbot):
    run = Run(RULES["lion"](), start=(0.0, 0.0), epochs=1)
    _, _, dialog = exercise("find_rate", Experiment(PointSet([1.0], [1.0]), PointSet.empty(), (run,)))
    dialog.rate_field.setText("0.5")
    press(qtbot, dialog, dialog.add)
    assert " in 1 step. " in dialog.words.text()
    assert "after 1 step, falls" in chart(dialog, 0.5).accessibleName()
    experiment = replace(dialog.session.experiment, points=PointSet([1.0], [0.5]))
    dialog.session.edit(experiment, "edit")
    settled(qtbot, dialog)
    assert dialog.words.text().startswith("None of these rates lowers the loss in 1 step: ")


def test_a_loss_that_hardly_falls_is_told_apart_from_the_first(dialog, qtbot):
    dialog.rate_field.setText("1e-8")
    press(qtbot, dialog, dialog.add)
    first, last = told_apart((float(dialog.trials[0].loss[0]), dialog.trials[0].last), 4)
    assert first != last
    assert f"the loss goes from {first} to {last} in" in dialog.words.text()


def test_all_charts_share_a_scale_and_the_best_is_told_by_words(dialog, qtbot):
    press(qtbot, dialog, dialog.ladder)
    names = [one.accessibleName() for one in dialog.charts.charts]
    assert [name.endswith("; the best") for name in names] == [False] * 4 + [True]
    loss = written_losses(dialog.trials)[0]
    assert names[0] == f"η 0.0001: loss {loss} after 1,000 steps, hardly moves"
    assert len({one.scales for one in dialog.charts.charts}) == 1
    scales = dialog.charts.charts[0].scales
    lowest, highest = (op(trial.loss[k] for trial in dialog.trials for k in (0, -1)) for op in (min, max))
    assert scales.loss.log
    assert scales.loss.low <= lowest < highest <= scales.loss.high
    dialog.log.click()
    scales = dialog.charts.charts[0].scales
    assert not scales.loss.log
    assert scales.loss.low == 0.0
    assert scales.loss.high >= highest


def test_a_run_that_flies_off_leaves_room_for_those_that_fall(exercise, qtbot):
    bowl = FunctionObjective("(w**2 + 4*b**2)/2")
    runs = (Run(start=(-2.0, -2.0), epochs=200),)
    experiment = Experiment(PointSet([0.0], [0.0]), PointSet.empty(), runs, objective=bowl)
    dialog = exercise("find_rate", experiment)[-1]
    dialog.setUpdatesEnabled(True)
    press(qtbot, dialog, dialog.ladder)
    assert chart(dialog, 1.0).trial.loss[-1] > 1e190
    scale = dialog.charts.charts[0].scales.loss
    assert scale.low < 1e-9
    assert 10.0 < scale.high < 1e6
    assert not dialog.grab().isNull()


def test_long_work_can_be_stopped_and_keeps_what_is_done(dialog, qtbot):
    many = PointSet(np.linspace(-1, 1, 100_000), np.full(100_000, 0.5))
    dialog.session.edit(Experiment(many, PointSet.empty(), (Run(epochs=60),)), "Put points")
    qtbot.waitUntil(lambda: dialog.steps.value() == 60)
    dialog.ladder.click()
    qtbot.waitUntil(lambda: bool(dialog.trials) and dialog.work.isVisible(), timeout=20_000)
    dialog.work.stop.click()
    assert not dialog.tasks.is_busy
    done = len(dialog.trials)
    assert 0 < done < len(LADDER)
    assert [trial.rate for trial in dialog.trials] == list(LADDER[:done])
    assert not dialog.work.isVisible()
    assert "is the best" in dialog.words.text()


def test_closing_the_window_in_the_middle_of_work_closes_all(dialog):
    window = dialog.parent()
    dialog.ladder.click()
    assert dialog.tasks.is_busy
    window.close()
    assert not dialog.isVisible()
    assert running_threads() == []


def test_every_control_has_a_name_and_nothing_is_cut_off(dialog, qtbot):
    window = dialog.parent()
    window.appearance.set_theme(DARK.name)
    dialog.setUpdatesEnabled(True)
    press(qtbot, dialog, dialog.ladder)
    hints = [label.text() for label in dialog.findChildren(QLabel) if label.objectName() == "hint"]
    assert [text for text in cut_off_texts(dialog) if text not in hints] == []
    assert dialog.minimumSizeHint().width() <= 1280
    assert dialog.minimumSizeHint().height() <= 680
    for control in (dialog.table, dialog.steps, dialog.rate_field, *dialog.charts.charts):
        assert control.accessibleName()
    assert all(button.text() for button in dialog.findChildren(QPushButton) if button.isVisible())
    picture = chart(dialog, 1.0).grab().toImage()
    assert picture.pixelColor(picture.width() // 2, 4).name() == DARK.accent_soft


def test_on_a_projector_there_are_fewer_charts_in_a_row_and_none_goes_while_qt_styles_them(dialog, qtbot):
    def in_a_row():
        return len({one.x() for one in dialog.charts.charts})

    press(qtbot, dialog, dialog.ladder)
    window, gone, before = dialog.parent(), [], in_a_row()
    for one in dialog.charts.findChildren(QWidget):
        one.destroyed.connect(lambda: gone.append(True))
    window.commands["projector"].trigger()
    qtbot.waitUntil(lambda: in_a_row() < before)
    window.commands["projector"].trigger()
    qtbot.waitUntil(lambda: in_a_row() == before)
    assert gone == []
    press(qtbot, dialog, dialog.finer)
    delete_later_now()
    assert len(dialog.charts.findChildren(RateChart)) == len(dialog.charts.charts) == len(dialog.trials)


def test_charts_have_their_places_at_once_and_that_of_the_best_rate_is_in_sight(dialog, qtbot):
    dialog.resize(728, 520)  # room for one chart in a row, and for two below each other
    press(qtbot, dialog, dialog.ladder)
    dialog.charts.show_trials(dialog.trials)
    dialog.charts.set_current(1.0)
    assert len({one.y() for one in dialog.charts.charts}) == len(LADDER)
    assert {one.width() for one in dialog.charts.charts} == {dialog.charts.viewport().width()}
    assert seen_height(dialog, 1.0) > 100
    assert seen_height(dialog, 0.0001) == 0
    # Another size leaves them where they were scrolled to.
    dialog.charts.verticalScrollBar().setValue(0)
    height = dialog.charts.height()
    dialog.resize(740, 560)
    qtbot.waitUntil(lambda: dialog.charts.height() == height + 40)
    assert seen_height(dialog, 0.0001) > 100


def test_closing_keeps_the_results(dialog, qtbot):
    window = dialog.parent()
    press(qtbot, dialog, dialog.ladder)
    dialog.log.setChecked(False)
    dialog.rate_field.set_value(0.25)
    shown, words = table(dialog), dialog.words.text()
    dialog.close()
    assert not window.exercises.opened
    window.commands["find_rate"].trigger()
    again = window.exercises.opened["find_rate"]
    assert again is not dialog
    assert table(again) == shown
    assert again.words.text() == words
    assert again.rate_field.text() == "0.25"
    assert not again.log.isChecked()
    assert not again.tasks.is_busy


def test_losses_below_0_are_drawn_as_they_are_and_one_that_flies_off_leaves_the_scale():
    def trial(*loss):
        return Trial(Run(), np.array(loss), diverged=False)

    falling = trial(2.0, -0.5, -3.0), trial(2.0, 1.0, 0.5)
    scales = shared_scales(falling, log=True)
    assert not scales.loss.log
    assert scales.loss.low <= -3.0
    assert scales.loss.high >= 2.0
    assert shared_scales((*falling, trial(2.0, 1e30, 1e200)), log=True).loss.high < 10.0
    assert shared_scales((trial(2.0, 1.0, 0.5), trial(2.0, 0.01, 1e-5)), log=True).loss.log
