"""Formulas: read, computed and written."""

import math
import re
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.formulas.code_printing import LOOP, SCRIPT, source_of
from gdsim.core.formulas.derivative import derivative
from gdsim.core.formulas.evaluate import evaluate, evaluate_arrays, evaluate_together
from gdsim.core.formulas.printing import IN_LATEX, LATEX, PLAIN_TEXT, TEXT, Piece, filled_template, template
from gdsim.core.formulas.program import read_program
from gdsim.core.formulas.symbols import ATOM, FACTOR, SUM, letter_of, of_letter, of_name, typeset
from gdsim.core.formulas.syntax import FUNCTIONS, FormulaError, read_expression, read_formula
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.rule import symbols
from gdsim.core.rules.schedules import MOMENTUM_SCHEDULES, SCHEDULES
from tests.core.strategies import rule_variants
from tests.every import every

EVERY_RULE = every("rule", rule_variants(), ids=str)


def node_of(text):
    return read_formula(f"y = {text}").node


def value_of(text, **values):
    return evaluate(node_of(text), values)


def with_numbers(text, **texts):
    return PLAIN_TEXT.numbers(node_of(text), texts)


@every(
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
        "y = w < 2",
        "y = where(w, g, 2)",
        "y = where(1 < w < 2, g, 2)",
        "y = 1e999",
        "y = w if g else 1",
        "y = True",
        "y = 'w'",
        "y = lambda: w",
    ],
)
def test_anything_but_arithmetic_is_refused(text):
    with pytest.raises(FormulaError):
        read_formula(text)


def test_a_number_is_written_as_it_was_whatever_was_written_before():
    for first, second in (("1.0 - b", "1 - b"), ("7 - b", "7.0 - b")):
        texts = [source_of(node_of(text), SCRIPT) for text in (first, second)]
        assert texts == [first, second]
    assert source_of(node_of("b**2.0"), SCRIPT) == source_of(node_of("b**2"), SCRIPT) == "b * b"


@every(
    ("text", "words", "at"),
    [
        ("2w + b", "write * between a number and a name", 0),
        ("w\N{SUPERSCRIPT TWO} + b", "a power is written with **", 1),
        ("w \N{MULTIPLICATION SIGN} b", "a product is written with *", 2),
        ("w \N{MINUS SIGN} b", "a minus is written with -", 2),
        ("L = w + b", "write only what is to the right of =", 2),
        ("0,5*w", "numbers have a decimal point", 0),
    ],
)
def test_what_is_wrong_with_a_text_as_people_write_formulas_is_said_and_marked(text, words, at):
    with pytest.raises(FormulaError, match=re.escape(words)) as refusal:
        read_expression(text, {})
    assert refusal.value.span.start == at


def test_a_name_without_a_number_is_an_error():
    with pytest.raises(NameError):
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


def test_a_choice_within_the_first_branch_of_another_stands_in_parentheses():
    inner = "where(w > 2, 1, w)"
    assert with_numbers(f"where(w > 0, {inner}, 3)", w="w") == "(1 if w > 2 else w) if w > 0 else 3"
    assert with_numbers(f"where(w > 0, 3, {inner})", w="w") == "3 if w > 0 else 1 if w > 2 else w"


@every(
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
        ("a**t", "1³"),
        ("1 - a**t", "1 − 1³"),
        ("b**-3", "(−2)⁻³"),
        ("t**b", "3⁻²"),
        ("t**1.5", "3^1.5"),
        ("c**big", "(1·10⁻⁸)³⁰⁰⁰"),
        ("c**2", "(1·10⁻⁸)²"),
        ("a*c", "1·1·10⁻⁸"),
        ("sqrt(a + c)", "√(1 + 1·10⁻⁸)"),
        ("exp(-(a*t))", "e^(−1·3)"),
        ("a*a**floor(t/a)", "1·1^⌊3/1⌋"),
        ("min(1 - 2**(-1 - log2(a)), a)", "min(1 − 2^(−1 − log₂(1)), 1)"),
    ],
)
def test_numbers_stand_in_parentheses_where_they_could_be_misread(text, expected):
    assert with_numbers(text, a="1", b="−2", c="1e−8", t="3", big="3000") == expected


def test_what_holds_less_tightly_than_its_place_asks_for_gets_parentheses():
    places = template(read_formula("y = a*b").node, TEXT)
    for rank, shown in ((SUM, "(x)·(x)"), (FACTOR, "x·x"), (ATOM, "x·x")):
        assert filled_template(places, lambda _name, rank=rank: Piece("x", rank)) == shown


@EVERY_RULE
@every("parameter", ["w", "b", "w3"])
def test_letters_are_those_of_the_lecture(rule, parameter):
    known = symbols(rule, parameter)
    for line in rule.update_rule.program.lines:
        if line.target in rule.update_rule.gradients:
            continue
        text = PLAIN_TEXT.line(line, known)
        assert "_" not in text
        assert "w" not in text.replace(letter_of(parameter), "")
        latex = IN_LATEX.line(line, known)
        assert latex.isascii()
        assert latex.count("{") == latex.count("}")


