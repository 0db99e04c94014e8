import numpy as np
import pytest

from gdsim.core.engine.trajectory import RecordColumns, Trajectory
from gdsim.core.model.points import PointSet
from gdsim.core.model.view_range import ViewRange
from gdsim.core.surface.sampling import sample_surface
from gdsim.gui.paint.budget import Budget, all_at_once
from gdsim.gui.surface.terrain import draped_line, terrain_of
from gdsim.gui.surface.trails import SurfaceRows

WINDOW = ViewRange(-6.0, 6.0, -6.0, 6.0)


@pytest.fixture(scope="module")
def surface():
    return sample_surface(PointSet([0.5, 2.5], [0.2, 0.9]), WINDOW)


@pytest.fixture(scope="module")
def terrain(surface):
    return terrain_of(surface)


def places(terrain, surface, path):
    w, b = np.asarray(path, dtype=float).T
    return terrain.place(w, b, surface.loss_at(w, b))


def all_steps(path):
    return np.ones(len(path) - 1, dtype=bool)


def recorded(surface, path) -> Trajectory:
    path = np.asarray(path, dtype=float)
    columns = RecordColumns.room(len(path), 2, 0)
    columns.p[:] = path
    columns.loss[:] = surface.loss_at(path[:, 0], path[:, 1])
    return Trajectory.of(columns)


def upto(rows, step):
    """Return the rows worth drawing up to a step."""
    with all_at_once():
        known = rows.known(step, Budget())
    return known[known <= step]


def test_a_long_step_follows_the_surface_and_ends_at_the_recorded_loss(terrain, surface):
    path = [(-5.0, -2.0), (4.0, 3.0), (2.0, -4.0)]
    line = draped_line(terrain, places(terrain, surface, path), all_steps(path))
    recorded_at = places(terrain, surface, path)
    assert line.joined.tolist() == [False] + [True] * (len(line.points) - 1)
    for place in recorded_at:
        assert np.abs(line.points - place).max(axis=1).min() < 1e-12
    above = line.points[:, 2] - terrain.height_at(line.points[:, 0], line.points[:, 1])
    assert np.abs(above).max() < 0.01, "it neither sinks nor floats"
    pieces = np.hypot(*np.diff(line.points[:, :2], axis=0).T)
    assert pieces.max() < 0.03, "the straight way between the ends cuts through the hill"


def test_what_is_off_the_surface_comes_back_to_it_in_proportion(terrain):
    ends = np.array([[-0.5, 0.0, 0.0], [0.5, 0.0, 0.0]])
    ends[:, 2] = terrain.height_at(ends[:, 0], ends[:, 1]) + np.array([0.2, 0.0])
    line = draped_line(terrain, ends, all_steps(ends))
    off = line.points[:, 2] - terrain.height_at(line.points[:, 0], line.points[:, 1])
    assert off == pytest.approx(0.2 * (0.5 - line.points[:, 0]), abs=1e-9)


def test_a_path_is_cut_off_where_it_leaves_the_window_and_goes_on_where_it_comes_back(terrain, surface):
    path = [(0.0, 0.0), (9.0, 3.0), (9.0, -3.0), (0.0, -6.0 + 3.0), (1.0, -3.0)]
    line = draped_line(terrain, places(terrain, surface, path), all_steps(path))
    assert (np.abs(line.points[:, :2]) <= 1.0 + 1e-12).all()
    starts = line.points[~line.joined]
    assert len(starts) == 2
    assert starts[1][:2] == pytest.approx([1.0, -0.5])
    last_before = line.points[np.flatnonzero(~line.joined)[1] - 1]
    assert last_before[:2] == pytest.approx([1.0, 1.0 / 3.0])
    surface_there = terrain.height_at(last_before[0], last_before[1])
    assert last_before[2] == pytest.approx(surface_there, abs=0.02)


