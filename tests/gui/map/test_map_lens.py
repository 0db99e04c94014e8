"""The curvature at the run, drawn on the map."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from gdsim.core.analysis.curvature.curvature import curvature_at, half_axes
from gdsim.core.model.point_loss import point_loss
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES
from gdsim.gui.arrows.stability import stability_of
from gdsim.gui.map.map_lens import MapLens, room_beside
from gdsim.gui.paint.still_plot import PlotMapping
from gdsim.gui.style.theme import LIGHT, Look
from tests.core.records import one_run
from tests.gui.frames import frame_at, scene
from tests.gui.windows import pixels_of, rgb_of

VALLEY = PointSet([1.3, 2.4], [0.15, 0.9])
SOLUTION = np.array([3.574386938840297, -6.381304075880492])
# Ten pixels to a unit, with the solution at (200, 200).
PLACE = PlotMapping(
    (10.0, -10.0),
    (200.0 - 10.0 * SOLUTION[0], 200.0 + 10.0 * SOLUTION[1]),
    QRectF(0.0, 0.0, 400.0, 400.0),
    400,
    400,
)


def painted(frame, *, on=True, ui_scale=1.0, taken=()):
    lens, image = MapLens(), QImage(400, 400, QImage.Format.Format_ARGB32)
    lens.set_look(Look(LIGHT, ui_scale=ui_scale))
    lens.on = on
    lens.show(stability_of(frame) if frame else None)
    image.fill(QColor("#808080"))
    painter = QPainter(image)
    lens.paint(painter, PLACE)
    lens.paint_numbers(painter, PLACE, taken)
    painter.end()
    return pixels_of(image)


def near(pixels, colour, reach=60):
    return np.abs(pixels - rgb_of(colour)).sum(axis=2) < reach


def at_solution(eta=1.0):
    run = Run(RULES["gd"](eta=eta), start=(SOLUTION[0] + 1e-4, SOLUTION[1]), epochs=3)
    return frame_at(one_run(run, VALLEY), 0)


def test_half_axes_are_as_long_as_one_over_the_root_of_the_curvature():
    plane = curvature_at(point_loss(VALLEY), SOLUTION)
    values, vectors = plane.axes
    half = half_axes(plane, PLACE.scale)
    lengths = np.hypot(*half.T)
    assert lengths[1] / lengths[0] == pytest.approx(np.sqrt(values[0] / values[1]))
    for axis, vector in zip(half, vectors.T, strict=True):
        way = axis / np.hypot(*axis)
        assert abs(float(way @ (vector * [1.0, -1.0]))) == pytest.approx(1.0)


def test_a_level_place_has_no_ellipse():
    assert half_axes(curvature_at(point_loss(VALLEY), np.array([0.0, 900.0])), PLACE.scale) is None


def test_on_a_projector_the_curvatures_are_written_larger(qapp):
    usual, larger = (near(painted(at_solution(), ui_scale=scale), LIGHT.text).sum() for scale in (1.0, 2.0))
    assert larger > 2 * usual > 0


def test_the_curvatures_are_written_beside_what_is_taken(qapp):
    usual = near(painted(at_solution()), LIGHT.text)
    rows, columns = np.nonzero(usual)
    lower = rows > (rows.min() + rows.max()) / 2  # of the two numbers
    left, top = int(columns[lower].min()), int(rows[lower].min())
    size = int(columns[lower].max()) - left + 1, int(rows[lower].max()) - top + 1
    away = near(painted(at_solution(), taken=[QRectF(left, top, *size)]), LIGHT.text)
    assert not away[top : top + size[1], left : left + size[0]].any()
    assert away.sum() == pytest.approx(usual.sum(), rel=0.1)


def test_a_number_goes_to_the_nearer_side_whatever_rounding_makes_of_it():
    area, rng = QRectF(0.0, 0.0, 400.0, 400.0), np.random.default_rng(0)
    for _ in range(2000):
        room = QRectF(*rng.uniform(100.0, 250.0, 2), 40.3, 14.0)
        taken = QRectF(room.left(), room.top() + rng.uniform(-10.0, 10.0), 40.0, 19.7)
        found = room_beside(room, area, [taken])
        assert not found.intersects(taken)
        nearest = min(taken.bottom() - room.top(), room.bottom() - taken.top())
        assert abs(found.top() - room.top()) == pytest.approx(nearest, abs=1.5)


def test_the_ellipse_is_painted_through_the_ends_of_its_axes(qapp):
    pixels, half = painted(at_solution()), half_axes(curvature_at(point_loss(VALLEY), SOLUTION), PLACE.scale)
    coloured = near(pixels, LIGHT.settled)
    for axis in half:
        for sign in (-1.0, 1.0):
            across, down = np.round(200.0 + sign * axis).astype(int)
            assert coloured[down - 2 : down + 3, across - 2 : across + 3].any()


def test_its_colour_tells_of_the_limit(qapp):
    assert near(painted(at_solution(22.0)), LIGHT.fault).sum() > 100
    assert near(painted(at_solution(1.0)), LIGHT.fault).sum() == 0


def painted_share(pixels, center, half):
    """Return which share of an ellipse is in its colour."""
    turn = np.linspace(0.0, 2.0 * np.pi, 400, endpoint=False)
    places = center + np.outer(np.cos(turn), half[0]) + np.outer(np.sin(turn), half[1])
    across, down = np.round(places).astype(int).T
    inside = (across >= 0) & (across < 400) & (down >= 0) & (down < 400)
    return near(pixels, LIGHT.settled, 90)[down[inside], across[inside]].mean()


def test_where_the_loss_curves_down_it_is_dashed(qapp):
    shares = []
    for way in (np.zeros(2), np.array([-6.0, 9.0])):
        run = Run(RULES["gd"](eta=1.0), start=tuple(SOLUTION + way), epochs=3)
        frame = frame_at(one_run(run, VALLEY), 0)
        plane = stability_of(frame).curvature
        half = half_axes(plane, PLACE.scale)
        shares.append(painted_share(painted(frame), PLACE.pixels(plane.place), half))
    assert plane.axes[0][0] < 0.0
    assert shares[0] > 0.8
    assert 0.2 < shares[1] < 0.75


def test_off_it_paints_nothing(qapp):
    assert (painted(at_solution(), on=False) == 128).all()
    assert (painted(None) == 128).all()


def test_of_four_inputs_the_plane_that_is_drawn_is_shown(qapp):
    frame = frame_at(scene("four-inputs"), 3)
    found = stability_of(frame).curvature
    assert found.hessian.shape == (5, 5)
    assert found.in_plane().hessian.tolist() == found.hessian[np.ix_([0, 4], [0, 4])].tolist()
    painted(frame)
