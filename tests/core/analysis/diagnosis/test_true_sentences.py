"""Every sentence of page Why is true, by measures of its own, of random scenes and of all that are ready."""

import re
from dataclasses import replace

import numpy as np
import pytest

from gdsim.core.analysis.diagnosis import FindingKind
from gdsim.core.files.bundled import BUNDLED_SCENES
from gdsim.core.files.scene import parse_scene
from gdsim.core.model.batching import MINI_BATCH, STOCHASTIC
from gdsim.core.model.objective import FunctionObjective, NeuronObjective
from gdsim.core.model.plane_function import ORIGIN
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Fork, Run
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.own_rule import own_rule
from gdsim.core.rules.searches import SEARCHES
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from tests.core.analysis.diagnosis.measures import Case, FalseClaimError, Measures, read
from tests.core.analysis.diagnosis.random_scenes import (
    random_fork,
    random_objective,
    random_scene,
    random_searched,
    random_second_order,
    random_typed,
)
from tests.core.model.plain_losses import PlainLoss
from tests.core.records import computed, diagnose, one_run, scene
from tests.every import WHOLE, every, in_turn, some_of

# The fewest seeds with which all is said that is said of the first hundred, as long as there are no more
# rules and schedules.
SCENES = range(1000) if WHOLE else (0, 3, 5, 7, 8, 9, 10, 14, 18, 19, 24, 60, 108, 112, 131)
OBJECTIVES = range(1000) if WHOLE else (1, 3, 5, 7, 8, 9, 15, 23, 35, 68, 76)
FORKS = range(200) if WHOLE else (5, 8, 10, 11, 12, 14, 15, 33, 37)
SEARCHED = range(1000) if WHOLE else (7, 9, 10, 19, 22, 30, 37, 50, 54)
TYPED = 100 if WHOLE else 5
SECOND_ORDER = 1000 if WHOLE else 15


def false_sentences(experiment, findings=None, trajectory=None):
    """Return the false sentences on the run of an experiment, in some findings or in all."""
    if trajectory is None:
        (trajectory,) = computed(experiment)
    if findings is None:
        findings = diagnose(experiment, experiment.runs[0], trajectory.whole, trajectory.stop)
    measures = Measures(Case(experiment, trajectory.whole, trajectory.stop, findings))
    found = []
    for finding in findings:
        try:
            with np.errstate(all="ignore"):
                measures.check(finding)
        except FalseClaimError as claim:
            found.append(f"{claim.args}: {finding.sentence}")
    return found


@every(
    ("random", "seeds"),
    [
        (random_scene, SCENES),
        (random_objective, OBJECTIVES),
        (random_fork, FORKS),
        (random_searched, SEARCHED),
    ],
)
def test_no_sentence_is_false(random, seeds):
    false = {seed: false_sentences(random(seed)) for seed in seeds}
    assert {seed: found for seed, found in false.items() if found} == {}


def test_nor_of_a_rule_that_was_typed():
    """As true of a copy as of the rule of the program, and the same but for the title."""
    for seed in range(TYPED):
        experiment = random_typed(seed)
        assert false_sentences(experiment) == [], seed
        (run,) = experiment.runs
        known = next(one for one in RULES.values() if run.optimizer.title == f"{one.title} typed")
        run = replace(run, optimizer=known(**dict(run.optimizer.items())))
        said = [one.sentence for one in found_of(replace(experiment, runs=(run,)))]
        assert [one.sentence.replace(" typed", "") for one in found_of(experiment)] == said


def test_nor_of_a_second_order_rule_that_goes_uphill():
    said = 0
    for seed in range(SECOND_ORDER):
        experiment = random_second_order(seed)
        uphill = [one for one in found_of(experiment) if one.kind is FindingKind.UPHILL]
        said += len(uphill)
        assert false_sentences(experiment, uphill) == [], seed
    assert said > SECOND_ORDER / 10


