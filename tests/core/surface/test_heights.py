"""Heights of a surface: the loss, or its logarithm where it spans many powers of ten."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.files.checked_json import FileFault
from gdsim.core.files.link import link_of, read_link
from gdsim.core.files.scene import parse_scene, scene_text
from gdsim.core.model.experiment import Experiment, new_experiment
from gdsim.core.model.gallery import GALLERY
from gdsim.core.model.objective import LECTURE, FunctionObjective, NeuronObjective
from gdsim.core.model.objective_edits import use_function, use_neuron
from gdsim.core.model.plane_function import ORIGIN
from gdsim.core.model.points import PointSet
from gdsim.core.model.view_range import ViewRange
from gdsim.core.surface.contours import log_levels
from gdsim.core.surface.heights import HeightScale, height_scale
from gdsim.core.surface.map_view import MapView
from gdsim.core.surface.sampling import sample_surface, sampled_elsewhere, sampled_for, surface_of
from tests.every import every


def drawn(key, *, log=True):
    known = GALLERY[key]
    return sample_surface(ORIGIN, known.view_range, objective=known.objective, log=log)


@every("key", ["goldstein-price", "rosenbrock", "beale", "six-hump-camel", "mccormick", "saddle"])
def test_equal_factors_of_the_loss_are_equal_steps_of_height(key):
    surface = drawn(key)
    scale = surface.heights
    lowest = min(float(surface.loss.min()), surface.lowest.loss)
    assert scale.base == pytest.approx(min(lowest, 0.0))
    span = math.log10((scale.high - scale.base) / (scale.low - scale.base))
    for loss in np.quantile(surface.loss, [0.2, 0.5, 0.9]).tolist():
        ten_times = scale.base + 10.0 * (loss - scale.base)
        assert scale.height(ten_times) - scale.height(loss) == pytest.approx(1.0 / span)
    assert scale.height([scale.low, scale.high]).tolist() == pytest.approx([0.0, 1.0])
    assert scale.height([scale.base, scale.base - 1.0]).tolist() == [-math.inf, -math.inf]


def test_colours_go_with_heights_and_the_linear_surface_is_as_before():
    log, linear = drawn("goldstein-price"), drawn("goldstein-price", log=False)
    assert np.array_equal(log.loss, linear.loss)
    assert log.lowest == linear.lowest
    assert log.shade.fraction(log.loss) == pytest.approx(
        log.heights.height(log.loss).clip(0.0, 1.0), abs=2e-3
    )
    assert linear.heights.base is None
    assert (linear.step > 0.0, log.step) == (True, 0.0)
    # Half of the linear picture is its lowest hundredth.
    assert np.median(linear.heights.height(linear.loss)) < 0.02
    assert 0.3 < np.median(log.heights.height(log.loss)) < 0.8


@given(st.floats(-6.0, 6.0), st.floats(0.1, 7.9), st.sampled_from([0.0, -1.0316, -78.3]))
def test_lines_are_one_two_and_five_times_powers_of_ten_above_the_base(first, decades, base):
    low, high = base + 10.0**first, base + 10.0 ** (first + decades)
    levels = log_levels(low, high, base)
    if not levels:
        assert decades < 1.1
        return
    wanted = [
        base + digit * 10.0**power
        for power in range(-8, 16)
        for digit in (1, 2, 5)
        if low * (1 + 1e-9 * math.copysign(1, low)) < base + digit * 10.0**power < high
    ]
    assert levels == sorted(levels)
    assert len(levels) >= 8
    assert all(low < level < high for level in levels)
    assert len(levels) <= 27
    for level in wanted if decades < 7.0 else ():
        assert min((abs(level - other) for other in levels), default=0.0) <= 1e-8 * max(1.0, abs(level))


def test_the_lines_of_a_surface_are_at_these_levels():
    surface = drawn("goldstein-price")
    assert [one.level for one in surface.contours] == [
        float(f"{digit}e{power}")
        for power in range(8)
        for digit in (1, 2, 5)
        if surface.loss.min() < float(f"{digit}e{power}") < surface.loss.max()
    ]


@every("most", [1, 2, 4, 8])
def test_numbers_beside_a_logarithm_are_few_powers_of_ten(most):
    ticks = HeightScale(3e-4, 2e6, 0.0).round_distances(most)
    assert 1 <= len(ticks) <= most
    assert all(math.log10(tick) == pytest.approx(round(math.log10(tick))) for tick in ticks.tolist())


@every(
    "objective",
    [
        NeuronObjective("tanh", "cross-entropy", "mean"),
        NeuronObjective("sigmoid", "cross-entropy", "mean"),
        NeuronObjective("sigmoid", "huber", "mean"),
        NeuronObjective("identity", "squared", "mean", 0.1),
        FunctionObjective("1000 + w**2 + b**2"),
    ],
)
def test_losses_that_span_a_few_decades_or_less_have_lines_and_numbers_all_the_same(objective):
    points = PointSet([-1.0, 0.5, 1.0, 2.5], [0.9, 0.2, 0.7, 0.4])
    if isinstance(objective, FunctionObjective):
        points = ORIGIN
    surface = sample_surface(points, ViewRange(), objective=objective, log=True)
    assert surface.heights.base == 0.0
    levels = [one.level for one in surface.contours]
    assert 8 <= len(levels) <= 27
    if surface.step:
        assert np.diff(levels) == pytest.approx(np.full(len(levels) - 1, surface.step))
    ticks = surface.heights.round_distances(6)
    assert 2 <= len(ticks) <= 6
    assert surface.loss.min() <= ticks[0]
    assert ticks[-1] <= surface.loss.max()


@every("loss", [0.0, 0.7, -2.0, 1e150, -1e20])
def test_a_level_surface_has_no_logarithm(loss):
    scale = height_scale(np.full((3, 3), loss), loss, log=True)
    assert scale.base is None
    assert scale.high > scale.low


def test_losses_below_zero_that_are_nearly_the_same_are_drawn_level():
    loss = -1e15 + np.arange(10.0)
    heights = height_scale(loss, float(loss.min())).height(loss)
    assert heights == pytest.approx(0.0, abs=1e-9)


def test_a_pit_is_no_deeper_than_eight_powers_of_ten():
    loss = np.array([[1e-30, 0.0], [1.0, 1e3]])
    scale = height_scale(loss, 0.0, log=True)
    assert (scale.base, scale.low, scale.high) == (0.0, 1e-5, 1e3)


def test_a_map_with_equal_axes_keeps_the_logarithm():
    surface = drawn("rosenbrock")
    wider = sampled_for(surface, MapView(2.5))
    assert wider.ground.view_range != surface.view_range
    assert wider.heights == surface.heights
    assert wider.ground.plan.log


def test_it_is_kept_in_files_and_links_and_is_only_a_way_to_look():
    experiment = new_experiment()
    log = replace(experiment, log_height=True)
    assert parse_scene(scene_text(log)) == log
    assert '"height": "log"' in scene_text(log)
    assert "height" not in scene_text(experiment)
    linear = scene_text(experiment).replace('\n "runs"', '\n "height": "linear",\n "runs"', 1)
    assert parse_scene(linear) == experiment
    assert log.equals_but_for_view(experiment)
    assert read_link(link_of(log)) == log
    for wrong in ('"tall"', "true", "[]", "null", '{"log": 1}'):
        with pytest.raises(FileFault, match=r'height must be "linear" or "log"'):
            parse_scene(linear.replace('"linear"', wrong))


def test_functions_that_span_powers_of_ten_bring_it_along_and_a_neuron_takes_it_away():
    known = GALLERY["goldstein-price"]
    assert known.log_height
    made = use_function(
        new_experiment(), known.objective, ORIGIN, known.view_range, known.start, log_height=known.log_height
    )
    assert made.log_height
    assert not use_neuron(made, LECTURE).log_height
    for one in GALLERY.values():
        loss = sample_surface(ORIGIN, one.view_range, grid=41, objective=one.objective).loss
        if one.log_height:
            assert float(np.quantile(loss, 0.99)) > 100.0 * float(np.quantile(loss, 0.1))


def test_the_surface_of_points_has_it_too():
    points = PointSet([0.5, 2.5], [0.2, 0.9])
    surface = sample_surface(points, ViewRange(), log=True)
    assert surface.heights.base == 0.0
    assert replace(new_experiment(), log_height=True).training is not None
    assert surface.heights.height(surface.loss).max() == pytest.approx(1.0)


def test_another_part_or_slice_of_a_surface_has_its_logarithm_too():
    points = PointSet([[0.5, 1.0], [2.5, -1.0], [1.0, 0.3]], [0.2, 0.9, 0.4])
    near = ViewRange(0.0, 1.0, 0.0, 1.0)
    for log in (False, True):
        scene = Experiment(points, PointSet.empty(2), log_height=log)
        surface = surface_of(scene, scene.slice.through((0.0, 0.0, 0.0)))
        for plane in (surface.plane, scene.slice.through((0.0, 1.0, 0.0))):
            elsewhere = sampled_elsewhere(surface, scene, plane, near)
            assert (elsewhere.view_range, elsewhere.plane) == (near, plane)
            assert (elsewhere.heights.base is not None) is log
