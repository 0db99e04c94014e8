"""Maps and races that a document keeps: saved with it, opened with it, undone."""

from dataclasses import replace

import pytest

from gdsim.core.exercises.maps.ranges import SETTINGS
from gdsim.core.files.scene import parse_scene, scene_text
from gdsim.core.model.batching import BATCH
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.kept import NOTHING_KEPT, KeptWindows
from gdsim.core.model.kept_windows import KeptAxis, KeptMap
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.model.view_range import ViewRange
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.own_rule import own_rule
from gdsim.gui.exercises.maps import maps_window
from tests.every import every

pytestmark = pytest.mark.usefixtures("all_undressed")

MAP = KeptMap(
    KeptAxis("eta", 0.01, 100.0, (1.0, 10.0), log=True),
    KeptAxis("gamma", 0.0, 0.99),
    40,
    0.001,
    ("Nesterov",),
)


@pytest.fixture(autouse=True)
def _small():
    with pytest.MonkeyPatch.context() as patch:  # as no test patches, for all of them have it
        patch.setattr(maps_window, "_SIZE", 16)
        yield


def valley(*rules, **how):
    runs = tuple(
        Run(RULES[rule](), start=(0.0, 6.0), epochs=60) for rule in rules or ("momentum", "nesterov")
    )
    return Experiment(
        PointSet([1.3, 2.4], [0.15, 0.9]), PointSet.empty(), runs, ViewRange(-2, 12, -14, 8), **how
    )


@pytest.fixture
def opened_on_nothing(opened):
    return opened(valley("gd"))


def at_rest(maps, qtbot):
    def is_at_rest():
        return bool(maps.maps) and not maps.tasks.is_busy and not maps.pause_timer.isActive()

    qtbot.waitUntil(is_at_rest, timeout=20000)


def test_a_map_is_kept_taken_out_and_undone(exercise, qtbot):
    window, session, maps = exercise("maps", valley())
    maps.controls.modes.button(SETTINGS).click()
    at_rest(maps, qtbot)
    maps.canvas.zoom(0.5)
    at_rest(maps, qtbot)
    assert maps.keep.text() == "Keep in scene"
    maps.keep.click()
    kept = session.experiment.kept.map
    assert (kept.x.setting, kept.y.setting) == ("eta", "gamma")
    assert kept.x.seen == (maps.plans[0].x.low, maps.plans[0].x.high)
    assert maps.keep.text() == "Take out of scene"
    assert parse_scene(scene_text(session.experiment)).kept.map == kept
    maps.canvas.zoom(0.5)
    assert maps.keep.text() == "Keep in scene"  # the kept one is another
    window.commands["undo"].trigger()
    qtbot.waitUntil(lambda: session.experiment.kept == NOTHING_KEPT)
    window.commands["redo"].trigger()
    qtbot.waitUntil(lambda: session.experiment.kept.map == kept)
    maps.keep.click()
    assert session.experiment.kept == NOTHING_KEPT


def test_a_document_opens_the_map_that_it_keeps(exercise, qtbot):
    _, _, maps = exercise("maps", valley(kept=KeptWindows(map=MAP)))
    at_rest(maps, qtbot)
    plan = maps.plans[0]
    assert (plan.x.setting.name, plan.x.low, plan.x.high, plan.x.log) == ("eta", 1.0, 10.0, True)
    assert (plan.steps, plan.solved_below) == (40, 0.001)
    assert [one.run.name for one in maps.plans] == ["Momentum", "Nesterov"]
    assert maps.keep.text() == "Take out of scene"
    maps.controls.all.click()
    assert (maps.plans[0].x.low, maps.plans[0].x.high) == (0.01, 100.0)


@every(
    "kept",
    [
        MAP,  # gradient descent has no momentum
        replace(MAP, y=KeptAxis("beta2", 0.1, 0.9)),
        replace(MAP, y=KeptAxis("start.w7", 0.0, 1.0)),
        replace(MAP, x=KeptAxis("eta", -5.0, 1.0), y=KeptAxis("start.b", 0.0, 1.0)),  # a rate is above 0
    ],
)
def test_a_map_that_the_run_has_not_gives_the_usual_one(kept, opened, qtbot):
    window, session = opened(valley("gd"))  # where nothing was looked at, which would win over what is kept
    session.open(valley("gd", kept=KeptWindows(map=kept)))
    maps = window.exercises.open("maps")
    at_rest(maps, qtbot)
    assert [maps.plans[0].x.setting.name, maps.plans[0].y.setting.name] == ["start.w", "start.b"]
    maps.close()


def test_what_was_looked_at_wins_over_what_is_kept(exercise, qtbot):
    window, _, maps = exercise("maps", valley(kept=KeptWindows(map=MAP)))
    at_rest(maps, qtbot)
    maps.canvas.zoom(0.5)
    near = maps.plans[0].x
    maps.close()
    again = window.exercises.open("maps")
    at_rest(again, qtbot)
    assert again.plans[0].x == near


def test_a_race_is_kept_and_opened_and_its_table_is_not_stale_for_that(exercise, qtbot):
    window, session, race = exercise("fair_race", valley())
    race.set_up({"budget": 60, "trials": 4, "starts": 9, "seed": 5})
    race.controls.race.click()
    qtbot.waitUntil(lambda: race.raced is not None and not race.tasks.is_busy, timeout=30000)
    race.keep.click()
    kept = session.experiment.kept.race
    assert (kept.terms.budget, kept.terms.trials, kept.terms.starts, kept.terms.seed) == (60, 4, 9, 5)
    assert not race.note
    assert race.keep.text() == "Take out of scene"
    plan = race.plan()
    again = parse_scene(scene_text(session.experiment))
    assert again.kept.race == kept
    window.commands["undo"].trigger()
    qtbot.waitUntil(lambda: session.experiment.kept.race is None)
    race.set_up({"budget": 70})
    assert race.plan() != plan
    window.commands["redo"].trigger()
    qtbot.waitUntil(lambda: session.experiment.kept.race == kept)
    assert race.plan() == plan
    assert plan.batching == BATCH()


def test_a_typed_rule_that_is_gone_is_left_out_of_the_file(exercise, qtbot):
    mine = own_rule("Mine", "w_next = w - eta*g")
    _, session, race = exercise("fair_race", valley(rules=(mine,)))
    race.entries.add.menu().actions()[-1].trigger()
    race.keep.click()
    kept = session.experiment.kept.race
    assert kept.entries[-1].optimizer.definition == mine
    assert parse_scene(scene_text(session.experiment)).kept.race == kept
    without = replace(session.experiment, rules=())
    assert parse_scene(scene_text(without)).kept.race.entries == kept.entries[:-1]
