"""What all plots share."""

import pytest
from PySide6.QtWidgets import QApplication

from gdsim.gui.paint.plot import PlotAxis, are_apart, ends_around, make_plot, make_still_plot, paint_plot
from gdsim.gui.style.theme import DARK, LIGHT, Look
from tests.every import every
from tests.gui.windows import pixels_of


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-5.0, "−5"),
        (0.25, "0.25"),
        (1e8, "1·10⁸"),
        (-2.5e-9, "−2.5·10⁻⁹"),
        (1e-300, "1·10⁻³⁰⁰"),
        (1e200, "1·10²⁰⁰"),
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


@every("grid", [False, True])
def test_in_other_colours_an_axis_is_as_it_would_be_made_anew_without_looking_for_its_ticks(
    qtbot, monkeypatch, grid
):
    def painted(theme):
        plot = make_still_plot("w", "b")
        qtbot.addWidget(plot)
        plot.resize(300, 240)
        plot.getViewBox().setRange(xRange=(-3.0, 5.0), yRange=(0.0, 1.0), padding=0.0)
        paint_plot(plot, Look(theme), grid=grid)
        pixels_of(plot)  # from this axes learn how much room their numbers take
        return plot, pixels_of(plot)

    looked, values = [], PlotAxis.tickValues
    monkeypatch.setattr(PlotAxis, "tickValues", lambda *given: looked.append(1) or values(*given))
    plot, light = painted(LIGHT)
    for theme in (DARK, LIGHT, DARK):
        looked.clear()
        paint_plot(plot, Look(theme), grid=grid)
        found = pixels_of(plot)
        assert looked == []
        assert (found == painted(theme)[1]).all()
    assert (found != light).any()
    plot.getViewBox().setRange(xRange=(-30.0, 50.0), padding=0.0)
    assert (pixels_of(plot) != found).any()
    assert looked
