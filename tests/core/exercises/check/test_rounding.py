"""Somebody who rounds every number on the way is told so; the loops here are plain, and written for this."""

import math

import numpy as np
import pytest

from gdsim.core.exercises.check.answer_sheet import decimals_of
from gdsim.core.exercises.check.mistakes import rounding
from gdsim.core.exercises.check.report import sentences
from gdsim.core.model.points import PointSet
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.own_rule import own_rule
from tests.core.engine import lecture_loops
from tests.core.exercises.check.by_hand import judged
from tests.core.records import columns_of, run_of
from tests.every import WHOLE, every, in_turn, some_of

PAIRS = [(0.5, 0.2), (2.5, 0.9)]
POINTS = PointSet(*map(list, zip(*PAIRS, strict=True)))
START = (-2.0, -2.0)
ETA = 0.1
OF_SQUARES = ("adagrad", "rmsprop", "adam")


def gradient(w, b, decimals=17):
    grad_w = grad_b = 0.0
    for x, y in PAIRS:
        f = round(1.0 / (1.0 + math.exp(-(w * x + b))), decimals)
        slope = (f - y) * f * (1.0 - f)
        grad_w, grad_b = grad_w + slope * x, grad_b + slope
    return grad_w, grad_b


def by_hand(rule, decimals, steps=12, *, mean=1.0, corrects=True):
    """Return rows of (w, b), with each number written down with so many decimals."""
    place, m, v, rows = list(START), [0.0, 0.0], [0.0, 0.0], [START]
    for t in range(1, steps + 1):
        slopes = [round(mean * one, decimals) for one in gradient(*place)]
        for k, g in enumerate(slopes):
            along = g
            if rule == "adagrad":
                v[k] = scale = round(v[k] + g * g, decimals)
            elif rule == "rmsprop":
                v[k] = scale = round(0.9 * v[k] + 0.1 * g * g, decimals)
            else:
                m[k] = round(0.9 * m[k] + 0.1 * g, decimals)
                v[k] = round(0.999 * v[k] + 0.001 * g * g, decimals)
                along = round(m[k] / (1.0 - 0.9**t), decimals) if corrects else m[k]
                scale = round(v[k] / (1.0 - 0.999**t), decimals) if corrects else v[k]
            place[k] = round(place[k] - ETA / math.sqrt(scale + 1e-8) * along, decimals)
        rows.append(tuple(place))
    return np.array(rows)


def judged_by(rule, p, decimals, steps=None, **settings):
    run = run_of(RULES[rule], eta=ETA, start=START, epochs=30, **settings)
    return judged(run, POINTS, p, steps, [decimals] * 2)


def said(judgement):
    return " ".join(sentences(judgement, ("w", "b")))


@every(("rule", "decimals"), in_turn(OF_SQUARES, [3, 4, 5]))
def test_every_number_rounded_is_named(rule, decimals):
    judgement = judged_by(rule, by_hand(rule, decimals), decimals)
    words = f"All intermediate numbers seem to be rounded to {decimals} decimals; small squares need more."
    assert [[one.sentence for one in made] for made in judgement.mistakes] == [[words]]


def test_it_is_named_of_rows_that_leave_steps_out():
    some = np.array([0, 2, 3, 7, 11])
    judgement = judged_by("rmsprop", by_hand("rmsprop", 4)[some], 4, some)
    assert "seem to be rounded to 4 decimals" in said(judgement)


def test_adam_without_its_correction_is_rounded_too():
    judgement = judged_by("adam", by_hand("adam", 4, corrects=False), 4, bias_correction=False)
    assert "seem to be rounded to 4 decimals" in said(judgement)


@every("rule", OF_SQUARES)
def test_many_decimals_do_no_harm(rule):
    assert judged_by(rule, by_hand(rule, 17), 17).is_right


@every("rule", some_of(OF_SQUARES, 2, 3))
def test_other_mistakes_are_not_taken_for_rounding(rule):
    p = by_hand(rule, 4)
    p[6:] += 1.5  # beyond what ties in the rounding leave open
    assert "seem to be rounded" not in said(judged_by(rule, p, 4))
    assert "seem to be rounded" not in said(judged_by(rule, by_hand(rule, 4, mean=0.3), 4))


def test_columns_of_different_decimals_are_told_in_general():
    run = run_of(RULES["adam"], start=START)
    assert "rounded to the decimals given" in rounding(run, 0.5 * 10.0 ** -np.array([[4.0, 3.0]])).sentence


@every("rule", ["gd", "momentum", "nesterov"])
def test_rounding_does_no_harm_where_there_are_no_squares(rule):
    assert rounding(run_of(RULES[rule], start=START), np.array([0.5, 0.5])) is None


