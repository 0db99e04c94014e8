"""What all plots share."""

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication

from gdsim.gui.paint.plot import (
    PlotAxis,
    are_apart,
    ends_around,
    make_plot,
    make_still_plot,
    name_axis,
    paint_plot,
)
from gdsim.gui.style.theme import DARK, LIGHT, Look
from tests.every import WHOLE, every
from tests.gui.painted import painted_texts
from tests.gui.windows import pixels_of


def numbers_at(qtbot, side, low, high, length, before=()):
    """Return the numbers that are painted at an axis which is about so long, from its beginning.

    It may have shown other numbers ``before``, from one to another.
    """
    plot = make_plot("", "")
    qtbot.addWidget(plot)
    paint_plot(plot, Look(LIGHT), grid=False)
    other = {"left": "bottom", "bottom": "left"}[side]
    plot.getAxis(other).setStyle(showValues=False)
    plot.resize(*((length, 200) if side == "bottom" else (300, length)))
    plot.show()
    for ends in (*before, (low, high)):
        plot.getViewBox().setRange(**{{"left": "yRange", "bottom": "xRange"}[side]: ends}, padding=0.0)
        for _ in range(2):  # from the first an axis learns how much room its numbers take
            pixels_of(plot)
    along = QRectF.left if side == "bottom" else QRectF.bottom
    found = painted_texts(plot)
    plot.hide()  # of many that are shown, each would be painted again with every new one
    return sorted(found, key=lambda one: abs(along(one.ink) - (length if side == "left" else 0)))


@every(
    ("low", "high", "side", "length", "texts"),
    [
        (-6.0, 6.0, "left", 200, ["−5", "0", "5"]),
        (-6.0, 6.0, "bottom", 300, ["−5", "0", "5"]),  # not all to each of which a letter is too near
        (-0.1, 1.1, "left", 200, ["0.0", "0.5", "1.0"]),
        (0.0, 2.0, "bottom", 200, ["0.5", "1.0", "1.5"]),  # where there is room for half steps
        (0.0, 0.003, "left", 200, ["0.0005", "0.0010", "0.0015", "0.0020", "0.0025"]),
        (0.0, 0.003, "left", 120, ["0.001", "0.002"]),  # and where there is not
        (-1.2e8, 1.2e8, "bottom", 300, ["−10·10⁷", "−5·10⁷", "0", "5·10⁷", "10·10⁷"]),
        (-1.1e-9, 1.1e-9, "left", 120, ["−5·10⁻¹⁰", "0", "5·10⁻¹⁰"]),
        (0.0, 1.1e-300, "bottom", 200, ["2·10⁻³⁰¹", "6·10⁻³⁰¹"]),
        (0.0, 1.1e200, "left", 200, [f"{n}·10¹⁹⁹" for n in (2, 4, 6, 8, 10)]),
    ],
)
def test_the_numbers_of_an_axis_are_written_in_one_way(qtbot, low, high, side, length, texts):
    assert [one.text for one in numbers_at(qtbot, side, low, high, length)] == texts


def test_the_numbers_of_an_axis_are_those_of_a_new_one_whatever_it_has_shown(qtbot):
    before = [(-14.0, 14.0), (-60.0, 60.0), (-0.1, 1.1)]
    assert [one.text for one in numbers_at(qtbot, "bottom", -6.0, 6.0, 300, before)] == ["−5", "0", "5"]


@every("width", range(6))
def test_the_numbers_of_an_axis_have_as_many_decimals_each_and_a_letter_between_them(qtbot, width):
    rng = np.random.default_rng(width)
    for length in 90 + 60 * width + rng.integers(0, 60, 12 if WHOLE else 3):
        low, span = rng.uniform(-3.0, 1.0), 10.0 ** rng.uniform(-2.0, 2.0)
        for side in ("left", "bottom"):
            found = numbers_at(qtbot, side, low, low + span, int(length))
            told = [one.text for one in found]
            assert len({len(text.partition(".")[2]) for text in told}) <= 1, (side, told)
            if side == "bottom":
                letter = QFontMetricsF(QApplication.font()).horizontalAdvance("0")
                for one, after in pairwise(found):
                    assert after.ink.left() - one.ink.right() >= letter - 1.0, (told, length)


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


@every("side", ["bottom", "left"])
def test_another_name_of_an_axis_stands_in_its_middle_too(qtbot, side):
    plot = make_plot("x", "y")
    qtbot.addWidget(plot)
    plot.resize(300, 300)
    plot.show()
    pixels_of(plot)
    name_axis(plot, side, "w·x + b")
    axis = plot.getAxis(side)
    label, whole = axis.mapRectFromItem(axis.label, axis.label.boundingRect()).center(), axis.size()
    if side == "bottom":
        assert label.x() == pytest.approx(whole.width() / 2, abs=1.0)
    else:
        assert label.y() == pytest.approx(whole.height() / 2, abs=1.0)


@pytest.mark.usefixtures("qapp")
def test_a_change_of_range_does_not_lay_out_the_label_of_an_axis():
    axis, changes = PlotAxis("left"), []
    axis.setLabel("loss")
    axis.label.document().contentsChanged.connect(lambda: changes.append(axis.labelText))
    axis.setRange(0.0, 5e9)
    assert changes == []


def test_the_first_picture_leaves_the_room_that_numbers_of_another_size_need(qtbot):
    plot = make_still_plot("w", "b")
    qtbot.addWidget(plot)
    plot.resize(300, 200)
    plot.show()
    for scale in (1.0, 1.5, 1.0):
        paint_plot(plot, Look(LIGHT, ui_scale=scale), grid=False)
        first = pixels_of(plot)
        QApplication.processEvents()
        assert np.array_equal(first, pixels_of(plot)), scale
