"""The fair race: its table against runs of the engine, and against counting by hand."""

import math
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.engine.effort import evaluations_per_update
from gdsim.core.engine.runs import first_steps
from gdsim.core.engine.trajectory import StopReason
from gdsim.core.exercises.maps.axes import MapAxis
from gdsim.core.exercises.race.plan import RaceEntry, RacePlan, numbered_names
from gdsim.core.exercises.race.racing import racing
from gdsim.core.exercises.race.result import Comparison, EntryResult, compared, wilson
from gdsim.core.exercises.run_settings import rates_of
from gdsim.core.model.batching import BATCH, MINI_BATCH
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.kept_windows import RaceTerms
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.model.view_range import ViewRange
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import LECTURE_RULES, RULES
from gdsim.core.rules.own_rule import own_rule
from tests.every import WHOLE, every
from tests.work import calls_of

VALLEY = Experiment(
    PointSet([1.3, 2.4], [0.15, 0.9]), PointSet.empty(), view_range=ViewRange(-2.0, 12.0, -14.0, 8.0)
)


def plan_of(*rules, experiment=VALLEY, below=1e-3, batching=None, **how):
    entries = tuple(one if isinstance(one, RaceEntry) else RaceEntry.of(RULES[one]) for one in rules)
    how = {"budget": 60, "trials": 6, "starts": 9, "on_grid": False, "seed": 0} | how
    return RacePlan(experiment, entries, RaceTerms(**how, solved_below=below), batching or BATCH())


def race(plan, **how):
    return run_to_end(racing(plan, **how))


def table(result):
    return [(one.name, one.run, one.evaluations.tolist(), one.loss.tolist()) for one in result.entries]


def with_engine(plan, run, start):
    """Return evaluations and loss of one run, computed as the window does it."""
    per_update = evaluations_per_update(run.optimizer)
    steps = plan.terms.budget // per_update
    run = replace(run, start=tuple(start), epochs=steps)
    record = run_to_end(first_steps(plan.experiment, run, steps))
    below = np.flatnonzero(record.whole.loss < plan.terms.solved_below)
    if len(below):
        return float(below[0] * per_update), float(record.whole.loss[below[0]])
    diverged = record.stop is not None and record.stop.reason is StopReason.DIVERGED
    return math.inf, math.inf if diverged else float(record.whole.loss[-1])


def result_of(name, evaluations, loss=None):
    evaluations = np.array(evaluations, float)
    loss = np.where(np.isfinite(evaluations), 1e-5, 1.0) if loss is None else np.array(loss)
    none = np.zeros(len(evaluations), int)
    return EntryResult(name, Run(name=name), evaluations, loss, none, none)


@every("rule", RULES)
def test_judged_runs_are_those_of_the_engine(rule):
    plan = plan_of(rule)
    (entry,) = race(plan).entries
    for place, start in enumerate(plan.judging_starts.tolist()):
        evaluations, loss = with_engine(plan, entry.run, start)
        assert entry.evaluations[place] == evaluations
        assert entry.loss[place] == pytest.approx(loss, rel=1e-6)


@every("rule", ["momentum", "sam"])
@every("shuffle", [False, True])
def test_mini_batches_are_those_of_the_engine(rule, shuffle):
    points = PointSet([1.3, 2.4, -0.5], [0.15, 0.9, 0.1])
    batching = MINI_BATCH(size=2, shuffle=shuffle)
    plan = plan_of(rule, experiment=replace(VALLEY, points=points), batching=batching, below=0.02, seed=3)
    result = race(plan)
    (entry,) = result.entries
    assert entry.solved > 0
    for place, start in enumerate(plan.judging_starts.tolist()):
        assert entry.evaluations[place] == with_engine(plan, entry.run, start)[0]
    gradients = evaluations_per_update(entry.run.optimizer)
    # Batches of two points and of one in turn.
    assert result.points_seen(entry, 5.0 * gradients) == gradients * (2 + 1 + 2 + 1 + 2)
    assert result.points_seen(entry, math.inf) == math.inf


