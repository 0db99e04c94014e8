"""How formulas are written for people and for programs."""

from gdsim.core.formulas.language import read_formula
from gdsim.core.formulas.printing import IN_LATEX, LOOP, PLAIN_TEXT, code
from gdsim.core.formulas.symbols import Symbol
from gdsim.core.language.catalogue import read_language
from gdsim.core.language.words import english, speaking

FORMULA = read_formula("v = 0.9*v + 1.5e-7 + 2")
KNOWN = {"v": Symbol("v", "v")}


def written():
    return (
        PLAIN_TEXT.line(FORMULA, KNOWN),
        PLAIN_TEXT.numbers(FORMULA.node, {"v": PLAIN_TEXT.number("3")}),
        IN_LATEX.line(FORMULA, KNOWN),
        code(FORMULA.node, LOOP),
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