def test_the_lecture_s_formulas():
    def in_letters(rule, parameter, writer=PLAIN_TEXT):
        known, lines = symbols(rule, parameter), rule.update_rule
        return [writer.line(one, known) for one in lines.program.lines if one.target not in lines.gradients]

    assert in_letters(RULES["momentum"](), "w") == ["vₜ = γ·vₜ₋₁ + η·∇wₜ", "wₜ₊₁ = wₜ − vₜ"]
    assert in_letters(RULES["rmsprop"](), "b") == [
        "vₜ = β·vₜ₋₁ + (1 − β)·(∇bₜ)²",
        "bₜ₊₁ = bₜ − (η/√(vₜ + ε))·∇bₜ",
    ]
    assert in_letters(RULES["nesterov"](), "w")[:2] == ["wₗₒₒₖ = wₜ − γ·vₜ₋₁", "vₜ = γ·vₜ₋₁ + η·∇wₗₒₒₖ"]
    assert in_letters(RULES["adam"](), "w")[2] == "m̂ₜ = mₜ / (1 − β₁ᵗ)"
    latex = in_letters(RULES["adam"](), "w", IN_LATEX)
    assert latex[3] == r"\hat{v}_{t} &= \frac{v_{t}}{1 - \beta_{2}^{t}}"
    assert latex[4] == r"w_{t+1} &= w_{t} - \frac{\eta}{\sqrt{\hat{v}_{t} + \varepsilon}} \, \hat{m}_{t}"


