"""The fair race in the window: what is chosen, what is shown, and what is taken away."""

import csv
import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gdsim.core.exercises.race.racing import racing
from gdsim.core.files.scene import parse_scene, scene_text
from gdsim.core.formulas.numerals import percent
from gdsim.core.language.texts import speaking
from gdsim.core.language.translations import read_language
from gdsim.core.model.batching import MINI_BATCH
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.map_overlays import CutWay, MapOverlays
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.plane_function import ORIGIN
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.model.view_range import ViewRange
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import LECTURE_RULES, RULES
from gdsim.core.rules.own_rule import own_rule
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from gdsim.gui.exercises.race.race_words import conclusion, within_words
from tests.gui.windows import cut_off_texts, focus, tab_stops


def valley(*runs, **how):
    runs = runs or (Run(RULES["gd"](), start=(0.0, 6.0), epochs=20),)
    return Experiment(
        PointSet([1.3, 2.4], [0.15, 0.9]), PointSet.empty(), runs, ViewRange(-2, 12, -14, 8), **how
    )


@pytest.fixture
def opened_race(exercise, qtbot):
    """Return a function that opens a small race: window, session, the race."""

    def opened_race(experiment=None, theme="light"):
        window, session, race = exercise("fair_race", experiment or valley(), theme)
        qtbot.waitUntil(lambda: session.surface is not None)
        race.set_up({"budget": 60, "trials": 4, "starts": 9})
        return window, session, race

    return opened_race


@pytest.fixture
def raced(opened_race, qtbot):
    def raced(experiment=None, **how):
        window, session, race = opened_race(experiment, **how)
        race.controls.race.click()
        finished(race, qtbot)
        return window, session, race

    return raced


def finished(race, qtbot):
    qtbot.waitUntil(lambda: race.raced is not None and not race.tasks.is_busy, timeout=30000)


def test_tab_goes_to_the_settings_that_are_tuned_before_the_result(opened_race, qtbot):
    _, _, race = opened_race()
    names = [one.accessibleName() for one in tab_stops(qtbot, race, race.controls.race)]
    places = [
        names.index(name) for name in ("Rules in the race", "Tune learning rate η", "Result of the race")
    ]
    assert places == sorted(places)


def cells(race, row):
    return [race.table.item(row, column).text() for column in range(race.table.columnCount())]


def test_the_table_is_that_of_the_core(raced):
    _, _, race = raced()
    expected = run_to_end(racing(race.plan()))
    assert race.table.rowCount() == len(LECTURE_RULES)
    for row, entry in enumerate(expected.entries):
        shown = cells(race, row)
        assert shown[0] == entry.name
        assert shown[1] == f"{entry.solved} of {entry.starts}"
    assert race.plan().terms.solved_below == 1e-4
    assert "it says nothing about others" in race.words.text()


def test_rules_are_named_in_the_language_of_the_window_and_in_english_in_files(raced):
    _, _, race = raced()
    with speaking(read_language("de")):
        race.follow()
        assert [cells(race, row)[0] for row in range(2)] == ["Gradientenabstieg", "Momentum"]
        assert "Gradientenabstieg" in race.readout.text()
    assert race.raced.entries[0].name == race.raced.median_runs[0].name == "Gradient descent"


def test_a_result_is_of_the_scene_whatever_is_drawn(raced):
    _, session, race = raced()
    drawn = replace(session.experiment, log_height=True, drawn=MapOverlays(lens=True, cut=CutWay.STEP))
    session.edit(drawn, "draw")
    assert race.note == ""
    session.edit(replace(drawn, points=PointSet([1.0], [0.3])), "edit")
    assert "race again" in race.note
    assert race.table.rowCount() == 6


