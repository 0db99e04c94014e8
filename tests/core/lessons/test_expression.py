"""The numbers of captions: a language that computes and can do nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.lessons.expression import Asked, ExpressionFault, evaluate, read_expression
from tests.core.lessons.refusals import outcome

ARITIES = {"loss": (2, 2), "size": (1, 2), "points": (0, 0)}
VALUES = {"loss": 0.5, "size": 3.0, "points": 7.0}


def value(source, ask=lambda asked: VALUES[asked.name]):
    return evaluate(read_expression(source, ARITIES).root, ask)


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("2 + 3 * 4", 14.0),
        ("2 - 3 - 4", -5.0),
        ("8 / 4 / 2", 1.0),
        ("2 ^ 3 ^ 2", 512.0),
        ("( 2 + 3 ) * 4", 20.0),
        ("(2 + 3) * -4", -20.0),
        ("loss gd 40 / size gd", 0.5 / 3.0),
        ("1 - points ^ 2", -48.0),
        ("1e-3 * 2", 0.002),
    ],
)
def test_operators_bind_as_everybody_expects(source, wanted):
    assert value(source) == wanted


def test_arguments_are_handed_on_as_they_were_typed():
    asked = []
    value("loss 'B = 1' -0.1 + size gd w", lambda one: asked.append(one) or 1.0)
    assert asked == [Asked("loss", ("B = 1", "-0.1")), Asked("size", ("gd", "w"))]


def test_the_format_comes_last():
    expression = read_expression("loss gd 1 :2%", ARITIES)
    assert (expression.digits, expression.percent) == (2, True)
    assert read_expression("points", ARITIES).digits == 3


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", "has nothing where a number"),
        ("loss gd", "gives loss 1 arguments instead of 2"),
        ("size", "gives size 0 arguments instead of 1 or 2"),
        ("__import__ os", "has __import__ where a number"),
        ("1 +", "has nothing where"),
        ("( 1", "parenthesis without its partner"),
        ("1 2", "has 2 where it should end"),
        ("loss 'gd 1", "a quote without its partner"),
        ("1 :0", "must end in a format"),
        ("1 / 0", "divides by zero"),
        ("0 ^ -1", "divides by zero"),
        ("-8 ^ 0.5", "root of a negative number"),
        ("1e300 ^ 9", "too large"),
        ("9 ^ 9 ^ 9", "too large"),
        ("(" * 40 + "1" + ")" * 40, "nested too deeply"),
        ("1 + " * 100 + "1", "must not be longer"),
    ],
)
def test_what_is_no_number_is_refused(source, words):
    with pytest.raises(ExpressionFault) as fault:
        value(source)
    assert words in str(fault.value)


NUMBERS = st.integers(1, 50).map(str)
TREES = st.recursive(
    NUMBERS,
    lambda inner: st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"( {' '.join(t)} )"),
    max_leaves=12,
)


@given(TREES)
def test_any_sum_agrees_with_pythons_own(source):
    try:
        wanted = eval(source)  # noqa: S307 - made above, of digits and operators
    except ZeroDivisionError:
        with pytest.raises(ExpressionFault, match=r"divides by zero|longer than|too deeply"):
            value(source)
        return
    if len(source) <= 200:
        assert value(source) == pytest.approx(wanted, rel=1e-12, abs=1e-12)


@given(st.text(max_size=40) | st.text(st.sampled_from("loss gd points 0123456789.+-*/^()':%"), max_size=40))
def test_any_text_is_a_number_or_refused(source):
    found, refusal = outcome(value, source, ExpressionFault)
    assert refusal or isinstance(found, (int, float))