@every(("number", "name"), some_of(enumerate(BUNDLED_SCENES), 0, 2))
def test_nor_of_the_scenes_that_stand_ready(number, name):
    """And there are no more than a person can look through; of each scene one run in six, or all."""
    # The measures know what the rules of the catalogue do, and those with the same lines.
    lines = [one.lines for one in RULES.values()]
    known = [run for run in scene(name).runs if run.optimizer.definition.lines in lines]
    for run in some_of(known, number, 6):
        alone = replace(scene(name), runs=(run,))
        (trajectory,) = computed(alone)
        findings = diagnose(alone, run, trajectory.whole, trajectory.stop)
        assert len(findings) <= 35, run.name
        assert false_sentences(alone, findings, trajectory) == [], run.name


@pytest.mark.parametrize("rule", ["momentum", "nesterov"])
def test_nor_of_a_run_that_diverges(rule):
    run = Run(RULES[rule](eta=1.7e308, gamma=0.99), start=(0.1, 0.2), epochs=300)
    experiment = one_run(run)
    assert FindingKind.DIVERGENCE in kinds(found_of(experiment))
    assert false_sentences(experiment) == []


def test_nor_of_a_step_that_is_longer_than_any_float():
    """A decay of more than the parameter itself takes it to and fro, ever further out."""
    beyond = 0
    for start in np.linspace(1.0, 9.0, 10).tolist():
        run = Run(RULES["adamw"](eta=10.0, decay=1.0), start=(start, start), epochs=400)
        (one,) = (one for one in found_of(one_run(run)) if one.kind is FindingKind.DIVERGENCE)
        assert false_sentences(one_run(run), (one,)) == []
        beyond += "by more than" in one.sentence
    assert beyond


@every("side", [-1, 0, 1])
@every("w", [1.0, -3e5, 1e9])
def test_the_curvature_is_measured_where_a_parameter_is_huge(w, side):
    """Over an input of 0 alone w does not count; and a wave is as steep a million of its lengths away."""
    at_zero = PlainLoss(PointSet([0.0], [0.9]))
    assert at_zero.hessian([w, 0.5], side)[1, 1] == pytest.approx(at_zero.hessian([0.0, 0.5])[1, 1], rel=1e-3)
    wave = PlainLoss(ORIGIN, FunctionObjective("sin(w)*cos(b) + 0.1*w**2"))
    sin, cos = np.sin([w, 0.5]), np.cos([w, 0.5])
    exact = [[0.2 - sin[0] * cos[1], -cos[0] * sin[1]], [-cos[0] * sin[1], -sin[0] * cos[1]]]
    np.testing.assert_allclose(wave.hessian([w, 0.5], side), exact, rtol=0.01, atol=0.01)


def test_a_run_that_leaves_another_and_diverges_at_once():
    parent = Run(RULES["gd"](eta=1e-6), start=(0.0, 0.0))
    run = Run(RULES["gd"](eta=1e308), fork=Fork(parent, 5))
    experiment = one_run(run, PointSet([30.0], [0.1]))
    (one,) = found_of(experiment)
    assert "as early as step 6" in one.sentence
    assert false_sentences(experiment) == []


def test_a_fork_that_is_nudged_onto_a_pole_is_not_advised_to_take_smaller_steps():
    parent = Run(RULES["gd"](eta=1e-3), start=(3.0, 3.0))
    run = replace(parent, fork=Fork(parent, 0, nudge=(-3.0, 0.0)))
    experiment = replace(one_run(run, ORIGIN), objective=FunctionObjective("1/w + b**2"))
    (one,) = found_of(experiment)
    assert one.sentence.endswith("where the run starts, at w = 0, b = 3.")


def test_a_run_that_was_made_shorter_than_where_it_is_left_diverges_where_it_would():
    """It ends before, and so did not diverge."""
    parent = Run(RULES["gd"](eta=50.0), start=(1.0, 1.0), epochs=5, name="Parent")
    run = replace(parent, fork=Fork(parent, 2000), epochs=20, name="Fork")
    experiment = replace(one_run(run, ORIGIN), objective=FunctionObjective("w**2 + b**2"))
    (one,) = found_of(experiment)
    assert one.sentence.startswith("“Parent” diverges at step ")
    assert false_sentences(experiment) == []


# ------------------------------------------------------------- what was said of these, and is not so


def found_of(experiment, run=0):
    (trajectory,) = computed(replace(experiment, runs=experiment.runs[run : run + 1]))
    return diagnose(experiment, experiment.runs[run], trajectory.whole, trajectory.stop)


