"""The lowest place of a window: it agrees with a slow search, and is what it is said to be."""

from itertools import product

import numpy as np
import pytest

from gdsim.core.model.neuron import Neuron
from gdsim.core.model.objective import ACTIVATIONS, LOSSES, NeuronObjective
from gdsim.core.model.points import PointSet
from gdsim.core.model.view_range import ViewRange
from gdsim.core.progress import run_to_end
from gdsim.core.surface.lowest import bound_far_out
from gdsim.core.surface.plane_loss import loss_on_plane
from gdsim.core.surface.sampling import sample_surface, sampling_exactly
from gdsim.core.surface.surface import LowestKind, SurfaceRequest
from tests.core.planes import of_w_and_b
from tests.core.records import FIRST_NEURON, scene
from tests.core.surface import searches
from tests.core.surface.random_points import KINDS, random_case
from tests.every import WHOLE, every, in_turn

USUAL = (-6.0, 6.0, -6.0, 6.0)
CASES_OF_EACH_KIND = 50 if WHOLE else 1


def lowest(x, y, window=USUAL):
    return sample_surface(PointSet(x, y), ViewRange(*window)).lowest


@every("kind", KINDS)
def test_nothing_lower_is_found_by_a_slow_search_from_many_places(kind):
    for seed in range(CASES_OF_EACH_KIND):
        x, y, window = random_case(kind, seed)
        place = lowest(x, y, window)
        assert searches.loss(x, y, place.w, place.b) == pytest.approx(place.loss, rel=1e-9, abs=1e-25)
        assert place.loss <= searches.lowest(x, y, window)[2] * (1.0 + 1e-9) + 1e-16, seed
        _check_kind(x, y, window, place)


def _check_kind(x, y, window, place):
    """Check what is said of a place against losses around it and far away."""
    cell = np.array([window[1] - window[0], window[3] - window[2]]) / 120.0
    outward = np.array([_side(place.w, window[:2]), _side(place.b, window[2:])])
    if place.kind is LowestKind.MINIMUM:
        assert not outward.any()
        for size in (1.0, 0.1):
            assert _around(x, y, place, size * cell).min() >= place.loss
        # It is the bottom of a bowl, not a floor: a cell away it is higher than rounding makes it.
        assert _around(x, y, place, cell).min() > place.loss + 1e-16 * len(x) * place.loss
        return
    if place.kind is LowestKind.LEVEL:
        assert _around(x, y, place, cell).min() <= place.loss * (1.0 + 1e-12) + 1e-15
        return
    w, b = place.w + 1e-4 * outward[0] * cell[0], place.b + 1e-4 * outward[1] * cell[1]
    assert outward.any()
    assert searches.loss(x, y, w, b) < place.loss
    elsewhere = _lowest_far_and_wide(x, y)
    bound = _lowest_step(x, y)
    assert place.bound == pytest.approx(bound, rel=1e-12, abs=1e-15)
    if place.kind is LowestKind.BORDER:
        assert elsewhere < bound or (x == x[0]).all()  # points of one x are fitted along a line
    else:
        assert elsewhere >= bound * (1.0 - 1e-9)
        assert elsewhere <= bound + 1e-3
        assert place.loss > bound


def _side(value, ends):
    return (value == ends[1]) * 1.0 - (value == ends[0]) * 1.0


def _around(x, y, place, size):
    angle = np.linspace(0.0, 2.0 * np.pi, 4001)
    return searches.loss(x, y, place.w + size[0] * np.cos(angle), place.b + size[1] * np.sin(angle))


def _lowest_far_and_wide(x, y):
    """Return the lowest loss that a slow search finds in windows from narrow to very wide."""
    sizes = (60.0, 6e3)
    return min(searches.lowest(x, y, (-size, size, -size * 4, size * 4))[2] for size in sizes)


def _lowest_step(x, y):
    """Return the least loss of a step, 0 on one side and 1 on the other, whatever its output at its place."""
    best = np.inf
    for place in x:
        at = np.mean(y[x == place])
        for before, after in ((0.0, 1.0), (1.0, 0.0)):
            f = np.where(x < place, before, np.where(x > place, after, np.clip(at, 0.0, 1.0)))
            best = min(best, 0.5 * ((f - y) ** 2).sum())
    return best


# ------------------------------------------------------------------------------------- places known


