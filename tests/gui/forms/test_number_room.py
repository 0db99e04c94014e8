"""Numbers below each other: their points stand in one column."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtGui import QFont, QFontMetrics

from gdsim.core.formulas.numerals import last_place, number, read_number
from gdsim.gui.forms.number_fields import NumberRoom
from tests.every import every

ROOMS = (44, 52, 60, 75)


@pytest.fixture(scope="module")
def font(qapp):
    font = QFont()
    font.setPixelSize(12)
    return font


@pytest.mark.parametrize("room", ROOMS)
def test_usual_numbers_have_equally_many_decimals(font, room):
    numbers, width_of = NumberRoom(font), QFontMetrics(font).horizontalAdvance

    @given(st.lists(st.floats(0.1, 9.99).flatmap(lambda x: st.sampled_from([x, -x])), min_size=2, max_size=6))
    def check(values):
        texts = [numbers.text(value, room, even=True) for value in values]
        assert len({len(text.partition(".")[2]) for text in texts}) == 1
        assert all(width_of(text) <= room for text in texts)
        for text, value in zip(texts, values, strict=True):
            assert read_number(text) == pytest.approx(value, abs=0.51 * 10.0 ** -len(text.partition(".")[2]))

    check()


@pytest.mark.parametrize("room", ROOMS)
@given(value=st.floats(allow_nan=False, allow_infinity=False))
@example(value=-0.0033)  # of which the narrowest room has one digit
def test_any_number_fits_and_shows_its_digits(font, room, value):
    text = NumberRoom(font).text(value, room, even=True)
    assert QFontMetrics(font).horizontalAdvance(text) <= room
    if 1e-3 <= abs(value) < 1e3:
        assert read_number(text) == pytest.approx(value, rel=0.0, abs=0.51 * 10.0 ** last_place(text))
    if 1e-2 <= abs(value) < 1e3:
        assert read_number(text) == pytest.approx(value, rel=0.06)


@pytest.mark.parametrize("room", ROOMS)
@given(value=(st.floats(-9.5, 9.5) | st.floats(-1e-100, 1e-100)).filter(bool))
def test_in_a_column_no_number_is_cut_and_none_reads_as_another(font, room, value):
    text = NumberRoom(font).in_column(value, room, "−9")
    assert QFontMetrics(font).horizontalAdvance(text) <= room
    assert read_number(text) == pytest.approx(value, rel=0.0, abs=0.51 * 10.0 ** last_place(text))


@every("room", ROOMS)
def test_small_numbers_are_written_as_in_sentences_where_there_is_room(font, room):
    numbers, width_of = NumberRoom(font), QFontMetrics(font).horizontalAdvance
    for value in (0.000911, -0.000911, 1e-4, -0.00099999):
        text = numbers.text(value, room, even=True)
        if width_of(number(value)) + width_of("00") <= room:
            assert "e" not in text
            assert read_number(text) == pytest.approx(value, rel=0.006)
    assert "e" in numbers.text(0.00009, room, even=True)
