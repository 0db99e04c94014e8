"""Checking somebody's own work: planted mistakes are named, and right work passes."""

from functools import lru_cache
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdsim.core.exercises.check.answer_sheet import Submission
from gdsim.core.exercises.check.judgement import judge_submission
from gdsim.core.exercises.check.mistakes import mistakes
from gdsim.core.exercises.check.report import sentences
from gdsim.core.model.batching import BATCH, MINI_BATCH, STOCHASTIC
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.points import PointSet
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.schedules import MOMENTUM_SCHEDULES, SCHEDULES
from tests.core.exercises.check import by_hand as plain
from tests.core.exercises.check.by_hand import by_hand
from tests.core.records import LECTURE, columns_of, one_run, run_of
from tests.core.strategies import runs_with_points, switched
from tests.every import WHOLE, every, pairs_of

STEPS = 8
# Small gradients, so that it can be seen where eps stands.
POINTS = PointSet([3.5, 0.35, 3.2, -2.0, 1.5], [0.5, 0.5, 0.5, 0.5, 0.1])
PAIRS = list(zip(POINTS.x[:, 0].tolist(), POINTS.y.tolist(), strict=True))
START = (-2.0, -2.0)
# Without the root or the correction steps are large.
ETA = {"": 0.7, "bias_correction": 0.1, "root": 0.002}
BATCHINGS = {"batch": (BATCH(), 5), "stochastic": (STOCHASTIC(), 1), "mini-batch": (MINI_BATCH(size=2), 2)}

V = "vₜ = γ·vₜ₋₁ + η·∇wₜ"
ADAGRAD = "vₜ = vₜ₋₁ + (∇wₜ)²"
RMSPROP = "vₜ = β·vₜ₋₁ + (1 − β)·(∇wₜ)²"
ADAM = "mₜ = β₁·mₜ₋₁ + (1 − β₁)·∇wₜ"
M_HAT, V_HAT = "m̂ₜ = mₜ / (1 − β₁ᵗ)", "v̂ₜ = vₜ / (1 − β₂ᵗ)"

IN_EVERY_RULE = {
    "missing-half": "The gradient is twice as large: the ½ of the loss is missing.",
    "extra-half": (
        "The gradient is half as large: the ½ of the loss cancels the 2 from the derivative of the square."
    ),
    "sign": "The error was taken as y − f; it should be f − y.",
    "no-slope": "The factor f·(1 − f), the slope of the sigmoid, is missing from the gradient.",
    "half-slope": "The slope of the sigmoid is f·(1 − f); the factor 1 − f is missing.",
    "other-half-slope": "The slope of the sigmoid is f·(1 − f); the factor f is missing.",
    "sigmoid-turned": "The sigmoid was computed with e^z; it should be 1 / (1 + e^(−z)).",
    "no-input": "The factor x is missing from the gradient of w.",
    "bias-after-weights": "b was updated with the new w; both gradients should be taken at the old w and b.",
    "no-rate": "The gradient was not multiplied by the learning rate η.",
}
OF_SEVERAL_POINTS = {
    "mean": "The gradient was divided by the number of points; the loss is a sum, not a mean."
}
OF_ALL_POINTS = {"one-point": "Each update used one point; this run's updates use all of them."}
OF_SOME_POINTS = {
    "all-points": "Each update used all points; this run's updates use only some.",
    "backwards": "The points were taken from the last to the first.",
    "from-the-second": "The points were taken from the second on; the first update should use the first "
    "point.",
}
FORGETFUL = {"forgetful": "The memory was reset at the start of every epoch; it should be kept throughout."}
MOMENTUM = {
    "no-memory": f"v forgets the step before: γ·vₜ₋₁ is missing from {V}.",
    "no-gamma": "All of the old v was kept; it should be multiplied by γ.",
    "gamma-on-gradient": f"γ multiplies η·∇wₜ; it should multiply the old v: {V}.",
    "rates-exchanged": "γ and η are swapped: γ multiplies the old v, and η multiplies ∇wₜ.",
    "averaged": "η·∇wₜ was multiplied by 1 − γ, as in an average; v is not an average.",
    "added": "vₜ was added; it should be subtracted.",
    "old-step": f"The step was made with the old v; the new one should be computed first: {V}.",
}
LOOK = "wₜ − γ·vₜ₋₁"
NESTEROV = {
    **{mistake: sentence.replace("∇wₜ", "∇wₗₒₒₖ") for mistake, sentence in MOMENTUM.items()},
    "gradient-here": (
        f"The gradient was taken where the run is; it should be taken at the look-ahead place {LOOK}."
    ),
    "look-back": f"The look-ahead went the wrong way: it should be {LOOK}, not wₜ + γ·vₜ₋₁.",
    "look-too-far": f"The look-ahead went the whole old step: it should be {LOOK}, not wₜ − vₜ₋₁.",
    "step-from-look": "The step was made from the look-ahead place; it should start where the run is.",
}
SQUARES = {
    "not-squared": "v gathers ∇wₜ; it should gather the square (∇wₜ)².",
    "size-not-square": "v gathers the size |∇wₜ|; it should gather the square (∇wₜ)².",
}