@pytest.mark.parametrize(
    "path",
    [
        [(9.0, 9.0), (20.0, 9.0)],
        [(1e300, 0.0), (-1e300, 1e300)],
        [(7.0, 0.0), (7.0, 5.0)],
        [(np.inf, np.nan), (7.0, 7.0)],
    ],
)
def test_a_path_that_misses_the_window_is_not_drawn(terrain, path):
    w, b = np.array(path).T
    outside = terrain.place(w, b, np.array([0.1, np.inf]))
    assert len(draped_line(terrain, outside, all_steps(path)).points) == 0


def test_a_path_along_the_edge_is_drawn(terrain, surface):
    path = [(6.0, -6.0), (6.0, 6.0)]
    assert len(draped_line(terrain, places(terrain, surface, path), all_steps(path)).points) > 50


def test_rows_that_cannot_be_told_apart_are_left_out_of_the_view(terrain, surface):
    rng = np.random.default_rng(0)
    path = np.array([1.65, -2.08]) + rng.normal(0.0, 1e-5, (5000, 2))
    path[0] = -2.0, -2.0
    rows = SurfaceRows(terrain, recorded(surface, path))
    assert upto(rows, 4999)[0] == 0
    assert len(upto(rows, 4999)) < 5


def test_the_view_of_a_prefix_does_not_depend_on_how_one_came_there(terrain, surface):
    path = np.cumsum(np.random.default_rng(1).normal(0.0, 0.02, (400, 2)), axis=0)
    trajectory = recorded(surface, path)
    slowly, at_once = SurfaceRows(terrain, trajectory), SurfaceRows(terrain, trajectory)
    steps = [upto(slowly, step) for step in range(400)]
    upto(at_once, 399)
    for step in (0, 7, 250, 399):
        assert steps[step].tolist() == upto(at_once, step).tolist()
        assert steps[step].max() <= step


@pytest.mark.parametrize("kind", ["noise", "cycle", "walk"])
def test_a_very_long_path_is_drawn_by_a_bounded_number_of_true_steps(terrain, surface, kind):
    n = 60_000
    rng = np.random.default_rng(2)
    noise = rng.normal(0.0, 2.0, (n, 2))
    turn = np.arange(n)[:, np.newaxis] * np.array([0.002, 0.0027])
    path = {
        "noise": noise,
        "cycle": np.where(np.arange(n)[:, np.newaxis] % 2, [-3.0, 1.0], [2.0, -2.0]) + 1e-5 * noise,
        "walk": 5.0 * np.sin(turn),
    }[kind]
    rows = SurfaceRows(terrain, recorded(surface, path))
    line = rows.line(upto(rows, n - 1))
    assert 10 < len(line.points) < 120_000
    from_latest = np.abs(line.points[:, :2] - path[-1] / 6.0).max(axis=1)
    assert from_latest.min() < 0.01, "the latest step is there"


def test_one_place_is_no_line(terrain, surface):
    rows = SurfaceRows(terrain, recorded(surface, [(0.0, 0.0)]))
    assert len(rows.line(upto(rows, 0)).points) == 0


def test_where_no_loss_was_computed_the_line_lies_on_the_surface(terrain, surface):
    path = np.stack([np.linspace(-5.0, 5.0, 60), np.linspace(4.0, -4.0, 60)], axis=1)
    trajectory = recorded(surface, path)
    trajectory.until(59).loss[1:-1] = np.nan
    rows = SurfaceRows(terrain, trajectory)
    points = rows.line(upto(rows, 59)).points
    np.testing.assert_allclose(points[:, 2], terrain.height_at(points[:, 0], points[:, 1]), atol=0.01)


def test_rows_do_not_depend_on_the_pieces_they_are_looked_at_in(terrain, surface):
    angle = np.linspace(0.0, 50.0, 70_000)
    trajectory = recorded(surface, np.stack([4.0 * np.cos(angle), 3.0 * np.sin(1.7 * angle)], axis=1))
    whole, slowly = upto(SurfaceRows(terrain, trajectory), 69_999), SurfaceRows(terrain, trajectory)
    for step in range(9999, 70_000, 10_000):
        upto(slowly, step)
    np.testing.assert_array_equal(upto(slowly, 69_999), whole)
    assert len(whole) > 500
