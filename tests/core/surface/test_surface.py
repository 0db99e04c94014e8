"""The error surface: heights, contours, shading, minimum."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.files.bundled import BUNDLED_SCENES, LECTURE_SCENES
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.plane_function import ORIGIN
from gdsim.core.model.points import PointSet
from gdsim.core.model.view_range import ViewRange
from gdsim.core.progress import run_to_end
from gdsim.core.settings import NUMBER
from gdsim.core.surface.contours import even_levels, even_step, regions_above
from gdsim.core.surface.map_view import MapPlan, MapView, equal_axes, map_plan_of
from gdsim.core.surface.plane_loss import loss_on_plane
from gdsim.core.surface.sampling import sample_surface, sample_terms, sampling_exactly
from gdsim.core.surface.surface import GRID, SurfaceRequest
from tests.core.planes import of_w_and_b
from tests.core.records import FIRST_NEURON, scene
from tests.core.strategies import point_sets, values, windows
from tests.every import WHOLE, every, some_of

MOST_LINES = 24
LOW_LINES = MapPlan(low_lines=True)
SOME_X = st.floats(-5.0, 5.0)
SOME_Y = st.floats(0.0, 1.0)
FLAT_AND_EXTREME = {
    "all x at 0": (PointSet([0.0], [0.5]), ViewRange()),
    "a plateau of zeros": (PointSet([1.0], [0.0]), ViewRange(-1e3, -900.0, -1e3, -900.0)),
    "a plateau of one half": (PointSet([1.0], [1.0]), ViewRange(-1e3, -900.0, -1e3, -900.0)),
    "denormal heights": (PointSet([1.0], [0.0]), ViewRange(-372.0, -370.0, -1e-3, 1e-3)),
    "tiny x": (PointSet([1e-100], [0.3]), ViewRange()),
    "a tiny window": (PointSet([1.0, 2.0], [0.3, 0.7]), ViewRange(1.0, 1.0 + 1e-8, 1.0, 1.0 + 1e-8)),
    "huge y": (PointSet([1.0, 2.0], [1e100, -1e100]), ViewRange()),
    "huge y at x = 0": (PointSet([0.0], [1e100]), ViewRange()),
    "huge x": (PointSet([1e100, -1e100], [0.2, 0.7]), ViewRange()),
    "a huge window": (PointSet([1.0, -1.0], [0.2, 0.7]), ViewRange(-1e100, 1e100, -1e100, 1e100)),
    "everything huge": (PointSet([1e100, -1e100], [1e100, 1e100]), ViewRange(-1e100, 1e100, -1e100, 1e100)),
}


def _plain(points, w, b, fixed=()):
    """Return the loss on a grid, by the formula."""
    grid = np.stack(np.broadcast_arrays(w[:, None], *fixed, b), axis=-1)
    return Neuron.fitting(points).loss(grid)


def _check_grid(points, view_range, fixed=()):
    w = np.linspace(view_range.w_min, view_range.w_max, 31)
    b = np.linspace(view_range.b_min, view_range.b_max, 23)
    terms = loss_on_plane(points, plane=of_w_and_b(fixed))
    expected = _plain(points, w, b, fixed)
    assert terms.on_grid(w, b).shape == (31, 23)
    np.testing.assert_allclose(terms.on_grid(w, b), expected, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(terms.loss(w[:, None], b), expected, rtol=1e-12, atol=1e-15)


# --------------------------------------------------------------------------------------- heights


@given(point_sets(1, x=SOME_X, y=SOME_Y))
def test_the_grid_is_the_formula(points):
    _check_grid(points, ViewRange())


def test_points_that_share_an_x_are_exact():
    rng = np.random.default_rng(1)
    points = PointSet(rng.integers(-3, 4, 5000), rng.uniform(size=5000))
    assert len(loss_on_plane(points).x) == 7
    _check_grid(points, ViewRange(-3.0, 4.0, -9.0, 2.0))


@given(point_sets(3, x=SOME_X, y=SOME_Y), st.tuples(SOME_X, SOME_X))
def test_a_slice_of_a_neuron_with_three_inputs(points, fixed):
    _check_grid(points, ViewRange(), fixed)


@given(point_sets(1, x=SOME_X, y=SOME_Y), st.sampled_from([60.0, 400.0, 1e4, 1e100]))
def test_a_very_wide_window_is_the_formula_too(points, width):
    _check_grid(points, ViewRange(-width, 2.0 * width, -3.0 * width, width))


@given(point_sets(1), windows())
def test_whatever_the_numbers_there_is_a_surface(points, view_range):
    _check_surface(sample_surface(points, view_range, grid=15))


@given(point_sets(2), windows(), values(NUMBER))
def test_whatever_the_weights_that_are_not_drawn_there_is_a_surface(points, view_range, fixed):
    _check_surface(sample_surface(points, view_range, of_w_and_b((fixed,)), grid=15))


@every("case", FLAT_AND_EXTREME)
def test_flat_and_extreme_surfaces(case):
    surface = sample_surface(*FLAT_AND_EXTREME[case])
    _check_surface(surface)
    assert len(surface.contours) <= MOST_LINES


def _check_surface(surface):
    """Check what holds for every surface. Warnings are errors, so none was given."""
    assert np.isfinite(surface.loss).all()
    assert surface.lowest.loss <= surface.loss.min()
    view_range = surface.view_range
    assert view_range.w_min <= surface.lowest.w <= view_range.w_max
    assert view_range.b_min <= surface.lowest.b <= view_range.b_max
    assert (np.diff(surface.shade.heights) > 0.0).all()
    assert (np.diff(surface.shade.fractions) >= 0.0).all()
    fractions = surface.shade.fraction(surface.loss)
    assert fractions.min() >= 0.0
    assert fractions.max() <= 1.0
    levels = [contour.level for contour in surface.contours]
    assert (np.diff(levels) > 0.0).all()
    assert surface.error_bound == 0.0
    for contour in surface.contours:
        assert surface.loss.min() <= contour.level <= surface.loss.max()


def test_a_surface_is_made_once_and_read_only():
    surface = sample_surface(FIRST_NEURON, ViewRange())
    assert surface.loss.shape == (GRID, GRID)
    for array in (surface.w, surface.b, surface.loss, surface.contours[0].lines, surface.shade.heights):
        assert not array.flags.writeable


def test_the_loss_at_any_place_is_exact():
    surface = sample_surface(FIRST_NEURON, ViewRange())
    w, b = np.array([0.5, 1e5]), np.array([0.0, -3.0])
    np.testing.assert_allclose(surface.loss_at(w, b), _plain(FIRST_NEURON, w, b).diagonal(), rtol=1e-14)
    assert surface.loss_at(0.5, 0.0).shape == ()
    assert float(surface.loss_at(0.5, 0.0)) == pytest.approx(0.07311, abs=1e-5)


# -------------------------------------------------------------------------------------- contours


@every("name", ["first-neuron", "valley", "mini-batch"])
def test_contours_lie_at_their_level(name):
    """The vertices are on grid lines, where the height is interpolated between two samples."""
    surface = sample_surface(scene(name).points, scene(name).view_range)
    assert MOST_LINES / 3 < len(surface.contours) <= MOST_LINES
    for contour in surface.contours:
        w, b = contour.lines[np.isfinite(contour.lines[:, 0])].T
        assert len(w) > 1
        heights = _bilinear(surface, w, b)
        np.testing.assert_allclose(heights, contour.level, rtol=1e-9)
        # The true height differs by the bend of the surface within a cell: at most 1 % of the range.
        assert np.abs(surface.loss_at(w, b) - contour.level).max() < 0.01 * np.ptp(surface.loss)


def _bilinear(surface, w, b):
    column = (w - surface.w[0]) / (surface.w[1] - surface.w[0])
    row = (b - surface.b[0]) / (surface.b[1] - surface.b[0])
    i, j = (np.clip(np.floor(place).astype(int), 0, GRID - 2) for place in (column, row))
    s, t = column - i, row - j
    loss = surface.loss
    low = loss[i, j] * (1 - s) + loss[i + 1, j] * s
    high = loss[i, j + 1] * (1 - s) + loss[i + 1, j + 1] * s
    return low * (1 - t) + high * t


def _check_levels(surface):
    """Check that the lines show the whole surface, valley and plateau alike.

    Measured by area and by height: no part of the window larger than a fifth lies between two
    neighbouring lines, and no two neighbouring lines are further apart than a fifth of the height.
    This is so by construction: a line stands at each sixteenth of the mean of three scales, so
    from line to line no scale can rise by more than three sixteenths.
    """
    levels = np.array([contour.level for contour in surface.contours])
    below = [(surface.loss <= level).mean() for level in levels]
    lowest, height = surface.loss.min(), np.ptp(surface.loss)
    assert np.diff([0.0, *below, 1.0]).max() < 0.2
    assert np.diff([0.0, *((levels - lowest) / height), 1.0]).max() < 0.2
    return levels, below


def low_lined(points, view_range):
    fixed = (0.0,) * (points.dimension - 1)
    return sample_terms(
        loss_on_plane(points, plane=of_w_and_b(fixed)),
        view_range,
        of_w_and_b(fixed),
        plan=LOW_LINES,
    )


@given(point_sets(1, least=2, x=SOME_X, y=SOME_Y))
def test_with_more_lines_near_the_bottom_no_part_of_a_surface_is_without(points):
    surface = low_lined(points, ViewRange())
    if np.ptp(surface.loss) > 1e-6 * surface.loss.max() and len(np.unique(surface.loss)) > GRID:
        _check_levels(surface)


@every("name", LECTURE_SCENES)
def test_with_more_lines_near_the_bottom_the_scenes_show_valley_and_plateau(name):
    surface = low_lined(scene(name).points, scene(name).view_range)
    levels, below = _check_levels(surface)
    # Lines in the lowest tenth of the height, and in the highest quarter of the area.
    assert levels[1] < surface.loss.min() + 0.1 * np.ptp(surface.loss)
    assert any(share > 0.75 for share in below)
    assert surface.step == 0.0


@every(("low", "span"), [(1e12, 72.0), (1e9, 0.036), (-1e10, 72.0), (1e6, 3.6e-5)])
def test_far_from_zero_no_even_level_is_left_out(low, span):
    levels, step = even_levels(low, low + span), even_step(low, low + span)
    assert len(levels) == pytest.approx(span / step, abs=1.0)
    np.testing.assert_allclose(np.diff(levels), step, rtol=1e-3)


@given(st.floats(-1e6, 1e6), st.floats(1e-12, 1e6))
def test_even_levels_are_round_and_at_equal_steps(low, span):
    high = low + span
    levels = even_levels(low, high)
    if not low < high or span < 1e-9 * max(abs(low), abs(high)):
        return
    assert MOST_LINES / 3 < len(levels) <= MOST_LINES
    steps = np.diff(levels)
    step = float(f"{steps.mean():.1e}")
    assert f"{step:.0e}"[0] in "125"
    assert np.abs(steps - step).max() < 1e-6 * step + 4e-12 * max(abs(low), abs(high))
    assert np.abs(np.array(levels) / step - np.rint(np.array(levels) / step)).max() < 1e-3
    assert low < levels[0] <= low + 1.001 * step
    assert high - 1.001 * step <= levels[-1] < high


@every("name", some_of(BUNDLED_SCENES, 0, 3))
def test_lines_are_as_dense_as_it_is_steep(name):
    """On any straight way the lines that are crossed tell how much it goes up and down, in steps."""
    points = scene(name).points
    surface = sample_surface(points, scene(name).view_range, of_w_and_b((0.0,) * (points.dimension - 1)))
    levels = np.array([contour.level for contour in surface.contours])
    assert np.diff(levels) == pytest.approx(surface.step)
    random = np.random.default_rng(5)
    for _ in range(20 if WHOLE else 6):
        (w0, w1), (b0, b1) = (random.uniform(side[0], side[-1], 2) for side in (surface.w, surface.b))
        way = np.linspace(0.0, 1.0, 4001)
        loss = surface.loss_at(w0 + way * (w1 - w0), b0 + way * (b1 - b0))
        crossed = sum(int(np.count_nonzero(np.diff(loss > level))) for level in levels)
        # Up or down without turning, a piece crosses a line for each step, give or take one.
        turns = np.flatnonzero(np.diff(np.sign(np.diff(loss)))) + 1
        ends = loss[[0, *turns, -1]]
        assert abs(crossed - np.abs(np.diff(ends)).sum() / surface.step) <= len(ends) - 1


# --------------------------------------------------------------------------- what a map draws around it


@given(windows(), st.floats(0.05, 20.0))
def test_equal_axes_hold_the_view_range_and_no_more_than_is_needed(view_range, aspect):
    drawn = equal_axes(view_range, aspect)
    w, b = drawn.extent
    assert drawn.w_min <= view_range.w_min
    assert drawn.w_max >= view_range.w_max
    assert drawn.b_min <= view_range.b_min
    assert drawn.b_max >= view_range.b_max
    if drawn == view_range:
        return
    tight = 1e-6 * max(1.0, *map(abs, drawn))
    assert abs(w - aspect * b) <= tight * max(1.0, aspect)
    assert w == view_range.extent[0] or b == view_range.extent[1]
    middle = np.mean(np.reshape(drawn, (2, 2)), axis=1)
    assert np.abs(middle - np.mean(np.reshape(view_range, (2, 2)), axis=1)).max() <= tight


def test_axes_are_not_made_equal_where_one_would_be_a_sliver():
    narrow = ViewRange(-0.01, 0.01, -5.0, 5.0)
    assert equal_axes(narrow, 1.0) == narrow
    assert map_plan_of(narrow, MapView(1.0), GRID) == MapPlan()


@every("aspect", [0.4, 0.93, 1.0, 1.7, 3.3])
@every("name", ["first-neuron", "valley"])
def test_a_map_with_equal_axes_is_sampled_to_its_borders_on_the_same_grid(name, aspect):
    points, view_range = scene(name).points, scene(name).view_range
    plan = map_plan_of(view_range, MapView(aspect), GRID)
    surface, plain = (
        sample_terms(loss_on_plane(points), view_range, plan=plan),
        sample_surface(points, view_range),
    )
    drawn, ground = equal_axes(view_range, aspect), surface.ground
    np.testing.assert_array_equal(surface.loss, plain.loss)
    np.testing.assert_array_equal(ground.inside(ground.loss), plain.loss)
    assert ground.w[0] <= drawn.w_min + 1e-9
    assert ground.w[-1] >= drawn.w_max - 1e-9
    assert ground.b[0] <= drawn.b_min + 1e-9
    assert ground.b[-1] >= drawn.b_max - 1e-9
    np.testing.assert_allclose(ground.loss, surface.terms.on_grid(ground.w, ground.b), rtol=1e-13)
    for steps in (np.diff(ground.w), np.diff(ground.b)):
        assert np.ptp(steps) < 1e-12 * steps.max() * len(steps)
    # Lines and colours are those of all that is drawn, and the lines of the surface go on beyond it.
    levels = [contour.level for contour in ground.contours]
    assert {contour.level for contour in surface.contours} <= set(levels)
    assert surface.shade.heights[-1] == ground.loss.max()
    assert surface.lowest == plain.lowest


def test_the_exact_surface_has_the_same_ground():
    points, view_range = scene("valley").points, scene("valley").view_range
    plan = MapPlan(20, 0)
    exact = run_to_end(sampling_exactly(SurfaceRequest(points, view_range, plan=plan)))
    ground = sample_terms(loss_on_plane(points), view_range, plan=plan).ground
    np.testing.assert_allclose(exact.ground.loss, ground.loss, rtol=1e-12)


@every("place", [(0.3, -1.2), (4.0, -7.5), (-30.0, 2.0), (1e300, 1.0)])
def test_loss_and_slope_at_a_place_are_those_of_a_plain_loop(place):
    points = scene("valley").points
    w, b = place
    loss = pull_w = pull_b = 0.0
    for x, y in zip(points.x[:, 0].tolist(), points.y.tolist(), strict=True):
        z = w * x + b
        f = 1.0 / (1.0 + math.exp(-z)) if z > -700.0 else 0.0
        loss += 0.5 * (f - y) ** 2
        pull_w += (f - y) * f * (1.0 - f) * x
        pull_b += (f - y) * f * (1.0 - f)
    slope = math.sqrt(pull_w**2 + pull_b**2)
    told = sample_surface(points, ViewRange()).loss_and_slope_at(w, b)
    assert told == (pytest.approx(loss, rel=1e-12), pytest.approx(slope, rel=1e-9, abs=1e-300))


def test_shading_and_its_inverse():
    shade = sample_surface(FIRST_NEURON, ViewRange()).shade
    fractions = np.linspace(0.0, 1.0, 40)
    np.testing.assert_allclose(shade.fraction(shade.height(fractions)), fractions, atol=1e-9)


@every("function", ["-w**2 - b**2", "-exp(-w**2 - b**2)", "-1/(1 + w**2 + b**2)"])
def test_losses_below_zero_have_all_colours(function):
    surface = sample_surface(ORIGIN, ViewRange(), objective=FunctionObjective(function))
    fractions = surface.shade.fraction(surface.loss)
    assert (fractions.min(), fractions.max()) == (0.0, pytest.approx(1.0))


# --------------------------------------------------------------------------------------- minimum


@every(
    ("name", "w", "b"),
    [
        ("first-neuron", 1.791759469228055, -2.282174095733918),
        ("valley", 3.574386939, -6.381304076),
        ("sparse", 2.0, -1.0),
    ],
)
def test_the_minimum_of_points_on_a_sigmoid(name, w, b):
    surface = sample_surface(scene(name).points, scene(name).view_range)
    assert surface.lowest.w == pytest.approx(w, abs=1e-8)
    assert surface.lowest.b == pytest.approx(b, abs=1e-8)
    assert surface.lowest.loss < 1e-20
    assert surface.loss.min() > 1e-7


def test_the_minimum_of_points_that_no_sigmoid_meets():
    """The gradient vanishes there, and it is where descent comes to rest."""
    surface = sample_surface(scene("mini-batch").points, scene("mini-batch").view_range)
    place = np.array(surface.lowest[:2])
    assert np.abs(Neuron.fitting(scene("mini-batch").points).gradient(place)).max() < 1e-7
    assert surface.lowest.loss == pytest.approx(0.0697439337, abs=1e-10)


@every(
    "view_range",
    [
        ViewRange(-6.0, 1.0, -6.0, 6.0),
        ViewRange(2.0, 6.0, -6.0, 6.0),
        ViewRange(-6.0, 6.0, -1.5, 6.0),
        ViewRange(2, 5, -2, 5),
    ],
)
def test_the_minimum_at_an_edge_of_the_window(view_range):
    """A search along all four edges finds nothing lower."""
    surface = sample_surface(FIRST_NEURON, view_range)
    along_w, along_b = np.linspace(*view_range[:2], 100_001), np.linspace(*view_range[2:], 100_001)
    edges = [surface.loss_at(along_w, np.full_like(along_w, edge)).min() for edge in view_range[2:]]
    edges += [surface.loss_at(np.full_like(along_b, edge), along_b).min() for edge in view_range[:2]]
    assert surface.lowest.loss <= min(edges)
    assert surface.lowest.loss == pytest.approx(min(edges), rel=1e-6)


@given(point_sets(1, x=SOME_X, y=SOME_Y))
def test_the_minimum_is_never_above_the_grid(points):
    surface = sample_surface(points, ViewRange(), grid=25)
    assert surface.lowest.loss <= surface.loss.min()
    place = np.array(surface.lowest[:2])
    loss = float(Neuron.fitting(points).loss(place))
    rounding = 1e-15 * math.sqrt(loss)  # of errors that are small beside the outputs
    assert surface.lowest.loss == pytest.approx(loss, rel=1e-12, abs=1e-30 + rounding)


def test_the_exact_surface_adds_up_every_point():
    rng = np.random.default_rng(3)
    points = PointSet(rng.normal(0.0, 2.0, (6000, 2)), rng.uniform(size=6000))
    view_range, fixed, shares = ViewRange(-3.0, 3.0, -2.0, 4.0), (0.7,), []
    work = sampling_exactly(SurfaceRequest(points, view_range, of_w_and_b(fixed)), grid=9)
    exact = run_to_end(work, shares.append)
    assert shares == sorted(shares)
    assert shares[0] == 0.0
    assert shares[-1] < 1.0
    z = exact.w[:, None, None] * points.x[:, 0] + 0.7 * points.x[:, 1] + exact.b[:, None]
    plain = 0.5 * ((1.0 / (1.0 + np.exp(-z)) - points.y) ** 2).sum(axis=-1)
    np.testing.assert_allclose(exact.loss, plain, rtol=1e-12)
    assert exact.error_bound == 0.0
    near = sample_surface(points, view_range, of_w_and_b(fixed), grid=9)
    assert near.error_bound > 0.0
    assert np.abs(near.loss - exact.loss).max() <= near.error_bound
    assert exact.lowest.loss <= exact.loss.min()


@every("seed", range(5 if WHOLE else 2))
def test_the_rings_of_a_level_are_around_all_places_at_least_so_high(seed):
    rng = np.random.default_rng(seed)
    w, b = np.linspace(-3.0, 2.0, 14), np.linspace(0.0, 9.0, 11)
    loss = rng.normal(size=(len(w), len(b)))
    levels = [-1.0, 0.1, 0.9]
    for level, rings in zip(levels, regions_above(levels, w, b, loss), strict=True):
        for i, j in np.ndindex(loss.shape):
            # Just beside the sample, since those of the border are on a ring.
            x = w[i] + (1e-7 if i == 0 else -1e-7)
            y = b[j] + (1.3e-7 if j == 0 else -1.3e-7)
            crossings = 0
            for ring in rings:
                (x0, y0), (x1, y1) = ring[:-1].T, ring[1:].T
                across = (y0 > y) != (y1 > y)
                crossings += int(
                    (across & (x < x0 + (y - y0) / np.where(across, y1 - y0, 1.0) * (x1 - x0))).sum()
                )
            assert (crossings % 2 == 1) == (loss[i, j] >= level)
