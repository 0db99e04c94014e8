"""Own work on any loss: right steps pass, and a planted mistake in the gradient is named.

Gradients are worked here by central differences of the definitions, or by plain loops over the points.
"""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdsim.core.engine.runs import first_steps
from gdsim.core.exercises.check.answer_sheet import AnswerSheet, Submission, Written
from gdsim.core.exercises.check.checked import check_sheet
from gdsim.core.exercises.check.gradients import RunGradients
from gdsim.core.exercises.check.judgement import judge_submission
from gdsim.core.exercises.check.mistakes import mistakes
from gdsim.core.exercises.check.report import sentences
from gdsim.core.model.batching import BATCH, MINI_BATCH, STOCHASTIC
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import FunctionObjective, NeuronObjective
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from tests.core.strategies import objectives
from tests.every import WHOLE, every

X, Y = [0.7, -1.3, 2.1, 0.4], [0.2, 0.9, 0.6, 0.1]
ETA, START, STEPS = 0.05, (0.8, -0.6), 12


def experiment_of(objective, batching=None, rule="gd", points=None):
    run = Run(RULES[rule](eta=ETA), batching or BATCH(), start=START, epochs=STEPS)
    return Experiment(points or PointSet(X, Y), PointSet.empty(), (run,), objective=objective)


def judged(experiment, rows, decimals=()):
    record = run_to_end(first_steps(experiment, experiment.runs[0], STEPS)).whole
    submission = Submission.of(np.arange(len(rows)), np.array(rows), decimals)
    return run_to_end(judge_submission(experiment, experiment.runs[0], record, submission))


@settings(max_examples=60 if WHOLE else 6)
@given(
    objectives(),
    st.sampled_from([BATCH(), STOCHASTIC(), MINI_BATCH(size=3)]),
    st.sampled_from(["gd", "adam"]),
)
def test_right_work_passes_whatever_the_loss(objective, batching, rule):
    experiment = experiment_of(objective, batching, rule)
    rows = run_to_end(first_steps(experiment, experiment.runs[0], STEPS)).whole.p[:STEPS]
    assert judged(experiment, rows).is_right
    assert judged(experiment, np.round(rows, 4)).is_right


def test_right_work_passes_where_a_logit_is_beyond_what_its_power_of_e_can_be():
    experiment = experiment_of(NeuronObjective("identity", "cross-entropy"), rule="adam")
    (run,) = experiment.runs
    experiment = replace(experiment, runs=(replace(run, start=(-900.0, 0.5)),))
    rows = run_to_end(first_steps(experiment, experiment.runs[0], 3)).whole.p
    assert judged(experiment, np.round(rows, 4)).is_right


@given(objectives(), st.data())
def test_every_mistake_in_the_gradient_is_found_by_what_comes_of_it(objective, data):
    """A run that is made with a mistake is explained by it."""
    experiment = experiment_of(objective)
    run, loss = experiment.runs[0], experiment.training
    record = run_to_end(first_steps(experiment, experiment.runs[0], STEPS)).whole
    gradients = RunGradients(run, loss)
    made = [
        one
        for one in mistakes(run, loss)
        if one.change(gradients.right).gradient is not gradients.right.gradient
    ]
    planted = data.draw(st.sampled_from(made))
    computation, p, rows = planted.change(gradients.right), np.array([START]), [START]
    with np.errstate(all="ignore"):
        for t in range(1, 8):
            p = p - ETA * gradients.of(computation, (t, 0), gradients.batch(computation, t), p)
            rows.append(tuple(p[0].tolist()))
    if not np.isfinite(rows).all():
        return
    judgement = judged(experiment, rows)
    if judgement.is_right:  # of these points it comes to the same
        assert np.abs(np.array(rows) - record.p[:8]).max() < 1e-7
    else:
        assert planted.sentence in [one.sentence for found in judgement.mistakes for one in found]


# ---------------------------------------------------------------- mistakes, each worked by a loop of its own


def slope(objective, w, b, x, y):
    """Return the slope of a point's loss by z, and z."""
    z = w * x + b
    match objective.activation:
        case "sigmoid":
            f = 1.0 / (1.0 + math.exp(-z))
            bent = f * (1.0 - f)
        case "tanh":
            f = math.tanh(z)
            bent = 1.0 - f * f
        case "relu":
            f, bent = max(z, 0.0), float(z > 0.0)
        case _:
            f, bent = z, 1.0
    return f, bent