def rooted(v):
    """The mistakes in a root of some v."""
    return {
        "other-root": f"The square root is missing: it should be √({v} + ε), not {v} + ε.",
        "eps-outside": f"ε is outside the square root, as √({v}) + ε; it should be √({v} + ε).",
        "no-eps": f"ε is missing from √({v} + ε).",
    }


ADAGRAD_SUM = {
    **SQUARES,
    "no-memory": f"v forgets the step before: vₜ₋₁ is missing from {ADAGRAD}.",
    "decay": (
        f"v was computed as a running average, 0.9·vₜ₋₁ + 0.1·(∇wₜ)²; it should be a plain sum: {ADAGRAD}."
    ),
}
ADAM_AVERAGES = {
    **SQUARES,
    "betas-exchanged": "β₁ and β₂ are swapped in the lines of m and v: β₁ belongs to m, β₂ belongs to v.",
    "no-memory": "m and v forget the step before: β₁·mₜ₋₁ and β₂·vₜ₋₁ are missing.",
    "no-m": f"m was taken as ∇wₜ alone; it should be a running average: {ADAM}.",
    "m-summed": f"m was computed as a plain sum; it should be a running average: {ADAM}.",
    "m-not-shared": "All of ∇wₜ was added; it should be multiplied by 1 − β₁.",
}
# What is expected of a rule, by what of its settings is switched off.
IN_RULES = {
    ("gd", ""): {"added": "η·∇wₜ was added; it should be subtracted."},
    ("momentum", ""): MOMENTUM | FORGETFUL,
    ("nesterov", ""): NESTEROV | FORGETFUL,
    ("adagrad", ""): ADAGRAD_SUM
    | rooted("vₜ")
    | FORGETFUL
    | {"added": "(η/√(vₜ + ε))·∇wₜ was added; it should be subtracted."},
    ("adagrad", "root"): ADAGRAD_SUM
    | FORGETFUL
    | {
        "other-root": "These are the values with “square root” switched on; this run has it off.",
        "no-eps": "ε is missing from vₜ + ε.",
    },
    ("rmsprop", ""): SQUARES
    | rooted("vₜ")
    | FORGETFUL
    | {
        "no-memory": f"v forgets the step before: β·vₜ₋₁ is missing from {RMSPROP}.",
        "no-decay": f"v was computed as a plain sum; it should be a running average: {RMSPROP}.",
        "last-only": f"v was taken as (∇wₜ)² alone; it should be a running average: {RMSPROP}.",
        "no-beta": "All of the old v was kept; it should be multiplied by β.",
        "no-share": "All of (∇wₜ)² was added; it should be multiplied by 1 − β.",
        "shares-exchanged": ("β and 1 − β are swapped: β multiplies the old v, and 1 − β multiplies (∇wₜ)²."),
    },
    ("adam", ""): ADAM_AVERAGES
    | rooted("v̂ₜ")
    | FORGETFUL
    | {
        "other-correction": f"m and v were not corrected: {M_HAT} and {V_HAT}.",
        "m-corrected-only": f"v was not corrected: {V_HAT}.",
        "v-corrected-only": f"m was not corrected: {M_HAT}.",
        "corrected-twice": (
            "The corrected m̂ₜ and v̂ₜ were kept as the next m and v; they should be used for this step only."
        ),
        "divided-twice": f"The correction was made twice instead of once: {M_HAT} and {V_HAT}.",
        "correction-without-power": ("β₁ and β₂ were not raised to the power t; they should be β₁ᵗ and β₂ᵗ."),
        "correction-ahead": "The first update was counted as t = 2; it should be t = 1.",
        "betas-exchanged-everywhere": "β₁ and β₂ are swapped: β₁ belongs to m, β₂ belongs to v.",
        "exchanged": "m̂ₜ and v̂ₜ are swapped: the step goes along m̂ₜ, and v̂ₜ scales it.",
        "along-gradient": "The step goes along ∇wₜ; it should go along m̂ₜ.",
        "added": "(η/√(v̂ₜ + ε))·m̂ₜ was added; it should be subtracted.",
    },
    ("adam", "bias_correction"): ADAM_AVERAGES
    | rooted("vₜ")
    | FORGETFUL
    | {
        "other-correction": "These are the values with “bias correction” switched on; this run has it off.",
        "exchanged": "mₜ and vₜ are swapped: the step goes along mₜ, and vₜ scales it.",
    },
}


