"""Scripts and code of runs whose steps are looked for: their numbers are the engine's, to the last bit."""

import numpy as np

from gdsim.core.engine.beginning import recorded_beginning, shown_beginning
from gdsim.core.files.script.run_program import code_of_run, lecture_code
from gdsim.core.files.script.writing import script_of
from gdsim.core.model.batching import MINI_BATCH
from gdsim.core.model.experiment import MOST_RUNS, Experiment
from gdsim.core.model.gallery import GALLERY
from gdsim.core.model.objective import FunctionObjective, NeuronObjective
from gdsim.core.model.plane_function import ORIGIN
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Fork, Run
from gdsim.core.model.search_checks import needs_points
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.searches import SEARCHES
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from tests.core.files.script_kinds import NEURONS, noisy_points
from tests.core.files.script_runs import check_both
from tests.core.records import computed
from tests.core.searched_kinds import DIRECTIONS, KINDS
from tests.every import every, some_of

VALLEY = PointSet([1.3, 2.4], [0.15, 0.9])


def searched_runs(start, *, with_points=True, epochs=12):
    """Return a run of each direction with each search that goes with it."""
    for rule, search in KINDS:
        optimizer = DIRECTIONS[rule](eta=0.7)
        if with_points or not needs_points(optimizer):
            name = f"{rule}, {search}"
            yield Run(optimizer, search=SEARCHES[search](), start=start, epochs=epochs, name=name)


def experiments(runs, points, objective=NEURONS[0]):
    runs = tuple(runs)
    return [
        Experiment(
            points, PointSet.empty(points.dimension), runs[first : first + MOST_RUNS], objective=objective
        )
        for first in range(0, len(runs), MOST_RUNS)
    ]


STARTS = [(-2.0, -2.0), (0.0, 6.0), (3.0, -5.0), (-5.0, -12.0), (400.0, -900.0)]


@every(("number", "start"), list(enumerate(STARTS)))
def test_every_direction_with_every_search(number, start):
    few = some_of(searched_runs(start, epochs=30), number, 5)
    for experiment in experiments(few, VALLEY):
        check_both(experiment)


SIZES = [(1, 1), (1, 7), (1, 60), (3, 9), (3, 60), (14, 20), (14, 60)]


@every(("number", "dimension", "points"), [(number, *sizes) for number, sizes in enumerate(SIZES)])
def test_other_points(number, dimension, points):
    start = tuple(np.linspace(-2.0, 1.0, dimension + 1).tolist())
    few = some_of(searched_runs(start, epochs=6), number, 7)
    for experiment in experiments(few, noisy_points(dimension, points, seed=3)):
        check_both(experiment)


@every("number", range(len(NEURONS)), ids=map(str, NEURONS))
def test_other_neurons_and_losses(number):
    """Each with few points and one input, or with many and several."""
    dimension, points = ((1, 7), (3, 60), (3, 9), (1, 60))[number % 4]
    runs = tuple(searched_runs((*(0.5, -0.3, 0.2)[:dimension], 0.8), epochs=6))
    least = next(run for run in runs if run.optimizer.id == "levenberg-marquardt")
    few = (*some_of(runs, number, 25), least)
    for experiment in experiments(few, noisy_points(dimension, points, seed=4), NEURONS[number]):
        check_both(experiment)


FUNCTIONS = [one.text for one in GALLERY.values()]
FUNCTIONS += ["log(w) + exp(b)", "w**0.5 + b**2", "1/w + b**2", "sqrt(w*b)"]


@every("number", range(len(FUNCTIONS)), ids=FUNCTIONS)
def test_functions(number):
    """A search may try where the function has no value, which Python refuses."""
    start = ((1.5, 2.5), (0.3, -4.0))[number % 2]
    few = some_of(searched_runs(start, with_points=False, epochs=8), number, 14)
    for experiment in experiments(few, ORIGIN, FunctionObjective(FUNCTIONS[number])):
        check_both(experiment)