def kinds(findings):
    return {one.kind for one in findings}


def test_no_curvature_is_told_where_a_function_has_no_value():
    """Its slope, 1/w, is a number there as well, and so the run goes on, to where there is one."""
    run = Run(RULES["momentum"](eta=2.4, gamma=0.9), start=(-0.64, -2.23), epochs=30)
    experiment = replace(one_run(run, ORIGIN), objective=FunctionObjective("log(w) + b**2"))
    (beyond,) = (one for one in found_of(experiment) if one.kind is FindingKind.BEYOND_LIMIT)
    assert beyond.first == 1
    assert false_sentences(experiment) == []


def test_the_loss_of_points_that_are_fitted_does_not_rise():
    """Far out, a point's cross-entropy is 10⁻³⁰, so no step changes it noticeably."""
    x = [-2.7567, 2.6599, 1.6371, 1.2053, 1.4774, 2.9799, -2.9664, -2.6085, -1.765]
    points = PointSet(x, [1.0, 0.006, 0.064, 0.163, 0.092, 0.003, 1.0, 0.999, 0.996])
    run = Run(RULES["nesterov"](eta=2.0), STOCHASTIC(shuffle=False), start=(2.64, -4.14), epochs=13)
    objective = NeuronObjective("sigmoid", "cross-entropy", "mean")
    experiment = replace(one_run(run, points), objective=objective)
    said = " ".join(one.sentence for one in found_of(experiment))
    assert "15 of the 40 steps that raised the loss also raised the loss of their own points" in said
    assert false_sentences(experiment) == []


def test_a_search_that_stays_at_a_kink_is_beyond_no_limit():
    """Where the median of the answers is met exactly the loss has two slopes, and no curvature."""
    points = PointSet([0.0, -1e89, 2e89, 0.0, 0.0], [0.729, 0.817, 0.525, 0.729, 0.729])
    objective = NeuronObjective("sigmoid", "absolute", "sum", 0.1)
    run = Run(RULES["gd"](eta=0.5), start=(-3.14, 4.37), epochs=60, search=SEARCHES["exact"]())
    experiment = replace(one_run(run, points), objective=objective)
    assert kinds(found_of(experiment)) == set()


SLOW = """{"gdsim": 1, "points": {"x": [[-1.199, -2.354], [2.8, -1.81661], [-2.9, 0.506], [1.3, 0.0],
    [2.252692, 0.237], [0.0, 0.0], [0.0, -0.452], [-0.584, -2.2], [1.359258, 0.0], [-0.165231, -1.068511],
    [0.46375, 2.663957], [0.0, 1.798083]],
    "y": [0.611, 0.577, 0.136, 0.377, 0.399, 0.149, 0.446, 0.798, 0.341, 0.186, 0.839, 0.648]},
    "runs": [{"algorithm": "gd", "hyperparameters": {"eta": 0.05120965442495261},
    "start": {"w": [4.46, -1.67], "b": -2.14}, "epochs": 100}]}"""
NOTHING_LOWER = """{"gdsim": 1, "points": {"x": [0.0, -1.296172, 0.478009], "y": [0.922, 0.886, 0.476]},
    "runs": [{"algorithm": "adam", "hyperparameters": {"eta": 0.45350147101267196, "beta1": 0.9,
    "beta2": 0.99, "eps": 3.295078731906036e-05, "bias_correction": true},
    "regime": {"kind": "stochastic", "shuffle": true}, "seed": 2,
    "schedule": {"kind": "inverse", "k": 0.001262956847941901},
    "start": {"w": -4.35, "b": -3.51}, "epochs": 133}]}"""


@pytest.mark.parametrize("text", [SLOW, NOTHING_LOWER])
def test_a_place_that_is_left_or_is_the_best_there_is_no_false_valley(text):
    assert FindingKind.FALSE_VALLEY not in kinds(found_of(parse_scene(text)))


