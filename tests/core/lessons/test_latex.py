"""Formulas of captions: read, and written as text."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gdsim.core.lessons.latex import MathFault, read_math
from tests.core.lessons.refusals import outcome
from tests.every import every


@every(
    ("source", "text"),
    [
        (r"f(x) = \frac{1}{1 + e^{-(w x + b)}}", "f(x) = 1/(1 + e^(−(wx + b)))"),
        (r"w_{t+1} = w_t - \eta \, \nabla w_t", "wₜ₊₁ = wₜ − η∇wₜ"),
        (r"\hat{m}_t = \frac{m_t}{1 - \beta_1^t}", "m̂ₜ = mₜ/(1 − β₁ᵗ)"),
        (r"\frac{\eta}{\sqrt{v_t + \varepsilon}} \, \nabla w", "η/√(vₜ + ε) · ∇w"),
        (r"\min(a, \gamma_\mathrm{max})", "min(a, γₘₐₓ)"),
        (r"\left( -1 \right)", "(−1)"),
        (r"x^{(j)}", "x^(j)"),
        (r"w_\mathrm{batch} b", "w_batch b"),
        ("100^{10}", "100¹⁰"),
        (r"a_{}^\; + b_{}", "a + b"),
        (r"\frac{1}{2} \frac{-a}{b} \, \hat{x}", "1/2 · −a/b · x̂"),
    ],
)
def test_a_formula_is_read_aloud(source, text):
    assert read_math(source).text == text


@every(
    ("source", "typeset"),
    [
        (r"w = -6", r"w ={-}6"),
        (r"a \le - b", r"a \le{-} b"),
        (r"\left( -1 \right)", r"\left({-}1 \right)"),
        ("-x", "-x"),  # at the beginning it is close as it is
        (r"w - \eta + (1 - \beta) x_{t-1}", r"w - \eta + (1 - \beta) x_{t-1}"),
    ],
)
def test_a_minus_that_is_a_sign_is_typeset_close_to_what_it_belongs_to(source, typeset):
    assert read_math(source).for_typesetting == typeset


@every(
    ("source", "words"),
    [
        ("", "must not be empty"),
        ("{a", "} is missing"),
        ("a}", "} is out of place"),
        ("_a", "_ has nothing to apply to"),
        ("a_b_c", "_ comes twice"),
        ("a^", "ends too early"),
        (r"\frac{a}", "ends too early"),
        (r"\input{passwd}", r"\input is not a known command"),
        (r"\mathrm{a+b}", r"\mathrm takes letters"),
        (r"\mathrm a", r"\mathrm needs"),
        ("a\\", "must not end in"),
        ("{" * 30 + "}" * 30, "nested too deeply"),
        (r"\sqrt" * 100 + "a", "nested too deeply"),
        ("a+" * 500 + "a", "must have at most 1,000 letters, not 1,001"),
    ],
)
def test_what_is_no_formula_is_refused(source, words):
    with pytest.raises(MathFault) as fault:
        read_math(source)
    assert words in str(fault.value)


def test_a_row_of_fractions_within_fractions_is_written_once():
    source = "a"
    for _ in range(18):
        source = rf"\frac{{1}}{{2}} {{{source}}}"
    assert read_math(source).text == " · ".join(["1/2"] * 18 + ["a"])


@example("{}^1")
@given(st.text(st.sampled_from("abw1+-=(){}_^\\ ,/·∇frcsqth"), max_size=30) | st.text(max_size=20))
def test_any_text_is_read_or_refused(source):
    math, refusal = outcome(read_math, source, MathFault)
    assert math or refusal
