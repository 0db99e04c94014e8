"""The cut along w: the loss and its slope, against plain loops over the points."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.model.experiment import ViewRange
from gdsim.core.model.points import PointSet
from gdsim.core.surface import cut as module
from gdsim.core.surface.cut import cut_through
from gdsim.core.surface.surface import sample_surface

VIEW = ViewRange(-6.0, 6.0, -4.0, 5.0)
NUMBERS = st.floats(-3.0, 3.0)


def loss_of(points, w, b):
    """Return the loss, by a loop of its own."""
    total = 0.0
    for x, y in zip(points.x[:, 0].tolist(), points.y.tolist(), strict=True):
        total += (1.0 / (1.0 + math.exp(-(w * x + b))) - y) ** 2
    return total / 2.0


@given(st.lists(st.tuples(NUMBERS, st.floats(0.0, 1.0)), min_size=1, max_size=6), NUMBERS, NUMBERS)
def test_loss_and_slope_are_those_of_the_points(pairs, w, b):
    points = PointSet(*zip(*pairs, strict=True))
    cut = cut_through(sample_surface(points, VIEW, grid=9), w, b)
    assert (cut.b, cut.here.w) == (b, w)
    for place, loss in zip(cut.w[::40].tolist(), cut.loss[::40].tolist(), strict=True):
        assert loss == pytest.approx(loss_of(points, place, b), abs=1e-12)
    assert cut.here.loss == pytest.approx(loss_of(points, w, b), abs=1e-12)
    h = 1e-5
    slopes = [
        (loss_of(points, at + h, b) - loss_of(points, at - h, b)) / (2 * h) for at in (w, cut.steepest.w)
    ]
    assert [cut.here.slope, cut.steepest.slope] == pytest.approx(slopes, abs=1e-7)
    rises = np.diff(cut.loss) / np.diff(cut.w)
    assert abs(cut.steepest.slope) >= np.abs(rises).max() - 0.02


def test_it_is_as_wide_as_the_view_range_and_reaches_to_a_run_outside():
    surface = sample_surface(PointSet([0.5, 2.5], [0.2, 0.9]), VIEW, grid=9)
    inside, outside = cut_through(surface, 1.0, 0.0), cut_through(surface, 9.5, 20.0)
    assert (inside.w[0], inside.w[-1]) == (-6.0, 6.0)
    assert (outside.w[0], outside.w[-1]) == (-6.0, 9.5)
    assert cut_through(surface, math.nan, 0.0) is None
    assert cut_through(surface, 0.0, math.inf) is None


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
