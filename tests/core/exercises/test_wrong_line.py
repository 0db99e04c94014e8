"""Find the wrong line: one line differs from the catalogue's, and the wrong run follows it."""

from functools import lru_cache

import numpy as np

from gdsim.core.analysis.worked import lines_in_letters
from gdsim.core.exercises.wrong_line import (
    POINTS,
    START,
    STEPS_COMPUTED,
    explanation,
    make_wrong_line,
    rule_of,
    verdict,
)
from gdsim.core.formulas.printing import PLAIN_TEXT
from gdsim.core.model.objective import LECTURE
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import LECTURE_RULES, RULES
from tests.core.exercises.check.by_hand import by_hand
from tests.core.records import columns_of
from tests.every import WHOLE, every

# Two tests look at the same questions.
question_of = lru_cache(maxsize=None)(make_wrong_line)
QUESTIONS = [(seed, place) for seed in range(4 if WHOLE else 1) for place in range(len(RULES))]


@every(("seed", "place"), QUESTIONS)
def test_one_line_is_wrong_and_the_right_run_is_that_of_the_rule(seed, place):
    question = question_of(seed, place)
    right = lines_in_letters(question.rule(), "w", PLAIN_TEXT, LECTURE)
    pairs = enumerate(zip(question.lines, right, strict=True))
    differing = [index for index, (shown, true) in pairs if shown != true]
    assert differing == [question.answer]
    assert question.right_line == right[question.answer]
    assert len(question.latex) == len(question.lines)
    record = columns_of(Run(optimizer=question.rule(), start=START, epochs=STEPS_COMPUTED), POINTS)
    assert np.allclose(question.right.p, record.p, rtol=1e-9, atol=1e-9)
    assert np.allclose(question.right.loss, record.loss, rtol=1e-6, atol=1e-15)
    made = len(question.wrong.p) - 1
    assert made < STEPS_COMPUTED or np.abs(question.wrong.p - question.right.p).max() > 0.1
    assert question.view_range.holds(*question.right.p[0])
    assert "the loss is" in explanation(question)


def test_the_rules_of_the_lecture_come_first():
    for seed in range(5):
        asked = [rule_of(seed, place).id for place in range(2 * len(RULES))]
        assert set(asked[: len(LECTURE_RULES)]) == set(LECTURE_RULES)
        for first in (0, len(RULES)):
            assert set(asked[first : first + len(RULES)]) == set(RULES)
    assert len({tuple(rule_of(seed, place).id for place in range(6)) for seed in range(5)}) > 1


def question_with(rule, words):
    """Return the first question about a rule whose sentence has some words."""
    for seed in range(60):
        place = next(one for one in range(len(RULES)) if rule_of(seed, one).id == rule)
        question = make_wrong_line(seed, place)
        if words in question.sentence:
            return question
    raise AssertionError(words)


@every(
    ("rule", "settings", "words", "line", "mistake"),
    [
        ("gd", {}, "was added; it should be subtracted", "wₜ₊₁ = wₜ + η·∇wₜ", "added"),
        ("gd", {}, "the factor 1 − f is missing", "∇wₜ = Σᵢ (fᵢ − yᵢ)·fᵢ·xᵢ", "half-slope"),
        ("gd", {}, "The error was taken as y − f", "∇wₜ = Σᵢ (yᵢ − fᵢ)·fᵢ·(1 − fᵢ)·xᵢ", "sign"),
        ("momentum", {"gamma": 0.9}, "All of the old v was kept", "vₜ = vₜ₋₁ + η·∇wₜ", "no-gamma"),
    ],
)
def test_the_wrong_run_follows_the_line_shown(rule, settings, words, line, mistake):
    question = question_with(rule, words)
    assert question.lines[question.answer] == line
    pairs = list(zip(POINTS.x[:, 0].tolist(), POINTS.y.tolist(), strict=True))
    rows = by_hand(rule, {"eta": 1.0, **settings}, pairs, START, len(pairs), STEPS_COMPUTED, mistake)
    assert np.allclose(question.wrong.p[-1], rows[-1], rtol=1e-9)


def test_a_seed_asks_the_same_again_and_every_rule_in_turn():
    one, again = make_wrong_line(3, 2), make_wrong_line(3, 2)
    assert (one.lines, one.answer, one.sentence) == (again.lines, again.answer, again.sentence)
    assert {rule_of(3, place).id for place in range(len(RULES))} == set(RULES)
    sentences = {question_of(seed, place).sentence for seed, place in QUESTIONS}
    assert len(sentences) > len(QUESTIONS) // 2


def test_the_verdict_names_the_wrong_line():
    question = make_wrong_line(1, 0)
    other = (question.answer + 1) % len(question.lines)
    assert verdict(question, question.answer) == f"Found: line {question.answer + 1} is wrong."
    assert verdict(question, other) == f"Line {other + 1} is right: line {question.answer + 1} is wrong."
