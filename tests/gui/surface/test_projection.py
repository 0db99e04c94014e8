import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.gui.surface.projection import FARTHEST, HOME, NEAREST, TOP, BoxMargins, Camera, projection_of

MARGINS = BoxMargins(40.0, 20.0, 30.0, 40.0)
CORNERS = np.array([[x, y, z] for x in (-1.0, 1.0) for y in (-1.0, 1.0) for z in (0.0, 1.0)])
cameras = st.builds(Camera, st.floats(-180.0, 180.0), st.floats(5.0, 90.0), st.just(1.0))
sizes = st.tuples(st.integers(220, 1600), st.integers(200, 1200))


@given(camera=cameras, size=sizes)
def test_the_whole_box_is_in_the_pane_from_everywhere(camera, size):
    pixels = projection_of(camera, *size, MARGINS).project(CORNERS)
    assert (pixels >= -1.0).all()
    assert (pixels <= np.array(size) + 1.0).all()


@pytest.mark.parametrize("size", [(320, 300), (400, 560), (1200, 900), (900, 400)])
@pytest.mark.parametrize("camera", [HOME, TOP])
def test_the_box_fills_the_pane(size, camera):
    pixels = projection_of(camera, *size, MARGINS).project(CORNERS)
    room = np.array([size[0] - 70.0, size[1] - 60.0])
    assert ((pixels.max(axis=0) - pixels.min(axis=0)) / room).max() > 0.9


def test_turning_does_not_move_or_resize_the_box():
    middles = [
        projection_of(Camera(azimuth), 400, 560, MARGINS).project(np.array([0.0, 0.0, 0.5]))
        for azimuth in (-60, 20, 140)
    ]
    assert np.ptp(middles, axis=0) == pytest.approx([0.0, 0.0], abs=0.5)


def test_from_the_top_w_goes_right_and_b_goes_up_as_on_a_map():
    view = projection_of(TOP, 400, 560, MARGINS)
    middle, w, b = view.project(np.array([[0.0, 0.0, 0.3], [0.5, 0.0, 0.3], [0.0, 0.5, 0.3]]))
    right = w[0] - middle[0]
    assert right > 50.0
    assert w - middle == pytest.approx([right, 0.0], abs=1e-6)
    assert b - middle == pytest.approx([0.0, -right], abs=1e-6)
    low, high = view.project(np.array([[0.9, 0.9, 0.0], [0.9, 0.9, 1.0]]))
    assert low == pytest.approx(high, abs=1.0), "a hill does not lean outward"


@given(camera=cameras, size=sizes)
def test_opengl_is_given_the_same_projection(camera, size):
    view = projection_of(camera, *size, MARGINS)
    clip = np.column_stack([CORNERS, np.ones(8)]) @ view.clip_matrix().T
    x, y, z = (clip[:, :3] / clip[:, 3:]).T
    pixels = np.column_stack([(x + 1.0) * size[0] / 2.0, (1.0 - y) * size[1] / 2.0])
    assert pixels == pytest.approx(view.project(CORNERS), abs=1e-3)
    assert (np.abs(z) < 1.0).all(), "everything lies between the near and the far plane"


def test_nearer_is_larger_about_the_middle_of_the_pane():
    far, near = projection_of(HOME, 400, 560, MARGINS), projection_of(HOME.zoom(2.0), 400, 560, MARGINS)
    size = [np.ptp(view.project(CORNERS), axis=0) for view in (far, near)]
    assert size[1] == pytest.approx(2.0 * size[0])


@given(turn=st.floats(-1e4, 1e4), lift=st.floats(-1e4, 1e4), factor=st.floats(1e-3, 1e3))
def test_one_cannot_get_lost(turn, lift, factor):
    camera = HOME.orbit(turn, lift).zoom(factor)
    assert -180.0 <= camera.azimuth <= 180.0
    assert 5.0 <= camera.elevation <= 90.0
    assert NEAREST <= camera.distance <= FARTHEST
