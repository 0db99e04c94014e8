"""Maps: each pixel is the run that the engine computes."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.exercises.maps.axes import MapAxis
from gdsim.core.exercises.maps.map_computation import computing_maps
from gdsim.core.exercises.maps.outcome import (
    Outcome,
    OutcomePlan,
    computing_ending,
    last_bit_decides,
    plans_of,
    usual_tolerance,
)
from gdsim.core.exercises.maps.ranges import SETTINGS, STARTS, fitted_range, usual_range
from gdsim.core.exercises.run_settings import rates_of, setting_value, settings_of, starts_of, with_setting
from gdsim.core.model.batching import BATCH, MINI_BATCH, STOCHASTIC
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.map_overlays import CutWay, MapOverlays
from gdsim.core.model.objective import LECTURE, FunctionObjective, NeuronObjective
from gdsim.core.model.plane import Slice
from gdsim.core.model.plane_function import ORIGIN
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Fork, Run
from gdsim.core.model.view_range import ViewRange
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.schedules import MOMENTUM_SCHEDULES, SCHEDULES
from gdsim.core.settings import NUMBER
from tests.every import WHOLE, every, in_turn

VALLEY = PointSet([1.3, 2.4], [0.15, 0.9])
VIEW = ViewRange(-2.0, 12.0, -14.0, 8.0)
BATCHINGS = (BATCH(), STOCHASTIC(shuffle=True), MINI_BATCH(size=2), STOCHASTIC())


def experiment_of(run, points=VALLEY, validation=None):
    return Experiment(points, validation or PointSet.empty(points.dimension), (run,), VIEW)


def test_a_map_of_starts_begins_with_the_plane_that_is_drawn():
    points = PointSet([[1.0, 2.0, 0.5], [0.0, 1.0, 2.0]], [0.2, 0.9])
    run = Run(start=(0.0,) * 4)
    for axes, keys in (((0, -1), ("start.w1", "start.b")), ((2, 1), ("start.w3", "start.w2"))):
        experiment = replace(experiment_of(run, points), slice=Slice(axes))
        drawn = usual_range(experiment, run, STARTS).seen
        assert [one.setting.name for one in drawn] == list(keys)
        assert [(one.low, one.high) for one in drawn] == [(-2.0, 12.0), (-14.0, 8.0)]


def plan_of(run, first, second, size=16, steps=60, points=VALLEY, validation=None, tolerance=1e-3, **ends):
    """Return a plan with two axes by their keys; ``ends`` are low, high and log by the names x and y."""
    experiment = experiment_of(run, points, validation)
    known = {key: MapAxis.of(one) for key, one in settings_of(experiment, run).items()}
    axes = [
        replace(known[key], **dict(zip(("low", "high", "log"), ends.get(name, ()), strict=False)))
        for name, key in (("x", first), ("y", second))
    ]
    return OutcomePlan(experiment, run, *axes, steps, tolerance, size)


def maps_of(*plans, **how):
    news = []
    return run_to_end(computing_maps(plans, **how), news.append), news


def one_map(plan, **how):
    return maps_of(plan, **how)[0][0]


def agrees_with_engine(made, places):
    """Compare pixels whose neighbours agree with runs of the engine; return how many there were."""
    agreeing, compared = made.agreeing, 0
    for row, column in places:
        if not agreeing[row, column]:
            continue
        end = run_to_end(computing_ending(made.plan, made.plan.run_at(column, row)))
        here = Outcome(int(made.kind[row, column])), int(made.steps[row, column])
        assert (end.kind, end.steps) == here, (row, column)
        if end.kind is not Outcome.DIVERGED:
            assert made.loss[row, column] == pytest.approx(end.loss, rel=1e-6, abs=1e-12)
        compared += 1
    return compared


@every(("rule", "batching"), in_turn(RULES, BATCHINGS), ids=str)
def test_pixels_are_runs_of_the_engine(rule, batching):
    """For every rule some pixels of a map over its settings, and of one over starts."""
    compared = 0
    points = PointSet([1.3, 2.4, -0.5], [0.15, 0.9, 0.1])  # with two at a time the last one is left alone
    run = Run(RULES[rule](), batching, start=(0.0, 6.0), epochs=30)
    others = [one.name for one in rates_of(run) if one.name != "eta"]
    keys = [("eta", (*others, "start.b")[0]), ("start.w", "start.b")]
    for first, second in keys:
        ends = {"x": (0.05, 20.0, True)} if first == "eta" else {}
        made = one_map(plan_of(run, first, second, steps=30, points=points, **ends))
        places = np.random.default_rng(first == "eta").integers(0, made.side, (100 if WHOLE else 20, 2))
        compared += agrees_with_engine(made, places)
    assert compared > (20 if WHOLE else 5)


@every("kind", SCHEDULES)
def test_pixels_are_runs_of_the_engine_with_every_schedule(kind):
    validation = PointSet([1.0, 3.0], [0.4, 0.7])
    run = Run(RULES["momentum"](), STOCHASTIC(), SCHEDULES[kind](), start=(0.0, 3.0), epochs=20)
    keys = [one.name for one in rates_of(run)]
    plan = plan_of(run, "eta", keys[-1], steps=40, validation=validation, x=(0.05, 20.0, True))
    made = one_map(plan)
    assert agrees_with_engine(made, np.random.default_rng(0).integers(0, made.side, (100, 2))) > 30


def test_a_schedule_of_the_momentum_is_followed():
    run = Run(
        RULES["momentum"](), momentum_schedule=MOMENTUM_SCHEDULES["sutskever"](), start=(0.0, 6.0), epochs=300
    )
    assert [one.name for one in rates_of(run)] == ["eta", "momentum_schedule.gamma_max"]
    made = one_map(plan_of(run, "eta", "momentum_schedule.gamma_max", steps=300, x=(0.05, 5.0, True)))
    assert agrees_with_engine(made, np.random.default_rng(1).integers(0, made.side, (60, 2))) > 20


def test_a_run_that_leaves_another_one_begins_at_its_own_start():
    parent = Run(RULES["momentum"](), start=(0.0, 6.0), epochs=80)
    fork = replace(parent, name="fork", optimizer=RULES["gd"](eta=5.0), fork=Fork(parent, 30))
    experiment = replace(experiment_of(parent), runs=(parent, fork))
    places = np.random.default_rng(4).integers(0, 32, (30, 2))
    for mode in (STARTS, SETTINGS):
        (plan,) = plans_of(experiment, [fork], usual_range(experiment, fork, mode).seen, 80, 1e-2, 32)
        assert (plan.steps, plan.run.fork) == (80, None)
        made = one_map(plan)
        assert made.count(Outcome.SOLVED) > 0
        assert agrees_with_engine(made, places)


def test_many_points_are_added_up_by_numpy():
    x = np.linspace(-3.0, 3.0, 60)
    points = PointSet(x, 1.0 / (1.0 + np.exp(-(2.0 * x - 1.0))))
    run = Run(RULES["gd"](), start=(0.0, 0.0), epochs=30)
    made = one_map(plan_of(run, "start.w", "eta", steps=30, points=points, y=(0.01, 2.0, True)))
    assert agrees_with_engine(made, np.random.default_rng(0).integers(0, made.side, (60, 2))) > 20


def test_several_inputs_have_an_axis_each():
    points = PointSet([[0.5, 1.0], [2.0, -1.0], [-1.0, 0.3]], [0.2, 0.9, 0.4])
    run = Run(RULES["adam"](), start=(0.0, 0.0, 0.0), epochs=30)
    made = one_map(plan_of(run, "start.w2", "start.b", points=points, steps=30))
    assert made.p.shape == (16, 16, 3)
    assert agrees_with_engine(made, np.random.default_rng(0).integers(0, made.side, (60, 2))) > 20


# ------------------------------------------------------------------------------- classes


def test_every_pixel_has_its_class():
    """Against the definitions, computed from runs of the engine alone."""
    made = one_map(plan_of(Run(RULES["momentum"](), start=(0.0, 6.0)), "eta", "gamma", x=(0.01, 100, True)))
    found = {Outcome(kind) for kind in np.unique(made.kind).tolist()}
    assert found == {Outcome.SOLVED, Outcome.PLATEAU, Outcome.MOVING}
    ends = made.p.reshape(-1, 2)
    f = 1.0 / (1.0 + np.exp(-(ends[:, :1] * VALLEY.x.T + ends[:, 1:])))
    slope = (f - VALLEY.y) * f * (1.0 - f)
    length = np.hypot(slope @ VALLEY.x[:, 0], slope.sum(axis=1)).reshape(made.kind.shape)
    flat = made.kind == Outcome.PLATEAU
    assert (length[flat] < 1e-5).all()
    assert (length[made.kind == Outcome.MOVING] >= 1e-5).all()
    assert (made.loss[made.kind == Outcome.SOLVED] < 1e-3).all()
    assert (made.loss[flat] >= 1e-3).all()
    assert (made.steps[made.kind != Outcome.SOLVED] == 60).all()


def test_a_run_that_begins_solved_takes_no_step():
    run = Run(RULES["gd"](), start=(3.574386938840297, -6.381304075880492))
    made = one_map(plan_of(run, "eta", "start.b", y=(-6.382, -6.381)))
    assert (made.kind == Outcome.SOLVED).all()
    assert not made.steps.any()


def test_runs_that_leave_the_floats_have_diverged_at_the_step_of_the_engine():
    rule = next(one for one in RULES.values() if "decay" in one.names)
    run = Run(rule(), start=(1.0, 1.0), epochs=60)
    made = one_map(plan_of(run, "eta", "decay", x=(1.0, 1e30, True), y=(0.5, 1e30, True)))
    assert made.count(Outcome.DIVERGED) > 20
    places = np.argwhere(made.kind == Outcome.DIVERGED)
    assert agrees_with_engine(made, places) > 5


def test_what_solves_a_run_is_a_share_of_what_the_loss_can_be():
    """A mean is no larger over many points, nor is a function that is seen with noise."""
    assert usual_tolerance(LECTURE, 2000, 0.5) == 0.6
    assert usual_tolerance(NeuronObjective(reduction="sum"), 2000, 0.5) == 0.7
    for points in (1, 2000):
        assert usual_tolerance(NeuronObjective(reduction="mean"), points, 0.5) == 0.5001
        assert usual_tolerance(FunctionObjective("w**2 + b**2"), points, 0.5) == 0.50005


def test_a_run_may_rest_in_a_minimum_that_solves_nothing():
    points = PointSet([0.0, 0.0, 1.0, 1.0], [0.2, 0.6, 0.3, 0.9])  # no neuron fits two values of y at one x
    run = Run(RULES["momentum"](eta=1.0), start=(0.0, 0.0), epochs=400)
    plan = plan_of(run, "start.w", "start.b", points=points, steps=400, x=(-1, 1), y=(-1, 1))
    made = one_map(plan)
    assert made.count(Outcome.RESTS) == made.side**2
    (lowest,) = made.minima
    at_least = 0.5 * (2 * 0.2**2 + 2 * 0.3**2)  # the mean of each pair
    assert lowest.loss == pytest.approx(at_least, rel=1e-12)
    solved = one_map(replace(plan, solved_below=usual_tolerance(LECTURE, 4, lowest.loss)))
    assert (solved.kind == Outcome.SOLVED).all()


# ------------------------------------------------------------------------- how it is computed


def test_a_map_is_the_same_however_it_is_computed():
    plan = plan_of(Run(RULES["momentum"](), start=(0.0, 6.0)), "eta", "gamma", x=(0.01, 100, True), size=32)
    (one, *_), news = maps_of(plan, cores=1)
    (_, other), _ = maps_of(replace(plan, run=Run(RULES["nesterov"]())), plan, cores=3)
    for name in ("kind", "steps", "loss", "p"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    seen = (made for item in news for made in item.maps if made.side == 4)
    coarse = next(made for made in seen if not made.count(Outcome.NOT_YET))
    np.testing.assert_array_equal(coarse.kind, one.kind[::8, ::8])


def test_progress_rises_to_the_end():
    plan = plan_of(Run(RULES["gd"]()), "start.w", "start.b", size=32)
    shares = [item.share for item in maps_of(plan)[1]]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)


def test_the_last_bit_decides_in_the_ragged_part_alone():
    run = Run(RULES["momentum"](), start=(0.0, 6.0), epochs=400)
    plan = plan_of(run, "eta", "gamma", steps=400, x=(1.0, 100, True), size=32, tolerance=1e-4)
    made = one_map(plan)
    calm = np.argwhere(made.agreeing)[::40]
    assert not any(run_to_end(last_bit_decides(plan, plan.run_at(x, y))) for y, x in calm.tolist())
    # Deep in the ragged part two numbers that are neighbours among the floats lead to other ends.
    ragged = np.argwhere(~made.agreeing)
    decided = [run_to_end(last_bit_decides(plan, plan.run_at(x, y))) for y, x in ragged[::10].tolist()]
    assert any(decided)


# ----------------------------------------------------------------------------------------- axes


@given(st.floats(0.0, 1.0), st.floats(1e-6, 0.9))
def test_a_zoom_keeps_the_place_under_the_mouse(share, factor):
    run = Run(RULES["momentum"]())
    for setting in settings_of(experiment_of(run), run).values():
        axis = MapAxis.of(setting)
        near = axis.zoomed(share, factor)
        before, after = axis.at(np.array(share)), near.at(np.array(share))
        assert after == pytest.approx(float(before), rel=1e-9, abs=1e-9)
        assert near.narrowness(axis) == pytest.approx(factor, rel=1e-6)


def test_pixels_can_be_told_apart_at_the_deepest_zoom():
    run = Run(RULES["momentum"](), start=(0.0, 6.0))
    for setting in settings_of(experiment_of(run), run).values():
        values = MapAxis.of(setting).zoomed(0.618, 1e-12).values(256)
        assert (np.diff(values) > 0.0).all(), setting.name


@given(st.floats(-3.0, 3.0), st.floats(0.01, 100.0))
def test_no_axis_leaves_what_its_setting_may_be(way, factor):
    run = Run(RULES["adam"](), schedule=SCHEDULES["step"]())
    for setting in settings_of(experiment_of(run), run).values():
        axis = MapAxis.of(setting).zoomed(0.3, factor).moved(way)
        assert not axis.fault()
        for value in axis.values(8).tolist():
            assert setting_value(with_setting(run, setting.name, value), setting.name) == value


def test_a_zoom_goes_from_one_range_to_another_at_an_even_speed():
    setting = starts_of(experiment_of(Run()))[0]
    wide = MapAxis.of(setting)
    near = wide.zoomed(0.7, 1e-6)
    way = [wide.towards(near, share) for share in np.linspace(0.0, 1.0, 7)]
    assert (way[0].low, way[0].high) == pytest.approx((wide.low, wide.high))
    assert way[-1] == near
    lengths = np.array([one.high - one.low for one in way])
    np.testing.assert_allclose(lengths[1:] / lengths[:-1], 0.1, rtol=1e-4)
    assert all(one.low <= near.low and near.high <= one.high for one in way)


def test_a_run_that_may_not_have_all_values_of_an_axis_has_no_map():
    """Of two rules with a setting of the same name one may allow less."""
    one, other = Run(RULES["gd"](), start=(0.0, 6.0)), Run(RULES["momentum"](), start=(0.0, 6.0))
    experiment = Experiment(VALLEY, PointSet.empty(), (one, other), VIEW)
    known = {key: MapAxis.of(setting) for key, setting in settings_of(experiment, other).items()}
    axes = known["eta"], known["gamma"]
    assert [plan.run for plan in plans_of(experiment, (one, other), axes, 10, 1e-3, 16)] == [other]
    wider = axes[0].setting._replace(domain=NUMBER)
    axes = replace(axes[0], setting=wider, low=-1.0, log=False), known["start.b"]
    assert plans_of(experiment, (one, other), axes, 10, 1e-3, 16) == ()


def test_a_map_does_not_depend_on_what_the_window_draws():
    run = Run(RULES["gd"](), start=(0.0, 6.0))
    experiment = Experiment(VALLEY, PointSet.empty(), (run,), VIEW)
    axes = tuple(MapAxis.of(one) for one in [*settings_of(experiment, run).values()][-2:])
    other = replace(
        experiment, log_height=True, drawn=MapOverlays(lens=True, cut=CutWay.STEP), title="Another"
    )
    assert plans_of(other, (run,), axes, 10, 1e-3, 16) == plans_of(experiment, (run,), axes, 10, 1e-3, 16)


def test_a_range_follows_the_run():
    momentum, adam = (Run(RULES[rule](), start=(0.0, 6.0)) for rule in ("momentum", "adam"))
    experiment = Experiment(VALLEY, PointSet.empty(), (momentum, adam), VIEW)
    usual = fitted_range(None, experiment, momentum, SETTINGS)
    assert [axis.setting.name for axis in usual.seen] == ["eta", "gamma"]
    near = replace(usual, seen=(usual.whole[0].zoomed(0.5, 0.1), usual.whole[1]))
    assert fitted_range(near, experiment, momentum, SETTINGS) == near
    other = fitted_range(near, experiment, adam, SETTINGS)
    assert [axis.setting.name for axis in other.seen] == ["eta", "beta1"]
    swapped = usual.with_axis(0, usual.seen[1])
    assert [axis.setting.name for axis in swapped.seen] == ["gamma", "eta"]


@every("function", ["log(w) + b**2", "sqrt(w) + b**2", "w*log(w) + b**2"])
@every("rule", ["gd", "lion"])
def test_runs_that_leave_where_a_function_has_a_value_diverge_as_in_the_engine(function, rule):
    run = Run(RULES[rule](eta=0.3), start=(2.0, 1.0))
    plan = plan_of(run, "start.w", "start.b", steps=40, points=ORIGIN)
    objective = FunctionObjective(function)
    made = one_map(replace(plan, experiment=replace(plan.experiment, objective=objective)))
    assert made.count(Outcome.DIVERGED) > 0
    for row, column in np.ndindex(made.kind.shape):
        if (row + column) % 5 == 0:
            end = run_to_end(computing_ending(made.plan, made.plan.run_at(column, row)))
            assert (made.kind[row, column], made.steps[row, column]) == (end.kind, end.steps)
