"""Maps of runs whose steps are looked for: each pixel is the run of the engine."""

import math
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from gdsim.core.engine.ensemble import LONG, Differences, RunEnd
from gdsim.core.engine.loop import loss_at
from gdsim.core.engine.run_blocks import RunBlock
from gdsim.core.engine.search_loop import SearchLoop
from gdsim.core.engine.searched_ensemble import SearchedEnsemble
from gdsim.core.engine.trajectory import RunStop, StopReason
from gdsim.core.exercises.maps.outcome import Outcome, computing_ending, plans_of
from gdsim.core.exercises.run_settings import rates_of, setting_value, with_setting
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.objective import FunctionObjective, NeuronObjective
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.model.search_checks import takes_search
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.searches import SEARCHES
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from tests.core.exercises.maps.test_maps import maps_of, one_map, plan_of
from tests.core.records import scene
from tests.every import WHOLE, every, in_turn, some_of

VALLEY = scene("valley").training

ALL_RULES = {"gd": RULES["gd"]} | SECOND_ORDER_RULES


def searched(rule, search, **more):
    return Run(ALL_RULES[rule](), search=SEARCHES[search](), **{"start": (0.0, 6.0), "epochs": 20} | more)


KINDS = [
    (rule, search)
    for rule in ALL_RULES
    for search in (SEARCHES if takes_search(ALL_RULES[rule]()) else ["fixed"])
    if (rule, search) != ("gd", "fixed")
]


# So many pixels of each map, which has so many along each side, are held against the engine; only in a whole
# run of every kind, and both maps of it.
COUNT, SIZE = (200, 16) if WHOLE else (10, 8)


