import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.formulas.numerals import (
    NotANumber,
    as_programs_read,
    exact,
    joined_numbers,
    machine_readable,
    number,
    precise,
    read_number,
    rounded,
    scientific,
    told_apart,
    with_power,
    with_trailing_zeros,
    with_true_minuses,
)
from gdsim.core.language.texts import speaking
from gdsim.core.language.translations import read_language
from tests.every import every


@every(
    ("values", "texts"),
    [
        ([0.11990001, 0.11989], ["0.1199", "0.11989"]),
        ([0.11990001, 0.11989, math.inf, math.nan], ["0.1199", "0.11989", "∞", "NaN"]),
        ([0.5, 0.25], ["0.5", "0.25"]),
        ([0.3, 0.3], ["0.3", "0.3"]),
        ([1.0, 1.0 + 1e-14], ["1", "1"]),
        ([math.nan, math.inf, 2.0], ["NaN", "∞", "2"]),
    ],
)
def test_numbers_that_differ_are_told_apart(values, texts):
    assert told_apart(values) == texts


def test_numbers_side_by_side_have_no_comma_between_them_where_it_is_their_decimal_sign():
    assert joined_numbers(map(number, (1.5, -2.0))) == "1.5, −2"
    with speaking(read_language("de")):
        assert joined_numbers(map(number, (1.5, -2.0))) == "1,5; −2"


@every(
    ("text", "number"),
    [
        ("1", 1),
        (" 0.25 ", 0.25),
        ("0,25", 0.25),
        ("-3", -3),
        ("\u22123.5", -3.5),
        ("+2", 2),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e-8", 1e-8),
        ("\u22121.5e\u22128", -1.5e-8),
        ("1,5E3", 1500.0),
        ("1e3", 1000.0),
        ("0,125", 0.125),
        ("1234,567", 1234.567),
        ("9007199254740993", 9007199254740993),
    ],
)
def test_what_people_write_is_read(text, number):
    value = read_number(text)
    assert value == number
    assert type(value) is type(number)


