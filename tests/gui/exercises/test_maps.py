"""Maps in the window: what they show, zoom, read, give to runs, count, and write."""

import csv
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gdsim.core.engine.runs import first_steps
from gdsim.core.exercises.maps.outcome import Outcome, computing_ending
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import FunctionObjective, NeuronObjective
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Fork, Run
from gdsim.core.model.view_range import ViewRange
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.schedules import MOMENTUM_SCHEDULES, SCHEDULES
from gdsim.gui.exercises.maps import map_readout, maps_window
from gdsim.gui.exercises.maps.map_colours import FLAT, painted, step_ranks
from gdsim.gui.exercises.maps.map_paint import ticks_of
from gdsim.gui.exercises.maps.zoom_film import ZoomCamera
from gdsim.gui.export.clip import rgb_of
from gdsim.gui.style.theme import DARK, LIGHT, run_styles
from tests.gui.answered import answer_file_dialogs
from tests.gui.frames import scene
from tests.gui.painted import colliding_texts, cut_texts, painted_texts
from tests.gui.windows import cut_off_texts

SIZE = 32  # pixels along each side of a map


@pytest.fixture(autouse=True)
def _small(late_patch):
    late_patch.setattr(maps_window, "_SIZE", SIZE)


def valley(*rules, epochs=60):
    runs = tuple(Run(RULES[rule](), start=(0.0, 6.0), epochs=epochs) for rule in rules)
    return Experiment(PointSet([1.3, 2.4], [0.15, 0.9]), PointSet.empty(), runs, ViewRange(-2, 12, -14, 8))


@pytest.fixture
def shown(exercise, qtbot):
    """Return a function that opens the maps of some runs and waits for them: window, session, maps."""

    def shown(*rules, settings=False, **how):
        window, session, maps = exercise("maps", valley(*rules, **how))
        if settings:
            maps.controls.modes.button(1).click()
        whole(maps, qtbot)
        return window, session, maps

    return shown


def whole(maps, qtbot):
    """Wait until every map of the present range is there."""

    def is_whole():
        made = [one.map for one in maps.maps]
        return len(made) == len(maps.plans) > 0 and all(
            one.is_finest and (one.plan.x, one.plan.y, one.plan.steps) == (plan.x, plan.y, plan.steps)
            for one, plan in zip(made, maps.plans, strict=True)
        )

    qtbot.waitUntil(lambda: is_whole() and not maps.tasks.is_busy, timeout=20000)


def place(maps, across, up, index=0):
    """Where shares of the sides of a map are in its widget."""
    there = maps.canvas.places()[index]
    return QPointF(there.left() + across * there.width(), there.bottom() - up * there.height())


def point_at(maps, row, column):
    """Move the mouse over a pixel of the first map."""
    side = maps.maps[0].map.side
    _move_mouse(maps.canvas, place(maps, (column + 0.5) / side, (row + 0.5) / side))


def point_at_nothing(maps):
    _move_mouse(maps.canvas, QPointF(0.0, 0.0))


def _move_mouse(canvas, where):
    none, no_key = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    moved = QMouseEvent(QEvent.Type.MouseMove, where, canvas.mapToGlobal(where), none, none, no_key)
    QApplication.sendEvent(canvas, moved)


def wheel(maps, where, notches=1):
    at = maps.canvas.mapToGlobal(where)
    turn = QPoint(0, 120 * notches)
    none = Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        where, at, QPoint(), turn, Qt.MouseButton.NoButton, none, Qt.ScrollPhase.NoScrollPhase, False
    )
    QApplication.sendEvent(maps.canvas, event)


def test_it_begins_with_the_starts_that_the_window_draws(shown):
    _, session, maps = shown("momentum")
    (one,) = maps.maps
    assert (one.map.plan.x.low, one.map.plan.y.high) == (-2.0, 8.0)
    assert one.map.plan.steps == 60
    run = one.map.plan.run_at(10, 20)
    end = run_to_end(computing_ending(one.map.plan, run))
    assert (end.kind, end.steps) == (one.map.kind[20, 10], one.map.steps[20, 10])
    assert "0.0001" in maps.meanings.text()
    assert "1·10⁻⁵" in maps.meanings.text()
    assert session.experiment.runs[0].start == (0.0, 6.0)


