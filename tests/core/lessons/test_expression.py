"""The numbers of captions: they compute, and can do nothing else."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.lessons.caption import CaptionFault, numbers_in_caption, read_caption
from gdsim.core.lessons.expression import read_caption_expression
from gdsim.core.lessons.quantities import ExpressionFault, Measurements
from tests.core.lessons.refusals import outcome
from tests.core.records import scene
from tests.every import every

VALLEY = Measurements(scene("valley"), selected=0)


def value(source):
    return VALLEY.value(read_caption_expression(source).root)


@every(
    ("source", "wanted"),
    [
        ("2 + 3 * 4", 14.0),
        ("2 - 3 - 4", -5.0),
        ("8/4/2", 1.0),
        ("2**3**2", 512.0),
        ("-2**2", -4.0),
        ("(2 + 3) * -4", -20.0),
        ("1 - points**2", -3.0),
        ("points() + points", 4.0),
        ("1e-3 * 2", 0.002),
        ("sqrt(16) + abs(-2) + exp(0) + log(1) + log2(8)", 10.0),
        ("max(2, 3) - min(2, 3) + mod(7, 4) + floor(2.9)", 6.0),
        ("sign(-3) + cos(0) + sin(0) + tanh(0)", 0.0),
        ("pi", math.pi),
        ("where(points > 1, 5, 6)", 5.0),
    ],
)
def test_a_formula_is_computed(source, wanted):
    assert value(source) == wanted


def test_the_format_comes_last():
    expression = read_caption_expression("loss(gd, 1) :2%")
    assert (expression.digits, expression.percent) == (2, True)
    assert read_caption_expression("points").digits == 3
    assert read_caption_expression("loss('a: b', 1):4").digits == 4
    assert read_caption_expression("loss('a: b', 1)").digits == 3


@every(
    ("source", "words"),
    [
        ("", "is not a formula"),
        ("1 +", "is not a formula: something is missing or superfluous"),
        ("(1", "is not a formula: a bracket is never closed"),
        ("1 2", "is not a formula"),
        ("loss(My rule, 3)", "is not a formula: put a name with spaces in quotes, as in 'My rule'"),
        ("loss(Run 2, 3)", "put a name with spaces in quotes, as in 'Run 2'"),
        ("steps(My rule)", "put a name with spaces in quotes, as in 'My rule'"),
        ("loss(gd 40)", "is not a formula: something is missing between two of its terms"),
        ("loss('gd, 1)", "is not a formula: a text in quotes is never closed"),
        ("loss(gd)", "cannot be read: loss takes 2 terms, not 1"),
        ("gradient(gd)", "cannot be read: gradient takes 2 to 3 terms, not 1"),
        ("__import__('os')", 'cannot be read: "__import__" is not a function; the known ones are abs'),
        ("loss(gd, 1)[0]", 'cannot be read: a formula cannot contain "loss(gd, 1)[0]"'),
        ("loss", "has loss where a number should be"),
        ("here", "has here where a number should be"),
        ("'gd'", "has 'gd' where a number should be"),
        ("loss(gd, one)", "has one where a number should be"),
        ("loss_at(here, 0)", "has here where a number should be"),
        ("loss(3, 1)", "has 3 where loss takes a name; put a name with spaces or signs in quotes"),
        ("loss(1/t, 1)", "has a formula where loss takes a name"),
        ("1 :0", "must end in a format such as :4 or :2%"),
        ("1 :", "must end in a format"),
        ("1/0", "divides by zero"),
        ("1 / (1/0)", "divides by zero"),
        ("mod(1, 0)", "divides by zero"),
        ("0**-1", "divides by zero"),
        ("(-8)**0.5", "root of a negative number"),
        ("abs((-8)**0.5)", "root of a negative number"),
        ("sqrt(-1)", "takes a root or a logarithm of a number that has none"),
        ("log(0)", "takes a root or a logarithm of a number that has none"),
        ("exp(1000)", "gives a number that is too large"),
        ("1e300**9", "gives a number that is too large"),
        ("9**9**9**9", "gives a number that is too large"),
        ("1e300 * 1e300", "is not a finite number"),
        ("1e300 * 1e300 - 1e300 * 1e300", "is not a finite number"),
        ("1e307 :2%", "is not a finite number"),
        ("loss_at(1e300 * 1e300, 0)", "is not a finite number"),
        ("(" * 100 + "1" + ")" * 100 + "[0]", "cannot be read"),
        ("1" + " + 1" * 200, "too long, or nested too deeply"),
        ("1" * 3000, "must not be longer"),
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
        with pytest.raises(ExpressionFault, match="divides by zero"):
            value(source)
        return
    assert value(source) == pytest.approx(wanted, rel=1e-12, abs=1e-12)


# ------------------------------------------------------------------------------------- whatever comes

ODD = (
    "__import__('os').system('touch executed')",
    "().__class__.__bases__[0].__subclasses__()",
    "open('executed', 'w')",
    "eval('1')",
    "exec",
    "lambda: 1",
    "[i for i in range(10**9)]",
    "(yield)",
    "9**9**9**9",
    "floor(9)**floor(9)**floor(9)",
    "~" * 900,
    "-" * 900 + "1",
    "(" * 300,
    "'" * 7,
    "f'{gd}'" * 2,
    "b'gd'",
    "*gd",
    "None",
    "1j",
    "1e999",
    "a:=1",
    "\\N{BELL}",
    "\x00",
    "\x1b]0;title\x07",
    "\ud800",
)
PLACES = (
    "%s",
    "%s :3",
    "1 + %s",
    "sqrt(%s)",
    "where(%s, 1, 2)",
    "loss(%s, 1)",
    "loss(gd, %s)",
    "loss_at(%s, 0)",
    "memory(Momentum, 1, %s, w)",
)


@every("odd", ODD, ids=range(len(ODD)))
@every("place", PLACES)
def test_odd_expressions_are_refused_in_one_sentence_and_nothing_is_executed(
    place, odd, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CaptionFault) as fault:
        numbers_in_caption(read_caption(f"The number is {{{place.replace('%s', odd)}}}."), VALLEY.value)
    assert str(fault.value).isprintable()
    assert len(str(fault.value)) < 600
    assert not list(tmp_path.iterdir())


@given(st.text(max_size=40) | st.text(st.sampled_from("loss(gd, points) 0123456789.+-*/^()':%"), max_size=40))
def test_any_text_is_a_number_or_refused(source):
    found, refusal = outcome(value, source, ExpressionFault)
    assert refusal or math.isfinite(found)


@given(
    st.lists(
        st.sampled_from(
            ["loss", "w", "gd", "Momentum", "here", "end", "sqrt", "points", "pi", "'a b'", "1", "40", "-0.5",
             " ", " ", ",", "(", ")", "+", "**", "^", "/", ":2", "memory", "v", "minimum", "where", "<"]
        ),
        max_size=14,
    ).map(" ".join)
)  # fmt: skip
def test_any_words_are_a_number_or_refused(source):
    found, refusal = outcome(value, source, ExpressionFault)
    assert refusal or math.isfinite(found)