def expected(rule, off, batching):
    """Return the sentence of each mistake that can be planted in a run."""
    size = BATCHINGS[batching][1]
    found = IN_EVERY_RULE | IN_RULES[rule, off]
    found = found | (OF_SEVERAL_POINTS if size > 1 else {})
    if size == len(POINTS):
        found = found | OF_ALL_POINTS
        found.pop("forgetful", None)  # every update is an epoch
        return found
    return found | OF_SOME_POINTS


# A mistake in a rule's lines is the same one whatever some points feed an update.
CASES = [
    (rule, off, batching, mistake)
    for rule, off in IN_RULES
    for batching in BATCHINGS
    for mistake in expected(rule, off, batching)
    if batching != "mini-batch" or mistake == "forgetful" or mistake not in IN_RULES[rule, off]
]


def _seen_with(rule, off, batching, mistake):
    """Return a mistake with what it may depend on: its rule, or the points of an update."""
    return mistake, (rule, off) if mistake in IN_RULES[rule, off] else batching


# Some of them, with every mistake of each rule, or all in a whole run.
SOME_CASES = [*{_seen_with(*case): case for case in Random(0).sample(CASES, len(CASES))}.values()]


@lru_cache
def run_and_record(rule, off="", batching="batch", **more):
    switches = {off: False} if off else {}
    batches = BATCHINGS[batching][0]
    run = run_of(RULES[rule], batching=batches, eta=ETA[off], start=START, epochs=30, **switches, **more)
    return one_run(run, POINTS), run, columns_of(run, POINTS)


def worked(rule, off="", batching="batch", mistake="", steps=STEPS):
    """Return somebody's own values: a plain loop with one mistake in it."""
    _, run, _ = run_and_record(rule, off, batching)
    size = BATCHINGS[batching][1]
    return np.array(by_hand(rule, dict(run.optimizer.items()), PAIRS, START, size, steps, mistake))


def judged(p, rule, off="", batching="batch", first=0, **more):
    submission = Submission.of(np.arange(first, first + len(p)), p)
    return run_to_end(judge_submission(*run_and_record(rule, off, batching, **more), submission))


def slopes(w, b):
    """Return what each point adds to the gradient of b."""
    f = 1.0 / (1.0 + np.exp(-(w * POINTS.x[:, 0] + b)))
    return (f - POINTS.y) * f * (1.0 - f)


def named(judgement):
    """Return the sentences of the mistakes that explain a submission alone."""
    return [made[0].sentence for made in judgement.mistakes if len(made) == 1]


DECIMALS = (17, 6, 4, 2)
ROUNDED = [(*kind, *rest) for kind, *rest in pairs_of(IN_RULES, BATCHINGS, DECIMALS)]


