"""Maps of runs whose steps are looked for: each pixel is the run of the engine."""

import math
import time
from dataclasses import replace

import numpy as np
import pytest

from gdsim.core.engine.ensemble import Differences, RunEnd
from gdsim.core.engine.run_blocks import RunBlock, SearchedBlock
from gdsim.core.engine.searched_ensemble import SearchedEnsemble, fits_arrays
from gdsim.core.exercises.maps.axes import rates_of, setting_value, with_setting
from gdsim.core.exercises.maps.computing import computing_maps
from gdsim.core.exercises.maps.outcome import Outcome, ending, plans_of
from gdsim.core.model.experiment import Run
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.searching import takes_search
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.searches import SEARCHES
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from tests.core.exercises.maps.test_maps import maps_of, one_map, plan_of
from tests.core.records import scene
from tests.every import WHOLE, every

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


# So many pixels of each map, which has so many along each side, are held against the engine.
COUNT, SIZE = (200, 16) if WHOLE else (10, 8)


@every(("rule", "search"), KINDS)
def test_pixels_are_runs_of_the_engine(rule, search):
    """Of a map over starts, and of one over the settings of the rule and the search.

    Those that are made one by one are the same to the last bit, and those that are made as arrays in class
    and step, where their neighbours agree: elsewhere the last bit decides.
    """
    run = searched(rule, search)
    keys = [one.key for one in rates_of(run)]
    for first, second in (("start.w", "start.b"), ("eta", (*keys[1:], "start.b")[-1])):
        made = one_map(plan_of(run, first, second, size=SIZE, steps=20))
        assert made.count(Outcome.NOT_YET) == 0
        agreeing, differ = made.agreeing, 0
        for row, column in np.random.default_rng(1).integers(0, SIZE, (COUNT, 2)).tolist():
            end = run_to_end(ending(made.plan, made.plan.run_at(column, row)))
            there = Outcome(int(made.kind[row, column])), int(made.steps[row, column])
            if fits_arrays(run):
                assert (end.kind, end.steps) == there or not agreeing[row, column]
                differ += (end.kind, end.steps) != there
            else:
                assert (end.kind, end.steps, end.loss) == (*there, float(made.loss[row, column]))
                assert end.p == tuple(made.p[row, column].tolist())
        assert differ <= 0.1 * COUNT


@every(("rule", "search"), [one for one in KINDS if fits_arrays(searched(*one))])
def test_a_run_is_the_same_alone_and_among_others(rule, search):
    """The picture does not depend on how the work is cut."""
    starts = np.random.default_rng(3).uniform((-2.0, -14.0), (12.0, 8.0), (300, 2))
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

    return advanced(RunBlock(np.arange(len(starts)), 20, 1e-3, make, note), ended)


def ended_alone(run, starts, gradients, data=VALLEY):
    """Return the same of runs that are made one by one."""
    ended = {}

    def note(row, end):
        ended[row] = end.end, end.steps, end.cost

    def run_of(row):
        return replace(run, start=tuple(starts[row].tolist()))

    return advanced(SearchedBlock(np.arange(len(starts)), 20, 1e-3, data, run_of, note, gradients), ended)


def advanced(block, ended):
    while block.left:
        block.advance()
    return ended


@every(("rule", "search"), [one for one in KINDS if fits_arrays(searched(*one))])
def test_arrays_ask_for_as_much_as_the_engine_does(rule, search):
    """Gradients, losses and solves, whether a run is solved, finds no step, or may ask for no more."""
    starts = np.random.default_rng(2).uniform((-2.0, -10.0), (8.0, 8.0), (24, 2))
    for gradients in (math.inf, 9):
        together, alone = (
            ended(searched(rule, search), starts, gradients) for ended in (ended_together, ended_alone)
        )
        assert together.keys() == alone.keys()
        assert all(together[row][0] is end for row, (end, *_) in alone.items())
        # Of a run that asks for no more it is not told after how many steps.
        same = [together[row][2] == cost for row, (_, _, cost) in alone.items()]
        same_steps = [
            together[row][1] == steps for row, (end, steps, _) in alone.items() if end is not RunEnd.OVER
        ]
        assert all(same_steps)
        # An exact step may end a try sooner or later by the last bit.
        assert sum(same) >= (20 if search == "exact" else len(same))


@every(("rule", "search"), [one for one in KINDS if fits_arrays(searched(*one))])
def test_runs_that_start_at_an_infinite_loss_end_as_in_the_engine(rule, search):
    data = replace(scene("valley"), objective=FunctionObjective("exp(w)*(1 + b**2)"), runs=()).training
    starts, run = np.array([[1000.0, 0.5], [800.0, -3.0]]), searched(rule, search)
    assert np.isinf(data.loss(starts)).all()
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
    assert [one.key for one in rates_of(run)] == ["eta", "search.c1", "search.shrink"]
    assert setting_value(with_setting(run, "search.shrink", 0.25), "search.shrink") == 0.25
    # Where c1 is not below c2 there is no such search.
    assert [one.key for one in rates_of(searched("bfgs", "wolfe"))] == ["eta", "search.c2"]


def test_maps_beside_each_other_are_of_one_size():
    run, plain = searched("gd", "list"), Run(start=(0.0, 6.0), name="plain")
    plan = plan_of(run, "start.w", "start.b")
    experiment = replace(plan.experiment, runs=(run, plain))
    axes = plan.x, plan.y
    sizes = [
        [one.size for one in plans_of(experiment, runs, axes, 9, 1e-3, 256)]
        for runs in ([plain], [plain, run])
    ]
    assert sizes == [[256], [128, 128]]


def test_there_is_a_coarse_picture_soon_and_it_stops_between_pieces():
    """Made one by one, runs take a while; each piece is short, and the first pictures are of few pixels."""
    work, sides, longest = (
        computing_maps([plan_of(searched("saddle-free-newton", "armijo"), "start.w", "start.b", size=64)]),
        [],
        0.0,
    )
    began = time.process_time()
    while not sides or sides[-1] < 8:
        before = time.process_time()
        news = next(work)
        longest = max(longest, time.process_time() - before)
        if news.maps and (not sides or sides[-1] != news.maps[0].side):
            sides.append(news.maps[0].side)
    assert sides == [2, 4, 8]
    assert time.process_time() - began < 2.0
    assert longest < 0.1
    work.close()


def test_progress_rises_to_the_end():
    (made,), news = maps_of(plan_of(searched("bfgs", "wolfe"), "start.w", "start.b", size=16))
    shares = [one.share for one in news]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    assert made.count(Outcome.NOT_YET) == 0