@pytest.mark.parametrize(
    ("name", "runs"),
    [
        ("rates", ["η = 0.0001", "η = 0.001", "η = 0.01"]),
        ("annealing", ["Too small, too soon"]),
    ],
)
def test_a_rate_too_small_for_a_plateau_makes_no_false_valley(name, runs):
    names = [run.name for run in scene(name).runs]
    for run in runs:
        found = found_of(scene(name), names.index(run))
        assert FindingKind.FALSE_VALLEY not in kinds(found)
        (plateau,) = (one for one in found if one.kind is FindingKind.PLATEAU)
        assert plateau.numbers["loss then"] < 0.3 * plateau.numbers["last loss"]
        assert "From there plain gradient descent with η = " in plateau.sentence


DECAYING = """{"gdsim": 1, "points": {"x": [[0.606936, 2.485424], [-1.641, -0.193]], "y": [0.939, 0.277]},
    "runs": [{"algorithm": "rmsprop", "hyperparameters": {"eta": 0.5, "beta": 0,
    "eps": 1.1591871250243117e-07}, "regime": {"kind": "mini-batch", "size": 5, "shuffle": false}, "seed": 3,
    "schedule": {"kind": "exponential", "k": 0.0029753543919401335},
    "start": {"w": [2.67, -4.73], "b": 0.04}, "epochs": 100}]}"""


def test_hovering_says_what_the_schedule_did():
    experiment = parse_scene(DECAYING)
    (hovering,) = (one for one in found_of(experiment) if one.kind is FindingKind.HOVERING)
    assert "with η = 0.499, which the schedule takes to 0.372, a typical step" in hovering.sentence
    assert false_sentences(experiment) == []


NO_OTHER_SIDE = """{"gdsim": 1, "points": {"x": [0.0, -2.625, 0.8, 0.0], "y": [0.716, 0.564, 0.918, 0.586]},
    "runs": [{"algorithm": "rmsprop", "hyperparameters": {"eta": 0.1, "beta": 0,
    "eps": 2.8482650108574294e-09}, "seed": 9, "schedule": {"kind": "inverse", "k": 0.010183389588024398},
    "start": {"w": 0.16, "b": -3.73}, "epochs": 215}]}"""
NOT_OUTWEIGHED = """{"gdsim": 1, "points": {"x": [2.589165, -2.889, 2.929789, -2.945967, 1.162001, -0.6,
    2.148, -1.314, -0.8, -2.7, 0.6, 0.6, 2.851621, 1.8, -0.389596, 0.58, 0.008], "y": [0.222, 0.043, 0.494,
    0.293, 0.29, 0.347, 0.946, 0.842, 0.773, 0.481, 0.611, 0.756, 0.63, 0.706, 0.297, 0.91, 0.174]},
    "validation": {"x": [-0.945098, -1.6], "y": [0.827, 0.776]},
    "runs": [{"algorithm": "adam", "hyperparameters": {"eta": 1.667126465738007,
    "beta1": 0.025299126989409393, "beta2": 0.99, "eps": 7.652241514468977e-08, "bias_correction": false},
    "seed": 2, "schedule": {"kind": "validation"}, "start": {"w": -0.49, "b": 4.62}, "epochs": 60}]}"""
LOW_CORNERS = """{"gdsim": 1, "points": {"x": [0.0, 0.0, 0.0, 0.916067, 0.0],
    "y": [0.564, 0.645, 0.023, 0.056, 0.565]},
    "validation": {"x": [2.975973, 0.114681, -1.7], "y": [0.455, 0.145, 0.568]},
    "runs": [{"algorithm": "gd", "hyperparameters": {"eta": 0.827654047493673},
    "regime": {"kind": "stochastic", "shuffle": false}, "seed": 7, "schedule": {"kind": "validation"},
    "start": {"w": 2.54, "b": -1.56}, "epochs": 60}]}"""


@every("text", [NO_OTHER_SIDE, NOT_OUTWEIGHED, LOW_CORNERS])
def test_what_is_said_of_a_turn_was_measured(text):
    experiment = parse_scene(text)
    assert FindingKind.U_TURN in kinds(found_of(experiment))
    assert false_sentences(experiment) == []


def test_nesterov_s_direction_is_judged_by_the_slope_where_it_stands():
    judged = 0
    for seed in range(40) if WHOLE else (17, 23, 27):
        experiment = random_scene(seed, [RULES["nesterov"]])
        judged += sum("gradient pointed back" in one.sentence for one in found_of(experiment))
        assert false_sentences(experiment) == []
    assert judged >= 5


