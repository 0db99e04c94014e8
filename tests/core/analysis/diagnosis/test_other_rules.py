"""What is said of a run is true of any rule, also of one that nobody had in mind."""

import re
from dataclasses import replace

import numpy as np
import pytest

from gdsim.core.analysis.diagnosis import FindingKind
from gdsim.core.formulas.numerals import percent
from gdsim.core.model.batching import BATCH, STOCHASTIC
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.schedules import MOMENTUM_SCHEDULES
from gdsim.core.settings import switch
from tests.core.analysis.diagnosis.test_any_run import check
from tests.core.library_runs import library_runs
from tests.core.other_rules import HEAVY, OTHER_RULES, rule_of
from tests.core.records import columns_of, computed, diagnose, one_run, run_of, scene
from tests.core.strategies import rule_variants
from tests.every import every, in_turn, pairs_of, some_of


def found_of(rule, *, points=None, epochs=200, **settings):
    """Return the findings of a run, by kind."""
    points = scene("first-neuron").points if points is None else points
    run = run_of(rule, epochs=epochs, **settings)
    found = {}
    for one in diagnose(one_run(run, points), run, columns_of(run, points)):
        found.setdefault(one.kind, []).append(one)
    return found


@every(
    ("rule", "how"),
    in_turn(OTHER_RULES, pairs_of([BATCH(), STOCHASTIC()], [0.05, 3.0], [-2.0, 3.0])),
    ids=str,
)
def test_a_run_of_any_rule_can_be_diagnosed(rule, how):
    batching, eta, w = how
    run = run_of(rule, eta=eta, batching=batching, start=(w, 1.0), epochs=30)
    experiment = one_run(run)
    (trajectory,) = computed(experiment)
    check(diagnose(experiment, run, trajectory.whole, trajectory.stop), trajectory.last_step)


def test_a_velocity_keeps_what_its_own_line_says():
    mu = rule_of("v_t = beta*v + eta*g\nw_next = w - v_t")
    for kind in (FindingKind.OVERSHOOT, FindingKind.U_TURN):
        first = found_of(mu, eta=1.0, beta=0.9)[kind][0]
        assert "the velocity, which keeps β = 0.9 of the step before," in first.sentence.lower()
        assert first.numbers["β"] == 0.9
    half = rule_of("v_t = v*0.5*(1 + beta) + eta*g\nw_next = w - v_t")
    first = found_of(half, eta=1.0, beta=0.8)[FindingKind.U_TURN][0]
    assert "which keeps 0.9 of the step before" in first.sentence
    assert first.numbers["share kept"] == pytest.approx(0.9)


def test_equal_settings_are_not_mistaken_for_each_other():
    rule = rule_of("m_t = decay*m + (1 - decay)*g\nw_next = w - eta*m_t")
    (first, *_) = found_of(rule, eta=6.0, beta=0.9, decay=0.9)[FindingKind.U_TURN]
    assert "average m, which keeps λ = 0.9" in first.sentence


def test_a_sum_is_no_average():
    assert "memory b, which keeps μ = 0.9" in found_of(HEAVY, eta=1.0, mu=0.9)[FindingKind.U_TURN][0].sentence


def test_a_velocity_that_keeps_next_to_nothing_carries_nothing():
    turns = found_of(RULES["momentum"], eta=12.0, gamma=0.01)[FindingKind.U_TURN]
    assert turns
    assert all("velocity" not in one.sentence for one in turns)


def test_the_parts_of_a_step_that_was_too_long_add_up():
    run = next(run for run in scene("valley").runs if run.name == "Momentum")
    points = scene("valley").points
    found = diagnose(one_run(run, points), run, columns_of(run, points))
    long = next(one for one in found if "by its gradient" in one.numbers)
    record, at = columns_of(run, points), long.first + 1
    moved, pulled = np.abs(record.p[at] - record.p[at - 1]), np.abs(record.gradient[at])
    place = int(np.argmax(moved))
    assert long.numbers["by its gradient"] == pytest.approx(run.optimizer.eta * pulled[place])
    assert long.numbers["by its gradient"] < moved[place]


@pytest.mark.parametrize(
    "lines",
    [
        "v_t = v + g**2\nw_next = w - eta*sqrt(t) / sqrt(v_t + eps)*g",  # may come back
        "v_t = beta**(t - 1)*v + g**2\nw_next = w - eta / sqrt(v_t + eps)*g",  # forgets later on
    ],
)
def test_only_a_sum_that_never_forgets_makes_a_rate_decay_for_good(lines):
    assert FindingKind.DECAYED_RATE not in found_of(rule_of(lines), eta=1.0, eps=1e-12)