def worked(step):
    rows = [START]
    for _ in range(8):
        w, b = rows[-1]
        dw, db = step(w, b)
        rows.append((w - ETA * dw, b - ETA * db))
    return rows


def summed(objective, of_point):
    def step(w, b):
        parts = [of_point(*slope(objective, w, b, x, y), y) for x, y in zip(X, Y, strict=True)]
        return sum(part * x for part, x in zip(parts, X, strict=True)), sum(parts)

    return step


CROSS, TANH = NeuronObjective(loss="cross-entropy"), NeuronObjective("tanh")
RELU, MEAN = NeuronObjective("relu"), NeuronObjective("identity", "squared", "mean")
DECAYED, ABSOLUTE = NeuronObjective("identity", l2=0.5), NeuronObjective("tanh", "absolute")
BOWL = FunctionObjective("w**2 + 3*b**2 + w*b")


def decayed(of_w, of_b):
    plain = summed(DECAYED, lambda f, _, y: f - y)

    def step(w, b):
        dw, db = plain(w, b)
        return dw + of_w * w, db + of_b * b

    return step


PLANTED = [
    (CROSS, summed(CROSS, lambda f, bent, y: (f - y) * bent), "it cancels in the gradient of cross-entropy"),
    (TANH, summed(TANH, lambda f, bent, y: f - y), "The factor 1 − f², the slope of tanh, is missing"),
    (TANH, summed(TANH, lambda f, bent, y: (f - y) * f * (1.0 - f)), "the slope of the sigmoid"),
    (RELU, summed(RELU, lambda f, bent, y: f - y), "The slope of the ReLU"),
    (MEAN, summed(MEAN, lambda f, bent, y: 2.0 * (f - y)), "was not divided by the number of points"),
    (
        MEAN,
        summed(MEAN, lambda f, bent, y: (f - y) / 4.0),
        "the 2 from the derivative of the square is missing",
    ),
    (DECAYED, decayed(0.0, 0.0), "The penalty λ·w of the loss is missing"),
    (DECAYED, decayed(0.5, 0.5), "The penalty was applied to b, too"),
    (DECAYED, decayed(1.0, 0.0), "The penalty is twice as large"),
    (ABSOLUTE, summed(ABSOLUTE, lambda f, bent, y: (f - y) * bent), "is its sign, −1 or 1"),
    (BOWL, lambda w, b: (2.0 * w, 6.0 * b + w), "b is missing from the gradient of w"),
    (BOWL, lambda w, b: (6.0 * b + w, 2.0 * w + b), "The gradients of w and b are swapped"),
    (BOWL, lambda w, b: (w + b, 6.0 * b + w), "The factor 2 is missing from 2·w, in the gradient of w"),
    (BOWL, lambda w, b: (2.0 * w + b, -6.0 * b - w), "The sign of the gradient of b is wrong"),
]


@every(("objective", "step", "words"), PLANTED, ids=[one[-1] for one in PLANTED])
def test_a_planted_mistake_is_named(objective, step, words):
    points = PointSet([0.0], [0.0]) if objective is BOWL else None
    judgement = judged(experiment_of(objective, points=points), worked(step))
    assert judgement.wrong == 1
    assert any(words in one.sentence for found in judgement.mistakes for one in found), sentences(
        judgement, ("w", "b")
    )


@settings(max_examples=20 if WHOLE else 6)
@given(objectives())
def test_what_is_drawn_is_of_the_same_loss(objective):
    experiment = experiment_of(objective)
    record = run_to_end(first_steps(experiment, experiment.runs[0], STEPS)).whole
    lines = tuple((Written(float(t)), *(Written(v, 9) for v in record.p[t].tolist())) for t in range(4))
    checked = run_to_end(check_sheet(experiment, 0, AnswerSheet(("w", "b"), lines)))
    assert checked.judgement.is_right
    assert checked.loss == pytest.approx(record.loss[:4])
    w, b = record.p[2]
    assert float(checked.surface.loss_at(w, b)) == pytest.approx(record.loss[2], rel=1e-6, abs=1e-9)
