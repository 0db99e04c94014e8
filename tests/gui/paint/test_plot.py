"""What all plots share."""

import pytest
from PySide6.QtWidgets import QApplication

from gdsim.gui.paint.plot import are_apart, ends_around, make_plot, make_still_plot
from tests.every import every


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-5.0, "−5"),
        (0.25, "0.25"),
        (1e8, "1e8"),
        (-2.5e-9, "−2.5e−9"),
        (1e-300, "1e−300"),
        (1e200, "1e200"),
    ],
)
def test_numbers_are_written_as_everywhere_else(qtbot, value, text):
    plot = make_plot("x", "y")
    qtbot.addWidget(plot)
    for side in ("left", "bottom"):
        assert plot.getAxis(side).tickStrings([value], 1.0, abs(value) / 4 or 1.0) == [text]


@every(
    ("low", "high"), [(-1e100, -1e100), (1e300, 1e300), (0.0, 0.0), (0.0, 1e-320), (-3.0, 5.0), (1e-9, 2e-9)]
)
def test_an_axis_around_what_is_nearly_one_number_has_finitely_many_pixels_to_a_unit(qtbot, low, high):
    plot = make_plot("x", "y")
    qtbot.addWidget(plot)
    box = plot.getViewBox()
    ends = ends_around(low, high)
    box.setYRange(*ends, padding=0.2)
    assert ends[0] <= low <= high <= ends[1]
    assert (low, high) == ends or not are_apart(low, high)
    _, (bottom, top) = box.viewRange()
    assert bottom < low <= high < top
    assert 0.0 < 1.0 / box.viewPixelSize()[1] < 1e300


@pytest.mark.parametrize("make", [make_plot, make_still_plot])
def test_a_plot_brings_no_menus(qtbot, make):
    before = len(QApplication.allWidgets())
    plot = make("x", "y")
    qtbot.addWidget(plot)
    assert len(QApplication.allWidgets()) - before < 10


@pytest.mark.parametrize("make", [make_plot, make_still_plot])
def test_a_plot_takes_no_part_in_drags(qtbot, make):
    plot = make("x", "y")
    qtbot.addWidget(plot)
    assert not plot.acceptDrops()
    assert not plot.viewport().acceptDrops()