NO_OLDER_GRADIENT = """{"gdsim": 1, "points": {"x": [-0.6, 1.0, 1.7, 0.0, 0.0, -2.0],
    "y": [0.175, 0.879, 0.972, 0.444, 0.444, 0.01]},
    "validation": {"x": [-2.957015, -0.135918, 2.668782], "y": [1.0, 0.0, 0.0]},
    "runs": [{"algorithm": "adamax", "hyperparameters": {"eta": 2.9649495115963926, "beta1": 0.0,
    "beta2": 0.999, "eps": 9.637524100555598e-09}, "schedule": {"kind": "validation"},
    "start": {"w": -4.25, "b": -1.86}, "epochs": 61}]}"""
FORGETS_AT_ONCE = """{"gdsim": 1, "points": {"x": [-0.54, -2.77], "y": [0.215, 0.925]},
    "runs": [{"algorithm": "amsgrad", "hyperparameters": {"eta": 3.3206943700332983, "beta1": 0.0,
    "beta2": 0.5235473607630713, "eps": 0.0963831300495803, "bias_correction": true},
    "regime": {"kind": "mini-batch", "size": 47, "shuffle": false}, "seed": 2,
    "start": {"w": 1.23, "b": 0.17}, "epochs": 176}]}"""


@pytest.mark.parametrize("text", [NO_OLDER_GRADIENT, FORGETS_AT_ONCE])
def test_a_rule_that_keeps_no_gradient_does_not_turn_late_for_older_ones(text):
    found = found_of(parse_scene(text))
    assert FindingKind.U_TURN in kinds(found)
    assert not any("older gradients" in one.sentence for one in found)


@every(
    ("rule", "batching"),
    in_turn(["gd", "momentum", "adam"], [STOCHASTIC(), STOCHASTIC(shuffle=True), MINI_BATCH(size=1)]),
)
def test_nothing_is_said_of_limits_where_each_step_has_a_curvature_of_its_own(rule, batching):
    limits = {FindingKind.BEYOND_LIMIT, FindingKind.LIMIT_CAME}
    run = Run(RULES[rule](eta=22.0), start=(3.6, -6.4), epochs=200)
    points = PointSet([1.3, 2.4], [0.15, 0.9])
    if rule == "gd":  # on all points it is said
        assert limits & kinds(found_of(one_run(run, points)))
    in_parts = one_run(replace(run, batching=batching), points)
    assert not limits & kinds(found_of(in_parts))
    assert false_sentences(in_parts) == []


@every(
    ("points", "search", "findings", "reason"),
    [
        (PointSet([0.5], [0.2]), "fixed", {FindingKind.STOPPED}, "the curvature is singular or undefined"),
        (
            PointSet([1.79, -1.04, -1.56, 1.94, -2.31], [0.48, 0.56, 0.61, 0.15, 0.63]),
            "exact",
            {FindingKind.U_TURN, FindingKind.CONVERGENCE, FindingKind.STOPPED},
            "no step was found that lowers the loss any further.",
        ),
    ],
)
def test_why_a_run_ends_early_is_told_beside_its_other_findings(points, search, findings, reason):
    newton = SECOND_ORDER_RULES["saddle-free-newton" if search == "exact" else "newton"]()
    experiment = one_run(Run(newton, start=(-1.3, 2.2), epochs=12, search=SEARCHES[search]()), points)
    assert kinds(found_of(experiment)) == findings
    (stopped,) = (one for one in found_of(experiment) if one.kind is FindingKind.STOPPED)
    assert reason in stopped.sentence
    assert false_sentences(experiment) == []


def test_newton_on_a_saddle_is_not_said_to_be_held_by_saturated_points():
    points = PointSet([1.79, -1.04, -1.56, 1.94, -2.31], [0.48, 0.56, 0.61, 0.15, 0.63])
    run = Run(SECOND_ORDER_RULES["newton"](), start=(-1.3, 2.2), epochs=12)
    (one,) = (one for one in found_of(one_run(run, points)) if one.kind is FindingKind.FALSE_VALLEY)
    assert " at a saddle, w = " in one.sentence
    assert "saturated" not in one.sentence
    assert false_sentences(one_run(run, points)) == []


