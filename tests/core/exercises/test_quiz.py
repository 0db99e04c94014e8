"""The quiz: the right answer is right, the wrong ones are wrong, and by how much; the score counts them."""

import re
from functools import lru_cache, partial

import numpy as np
import pytest

from gdsim.core.exercises.quiz.making import kind_of, likeness, make_question, mirrored_points, relief
from gdsim.core.exercises.quiz.question import (
    ANSWER_LETTERS,
    MATCHING,
    QUIZ_LEVELS,
    QuestionKind,
    Score,
    explanation,
    verdict,
)
from gdsim.core.formulas import numerals
from tests.core.records import FIRST_NEURON
from tests.every import WHOLE, every

SEED = 11
# Many tests look at the same questions.
question_of = lru_cache(partial(make_question, SEED))


def questions(kinds, level, count=12 if WHOLE else 4):
    numbers = (number for number in range(200) if kind_of(SEED, number) in kinds)
    return [question_of(number, level) for number, _ in zip(numbers, range(count), strict=False)]


def slope(surface, place, direction, step=1e-5):
    """Return the slope of the loss along a direction, or along each of some, by differences."""
    ends = [place + side * step * direction for side in (1.0, -1.0)]
    high, low = (surface.loss_at(end[..., 0], end[..., 1]) for end in ends)
    return (high - low) / (2.0 * step)


def steepness(surface, place):
    return np.hypot(*(slope(surface, place, axis) for axis in np.eye(2)))  # at one place, or at each of some


@every("level", QUIZ_LEVELS)
def test_the_one_that_belongs_is_the_one_of_the_same_points_and_the_others_differ(level):
    likest = (0.3, 0.55, 0.72, 0.83, 0.91)[level - 1]
    for question in questions(MATCHING, level):
        right = question.candidates[question.answer]
        assert np.array_equal(right.loss, question.subject.loss)
        for index, one in enumerate(question.candidates):
            for other in question.candidates[index + 1 :]:
                # Measured on the surfaces that are shown, not on the coarse ones they were chosen by.
                assert np.corrcoef(one.loss.ravel(), other.loss.ravel())[0, 1] < likest + 0.01


def test_higher_levels_have_wrong_surfaces_that_are_more_alike():
    mean = [
        np.mean([m for question in questions(MATCHING, level) for m in question.measures if m < 1.0])
        for level in QUIZ_LEVELS
    ]
    assert (np.diff(mean) > 0.05).all()


@every("level", QUIZ_LEVELS)
@every("kind", [QuestionKind.STEEPEST, QuestionKind.GENTLEST])
def test_one_place_stands_out_by_differences_of_the_loss(kind, level):
    least = (5.0, 3.5, 2.5, 1.9, 1.5)[level - 1]
    for question in questions((kind,), level):
        sizes = np.array([steepness(question.subject, place) for place in question.places])
        assert sizes == pytest.approx(np.array(question.measures), rel=1e-3, abs=1e-9)
        ordered = np.sort(sizes)
        if kind is QuestionKind.STEEPEST:
            assert question.answer == np.argmax(sizes)
            assert ordered[-1] > (least - 0.01) * ordered[-2]
        else:
            assert question.answer == np.argmin(sizes)
            assert ordered[1] > (least - 0.01) * ordered[0]
        assert (np.abs(question.places) < 6.0).all()


@every("level", QUIZ_LEVELS)
def test_downhill_is_the_direction_in_which_the_loss_falls_fastest(level):
    turns = np.radians(np.arange(0.0, 360.0, 1.0))
    around = np.column_stack([np.cos(turns), np.sin(turns)])
    for question in questions((QuestionKind.DOWNHILL,), level):
        slopes = [slope(question.subject, question.place, arrow) for arrow in question.arrows]
        assert slopes == pytest.approx(question.measures, rel=1e-3, abs=1e-7)
        steepest = turns[int(np.argmin(slope(question.subject, question.place, around)))]
        best = question.arrows[question.answer]
        assert best @ [np.cos(steepest), np.sin(steepest)] > np.cos(np.radians(1.5))


def test_questions_come_again_from_the_same_seed_and_differ_from_another_one():
    one, again, other = (make_question(seed, 4, 3) for seed in (5, 5, 6))
    assert one.kind is again.kind
    assert one.measures == again.measures
    assert np.array_equal(one.subject.loss, again.subject.loss)
    assert not np.array_equal(one.subject.loss, other.subject.loss)


def test_every_letter_is_right_sometimes_and_every_kind_is_asked():
    asked = [question_of(number, 2) for number in range(24)]
    assert {question.kind for question in asked} == set(QuestionKind)
    counts = np.bincount([question.answer for question in asked], minlength=4)
    assert counts.min() >= 3