def test_searches_and_second_order_take_part_and_what_they_ask_for_is_told(opened_race, qtbot):
    run = Run(RULES["gd"](), MINI_BATCH(size=1), start=(0.0, 6.0), epochs=20)
    window, session, race = opened_race(valley(run))
    actions = {action.text(): action for action in race.entries.add.menu().actions()}
    assert list(filter(None, actions)) == [
        rule.title for rule in (*RULES.values(), *SECOND_ORDER_RULES.values())
    ]
    for _ in range(len(LECTURE_RULES) - 3):
        race.entries.remove.click()
    for keys in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):  # many a Mac has the latter alone
        focus(qtbot, race.entries.list)
        qtbot.keyClick(race.entries.list, keys)
    assert not race.table.isColumnHidden(1)
    shown = race.entries
    race.entries.list.setCurrentRow(0)
    (gd,) = race.plan().entries
    assert gd.optimizer.id == "adam"
    assert shown.search.isHidden()
    actions["Gradient descent"].trigger()
    QTest.keyClicks(shown.search, "A")  # the first that begins with it: Armijo
    shown.search.activated.emit(shown.search.currentIndex())
    assert shown.list.item(1).text() == "Gradient descent (Armijo)"
    assert [row.setting.name for row in shown.rows] == ["eta", "search.c1", "search.shrink"]
    shown.rows[2].tuned.click()
    actions["Levenberg-Marquardt"].trigger()
    assert shown.search.isHidden()
    actions["BFGS"].trigger()
    shown.search.setCurrentIndex(shown.search.findData("wolfe"))
    shown.search.activated.emit(shown.search.currentIndex())
    assert "take all points" in race.points.text()
    race.controls.race.click()
    finished(race, qtbot)
    plan = race.plan()
    assert plan == race.raced.plan
    assert [entry.search.id for entry in plan.entries] == ["fixed", "armijo", "fixed", "wolfe"]
    assert not race.table.isColumnHidden(7)
    assert cells(race, 0)[7] == "0, 0"
    tried, methods = (cells(race, row)[7].split(", ") for row in (1, 2))
    assert int(tried[0]) > 0 == int(tried[1])
    assert int(methods[1]) > 0
    assert "ρ" in cells(race, 1)[8]
    race.keep.click()
    again = parse_scene(scene_text(session.experiment))
    assert again.kept.race == session.experiment.kept.race
    assert [entry.search.id for entry in again.kept.race.entries] == ["fixed", "armijo", "fixed", "wolfe"]
    before = len(session.experiment.runs)
    race.new.click()
    added = session.experiment.runs[before:]
    assert [one.batching.id for one in added] == ["mini-batch", "batch", "batch", "batch"]
    assert [one.search.id for one in added] == ["fixed", "armijo", "fixed", "wolfe"]
    # The past of the document is one step: the runs are gone again.
    window.commands["undo"].trigger()
    assert len(session.experiment.runs) == before


def test_methods_that_need_points_are_refused_over_a_function(opened_race):
    function = Experiment(
        ORIGIN,
        PointSet.empty(),
        (Run(start=(-1.2, 1.0), epochs=5),),
        objective=FunctionObjective("(1 - w)**2 + 100*(b - w**2)**2"),
    )
    _, _, race = opened_race(function)
    actions = {action.text(): action for action in race.entries.add.menu().actions()}
    actions["Gauss-Newton"].trigger()
    assert "Gauss-Newton needs squared errors over points" in race.words.text()
    assert not race.controls.race.isEnabled()
    race.on_enter()
    assert not race.tasks.is_busy
    race.entries.remove.click()
    assert race.controls.race.isEnabled()
    assert "Press Race" in race.words.text()


def test_a_typed_rule_may_take_part_and_the_batches_are_those_of_the_selected_run(raced):
    mine = own_rule("Mine <b>", "w_next = w - eta*g")
    run = Run(RULES["gd"](), MINI_BATCH(size=1), epochs=4)
    _, _, race = raced(valley(run, rules=(mine,)))
    race.entries.show_entries(race.plan().entries)
    names = [action.text() for action in race.entries.add.menu().actions()]
    assert names[-1] == "Mine <b>"
    race.entries.add.menu().actions()[-1].trigger()
    assert race.plan().entries[-1].optimizer.definition == mine
    assert race.plan().batching == MINI_BATCH(size=1)
    assert "mini-batch" in race.points.text()
    assert "race again" in race.note


def typed(field, text):
    field.setText(text)
    field.setModified(True)
    field.returnPressed.emit()


def test_ranges_are_typed_and_wrong_ones_refused(opened_race):
    _, _, race = opened_race()
    row = race.entries.rows[0]
    typed(row.ends.low, "0.5")
    assert race.plan().entries[0].ranges[0].low == 0.5
    typed(row.ends.high, "0.1")
    assert race.plan().entries[0].ranges[0].high == 100.0
    typed(row.ends.low, "-1")
    assert race.plan().entries[0].ranges[0].low == 0.5
    assert (race.entries.rows[0], row.ends.low.value(), row.ends.high.value()) == (row, 0.5, 100.0)


def test_a_setting_is_tuned_or_has_one_value(opened_race):
    _, _, race = opened_race()
    race.entries.list.setCurrentRow(1)
    row = race.entries.rows[1]
    assert [one.tuned.isChecked() for one in race.entries.rows] == [True, True]
    assert row.value.isHidden()
    row.tuned.click()
    assert [axis.setting.name for axis in race.plan().entries[1].ranges] == ["eta"]
    assert not row.value.isHidden()
    assert row.ends.isHidden()
    typed(row.value, "0.5")
    assert race.plan().entries[1].optimizer.gamma == 0.5
    typed(row.value, "1.5")
    assert race.plan().entries[1].optimizer.gamma == 0.5
    row.tuned.click()
    assert len(race.plan().entries[1].ranges) == 2


def test_entries_of_one_rule_have_ranges_of_their_own(opened_race):
    _, _, race = opened_race()
    race.entries.add.menu().actions()[1].trigger()
    typed(race.entries.rows[0].ends.low, "0.25")
    lows = [entry.ranges[0].low for entry in race.plan().entries]
    assert (lows[1], lows[6]) == (0.01, 0.25)
    race.entries.list.setCurrentRow(1)
    assert race.entries.rows[0].ends.low.value() == 0.01
    typed(race.entries.rows[0].ends.low, "0.125")
    lows = [entry.ranges[0].low for entry in race.plan().entries]
    assert (lows[1], lows[6]) == (0.125, 0.25)


