"""What is found on the lecture's scenes, and at which steps."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from gdsim.core.analysis.diagnosis import FindingKind
from gdsim.core.engine.trajectory import StopReason
from gdsim.core.model.batching import MINI_BATCH, STOCHASTIC
from gdsim.core.model.objective import FunctionObjective, NeuronObjective
from gdsim.core.model.plane_function import ORIGIN
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Fork, Run
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.schedules import MOMENTUM_SCHEDULES, SCHEDULES
from gdsim.core.rules.searches import SEARCHES
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from tests.core.model.plain_losses import PlainLoss
from tests.core.records import FIRST_NEURON, columns_of, computed, diagnose, one_run, scene, scene_records
from tests.every import every


@lru_cache
def found(name, run_name):
    """Return the findings of a run of a bundled scene."""
    run = next(run for run in scene(name).runs if run.name == run_name)
    return diagnose(scene(name), run, scene_records(name)[run_name])


def spans(name, run_name, kind):
    return [(one.first, one.last) for one in found(name, run_name) if one.kind is kind]


def only(name, run_name, kind):
    (one,) = (one for one in found(name, run_name) if one.kind is kind)
    return one


def kinds(findings):
    return {one.kind for one in findings}


def faults(findings):
    """Return what is found beside that a run has converged."""
    return [one for one in findings if one.kind is not FindingKind.CONVERGENCE]


def found_of(run, points=FIRST_NEURON):
    experiment = one_run(run, points)
    return diagnose(experiment, run, columns_of(run, points))


# ------------------------------------------------------------------------- the lecture's claims


def test_momentum_comes_down_to_the_minimum_in_fewer_steps_than_descent():
    first = {}
    for run in scene("first-neuron").runs:
        converged = only("first-neuron", run.name, FindingKind.CONVERGENCE)
        loss = scene_records("first-neuron")[run.name].loss
        # The curve goes through both points: the least loss is 0.
        assert loss[converged.first - 1] > 1e-6 * loss[0] >= loss[converged.first :].max()
        assert converged.last == run.epochs
        assert "towards 0 at a minimum, w = 1.79, b = −2.28." in converged.sentence
        assert converged.numbers["loss at the minimum"] == 0.0
        # What is nearer than the sentence tells is rounding, and has no number.
        assert ("ends less than 1·10⁻⁶ away" in converged.sentence) != (
            "distance at the end" in converged.numbers
        )
        first[run.name] = converged.first
    assert first["Nesterov"] < first["Momentum"] < first["Gradient descent"] / 2


def test_a_run_converges_to_a_loss_above_0_where_no_curve_goes_through_all_points():
    assert "towards 0.0697 at a minimum" in only("batch-rates", "B = 6", FindingKind.CONVERGENCE).sentence
    for name in ("B = 1", "B = 2", "B = 3"):  # each batch pulls elsewhere, for all of the run
        assert spans("batch-rates", name, FindingKind.CONVERGENCE) == []


@every(
    ("name", "run"),
    [
        ("valley", "Momentum"),  # still on its way
        ("another-start", "Adam"),  # caught where points are saturated
        ("adam-forgets", "RMSProp"),  # hovers around the minimum
        ("weight-decay", "AdamW"),  # rests beside it
        ("rosenbrock", "Gradient descent"),  # crawls along the valley
        ("dead-relu", "Rate 0.2"),
    ],
)
def test_no_run_converges_that_stays_above_the_minimum_or_away_from_it(name, run):
    assert spans(name, run, FindingKind.CONVERGENCE) == []


def test_nor_one_that_begins_at_the_minimum_or_on_a_level():
    (w, b) = scene_records("first-neuron")["Momentum"].p[-1].tolist()
    assert FindingKind.CONVERGENCE not in kinds(found_of(Run(RULES["gd"](), start=(w, b), epochs=50)))
    alike = PointSet([1.0, 1.0], [0.3, 0.3])  # any w + b that fits will do
    assert FindingKind.CONVERGENCE not in kinds(found_of(Run(RULES["gd"](eta=5.0), epochs=400), alike))


def ended(run, points=FIRST_NEURON):
    """Return what is found of a run that has made all its steps."""
    experiment = one_run(run, points)
    (made,) = computed(experiment)
    return diagnose(experiment, run, made.whole, made.stop)


def still_falling(findings):
    return [one for one in findings if one.kind is FindingKind.STILL_FALLING]


def test_a_run_is_told_that_it_ends_while_its_loss_falls_and_what_as_many_steps_again_would_do():
    run = scene("four-inputs").runs[0]
    (told,) = still_falling(ended(run, scene("four-inputs").points))
    loss = columns_of(replace(run, epochs=2 * run.epochs), scene("four-inputs").points).loss
    assert (told.first, told.last, run.epochs) == (270, 300, 300)
    assert told.numbers == {
        "loss at step 270": loss[270],
        "loss at step 300": loss[300],
        "loss 300 steps later": loss[600],
    }
    assert told.sentence == (
        "The run ends while its loss still falls: from 0.0129 to 0.00932 in the last 30 steps, at each of "
        "them. Another 300 steps would take it to 0.000468."
    )


def test_so_is_one_that_uses_some_of_the_points_at_a_time_where_each_epoch_ends_lower():
    run = Run(RULES["gd"](eta=0.5), STOCHASTIC(), start=(0.5, -1.0), epochs=60)
    (told,) = still_falling(ended(run))
    assert (told.first, told.last) == (108, 120)
    assert "in the last 6 epochs, in each of them. Another 120 steps" in told.sentence


def test_so_is_one_that_still_falls_slowly_but_soon_falls_fast():
    """From the plateau into the valley: its last tenth takes 3 % of the loss, as many steps again 90 %."""
    valley = scene("valley")
    run = replace(valley.runs[1], optimizer=valley.runs[1].optimizer.replace(gamma=0.5))
    (told,) = still_falling(ended(run, valley.points))
    assert (told.first, told.last) == (90, 100)
    assert told.sentence.endswith("Another 100 steps would take it to 0.0318.")


DESCENT = Run(RULES["gd"](eta=1.0), start=(0.5, -1.0), epochs=100)


@every(
    "run",
    [
        replace(DESCENT, epochs=20),  # two steps tell little
        replace(DESCENT, epochs=3000),  # has converged
        replace(DESCENT, optimizer=RULES["gd"](eta=0.001)),  # falls, but too little to be seen
        replace(DESCENT, start=(-2.0, -2.0), epochs=30),  # on a plateau, of which more is said
        replace(DESCENT, optimizer=RULES["momentum"](eta=3.0, gamma=0.95)),  # swings to the end
        Run(RULES["rmsprop"](eta=0.5), start=(0.5, -1.0), epochs=300),  # hovers
    ],
)
def test_of_no_other_end_is_it_told(run):
    assert still_falling(ended(run)) == []


def test_nor_of_a_run_that_was_stopped_or_is_not_yet_computed():
    experiment = one_run(DESCENT)
    (made,) = computed(experiment)
    assert still_falling(diagnose(experiment, DESCENT, made.whole, made.stop))
    for stop in (None, made.stop._replace(reason=StopReason.FULL)):
        assert still_falling(diagnose(experiment, DESCENT, made.whole, stop)) == []


def test_descent_crawls_over_the_plateau_since_the_second_point_is_saturated():
    plateau = only("first-neuron", "Gradient descent", FindingKind.PLATEAU)
    assert (plateau.first, plateau.last) == (0, 73)
    assert "Point 2 (x = 2.5, f = 0.000911, y = 0.9) is saturated" in plateau.sentence
    assert plateau.numbers["largest f(1 − f)"] == pytest.approx(0.00091, rel=0.01)
    assert plateau.numbers["share of the loss"] > 0.9
    both = {FindingKind.PLATEAU, FindingKind.CONVERGENCE}
    assert kinds(found("first-neuron", "Gradient descent")) == both


@pytest.mark.parametrize(("name", "last"), [("Momentum", 15), ("Nesterov", 14)])
def test_momentum_and_nesterov_leave_the_plateau_early(name, last):
    assert spans("first-neuron", name, FindingKind.PLATEAU) == [(0, last)]


def test_in_the_valley_momentum_turns_round_again_and_again_and_nesterov_seldom():
    turns = [first + 1 for first, _ in spans("valley", "Momentum", FindingKind.U_TURN)]
    assert turns == [33, 38, 46, 49, 54, 57, 62, 66, 72, 78, 86, 95]
    turns = [first + 1 for first, _ in spans("valley", "Nesterov", FindingKind.U_TURN)]
    assert turns == [32, 35]
    assert spans("valley", "Gradient descent", FindingKind.U_TURN) == []
    assert spans("valley", "Gradient descent", FindingKind.PLATEAU) == [(0, 100)]


def test_a_turn_tells_the_steps_across_and_its_place_among_the_turns():
    first = next(one for one in found("valley", "Momentum") if one.kind is FindingKind.U_TURN)
    assert "Turn 1 of 12, at step 33" in first.sentence
    assert "γ = 0.9" in first.sentence
    assert first.numbers["across, before"] > 0.0
    assert first.numbers["across, after"] > 0.0
    assert (first.first, first.last) == (32, 34)


@every("name", ["first-steps", "own-rule", "cautious"])
def test_where_a_run_has_come_to_rest_up_a_wall_no_turn_is_told(name):
    for run in scene(name).runs:
        reach = np.ptp(scene_records(name)[run.name].p, axis=0).max()
        for turn in (one for one in found(name, run.name) if one.kind is FindingKind.U_TURN):
            steps = [size for what, size in turn.numbers.items() if what.startswith("across")]
            assert max(steps) > 1e-7 * reach, run.name


def test_a_corner_that_nobody_sees_is_no_turn():
    """AdaGrad comes back by a billionth of its first step, which passed the bottom."""
    steps = np.diff(scene_records("large-inputs")["AdaGrad"].p, axis=0)
    assert steps[0] @ steps[1] < 0.0
    assert np.abs(steps[1]).max() < 1e-6 * np.abs(steps[0]).max()
    assert spans("large-inputs", "AdaGrad", FindingKind.U_TURN) == []


def test_every_rule_is_caught_in_the_false_valley():
    for run in scene("another-start").runs:
        trap = only("another-start", run.name, FindingKind.FALSE_VALLEY)
        assert 5 <= trap.first <= 11, run.name
        assert trap.last == 1000
        assert "point 2 (x = 2.5, f = " in trap.sentence
        assert trap.numbers["f"] < 1e-6
        assert trap.numbers["loss"] == pytest.approx(0.405, abs=0.001)


def test_a_rate_of_ten_overshoots():
    assert spans("big-rate", "Gradient descent", FindingKind.OVERSHOOT) == [(11, 12)]
    assert spans("big-rate", "Gradient descent", FindingKind.U_TURN) == [(9, 13)]
    zigzag = only("big-rate", "Gradient descent", FindingKind.U_TURN)
    assert zigzag.numbers["turns"] == 3.0
    assert zigzag.numbers["η · curvature"] > 1.0
    assert spans("big-rate", "Momentum", FindingKind.OVERSHOOT)[0] == (6, 7)
    assert spans("big-rate", "Nesterov", FindingKind.OVERSHOOT)[0] == (8, 12)


@pytest.mark.parametrize(("name", "first", "loss"), [("Momentum", 89, 0.02), ("Nesterov", 16, 0.005)])
def test_at_a_rate_of_ten_momentum_flies_into_a_false_valley(name, first, loss):
    trap = only("big-rate", name, FindingKind.FALSE_VALLEY)
    assert (trap.first, trap.last) == (first, 1000)
    assert trap.numbers["loss"] == pytest.approx(loss, rel=0.01)


def test_momentum_overshoots_the_goal_and_says_what_carried_it():
    overshoot = next(one for one in found("nesterov", "Momentum") if one.kind is FindingKind.OVERSHOOT)
    assert (overshoot.first, overshoot.last) == (22, 26)
    assert "velocity" in overshoot.sentence
    loss = scene_records("nesterov")["Momentum"].loss
    assert overshoot.numbers["loss before"] == loss[22]
    assert overshoot.numbers["highest loss"] == loss[26]


def test_single_points_raise_the_loss_of_all():
    assert spans("stochastic", "Momentum", FindingKind.OVERSHOOT) == [(35, 38), (50, 60)]
    assert spans("stochastic", "Nesterov", FindingKind.OVERSHOOT) == [(33, 36), (48, 57)]
    assert "one point only" in next(
        one.sentence for one in found("stochastic", "Momentum") if one.kind is FindingKind.OVERSHOOT
    )
    assert spans("stochastic", "Gradient descent", FindingKind.OVERSHOOT) == []


def test_the_larger_the_batch_the_fewer_steps_raise_the_loss():
    raised = [
        sum(one.numbers.get("steps that raised it", 0.0) for one in found("mini-batch", run.name))
        / len(scene_records("mini-batch")[run.name].loss)
        for run in scene("mini-batch").runs
    ]
    assert raised == sorted(raised, reverse=True)
    assert raised[0] > 0.25
    assert raised[-1] == 0.0


def test_adagrad_s_rate_decays_on_the_sparse_data():
    decayed = only("sparse", "AdaGrad", FindingKind.DECAYED_RATE)
    assert (decayed.first, decayed.last) == (31, 300)
    assert decayed.numbers["left for w"] == pytest.approx(0.0042, rel=0.01)
    record = scene_records("sparse")["AdaGrad"]
    sums = record.state[0]
    assert decayed.numbers["left for w"] == pytest.approx(np.sqrt(sums[1, 0] / sums[300, 0]), rel=1e-6)
    assert kinds(found("sparse", "AdaGrad")) == {FindingKind.DECAYED_RATE}


def test_without_the_root_the_rate_decays_at_once():
    assert only("no-root", "With the root", FindingKind.DECAYED_RATE).first == 31
    decayed = only("no-root", "Without the root", FindingKind.DECAYED_RATE)
    assert decayed.first == 3
    assert "the whole sum" in decayed.sentence
    assert decayed.numbers["left for w"] < 1e-4


def test_rmsprop_hovers_at_a_constant_rate():
    hovering = only("sparse", "RMSProp", FindingKind.HOVERING)
    assert (hovering.first, hovering.last) == (83, 300)
    assert hovering.numbers["typical loss"] == pytest.approx(0.0044, rel=0.05)
    assert hovering.numbers["path length"] > 100 * hovering.numbers["distance"]
    # The rises and turns of the hovering are not told one by one.
    assert kinds(found("sparse", "RMSProp")) == {FindingKind.HOVERING}


def test_adam_s_first_steps():
    corrected = only("bias-correction", "Corrected", FindingKind.FIRST_STEPS)
    assert (corrected.first, corrected.last) == (0, 22)
    assert corrected.numbers["longest first step"] == pytest.approx(0.1, rel=1e-3)
    off = only("bias-correction", "Not corrected", FindingKind.FIRST_STEPS)
    made = np.abs(np.diff(scene_records("bias-correction")["Not corrected"].p[:2], axis=0)).max()
    assert off.numbers["longest first step"] == off.numbers["without it"] == made
    assert off.numbers["with the correction"] == pytest.approx(0.1, rel=1e-3)
    assert "2.93 times" in off.sentence
    for name in ("another-start", "sparse"):
        assert only(name, "Adam", FindingKind.FIRST_STEPS).last == 22


@every("corrects", [True, False])
@every(("b", "told"), [(40.0, False), (1e-9, True)])
def test_a_first_step_that_rounding_hides_is_not_told(b, told, corrects):
    """By its gradient it goes further along b than along w, but of 40 that is no other float."""
    slope = FunctionObjective("1e-12*w + 1e-9*b")
    run = Run(RULES["adam"](eta=1e-15, bias_correction=corrects), start=(1e-22, b), epochs=100)
    experiment = replace(one_run(run, ORIGIN), objective=slope)
    record = computed(experiment)[0].whole
    assert np.abs(np.diff(record.p[:2], axis=0)).max() > 0.0
    found = diagnose(experiment, run, record)
    assert (FindingKind.FIRST_STEPS in kinds(found)) is told


def test_the_momentum_schedule_at_its_cap():
    run = Run(
        RULES["momentum"](eta=0.01),
        momentum_schedule=MOMENTUM_SCHEDULES["sutskever"](gamma_max=0.9),
        epochs=1500,
    )
    cap = next(one for one in found_of(run) if one.kind is FindingKind.MOMENTUM_CAP)
    record = columns_of(run)
    assert (cap.first, cap.last) == (1000, 1500)
    assert record.gamma[1000] < 0.9 == record.gamma[1001]
    assert "From step 1,001 on" in cap.sentence
    assert "the last 10 gradients" in cap.sentence
    assert FindingKind.MOMENTUM_CAP not in kinds(found_of(replace(run, epochs=900)))


def test_divergence():
    run = Run(RULES["momentum"](eta=1.7e308, gamma=0.99), start=(0.1, 0.2), epochs=300)
    experiment = one_run(run)
    (trajectory,) = computed(experiment)
    assert trajectory.stop.reason is StopReason.DIVERGED
    findings = diagnose(experiment, run, trajectory.whole, trajectory.stop)
    (divergence,) = (one for one in findings if one.kind is FindingKind.DIVERGENCE)
    assert divergence.last == trajectory.last_step
    assert f"At step {trajectory.stop.step} a number became infinite" in divergence.sentence
    assert divergence.numbers["longest step"] > 1e300
    # Without the reason why the record ends there is nothing to tell.
    assert FindingKind.DIVERGENCE not in kinds(diagnose(experiment, run, trajectory.whole))


def test_divergence_at_the_first_step():
    run = Run(RULES["gd"](eta=1e300), start=(0.0, 0.0), epochs=5)
    experiment = one_run(run, PointSet([1e10], [0.9]))
    (trajectory,) = computed(experiment)
    assert trajectory.last_step == 0
    (divergence,) = diagnose(experiment, run, trajectory.whole, trajectory.stop)
    assert divergence.kind is FindingKind.DIVERGENCE
    assert divergence.sentence.startswith(
        "With η = 1·10³⁰⁰ a number became infinite or undefined as early as step 1"
    )
    assert diagnose(experiment, run, trajectory.whole) == ()


def test_divergence_at_the_first_step_of_a_fork_names_the_rate_that_its_schedule_begins_with():
    calm = Run(RULES["gd"](eta=1e-30), schedule=SCHEDULES["exponential"](k=0.5), start=(0.0, 0.0), epochs=20)
    run = replace(calm, optimizer=RULES["gd"](eta=1e308), fork=Fork(calm, 8))
    experiment = one_run(run, PointSet([1e10], [0.9]))
    (trajectory,) = computed(experiment)
    (divergence,) = diagnose(experiment, run, trajectory.whole, trajectory.stop)
    # That of step 9 is a fiftieth of it.
    assert divergence.sentence.startswith(
        "With η₀ = 1·10³⁰⁸ a number became infinite or undefined as early as step 9"
    )


# ------------------------------------------------------------------------------ where all is well


@every("eta", [0.01, 0.1, 0.5])
@every("start", [(1.5, -1.8), (2.1, -2.7), (1.7, -2.3)])
def test_plain_descent_of_a_bowl_converges_at_most(eta, start):
    assert faults(found_of(Run(RULES["gd"](eta=eta), start=start, epochs=3000))) == []


def test_so_it_does_in_a_bowl_of_many_points_or_of_more_weights():
    rng = np.random.default_rng(1)
    for dimension in (1, 4):
        x = rng.normal(size=(30, dimension))
        w = np.linspace(1.0, -0.5, dimension + 1)
        points = PointSet(x, 1.0 / (1.0 + np.exp(-(x @ w[:-1] + w[-1]))))
        run = Run(RULES["gd"](eta=0.05), start=tuple(w + 0.3), epochs=2000)
        assert kinds(found_of(run, points)) == {FindingKind.CONVERGENCE}


def test_following_a_bend_of_the_bowl_is_no_turn():
    """Plain descent, at half the rate at which a step reaches the bottom: what turns is the valley."""
    rng = np.random.default_rng(1)
    turns = 0
    for _ in range(90):
        x, (w, b) = rng.uniform(-2.0, 2.0, 10), rng.uniform(-1.2, 1.2, 2)
        y = 1.0 / (1.0 + np.exp(-(w * x + b)))
        inputs = (y * (1.0 - y))[:, np.newaxis] * np.stack([x, np.ones(10)], axis=1)
        eta = 0.5 / float(np.linalg.eigvalsh(inputs.T @ inputs)[-1])
        run = Run(RULES["gd"](eta=eta), start=(w + rng.uniform(-1, 1), b + rng.uniform(-1, 1)), epochs=300)
        for one in faults(found_of(run, PointSet(x, y))):
            assert one.kind is FindingKind.U_TURN
            assert one.numbers["across, after"] < one.numbers["across, before"], one.sentence
            turns += 1
    assert turns <= 4  # of 90 runs; from far up the wall, where a step is long


def test_nothing_is_found_where_nothing_moves():
    points = PointSet([1.0, 2.0], [0.5, 0.5])
    assert found_of(Run(RULES["gd"](), start=(0.0, 0.0), epochs=50), points) == ()


def test_a_short_run_on_the_plateau_is_not_called_caught():
    for rule in (RULES["gd"](), RULES["momentum"](), RULES["nesterov"]()):
        for epochs in (10, 20, 40):
            assert FindingKind.FALSE_VALLEY not in kinds(found_of(Run(rule, epochs=epochs))), (rule, epochs)


@pytest.mark.parametrize("regime", [STOCHASTIC(shuffle=True), MINI_BATCH(size=3, shuffle=True)])
def test_a_long_run_of_single_points_has_no_more_findings_than_a_person_can_look_through(regime):
    points = scene("mini-batch").points
    run = Run(RULES["gd"](), regime, epochs=1500)
    assert len(found_of(run, points)) <= 100


# ------------------------------------------------------------------------------------- the limit


def test_adam_at_rest_is_told_that_the_limit_came_to_it():
    came = only("adam-forgets", "Adam, η = 1", FindingKind.LIMIT_CAME)
    record = scene_records("adam-forgets")["Adam, η = 1"]
    assert came.numbers["limit"] == pytest.approx(38.0)
    assert came.numbers["η · curvature before"] < 19.0 < came.numbers["η · curvature after"]
    assert record.loss[came.first] < 1e-9 < record.loss[came.last]
    beyond = only("adam-forgets", "Adam, η = 1", FindingKind.BEYOND_LIMIT)
    seen = beyond.first + int(np.argmax(record.loss[beyond.first :] > 1e-9))
    assert 60 <= seen - beyond.first <= 200


def test_a_smaller_rate_is_far_from_the_limit():
    found_kinds = kinds(found("adam-forgets", "Adam, η = 0.1"))
    assert not found_kinds & {FindingKind.LIMIT_CAME, FindingKind.BEYOND_LIMIT}


def test_newton_is_told_that_its_steps_lead_uphill_where_the_loss_curves_down():
    uphill = only("newton-uphill", "Newton", FindingKind.UPHILL)
    assert (uphill.first, uphill.last, uphill.numbers["steps uphill"]) == (0, 4, 4)
    for name in ("Levenberg-Marquardt", "Descent, exact"):
        assert FindingKind.UPHILL not in kinds(found("newton-uphill", name))


STARTS = ((0.0, 6.0), (-2.0, -2.0), (3.0, -5.0))


@every(("rule", "start"), [(rule, start) for rule in SECOND_ORDER_RULES for start in STARTS])
def test_a_second_order_step_is_said_to_lead_uphill_where_it_does(rule, start):
    run = Run(SECOND_ORDER_RULES[rule](), start=start, epochs=8)
    record, plain = columns_of(run, VALLEY_POINTS), PlainLoss(VALLEY_POINTS)
    told = [one for one in found_of(run, VALLEY_POINTS) if one.kind is FindingKind.UPHILL]
    slopes = (record.gradient[1:] * np.diff(record.p, axis=0)).sum(axis=1)
    steps = {step for one in told for step in range(one.first, one.last)}
    assert steps == set(np.flatnonzero(slopes > 0.0).tolist())
    for one in told:
        step = record.p[one.first + 1] - record.p[one.first]
        small = 1e-3 / np.linalg.norm(step)
        before, here, after = plain.losses([record.p[one.first] + by * small * step for by in (-1, 0, 1)])
        slope, curvature = (after - before) / (2.0 * small), (before - 2.0 * here + after) / 1e-6
        assert (one.numbers["g·d"], one.numbers["curvature along d"]) == pytest.approx(
            (slope, curvature), rel=1e-2, abs=1e-8
        )


@every(
    ("rule", "search", "start", "at"),
    [
        ("newton", "armijo", (0.0, 6.0), 0),
        ("newton", "armijo", (4.3, -5.6), 3),
        ("damped-newton", "exact", (-5.0, 4.0), 2),
        ("newton", "armijo", (3.0, -5.0), None),  # these find no step that lowers the loss any further
        ("damped-newton", "exact", (0.0, 6.0), None),
    ],
)
def test_a_search_that_stops_where_the_direction_leads_uphill_is_told_why(rule, search, start, at):
    run = Run(SECOND_ORDER_RULES[rule](), search=SEARCHES[search](), start=start, epochs=50)
    experiment = one_run(run, VALLEY_POINTS)
    (made,) = computed(experiment)
    found = diagnose(experiment, run, made.whole, made.stop)
    told = [one for one in found if one.kind is FindingKind.UPHILL]
    assert [(one.first, one.last) for one in told] == ([] if at is None else [(at, at)])
    assert (made.stop.reason is StopReason.CLIMBS) == (at is not None)
    for one in told:
        assert f"stops at step {at}: " in one.sentence
        assert one.numbers["g·d"] > 0.0 > one.numbers["curvature along d"]


def test_a_direction_that_leads_uphill_by_rounding_alone_is_not_said_to_lead_to_a_top():
    """Where outputs are nearly 0 or 1 Gauss-Newton's equation is all but singular."""
    points = PointSet([[42.2, -54.137], [12.337, 46.967], [-73.623, 231.276]], [0.272, 0.088, 0.635])
    start = (-0.7706788078096767, 1.4373610122873324, 1.1142961733718824)
    run = Run(SECOND_ORDER_RULES["gauss-newton"](), search=SEARCHES["armijo"](), start=start, epochs=5)
    experiment = one_run(run, points)
    (made,) = computed(experiment)
    assert made.stop.reason is StopReason.CLIMBS
    assert FindingKind.UPHILL not in kinds(diagnose(experiment, run, made.whole, made.stop))


