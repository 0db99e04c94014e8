"""The lines that rules declare: read, computed and written."""

import math

import pytest
from gdsim.core.formulas.formula import PARTS, FormulaError, compute, parts, read_formula
from gdsim.core.formulas.formula_text import TEXT, Piece, filled, template
from gdsim.core.formulas.notation import ATOM, FACTOR, SUM, of_letter, symbols
from gdsim.core.formulas.writing import IN_LATEX, PLAIN_TEXT
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.schedules import MOMENTUM_SCHEDULES, SCHEDULES
from tests.core.strategies import rule_variants

EVERY_RULE = pytest.mark.parametrize("rule", rule_variants(), ids=str)


def value_of(text, **values):
    return compute(read_formula(f"y = {text}").node, values)


def with_numbers(text, **texts):
    return PLAIN_TEXT.numbers(read_formula(f"y = {text}"), texts)


def test_the_parts_of_each_rule():
    found = {name: parts(rule()) for name, rule in RULES.items()}
    assert found.pop("gd") == ("gradient", "update")
    assert found.pop("nesterov") == PARTS
    assert set(found.values()) == {("gradient", "memory", "update")}


@EVERY_RULE
def test_the_lines_of_a_rule_are_in_order_and_end_with_the_step(rule):
    places = [PARTS.index(line.part) for line in rule.work()]
    assert places == sorted(places)
    assert "gradient" not in {line.part for line in rule.work()}
    targets = [read_formula(line.text).target for line in rule.work()]
    assert targets[-1] == "w_next"
    assert {f"{letter}_t" for letter in rule.State._fields} <= set(targets)
    assert set(targets) <= symbols(rule).keys()


def test_switches_change_the_lines():
    assert len(RULES["adam"]().work()) == 5
    assert len(RULES["adam"](bias_correction=False).work()) == 3


@pytest.mark.parametrize(
    "text",
    [
        "y",
        "y = ",
        "y = 1\nz = 2",
        "x, y = 1",
        "y = w.real",
        "y = w[0]",
        "y = __import__('os')",
        "y = open(w)",
        "y = sqrt(w, g)",
        "y = min(w)",
        "y = sqrt(x=w)",
        "y = w % 2",
        "y = w if g else 1",
        "y = True",
        "y = 'w'",
        "y = lambda: w",
    ],
)
def test_anything_but_arithmetic_is_refused(text):
    with pytest.raises(FormulaError):
        read_formula(text)


def test_a_name_without_a_number_is_an_error():
    with pytest.raises(KeyError):
        value_of("w + g", w=1.0)


@given(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3), st.floats(1e-3, 1e3))
def test_computing_is_plain_arithmetic_in_the_order_that_is_written(a, b, c):
    assert value_of("a - b/c*a", a=a, b=b, c=c) == a - b / c * a
    assert value_of("a - b*c + a", a=a, b=b, c=c) == a - b * c + a
    assert value_of("a*b**2", a=a, b=b) == a * (b * b)
    assert value_of("-a*b", a=a, b=b) == -a * b
    assert value_of("sqrt(c)", c=c) == math.sqrt(c)
    assert value_of("min(floor(a), log2(c))", a=a, c=c) == min(math.floor(a), math.log2(c))
    assert value_of("0.5**n", n=4) == 0.0625