@every(
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


@every(
    ("name", "text", "latex"),
    [
        ("beta1", "β₁", r"\beta_{1}"),
        ("lambda", "λ", r"\lambda"),
        ("k", "k", "k"),
        ("stair", "stair", r"\mathrm{stair}"),
        ("m_hat", "m_{hat}", r"m_{\mathrm{hat}}"),
    ],
)
def test_names_are_written_in_the_letters_of_mathematics(name, text, latex):
    assert typeset(of_name(name).text) == typeset(text)
    assert of_name(name).latex == latex


def test_indices_become_small_letters():
    assert typeset("v_t = γ·v_{t-1} + η·g_t") == "vₜ = γ·vₜ₋₁ + η·gₜ"
    assert typeset("1 - β₁^t") == "1 − β₁ᵗ"
    assert typeset("γ_max") == "γₘₐₓ"
    assert typeset("w_Q + x^{ab}") == "w_Q + x^{ab}"
    assert typeset("x^0.5 + y^12") == "x^0.5 + y¹²"


# Each function with terms from where it is defined, and the same in NumPy.
EVERY_FUNCTION = {
    "abs": ("abs(a)", lambda a, c: np.abs(a)),
    "cos": ("cos(a)", lambda a, c: np.cos(a)),
    "exp": ("exp(a)", lambda a, c: np.exp(a)),
    "floor": ("floor(a)", lambda a, c: np.floor(a)),
    "log": ("log(c)", lambda a, c: np.log(c)),
    "log1p": ("log1p(c)", lambda a, c: np.log1p(c)),
    "log2": ("log2(c)", lambda a, c: np.log2(c)),
    "max": ("max(a, c)", np.maximum),
    "min": ("min(a, c)", np.minimum),
    "mod": ("mod(a, c)", np.mod),
    "sign": ("sign(a)", lambda a, c: np.sign(a)),
    "sin": ("sin(a)", lambda a, c: np.sin(a)),
    "sqrt": ("sqrt(c)", lambda a, c: np.sqrt(c)),
    "tanh": ("tanh(a)", lambda a, c: np.tanh(a)),
    "where": ("where(a < c, a, c)", lambda a, c: np.where(a < c, a, c)),
}


def test_every_function_is_tried():
    assert EVERY_FUNCTION.keys() == FUNCTIONS.keys()


@pytest.mark.parametrize("name", EVERY_FUNCTION)
@given(a=st.floats(-30.0, 30.0), c=st.floats(1e-3, 30.0))
def test_a_function_is_that_of_numpy_in_floats_and_on_arrays(name, a, c):
    text, function = EVERY_FUNCTION[name]
    expected = function(a, c)
    assert value_of(text, a=a, c=c) == pytest.approx(expected, rel=1e-15)
    on_arrays = evaluate_arrays(node_of(text), {"a": np.array([a, a]), "c": np.array([c, c])})
    np.testing.assert_allclose(on_arrays, [expected, expected], rtol=1e-15)


@every("name", EVERY_FUNCTION)
def test_a_function_is_written_for_people_and_in_latex(name):
    node = node_of(EVERY_FUNCTION[name][0])
    for printer in (TEXT, LATEX):
        text = filled_template(template(node, printer), lambda name: Piece(name, ATOM))
        assert text.count("(") == text.count(")")
        assert text.count("{") == text.count("}")


@pytest.mark.parametrize("printer", [LOOP, SCRIPT])
@given(a=st.floats(-30.0, 30.0), c=st.floats(1e-3, 30.0))
def test_the_source_of_a_formula_is_the_formula(printer, a, c):
    text = "where(a <= c, -(a - c)**2/c, a/(c*a - 2)*(1 - c) - pi)"
    scope = {"math": math, "pi": math.pi, "a": a, "c": c}
    expected = -((a - c) ** 2) / c if a <= c else a / (c * a - 2) * (1 - c) - math.pi
    assert eval(source_of(node_of(text), printer), scope) == pytest.approx(expected, rel=1e-14)  # noqa: S307


@every("printer", [LOOP, SCRIPT])
@every(
    "text",
    [
        "-mod(a, c)",
        "-mod(a, c)*a",
        "-mod(a*c, 3)/c",
        "c - (-mod(a, c))",
        "(-mod(a, c))**3",
        "-(mod(a, c) + a)*mod(-a, c)",
        "2 - mod(a, -c)*c",
        "-(a*mod(a, c))",
        "-a**3*c",
    ],
)
def test_a_minus_before_a_remainder_is_not_one_within_it(printer, text):
    """In Python -a % c is (-a) % c."""
    for a, c in ((7.5, 2.0), (-7.5, 2.0), (0.3, 2.75)):
        found = eval(source_of(node_of(text), printer), {"a": a, "c": c})  # noqa: S307
        expected = float(evaluate_arrays(node_of(text), {"a": np.array(a), "c": np.array(c)}))
        assert found == pytest.approx(expected, rel=1e-14)


@every("text", ["1/0", "-1/0", "0/0", "2**5000", "log(0)", "mod(1, 0)", "a + 1/(2 - 2)"])
def test_constants_that_python_refuses_are_infinite_or_nothing(text):
    assert not math.isfinite(value_of(text, a=1.0))
    assert not np.isfinite(evaluate_arrays(node_of(text), {"a": np.ones(3)})).any()


@every("text", ["b/0", "a*b/(b - b)", "b**-5000*a", "a + 1/(b - b)"])
def test_settings_beside_arrays_are_infinite_or_nothing_where_python_raises(text):
    values = {"a": np.ones(3), "b": 0.5}
    assert not np.isfinite(evaluate_arrays(node_of(text), values)).any()
    assert not np.isfinite(evaluate_together((node_of(text), node_of("a + b")), values)[0]).any()


@pytest.mark.parametrize("text", ["a*(-10)**400 + a*(-10)**401", "a*(-8)**0.2 + a*(-8)**0.3"])
def test_constants_that_repeat_are_infinite_or_nothing_where_python_raises(text):
    assert not np.isfinite(evaluate_together((node_of(text),), {"a": np.ones(3)})[0]).any()


# ----------------------------------------------------------------------------------------- programs


def test_a_line_is_there_when_its_switch_says_so():
    text = """
        v_t = v + g
        w_next = w - v_t      if fast
        w_next = w - 0.1*v_t  if not fast
    """
    on, off = (read_program(text, (("fast", value),)) for value in (True, False))
    assert on.by_target["w_next"] == node_of("w - v_t")
    assert off.by_target["w_next"] == node_of("w - 0.1*v_t")
    assert on.free == {"v", "g", "w"}
    assert on.depends("w_next") == {"w_next", "w", "v_t", "v", "g"}


@every(
    ("text", "fault"),
    [
        ("a = 1\na = 2", "computed twice"),
        ("a = b\nb = 1", "not known yet"),
        ("a = a + 1", "not known yet"),
        ("a = 1 if there", "not a switch"),
        ("a = grad(b + 1)", "cannot be part of a formula"),
        ("a", "name = formula"),
    ],
)
def test_lines_that_cannot_be_computed_are_refused(text, fault):
    with pytest.raises(FormulaError, match=fault):
        read_program(text)


@every(
    "kind", [*SCHEDULES.values(), *MOMENTUM_SCHEDULES.values()], ids=lambda kind: f"{kind.target} {kind.id}"
)
def test_every_schedule_can_be_written(kind):
    for line in kind.program.lines:
        assert "_" not in PLAIN_TEXT.line(line, kind.symbols)
        assert IN_LATEX.line(line, kind.symbols).isascii()


def test_the_derivative_of_a_negative_power_has_one_number_above():
    assert derivative(read_expression("w**-2"), "w") == read_expression("-(2*w**-3)")


def test_nothing_is_written_on_the_terminal_of_a_number_that_runs_into_a_word():
    code = (
        "from gdsim.core.formulas.syntax import FormulaError, read_expression\n"
        "from gdsim.core.rules.libraries.calls import CallFault, read_call\n"
        "for read, text in ((read_expression, '1if w else b'), (read_call, 'optax.sgd(1or 2)')):\n"
        "    try:\n"
        "        read(text)\n"
        "    except (FormulaError, CallFault) as fault:\n"
        "        print(fault)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stderr == ""
    assert ended.stdout.splitlines() == [
        '"1if w else b" is not a formula: write a choice as where(a < b, x, y)',
        "optax.sgd: learning_rate must be written out, as a number, true or false, or a list.",
    ]
