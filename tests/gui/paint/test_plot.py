"""What all plots share."""

import pytest
from PySide6.QtWidgets import QApplication

from gdsim.gui.paint.plot import make_plot, make_still_plot


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


@pytest.mark.parametrize("make", [make_plot, make_still_plot])
def test_a_plot_brings_no_menus(qtbot, make):
    before = len(QApplication.allWidgets())
    plot = make("x", "y")
    qtbot.addWidget(plot)
    assert len(QApplication.allWidgets()) - before < 10
