import numpy as np
import pytest

from gdsim.core.model.gallery import GALLERY
from gdsim.core.model.plane_function import ORIGIN
from gdsim.core.model.points import PointSet
from gdsim.core.model.view_range import ViewRange
from gdsim.core.surface.sampling import sample_surface
from gdsim.gui.style.colours import colour_table, colours_of, loss_colours
from gdsim.gui.surface.mesh import mesh_of
from gdsim.gui.surface.terrain import terrain_of


@pytest.fixture(scope="module")
def surface():
    return sample_surface(PointSet([1.3, 2.4], [0.15, 0.9]), ViewRange(-2.0, 12.0, -14.0, 8.0))


@pytest.mark.parametrize("most", [41, 61, 121, 500])
def test_a_thinned_grid_keeps_edges_and_extremes(surface, most):
    mesh = mesh_of(surface, terrain_of(surface), most)
    assert len(mesh.x) <= min(most, 121) + 2
    assert len(mesh.y) <= min(most, 121) + 2
    for side in (mesh.x, mesh.y):
        assert (side[0], side[-1]) == (-1.0, 1.0)
    whole = terrain_of(surface).heights
    assert (mesh.heights.min(), mesh.heights.max()) == (whole.min(), whole.max())


def test_without_light_the_colours_are_those_of_the_map(surface):
    mesh = mesh_of(surface, terrain_of(surface), 121)
    assert (mesh.highlighted(0.0) == loss_colours(surface)).all()


def test_light_is_subtle_and_leaves_level_ground_alone(surface):
    mesh = mesh_of(surface, terrain_of(surface), 61)
    assert 0.7 < mesh.light.min() < 0.95
    assert mesh.light.max() < 1.2
    assert mesh.light[-1, -1] == pytest.approx(1.0, abs=0.05), "a plateau"


def test_a_thinned_grid_of_a_logarithm_does_not_step_over_floors():
    function = GALLERY["rosenbrock"]
    narrow = sample_surface(ORIGIN, function.view_range, objective=function.objective, log=True)
    heights = terrain_of(narrow).heights
    for most in (41, 61):
        mesh = mesh_of(narrow, terrain_of(narrow), most)
        floors = np.interp(mesh.x, np.linspace(-1.0, 1.0, 121), heights.min(axis=1))
        inner = np.abs(mesh.x) < 0.85  # where the valley is in view
        assert np.abs(mesh.heights.min(axis=1) - floors)[inner].max() < 0.08
        assert mesh.heights.max() == heights.max()


def test_contour_pieces_lie_on_the_surface(surface):
    terrain = terrain_of(surface)
    lines = mesh_of(surface, terrain, 61).lines.reshape(-1, 3)
    assert len(lines) > 100
    assert np.abs(lines[:, 2] - terrain.height_at(lines[:, 0], lines[:, 1])).max() < 0.02


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("strength", [0.0, 1.0])
def test_a_contour_line_is_all_light_or_all_dark(surface, strength, dark):
    mesh = mesh_of(surface, terrain_of(surface), 121)
    is_light = mesh.line_tones(strength, dark=dark).mean(axis=1) > mesh.line_ground.mean(axis=1)
    for ground in np.unique(mesh.line_ground, axis=0):
        assert len(set(is_light[(mesh.line_ground == ground).all(axis=1)].tolist())) == 1
    assert len(set(is_light.tolist())) == 2


def test_a_surface_without_contours_has_no_pieces():
    flat = sample_surface(PointSet([0.0, 0.0], [0.5, 0.5]), ViewRange(50.0, 60.0, 50.0, 60.0))
    mesh = mesh_of(flat, terrain_of(flat), 41)
    assert mesh.lines.shape == (0, 2, 3)
    assert mesh.line_tones(1.0, dark=True).shape == (0, 3)


def test_colours_go_from_violet_to_yellow_and_take_every_number():
    table = colour_table()
    assert table.shape == (256, 4)
    assert table[0].tolist() == [68, 1, 84, 255]
    assert table[-1].tolist() == [253, 231, 37, 255]
    found = colours_of(np.array([-1.0, 0.0, 1.0, 2.0, np.nan, np.inf]))
    assert (found == table[[0, 0, -1, -1, -1, -1]]).all()


def test_higher_losses_have_later_colours(surface):
    colours = loss_colours(surface)
    assert colours.shape == (121, 121, 4)
    assert colours.dtype == np.uint8
    low = np.unravel_index(np.argmin(surface.loss), surface.loss.shape)
    high = np.unravel_index(np.argmax(surface.loss), surface.loss.shape)
    assert (colours[low] == colour_table()[0]).all()
    assert (colours[high] == colour_table()[-1]).all()
