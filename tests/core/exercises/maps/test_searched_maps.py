"""Maps of runs whose steps are looked for: each pixel is the run of the engine."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from gdsim.core.engine.ensemble import Differences
from gdsim.core.engine.searched_ensemble import SearchedEnsemble
from gdsim.core.exercises.maps.outcome import Outcome, computing_ending, plans_of
from gdsim.core.exercises.run_settings import rates_of, setting_value, with_setting
from gdsim.core.model.run import Run
from gdsim.core.progress import run_to_end
from gdsim.core.rules.searches import SEARCHES
from tests.core.exercises.maps.test_maps import maps_of, one_map, plan_of
from tests.core.records import scene
from tests.core.searched_kinds import DIRECTIONS, KINDS
from tests.every import WHOLE, every

VALLEY = scene("valley").training


def searched(rule, search, **more):
    return Run(DIRECTIONS[rule](), search=SEARCHES[search](), **{"start": (0.0, 6.0), "epochs": 20} | more)


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
