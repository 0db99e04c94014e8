"""The scales and axes of small charts."""

import math

import numpy as np
import pytest
from PySide6.QtCore import QRectF

from gdsim.gui.exercises.loss_chart import LossChart
from gdsim.gui.paint.small_chart import ChartAxes, ChartScale
from gdsim.gui.style.theme import LIGHT, RunStyle
from tests.gui.painted import colliding_texts, cut_texts, painted_texts
from tests.gui.windows import in_window

AXES = ChartAxes(QRectF(10.0, 20.0, 100.0, 50.0), ChartScale(0.0, 4.0), ChartScale(1e-3, 1e3, log=True))


def test_places_are_between_the_ends_of_their_scales():
    corner, middle, far_corner = AXES.point(0.0, 1e-3), AXES.point(2.0, 1.0), AXES.point(4.0, 1e3)
    assert corner.toTuple() == (10.0, 70.0)
    assert middle.toTuple() == (60.0, 45.0)
    assert far_corner.toTuple() == (110.0, 20.0)
    line = AXES.line(np.array([0.0, 2.0, 4.0]), np.array([1e-3, 1.0, 1e3]))
    assert [line.at(k).toTuple() for k in range(3)] == [one.toTuple() for one in (corner, middle, far_corner)]


def test_what_is_beyond_all_pixels_or_no_number_is_drawn_where_qt_can():
    axes = ChartAxes(AXES.place, AXES.x, ChartScale(0.0, 1e-300))
    values = np.array([1e300, -1e300, np.inf, -np.inf, np.nan])
    line = axes.line(np.ones(5), values)
    for k, value in enumerate(values.tolist()):
        for place in (axes.point(1.0, value), line.at(k)):
            assert math.isfinite(place.y())
            assert abs(place.y()) <= 1e5
            assert place.x() == 35.0
        assert math.isnan(value) or (axes.point(1.0, value).y() < 0.0) == (value > 0.0)


def test_a_line_through_no_place_has_no_points():
    assert AXES.line(np.empty(0), np.empty(0)).isEmpty()


@pytest.mark.parametrize("width", [250, 400, 700])
def test_the_key_of_a_chart_has_as_many_rows_as_its_names_need(qtbot, width):
    """German names are longer: two of them are wider than the chart beside the lines of a rule."""
    chart = in_window(qtbot, LossChart(), width=width)
    names = ("Der Lauf mit diesen Zeilen", "Der Lauf mit den richtigen Zeilen")
    chart.show_curves(*((name, np.array([1.0, 0.5, 0.1]), RunStyle(LIGHT.accent, (), "o")) for name in names))
    texts = painted_texts(chart.window())
    assert {one.text for one in texts} >= set(names)
    assert cut_texts(texts) == []
    assert colliding_texts(texts) == []
