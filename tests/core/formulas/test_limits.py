"""Formulas that nobody means: refused in a sentence, or computed at once."""

import math

import pytest

from gdsim.core.formulas.evaluate import evaluate, evaluate_floats
from gdsim.core.formulas.syntax import FormulaError, read_expression
from tests.every import every


@every(
    "text",
    [
        "~" * 1990 + "1",
        "not " * 480 + "1",
        "-" * 1990 + "1",
        "a" + ".b" * 900,
        "[" * 180 + "]" * 180,
        "(" * 500 + "1" + ")" * 500,
        "1" * 1999,
        "a\0b",
        "\ud800",
        "\x1b[31m",
    ],
)
def test_odd_texts_are_refused_in_one_short_line(text):
    with pytest.raises(FormulaError) as fault:
        read_expression(text, {})
    assert str(fault.value).isprintable()
    assert len(str(fault.value)) < 200


def test_what_is_refused_is_quoted_as_it_was_written():
    with pytest.raises(FormulaError, match=r'a formula cannot contain "x\[ 1 \]"'):
        read_expression("2 + x[ 1 ]", {})


def test_a_power_of_whole_numbers_does_not_grow_without_end():
    assert evaluate(read_expression("floor(9) ** floor(9) ** floor(9)", {}), {}) == math.inf
    assert evaluate(read_expression("floor(2.5) ** floor(3.5)", {}), {}) == 8.0


def test_the_root_of_a_negative_number_is_no_number_whatever_is_made_of_it():
    with pytest.raises(TypeError, match="complex"):
        evaluate_floats(read_expression("abs((-8) ** 0.5)", {}), {})
