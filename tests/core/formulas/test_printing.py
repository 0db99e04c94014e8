"""How formulas are written for people and for programs."""

from gdsim.core.formulas.code_printing import LOOP, source_of
from gdsim.core.formulas.numerals import precise
from gdsim.core.formulas.printing import IN_LATEX, PLAIN_TEXT
from gdsim.core.formulas.symbols import Symbol, of_name
from gdsim.core.formulas.syntax import names_in, read_expression, read_formula
from gdsim.core.language.texts import english, speaking
from gdsim.core.language.translations import read_language
from tests.every import every

FORMULA = read_formula("v = 0.9*v + 1.5e-7 + 2")
KNOWN = {"v": Symbol("v", "v")}


def written():
    return (
        PLAIN_TEXT.line(FORMULA, KNOWN),
        PLAIN_TEXT.numbers(FORMULA.node, {"v": PLAIN_TEXT.number("3")}),
        IN_LATEX.line(FORMULA, KNOWN),
        source_of(FORMULA.node, LOOP),
    )


def test_the_numbers_of_a_formula_have_the_decimal_sign_of_the_language_and_code_a_point():
    in_english = (
        "v = 0.9·v + 1.5e−7 + 2",
        "0.9·3 + 1.5e−7 + 2",
        r"v &= 0.9 \, v + 1.5 \cdot 10^{-7} + 2",
        "0.9 * v + 1.5e-07 + 2.0",
    )
    assert written() == in_english
    with speaking(read_language("de")):
        assert written() == (
            "v = 0,9·v + 1,5e−7 + 2",
            "0,9·3 + 1,5e−7 + 2",
            r"v &= 0{,}9 \, v + 1{,}5 \cdot 10^{-7} + 2",
            "0.9 * v + 1.5e-07 + 2.0",
        )
        with english():  # what goes into a file
            assert written() == in_english
    assert written() == in_english


def numbers(text, **values):
    node = read_formula(f"v = {text}").node
    return tuple(writer.numbers(node, values) for writer in (PLAIN_TEXT, IN_LATEX))


def test_a_divisor_with_a_power_of_ten_is_told_from_a_product_behind_a_quotient():
    assert numbers("a/b", a="3", b="2.5e−7") == ("3/(2.5·10⁻⁷)", r"\frac{3}{2.5 \cdot 10^{-7}}")
    assert numbers("floor(a/b)", a="3", b="2.5e−7") == (
        "⌊3/(2.5·10⁻⁷)⌋",
        r"\lfloor 3/(2.5 \cdot 10^{-7}) \rfloor",
    )
    assert numbers("a*b", a="3", b="2.5e−7") == ("3·2.5·10⁻⁷", r"3 \cdot 2.5 \cdot 10^{-7}")


def test_a_decimal_comma_in_latex_has_no_space_after_it():
    with speaking(read_language("de")):
        assert numbers("0.5*a + b", a=precise(1.5), b=precise(2.1e-7))[1] == (
            r"0{,}5 \cdot 1{,}5 + 2{,}1 \cdot 10^{-7}"
        )


def test_cases_within_a_formula_stand_in_parentheses():
    cases = r"\begin{cases} 1 & 1 < 2 \\ 2 & \mathrm{else} \end{cases}"
    assert numbers("where(a < b, a, b)", a="1", b="2")[1] == cases
    assert numbers("where(a < b, a, b)**2*a", a="1", b="2")[1] == rf"({cases})^{{2}} \cdot 1"


@every(
    ("text", "shown"),
    [("2**k", "2ᵏ"), ("2**k2", "2^k₂"), ("2**m_t", "2^mₜ"), ("2**k_by", "2^k_by"), ("2**(k*t)", "2^(k·t)")],
)
def test_an_exponent_with_an_index_is_not_raised_without_it(text, shown):
    node = read_expression(text)
    assert PLAIN_TEXT.letters(node, {name: of_name(name) for name in names_in(node)}) == shown


def test_what_is_added_to_one_in_a_logarithm_stands_by_itself():
    assert numbers("log1p(a)", a="−0.5") == ("ln(1 + (−0.5))", r"\ln(1 + (-0.5))")
    assert numbers("log1p(where(a < b, a, b))", a="1", b="2")[0] == "ln(1 + (1 if 1 < 2 else 2))"
    assert numbers("log1p(exp(a))", a="2") == ("ln(1 + e^(2))", r"\ln(1 + e^{2})")


def test_numbers_side_by_side_are_not_run_together_in_latex():
    known = {name: Symbol(name, name) for name in "vgt"}
    assert IN_LATEX.letters(read_formula("v = 0.5*2**t*g").node, known) == r"0.5 \cdot 2^{t} \, g"
    assert IN_LATEX.letters(read_formula("v = g*1.2").node, known) == r"g \cdot 1.2"