def test_all_small_numbers_of_a_sentence_are_written_alike():
    caught = one_run(Run(RULES["gd"](eta=1.0), start=(0.0, 0.0), epochs=20), PointSet([1e10], [0.9]))
    (one,) = (one for one in found_of(caught) if one.kind is FindingKind.FALSE_VALLEY)
    assert "At w = 2.2·10⁻¹⁰, b = 2.2·10⁻²⁰ the loss is 3.11·10⁻⁸." in one.sentence
    assert false_sentences(caught) == []


def test_a_lower_place_of_many_weights_is_told_by_its_loss():
    points = PointSet([[1e5, 1.0, 0.0, 2.0], [0.0, 0.5, 1.0, 1.0]], [0.9, 0.4])
    caught = one_run(Run(RULES["gd"](eta=1.0), start=(0.0,) * 5, epochs=200), points)
    (one,) = (one for one in found_of(caught) if one.kind is FindingKind.FALSE_VALLEY)
    assert "Elsewhere the loss is " in one.sentence
    assert false_sentences(caught) == []
    too_low = re.sub(r"Elsewhere the loss is .*", "Elsewhere the loss is −1.", one.sentence)
    no_lower = re.sub(r"Elsewhere the loss is .*", "Elsewhere the loss is 1.", one.sentence)
    for sentence in (too_low, no_lower):
        assert len(false_sentences(caught, [replace(one, sentence=sentence)])) == 1


# ------------------------------------------------------------------------------- other neurons


def neuron_scene(activation, x, y, start, rule="gd", **settings):
    run = Run(RULES[rule](**settings), start=start, epochs=60)
    return replace(one_run(run, PointSet(x, y)), objective=NeuronObjective(activation))


def test_a_tanh_that_is_saturated_holds_a_run_up():
    experiment = neuron_scene("tanh", [1.0, 2.0], [-0.5, -0.9], (4.0, 4.0), eta=0.1)
    (plateau,) = (one for one in found_of(experiment) if one.kind is FindingKind.PLATEAU)
    assert "are saturated. Their gradients are multiplied by 1 − f², which is at most" in plateau.sentence
    assert "at step 0 and 1 at best." in plateau.sentence
    assert false_sentences(experiment) == []
    free = neuron_scene("tanh", [1.0, 2.0], [-0.5, -0.9], (0.2, 0.1), eta=0.1)
    assert FindingKind.PLATEAU not in kinds(found_of(free))


def test_a_dead_relu_is_told_from_one_that_lives():
    dead = neuron_scene("relu", [1.0, 2.0], [0.5, 0.9], (-1.0, -1.0), eta=0.1)
    (one,) = (one for one in found_of(dead) if one.kind is FindingKind.DEAD)
    assert (one.first, one.last) == (0, 60)
    assert one.sentence == (
        "From step 0 on w·x + b is above 0 at none of the 2 points: there ReLU is 0 and so is its slope, "
        "and no point adds to the gradient. The run stays where it is, at a loss of 0.53."
    )
    half = neuron_scene("relu", [-1.0, 2.0], [0.5, 0.9], (-1.0, -0.5), eta=0.1)
    assert FindingKind.DEAD not in kinds(found_of(half))
    # Momentum carries a dead neuron on, and the bundled scene dies on its way.
    thrown = neuron_scene("relu", [1.0, 2.0], [0.1, 0.1], (2.0, 1.0), rule="momentum", eta=0.3, gamma=0.9)
    assert "the loss stays at" in next(o for o in found_of(thrown) if o.kind is FindingKind.DEAD).sentence
    names = [run.name for run in scene("dead-relu").runs]
    for name, dies in (("Rate 0.2", True), ("Rate 0.1", False)):
        found = found_of(scene("dead-relu"), names.index(name))
        assert (FindingKind.DEAD in kinds(found)) is dies
    for experiment in (dead, half, thrown):
        assert false_sentences(experiment) == []