def test_two_settings_are_the_rate_and_the_momentum_and_their_edge_has_a_dimension(shown, qtbot, late_patch):
    late_patch.setattr(maps_window, "_SIZE", 64)  # of fewer pixels there are too few counts
    _, _, maps = shown("momentum", settings=True)
    plan = maps.maps[0].map.plan
    assert [plan.x.setting.name, plan.y.setting.name] == ["eta", "gamma"]
    assert plan.x.log
    found = {Outcome(kind) for kind in np.unique(maps.maps[0].map.kind).tolist()}
    assert {Outcome.SOLVED, Outcome.PLATEAU, Outcome.MOVING} <= found
    assert "% solved" in maps.canvas.picture_in_words()
    assert "Momentum" in maps.canvas.picture_in_words()
    maps.count.click()
    qtbot.waitUntil(lambda: "about" in maps.words.text())
    assert "Momentum: about 1." in maps.words.text()
    assert "misses a count by" in maps.words.text()


def test_a_rule_without_momentum_has_another_second_setting(shown):
    _, _, maps = shown("gd", settings=True)
    assert maps.maps[0].map.plan.y.setting.name == "start.b"


def test_the_other_mode_keeps_its_range(shown, qtbot):
    _, _, maps = shown("momentum")
    maps.canvas.zoom(0.5)
    whole(maps, qtbot)
    near = maps.plans[0].x
    maps.controls.modes.button(1).click()
    whole(maps, qtbot)
    maps.controls.modes.button(0).click()
    assert maps.plans[0].x == near


def test_runs_side_by_side_share_range_and_scale(shown, qtbot):
    _, session, maps = shown("momentum", "nesterov", "gd", settings=True)
    for action in maps.controls.beside.menu().actions():
        action.trigger()
    whole(maps, qtbot)
    # Gradient descent has no momentum, so it has no map here.
    assert [plan.run.name for plan in maps.plans] == ["Momentum", "Nesterov"]
    ranks = step_ranks([one.map for one in maps.maps])
    for one in maps.maps:
        alone = painted([one.map])[0]
        assert one.pixels.shape == alone.pixels.shape
        fastest = one.map.steps[one.map.kind == Outcome.SOLVED].min()
        assert ranks[fastest] < 0.2
    session.select(2)
    qtbot.waitUntil(lambda: [plan.run.name for plan in maps.plans][:1] == ["Gradient descent"])


def test_a_click_gives_the_run_the_settings_of_the_pixel(shown, qtbot):
    window, session, maps = shown("momentum", settings=True)
    before = session.experiment
    at = place(maps, 0.61, 0.52)
    made = maps.maps[0].map
    qtbot.mouseClick(maps.canvas, Qt.MouseButton.LeftButton, pos=at.toPoint())
    row, column = made.pixel_at(maps.plans[0], *maps.canvas.spot)
    run = session.experiment.runs[0]
    wanted = made.plan.run_at(column, row)
    assert (run.optimizer, run.start) == (wanted.optimizer, wanted.start)
    qtbot.waitUntil(window.is_settled)
    record = session.frame().views[0].whole
    if made.kind[row, column] == Outcome.SOLVED:
        assert record.loss[made.steps[row, column]] < maps.plans[0].solved_below
    # The map does not depend on what it varies: it is the same, and is not computed again.
    assert maps.maps[0].map is made
    assert not maps.tasks.is_busy
    window.user_actions.undo()
    assert session.experiment == before


def test_ctrl_click_and_ctrl_enter_add_runs(shown, qtbot):
    _, session, maps = shown("momentum", settings=True)
    ctrl = Qt.KeyboardModifier.ControlModifier
    qtbot.mouseClick(maps.canvas, Qt.MouseButton.LeftButton, ctrl, place(maps, 0.3, 0.3).toPoint())
    assert len(session.experiment.runs) == 2
    session.select(0)
    maps.canvas.setFocus()
    qtbot.keyClick(maps.canvas, Qt.Key.Key_Return, ctrl)
    assert len(session.experiment.runs) == 3