def test_enter_races_unless_a_field_is_wrong(opened_race, qtbot):
    _, _, race = opened_race()
    race.controls.budget.setFocus()
    race.controls.budget.setText("much")
    race.on_enter()
    assert not race.tasks.is_busy
    race.controls.budget.restore()
    race.on_enter()
    finished(race, qtbot)
    assert race.raced.plan.terms.budget == 60


def test_rules_are_added_twice_and_removed(opened_race):
    _, _, race = opened_race()
    race.entries.add.menu().actions()[1].trigger()
    assert race.entries.list.item(6).text() == "Momentum 2"
    assert race.entries.chosen == 6
    for _ in range(7):
        race.entries.remove.click()
    assert race.plan().entries == ()
    assert not race.controls.race.isEnabled()
    assert not race.entries.rows
    race.on_enter()
    assert not race.tasks.is_busy


def test_median_runs_come_as_one_edit(raced, qtbot):
    window, session, race = raced()
    before = session.experiment
    race.new.click()
    runs = session.experiment.runs[1:]
    assert [run.name for run in runs][:2] == ["Gradient descent 2", "Momentum"]
    for run, median in zip(runs, race.raced.median_runs, strict=True):
        assert run.computes_like(median)
    assert session.selected == 1
    window.commands["undo"].trigger()
    assert session.experiment == before


def test_it_is_stopped_and_what_was_there_stays(raced):
    _, _, race = raced()
    before = race.raced
    race.set_up({"trials": 512, "starts": 1024, "budget": 5000})
    race.controls.race.click()
    assert race.tasks.is_busy
    race.work.stop.click()
    assert not race.tasks.is_busy
    assert race.raced is before
    assert race.new.isEnabled()


def test_the_profile_is_read_by_keys_and_mouse(raced):
    _, _, race = raced()
    assert "Solved within 60 evaluations" in race.profile.picture_in_words()
    race.profile.setFocus()
    for _ in range(3):
        QTest.keyClick(race.profile, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert race.profile.at == 18.0
    assert race.readout.text() == race.profile.picture_in_words()
    share = percent(race.raced.entries[0].solved_within(18.0))
    assert f"within 18 evaluations: Gradient descent {share}" in race.readout.text()
    middle = QPointF(race.profile.width() / 2.0, race.profile.height() / 2.0)
    none = Qt.MouseButton.NoButton
    over = race.profile.mapToGlobal(middle)
    kind, keys = QEvent.Type.MouseMove, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(race.profile, QMouseEvent(kind, middle, over, none, none, keys))
    assert 20.0 < race.profile.at < 40.0


def test_numbers_in_words_are_no_more_than_they_are(raced):
    _, _, race = raced()
    result = race.raced

    def told(entries=result.plan.entries, **terms):
        plan = replace(result.plan, terms=replace(result.plan.terms, **terms), entries=entries)
        return conclusion(replace(result, plan=plan, entries=(solved,)))

    solved = replace(result.entries[0], evaluations=np.zeros(9))
    assert "for at most 60 evaluations, and for rules tuned by 4 trials in these ranges;" in told()
    few = told(budget=1, trials=1)
    assert "for at most 1 evaluation, and for rules tuned by 1 trial in these ranges;" in few
    untuned = tuple(replace(entry, ranges=()) for entry in result.plan.entries)
    assert "for at most 60 evaluations, and for rules with these settings;" in told(untuned)
    # All but one start of very many are not all.
    nearly = replace(result.entries[0], evaluations=np.array([math.inf, *[1.0] * 1023]))
    words = within_words(replace(result, entries=(nearly,)), 1.0)
    assert words == "Solved within 1 evaluation: Gradient descent 99.9\xa0%."


def test_files_hold_the_table_and_the_profile(raced, tmp_path, late_patch, qtbot):
    _, _, race = raced()
    taken = {}
    late_patch.setattr(race.export, "picture", lambda title, image: taken.update(image=image))
    late_patch.setattr(race.export, "table", lambda title, writing: taken.update(writing=writing))
    race.picture.click()
    race.file.click()
    assert taken["image"].size() == 2 * race.profile.size()
    list(taken["writing"](tmp_path / "race.csv"))
    with (tmp_path / "race.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 6 * 9


def test_a_closed_race_is_opened_as_it_was_left(raced):
    window, _, race = raced()
    race.controls.layouts.button(1).click()
    plan, result = race.plan(), race.raced
    race.close()
    window.commands["fair_race"].trigger()
    again = window.exercises.opened["fair_race"]
    assert again.plan() == plan
    assert again.raced is result
    assert again.table.rowCount() == 6


def test_nothing_is_cut_off(raced):
    _, _, race = raced(theme="dark")
    assert not cut_off_texts(race)
