"""A rule that nobody wrote mistakes for has them all the same: they follow from its lines."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gdsim.core.exercises.check.mistakes import mistakes, rounding
from gdsim.core.exercises.check.report import sentences
from gdsim.core.exercises.check.wrong_rules import wrong_rules
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.points import PointSet
from tests.core.exercises.check.by_hand import gradient, judged, rows_of, with_changes
from tests.core.other_rules import ADAMW, AHEAD, HEAVY, OTHER_RULES, rule_of
from tests.core.records import run_of
from tests.every import WHOLE, every

X, Y = np.array([3.5, 0.35, 3.2, -2.0, 1.5]), np.array([0.5, 0.5, 0.5, 0.5, 0.1])
START = (-2.0, -2.0)
STEPS = 8


# Mistakes: what stands in the lines, by what should stand there, and what is said of it.

# ------------------------------------------------------------------------ momentum as in PyTorch

B = "bₜ = μ·bₜ₋₁ + ∇wₜ"
IN_HEAVY = [
    ({"mu*b + g": "g"}, f"b forgets the step before: μ·bₜ₋₁ is missing from {B}."),
    ({"mu*b": "b"}, "All of the old b was kept; it should be multiplied by μ."),
    ({"mu*b + g": "b + mu*g"}, f"μ multiplies ∇wₜ; it should multiply the old b: {B}."),
    ({"+ g": "+ (1 - mu)*g"}, "∇wₜ was multiplied by 1 − μ, as in an average; b is not an average."),
    ({"w - eta": "w + eta"}, "η·bₜ was added; it should be subtracted."),
    ({"eta*b_t": "eta*b"}, f"The step was made with the old b; the new one should be computed first: {B}."),
]


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
Q_LINE, R_LINE = "rho1*q + (1 - rho1)*h", "rho2*r + (1 - rho2)*h**2"
IN_ADAMW = [
    ({"rho1*q + ": ""}, f"q forgets the step before: ρ₁·qₜ₋₁ is missing from {Q}."),
    ({R_LINE: "r + h**2"}, f"r was computed as a plain sum; it should be a running average: {R}."),
    (
        {R_LINE: "(1 - rho2)*r + rho2*h**2"},
        "ρ₂ and 1 − ρ₂ are swapped: ρ₂ multiplies the old r, and 1 − ρ₂ multiplies h².",
    ),
    ({"h**2": "h"}, "r gathers h; it should gather the square h²."),
    ({"h**2": "abs(h)"}, "r gathers the size |h|; it should gather the square h²."),
    ({"sqrt(r_hat)": "r_hat"}, "The square root is missing: it should be √(r̂ₜ), not r̂ₜ."),
    (
        {"(sqrt(r_hat) + tiny)": "sqrt(r_hat + tiny)"},
        "τ is inside the square root, as √(r̂ₜ + τ); it should be √(r̂ₜ) + τ.",
    ),
    ({" + tiny": ""}, "τ is missing from √(r̂ₜ) + τ."),
    (
        {" / (1 - rho1**t)": "", " / (1 - rho2**t)": ""},
        f"q and r were not corrected: {Q_HAT} and {R_HAT}.",
    ),
    ({" / (1 - rho1**t)": ""}, f"q was not corrected: {Q_HAT}."),
    (
        {
            Q_LINE: f"({Q_LINE}) / (1 - rho1**t)",
            R_LINE: f"({R_LINE}) / (1 - rho2**t)",
            "q_t / (1 - rho1**t)": "q_t",
            "r_t / (1 - rho2**t)": "r_t",
        },
        "The corrected q̂ₜ and r̂ₜ were kept as the next q and r; they should be used for this step only.",
    ),
    ({"**t": ""}, "ρ₁ and ρ₂ were not raised to the power t; they should be ρ₁ᵗ and ρ₂ᵗ."),
    ({"**t": "**(t + 1)"}, "The first update was counted as t = 2; it should be t = 1."),
    ({"rho1": "rho2", "rho2": "rho1"}, "ρ₁ and ρ₂ are swapped: ρ₁ belongs to q, ρ₂ belongs to r."),
    ({"q_hat /": "h /"}, "The step goes along h; it should go along q̂ₜ."),
    (
        {"q_hat / (sqrt(r_hat)": "r_hat / (sqrt(abs(q_hat))"},
        "q̂ₜ and r̂ₜ are swapped: the step goes along q̂ₜ, and r̂ₜ scales it.",
    ),
]
OTHER_WAY = {"if decoupled": "if not decoupled", "if not decoupled": "if decoupled"}
BY_SWITCH = {
    True: [
        ({" + decay*w)": ")"}, "λ·wₜ is missing from wₜ₊₁ = wₜ − η·(q̂ₜ / (√(r̂ₜ) + τ) + λ·wₜ)."),
        (OTHER_WAY, "These are the values with “decoupled decay” switched off; this run has it on."),
    ],
    False: [
        ({"g + decay*w": "g"}, "λ·wₜ is missing from h = ∇wₜ + λ·wₜ."),
        (OTHER_WAY, "These are the values with “decoupled decay” switched on; this run has it off."),
    ],
}


# ---------------------------------------------------------------- a look-ahead, and a start

IN_AHEAD = [
    (
        {"grad(place)": "grad(w)"},
        "The gradient was taken where the run is; it should be taken at the look-ahead place wₜ + κ·uₜ₋₁.",
    ),
    (
        {"w + kappa*u": "w - kappa*u"},
        "The look-ahead went the wrong way: it should be wₜ + κ·uₜ₋₁, not wₜ − κ·uₜ₋₁.",
    ),
    (
        {"w + kappa*u": "w + u"},
        "The look-ahead went the whole old step: it should be wₜ + κ·uₜ₋₁, not wₜ + uₜ₋₁.",
    ),
    (
        {"u_t + w": "u_t + place"},
        "The step was made from the look-ahead place; it should start where the run is.",
    ),
    ({"u_t + w": "w - u_t"}, "uₜ was subtracted; it should be added."),
    (
        {"kappa*u - eta": "0 - eta"},
        "u forgets the step before: κ·uₜ₋₁ is missing from uₜ = κ·uₜ₋₁ − η·∇w_place.",
    ),
    ({"kappa*u - eta": "u - eta"}, "All of the old u was kept; it should be multiplied by κ."),
    ({"u_0 = 0.2": ""}, "u began at 0; it should begin at 0.2."),
]
SWITCHED = [(HEAVY, {}), (AHEAD, {}), (ADAMW, {"decoupled": True}), (ADAMW, {"decoupled": False})]
CASES = [
    *((HEAVY, {}, *planted) for planted in IN_HEAVY),
    *((AHEAD, {}, *planted) for planted in IN_AHEAD),
    *(
        (ADAMW, {"decoupled": decoupled}, *planted)
        for decoupled, more in BY_SWITCH.items()
        for planted in (*IN_ADAMW, *more)
    ),
]


def run_with(rule, switches):
    return run_of(rule, start=START, epochs=STEPS, **switches)


def judged_by(rule, switches, rows, decimals=()):
    return judged(run_with(rule, switches), PointSet(X, Y), rows, None, decimals)


@every(("rule", "switches"), SWITCHED)
def test_right_work_passes(rule, switches):
    rows = rows_of(run_with(rule, switches), PointSet(X, Y), STEPS)
    assert judged_by(rule, switches, rows).is_right
    assert judged_by(rule, switches, np.round(rows, 3)).is_right


@every(("rule", "switches", "changes", "sentence"), CASES)
def test_a_planted_mistake_is_named(rule, switches, changes, sentence):
    wrong = run_with(with_changes(rule, changes), switches)
    judgement = judged_by(rule, switches, rows_of(wrong, PointSet(X, Y), STEPS))
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
        h = rounded(gradient(list(zip(X, Y, strict=True)), *p, ""))
        a, s = rounded(0.8 * a + 0.2 * h), rounded(0.95 * s + 0.05 * h * h)
        along, scale = rounded(a / (1.0 - 0.8**t)), rounded(s / (1.0 - 0.95**t))
        p = rounded(p - 0.2 * (along / (np.sqrt(scale) + 1e-3) + 0.1 * p))
        rows.append(p)
    judgement = judged_by(ADAMW, {}, rows, [3, 3])
    words = "All intermediate numbers seem to be rounded to 3 decimals; small squares need more."
    assert [[one.sentence for one in made] for made in judgement.mistakes] == [[words]]
    assert rounding(run_of(HEAVY, start=START), judgement.submission.precision) is None