def test_a_relu_is_alive_where_its_rule_still_asks_a_point_for_the_gradient():
    # No point is above 0 on the path from step 6 on, but one is where update 8 looks ahead.
    looks = neuron_scene("relu", [-3.0, 3.0], [0.9, 0.0], (3.0, 2.0), rule="nesterov", eta=0.3)
    (one,) = (one for one in found_of(looks) if one.kind is FindingKind.DEAD)
    assert one.first == 8
    assert false_sentences(looks) == []


def test_the_loss_of_a_dead_relu_that_a_penalty_moves_is_told_by_its_digits():
    said = {
        ("gd", 0.1, -1.0): "In these 60 steps the loss goes from 0.535 to 0.534.",
        ("adam", 3.0, -0.2): "In these 60 steps the loss goes from 0.5302 to 0.53.",
    }
    for (rule, eta, w), told in said.items():
        dead = neuron_scene("relu", [0.1, 0.2], [0.5, 0.9], (w, -1.0), rule=rule, eta=eta)
        shrinks = replace(dead, objective=NeuronObjective("relu", l2=0.01))
        (one,) = (one for one in found_of(shrinks) if one.kind is FindingKind.DEAD)
        assert one.sentence.endswith(f"Only the penalty is left in it. {told}"), one.sentence
        assert false_sentences(shrinks) == []


def test_a_loss_that_comes_back_does_not_go_from_a_number_to_the_same():
    to_and_fro = own_rule("To and fro", "w_next = w + where(mod(t, 2) == 0, 0.5, -0.5) + 0*eta*g")
    points = PointSet([0.1, 0.2], [0.5, 0.9])
    run = Run(to_and_fro(), start=(-1.0, -1.0), epochs=60)
    experiment = replace(one_run(run, points), objective=NeuronObjective("relu", l2=0.01))
    (one,) = (one for one in found_of(experiment) if one.kind is FindingKind.DEAD)
    loss = computed(experiment)[0].whole.loss
    assert loss[0] == loss[-1] < loss[1]
    told = "In these 60 steps the loss lies between 0.535 and 0.541, and ends where it began, at 0.535."
    assert one.sentence.endswith(told), one.sentence
    assert false_sentences(experiment) == []


def test_a_sum_that_began_as_an_average_is_not_said_to_be_of_all_gradients():
    average = Run(RULES["rmsprop"](eta=1e-3), epochs=9, start=(0.0, 6.0))
    for parent, told in ((average, True), (replace(average, optimizer=RULES["adagrad"](eta=1e-3)), False)):
        run = Run(RULES["adagrad"](eta=1e-3), epochs=900, fork=Fork(parent, 2))
        experiment = one_run(run)
        (one,) = (one for one in found_of(experiment) if one.kind is FindingKind.DECAYED_RATE)
        assert one.sentence.endswith("The sum began with what another rule held in v.") is told
        assert false_sentences(experiment) == []


RESTS = """{"gdsim": 1, "points": {"x": [[-16.1, 3.5, 3.6, 0, -6.1, 0]], "y": [1]}, "runs": [{"algorithm":
    "schedule-free", "hyperparameters": {"eta": 0.2}, "epochs": 1000,
    "start": {"w": [4.1, -5, 3.65, -5.63, 5.1, -0.33], "b": 1.88}}]}"""


def test_a_run_that_stays_but_for_rounding_does_not_turn():
    experiment = parse_scene(RESTS)
    (trajectory,) = computed(experiment)
    assert np.abs(trajectory.whole.p - trajectory.whole.p[0]).max() < 1e-12
    assert kinds(found_of(experiment)) == {FindingKind.FALSE_VALLEY}


def test_losses_that_differ_are_not_written_alike():
    """The plain around the pit of Easom's function: the loss falls, by less than its first digits tell."""
    text = """{"gdsim": 1, "function": "-cos(w)*cos(b)*exp(-(w - pi)**2 - (b - pi)**2)", "runs": [
        {"algorithm": "gd", "hyperparameters": {"eta": 1}, "start": {"w": 0.1, "b": 6.3}, "epochs": 100}]}"""
    experiment = parse_scene(text)
    (fall,), (trajectory,) = found_of(experiment), computed(experiment)
    assert fall.kind is FindingKind.STILL_FALLING
    before, after = fall.sentence.split(": from ")[1].split(" in the last")[0].split(" to ")
    assert before != after
    assert [read(before), read(after)] == pytest.approx(trajectory.whole.loss[[-11, -1]], rel=1e-3)