def is_decided_by_the_last_bit(ended, start):
    """Return whether a run ends otherwise from a start that differs in its last bits alone.

    Far out a system of equations is nearly singular, where a step may be of any length, or there is none.
    """
    as_it_is = ended(start)
    bits = ((1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (-1.0, 1.0), (-2.0, 0.0), (0.0, -2.0), (3.0, -4.0))
    return any(ended(np.array(start) * (1.0 + 2.0**-52 * np.array(few))) != as_it_is for few in bits)


def ended_in_map(plan, run, start):
    end = run_to_end(computing_ending(plan, replace(run, start=tuple(start))))
    return end.kind, end.steps


@every("number", range(0, len(KINDS), 1 if WHOLE else 5))
def test_pixels_are_runs_of_the_engine(number):
    """Of a map over starts, and of one over the settings of the rule and the search.

    They are the same in class and step, where their neighbours agree: elsewhere the last bit decides.
    """
    run = searched(*KINDS[number])
    keys = [one.name for one in rates_of(run)]
    axes = ("start.w", "start.b"), ("eta", (*keys[1:], "start.b")[-1])
    for first, second in axes if WHOLE else axes[number % 2 :][:1]:
        made = one_map(plan_of(run, first, second, size=SIZE, steps=20))
        assert made.count(Outcome.NOT_YET) == 0
        agreeing, differ = made.agreeing, 0
        for row, column in np.random.default_rng(1).integers(0, SIZE, (COUNT, 2)).tolist():
            pixel = made.plan.run_at(column, row)
            ended = partial(ended_in_map, made.plan, pixel)
            there = Outcome(int(made.kind[row, column])), int(made.steps[row, column])
            if ended(pixel.start) != there:
                assert not agreeing[row, column]
                differ += not is_decided_by_the_last_bit(ended, pixel.start)
        assert differ <= 0.1 * COUNT


@every(("rule", "search"), KINDS)
def test_a_run_is_the_same_alone_and_among_others(rule, search):
    """The picture does not depend on how the work is cut."""
    starts = np.random.default_rng(3).uniform((-2.0, -14.0), (12.0, 8.0), (100, 2))
    many, few = (
        SearchedEnsemble(searched(rule, search), VALLEY, some, Differences())
        for some in (starts, starts[::50])
    )
    with np.errstate(all="ignore"):
        for _ in range(3):
            list(many.advancing())
            list(few.advancing())
    np.testing.assert_array_equal(many.p[::50], few.p)
    np.testing.assert_array_equal(many.cost[:, ::50], few.cost)


def ended_together(run, starts, gradients, data=VALLEY):
    """Return how runs from some starts end that are made as arrays, after how many steps, at what cost."""
    ended = {}

    def note(runs, which, rows, end):
        steps = runs.done - (end is RunEnd.STOPPED)
        for row, cost in zip(rows.tolist(), runs.cost[:, which].T.tolist(), strict=True):
            ended[row] = end, steps, tuple(cost)

    def make(rows):
        return SearchedEnsemble(run, data, starts[rows], Differences(), gradients)

    block = RunBlock(np.arange(len(starts)), 20, 1e-3, make, note)
    while block.left:
        block.advance()
    return ended


def ended_alone(run, starts, gradients, data=VALLEY):
    """Return the same of runs of the engine."""
    return {row: ended_from(run, gradients, start, data) for row, start in enumerate(starts.tolist())}


def ended_from(run, gradients, start, data=VALLEY):
    loop, loss = SearchLoop(replace(run, start=tuple(start)), data), loss_at(data, start)
    while not loss < 1e-3:
        cost = tuple(loop.cost)
        if loop.done == 20 or cost[0] >= gradients:
            return RunEnd.OVER, loop.done, cost
        made = loop.update()
        if isinstance(made, RunStop):
            is_lost = made.reason is StopReason.DIVERGED
            return RunEnd.DIVERGED if is_lost else RunEnd.STOPPED, made.step, tuple(loop.cost)
        if loop.cost[0] > gradients:  # the last one would cost more than there is
            return RunEnd.OVER, loop.done - 1, cost
        loss = made.loss
    return RunEnd.SOLVED, loop.done, tuple(loop.cost)


@every(("kind", "gradients"), in_turn(some_of(KINDS, 0, 3), (math.inf, 9)))
def test_arrays_ask_for_as_much_as_the_engine_does(kind, gradients):
    """Gradients, losses and solves, whether a run is solved, finds no step, or may ask for no more."""
    starts = np.random.default_rng(2).uniform((-2.0, -10.0), (8.0, 8.0), (24, 2))
    run = searched(*kind)
    together, alone = (of(run, starts, gradients) for of in (ended_together, ended_alone))
    assert together.keys() == alone.keys()
    again = partial(ended_from, run, gradients)
    unsure = {
        row
        for row, end in alone.items()
        if together[row] != end and is_decided_by_the_last_bit(again, starts[row])
    }
    assert len(unsure) <= 4
    alone = {row: end for row, end in alone.items() if row not in unsure}
    assert all(together[row][0] is end for row, (end, *_) in alone.items())
    # Of a run that asks for no more it is not told after how many steps.
    same = [together[row][2] == cost for row, (_, _, cost) in alone.items()]
    same_steps = [
        together[row][1] == steps for row, (end, steps, _) in alone.items() if end is not RunEnd.OVER
    ]
    assert all(same_steps)
    # An exact step may end a try sooner or later by the last bit.
    assert sum(same) >= len(same) - (4 if run.search.id == "exact" else 0)


@every(("rule", "search"), [("gd", "wolfe"), ("newton", "exact"), ("levenberg-marquardt", "fixed")])
def test_over_very_many_points_arrays_are_runs_of_the_engine_to_the_last_bit(rule, search):
    rng = np.random.default_rng(5)
    x = rng.normal(size=LONG)
    data = Neuron.fitting(PointSet(x, np.clip(0.5 + 0.1 * x, 0.0, 1.0)))
    starts, run = rng.uniform(-3.0, 3.0, (4, 2)), searched(rule, search)
    runs = SearchedEnsemble(run, data, starts, Differences())
    with np.errstate(all="ignore"):
        for _ in range(3):
            list(runs.advancing())
    for row, start in enumerate(starts.tolist()):
        loop = SearchLoop(replace(run, start=tuple(start)), data)
        while loop.done < 3 and not isinstance(loop.update(), RunStop):
            pass
        assert loop.p == tuple(runs.p[row].tolist())
    together, alone = (ended(run, starts, math.inf, data) for ended in (ended_together, ended_alone))
    assert together == alone


STEEP = [
    (
        replace(
            scene("valley"), points=PointSet([1e80, 3e80], [0.0, 1.0]), objective=NeuronObjective("identity")
        ),
        [[1e90, 0.5], [-1e80, -3.0]],
    ),
    (
        replace(scene("valley"), objective=FunctionObjective("exp(w)*(1 + b**2)"), runs=()),
        [[1000.0, 0.5], [800.0, -3.0]],
    ),
]


@every(("rule", "search"), KINDS)
def test_runs_that_start_at_an_infinite_loss_end_as_in_the_engine(rule, search):
    needs_points = rule in ("gauss-newton", "levenberg-marquardt")
    for experiment, places in STEEP[: 1 if needs_points else 2]:
        data, starts = experiment.training, np.array(places)
        with np.errstate(over="ignore"):
            assert np.isinf(data.loss(starts)).all()
        run = searched(rule, search)
        together, alone = (ended(run, starts, math.inf, data) for ended in (ended_together, ended_alone))
        assert together == alone


def test_a_search_that_ends_has_found_no_step():
    """From most places Newton's step climbs, where no search can go: such a run does not move on."""
    made = one_map(plan_of(searched("newton", "armijo"), "start.w", "start.b", steps=40))
    assert made.count(Outcome.STOPPED) > made.count(Outcome.SOLVED) > 0
    assert made.count(Outcome.MOVING) == 0
    free = one_map(plan_of(searched("levenberg-marquardt", "fixed"), "start.w", "start.b", steps=40))
    assert free.count(Outcome.SOLVED) > 0.7 * free.kind.size


def test_the_settings_of_a_search_are_axes():
    run = searched("gd", "armijo")
    assert [one.name for one in rates_of(run)] == ["eta", "search.c1", "search.shrink"]
    assert setting_value(with_setting(run, "search.shrink", 0.25), "search.shrink") == 0.25
    # Where c1 is not below c2 there is no such search.
    assert [one.name for one in rates_of(searched("bfgs", "wolfe"))] == ["eta", "search.c2"]


def test_maps_beside_each_other_are_of_one_size():
    """Those of exact steps are smaller: they take longest."""
    plain, some, exact = Run(start=(0.0, 6.0), name="plain"), searched("gd", "list"), searched("gd", "exact")
    plan = plan_of(some, "start.w", "start.b")
    experiment = replace(plan.experiment, runs=(plain, some, exact))
    axes = plan.x, plan.y
    sizes = [
        [one.size for one in plans_of(experiment, runs, axes, 9, 1e-3, 256)]
        for runs in ([plain], [plain, some], [plain, exact])
    ]
    assert sizes == [[256], [256, 256], [128, 128]]


def test_progress_rises_to_the_end():
    (made,), news = maps_of(plan_of(searched("bfgs", "wolfe"), "start.w", "start.b", size=16))
    shares = [one.share for one in news]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    assert made.count(Outcome.NOT_YET) == 0