def test_tuning_takes_the_setting_that_solves_most_then_the_fastest():
    plan = plan_of("momentum", budget=40)
    (entry,) = race(plan).entries
    values = plan.trials_of(0)
    scores = []
    for trial in range(plan.terms.trials):
        run = plan.entries[0].run_with({key: float(one[trial]) for key, one in values.items()})
        ends = [with_engine(plan, run, start)[0] for start in plan.tuning_starts.tolist()]
        solved = [one for one in ends if math.isfinite(one)]
        scores.append((-len(solved), sum(solved), trial))
    best = min(scores)
    assert best[0] < 0
    assert entry.run.optimizer.eta == values["eta"][best[2]]
    assert entry.run.optimizer.gamma == values["gamma"][best[2]]


def test_where_nothing_is_solved_the_lowest_mean_loss_is_best():
    plan = plan_of("gd", below=1e-12, budget=20)
    (entry,) = race(plan).entries
    means = []
    for eta in plan.trials_of(0)["eta"].tolist():
        run = plan.entries[0].run_with({"eta": eta})
        losses = [with_engine(plan, run, start)[1] for start in plan.tuning_starts.tolist()]
        means.append((float(f"{np.mean(losses):.3g}"), eta))
    assert entry.run.optimizer.eta == min(means)[1]
    assert entry.solved == 0
    assert entry.quartiles == (math.inf,) * 3
    assert entry.profile()[0].size == 0


def test_the_same_seed_gives_the_same_table_however_it_is_computed():
    plan = plan_of("gd", "momentum", "adam", seed=5)
    assert table(race(plan, cores=1)) == table(race(plan, cores=3))
    assert table(race(replace(plan, terms=replace(plan.terms, seed=6)))) != table(race(plan))


def test_a_rule_is_tuned_and_judged_alike_whoever_else_takes_part():
    alone = table(race(plan_of("momentum")))
    together = table(race(plan_of("adam", "momentum")))
    assert together[1] == alone[0]


def test_a_rule_that_is_entered_twice_is_tuned_twice():
    plan = plan_of("momentum", "momentum", "gd")
    assert plan.names == ("Momentum", "Momentum 2", "Gradient descent")
    first, second = plan.trials_of(0), plan.trials_of(1)
    assert not np.array_equal(first["eta"], second["eta"])


@pytest.mark.parametrize("rule", ["momentum", "adam"])
def test_a_rule_that_is_entered_twice_overlaps_itself(rule):
    overlapping, races = 0, 100 if WHOLE else 10
    for seed in range(races):
        one, other = race(plan_of(rule, rule, budget=120, trials=8, starts=24, seed=seed)).entries
        overlapping += compared(one, other)[0] is not Comparison.SOLVES_MORE
    assert overlapping >= 0.95 * races - 0.5


def test_sixty_four_times_as_many_runs_are_hardly_more_calls():
    """They are computed together, as arrays."""
    few, many = (
        calls_of(partial(race, cores=1), plan_of(*LECTURE_RULES, budget=60, trials=count, starts=count))
        for count in (8, 64)
    )
    assert many < 1.5 * few


def test_judging_starts_are_others_than_those_of_tuning():
    for on_grid in (False, True):
        plan = plan_of("gd", starts=16, on_grid=on_grid)
        tuned, judged = plan.tuning_starts, plan.judging_starts
        assert tuned.shape == judged.shape == (16, 2)
        assert not set(map(tuple, tuned.tolist())) & set(map(tuple, judged.tolist()))
        for starts in (tuned, judged):
            assert starts[:, 0].min() >= -2.0
            assert starts[:, 0].max() <= 12.0
            # One in each slice of a sample; of a grid four in each quarter.
            slices = np.floor((starts[:, 1] + 14.0) / 22.0 * (4 if on_grid else 16)).astype(int)
            assert set(np.bincount(slices).tolist()) == {4 if on_grid else 1}


def test_a_grid_has_the_same_starts_for_every_seed():
    plan = plan_of("gd", on_grid=True)
    assert np.array_equal(
        plan.judging_starts, replace(plan, terms=replace(plan.terms, seed=9)).judging_starts
    )


