"""Cuts through the surface: the loss and its slope, against plain sums over the points."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.points import PointSet
from gdsim.core.model.view_range import ViewRange
from gdsim.core.surface import cut as module
from gdsim.core.surface.cut import ALONG_B, cut_through
from gdsim.core.surface.sampling import sample_surface
from tests.core.model.plain_losses import PlainLoss
from tests.every import every

VIEW = ViewRange(-6.0, 6.0, -4.0, 5.0)
NUMBERS = st.floats(-3.0, 3.0)


@given(st.lists(st.tuples(NUMBERS, st.floats(0.0, 1.0)), min_size=1, max_size=6), NUMBERS, NUMBERS)
def test_loss_and_slope_are_those_of_the_points(pairs, w, b):
    points = PointSet(*zip(*pairs, strict=True))
    plain = PlainLoss(points)
    cut = cut_through(sample_surface(points, VIEW, grid=9), w, b)
    assert (cut.through, cut.here.at) == ((w, b), w)
    for place, loss in zip(cut.at[::40].tolist(), cut.loss[::40].tolist(), strict=True):
        assert loss == pytest.approx(plain.loss((place, b)), abs=1e-12)
    assert cut.here.loss == pytest.approx(plain.loss((w, b)), abs=1e-12)
    slopes = [plain.gradient((at, b))[0] for at in (w, cut.steepest.at)]
    assert [cut.here.slope, cut.steepest.slope] == pytest.approx(slopes, abs=1e-9)
    rises = np.diff(cut.loss) / np.diff(cut.at)
    assert abs(cut.steepest.slope) >= np.abs(rises).max() - 0.02


def test_it_is_as_wide_as_the_view_range_and_reaches_to_a_run_outside():
    surface = sample_surface(PointSet([0.5, 2.5], [0.2, 0.9]), VIEW, grid=9)
    inside, outside = cut_through(surface, 1.0, 0.0), cut_through(surface, 9.5, 20.0)
    assert (inside.at[0], inside.at[-1]) == pytest.approx((-6.0, 6.0))
    assert (outside.at[0], outside.at[-1]) == pytest.approx((-6.0, 9.5))
    assert cut_through(surface, math.nan, 0.0) is None
    assert cut_through(surface, 0.0, math.inf) is None


def test_where_a_function_has_no_value_the_cut_has_no_slope():
    """Of log(w) there is none below 0: the steepest place is beside it. Along b at w = 0 there is no cut."""
    point, function = PointSet([0.0], [0.0]), FunctionObjective("log(w) + b**2")
    surface = sample_surface(point, VIEW, grid=9, objective=function)
    cut = cut_through(surface, -1.0, 0.5)
    assert not cut.here.is_finite
    assert cut.steepest.is_finite
    assert 0.0 < cut.steepest.at < 0.1
    assert cut.steepest.slope == pytest.approx(1.0 / cut.steepest.at)
    assert cut_through(surface, 0.0, 0.5, ALONG_B) is None


def test_of_very_many_points_it_is_taken_from_the_samples(monkeypatch):
    points = PointSet([0.5, 2.5, -1.0], [0.2, 0.9, 0.4])
    surface = sample_surface(points, VIEW)
    exact = cut_through(surface, 0.7, -1.3)
    monkeypatch.setattr(module, "MOST_TERMS", 2)
    sampled = cut_through(surface, 0.7, -1.3)
    assert sampled.here[1:] == pytest.approx(exact.here[1:], abs=2e-3)
    assert sampled.steepest[1:] == pytest.approx(exact.steepest[1:], abs=2e-2)
    assert cut_through(surface, 0.7, 5.5) is None
    assert cut_through(surface, 6.5, 0.0) is None


@given(st.floats(0.0, 2.0 * math.pi), NUMBERS, NUMBERS)
def test_along_any_direction_it_is_the_loss_of_the_places_on_the_line(angle, w, b):
    points = PointSet([0.5, 2.5, -1.0], [0.2, 0.9, 0.4])
    surface = sample_surface(points, VIEW, grid=9)
    way = 3.0 * math.cos(angle), 3.0 * math.sin(angle)
    cut = cut_through(surface, w, b, way)
    assert cut.direction == pytest.approx((way[0] / 3.0, way[1] / 3.0))
    zero = cut.here.at
    for at, loss in zip(cut.at[::40].tolist(), cut.loss[::40].tolist(), strict=True):
        place = w + (at - zero) * cut.direction[0], b + (at - zero) * cut.direction[1]
        assert loss == pytest.approx(PlainLoss(points).loss(place), abs=1e-12)
        assert VIEW.w_min - 1e-6 <= place[0] <= VIEW.w_max + 1e-6
        assert VIEW.b_min - 1e-6 <= place[1] <= VIEW.b_max + 1e-6
    assert cut.here.slope == pytest.approx(PlainLoss(points).gradient((w, b)) @ cut.direction, abs=1e-9)


def test_along_b_its_places_are_b_and_along_a_slant_distances():
    surface = sample_surface(PointSet([0.5, 2.5], [0.2, 0.9]), VIEW, grid=9)
    along_b = cut_through(surface, 1.0, 0.5, ALONG_B)
    assert along_b.here.at == 0.5
    assert (along_b.at[0], along_b.at[-1]) == pytest.approx((-4.0, 5.0))
    assert cut_through(surface, 1.0, 0.5, (1.0, 1.0)).here.at == 0.0


def test_a_line_that_passes_the_view_range_by_is_cut_around_the_run():
    surface = sample_surface(PointSet([0.5, 2.5], [0.2, 0.9]), VIEW, grid=9)
    cut = cut_through(surface, 50.0, 0.0, ALONG_B)
    assert cut.at[0] < cut.here.at < cut.at[-1]
    assert cut_through(surface, 50.0, 40.0, (1.0, -1.0)) is not None


def test_no_direction_makes_no_cut():
    surface = sample_surface(PointSet([0.5, 2.5], [0.2, 0.9]), VIEW, grid=9)
    assert cut_through(surface, 1.0, 0.5, (0.0, 0.0)) is None
    assert cut_through(surface, 1.0, 0.5, (math.nan, 1.0)) is None


def test_of_very_many_points_a_slant_is_taken_from_the_samples(monkeypatch):
    surface = sample_surface(PointSet([0.5, 2.5, -1.0], [0.2, 0.9, 0.4]), VIEW)
    exact = cut_through(surface, 0.7, -1.3, (1.0, 2.0))
    monkeypatch.setattr(module, "MOST_TERMS", 2)
    sampled = cut_through(surface, 0.7, -1.3, (1.0, 2.0))
    assert sampled.here.loss == pytest.approx(exact.here.loss, abs=2e-3)
    assert sampled.here.slope == pytest.approx(exact.here.slope, abs=1e-2)
    assert np.interp(exact.at, sampled.at, sampled.loss) == pytest.approx(exact.loss, abs=3e-3)


@every("far", [1e20, -1e20, 1e300])
def test_a_run_so_far_outside_that_floats_tell_no_places_apart_has_no_cut(far):
    surface = sample_surface(PointSet([1.0], [0.5]), VIEW, grid=9)
    assert cut_through(surface, 0.0, far, ALONG_B) is None
    assert cut_through(surface, 0.0, 1e3, ALONG_B) is not None