@every(
    ("function", "w"),
    [
        ("log(w) + b**2", -1.0),
        ("log(w) + b**2", 0.0),
        ("1/w + b**2", 0.0),
        ("1/(w - w)", 1.0),
        ("1/sign(-w) + b**2", 0.0),
        ("1/sign(-w)", 0.0),
    ],
)
def test_a_start_without_a_loss(function, w):
    runs = searched_runs((w, 1.0), with_points=False, epochs=3)
    for experiment in experiments(runs, ORIGIN, FunctionObjective(function)):
        check_both(experiment)


@every("search", ["fixed", "wolfe"])
@every("rule", SECOND_ORDER_RULES)
def test_forks_go_on_with_what_the_method_knew(rule, search):
    rule = SECOND_ORDER_RULES[rule]
    if rule.searches_itself and search != "fixed":
        return
    parent = Run(rule(), search=SEARCHES[search](), start=(3.0, -5.0), epochs=8, name="parent")
    fork = Run(parent.optimizer, search=parent.search, epochs=8, fork=Fork(parent, 3), name="fork")
    nudged = Run(parent.optimizer, search=parent.search, epochs=9, fork=Fork(parent, 2, (0.1, 0.0)), name="n")
    check_both(Experiment(VALLEY, PointSet.empty(), (parent, fork, nudged)))


def test_a_fork_of_a_run_that_had_ended_before_says_how():
    uphill = Run(SECOND_ORDER_RULES["newton"](), search=SEARCHES["armijo"](), start=(0.0, 6.0), name="stops")
    diverges = Run(RULES["gd"](eta=1e9), start=(1.0, 2.0), name="diverges", epochs=60)
    for parent, objective in ((uphill, NEURONS[0]), (diverges, NeuronObjective("identity", l2=0.3))):
        same = Run(parent.optimizer, search=parent.search, epochs=90, fork=Fork(parent, 50), name="same")
        other = Run(RULES["adam"](), epochs=90, fork=Fork(parent, 55, (0.1, 0.2)), name="other")
        experiment = Experiment(VALLEY, PointSet.empty(), (parent, same, other), objective=objective)
        assert all(record.stop.step < 50 for record in computed(experiment))
        check_both(experiment)


def test_other_runs_of_the_document_stay_as_they_are():
    plain = (
        Run(RULES["adam"](), MINI_BATCH(size=1, shuffle=True), name="Adam", epochs=9),
        Run(RULES["momentum"](), name="Momentum", epochs=9),
    )
    searched = Run(RULES["gd"](), search=SEARCHES["armijo"](), name="Searched", epochs=9)
    together = Experiment(VALLEY, PointSet.empty(), (*plain, searched))
    check_both(together)
    alone = script_of(Experiment(VALLEY, PointSet.empty(), plain))
    assert "Stopped" not in alone
    functions = alone[alone.index("def do_") : alone.index("def f(")]
    assert functions.count("def do_") == 2
    assert functions.removesuffix("\n\n\n") in script_of(together)


def test_what_is_shown_of_a_fork_begins_with_what_its_method_knew():
    """It is on no record: after many steps the page says so, and does not compute them again."""
    parent = Run(SECOND_ORDER_RULES["bfgs"](), search=SEARCHES["wolfe"](), start=(3.0, -5.0), name="parent")
    fork = Run(parent.optimizer, search=parent.search, epochs=8, fork=Fork(parent, 3), name="fork")
    experiment = Experiment(VALLEY, PointSet.empty(), (parent, fork))
    record = computed(experiment)[1].whole
    begins = shown_beginning(fork, record, experiment.training)
    shown = [line.text for line in code_of_run(fork, VALLEY, 0, experiment.objective, begins).lines]
    assert shown == [line.text for line in lecture_code(experiment, fork).lines]
    assert "    known = ([[1.0, 0.0], [0.0, 1.0]], None, None)" not in shown
    unknown = code_of_run(fork, VALLEY, 0, experiment.objective, recorded_beginning(record))
    assert "    known = ...  # what is known after step 3" in [line.text for line in unknown.lines]
    # Another rule begins anew, so that nothing is unknown.
    other = Run(SECOND_ORDER_RULES["conjugate-gradient"](), epochs=8, fork=Fork(parent, 3), name="other")
    assert shown_beginning(other, record, experiment.training).searched == ()