def test_the_wheel_zooms_at_the_mouse_and_the_last_picture_stays(shown, qtbot):
    _, _, maps = shown("momentum", settings=True)
    before, picture = maps.plans[0], maps.maps[0]
    where = place(maps, 0.7, 0.6)
    under = [float(axis.at(np.array(share))) for axis, share in ((before.x, 0.7), (before.y, 0.6))]
    wheel(maps, where, 3)
    now = maps.plans[0]
    assert now.x.narrowness(before.x) == pytest.approx(0.8**3)
    assert [now.x.share(under[0]), now.y.share(under[1])] == pytest.approx([0.7, 0.6], abs=1e-6)
    assert maps.maps[0] is picture  # until there is one of the new range
    whole(maps, qtbot)
    assert maps.maps[0].map.plan.x == now.x
    maps.controls.all.click()
    whole(maps, qtbot)
    assert maps.plans[0].x == before.x


def test_the_zoom_ends_at_the_last_digits(shown):
    _, _, maps = shown("momentum", settings=True)
    whole_axis = maps.plans[0].x
    maps.canvas.zoom(0.8**100)
    for _ in range(40):
        maps.canvas.zoom(0.8)
    x = maps.plans[0].x
    narrow = x.narrowness(whole_axis)
    assert 1e-12 <= narrow < 1.3e-12
    assert (np.diff(x.values(256)) > 0.0).all()
    ticks = ticks_of(x, 6)
    assert len(set(ticks.texts)) == len(ticks.texts) > 1
    assert ticks.base is not None
    maps.stop_work()


def test_dragging_moves_the_map_and_takes_no_run(shown, qtbot):
    _, session, maps = shown("momentum")
    before, runs = maps.plans[0], session.experiment.runs
    start, end = place(maps, 0.5, 0.5).toPoint(), place(maps, 0.7, 0.4).toPoint()
    qtbot.mousePress(maps.canvas, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(maps.canvas, (start + end) / 2)
    qtbot.mouseMove(maps.canvas, end)
    qtbot.mouseRelease(maps.canvas, Qt.MouseButton.LeftButton, pos=end)
    now = maps.plans[0]
    assert now.x.low - before.x.low == pytest.approx(-0.2 * 14.0, abs=0.1)
    assert now.y.low - before.y.low == pytest.approx(0.1 * 22.0, abs=0.15)
    assert session.experiment.runs == runs
    whole(maps, qtbot)


def test_what_is_read_is_said_where_the_cursor_rests(shown, announced, qtbot, monkeypatch):
    monkeypatch.setattr(map_readout, "_REST_MS", 800)  # no machine is so slow that a key takes longer
    _, _, maps = shown("momentum", settings=True)
    announced()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Up):
        qtbot.keyClick(maps.canvas, key)
    assert announced() == []
    said = []
    qtbot.waitUntil(lambda: bool(said.extend(announced()) or said))
    assert said == [maps.readout.label.text()]