def test_on_an_edge_the_search_does_not_swing():
    place = lowest([-0.46, 1.04], [0.0, 1.0])
    assert (place.w, place.b) == (6.0, pytest.approx(-1.7400, abs=5e-5))
    assert place.kind is LowestKind.ENDLESS


def test_a_valley_narrower_than_a_cell_is_found():
    x, y = [-76.0, 31.5, 45.5, -172.5, 145.5, -47.0], [0.68, 0.62, 0.25, 0.87, 0.32, 0.93]
    place = lowest(x, y)
    assert place.loss == pytest.approx(0.0631, abs=5e-5)
    assert (place.w, place.b) == (pytest.approx(-0.0108, abs=5e-5), pytest.approx(0.442, abs=5e-4))
    assert place.kind is LowestKind.MINIMUM


@every(
    ("points", "window", "kind"),
    [
        ((FIRST_NEURON.x[:, 0], FIRST_NEURON.y), USUAL, LowestKind.MINIMUM),
        ((FIRST_NEURON.x[:, 0], FIRST_NEURON.y), (-2.5, 0.0, -2.5, 0.0), LowestKind.BORDER),
        (([-1.0, 1.0], [0.0, 1.0]), USUAL, LowestKind.ENDLESS),
        # One of the points is fitted best far out, and the other one exactly there: 0 is never reached.
        (([-1.0, 1.0], [0.0, 0.5]), USUAL, LowestKind.ENDLESS),
        # Far out all of it is below what a float can tell.
        (([-1.0, 1.0], [0.0, 1.0]), (-1e4, 1e4, -1e4, 1e4), LowestKind.LEVEL),
        # A single point is fitted along a whole line, and so is w that meets x = 0 only.
        (([1.0], [0.3]), USUAL, LowestKind.LEVEL),
        (([0.0], [0.3]), USUAL, LowestKind.LEVEL),
        (([0.0, 5e-324], [0.3, 0.3]), USUAL, LowestKind.LEVEL),  # as if both were at 0
        # The line is out of sight: somewhere there are lowest places.
        (([1.0, 1.0], [0.3, 0.5]), (2.0, 6.0, 2.0, 6.0), LowestKind.BORDER),
        # Next to a border everything is flat.
        (([1.0], [0.0]), (-1e3, -900.0, -1e3, -900.0), LowestKind.LEVEL),
        # Targets that a sigmoid cannot reach.
        (([1.0, 2.0], [-0.5, 1.5]), USUAL, LowestKind.ENDLESS),
    ],
)  # fmt: skip
def test_what_the_lowest_place_is(points, window, kind):
    x, y = map(np.array, points)
    place = lowest(x, y, window)
    assert place.kind is kind
    _check_kind(x, y, window, place)


def lowest_with(objective, x, y, window=USUAL):
    return sample_surface(PointSet(x, y), ViewRange(*window), objective=objective).lowest


@every(
    ("neuron", "point"),
    in_turn(product(ACTIVATIONS, LOSSES), [(1.91, 0.3), (-2.6, 0.62), (0.08, 0.45)]),
)
def test_what_is_fitted_along_a_whole_line_is_level_with_any_loss(neuron, point):
    """Loss and slope are 0 there, and second derivatives, too, where the loss has an edge."""
    x, y = point
    assert lowest_with(NeuronObjective(*neuron), [x], [y]).kind is LowestKind.LEVEL


def test_between_two_edges_the_loss_is_level():
    objective = NeuronObjective("identity", "absolute")
    assert lowest_with(objective, [-2.32, -2.32], [0.4, 0.52]).kind is LowestKind.LEVEL


def test_a_float_beside_the_border_is_at_the_border():
    x, y = [-1.0282, -2.6122, 2.9999, 0.0, -2.7273, 0.0], [0.946, 0.957, 0.903, 0.937, 0.958, 0.937]
    window = (-2.3048169705870456, 1.0279684996729999, -3.2283120513758954, -1.9111244786184727)
    place = lowest_with(NeuronObjective("identity", "absolute", "mean"), x, y, window)
    assert place.b == pytest.approx(window[3], rel=1e-12)
    assert place.kind is LowestKind.BEYOND  # the points are fitted with b near 0.9


