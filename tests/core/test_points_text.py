import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gdsim.core.points import PointsError, PointSet
from gdsim.core.points_text import parse_rows, rows_text

TWO = PointSet([1.3, 2.4], [0.15, 0.9])


@pytest.mark.parametrize(
    "text",
    [
        "1.3\t0.15\n2.4\t0.9",
        "1.3\t0.15\n2.4\t0.9\n",
        "1.3\t0.15\r\n2.4\t0.9\r\n",
        "1.3\t0.15\r2.4\t0.9\r",
        "1,3\t0,15\n2,4\t0,9\n",
        "1.3;0.15\n2.4;0.9\n",
        "1,3;0,15\n2,4;0,9\n",
        "1.3, 0.15\n2.4, 0.9\n",
        "1.3,0.15\n2.4,0.9\n",
        "1.3 0.15\n 2.4   0.9\n",
        "x\ty\n1.3\t0.15\n2.4\t0.9\n",
        "Eingabe;Ziel\n1,3;0,15\n2,4;0,9\n",
        "\n1.3\t0.15\n\n\t\n2.4\t0.9\n\n",
        '"1.3"\t"0.15"\n"2.4"\t"0.9"\n',
        "\ufeff1.3\t0.15\n2.4\t0.9",
        "1.3\t0.15\t\n2.4\t0.9\t\n",
        "1.3\xa0\t0.15\n2.4\t0.9",
    ],
)
def test_rows_of_a_spreadsheet_are_read(text):
    assert parse_rows(text, 1) == TWO


def test_points_of_more_inputs_are_read():
    assert parse_rows("x1\tx2\ty\n1\t2\t0,5\n3\t4\t1\n", 2) == PointSet([[1, 2], [3, 4]], [0.5, 1.0])


def test_a_comma_is_decimal_where_another_one_must_be():
    assert parse_rows("1,000\t0,5\n2,000\t1,25", 1) == PointSet([1.0, 2.0], [0.5, 1.25])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "There are no numbers in the pasted text."),
        ("  \n\t\n", "There are no numbers in the pasted text."),
        ("x\ty\n", "There are no numbers in the pasted text."),
        ("1\t2\n3\tabc", 'Line 2, column 2 must be a number, not "abc".'),
        ("x\ty\n1\t2\nfoo\t4", 'Line 3, column 1 must be a number, not "foo".'),
        ("1\t2\n3\t", "Line 2, column 2 is empty."),
        ("1\t2\t3", "Line 1 has 3 columns, but a point has 2: x and y."),
        ("1", "Line 1 has 1 column, but a point has 2: x and y."),
        ("1,5", "Line 1, column 1: the comma is not clear. Part the columns with a tab or a semicolon."),
        (
            "1,000\t2,000",
            'Line 1, column 1 must be written with a point or without the comma, not as "1,000".',
        ),
        ("1,000\t0.5", 'Line 1, column 1 must be written with a point or without the comma, not as "1,000".'),
        ("1e400\t1", "Line 1, column 1 must be a number from -1e100 to 1e100, not inf."),
        ("1e101\t1", "Line 1, column 1 must be a number from -1e100 to 1e100, not 1e+101."),
        ("nan\t1", 'Line 1, column 1 must be a number, not "nan".'),
        ("1_0\t1", 'Line 1, column 1 must be a number, not "1_0".'),
    ],
)
def test_a_fault_is_named_with_its_place(text, sentence):
    with pytest.raises(PointsError) as caught:
        parse_rows(text, 1)
    assert str(caught.value) == sentence


def test_the_names_of_many_columns_are_said():
    with pytest.raises(PointsError, match="has 2 columns, but a point has 4: x1 to x3 and y"):
        parse_rows("1\t2", 3)


NUMBERS = st.floats(min_value=-1e100, max_value=1e100)


@given(st.data(), st.integers(1, 4), st.integers(1, 20))
def test_copied_rows_are_read_back_exactly(data, dimension, n):
    x = data.draw(hnp.arrays(np.float64, (n, dimension), elements=NUMBERS))
    y = data.draw(hnp.arrays(np.float64, n, elements=NUMBERS))
    points = PointSet(x, y)
    assert parse_rows(rows_text(points), dimension) == points
    semicolons = rows_text(points).replace("\t", ";").replace(".", ",")
    outcome = _outcome(semicolons, dimension)
    assert outcome == points or "without the comma" in str(outcome)  # every comma may part thousands


def _outcome(text, dimension):
    """What a text is read as: points, or a sentence."""
    try:
        return parse_rows(text, dimension)
    except PointsError as fault:
        return str(fault)


@given(st.text(st.sampled_from('0123456789.,;-+eE \t\n\r"x\xa0\ufeff')), st.integers(1, 3))
def test_any_text_is_points_or_a_sentence(text, dimension):
    outcome = _outcome(text, dimension)
    if isinstance(outcome, PointSet):
        assert outcome.dimension == dimension
        assert len(outcome) > 0
    else:
        assert outcome.isprintable()
        assert outcome.endswith(".")


@given(st.text(), st.integers(1, 3))
def test_any_unicode_is_points_or_a_sentence(text, dimension):
    outcome = _outcome(text, dimension)
    assert isinstance(outcome, PointSet) or outcome.isprintable()


def test_a_million_rows_are_read_in_a_moment():
    rng = np.random.default_rng(0)
    points = PointSet(rng.normal(size=100_000), rng.random(100_000))
    assert parse_rows(rows_text(points), 1) == points