@every(("rule", "off", "batching", "decimals"), ROUNDED)
def test_right_work_passes_however_it_is_rounded(rule, off, batching, decimals):
    judgement = judged(np.round(worked(rule, off, batching), decimals), rule, off, batching)
    assert judgement.is_right
    first, *remarks = sentences(judgement, ("w", "b"))
    assert first == "All 9 rows are right, to the decimals given."
    assert bool(remarks) == (judgement.is_coarse or bool(judgement.hidden))
    assert not remarks or decimals < 6


@every(("rule", "off", "batching", "mistake"), CASES if WHOLE else SOME_CASES)
def test_a_planted_mistake_is_named(rule, off, batching, mistake):
    judgement = judged(worked(rule, off, batching, mistake), rule, off, batching)
    assert not judgement.is_right
    assert expected(rule, off, batching)[mistake] in named(judgement)
    assert len(named(judgement)) <= 2


@every(("rule", "off", "batching", "mistake"), SOME_CASES if WHOLE else SOME_CASES[::8])
def test_a_mistake_in_rounded_values_is_named_or_cannot_be_seen(rule, off, batching, mistake):
    judgement = judged(np.round(worked(rule, off, batching, mistake), 6), rule, off, batching)
    assert judgement.is_right or expected(rule, off, batching)[mistake] in named(judgement)


@every(("rule", "off"), IN_RULES)
def test_no_sentence_comes_twice(rule, off):
    for batching in BATCHINGS:
        _, run, _ = run_and_record(rule, off, batching)
        said = [one.sentence for one in mistakes(run, Neuron.fitting(POINTS))]
        assert len(set(said)) == len(said)
        assert set(expected(rule, off, batching).values()) <= set(said)


def test_every_rule_of_the_lecture_is_looked_at_with_its_switches_on_and_off():
    off = [
        (one.id, "".join(name for name, is_on in one.switches().items() if not is_on))
        for rule in LECTURE
        for one in switched(RULES[rule])
    ]
    assert sorted(off) == sorted(IN_RULES)


def test_work_that_rounds_every_number_on_the_way_passes():
    """Momentum by hand with four decimals: gradient, velocity and parameters, each rounded."""
    w, b = START
    v_w, v_b, rows = 0.0, 0.0, [START]
    for _ in range(STEPS):
        slope = np.round(slopes(w, b), 4)
        v_w = round(0.9 * v_w + 0.7 * round(float(slope @ POINTS.x[:, 0]), 4), 4)
        v_b = round(0.9 * v_b + 0.7 * round(float(slope.sum()), 4), 4)
        w, b = round(w - v_w, 4), round(b - v_b, 4)
        rows.append((w, b))
    assert judged(np.array(rows), "momentum").is_right


@settings(max_examples=15 if WHOLE else 3)
@given(runs_with_points(), st.sampled_from([17, 8, 5]), st.data())
def test_the_run_itself_passes_and_a_changed_row_does_not(case, decimals, data):
    run, points, validation = case
    record = columns_of(run, points, validation)
    if not np.isfinite(record.p).all():
        return
    p = np.round(record.p, decimals)
    about = one_run(run, points, validation), run, record
    right = Submission.of(np.arange(len(p)), p, [decimals] * p.shape[1])
    assert run_to_end(judge_submission(*about, right)).is_right
    row, column = data.draw(st.integers(0, len(p) - 1)), data.draw(st.integers(0, p.shape[1] - 1))
    p[row, column] += 1e4
    judgement = run_to_end(judge_submission(*about, right))
    assert judgement.wrong == row


def test_one_wrong_step_is_told_from_the_steps_that_follow_it():
    p = worked("gd")
    p = np.vstack([p[:5], np.array(by_hand("gd", {"eta": 0.7}, PAIRS, (p[4, 0] + 0.1, p[4, 1]), 5, 7))])
    judgement = judged(p, "gd")
    assert judgement.submission.steps[judgement.wrong] == 5
    assert judgement.isolated
    assert "an arithmetic mistake" in sentences(judgement, ("w", "b"))[-1]


