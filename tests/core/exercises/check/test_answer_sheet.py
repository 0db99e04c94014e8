"""The sheet that own values are written on."""

import math

import numpy as np
import pytest

from gdsim.core.exercises.check.answer_sheet import AnswerSheet, Submission, Written, read_written
from gdsim.core.settings import InvalidValue
from tests.every import every
from tests.work import calls_of

EMPTY = AnswerSheet(("w", "b"))


def line(*texts):
    return tuple(None if text is None else read_written(str(text)) for text in texts)


def sheet(*lines):
    return AnswerSheet(("w", "b"), tuple(line(*one) for one in lines))


def number(text):
    return read_written(str(text))


TWO = sheet((0, -2, -2), (1, "-1.99", "-1.980"))


def test_a_value_below_the_last_row_begins_the_next_step():
    one = EMPTY.with_cell(0, 1, number(-2))
    assert one == sheet((0, -2, None))
    assert one.unfinished == (0,)
    more = one.with_cell(0, 2, number(0)).with_cell(1, 1, number("-1.9"))
    assert more == sheet((0, -2, 0), (1, "-1.9", None))
    assert EMPTY.with_cell(0, 0, number(7)).with_cell(1, 2, number(1)) == sheet((7, None, None), (8, None, 1))


def test_an_unfinished_row_is_not_part_of_the_submission():
    submission = TWO.with_cell(2, 1, number(5)).submission()
    assert submission.steps.tolist() == [0, 1]
    assert submission.p.tolist() == [[-2.0, -2.0], [-1.99, -1.98]]
    with pytest.raises(ValueError, match="at least one step"):
        EMPTY.with_cell(0, 1, number(1)).submission()


def test_the_decimals_are_those_written():
    assert TWO.submission().precision.tolist() == [[0.005, 0.0005]] * 2
    assert [cell.text for cell in TWO.lines[1]] == ["1", "-1.99", "-1.980"]
    of_four_digits = sheet((0, "9.998", "9.998e3"), (1, "10.05", "1.005e4"))
    assert of_four_digits.submission().precision == pytest.approx(np.array([[0.0005, 0.5], [0.005, 5.0]]))


@every(
    ("text", "value", "decimals", "shown"),
    [
        ("-1.9000", -1.9, 4, "-1.9000"),
        ("0,50", 0.5, 2, "0.50"),
        ("12", 12.0, 0, "12"),
        ("3.", 3.0, 0, "3"),
        ("1.50e-7", 1.5e-7, 9, "1.5e-7"),
        ("2.5E3", 2500.0, -2, "2500"),
        ("\u22120.1", -0.1, 1, "-0.1"),
        (repr(1 / 3), 1 / 3, 16, "0.3333333333333333"),
    ],
)
def test_numbers_are_read_as_written(text, value, decimals, shown):
    assert read_written(text) == (value, decimals)
    assert read_written(text).text == shown
    assert Written(math.nan).text == "nan"


def test_values_whose_decimals_are_known_are_not_written_out_again():
    steps, p = np.arange(1000), np.linspace(-1.0, 1.0, 2000).reshape(-1, 2)
    assert calls_of(Submission.of, steps, p, np.full(p.shape, 4)) < len(steps)


def test_rows_may_stand_in_any_order():
    mixed = sheet((3, 1, 2)).with_cell(1, 0, number(1)).with_cell(1, 1, number(8)).with_cell(1, 2, number(9))
    assert mixed == sheet((3, 1, 2), (1, 8, 9))
    assert mixed.submission().steps.tolist() == [1, 3]
    assert mixed.submission().p.tolist() == [[8.0, 9.0], [1.0, 2.0]]
    assert mixed.row_of(1) == 1
    assert mixed.row_of(2) is None


@every(
    ("row", "value", "words"),
    [
        (1, 0, "step 0 is already in the table"),
        (2, 1, "step 1 is already in the table"),
        (0, "1.5", "a whole number from 0"),
        (0, -1, "a whole number from 0"),
    ],
)
def test_a_step_that_cannot_be_is_refused(row, value, words):
    with pytest.raises(InvalidValue, match=words):
        TWO.with_cell(row, 0, number(value))


def test_a_step_may_be_typed_again_in_its_own_row():
    assert TWO.with_cell(1, 0, number(1)) == TWO


def test_a_row_whose_values_are_taken_away_is_gone():
    assert TWO.with_cell(1, 1, None) == sheet((0, -2, -2), (1, None, "-1.980"))
    assert TWO.with_cell(1, 1, None).with_cell(1, 2, None).lines == TWO.lines[:1]
    assert TWO.without([0]).lines == TWO.lines[1:]
    assert EMPTY.with_cell(0, 1, None) == EMPTY


def test_merging_replaces_rows_of_the_same_step():
    merged = TWO.merged(sheet((3, 1, 1), (1, 7, 7)))
    assert merged == sheet((0, -2, -2), (1, 7, 7), (3, 1, 1))