@every("number", range(10))
def test_explanations_name_both_answers_and_their_measures(number):
    question = question_of(number, 3)
    right = question.answer
    wrong = (right + 1) % 4
    assert verdict(question, right) == f"{ANSWER_LETTERS[right]} is right."
    assert (
        verdict(question, wrong)
        == f"{ANSWER_LETTERS[wrong]} is not right: the answer is {ANSWER_LETTERS[right]}."
    )
    text = explanation(question, wrong)
    assert ANSWER_LETTERS[right] in text
    assert ANSWER_LETTERS[wrong] in text
    if question.kind in (QuestionKind.STEEPEST, QuestionKind.GENTLEST):
        for index in (right, wrong):
            assert numerals.number(question.measures[index], 2) in text
    assert explanation(question, right) != ""


def test_likeness_knows_the_same_shape_and_its_mirror_image():
    first = relief(FIRST_NEURON)
    assert likeness(first, first) == pytest.approx(1.0)
    for points in mirrored_points(FIRST_NEURON):
        assert likeness(first, relief(points)) < 0.7
    loss = relief(mirrored_points(FIRST_NEURON)[2]).loss
    # Both turned over: w stays and b changes its sign.
    assert loss == pytest.approx(first.loss[:, ::-1], abs=1e-12)


# ---------------------------------------------------------------------------------------- the score


def after(answers, score=None):
    score = score or Score()
    for right in answers:
        score = score.answered(right=right)
    return score


def test_answers_are_counted():
    score = after([True, True, False, True])
    assert (score.right, score.asked, score.streak, score.longest) == (3, 4, 1, 2)


def test_three_right_answers_in_a_row_raise_the_level_and_a_wrong_one_breaks_the_row():
    assert after([True, True, True]).level == 2
    assert after([True, True, False, True, True]).level == 1
    assert after([True] * 6).level == 3
    assert after([True] * 40).level == 5


def test_a_chosen_level_starts_a_row_of_its_own_but_keeps_the_streak():
    score = after([True, True]).at(4)
    assert (score.level, score.streak) == (4, 2)
    assert score.answered(right=True).level == 4


def test_the_lowest_place_is_known_before_the_answer_and_told_with_it():
    for question in questions((QuestionKind.SURFACE, QuestionKind.MAP), 4):
        low = question.lowest
        assert low.loss <= question.subject.loss.min()
        told = f"near w = {numerals.number(low.w, 2)}, b = {numerals.number(low.b, 2)}."
        # The other answer was named last.
        told = f" The lowest place of {ANSWER_LETTERS[question.answer]} is {told}"
        assert explanation(question, 0).endswith(told)
        # The surfaces that are shown do not give it away.
        assert question.subject.lowest.loss == question.subject.loss.min()


def test_a_match_is_explained_by_what_lines_and_surfaces_show():
    """Heights as shares and losses are on no plain map: places with dense lines, and steep ones, are."""
    for question in questions((QuestionKind.SURFACE, QuestionKind.MAP), 4):
        wrong = (question.answer + 1) % 4
        text = explanation(question, wrong)
        assert "%" not in text
        assert "L =" not in text
        place = np.array([float(numerals.read_number(one)) for one in PLACE.search(text).groups()])
        shares = [
            steepness(surface, place) / steepest(surface)
            for surface in (question.candidates[question.answer], question.candidates[wrong])
        ]
        assert bool(shares[0] > shares[1]) is is_said_steep(question, text)


@every("level", QUIZ_LEVELS)
def test_nothing_is_called_gentle_that_is_nearly_as_steep_as_the_steepest_place(level):
    for question in questions(MATCHING, level, 18 if WHOLE else 4):
        for wrong in {*range(4)} - {question.answer}:
            words = PLACE.search(explanation(question, wrong)).groups()
            place = np.array([float(numerals.read_number(one)) for one in words])
            surfaces = (question.candidates[question.answer], question.candidates[wrong])
            gentle, steep = sorted(steepness(one, place) / steepest(one) for one in surfaces)
            assert gentle < 0.33
            assert steep > 1.5 * gentle


PLACE = re.compile(r"Near w = ([^,]+), b = (\S+)")


def is_said_steep(question, text):
    letter = ANSWER_LETTERS[question.answer]
    return (
        f"{letter} is steep" in text if question.kind is QuestionKind.SURFACE else "surface is steep" in text
    )


def steepest(surface):
    w, b = np.meshgrid(surface.w[1:-1:4], surface.b[1:-1:4])
    return steepness(surface, np.stack([w, b], axis=-1)).max()