def test_nor_where_the_loss_is_level_along_it_but_for_rounding():
    """Cross-entropy of a straight neuron curves down nowhere; far out some points no longer bend it."""
    x = [[0.0, -1.605], [-0.707, 0.746], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [-1.34, 0.0]]
    points = PointSet(x, [0.817, 0.886, 0.696, 0.029, 0.441, 0.04])
    run = Run(SECOND_ORDER_RULES["gauss-newton"](), start=(1.4, 1.95, 2.8), epochs=60)
    experiment = replace(one_run(run, points), objective=NeuronObjective("identity", "cross-entropy", "mean"))
    (made,) = computed(experiment)
    assert FindingKind.UPHILL not in kinds(diagnose(experiment, run, made.whole, made.stop))


VALLEY_POINTS = PointSet([1.3, 2.4], [0.15, 0.9])


@pytest.mark.parametrize(("eta", "is_beyond"), [(20.0, False), (22.0, True)])
def test_descent_at_the_solution_is_beyond_its_limit_from_two_over_the_curvature_on(eta, is_beyond):
    run = Run(RULES["gd"](eta=eta), start=(3.5743869 + 1e-3, -6.3813041), epochs=60)
    told = [one for one in found_of(run, VALLEY_POINTS) if one.kind is FindingKind.BEYOND_LIMIT]
    assert bool(told) is is_beyond
    if is_beyond:
        assert told[0].numbers["limit"] == pytest.approx(2.0)
        assert "the limit of Gradient descent" in told[0].sentence


def test_of_some_of_the_points_no_limit_is_told():
    run = Run(RULES["gd"](eta=40.0), start=(3.5743869 + 1e-3, -6.3813041), batching=STOCHASTIC(), epochs=60)
    assert FindingKind.BEYOND_LIMIT not in kinds(found_of(run, VALLEY_POINTS))
