import pytest
from gdsim.core.formulas.rule_text import rule_text, typeset

from gdsim.core.rules.catalogue import RULES


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_has_a_sentence_and_its_formulas(rule):
    text = rule_text(rule)
    assert text.summary.endswith(".")
    assert text.formulas
    assert text.formulas[-1].startswith("w ←")
    assert not any(sign in line for line in text.formulas for sign in "_{}")


def test_indices_become_small_letters():
    assert typeset("v_t = γ·v_{t-1} + η·g_t") == "vₜ = γ·vₜ₋₁ + η·gₜ"
    assert typeset("1 - β₁^t") == "1 − β₁ᵗ"
    assert typeset("γ_max") == "γₘₐₓ"


def test_an_index_without_small_letters_stays():
    assert typeset("w_Q + x^{ab}") == "w_Q + x^{ab}"


def test_a_class_without_words_has_no_text():
    assert rule_text(type("Silent", (), {"__doc__": None})) == ("", ())
