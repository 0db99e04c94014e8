from dataclasses import replace

import numpy as np
import pytest

from gdsim.core.model.points import PointSet
from gdsim.core.model.view_range import ViewRange
from gdsim.core.surface.heights import HeightScale, height_scale
from gdsim.core.surface.sampling import sample_surface
from gdsim.gui.surface.projection import HOME, BoxMargins, Camera, projection_of
from gdsim.gui.surface.terrain import Terrain, first_hit, hidden_places, terrain_of

WINDOW = ViewRange(-4.0, 6.0, -3.0, 5.0)


@pytest.fixture(scope="module")
def surface():
    return sample_surface(PointSet([0.5, 2.5], [0.2, 0.9]), WINDOW)


def ridge(height=1.0) -> Terrain:
    """A wall along b in the middle of the window."""
    heights = np.zeros((101, 101))
    heights[45:56] = height
    return Terrain(WINDOW, HeightScale(0.0, 2.0), heights)


def test_the_window_and_the_loss_fill_the_box():
    place = ridge().place(np.array([-4.0, 6.0, 1.0]), np.array([-3.0, 5.0, 1.0]), np.array([0.0, 2.0, 0.5]))
    assert place.tolist() == [[-1.0, -1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 0.0, 0.25]]


def test_losses_that_are_not_in_the_box_are_brought_into_it():
    place = ridge().place(1.0, 1.0, np.array([-5.0, 1e300, np.inf, np.nan]))
    assert place[:, 2].tolist() == [0.0, 1.0, 1.0, 1.0]


def test_places_far_outside_stay_outside_and_finite():
    place = ridge().place(np.array([1e308, -1e308, np.inf, np.nan]), 0.0, 1.0)
    assert np.isfinite(place).all()
    assert (np.abs(place[:, 0]) > 1.0).all()


def test_heights_between_samples_are_bilinear():
    heights = np.array([[0.0, 0.2, 0.4], [0.4, 0.6, 1.0]])
    terrain = Terrain(WINDOW, HeightScale(0.0, 1.0), heights)
    x, y = np.array([-1.0, 1.0, 0.0, 0.0, -1.0]), np.array([-1.0, 1.0, -1.0, 0.5, 3.0])
    assert terrain.height_at(x, y) == pytest.approx([0.0, 1.0, 0.2, 0.55, 0.4])


def test_a_wall_hides_what_is_behind_it_and_nothing_else():
    terrain = ridge()
    view = projection_of(Camera(azimuth=0.0, elevation=20.0), 400, 400, BoxMargins(0.0, 0.0, 0.0, 0.0))
    places = np.array([[-0.3, 0.0, 0.0], [0.5, 0.0, 0.0], [0.0, 0.0, 1.0], [-0.3, 0.5, 1.0]])
    assert hidden_places(terrain, places, view.eye).tolist() == [True, False, False, False]
    assert not hidden_places(
        terrain, places, projection_of(Camera(elevation=90.0), 400, 400, BoxMargins(0, 0, 0, 0)).eye
    ).any()


def test_what_lies_on_a_slope_in_front_is_not_hidden_by_the_slope(surface):
    terrain = terrain_of(surface)
    x, y = (side.ravel() for side in np.meshgrid(np.linspace(-0.9, 0.9, 25), np.linspace(-0.9, 0.9, 25)))
    places = np.column_stack([x, y, terrain.height_at(x, y)])
    eye = projection_of(Camera(elevation=80.0), 400, 400, BoxMargins(0, 0, 0, 0)).eye
    assert hidden_places(terrain, places, eye).mean() < 0.05


def drawn_as(surface, loss):
    """Return a surface that draws other losses, without margins."""
    plain = surface.ground.plan._replace(w=0, b=0)
    return replace(surface, loss=loss, ground=surface.ground._replace(loss=loss, plan=plain))


@pytest.mark.parametrize(("loss", "height"), [(0.0, 0.0), (0.3, 0.8), (1e150, 0.8)])
def test_a_flat_surface_is_a_plane_in_the_box(surface, loss, height):
    even = np.full((5, 5), loss)
    flat = replace(drawn_as(surface, even), heights=height_scale(even, loss))
    terrain = terrain_of(flat)
    assert terrain.scale.high > terrain.scale.low
    assert terrain.heights == pytest.approx(np.full((5, 5), height))


def test_losses_that_are_no_numbers_stand_at_the_top(surface):
    loss = surface.loss.copy()
    loss[0, 0], loss[1, 0] = np.nan, np.inf
    terrain = terrain_of(drawn_as(surface, loss))
    assert terrain.heights[0, 0] == terrain.heights[1, 0] == 1.0
    assert np.isfinite(terrain.heights).all()
    assert np.isfinite([terrain.scale.low, terrain.scale.high]).all()


def test_heights_are_linear_in_the_loss(surface):
    terrain = terrain_of(surface)
    share = (surface.loss - terrain.scale.low) / (terrain.scale.high - terrain.scale.low)
    assert terrain.heights == pytest.approx(share)
    assert terrain.heights.max() == pytest.approx(1.0)


@pytest.fixture(scope="module")
def valley(surface):
    return terrain_of(surface)


@pytest.mark.parametrize(
    ("azimuth", "elevation"), [(-60.0, 30.0), (-90.0, 90.0), (35.0, 12.0), (150.0, 55.0)]
)
def test_what_is_seen_at_a_pixel_is_the_first_place_of_the_line_of_sight(valley, azimuth, elevation):
    """Places that nothing hides are found again; the others are behind what is found at their pixels."""
    view = projection_of(HOME.at(azimuth, elevation), 500, 420, BoxMargins(10, 10, 10, 10))
    random = np.random.default_rng(3)
    found = 0
    for x, y in random.uniform(-0.98, 0.98, (60, 2)):
        place = np.array([x, y, float(valley.height_at(np.array([x]), np.array([y]))[0])])
        pixel = view.project(place)
        hit = first_hit(valley, *view.sight(*pixel.tolist()))
        assert hit is not None
        if hidden_places(valley, place[np.newaxis], view.eye)[0]:
            eye = view.eye[:2]
            assert np.hypot(*(hit - eye)) < np.hypot(*(place[:2] - eye)) + 0.02
            continue
        found += 1
        height = float(valley.height_at(hit[:1], hit[1:])[0])
        assert np.hypot(*(view.project(np.array([*hit, height])) - pixel)) < 2.0
    assert found > 15


def test_nothing_is_seen_at_a_pixel_beside_the_box(valley):
    view = projection_of(HOME, 500, 420, BoxMargins(60, 60, 60, 60))
    assert first_hit(valley, *view.sight(2.0, 2.0)) is None
    assert first_hit(valley, *view.sight(498.0, 300.0)) is None