def test_a_target_that_is_out_of_reach_has_no_minimum_outside():
    """Tanh is never below −1, and the logit of 0.23 is −1.2: the loss falls on without end."""
    objective = NeuronObjective("tanh", "cross-entropy")
    place = lowest_with(objective, [-1.76], [0.23], (-8.0, 6.0, -3.7, 3.5))
    assert place.kind is LowestKind.BEYOND


def test_what_it_is_in_a_plane_of_three_inputs():
    """With the other weights at 0 the third input counts for nothing; with others it moves the step."""
    points = PointSet([[0.0, 1.0], [0.0, -1.0], [2.0, 0.5]], [0.2, 0.8, 1.0])
    for fixed in ((0.0,), (-1.0,)):
        found = sample_surface(points, ViewRange(), of_w_and_b(fixed)).lowest
        terms = loss_on_plane(points, plane=of_w_and_b(fixed))
        assert found.kind is LowestKind.ENDLESS
        assert found.bound == pytest.approx(bound_far_out(terms))
        far = found.b + 2000.0  # b stays where the first two are fitted best, and w grows
        t = np.linspace(-20.0, 20.0, 400_001)
        assert found.bound == pytest.approx(float(terms.loss(np.full_like(t, far), t).min()), abs=1e-9)


def test_the_exact_surface_has_the_same_lowest_place():
    rng = np.random.default_rng(5)
    x = rng.normal(0.0, 2.0, 20_000)
    y = 1.0 / (1.0 + np.exp(-(1.3 * x - 0.4))) + rng.normal(0.0, 0.05, len(x))
    points = PointSet(x, y)
    near = sample_surface(points, ViewRange(), grid=21).lowest
    exact = run_to_end(sampling_exactly(SurfaceRequest(points, ViewRange()), grid=21)).lowest
    assert exact.kind is near.kind is LowestKind.MINIMUM
    assert exact[:2] == pytest.approx(near[:2], abs=1e-3)
    assert exact.loss == pytest.approx(searches.loss(x, y, exact.w, exact.b), rel=1e-9)
    ring = np.linspace(0.0, 2.0 * np.pi, 40)
    around = searches.loss(x, y, exact.w + 0.01 * np.cos(ring), exact.b + 0.01 * np.sin(ring))
    assert exact.loss < around.min()


def test_of_many_points_it_is_found_too():
    """Two crowds far apart, with a valley each: few points stand for them at first, all of them at last."""
    rng = np.random.default_rng(8)
    x = np.concatenate([rng.normal(-40.0, 1.0, 900), rng.normal(2.0, 0.5, 1100)])
    y = np.clip(np.where(x < -10.0, x + 40.0, 2.0 * (2.0 - x)) + 0.5 + rng.normal(0.0, 0.3, len(x)), 0.0, 1.0)
    place = lowest(x, y)
    assert place.loss <= _lowest_on_grids(x, y) * (1.0 + 1e-9)
    assert place.kind is LowestKind.MINIMUM
    assert np.abs(Neuron.fitting(PointSet(x, y)).gradient(np.array(place[:2]))).max() < 1e-6


def _lowest_on_grids(x, y):
    """Return the lowest loss near the lowest places of a fine grid, on which some points stand for all."""
    best = np.inf
    w, b = np.meshgrid(np.linspace(-6.0, 6.0, 121), np.linspace(-6.0, 6.0, 41))
    heights = searches.loss(x[::10], y[::10], w.ravel(), b.ravel())
    for index in np.argsort(heights)[:3]:
        place, size = (w.ravel()[index], b.ravel()[index]), np.array([0.1, 0.3])
        for _ in range(12):
            ws, bs = (one + part * np.linspace(-1.0, 1.0, 11) for one, part in zip(place, size, strict=True))
            ws, bs = (side.ravel() for side in np.meshgrid(ws, bs))
            around = searches.loss(x, y, ws, bs)
            lowest_one = np.argmin(around)
            place, size, best = (ws[lowest_one], bs[lowest_one]), 0.4 * size, min(best, around[lowest_one])
    return best


@every("name", ["first-neuron", "mini-batch", "sparse", "valley"])
def test_the_lowest_places_of_scenes_are_minima(name):
    about = scene(name)
    place = sample_surface(about.points, about.view_range).lowest
    assert place.kind is LowestKind.MINIMUM
    _check_kind(about.points.x[:, 0], about.points.y, about.view_range, place)
