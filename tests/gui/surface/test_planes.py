"""The planes at the contour levels: what is seen of them, on the painter and before any drawing."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from gdsim.core.model.points import PointSet
from gdsim.core.model.view_range import ViewRange
from gdsim.core.surface.sampling import sample_surface
from gdsim.gui.style.theme import DARK, LIGHT, Look
from gdsim.gui.surface.painter import SurfacePainter
from gdsim.gui.surface.planes import plane_paths
from gdsim.gui.surface.projection import FRONT, TOP, BoxMargins, Camera, projection_of
from gdsim.gui.surface.terrain import lowest_in_sight, terrain_of
from gdsim.gui.surface.trails import SurfaceStage
from tests.gui.windows import pixels_of

SETS = {
    "first neuron": PointSet([0.5, 2.5], [0.2, 0.9]),
    "two hills": PointSet([-3.0, 1.0, 3.0], [0.1, 0.9, 0.2]),
}
CAMERAS = [FRONT, Camera(), Camera(azimuth=35.0, elevation=15.0), Camera(azimuth=180.0, elevation=5.0)]


def surface_of(name):
    return sample_surface(SETS[name], ViewRange(-6.0, 6.0, -6.0, 6.0))


def clearance(terrain, place, eye):
    """Return by how much a line of sight clears the surface, in many small steps."""
    shares = np.linspace(0.0, 0.6, 1500)
    x, y, z = (one + shares * (other - one) for one, other in zip(place, eye, strict=True))
    inside = np.logical_and.accumulate((np.abs(x) <= 1.0) & (np.abs(y) <= 1.0))
    return (z - terrain.height_at(x, y))[inside].min()


@pytest.mark.parametrize("camera", CAMERAS)
@pytest.mark.parametrize("name", SETS)
def test_of_a_plane_is_seen_what_no_hill_hides(name, camera):
    surface = surface_of(name)
    terrain = terrain_of(surface)
    view = projection_of(camera, 500, 400, BoxMargins(20.0, 20.0, 20.0, 20.0))
    eye = view.eye.tolist()
    rng = np.random.default_rng(5)
    checked = 0
    for level in (0.25, 0.5, 0.8):
        (path,) = plane_paths(SurfaceStage(terrain, view, 1.0), np.array([level]))
        for x, y in rng.uniform(-0.97, 0.97, (40, 2)).tolist():
            room = clearance(terrain, (x, y, level), eye)
            if abs(room) < 0.05:  # at an edge
                continue
            pixel = QPointF(*view.project(np.array([x, y, level])).tolist())
            assert path.contains(pixel) == (room > 0.0), (x, y, level)
            checked += 1
    assert checked > 60


def test_the_lowest_height_in_sight_is_the_surface_itself_from_straight_above():
    terrain = terrain_of(surface_of("two hills"))
    x, y = np.random.default_rng(1).uniform(-1.0, 1.0, (2, 200))
    above = projection_of(TOP, 400, 400, BoxMargins(0.0, 0.0, 0.0, 0.0)).eye
    assert lowest_in_sight(terrain, x, y, above) == pytest.approx(terrain.height_at(x, y), abs=1e-3)


@pytest.fixture
def painter(qtbot):
    pane = SurfacePainter()
    qtbot.addWidget(pane)
    pane.resize(420, 360)
    pane.set_look(Look(LIGHT))
    pane.show_surface(surface_of("first neuron"))
    pane.front_view()
    return pane


def test_planes_come_and_go(painter):
    before = pixels_of(painter)
    painter.set_planes(shown=True)
    planes = pixels_of(painter)
    assert (planes != before).any(axis=-1).mean() > 0.1
    painter.set_look(Look(DARK))
    assert (pixels_of(painter) != planes).any()
    painter.set_look(Look(LIGHT))
    painter.set_planes(shown=False)
    assert (pixels_of(painter) == before).all()


def test_from_the_top_they_do_not_tint_the_map(painter):
    painter.top_view()
    before = pixels_of(painter)
    painter.set_planes(shown=True)
    assert (pixels_of(painter) == before).all()


def test_a_picture_for_export_has_them_too(painter):
    painter.set_planes(shown=True)
    twin = painter.twin()
    assert twin.planes
    assert twin.camera == FRONT


def test_the_plane_farthest_from_the_eye_comes_first():
    terrain = terrain_of(surface_of("first neuron"))
    view = projection_of(Camera(elevation=60.0), 400, 400, BoxMargins(0.0, 0.0, 0.0, 0.0))
    assert view.eye[2] > 1.0
    low, high = (plane_paths(SurfaceStage(terrain, view, 1.0), np.array([level]))[0] for level in (0.2, 0.9))
    both = plane_paths(SurfaceStage(terrain, view, 1.0), np.array([0.9, 0.2]))
    assert [path.boundingRect() for path in both] == [low.boundingRect(), high.boundingRect()]
