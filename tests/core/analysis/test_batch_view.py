"""Which points an update uses, and where each of them pulls."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.analysis.arrow_lengths import Lengths, drawn_arrows
from gdsim.core.analysis.arrows import ArrowKind
from gdsim.core.analysis.batch_view import highlighted_rows, place_in_epoch, point_pulls, pull_scale
from gdsim.core.analysis.update import update_of
from gdsim.core.model.batching import BATCH, MINI_BATCH, STOCHASTIC
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.points import PointSet
from gdsim.core.model.view_range import ViewRange
from gdsim.core.rules.catalogue import RULES
from tests.core.records import columns_of, one_run, run_of, scene
from tests.every import every

CLASS_DATA = scene("mini-batch").points


def update(t=7, points=CLASS_DATA, rule=RULES["gd"], **settings):
    settings.setdefault("start", (-2.0,) * (points.dimension + 1))
    run = run_of(rule, epochs=20, **settings)
    return update_of(one_run(run, points), run, columns_of(run, points), t)


def test_far_from_all_points_nothing_is_complained_of():
    far = PointSet([1e5, -1e5, 3e5], [0.0, 1.0, 0.5])
    one = update(t=1, points=far, batching=STOCHASTIC(), start=(-9.0, 0.0))
    pulls = point_pulls(one)  # a warning of NumPy's is an error here
    with np.errstate(over="ignore"):
        np.testing.assert_array_equal(pulls.full, -Neuron.fitting(far).gradient(one.gradient_place))


@every("regime", [BATCH(), STOCHASTIC(), MINI_BATCH(size=4, shuffle=True)])
@every("rule", [RULES["gd"], RULES["nesterov"]])
def test_pulls_add_up_to_minus_the_gradient_that_was_used(regime, rule):
    one = update(batching=regime, rule=rule)
    pulls = point_pulls(one)
    np.testing.assert_allclose(pulls.each.sum(axis=0) + pulls.rest, -one.gradient, atol=1e-15)
    np.testing.assert_allclose(pulls.total, -one.gradient)
    assert sorted(pulls.rows) == sorted(one.rows)
    np.testing.assert_array_equal(pulls.at, one.gradient_place)


def test_a_pull_is_minus_the_gradient_of_a_single_point():
    one = update(batching=MINI_BATCH(size=3))
    pulls = point_pulls(one)
    neuron = Neuron.fitting(CLASS_DATA)
    for row, pull in zip(pulls.rows, pulls.each, strict=True):
        np.testing.assert_allclose(pull, -neuron.rows([row]).gradient(one.gradient_place))
    full = -neuron.gradient(one.gradient_place)
    np.testing.assert_allclose(pulls.full, full)


def test_of_many_points_the_largest_pulls_are_single_and_the_rest_is_summed_up():
    rng = np.random.default_rng(0)
    points = PointSet(rng.normal(size=200), rng.uniform(size=200))
    one = update(points=points, batching=MINI_BATCH(size=60, shuffle=True))
    pulls = point_pulls(one)
    assert (len(pulls.each), pulls.others) == (32, 28)
    neuron = Neuron.fitting(points)
    every = np.array([-neuron.rows([row]).gradient(one.gradient_place)[[0, -1]] for row in one.rows])
    every = every[np.argsort(-np.hypot(*every.T))]
    np.testing.assert_allclose(pulls.each, every[:32])
    np.testing.assert_allclose(pulls.rest, every[32:].sum(axis=0), atol=1e-12)


def test_while_playback_waits_only_few_points_are_asked():
    rng = np.random.default_rng(0)
    points = PointSet(rng.normal(size=200), rng.uniform(size=200))
    batch = point_pulls(update(points=points), affordable=100)
    assert len(batch.each) == 0
    assert batch.others == 200
    np.testing.assert_array_equal(batch.full, batch.total)
    single = point_pulls(update(points=points, batching=STOCHASTIC()), affordable=100)
    assert len(single.each) == 1
    assert single.full is None


def test_with_several_inputs_the_first_weight_and_the_bias_are_drawn():
    rng = np.random.default_rng(0)
    points = PointSet(rng.normal(size=(9, 3)), rng.uniform(size=9))
    one = update(points=points, batching=MINI_BATCH(size=4))
    pulls = point_pulls(one)
    np.testing.assert_allclose(pulls.each.sum(axis=0), -one.gradient[[0, 3]])
    np.testing.assert_array_equal(pulls.at, one.gradient_place[[0, 3]])


def test_points_stand_out_only_where_not_all_are_used():
    assert highlighted_rows(update(batching=BATCH())) is None
    assert highlighted_rows(update(batching=MINI_BATCH(size=9))) is None
    assert list(highlighted_rows(update(t=8, batching=STOCHASTIC()))) == [1]


def test_pulls_are_drawn_on_the_scale_of_the_other_arrows():
    one = update(batching=MINI_BATCH(size=4, shuffle=True), rule=RULES["nesterov"])
    view_range = ViewRange()
    pulls = point_pulls(one)
    arrows = drawn_arrows(one, frozenset(ArrowKind), "", Lengths.FIT, view_range)
    scale = pull_scale(one, pulls, arrows, view_range)
    gradient = next(arrow for arrow in arrows.arrows if arrow.kind is ArrowKind.GRADIENT)
    np.testing.assert_allclose(scale.origin, gradient.start)
    np.testing.assert_allclose(scale.origin + scale.factor * pulls.total, gradient.end)


def test_pulls_that_would_leave_the_map_are_drawn_on_a_scale_of_their_own():
    one = update(batching=MINI_BATCH(size=4, shuffle=True))
    view_range = ViewRange()
    pulls = point_pulls(one)
    arrows = replace(drawn_arrows(one, frozenset(ArrowKind), "", Lengths.FIT, view_range), times=1e6)
    scale = pull_scale(one, pulls, arrows, view_range)
    longest = max(np.hypot(*(scale.factor * pull)) for pull in [*pulls.each, pulls.full])
    assert 0.5 < longest < 12.0
    np.testing.assert_array_equal(scale.origin, pulls.at)


@given(st.integers(1, 400), st.integers(1, 9))
def test_a_step_has_its_place_in_an_epoch(step, per_epoch):
    place, epoch = place_in_epoch(step, per_epoch)
    assert 1 <= place <= per_epoch
    assert (epoch - 1) * per_epoch + place == step


def test_the_start_is_in_no_epoch():
    assert place_in_epoch(74, 3) == (2, 25)
    assert place_in_epoch(0, 3) == (0, 0)
