import numpy as np
import pytest

from gdsim.core.model.view_range import ViewRange
from gdsim.core.surface.heights import HeightScale
from gdsim.gui.surface.box_frame import frame_of
from gdsim.gui.surface.projection import HOME, TOP, BoxMargins, Camera, projection_of
from gdsim.gui.surface.terrain import Terrain
from tests.every import every

TERRAIN = Terrain(ViewRange(-6.0, 6.0, -14.0, 8.0), HeightScale(0.0, 0.7), np.zeros((3, 3)))
NAMES = ("w", "b", "L")


def seen(camera, size=(400, 560)):
    view = projection_of(camera, *size, BoxMargins(40.0, 20.0, 30.0, 40.0))
    return view, frame_of(TERRAIN, view, NAMES)


def test_every_axis_has_its_name_and_numbers_where_they_belong():
    _, frame = seen(HOME)
    w, b, loss = frame.axes
    assert [axis.name for axis in frame.axes] == ["w", "b", "L"]
    for tick in w.ticks:
        assert tick.place[0] == pytest.approx(float(tick.text.replace("−", "-")) / 6.0)
    for tick in b.ticks:
        assert tick.place[1] == pytest.approx((float(tick.text.replace("−", "-")) + 3.0) / 11.0)
    for tick in loss.ticks:
        assert tick.place[2] == pytest.approx(float(tick.text) / 0.7)
    assert all(len(axis.ticks) >= 3 for axis in frame.axes)


@every("size", [(170, 150), (200, 160), (250, 200)])
def test_an_axis_of_a_small_pane_has_more_than_one_number(size):
    _, frame = seen(HOME, size)
    assert all(len(axis.ticks) >= 2 for axis in frame.axes[:2])


@every("azimuth", range(-175, 180, 30))
def test_numbers_stand_outside_the_floor_and_walls_behind_it(azimuth):
    view, frame = seen(Camera(float(azimuth), 30.0))
    middle = view.project(np.array([0.0, 0.0, 0.0]))
    for axis in frame.axes[:2]:
        for tick in axis.ticks:
            place = view.project(np.array(tick.place))
            assert (place - middle) @ np.array(tick.outward) > 0.0
    eye = view.eye[:2]
    for start, end in frame.edges:
        if start[2] != end[2]:
            assert start[:2] @ eye < np.sqrt(2.0) * np.hypot(*eye) * 0.99, "no edge stands in front"


def test_from_the_top_the_axes_are_those_of_the_map():
    view, frame = seen(TOP)
    assert [axis.name for axis in frame.axes] == ["w", "b"]
    w, b = (view.project(np.array(axis.middle)) for axis in frame.axes)
    corners = view.project(np.array([[-1.0, -1.0, 0.0], [1.0, 1.0, 0.0]]))
    assert w[1] == pytest.approx(corners[0][1]), "w below"
    assert b[0] == pytest.approx(corners[0][0]), "b at the left"
