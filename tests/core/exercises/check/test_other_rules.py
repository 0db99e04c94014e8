"""A rule that nobody wrote mistakes for has them all the same: they follow from its lines."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gdsim.core.exercises.check.mistakes import mistakes, rounding
from gdsim.core.exercises.check.report import sentences
from gdsim.core.exercises.check.wrong_rules import wrong_rules
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.points import PointSet
from tests.core.exercises.check.by_hand import judged
from tests.core.other_rules import ADAMW, AHEAD, HEAVY, OTHER_RULES, rule_of
from tests.core.records import run_of
from tests.every import WHOLE, every

X, Y = np.array([3.5, 0.35, 3.2, -2.0, 1.5]), np.array([0.5, 0.5, 0.5, 0.5, 0.1])
START = (-2.0, -2.0)
STEPS = 8
NAN = float("nan")


def gradient(p):
    f = 1.0 / (1.0 + np.exp(-(p[0] * X + p[1])))
    slope = (f - Y) * f * (1.0 - f)
    return np.array([slope @ X, slope.sum()])


def root(value):
    return np.sqrt(np.where(value < 0.0, NAN, value))


# ------------------------------------------------------------------------ momentum as in PyTorch

B = "bₜ = μ·bₜ₋₁ + ∇wₜ"
IN_HEAVY = {
    "no-memory": f"b forgets the step before: μ·bₜ₋₁ is missing from {B}.",
    "no-mu": "All of the old b was kept; it should be multiplied by μ.",
    "mu-on-gradient": f"μ multiplies ∇wₜ; it should multiply the old b: {B}.",
    "averaged": "∇wₜ was multiplied by 1 − μ, as in an average; b is not an average.",
    "added": "η·bₜ was added; it should be subtracted.",
    "old-step": f"The step was made with the old b; the new one should be computed first: {B}.",
}


def heavy(mistake=""):
    p, b, rows = np.array(START), np.zeros(2), [START]
    for _ in range(STEPS):
        g, old = gradient(p), b
        b = {
            "no-memory": g,
            "no-mu": b + g,
            "mu-on-gradient": b + 0.8 * g,
            "averaged": 0.8 * b + (1.0 - 0.8) * g,
        }.get(mistake, 0.8 * b + g)
        step = 0.3 * (old if mistake == "old-step" else b)
        p = p + step if mistake == "added" else p - step
        rows.append(p)
    return rows


def test_no_mistake_turns_w_itself_round():
    for line in ("max(-9, w - eta*g)", "0 - max(-9, eta*g - w)"):
        assert not [
            one.sentence for one in wrong_rules(rule_of(f"w_next = {line}")()) if "was" in one.sentence
        ]
    (wrong,) = wrong_rules(rule_of("w_next = w - max(-9, eta*g)")())
    assert wrong.sentence == "max(−9, η·∇wₜ) was added; it should be subtracted."


# ---------------------------------------------------------------- Adam with decoupled decay

Q, R = "qₜ = ρ₁·qₜ₋₁ + (1 − ρ₁)·h", "rₜ = ρ₂·rₜ₋₁ + (1 − ρ₂)·h²"
Q_HAT, R_HAT = "q̂ₜ = qₜ / (1 − ρ₁ᵗ)", "r̂ₜ = rₜ / (1 − ρ₂ᵗ)"
IN_BOTH = {
    "q-forgets": f"q forgets the step before: ρ₁·qₜ₋₁ is missing from {Q}.",
    "r-summed": f"r was computed as a plain sum; it should be a running average: {R}.",
    "r-exchanged": "ρ₂ and 1 − ρ₂ are swapped: ρ₂ multiplies the old r, and 1 − ρ₂ multiplies h².",
    "not-squared": "r gathers h; it should gather the square h².",
    "size": "r gathers the size |h|; it should gather the square h².",
    "no-root": "The square root is missing: it should be √(r̂ₜ), not r̂ₜ.",
    "tiny-inside": "τ is inside the square root, as √(r̂ₜ + τ); it should be √(r̂ₜ) + τ.",
    "no-tiny": "τ is missing from √(r̂ₜ) + τ.",
    "no-correction": f"q and r were not corrected: {Q_HAT} and {R_HAT}.",
    "q-not-corrected": f"q was not corrected: {Q_HAT}.",
    "kept": "The corrected q̂ₜ and r̂ₜ were kept as the next q and r; they should be used for this step only.",
    "no-power": "ρ₁ and ρ₂ were not raised to the power t; they should be ρ₁ᵗ and ρ₂ᵗ.",
    "ahead": "The first update was counted as t = 2; it should be t = 1.",
    "rhor-exchanged": "ρ₁ and ρ₂ are swapped: ρ₁ belongs to q, ρ₂ belongs to r.",
    "along-h": "The step goes along h; it should go along q̂ₜ.",
    "exchanged": "q̂ₜ and r̂ₜ are swapped: the step goes along q̂ₜ, and r̂ₜ scales it.",
}
IN_ADAMW = {
    True: IN_BOTH
    | {
        "no-decay": "λ·wₜ is missing from wₜ₊₁ = wₜ − η·(q̂ₜ / (√(r̂ₜ) + τ) + λ·wₜ).",
        "other-way": "These are the values with “decoupled decay” switched off; this run has it on.",
    },
    False: IN_BOTH
    | {
        "no-decay": "λ·wₜ is missing from h = ∇wₜ + λ·wₜ.",
        "other-way": "These are the values with “decoupled decay” switched on; this run has it off.",
    },
}


def adamw(mistake="", *, decoupled=True):
    if mistake == "other-way":
        decoupled = not decoupled
    eta, rho1, rho2, tiny, decay = 0.2, 0.8, 0.95, 1e-3, 0.0 if mistake == "no-decay" else 0.1
    if mistake == "rhor-exchanged":
        rho1, rho2 = rho2, rho1
    p, q, r, rows = np.array(START), np.zeros(2), np.zeros(2), [START]
    for t in range(1, STEPS + 1):
        h = gradient(p) if decoupled else gradient(p) + decay * p
        square = {"not-squared": h, "size": np.abs(h)}.get(mistake, h * h)
        q = (0.0 if mistake == "q-forgets" else rho1 * q) + (1.0 - rho1) * h
        r = {"r-summed": r + square, "r-exchanged": (1.0 - rho2) * r + rho2 * square}.get(
            mistake, rho2 * r + (1.0 - rho2) * square
        )
        power = {"no-power": 1, "ahead": t + 1}.get(mistake, t)
        by_q, by_r = 1.0 - rho1**power, 1.0 - rho2**power
        if mistake in {"no-correction", "q-not-corrected"}:
            by_q = 1.0
        if mistake == "no-correction":
            by_r = 1.0
        along, scale = q / by_q, r / by_r
        if mistake == "kept":
            q, r = along, scale
        if mistake == "exchanged":
            along, scale = scale, np.abs(along)
        if mistake == "along-h":
            along = h
        divisor = {"no-root": scale + tiny, "tiny-inside": root(scale + tiny), "no-tiny": root(scale)}.get(
            mistake, root(scale) + tiny
        )
        step = along / divisor
        p = p - eta * (step + decay * p if decoupled else step)
        rows.append(p)
    return rows


# ---------------------------------------------------------------- a look-ahead, and a start

IN_AHEAD = {
    "here": (
        "The gradient was taken where the run is; it should be taken at the look-ahead place wₜ + κ·uₜ₋₁."
    ),
    "back": "The look-ahead went the wrong way: it should be wₜ + κ·uₜ₋₁, not wₜ − κ·uₜ₋₁.",
    "far": "The look-ahead went the whole old step: it should be wₜ + κ·uₜ₋₁, not wₜ + uₜ₋₁.",
    "from-place": "The step was made from the look-ahead place; it should start where the run is.",
    "subtracted": "uₜ was subtracted; it should be added.",
    "forgets": "u forgets the step before: κ·uₜ₋₁ is missing from uₜ = κ·uₜ₋₁ − η·∇w_place.",
    "no-kappa": "All of the old u was kept; it should be multiplied by κ.",
    "from-zero": "u began at 0; it should begin at 0.2.",
}


def ahead(mistake=""):
    p, rows = np.array(START), [START]
    u = np.full(2, 0.0 if mistake == "from-zero" else 0.2)
    for _ in range(STEPS):
        shift = {"here": 0.0 * u, "back": -0.7 * u, "far": u}.get(mistake, 0.7 * u)
        u = {"no-kappa": u, "forgets": 0.0 * u}.get(mistake, 0.7 * u) - 0.3 * gradient(p + shift)
        if mistake == "from-place":
            p = p + shift
        p = p - u if mistake == "subtracted" else p + u
        rows.append(p)
    return rows


CASES = [
    *((HEAVY, {}, mistake, heavy, sentence) for mistake, sentence in IN_HEAVY.items()),
    *((AHEAD, {}, mistake, ahead, sentence) for mistake, sentence in IN_AHEAD.items()),
    *(
        (ADAMW, {"decoupled": decoupled}, mistake, adamw, sentence)
        for decoupled, planted in IN_ADAMW.items()
        for mistake, sentence in planted.items()
    ),
]


def judged_by(rule, switches, rows, decimals=()):
    return judged(run_of(rule, start=START, epochs=STEPS, **switches), PointSet(X, Y), rows, None, decimals)


@every(
    ("rule", "switches", "rows"),
    [
        (HEAVY, {}, heavy()),
        (AHEAD, {}, ahead()),
        (ADAMW, {"decoupled": True}, adamw()),
        (ADAMW, {"decoupled": False}, adamw(decoupled=False)),
    ],
)
def test_right_work_passes(rule, switches, rows):
    assert judged_by(rule, switches, rows).is_right
    assert judged_by(rule, switches, np.round(rows, 3)).is_right


@every(("rule", "switches", "mistake", "worked", "sentence"), CASES)
def test_a_planted_mistake_is_named(rule, switches, mistake, worked, sentence):
    judgement = judged_by(rule, switches, worked(mistake, **switches))
    named = [made[0].sentence for made in judgement.mistakes if len(made) == 1]
    assert sentence in named
    assert len(named) <= 2


def sentences_of(lines):
    run = run_of(rule_of(lines), start=START)
    return [one.sentence for one in mistakes(run, Neuron.fitting(PointSet(X, Y))) if one.is_in_rule]


def test_a_line_may_be_written_in_other_ways():
    said = sentences_of("v_t = v*0.9 + 0.1*g\nw_next = w*(1 - eta*decay) - eta*v_t")
    assert "All of w was kept; it should be multiplied by 1 − η·λ." in said
    assert "v was computed as a plain sum; it should be a running average: vₜ = vₜ₋₁·0.9 + 0.1·∇wₜ." in said
    said = sentences_of("v_t = 0.1*g + v*0.9\nw_next = w - (eta*v_t + eta*decay*w)")
    assert "η·λ·wₜ is missing from wₜ₊₁ = wₜ − (η·vₜ + η·λ·wₜ)." in said
    assert not [one for one in said if one.endswith("multiplied by 1.")]
    assert len(set(said)) == len(said)


@settings(max_examples=20 if WHOLE else 3)
@given(st.sampled_from(OTHER_RULES), st.lists(st.floats(-5.0, 5.0), min_size=6, max_size=6))
def test_whatever_the_lines_are_wrong_work_gets_an_answer(rule, values):
    rows = np.array([START, *np.reshape(values, (3, 2))])
    judgement = judged_by(rule, {}, rows)
    assert judgement.is_right is (judgement.wrong is None)
    assert sentences(judgement, ("w", "b"))


def test_rounding_is_looked_for_in_a_rule_of_squares():
    def rounded(value):
        return np.round(value, 3)

    p, a, s, rows = np.array(START), np.zeros(2), np.zeros(2), [START]
    for t in range(1, STEPS + 1):
        h = rounded(gradient(p))
        a, s = rounded(0.8 * a + 0.2 * h), rounded(0.95 * s + 0.05 * h * h)
        along, scale = rounded(a / (1.0 - 0.8**t)), rounded(s / (1.0 - 0.95**t))
        p = rounded(p - 0.2 * (along / (np.sqrt(scale) + 1e-3) + 0.1 * p))
        rows.append(p)
    judgement = judged_by(ADAMW, {}, rows, [3, 3])
    words = "All intermediate numbers seem to be rounded to 3 decimals; small squares need more."
    assert [[one.sentence for one in made] for made in judgement.mistakes] == [[words]]
    assert rounding(run_of(HEAVY, start=START), judgement.submission.precision) is None