def test_keys_read_zoom_move_and_take(shown, qtbot):
    _, session, maps = shown("momentum", settings=True)
    canvas = maps.canvas
    canvas.setFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.spot == (0.5, 0.5)
    assert "Momentum at η 1" in maps.readout.label.text()
    qtbot.keyClick(canvas, Qt.Key.Key_Up)
    assert canvas.spot[1] > 0.5
    before = maps.plans[0].x
    qtbot.keyClick(canvas, Qt.Key.Key_Plus)
    assert maps.plans[0].x.narrowness(before) == pytest.approx(0.8)
    qtbot.keyClick(canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert maps.plans[0].x.low < before.zoomed(0.5, 0.8).low
    qtbot.keyClick(canvas, Qt.Key.Key_Home)
    assert maps.plans[0].x == before
    whole(maps, qtbot)
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert session.document.history.undo_name == "Take a run from a map"


def test_the_reading_tells_how_a_run_and_its_neighbours_end(shown):
    _, _, maps = shown("momentum")
    made = maps.maps[0].map
    row, column = np.argwhere((made.kind == Outcome.SOLVED) & made.agreeing)[0].tolist()
    point_at(maps, row, column)
    words = maps.readout.label.text()
    assert f"solved after {made.steps[row, column]} step" in words
    assert "neighbours" not in words
    point_at_nothing(maps)
    assert "Point at a map" in maps.readout.label.text()
    said = set()  # whether the neighbours end alike
    for row, column in np.argwhere(~made.agreeing)[::20].tolist():
        point_at(maps, row, column)
        around = np.s_[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2]
        fewest, most = made.steps[around].min(), made.steps[around].max()
        is_one_class = len(np.unique(made.classes[around])) == 1
        take = f"It and its neighbours take from {fewest} to {most} steps."
        assert (
            take if is_one_class else "Some of its neighbours end differently."
        ) in maps.readout.label.text()
        said.add(is_one_class)
    assert said == {True, False}


def test_in_the_ragged_part_it_says_that_the_last_bit_decides(shown, qtbot):
    """Deep in a zoom the pixels are neighbours among the floats, but for a few."""
    _, _, maps = shown("momentum", settings=True, epochs=800)
    made = maps.maps[0].map
    ragged = np.argwhere(~made.agreeing & (made.kind == Outcome.SOLVED))
    for row, column in ragged[:: max(1, len(ragged) // 40)].tolist():
        point_at(maps, row, column)
        assert " its neighbours " in maps.readout.label.text()
        pause = maps.readout.findChild(QTimer)
        qtbot.waitUntil(lambda pause=pause: not (pause.isActive() or maps.readout.tasks.is_busy))
        if "last bit" in maps.readout.label.text():
            return
    pytest.fail("no run was found whose last bit decides")


def test_an_edit_of_the_run_computes_its_map_anew(shown, qtbot):
    window, session, maps = shown("momentum", settings=True)
    made = maps.maps[0].map
    window.user_actions.pick_start(3.0, 3.0)
    qtbot.waitUntil(lambda: maps.maps and maps.maps[0].map is not made)
    whole(maps, qtbot)
    assert maps.maps[0].map.plan.run.start == session.experiment.runs[0].start
    window.user_actions.remove_run(0)
    qtbot.waitUntil(lambda: not maps.plans)
    assert not maps.canvas.isVisible()
    assert "no run" in maps.meanings.text()


def test_stop_stops(exercise, qtbot, late_patch):
    late_patch.setattr(maps_window, "_SIZE", 256)
    _, _, maps = exercise("maps", valley("adam", epochs=5000))
    maps.controls.steps.setText("5000")
    maps.controls.steps.returnPressed.emit()
    qtbot.waitUntil(maps.work.isVisible)
    qtbot.waitUntil(lambda: bool(maps.maps))  # a picture of what there is, long before the end
    maps.work.stop.click()
    assert not maps.tasks.is_busy
    assert maps.work.isHidden()
    qtbot.waitUntil(lambda: not maps.tasks.is_at_work)


def test_axes_are_chosen_and_typed(shown, qtbot):
    _, _, maps = shown("adam", settings=True)
    across = maps.controls.across
    index = across.setting.findData("beta2")
    across.setting.setCurrentIndex(index)
    across.setting.activated.emit(index)
    whole(maps, qtbot)
    assert maps.plans[0].x.setting.name == "beta2"
    # The setting that the other axis has already: they change places.
    up = maps.plans[0].y.setting.name
    across.setting.activated.emit(across.setting.findData(up))
    assert [maps.plans[0].x.setting.name, maps.plans[0].y.setting.name] == [up, "beta2"]
    maps.controls.up.ends.low.setText("0.5")
    maps.controls.up.ends.low.returnPressed.emit()
    assert maps.plans[0].y.low == 0.5
    maps.controls.up.ends.high.setText("1.5")  # beyond what a decay rate may be
    maps.controls.up.ends.high.returnPressed.emit()
    assert maps.plans[0].y.high < 1.0
    assert maps.controls.up.ends.high.value() == maps.plans[0].y.high
    maps.stop_work()


def test_settings_of_schedules_and_searches_have_their_names_and_letters(exercise, qtbot):
    stairs = Run(schedule=SCHEDULES["step"](), epochs=10)
    _, _, maps = exercise("maps", replace(valley(), runs=(stairs,)))
    maps.controls.modes.button(1).click()
    names = [maps.controls.up.setting.itemText(place) for place in range(maps.controls.up.setting.count())]
    assert names == ["w at the start", "b at the start", "Learning rate η", "Factor", "Every"]
    capped = Run(RULES["momentum"](), momentum_schedule=MOMENTUM_SCHEDULES["sutskever"](), epochs=10)
    maps.session.edit(replace(maps.experiment, runs=(capped,)), "another run")
    up = maps.controls.up.setting
    up.activated.emit(up.findText("Cap γₘₐₓ"))
    whole(maps, qtbot)
    texts = [one.text for one in painted_texts(maps) if one.widget is maps.canvas]
    assert "γₘₐₓ" in "".join(texts)  # a letter of another font is a text of its own
    maps.canvas.setFocus()
    QTest.keyClick(maps.canvas, Qt.Key.Key_Right)
    assert maps.readout.label.text().startswith("Momentum at η 1.155, γₘₐₓ 0.5151: ")


def test_a_logarithmic_axis_begins_above_0(shown):
    _, _, maps = shown("momentum")
    across, up = maps.controls.across, maps.controls.up
    assert not across.log.isVisible()  # starts are below 0, too
    assert not up.log.isVisible()
    maps.controls.modes.button(1).click()
    assert [one.log.text() for one in (across, up)] == ["Across, logarithmic", "Upwards, logarithmic"]
    assert up.log.isVisible()
    up.log.click()
    axis = maps.plans[0].y
    assert axis.log
    assert 0.0 < axis.low < axis.high
    maps.stop_work()


def test_how_ragged_is_told_of_the_maps_that_were_counted(shown, qtbot):
    """Another map may have come beside them meanwhile."""
    _, _, maps = shown("momentum", "gd")
    maps.count.click()
    maps.controls.beside_chosen.emit(maps.experiment.runs[1].name)
    assert len(maps.plans) == 2
    qtbot.waitUntil(lambda: not maps.count_tasks.is_busy)
    whole(maps, qtbot)


def test_a_run_that_leaves_another_one_is_taken_with_a_start_of_its_own(exercise, qtbot):
    experiment = valley("momentum", epochs=80)
    (parent,) = experiment.runs
    fork = replace(parent, name="fork", fork=Fork(parent, 30))
    _, session, maps = exercise("maps", replace(experiment, runs=(parent, fork)))
    assert "branches off from another" not in maps.meanings.text()
    session.select(1)
    whole(maps, qtbot)
    assert maps.controls.steps.value() == 80
    assert (
        "branches off from another begins at the start here, with its own settings." in maps.meanings.text()
    )
    made = maps.maps[0].map
    row, column = np.argwhere((made.kind == Outcome.SOLVED) & made.agreeing)[0].tolist()
    point_at(maps, row, column)
    qtbot.keyClick(maps.canvas, Qt.Key.Key_Return)
    taken = session.experiment.runs[1]
    assert taken.fork is None
    record = run_to_end(first_steps(session.experiment, session.experiment.runs[1], 80)).whole
    assert record.loss[made.steps[row, column]] < maps.plans[0].solved_below


def test_tolerance_and_steps_are_taken(shown, qtbot):
    _, _, maps = shown("momentum", settings=True)
    solved = maps.maps[0].map.count(Outcome.SOLVED)
    maps.controls.tolerance.setText("0.01")
    maps.controls.tolerance.returnPressed.emit()
    qtbot.waitUntil(lambda: maps.maps[0].map.plan.solved_below == 0.01)
    whole(maps, qtbot)
    assert maps.maps[0].map.count(Outcome.SOLVED) > solved
    assert "0.01 within 60 steps. " in maps.meanings.text()
    assert "No run makes more steps than in the window." not in maps.meanings.text()
    maps.controls.steps.setText("20")
    maps.controls.steps.returnPressed.emit()
    whole(maps, qtbot)
    assert maps.maps[0].map.steps.max() == 20
    maps.controls.steps.setText("1")
    maps.controls.steps.returnPressed.emit()
    assert "0.01 within 1 step. " in maps.meanings.text()


def test_runs_of_other_lengths_are_said_to_make_no_more_steps_than_they_have(exercise):
    long, short = valley("momentum", epochs=60).runs[0], valley("adam", epochs=20).runs[0]
    _, _, maps = exercise("maps", replace(valley("momentum"), runs=(long, short)))
    maps.controls.beside_chosen.emit(short.name)
    assert [plan.steps for plan in maps.plans] == [60, 20]
    assert "within 60 steps. " in maps.meanings.text()
    assert maps.meanings.text().endswith(" No run makes more steps than in the window.")
    maps.controls.steps.setText("500")
    maps.controls.steps.returnPressed.emit()
    assert maps.controls.steps.value() == 60  # as many as the run makes in the window


def test_solved_begins_a_little_above_the_lowest_loss_of_several_inputs(exercise, qtbot):
    points = PointSet(
        [[0.0, 1.0], [0.0, 1.0], [1.0, 0.0]], [0.2, 0.6, 0.5]
    )  # not to be fitted: two y at one x
    run = Run(RULES["momentum"](), start=(0.0, 0.0, 0.0), epochs=400)
    _, _, maps = exercise("maps", Experiment(points, PointSet.empty(2), (run,)))
    assert maps.controls.tolerance.value() == pytest.approx(0.04 + 1.5e-4, abs=1e-5)
    whole(maps, qtbot)
    assert maps.maps[0].map.count(Outcome.SOLVED) > 0


LOSSES_ABOVE_0 = {
    "cross-entropy": (NeuronObjective(loss="cross-entropy"), PointSet([0.5, 2.5, -1.0], [0.2, 0.9, 0.4])),
    "straight": (NeuronObjective("identity"), PointSet([0.5, 2.5, -1.0], [0.2, 0.9, 0.4])),
    "function": (FunctionObjective("w**2 + b**2 + 5"), PointSet([0.0], [0.0])),
}


@pytest.mark.parametrize("name", LOSSES_ABOVE_0)
def test_solved_can_be_reached_with_any_loss_that_never_is_0(name, exercise, qtbot):
    objective, points = LOSSES_ABOVE_0[name]
    run = Run(RULES["gd"](eta=0.1), start=(0.0, 0.5), epochs=400)
    _, session, maps = exercise("maps", Experiment(points, PointSet.empty(), (run,), objective=objective))
    lowest = session.surface.lowest.loss
    assert lowest < maps.controls.tolerance.value() < lowest + 1e-3
    whole(maps, qtbot)
    assert maps.maps[0].map.count(Outcome.SOLVED) > 0


def test_solved_is_near_the_lowest_loss_of_a_function_that_falls_below_0(exercise, qtbot):
    run = Run(RULES["gd"](eta=0.1), start=(2.0, 1.0), epochs=40)
    point, objective = PointSet([0.0], [0.0]), FunctionObjective("w**2 + b**2 - 9")
    maps = exercise("maps", Experiment(point, PointSet.empty(), (run,), objective=objective))[2]
    assert maps.controls.tolerance.value() == pytest.approx(-9.0, abs=1e-3)
    whole(maps, qtbot)
    made = maps.maps[0].map
    assert made.loss[made.kind == Outcome.SOLVED].max() < -8.99
    maps.keep.click()
    assert maps.experiment.kept.map.solved_below == maps.controls.tolerance.value()


def test_a_closed_window_opens_where_it_was(shown, qtbot):
    window, _, maps = shown("momentum", settings=True)
    maps.canvas.zoom(0.5)
    seen = maps.plans[0].x
    maps.close()
    qtbot.waitUntil(lambda: "maps" not in window.exercises.opened)
    window.commands["maps"].trigger()
    again = window.exercises.opened["maps"]
    assert again.plans[0].x == seen


def test_a_lesson_may_set_it_up(exercise):
    window, _, maps = exercise("maps", valley("momentum"))
    window.exercises.open("maps", {"settings": True, "steps": 20})
    assert maps.plans[0].x.setting.name == "eta"
    assert maps.plans[0].steps == 20
    maps.stop_work()


# ----------------------------------------------------------------------------------- files


def test_the_table_has_a_row_for_each_pixel(shown, qtbot, tmp_path, late_patch):
    _, _, maps = shown("momentum", settings=True)
    out = tmp_path / "maps.csv"
    made = maps.maps[0].map
    answer_file_dialogs(late_patch, out)
    maps.table.click()
    qtbot.waitUntil(lambda: "Saved" in maps.words.text())
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == made.side**2
    one = rows[15 * made.side + 9]
    assert float(one["eta"]) == made.plan.x.values(SIZE)[9]
    assert float(one["gamma"]) == made.plan.y.values(SIZE)[15]
    assert int(one["steps"]) == made.steps[15, 9]
    assert float(one["loss"]) == made.loss[15, 9]
    assert [float(one["end_w"]), float(one["end_b"])] == made.p[15, 9].tolist()
    words = {Outcome.SOLVED: "solved", Outcome.PLATEAU: "on a plateau", Outcome.MOVING: "still moving"}
    assert one["class"] == words[Outcome(int(made.kind[15, 9]))]


def test_the_picture_has_the_maps_and_their_key(shown, qtbot, tmp_path, late_patch):
    _, _, maps = shown("momentum", settings=True)
    out = tmp_path / "maps.png"
    canvas = maps.canvas
    size, there = canvas.size() * 2, canvas.places()[0]
    answer_file_dialogs(late_patch, out)
    maps.picture.click()
    qtbot.waitUntil(lambda: "Saved" in maps.words.text())
    image = QImage(str(out))
    assert image.size() == size
    inside = QRect((there.topLeft() * 2.0).toPoint(), (there.size() * 2.0).toSize())
    colours = {
        image.pixelColor(x, y).name() for x in range(*_ends(inside, 0)) for y in range(*_ends(inside, 1))
    }
    assert {FLAT[Outcome.PLATEAU], FLAT[Outcome.MOVING]} <= colours
    bottom = range(inside.bottom() + 80, image.height())
    below = {image.pixelColor(x, y).name() for x in range(image.width()) for y in bottom}
    assert {FLAT[Outcome.PLATEAU], FLAT[Outcome.MOVING]} <= below


def _ends(rect, way):
    first, last = ((rect.left(), rect.right()), (rect.top(), rect.bottom()))[way]
    return first + 4, last - 4, 7


def test_the_film_zooms_from_all_to_what_is_seen_in_one_theme(shown, qtbot, tmp_path, late_patch):
    late_patch.setattr("gdsim.gui.exercises.maps.zoom_film._FEWEST", 4)
    late_patch.setattr("gdsim.gui.exercises.maps.zoom_film._PER_HALF", 1.0)
    window, _, maps = shown("momentum", settings=True)
    maps.canvas.zoom(0.25)
    whole(maps, qtbot)
    asked, take = [], ZoomCamera.take

    def take_in_the_dark(camera, step):
        asked.append(step)
        if step:
            window.appearance.set_theme("dark")
        return take(camera, step)

    late_patch.setattr(ZoomCamera, "take", take_in_the_dark)
    answer_file_dialogs(late_patch, tmp_path / "zoom.gif")
    maps.film.click()
    qtbot.waitUntil(lambda: "Saved" in maps.words.text(), timeout=30000)
    assert max(asked) > 0
    with Image.open(tmp_path / "zoom.gif") as film:
        assert film.n_frames == 5
        assert film.size == (720, 540)
        pictures = []
        for place in range(film.n_frames):
            film.seek(place)
            pictures.append(np.asarray(film.convert("RGB")))
    assert all(tuple(one[2, 2]) == QColor(LIGHT.card).getRgb()[:3] for one in pictures)
    assert (pictures[0] != pictures[-1]).any(axis=2).mean() > 0.05


def test_names_over_maps_have_the_colours_of_the_theme(shown):
    window, session, maps = shown("momentum", "adam")
    for theme in (DARK, LIGHT):
        window.appearance.set_theme(theme.name)
        wanted = [one.colour for one in run_styles(session.experiment.runs, theme)]
        assert maps.canvas.sheet.colours == wanted[: len(maps.plans)]


def test_a_line_over_a_map_moves_with_its_image_and_is_named_in_the_key(shown):
    _, _, maps = shown("momentum", settings=True)
    canvas, there = maps.canvas, maps.canvas.places()[0]
    line = np.array([[0.3, 0.0], [0.3, 1.0]])

    def drawn(sheet):
        """Where the line makes a difference: columns on the map, and whether there are any in the key."""
        (one,) = sheet.maps
        sheets = (
            replace(sheet, maps=(one._replace(map=replace(one.map, limits=some)),)) for some in ((), (line,))
        )
        pictures = (rgb_of(canvas.picture(one, canvas.size(), 1.0, LIGHT)) for one in sheets)
        differs = (np.subtract(*(picture.astype(int) for picture in pictures)) != 0).any(axis=2)
        middle = differs[int(there.center().y()), :]
        return np.flatnonzero(middle), differs[int(there.bottom()) + 40 :].any()

    columns, in_key = drawn(canvas.sheet)
    assert in_key
    assert columns.mean() == pytest.approx(there.left() + 0.3 * there.width(), abs=1.0)
    x = canvas.sheet.x.zoomed(0.3, 0.5)  # around the line: it stays, as its image does
    assert drawn(replace(canvas.sheet, x=x))[0].mean() == pytest.approx(columns.mean(), abs=1.0)
    x = canvas.sheet.x.zoomed(0.0, 0.5)  # its image is twice as wide, from the left
    assert drawn(replace(canvas.sheet, x=x))[0].mean() == pytest.approx(
        there.left() + 0.6 * there.width(), abs=1.0
    )


# --------------------------------------------------------------------------------- words and looks


def test_nothing_is_cut_off(exercise, qtbot):
    _, _, maps = exercise("maps", valley("momentum", "adam"), "dark")
    whole(maps, qtbot)
    for size in ((1060, 720), (760, 560)):
        maps.resize(*size)
        qtbot.waitUntil(lambda size=size: maps.width() >= size[0])
        assert not cut_off_texts(maps)


def test_a_name_over_a_map_has_the_room_beside_the_axis(shown):
    _, _, maps = shown("momentum", "adam", settings=True)
    canvas, axis = maps.canvas, maps.canvas.sheet.y.setting.symbol
    (painted_axis, *_) = (one for one in painted_texts(maps) if one.widget is canvas and one.text == axis)
    strong = QFont(canvas.font())
    strong.setBold(True)
    room = canvas.places()[0].right() - painted_axis.ink.right()

    def written(share):
        """The name over the first map, where the whole would take a share of the room."""
        letters = int(share * room / QFontMetricsF(strong).horizontalAdvance("n"))
        first, *others = canvas.sheet.plans
        named = replace(first, run=replace(first.run, name="n" * letters))
        canvas.sheet = replace(canvas.sheet, plans=(named, *others))
        texts = painted_texts(maps)
        assert not colliding_texts([one for one in texts if one.widget is canvas])
        return next(one.text for one in texts if one.widget is canvas and one.text.startswith("nn")), letters

    text, letters = written(0.8)
    assert text == "n" * letters
    assert written(1.5)[0].endswith("…")


def test_a_key_of_many_entries_has_as_many_rows_as_it_needs(exercise, qtbot):
    _, _, maps = exercise("maps", scene("himmelblau"))
    whole(maps, qtbot)
    heights = {}
    for size in ((1600, 800), (760, 800)):
        maps.resize(*size)
        qtbot.waitUntil(lambda size=size: maps.size().toTuple() == size)
        texts = [one for one in painted_texts(maps) if one.widget is maps.canvas]
        assert not cut_texts(texts)
        assert not colliding_texts(texts)
        key = [one for one in texts if "early to late" in one.text]
        assert len(key) == 4
        heights[size] = {round(one.ink.top()) for one in key}
    assert [len(rows) for rows in heights.values()] == [1, 2]


def test_classes_are_told_apart_by_lightness_alone():
    def lightness(colour):
        red, green, blue = (int(colour[place : place + 2], 16) / 255.0 for place in (1, 3, 5))
        return 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2

    ordered = sorted(lightness(colour) for colour in FLAT.values())
    assert min(np.diff(ordered)) > 0.05
