"""The score of a quiz."""

from gdsim.core.exercises.quiz.score import Score


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