@given(st.integers(1, 64), st.integers(0, 2**32 - 1))
def test_trials_fill_their_range_evenly_and_are_written_with_few_digits(count, seed):
    values = plan_of("momentum", trials=count, seed=seed).trials_of(0)
    eta, gamma = values["eta"], values["gamma"]
    assert len(eta) == len(gamma) == count
    assert all(float(f"{one:.4g}") == one for one in eta.tolist())
    # A slice of the logarithm for each, but for the rounding at its ends.
    places = np.sort((np.log10(eta) + 2.0) / 4.0 * count)
    assert np.all(np.abs(places - np.arange(count) - 0.5) <= 0.5 + 0.01 * count)
    assert gamma.min() >= 0.0
    assert gamma.max() <= 0.999


def test_settings_that_are_not_tuned_keep_their_values():
    optimizer = RULES["adam"](eta=0.25, beta1=0.5)
    (eta,) = (MapAxis.of(one) for one in rates_of(Run(optimizer)) if one.name == "eta")
    plan = plan_of(RaceEntry(optimizer, (replace(eta, low=0.1, high=0.5),)), RaceEntry(optimizer))
    tuned, fixed = race(plan).entries
    assert 0.1 <= tuned.run.optimizer.eta <= 0.5
    assert tuned.run.optimizer["beta1"] == 0.5
    assert fixed.run.optimizer == optimizer


def test_a_range_may_begin_at_a_zero_that_leaves_lines_out():
    optimizer = RULES["adamw"]()
    axes = {one.name: MapAxis.of(one) for one in rates_of(Run(optimizer))}
    plan = plan_of(RaceEntry(optimizer, (axes["eta"], replace(axes["decay"], high=1e-3))))
    (entry,) = race(plan).entries
    start = plan.judging_starts[0].tolist()
    assert entry.evaluations[0] == with_engine(plan, entry.run, start)[0]


def test_typed_rules_and_functions_of_w_and_b_are_raced():
    typed = own_rule("Mine", "v_t = 0.5*v + eta*g\nw_next = w - v_t")
    bowl = replace(
        VALLEY,
        points=PointSet([0.0], [0.0]),
        objective=FunctionObjective("w**2 + 3*b**2"),
        view_range=ViewRange(),
    )
    result = race(plan_of(RaceEntry.of(typed), "gd", experiment=bowl, budget=100, trials=12))
    assert [one.name for one in result.entries] == ["Mine", "Gradient descent"]
    assert all(one.solved == 9 for one in result.entries)


def test_a_rule_with_two_gradients_makes_half_as_many_updates():
    plan = plan_of("sam", "gd", budget=61)
    assert [plan.updates(one) for one in plan.entries] == [30, 61]
    result = race(plan)
    sam = result.entries[0]
    assert result.points_seen(sam, 61.0) == 30 * 2 * 2
    assert all(one % 2 == 0 for one in sam.evaluations[np.isfinite(sam.evaluations)])


def test_a_budget_without_an_update_judges_the_starts_themselves():
    (entry,) = race(plan_of("sam", budget=1, below=1e9)).entries
    assert entry.evaluations.tolist() == [0.0] * 9
    (entry,) = race(plan_of("sam", budget=1)).entries
    assert entry.solved == 0
    assert np.all(np.isfinite(entry.loss))


def test_runs_that_diverge_have_no_loss():
    bowl = replace(VALLEY, points=PointSet([0.0], [0.0]), objective=FunctionObjective("w**2 + b**2"))
    fast = RULES["gd"](eta=1e90)
    (entry,) = race(plan_of(RaceEntry(fast), experiment=bowl, budget=50)).entries
    assert entry.diverged == entry.starts
    assert entry.median_loss == math.inf
    assert entry.solved == 0


def test_progress_grows_to_its_end_and_may_be_left():
    shares = list(racing(plan_of("gd", "momentum", starts=16)))
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    left = racing(plan_of("gd", trials=200, starts=400, budget=5000))
    next(left)
    left.close()
    with pytest.raises(StopIteration):
        next(left)