def test_a_sum_under_another_root_is_not_called_a_square_root():
    rule = rule_of("v_t = v + g**2\nw_next = w - eta / (v_t + eps)**0.8*g")
    (decayed,) = found_of(rule, points=scene("sparse").points, eta=0.1)[FindingKind.DECAYED_RATE]
    assert "divides by a power of the sum of all squared gradients" in decayed.sentence


@pytest.mark.parametrize(
    ("step", "hovers"), [("eta / sqrt(v_t + eps)*g", True), ("eta / (v_t + eps)**0.1*g", False)]
)
def test_only_what_divides_by_the_whole_size_of_gradients_is_said_to_hover(step, hovers):
    rule = rule_of(f"v_t = beta*v + (1 - beta)*g**2\nw_next = w - {step}")
    found = found_of(rule, points=scene("sparse").points, eta=0.3, beta=0.9, eps=1e-12, epochs=300)
    assert (FindingKind.HOVERING in found) is hovers


CORRECTED = """
    shrinks = decay                         if decays
    shrinks = 0*decay                       if not decays
    m_t = beta*m + (1 - beta)*g
    m_hat = m_t / (1 - beta**t)             if corrects
    w_next = w - eta*m_hat - shrinks*w      if corrects
    w_next = w - eta*m_t - shrinks*w        if not corrects
"""


def test_the_first_step_is_compared_with_the_same_rule_corrected():
    rule = rule_of(CORRECTED, switch("decays", "decays", ""), switch("corrects", "corrects", ""))
    for decays in (True, False):
        off, on = (
            found_of(rule, corrects=corrects, decays=decays)[FindingKind.FIRST_STEPS][0].numbers
            for corrects in (False, True)
        )
        assert off["with the correction"] == pytest.approx(on["longest first step"], rel=1e-12)
        assert on["without it"] == pytest.approx(off["longest first step"], rel=1e-12)


def test_an_average_that_does_not_start_at_zero_is_not_said_to():
    started = rule_of(
        "m_0 = 1\nm_t = beta*m + (1 - beta)*g\nm_hat = m_t / (1 - beta**t)\nw_next = w - eta*m_hat"
    )
    doubled = rule_of("m_t = beta*m + (1 - beta)*g\nm_hat = 2*m_t\nw_next = w - eta*m_hat")
    for rule in (started, doubled):
        assert FindingKind.FIRST_STEPS not in found_of(rule)


# What is said of the memories after the first step, and that they are divided by just that.
HOLDS = re.compile(
    r" starts (.+) at zero, so step 1 leaves only (.+?) there\. "
    r"The correction (?:divides by just as much|is off):"
)
WITH_HATS = [
    rule_of(lines)
    for lines in (
        """
        m_t = beta*m + (1 - beta)*g
        v_t = decay*v + (1 - decay)*g**2
        u_t = max(u, v_t)
        z_t = max(z, u_t)
        m_hat = m_t / (1 - beta**t)
        z_hat = z_t / (1 - decay**t)
        w_next = w - eta*m_hat / (sqrt(z_hat) + eps)
        """,
        """
        m_t = beta*m + (1 - beta)*g
        v_t = decay*v + (1 - decay)*g**2
        q_t = decay*q + (1 - decay)*g
        m_hat = m_t / (1 - beta**t)
        v_hat = v_t / (1 - decay**t)
        q_hat = q_t / (1 - decay**t)
        w_next = w - eta / (sqrt(v_hat) + abs(q_hat) + eps)*m_hat
        """,
    )
]


def test_the_first_steps_name_every_memory_that_is_corrected_and_what_it_holds():
    points, start, told = scene("first-neuron").points, (-2.0, 1.0), []
    rules = [*rule_variants(), *(rule() for rule in WITH_HATS)]
    runs = [Run(rule, epochs=3, start=start) for rule in rules]
    for run in (*runs, *some_of(library_runs(epochs=3), 0, 2)):
        rule, record = run.optimizer, columns_of(run, points)
        found = [
            one for one in diagnose(one_run(run, points), run, record) if one.kind is FindingKind.FIRST_STEPS
        ]
        if not found:
            continue
        told.append(rule.title)
        letters, shares = (re.split(", | and ", part) for part in HOLDS.search(found[0].sentence).groups())
        corrects = {name: True for name in rule.switches() if name.startswith("bias_correction")}
        hats = rule.update_rule.hats or rule.replace(**corrects).update_rule.hats
        g, wanted = record.gradient[1], {}
        for letter in hats:
            held = record.state[rule.update_rule.letters.index(letter), 1]
            power = 1 if np.ptp(held / g) < np.ptp(held / g**2) else 2
            assert held == pytest.approx(held[0] / g[0] ** power * g**power, rel=1e-9)
            of = "of the gradient" if power == 1 else "of its square"
            wanted[letter] = f"{percent(float(held[0] / g[0] ** power))} {of}"
        assert dict(zip(letters, shares, strict=True)) == wanted, rule.title
    for title, count in {"Adam": 2, "AdamW": 1, "AMSGrad": 2, "AdaMax": 1, "RAdam": 1, "Other": 2}.items():
        assert told.count(title) == count, title
    assert {"PyTorch Adam", "Optax amsgrad", "Keras Adamax"} <= {*told}