@every(
    "text",
    [
        "",
        " ",
        ".",
        ",",
        "-",
        "e5",
        "1e",
        "abc",
        "1 2",
        "1_000",
        "nan",
        "inf",
        "0x10",
        "1.2.3",
        "1,2,3",
        "٣",
        "1.5e2.5",
    ],
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(NotANumber, match="must be a number, not"):
        read_number(text)


@every(
    ("text", "value"),
    [
        ("\u200e1.5", 1.5),
        ("\u200f−2\u200f", -2),
        ("\u202b7\u202c", 7),
        ("1\u00a0000", 1000),
        ("1\u202f234\u202f567,5", 1234567.5),
        ("-12\u2009345e-1", -1234.5),
    ],
)
def test_what_other_programs_put_around_and_into_numbers_is_read(text, value):
    assert read_number(text) == value


@every("text", ["1 000", "1\u00a000", "1\u00a0000\u00a00", "\u200e", "1\u00a0e5"])
def test_a_blank_elsewhere_parts_no_thousands(text):
    with pytest.raises(NotANumber, match="must be a number, not"):
        read_number(text)


@every("text", ["1,000", "-12,345", "999,999"])
def test_a_comma_that_may_part_thousands_is_refused(text):
    with pytest.raises(NotANumber, match="without the comma"):
        read_number(text)
    assert read_number(text, comma_is_decimal=True) == float(text.replace(",", "."))


def test_a_long_text_is_quoted_in_short():
    with pytest.raises(NotANumber) as caught:
        read_number("x" * 1000)
    assert len(str(caught.value)) < 60


@given(st.text())
def test_any_text_is_a_number_or_refused(text):
    try:
        outcome = read_number(text)
    except NotANumber as refused:
        outcome = str(refused)
    assert isinstance(outcome, (int, float)) or outcome.isprintable()


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_precise_text_reads_back_as_the_same_number(value):
    assert read_number(precise(value)) == value


@every(
    ("value", "text"),
    [
        (1.0, "1"),
        (0.1, "0.1"),
        (1e-8, "1e−8"),
        (-0.25, "−0.25"),
        (1e22, "1e22"),
        (100, "100"),
        (1e7, "10000000"),
    ],
)
def test_precise_text_is_short(value, text):
    assert precise(value) == text


def test_in_a_sentence_it_has_a_power_of_ten():
    assert [exact(value) for value in (-0.1, 1e-8, 1.2345678901234e22)] == [
        "−0.1",
        "1·10⁻⁸",
        "1.2345678901234·10²²",
    ]


@every(("value", "text"), [(1 / 3, "0.333333"), (2.0, "2"), (1.23456789e-7, "1.23457e−7")])
def test_rounded_text_has_six_digits_at_most(value, text):
    assert rounded(value) == text


@every(
    ("value", "digits", "text"),
    [
        (0.0, 6, "0"),
        (0.5, 6, "0.500000"),
        (-2.5, 4, "−2.500"),
        (123456.7, 6, "123457"),
        (1e-5, 3, "1.00e−5"),
        (1e9, 2, "1.0e9"),
        (5.0, 1, "5"),
        (0.07, 1, "0.07"),
        (1e30, 1, "1e30"),
    ],
)
def test_steady_text_keeps_its_zeros(value, digits, text):
    assert with_trailing_zeros(value, digits) == text


@every(
    ("value", "digits", "text"),
    [
        (1.5414e-6, 4, "1.541e−6"),
        (1e6, 4, "1e6"),
        (-0.00592, 6, "−5.92e−3"),
        (0.5, 1, "5e−1"),
        (1e10, 1, "1e10"),
    ],
)
def test_an_exponent_is_written_without_padding(value, digits, text):
    assert scientific(value, digits) == text


@every(
    ("text", "shown"),
    [
        ("1.048e−5", "1.048·10⁻⁵"),
        ("−1e12", "−1·10¹²"),
        ("0.5", "0.5"),
        ("1 / (1 + e^(−fᵢ))", "1 / (1 + e^(−fᵢ))"),
        ("0.9·(−2e−7) + 1e−8", "0.9·(−2·10⁻⁷) + 1·10⁻⁸"),
    ],
)
def test_an_exponent_is_written_as_a_power_of_ten(text, shown):
    assert with_power(text) == shown


@given(st.floats(min_value=1e-290, max_value=1e300), st.integers(2, 6))
def test_steady_text_is_close_to_the_number(value, digits):
    assert math.isclose(read_number(with_trailing_zeros(value, digits)), value, rel_tol=10.0 ** (1 - digits))


@every(
    ("value", "digits", "text"),
    [
        (999.4, 3, "999"),
        (999.6, 3, "1,000"),
        (-999.97, 4, "−1000"),
        (9999.6, 4, "10,000"),
        (99.96, 2, "100"),
        (999_999_999.7, 3, "1·10⁹"),
        (0.000099996, 3, "0.0001"),
        (1.7976931348623157e308, 3, "1.8·10³⁰⁸"),
    ],
)
def test_a_number_that_is_rounded_up_to_a_power_of_ten_is_written_as_that_one(value, digits, text):
    assert number(value, digits) == text


@every(("value", "text"), [(math.inf, "∞"), (-math.inf, "−∞"), (math.nan, "NaN")])
def test_what_is_no_finite_number_is_written_alike_everywhere(value, text):
    for made in (
        precise(value),
        rounded(value, 3),
        scientific(value),
        with_trailing_zeros(value, 4),
        number(value),
    ):
        assert made == text
    assert repr(float(as_programs_read(text))) == repr(value)
    assert with_trailing_zeros(value, 4, ascii_only=True) == repr(value)


def test_a_zero_has_no_sign():
    texts = [write(-0.0) for write in (precise, rounded, scientific, with_trailing_zeros, number, exact)]
    assert texts == ["0", "0", "0e0", "0", "0", "0"]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_is_shown_has_no_hyphen_and_what_is_for_machines_is_ascii(value):
    for text in (precise(value), rounded(value), scientific(value), with_trailing_zeros(value)):
        assert "-" not in text
    assert read_number(precise(value)) == value
    assert machine_readable(value).isascii()
    assert float(machine_readable(value)) == value


@every(
    ("sentence", "shown"),
    [
        ("must be a positive number, not -1", "must be a positive number, not −1"),
        ("from -1e100 to 1e-5", "from −1e100 to 1e−5"),
        ('not "-.5"', 'not "−.5"'),
        ("mini-batch of 2-3, run-2.json, (w)-1 and 2e-x", "mini-batch of 2-3, run-2.json, (w)-1 and 2e-x"),
    ],
)
def test_only_the_hyphens_of_numbers_become_minus_signs(sentence, shown):
    assert with_true_minuses(sentence) == shown
