import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QFont, QFontMetricsF

from gdsim.core.formulas.nice_ticks import log_texts
from gdsim.gui.paint.value_axis import StepAxis, ValueAxis, log_ticks


@given(st.floats(-18.0, 3.0), st.floats(0.01, 20.0), st.integers(2, 20))
def test_ticks_are_inside_few_and_in_no_ones_way(low, decades, most):
    ticks = np.sort(log_ticks(low, low + decades, most))
    assert (ticks >= low - 1e-6).all()
    assert (ticks <= low + decades + 1e-6).all()
    assert len(ticks) <= most + 2
    assert len(set(log_texts(ticks.tolist()))) == len(ticks)


@pytest.mark.parametrize(
    ("low", "high", "most", "texts"),
    [
        (-6.0, 0.2, 4, ["10⁻⁶", "10⁻⁴", "10⁻²", "10⁰"]),
        (np.log10(0.068), np.log10(0.42), 6, ["0.1", "0.2", "0.3", "0.4"]),
        (-5.0, -1.0, 20, ["10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²", "10⁻¹"]),
        (-6.5, -4.8, 20, ["10⁻⁶", "10⁻⁵", "2·10⁻⁶", "5·10⁻⁷", "5·10⁻⁶"]),
        (3.0, 9.0, 4, ["10⁴", "10⁶", "10⁸"]),
        (np.log10(0.405), np.log10(0.4050001), 4, ["0.40500000", "0.40500005", "0.40500010"]),
        (np.log10(1.25e7), np.log10(1.250005e7), 4, ["1.25·10⁷", "1.250002·10⁷", "1.250004·10⁷"]),
        (np.log10(0.6085), np.log10(0.6105), 3, ["0.609", "0.610"]),
        (-2.0, 0.0, 8, ["0.01", "0.1", "1", "0.02", "0.2", "0.05", "0.5"]),
        (-332.0, -319.0, 3, ["10⁻³³⁰", "10⁻³²⁵", "10⁻³²⁰"]),
        (-5.6, -0.2, 2, ["0.0001", "0.01"]),
        (-3.7, -0.2, 2, ["0.001", "0.01", "0.1"]),
        (306.0, 309.5, 4, ["10³⁰⁶", "10³⁰⁷", "10³⁰⁸", "10³⁰⁹"]),
        (308.1, 308.9, 4, []),
    ],
)
def test_values_are_round_and_written_as_people_read_them(low, high, most, texts):
    assert log_texts(log_ticks(low, high, most).tolist()) == texts


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("pixels", [12, 18, 24])
def test_numbers_keep_apart_in_letters_of_any_size(pixels):
    font = QFont()
    font.setPixelSize(pixels)
    metrics = QFontMetricsF(font)
    for axis, highest, room_of in (
        (StepAxis(), 5000.0, metrics.horizontalAdvance),
        (ValueAxis(), 1.0, lambda _: metrics.ascent()),
    ):
        axis.setStyle(tickFont=font)
        for size in np.arange(200.0, 1400.0, 50.0):
            ((_, ticks),) = axis.tickValues(0.0, highest, size)
            widest = max(map(room_of, axis.tickStrings(ticks, 1.0, 1.0)))
            assert widest + pixels / 4 < np.diff(ticks).min() * size / highest, size
