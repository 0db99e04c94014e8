import pytest

from gdsim.core.analysis.arrow_lengths import DrawnArrows, Lengths
from gdsim.core.analysis.arrows import ArrowKind, kinds_of
from gdsim.core.rules.catalogue import RULES
from gdsim.gui.arrows.words import arrow_meaning, arrow_name, lengths_name, scale_words, times_text
from tests.core.other_rules import rule_of
from tests.core.strategies import rule_variants, variant_id
from tests.every import every


@pytest.mark.parametrize(
    ("times", "text"),
    [
        (1.0, "× 1"),
        (50.0, "× 50"),
        (0.05, "÷ 20"),
        (0.02, "÷ 50"),
        (0.001, "÷ 1,000"),
        (50_000.0, "× 50,000"),
        (1e6, "× 10⁶"),
        (2e-12, "÷ 5·10¹¹"),
    ],
)
def test_a_magnification_is_written_as_a_person_would(times, text):
    assert times_text(times) == text


@pytest.mark.parametrize(
    ("lengths", "times", "raw", "words"),
    [
        (Lengths.FIT, 50.0, None, "arrows × 50"),
        (Lengths.FIT, 50.0, 1.0, "step × 50, gradient × 1"),
        (Lengths.FIT, 1.0, None, "true lengths"),
        (Lengths.FIT, 1.0, 0.1, "step × 1, gradient ÷ 10"),
        (Lengths.TRUE, 1.0, 1.0, "true lengths"),
        (Lengths.SAME, None, None, "same length"),
    ],
)
def test_the_scale_is_told_in_words(lengths, times, raw, words):
    assert scale_words(lengths, DrawnArrows((), None, times, raw)) == words


def test_the_scale_says_where_rounding_is_the_end_of_it():
    drawn = DrawnArrows((), None, 2e12, None, at_rounding=True)
    assert scale_words(Lengths.FIT, drawn) == "arrows × 2·10¹² (rounding)"
    both = DrawnArrows((), None, 2e12, 1e13, at_rounding=True)
    assert scale_words(Lengths.FIT, both) == "step × 2·10¹², gradient × 10¹³ (rounding)"


@every("optimizer", rule_variants(), ids=variant_id)
def test_every_kind_has_a_name_and_a_sentence(optimizer):
    rule = optimizer.update_rule
    kinds = kinds_of(rule)
    assert len({arrow_name(kind, rule) for kind in kinds}) == len(kinds)
    sentences = {arrow_meaning(kind, rule) for kind in kinds}
    assert len(sentences) == len(kinds)
    assert all(sentence.endswith(".") for sentence in sentences)
    assert kinds[-1] is ArrowKind.STEP


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("v_t = beta*v + (1 - beta)*g\nw_next = w - v_t", "−(1 − β)·gradient"),
        ("v_t = beta*v + eta*g\nw_next = w - v_t", "−η·gradient"),
        ("v_t = beta*v + g\nw_next = w - v_t", "−gradient"),
        ("v_t = beta*v + eta*(g + decay*w)\nw_next = w - v_t", "−gradient, scaled"),
        ("w_next = w - beta*g", "−β·gradient"),
        ("v_t = beta*v - eta*g\nw_next = w + v_t", "−η·gradient"),
        ("v_t = beta*v - eta*g\nw_next = w - v_t", "+η·gradient"),
    ],
)
def test_the_factor_of_the_gradient_is_that_of_the_lines(line, name):
    assert arrow_name(ArrowKind.GRADIENT, rule_of(line)().update_rule) == name


@every(
    ("memory", "name"),
    [
        ("beta*v + (1 - beta)*g", "−average"),
        ("v + (1 - beta)*(g - v)", "−average"),
        ("beta*v + g", "−memory"),
        ("beta*v + (1 - decay)*g", "−memory"),
    ],
)
def test_a_memory_is_called_an_average_where_it_is_one(memory, name):
    rule = rule_of(f"v_t = {memory}\nw_next = w - eta*v_t")().update_rule
    assert arrow_name(ArrowKind.AVERAGE, rule) == name
    assert ("average" in arrow_meaning(ArrowKind.AVERAGE, rule)) is (name == "−average")


def test_the_pull_is_the_step_only_where_nothing_else_is_in_it():
    whole = arrow_meaning(ArrowKind.GRADIENT, rule_of("w_next = w - eta*g")().update_rule)
    assert whole.endswith("For this rule it is the step.")
    decayed = arrow_meaning(ArrowKind.GRADIENT, rule_of("w_next = w*(1 - eta*decay) - eta*g")().update_rule)
    assert decayed.endswith("The step has another part, which does not depend on the gradient.")


@every("decoupled", [True, False])
def test_the_step_ends_on_the_rates_only_where_nothing_else_is_in_it(decoupled):
    rule = RULES["adamw"](decoupled=decoupled).update_rule
    assert ("the step ends on it" in arrow_meaning(ArrowKind.RATES, rule)) is not decoupled


def test_every_way_to_choose_lengths_has_a_name():
    assert len({lengths_name(lengths) for lengths in Lengths}) == len(Lengths)
