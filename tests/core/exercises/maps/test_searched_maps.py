"""Maps of runs whose steps are looked for: each pixel is the run of the engine, to the last bit."""

import time
from dataclasses import replace

import numpy as np
import pytest

from gdsim.core.exercises.maps.axes import rates_of, setting_value, with_setting
from gdsim.core.exercises.maps.computing import computing_maps
from gdsim.core.exercises.maps.outcome import Outcome, ending, plans_of
from gdsim.core.model.experiment import Run
from gdsim.core.model.searching import takes_search
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.searches import SEARCHES
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from tests.core.exercises.maps.test_maps import maps_of, one_map, plan_of
from tests.every import every

ALL_RULES = {"gd": RULES["gd"]} | SECOND_ORDER_RULES


def searched(rule, search, **more):
    return Run(ALL_RULES[rule](), search=SEARCHES[search](), **{"start": (0.0, 6.0), "epochs": 20} | more)


KINDS = [
    (rule, search)
    for rule in ALL_RULES
    for search in (SEARCHES if takes_search(ALL_RULES[rule]()) else ["fixed"])
    if (rule, search) != ("gd", "fixed")
]


def is_the_run_of_the_engine(made, row, column):
    end = run_to_end(ending(made.plan, made.plan.run_at(column, row)))
    here = Outcome(int(made.kind[row, column])), int(made.steps[row, column]), float(made.loss[row, column])
    assert (end.kind, end.steps, end.loss) == here
    assert end.p == tuple(made.p[row, column].tolist())


@every(("rule", "search"), KINDS)
def test_pixels_are_runs_of_the_engine(rule, search):
    """Of a map over starts, and of one over the settings of the rule and the search."""
    run = searched(rule, search)
    keys = [one.key for one in rates_of(run)]
    for first, second in (("start.w", "start.b"), ("eta", (*keys[1:], "start.b")[-1])):
        made = one_map(plan_of(run, first, second, size=8, steps=20))
        assert made.count(Outcome.NOT_YET) == 0
        for row, column in np.random.default_rng(1).integers(0, 8, (12, 2)).tolist():
            is_the_run_of_the_engine(made, row, column)


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
        computing_maps([plan_of(searched("gd", "armijo"), "start.w", "start.b", size=64)]),
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