@pytest.mark.parametrize("digits", [3, 5])
def test_values_of_so_many_digits_are_right_whatever_stands_before_their_point(digits):
    """Of 0.998 and 1.05 the one has three decimals, the other two."""
    run = run_of(RULES["momentum"], eta=1.0, start=START, epochs=30)
    texts = [[f"{value:.{digits}g}" for value in row] for row in columns_of(run, POINTS).p.tolist()]
    decimals = [[*map(decimals_of, row)] for row in texts]
    assert np.max(decimals) > digits
    rows = [[*map(float, row)] for row in texts]
    assert judged(run, POINTS, rows, None, decimals).is_right
    rows[9][1] *= 1.1
    assert judged(run, POINTS, rows, None, decimals).wrong == 9


@every("decimals", [4, 6])
@every(("rule", "share"), [("adagrad", 1.0), ("rmsprop", 0.1)])
def test_a_root_and_a_quotient_may_be_rounded_as_well(rule, share, decimals):
    """A root of 0.01366 with as many digits as the result has decimals moves a long first step."""

    def to_digits(value):
        places = max(decimals, decimals - 1 - math.floor(math.log10(abs(value))))
        return round(value, places)

    for place in range(0, 30, 1 if WHOLE else 4):
        start = (round(-2.0 + 0.1 * place, 2), round(-2.0 + 0.07 * place, 2))
        slopes = map(to_digits, gradient(*start))
        steps = [to_digits(g / to_digits(math.sqrt(to_digits(share * g * g) + 1e-8))) for g in slopes]
        row = [round(at - 0.5 * step, decimals) for at, step in zip(start, steps, strict=True)]
        run = run_of(RULES[rule], eta=0.5, start=start, epochs=30)
        assert judged(run, POINTS, [start, row], None, [decimals] * 2).is_right, start


def test_a_root_that_rounding_makes_one_of_a_negative_number_makes_no_row_wrong():
    """Of a rule such as Yogi, whose v may shrink: rounded, it can be below 0 where it is not."""
    lines = """
        v_t = v - 0.001*sign(v - g**2)*g**2
        m_t = 0.9*m + 0.1*g
        w_next = w - eta*m_t/(sqrt(v_t) + 1e-8)
    """
    run = run_of(own_rule("Yogi", lines), eta=1.0, start=START, epochs=20)
    rounded = np.round(columns_of(run, POINTS).p, 4)
    assert np.isfinite(rounded).all()
    assert judged(run, POINTS, rounded, None, [4, 4]).is_right


def test_rows_that_rounding_leaves_at_the_start_are_right():
    """Of a run that moves w to -1.9996 the right answer says -2.0, as one that moves nothing does."""
    run = run_of(RULES["gd"], eta=1e-3, start=START, epochs=30)
    right = columns_of(run, POINTS).p[:5]
    assert (right[1:] != START).all()
    judgement = judged(run, POINTS, np.round(right, 1), None, [1, 1])
    assert (judgement.submission.p == START).all()
    assert judgement.is_right
    assert said(judgement).endswith("With so few decimals no mistake can be pinned down; give more digits.")
    judgement = judged(run, POINTS, np.round(right, 1), None, [6, 6])
    assert "No parameter was ever updated." in said(judgement)
    faster = run_of(RULES["gd"], eta=1.0, start=START, epochs=30)
    assert "No parameter was ever updated." in said(judged(faster, POINTS, [START] * 9, None, [1, 1]))


@every(("rule", "decimals"), in_turn(OF_SQUARES, [3, 4]))
def test_an_output_near_1_may_be_rounded_before_it_is_taken_from_1(rule, decimals):
    """Of f = 0.9978 with four decimals two digits are left of 1 - f, and steps are divided by such sizes."""
    settings = {"eta": ETA, "start": (2.0, 1.0), "epochs": 30}
    run = run_of(RULES[rule], **settings)
    h = dict(run.optimizer.items())
    place, memory = list(run.start), [{}, {}]
    rows = [run.start]
    for t in range(1, 9):
        slopes = gradient(*place, decimals)
        for k in (0, 1):
            (to,), memory[k], _ = lecture_loops.RULES[rule](
                h, memory[k], lambda _, g=slopes[k]: [g], [place[k]], ETA, None, t
            )
            place[k] = round(to, decimals)
        rows.append(tuple(place))
    assert judged(run, POINTS, rows, None, [decimals] * 2).is_right
    rows[6] = (rows[6][0], rows[6][1] + 0.02)
    assert judged(run, POINTS, rows, None, [decimals] * 2).wrong == 6