def test_where_python_would_raise_the_result_is_infinite_or_nothing():
    assert value_of("1/a", a=0.0) == math.inf
    assert value_of("1/a", a=-0.0) == -math.inf
    assert math.isnan(value_of("a/a", a=0.0))
    assert value_of("a**b", a=10.0, b=400.0) == math.inf
    assert value_of("2**b", b=2000.0) == math.inf
    assert value_of("exp(b)", b=2000.0) == math.inf


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b", "1 + (−2)"),
        ("b - a", "−2 − 1"),
        ("a - (b - a)", "1 − (−2 − 1)"),
        ("a*b", "1·(−2)"),
        ("b*a", "(−2)·1"),
        ("a*(b*a)", "1·((−2)·1)"),
        ("a*b**2", "1·(−2)²"),
        ("a/b*a", "(1/(−2))·1"),
        ("a/(1 - b)", "1 / (1 − (−2))"),
        ("a**t", "1^3"),
        ("c**2", "(1e-8)²"),
        ("a*c", "1·1e-8"),
        ("sqrt(a + c)", "√(1 + 1e-8)"),
        ("exp(-(a*t))", "e^(−1·3)"),
        ("a*a**floor(t/a)", "1·1^⌊3/1⌋"),
        ("min(1 - 2**(-1 - log2(a)), a)", "min(1 − 2^(−1 − log₂(1)), 1)"),
    ],
)
def test_numbers_stand_in_parentheses_where_they_could_be_misread(text, expected):
    assert with_numbers(text, a="1", b="-2", c="1e-8", t="3") == expected


def test_what_holds_less_tightly_than_its_place_asks_for_gets_parentheses():
    places = template(read_formula("y = a*b").node, TEXT)
    for rank, shown in ((SUM, "(x)·(x)"), (FACTOR, "x·x"), (ATOM, "x·x")):
        assert filled(places, lambda _name, rank=rank: Piece("x", rank)) == shown


@EVERY_RULE
@pytest.mark.parametrize("parameter", ["w", "b", "w3"])
def test_letters_are_those_of_the_lecture(rule, parameter):
    known = symbols(rule, parameter)
    for line in rule.work():
        text = PLAIN_TEXT.letters(read_formula(line.text), known)
        assert "_" not in text
        assert ("w" in text.replace(parameter, "")) == 0
        latex = IN_LATEX.letters(read_formula(line.text), known)
        assert latex.isascii()
        assert latex.count("{") == latex.count("}")


def test_the_lecture_s_formulas():
    def in_letters(rule, parameter):
        known = symbols(rule, parameter)
        return [PLAIN_TEXT.letters(read_formula(line.text), known) for line in rule.work()]

    assert in_letters(RULES["momentum"](), "w") == ["vₜ = γ·vₜ₋₁ + η·∇wₜ", "wₜ₊₁ = wₜ − vₜ"]
    assert in_letters(RULES["rmsprop"](), "b") == [
        "vₜ = β·vₜ₋₁ + (1 − β)·(∇bₜ)²",
        "bₜ₊₁ = bₜ − (η/√(vₜ + ε))·∇bₜ",
    ]
    assert in_letters(RULES["nesterov"](), "w")[0] == "wₗₒₒₖ = wₜ − γ·vₜ₋₁"
    assert in_letters(RULES["nesterov"](), "w")[1] == "vₜ = γ·vₜ₋₁ + η·∇wₗₒₒₖ"
    assert in_letters(RULES["adam"](), "w")[2] == "m̂ₜ = mₜ / (1 − β₁ᵗ)"
    known = symbols(RULES["adam"]())
    latex = [IN_LATEX.letters(read_formula(line.text), known) for line in RULES["adam"]().work()]
    assert latex[3] == r"\hat{v}_{t} &= \frac{v_{t}}{1 - \beta_{2}^{t}}"
    assert latex[4] == r"w_{t+1} &= w_{t} - \frac{\eta}{\sqrt{\hat{v}_{t} + \varepsilon}} \, \hat{m}_{t}"


@pytest.mark.parametrize(
    ("symbol", "latex"),
    [
        ("η", r"\eta"),
        ("β₁", r"\beta_{1}"),
        ("γ_max", r"\gamma_{\mathrm{max}}"),
        ("factor", r"\mathrm{factor}"),
        ("k", "k"),
        ("√", "√"),
    ],
)
def test_declared_symbols_in_latex(symbol, latex):
    assert of_letter(symbol).latex == latex


@pytest.mark.parametrize(
    "kind", [*SCHEDULES.values(), *MOMENTUM_SCHEDULES.values()], ids=lambda kind: kind.__name__
)
def test_every_schedule_declares_one_line(kind):
    (line,) = kind().work()
    assert line.part == "rate"
    assert read_formula(line.text).target in ("eta", "gamma")
