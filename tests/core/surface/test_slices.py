"""What is drawn in a slice of several parameters, against plain sums over the points."""

import math
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from gdsim.core.analysis.arrows import ArrowKind, arrows
from gdsim.core.analysis.batch_view import point_pulls
from gdsim.core.analysis.curvature.curvature import curvature_at
from gdsim.core.analysis.update import update_of
from gdsim.core.files.bundled import find_scene
from gdsim.core.files.checked_json import FileFault
from gdsim.core.files.scene import load_scene, parse_scene, scene_text
from gdsim.core.model import edits
from gdsim.core.model.batching import MINI_BATCH
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.plane import Plane, Slice, in_plane
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.model.view_range import ViewRange
from gdsim.core.settings import InvalidValue
from gdsim.core.surface.cut import cut_through
from gdsim.core.surface.sampling import sample_surface
from gdsim.core.surface.shared_points import EXACT_TERMS
from tests.core.model.plain_losses import PlainLoss
from tests.core.records import computed
from tests.every import WHOLE, every

FOUR = load_scene(find_scene("four-inputs"))
PAIRS = list(permutations((0, 1, 2, 3, -1), 2))[:: 1 if WHOLE else 3]
PLACE = (0.4, 1.7, -0.9, 0.3, -0.5)


def at(axes, w, b):
    p = list(PLACE)
    p[axes[0]], p[axes[1]] = w, b
    return p


@every("axes", PAIRS)
def test_the_height_at_a_place_is_the_loss_there(axes):
    plane = Slice(axes).plane(PLACE)
    surface = sample_surface(FOUR.points, ViewRange(-2.0, 6.0, -5.0, 3.0), plane, grid=7)
    for i, w in enumerate(surface.w):
        for j, b in enumerate(surface.b):
            assert surface.loss[i, j] == pytest.approx(PlainLoss(FOUR.points).loss(at(axes, w, b)), rel=1e-12)
    low = surface.lowest
    assert low.loss == pytest.approx(PlainLoss(FOUR.points).loss(at(axes, low.w, low.b)), rel=1e-9)
    assert low.loss <= surface.loss.min()


@every("axes", PAIRS)
def test_a_cut_and_the_curvature_are_those_of_the_slice(axes):
    plane, h = Slice(axes).plane(PLACE), 1e-4
    w, b = PLACE[axes[0]], PLACE[axes[1]]
    cut = cut_through(sample_surface(FOUR.points, ViewRange(), plane, grid=9), w, b)
    for value, loss in zip(cut.at[::40], cut.loss[::40], strict=True):
        assert loss == pytest.approx(PlainLoss(FOUR.points).loss(at(axes, value, b)), rel=1e-9)

    def loss(dw, db):
        return PlainLoss(FOUR.points).loss(at(axes, w + dw, b + db))

    found = curvature_at(FOUR.training, np.array(PLACE)).in_plane(plane.axes)
    mixed = (loss(h, h) - loss(h, -h) - loss(-h, h) + loss(-h, -h)) / (4 * h * h)
    along = [(loss(*d) - 2 * loss(0, 0) + loss(-d[0], -d[1])) / (h * h) for d in ((h, 0.0), (0.0, h))]
    expected = [along[0], mixed, mixed, along[1]]
    assert found.hessian.ravel().tolist() == pytest.approx(expected, rel=1e-4, abs=1e-4)
    assert found.place.tolist() == [w, b]


def test_a_run_is_as_far_from_a_slice_as_its_other_parameters_are():
    plane = Slice((1, -1), (1.0, 2.0, 3.0)).plane(PLACE)
    assert plane.names == ("w₂", "b")
    assert plane.others == (0, 2, 3)
    expected = math.sqrt((0.4 - 1.0) ** 2 + (-0.9 - 2.0) ** 2 + (0.3 - 3.0) ** 2)
    assert float(plane.distance(np.array(PLACE))) == pytest.approx(expected, rel=1e-15)
    assert float(Slice((1, -1)).plane(PLACE).distance(np.array(PLACE))) == 0.0
    assert float(Plane().distance(np.array([3.0, 4.0]))) == 0.0