# ---------------------------------------------------------------------------------- the result


@given(st.integers(1, 500), st.data())
def test_the_interval_ends_where_the_share_is_two_deviations_away(trials, data):
    successes = data.draw(st.integers(0, trials))
    share, (low, high) = successes / trials, wilson(successes, trials)
    assert 0.0 <= low <= share <= high <= 1.0
    for end in (low, high):
        if 0.0 < end < 1.0:
            away = abs(share - end) / math.sqrt(end * (1.0 - end) / trials)
            assert away == pytest.approx(1.959964, rel=1e-5)


def test_quartiles_count_those_that_are_not_solved():
    entry = result_of("A", [40, math.inf, 10, 30, math.inf, 20, math.inf, math.inf])
    assert entry.quartiles == (20.0, 40.0, math.inf)
    assert entry.solved == 4
    assert entry.share == 0.5
    known, shares = entry.profile()
    assert known.tolist() == [10, 20, 30, 40]
    assert shares.tolist() == [0.125, 0.25, 0.375, 0.5]
    assert entry.solved_within(29.0) == 0.25
    assert entry.median_start == 0


@given(st.lists(st.sampled_from([5.0, 10.0, 15.0, math.inf]), min_size=1, max_size=20))
def test_the_profile_is_the_share_solved_within_so_many(evaluations):
    entry = result_of("A", evaluations)
    for end, share in zip(*(one.tolist() for one in entry.profile()), strict=True):
        assert share == pytest.approx(sum(one <= end for one in evaluations) / len(evaluations))
        assert entry.solved_within(end) == pytest.approx(share)
    half = [sum(one <= end for one in evaluations) >= len(evaluations) / 2 for end in (5.0, 10.0, 15.0)]
    middle = next((end for end, enough in zip((5.0, 10.0, 15.0), half, strict=True) if enough), math.inf)
    assert entry.quartiles[1] == middle


def test_of_equally_many_unsolved_the_lower_loss_is_in_the_middle():
    entry = result_of("A", [math.inf] * 3, loss=[3.0, 1.0, 2.0])
    assert entry.median_start == 2
    assert entry.median_loss == 2.0


def test_the_loss_of_a_row_is_that_of_the_median_run():
    """The median of the losses would be 3.0."""
    entry = result_of("A", [10.0, 20.0, 30.0], loss=[1.0, 4.0, 3.0])
    assert entry.median_start == 1
    assert entry.median_loss == 4.0


def test_the_median_run_is_solved_after_the_median_of_evaluations():
    result = race(plan_of("nesterov", budget=400, below=1e-2))
    (entry,), (run,) = result.entries, result.median_runs
    assert math.isfinite(entry.quartiles[1])
    assert with_engine(result.plan, run, run.start)[0] == entry.quartiles[1]
    assert run.start in set(map(tuple, result.plan.judging_starts.tolist()))
    assert run.name == "Nesterov"
    assert result.plan.experiment.total_steps(run) == 400


def test_what_may_be_said_of_two_rules():
    none, all_ = result_of("none", [math.inf] * 20), result_of("all", [50.0] * 20)
    fast, mixed = result_of("fast", [10.0] * 20), result_of("mixed", [40.0, 60.0] * 10)
    assert compared(none, all_) == (Comparison.SOLVES_MORE, all_, none)
    assert compared(all_, none) == (Comparison.SOLVES_MORE, all_, none)
    assert compared(all_, fast) == (Comparison.FASTER, fast, all_)
    assert compared(all_, mixed)[0] is Comparison.NOTHING
    assert compared(none, none)[0] is Comparison.NOTHING
    for starts, kind in ((9, Comparison.NOTHING), (10, Comparison.FASTER)):
        some = [result_of("some", [evaluations] * starts) for evaluations in (50.0, 10.0)]
        assert compared(*some)[0] is kind


def test_a_rule_may_be_called_as_another_that_is_entered_twice_is_numbered():
    assert numbered_names(["Adam", "Adam", "Adam 2", "Adam"]) == ("Adam", "Adam 2", "Adam 2 2", "Adam 3")
