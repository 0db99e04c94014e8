"""A race of runs whose steps are looked for: what they ask for is counted as the record counts it."""

import csv
import math
from dataclasses import replace

import numpy as np
import pytest

from gdsim.core.engine.runs import first_steps
from gdsim.core.engine.trajectory import StopReason
from gdsim.core.exercises.maps.axes import MapAxis
from gdsim.core.exercises.race.plan import RaceEntry
from gdsim.core.exercises.race.race_csv import writing_race
from gdsim.core.exercises.race.racing import racing
from gdsim.core.model.batching import MINI_BATCH
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.plane_function import ORIGIN
from gdsim.core.progress import run_to_end
from gdsim.core.rules.searches import SEARCHES
from tests.core.exercises.race.test_race import VALLEY, plan_of, race, table
from tests.core.searched_kinds import DIRECTIONS, KINDS
from tests.every import WHOLE, every


def entry_of(rule, search="fixed"):
    return RaceEntry.of(DIRECTIONS[rule]).with_search(SEARCHES[search]())


def with_record(plan, run, start):
    """Return evaluations, losses, solves and the loss of a run within the budget, from its record."""
    run = replace(run, start=tuple(start), epochs=plan.terms.budget)
    record = run_to_end(first_steps(plan.experiment, run, plan.terms.budget))
    columns, stop = record.whole, record.stop
    within = int(np.searchsorted(columns.cost[:, 0], plan.terms.budget, side="right"))
    below = np.flatnonzero(columns.loss[:within] < plan.terms.solved_below)
    if len(below):
        gradients, losses, solves = columns.cost[below[0]].tolist()
        return gradients, losses, solves, columns.loss[below[0]]
    diverged = stop is not None and stop.reason is StopReason.DIVERGED and within == len(record)
    return math.inf, None, None, math.inf if diverged else columns.loss[within - 1]


@every(("rule", "search"), KINDS if WHOLE else KINDS[::6])
def test_what_a_run_asks_for_is_what_its_record_counts(rule, search):
    plan = plan_of(entry_of(rule, search), budget=40, trials=3, starts=4)
    result = race(plan)
    (entry,) = result.entries
    same = []
    for place, start in enumerate(plan.judging_starts.tolist()):
        gradients, losses, solves, loss = with_record(plan, entry.run, start)
        found = entry.evaluations[place], entry.losses[place], entry.solves[place]
        is_same = found == (gradients, losses, solves) if losses is not None else found[0] == gradients
        same.append(is_same and entry.loss[place] == pytest.approx(loss, rel=1e-6))
    # From a start where the last bit decides, arrays may end elsewhere.
    assert sum(same) >= len(same) - 1
    (median,) = result.median_runs
    record = run_to_end(first_steps(plan.experiment, median, median.epochs))
    assert record.whole.cost[-1, 0] <= plan.terms.budget


def test_a_search_solves_more_than_the_rate_that_it_begins_at():
    """Levenberg-Marquardt solves nearly every start of the valley, which gradient descent does not."""
    plan = plan_of("gd", entry_of("levenberg-marquardt"), entry_of("bfgs", "wolfe"), budget=100, starts=16)
    plain, method, learnt = race(plan).entries
    assert (method.share, learnt.share) > (0.7, 0.7)
    assert plain.share < 0.5
    assert plain.losses.tolist() == plain.solves.tolist() == [0] * 16
    assert method.median_beside[1] > 0
    assert learnt.median_beside[0] > 0 == learnt.median_beside[1]


def test_settings_of_a_search_are_tuned_and_written(tmp_path):
    entry = entry_of("gd", "armijo")
    axes = {one.name: MapAxis.of(one) for one in entry.settings}
    entry = replace(entry, ranges=(axes["eta"], axes["search.shrink"]))
    assert RaceEntry.of_kept(entry.kept) == entry
    plan = plan_of(entry, "gd", below=1e-2, budget=100)
    tuned, _ = race(plan).entries
    assert tuned.run.search.number("shrink") in plan.trials_of(0)["search.shrink"]
    list(writing_race(tmp_path / "race.csv", race(plan)))
    with (tmp_path / "race.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    searched = [row for row in rows if row["rule"] == "Gradient descent (Armijo)"]
    assert {float(row["search.shrink"]) for row in searched} == {tuned.run.search.number("shrink")}
    assert [int(row["losses"]) for row in searched] == tuned.losses.tolist()
    assert {row["search.shrink"] for row in rows if row not in searched} == {""}
    assert {row["losses"] for row in rows if row not in searched} == {"0"}


def test_runs_that_are_looked_for_take_all_points():
    plan = plan_of(entry_of("newton"), "gd", batching=MINI_BATCH(size=1))
    newton, plain = race(plan).entries
    assert (newton.run.batching.id, plain.run.batching.id) == ("batch", "mini-batch")
    assert race(plan).points_seen(newton, 3.0) == 6.0


def test_the_table_does_not_depend_on_how_it_is_computed():
    plan = plan_of(entry_of("conjugate-gradient", "wolfe"), entry_of("gd", "list"), "adam")
    assert table(race(plan, cores=1)) == table(race(plan, cores=3))


def test_progress_rises_to_the_end_and_pieces_are_short():
    work = racing(plan_of(entry_of("gd", "armijo"), entry_of("bfgs", "wolfe"), budget=200))
    shares = list(work)
    assert shares == sorted(shares)
    assert len(shares) > 5
    assert shares[-1] == pytest.approx(1.0)


def test_a_method_that_needs_points_does_not_fit_a_function():
    function = replace(VALLEY, points=ORIGIN, objective=FunctionObjective("w**2 + b**2"))
    fits = plan_of(entry_of("newton"), "gd", experiment=function)
    assert fits.unfit is None
    unfit = plan_of("gd", entry_of("gauss-newton"), experiment=function)
    assert unfit.unfit is unfit.entries[1]
    assert plan_of(entry_of("gauss-newton")).unfit is None