def test_steps_on_one_point_that_raise_its_own_loss_are_told():
    """At a rate beyond what each point bears, a run on one point at a time grows, and not for the others."""
    run = Run(RULES["gd"](eta=3.0), STOCHASTIC(), start=(0.3, 0.1), epochs=40)
    objective = NeuronObjective("identity")
    experiment = replace(one_run(run), objective=objective)
    (climb,) = (one for one in found_of(experiment) if one.kind is FindingKind.OVERSHOOT)
    assert climb.sentence.endswith("steps that raised the loss also raised the loss of their own points.")
    assert {type(value) for value in climb.numbers.values()} <= {int, float}
    assert false_sentences(experiment) == []


def test_of_one_step_that_raised_the_loss_of_its_own_points_no_number_is_told():
    run = scene("mini-batch").runs[0]
    run = replace(run, optimizer=run.optimizer.replace(eta=30.0), epochs=2)
    experiment = replace(scene("mini-batch"), runs=(run,))
    (climb,) = (one for one in found_of(experiment) if one.kind is FindingKind.OVERSHOOT)
    assert climb.sentence.startswith("In one step the loss rose")
    assert climb.sentence.endswith("The step that raised the loss also raised the loss of its own points.")
    assert false_sentences(experiment) == []


def test_a_run_that_creeps_along_a_floor_has_not_converged():
    """From a steep start it soon has lost all but a millionth, and is far from the minimum still."""
    text = """{"gdsim": 1, "function": "(1 - w)**2 + 100*(b - w**2)**2", "runs": [{"algorithm": "gd",
        "hyperparameters": {"eta": 1}, "search": {"kind": "exact"}, "start": {"w": 12, "b": 3},
        "epochs": 20}]}"""
    experiment = parse_scene(text)
    (trajectory,) = computed(experiment)
    assert trajectory.whole.loss[-1] < 1e-6 * trajectory.whole.loss[0]
    assert np.abs(trajectory.whole.p[-1] - 1.0).max() > 0.5
    assert FindingKind.CONVERGENCE not in kinds(found_of(experiment))


def test_a_place_that_is_level_and_no_minimum_is_not_converged_to():
    """Newton's steps lead to the inflection of w³, too, each half as long as the one before."""
    text = """{"gdsim": 1, "function": "w**3 + b**2", "runs": [{"algorithm": "saddle-free-newton",
        "search": {"kind": "wolfe"}, "epochs": 20}]}"""
    experiment = parse_scene(text)
    for start in np.random.default_rng(3).uniform(0.3, 3.0, (30, 2)).tolist():
        run = replace(experiment.runs[0], start=tuple(start))
        assert FindingKind.CONVERGENCE not in kinds(found_of(replace(experiment, runs=(run,)))), start


def test_a_run_of_lookahead_that_settles_beyond_its_limit_is_not_said_to_grow():
    """On a parabola with η · λ = 3.2, between two bands of rates at which it leaves."""
    text = """{"gdsim": 1, "function": "w**2/2 + 5*b**2", "runs": [{"algorithm": "lookahead",
        "hyperparameters": {"eta": 0.32}, "start": {"w": 1, "b": 1}, "epochs": 200}]}"""
    experiment = parse_scene(text)
    (trajectory,) = computed(experiment)
    assert trajectory.whole.loss[-1] < 1e-3 * trajectory.whole.loss[0]
    assert FindingKind.BEYOND_LIMIT not in kinds(found_of(experiment))
    leaves = replace(experiment, runs=(replace(experiment.runs[0], optimizer=RULES["lookahead"](eta=0.27)),))
    assert FindingKind.BEYOND_LIMIT in kinds(found_of(leaves))
    assert false_sentences(leaves) == []


@pytest.mark.parametrize("seed", [429, 818])
def test_a_way_ends_at_a_turn_that_a_step_of_nothing_hides(seed):
    assert false_sentences(random_scene(seed)) == []