@every("axes", [(0, -1), (1, 3), (3, 0), (-1, 2)])
def test_arrows_and_pulls_are_drawn_along_the_axes(axes):
    run = Run(start=(0.1, 0.2, -0.3, 0.4, 0.5), epochs=2, batching=MINI_BATCH(size=8))
    experiment = replace(FOUR, runs=(run,))
    (record,) = computed(experiment)
    update = update_of(experiment, run, record.whole, 3, axes)
    step = next(arrow for arrow in arrows(update) if arrow.kind is ArrowKind.STEP)
    assert step.start.tolist() == [update.before[axis] for axis in axes]
    assert step.end.tolist() == [update.after[axis] for axis in axes]
    pulls = point_pulls(update)
    for row, pull in zip(pulls.rows, pulls.each, strict=True):
        one = PointSet(FOUR.points.x[[row]], FOUR.points.y[[row]])
        for axis, along in zip(axes, pull, strict=True):
            ends = []
            for sign in (1.0, -1.0):
                p = update.before.copy()
                p[axis] += sign * 1e-6
                ends.append(PlainLoss(one).loss(p))
            assert along == pytest.approx(-(ends[0] - ends[1]) / 2e-6, rel=1e-4, abs=1e-8)
    assert pulls.each.sum(axis=0) == pytest.approx(-in_plane(update.gradient, axes))


def test_a_place_on_the_map_sets_the_start_along_the_axes_alone():
    experiment = replace(FOUR, slice=Slice((2, 1)))
    moved = edits.set_start(experiment, 0, 1.5, -2.5)
    assert moved.runs[0].start == (0.0, -2.5, 1.5, 0.0, 2.0)


@every("slice_", [Slice(), Slice((1, 3)), Slice((3, -1), (0.5, -1.0, 2.0)), Slice((0, -1), (0.0, 0.0, 1.0))])
def test_a_slice_is_kept_in_the_file(slice_):
    experiment = replace(FOUR, slice=slice_)
    text = scene_text(experiment)
    assert parse_scene(text) == experiment
    assert ('"slice"' in text) == (slice_ != Slice())
    assert experiment.equals_but_for_view(FOUR)


@every(
    ("slice_", "fault"),
    [
        ('{"axes": ["w1", "w1"]}', "slice.axes must be two different parameters"),
        ('{"axes": ["w1", "w9"]}', "slice.axes[1] must be a parameter: w1, w2, w3, w4, b"),
        ('{"axes": ["w1"]}', "slice.axes must be two parameters, not 1"),
        (
            '{"held": [1, 2]}',
            "slice.held must have one number for each parameter that is not drawn (w2, w3, w4), not 2",
        ),
        ('{"place": 3}', "slice"),
    ],
)
def test_what_is_no_slice_is_refused_by_its_key(slice_, fault):
    text = scene_text(FOUR).replace('\n "runs"', f'\n "slice": {slice_},\n "runs"', 1)
    with pytest.raises(FileFault) as refused:
        parse_scene(text)
    assert fault in str(refused.value)


def test_one_input_has_one_plane_and_several_have_any_two_however_many_points():
    points = PointSet([0.5, 2.5], [0.2, 0.9])
    with pytest.raises(InvalidValue, match="several inputs"):
        Experiment(points, PointSet.empty(), slice=Slice((-1, 0)))
    rng = np.random.default_rng(1)
    many = PointSet(rng.normal(size=(EXACT_TERMS + 1, 3)), rng.uniform(size=EXACT_TERMS + 1))
    for axes in ((2, -1), (0, 2)):
        assert Experiment(many, PointSet.empty(3), slice=Slice(axes)).slice.axes == axes


def test_another_weight_of_very_many_points_is_drawn_within_the_bound():
    rng = np.random.default_rng(2)
    points = PointSet(rng.normal(size=(6000, 2)), rng.uniform(size=6000))
    surface = sample_surface(points, ViewRange(-2.0, 2.0, -2.0, 2.0), Plane((1, 2), (0.7,)), grid=3)
    for i, w in enumerate(surface.w):
        for j, b in enumerate(surface.b):
            exact = PlainLoss(points).loss((0.7, w, b))
            assert abs(surface.loss[i, j] - exact) <= surface.error_bound + 1e-9 * exact


def test_other_points_keep_the_slice_as_long_as_there_is_one():
    experiment = replace(FOUR, slice=Slice((1, 3), (0.0, 0.0, 1.0)))
    same = PointSet(np.ones((3, 4)), np.full(3, 0.5))
    fewer = PointSet(np.ones((3, 2)), np.full(3, 0.5))
    kept = edits.put_points(experiment, same, PointSet.empty(4), replaces=True)
    assert kept.slice == experiment.slice
    assert edits.put_points(experiment, fewer, PointSet.empty(2), replaces=True).slice == Slice()