def test_two_mistakes_at_once_are_named_together():
    p = [START]
    w, b = START
    v_w, v_b = 0.0, 0.0
    for _ in range(STEPS):  # a mean instead of a sum, and the old velocity carried over whole
        slope = slopes(w, b)
        v_w, v_b = v_w + 0.7 * np.mean(slope * POINTS.x[:, 0]), v_b + 0.7 * np.mean(slope)
        w, b = w - v_w, b - v_b
        p.append((w, b))
    judgement = judged(np.array(p), "momentum")
    assert [{one.sentence for one in pair} for pair in judgement.mistakes] == [
        {OF_SEVERAL_POINTS["mean"], MOMENTUM["no-gamma"]}
    ]


def test_two_mistakes_in_the_gradient_are_named_together():
    p = [START]
    w, b = START
    for _ in range(STEPS):  # the mean of the squared errors, without a half, differentiated
        slope = 2.0 * slopes(w, b)
        w, b = w - 0.7 * np.mean(slope * POINTS.x[:, 0]), b - 0.7 * np.mean(slope)
        p.append((w, b))
    judgement = judged(np.array(p), "gd")
    pairs = [{one.sentence for one in pair} for pair in judgement.mistakes]
    assert {OF_SEVERAL_POINTS["mean"], IN_EVERY_RULE["missing-half"]} in pairs


def test_the_table_may_be_shifted_or_its_columns_exchanged():
    assert "one step early" in judged(worked("adam")[:-1], "adam", first=1).reading
    assert "swapped" in judged(worked("nesterov")[1:, ::-1], "nesterov", first=1).reading


def test_a_table_that_leaves_out_the_first_step_is_one_step_late():
    assert "one step late" in judged(worked("momentum")[2:], "momentum", first=1).reading


@pytest.mark.parametrize("rows", [1, STEPS])
def test_a_table_that_begins_with_the_first_update_as_step_0_is_one_step_late(rows):
    judgement = judged(worked("gd")[1:][:rows], "gd")
    start, reading = sentences(judgement, ("w", "b"))
    assert start.startswith("The run starts at w = −2, b = −2")
    assert "one step late" in reading


def test_another_start_is_told():
    judgement = judged(np.array([[0.0, 6.0]]), "gd")
    assert sentences(judgement, ("w", "b")) == ("The run starts at w = −2, b = −2, not at w = 0, b = 6.",)


def test_only_some_steps_need_be_given():
    p, some = worked("rmsprop"), np.array([0, 3, 4, 8])
    assert run_to_end(judge_submission(*run_and_record("rmsprop"), Submission.of(some, p[some]))).is_right


RATE, MOMENTUM_RATE = "The schedule of the learning rate", "The schedule of the momentum"