@every("rule", [WITH_HATS[0], RULES["adam"], RULES["amsgrad"]], ids=str)
def test_a_memory_of_squares_is_told_from_one_of_gradients_where_all_gradients_are_1(rule):
    run = Run(rule(), epochs=3, start=(3.0, 2.0))
    experiment = replace(one_run(run, PointSet([0.0], [0.0])), objective=FunctionObjective("w + b"))
    (trajectory,) = computed(experiment)
    found = diagnose(experiment, run, trajectory.whole, trajectory.stop)
    (sentence,) = [one.sentence for one in found if one.kind is FindingKind.FIRST_STEPS]
    assert " of its square there. " in sentence


def without_hats(rule):
    """Return a rule with its memories as they are, from the text of its lines."""
    lines = [line for line in rule.lines.splitlines() if not re.match(r"\s*\w+_hat\s*=", line)]
    return replace(rule, lines=re.sub(r"(\w+)_hat\b", r"\1_t", "\n".join(lines)))


@every("rule", [*WITH_HATS, *(RULES[name] for name in ("adam", "amsgrad", "adamax"))], ids=str)
def test_the_first_step_without_the_correction_is_that_of_the_lines_without_hats(rule):
    points, start = scene("first-neuron").points, (-2.0, 1.0)
    made = {}
    for name, one in (("corrected", rule), ("plain", without_hats(rule))):
        p = columns_of(run_of(one, epochs=1, start=start), points).p
        made[name] = np.abs(p[1] - p[0]).max()
    numbers = found_of(rule, start=start)[FindingKind.FIRST_STEPS][0].numbers
    assert numbers["with the correction"] == pytest.approx(made["corrected"], rel=1e-9)
    assert numbers["without it"] == pytest.approx(made["plain"], rel=1e-9)


@every(
    ("lines", "root"),
    [
        ("u_t = max(decay*u, abs(g))\nu_hat = u_t / (1 - decay**t)", "(u_hat + eps)"),
        ("v_t = decay*v + (1 - decay)*min(g**2, 1e-6)\nv_hat = v_t / (1 - decay**t)", "sqrt(v_hat + eps)"),
        ("v_t = decay*v + (1 - decay)*g**2\nv_hat = 3*v_t", "sqrt(v_hat + eps)"),
        ("v_0 = 1\nv_t = decay*v + (1 - decay)*g**2\nv_hat = v_t / (1 - decay**t)", "sqrt(v_hat + eps)"),
    ],
)
def test_nothing_is_said_where_something_else_is_divided_too(lines, root):
    rule = rule_of(
        f"m_t = beta*m + (1 - beta)*g\n{lines}\nm_hat = m_t / (1 - beta**t)\nw_next = w - eta / {root}*m_hat"
    )
    assert FindingKind.FIRST_STEPS not in found_of(rule)


@pytest.mark.parametrize(
    ("lines", "keeps"),
    [
        ("v_t = gamma*v + eta*g\nw_next = w - v_t", True),
        ("m_t = gamma*m + (1 - gamma)*g\nw_next = w - eta*m_t", False),
    ],
)
def test_what_the_momentum_keeps_is_said_of_a_velocity_only(lines, keeps):
    rule = rule_of(lines, *(one for one in RULES["momentum"].settings if one.name == "gamma"))
    schedule = MOMENTUM_SCHEDULES["sutskever"](gamma_max=0.6)
    (cap,) = found_of(rule, momentum_schedule=schedule, eta=0.01, epochs=400)[FindingKind.MOMENTUM_CAP]
    assert ("Each step keeps 60\xa0% of the one before" in cap.sentence) is keeps


def test_a_direction_that_follows_a_memory_turns_later_than_the_gradient():
    lines = "c = beta*m + (1 - beta)*g\nm_t = beta*m + (1 - beta)*g\nw_next = w - eta*sign(c)"
    turns = found_of(rule_of(lines), points=scene("valley").points, eta=0.1, beta=0.9)[FindingKind.U_TURN]
    late = "The gradient pointed back, but the direction of Other depends on older gradients, too."
    assert any(late in one.sentence for one in turns)
    turns = found_of(rule_of("w_next = w - eta*sign(g)"), points=scene("valley").points, eta=0.1)
    assert not any("older gradients" in one.sentence for found in turns.values() for one in found)