@every(
    ("schedule", "batching", "rate", "sentence"),
    [
        (
            SCHEDULES["exponential"](k=0.1),
            "batch",
            lambda _: 0.7,
            "The learning rate stayed at its first value; the run has a schedule for it.",
        ),
        (
            SCHEDULES["inverse"](k=0.1),
            "batch",
            lambda t: 0.7 / (1.0 + 0.1 * t),
            f"{RATE} counts the first update as t = 1; it should be t = 0.",
        ),
        (
            SCHEDULES["exponential"](k=0.1),
            "stochastic",
            lambda t: 0.7 * np.exp(-0.1 * ((t - 1) // 5)),
            f"{RATE} was counted in finished epochs; it should be counted in steps.",
        ),
        (
            SCHEDULES["step"](every=1),
            "stochastic",
            lambda t: 0.7 * 0.5 ** (t - 1),
            f"{RATE} was counted in steps; it should be counted in finished epochs.",
        ),
    ],
)
def test_mistakes_in_a_schedule_are_named(schedule, batching, rate, sentence):
    rows = [START]
    for t in range(1, STEPS + 1):
        points = PAIRS if batching == "batch" else [PAIRS[(t - 1) % len(PAIRS)]]
        rows.append(by_hand("gd", {"eta": rate(t)}, points, rows[-1], len(points), 1)[1])
    assert sentence in named(judged(np.array(rows), "gd", batching=batching, schedule=schedule))


@pytest.mark.parametrize(
    ("gamma", "sentence"),
    [
        (lambda _: 0.9, "The momentum stayed at its first value; the run has a schedule for it."),
        (
            lambda t: min(1.0 - 2.0 ** (-1.0 - np.log2((t + 1) // 250 + 1)), 0.99),
            f"{MOMENTUM_RATE} counts the first update as t = 1; it should be t = 0.",
        ),
    ],
)
def test_mistakes_in_a_schedule_of_the_momentum_are_named(gamma, sentence):
    w, b = START
    v_w, v_b, rows = 0.0, 0.0, [START]
    for t in range(260):
        slope = slopes(w, b)
        v_w, v_b = gamma(t) * v_w + 0.01 * slope @ POINTS.x[:, 0], gamma(t) * v_b + 0.01 * slope.sum()
        w, b = w - v_w, b - v_b
        rows.append((w, b))
    run = run_of(
        RULES["momentum"],
        eta=0.01,
        start=START,
        epochs=300,
        momentum_schedule=MOMENTUM_SCHEDULES["sutskever"](),
    )
    assert named(plain.judged(run, POINTS, rows)) == [sentence]


def test_points_in_table_order_are_told_where_the_run_shuffles():
    run = run_of(RULES["gd"], batching=STOCHASTIC(shuffle=True), eta=0.7, start=START, epochs=30, seed=3)
    rows = by_hand("gd", {"eta": 0.7}, PAIRS, START, 1, STEPS)
    assert named(plain.judged(run, POINTS, rows)) == [
        "The points were taken in table order; this run shuffles them."
    ]


def test_points_that_were_shuffled_once_are_told():
    run = run_of(RULES["gd"], batching=STOCHASTIC(shuffle=True), eta=0.7, start=START, epochs=30, seed=3)
    first = [PAIRS[run.batching.rows(5, step, 3)[0]] for step in range(1, 6)]
    rows = by_hand("gd", {"eta": 0.7}, first, START, 1, STEPS)
    assert named(plain.judged(run, POINTS, rows)) == [
        "The points were shuffled once; this run shuffles them again before every epoch."
    ]


@every("size", (2, 3, 4))
def test_a_short_last_batch_that_was_left_out_is_told(size):
    rest = len(POINTS) % size
    run = run_of(RULES["momentum"], batching=MINI_BATCH(size=size), eta=0.7, start=START, epochs=30)
    rows = by_hand("momentum", {"eta": 0.7, "gamma": 0.9}, PAIRS, START, size, STEPS, "no-rest")
    assert named(plain.judged(run, POINTS, rows)) == [
        f"The last batch of each epoch, which has only {rest} point{'s' * (rest > 1)}, was left out."
    ]


def test_what_cannot_be_compared_is_refused():
    about = run_and_record("gd")
    with pytest.raises(ValueError, match="2 parameters, not 3"):
        run_to_end(judge_submission(*about, Submission.of(np.array([1]), np.zeros((1, 3)))))
    with pytest.raises(ValueError, match="has 30 steps"):
        run_to_end(judge_submission(*about, Submission.of(np.array([31]), np.zeros((1, 2)))))
    for steps in ([], [-1], [2, 1], [1, 1]):
        with pytest.raises(ValueError, match="step"):
            Submission.of(np.array(steps, dtype=int), np.zeros((len(steps), 2)))


def test_values_of_few_decimals_are_told_to_be_of_little_use():
    judgement = judged(np.round(worked("gd"), 1), "gd")
    assert judgement.is_right
    assert sentences(judgement, ("w", "b"))[1] == (
        "With so few decimals no mistake can be pinned down; give more digits."
    )


def test_the_precision_is_that_of_the_longest_value_of_a_column():
    submission = Submission.of(np.arange(3), np.array([[1.0, 0.25], [1.5, 1e-7], [np.nan, 120.0]]))
    assert submission.precision == pytest.approx(np.array([[0.05, 0.5e-3], [0.05, 0.5e-7], [0.05, 0.5]]))
