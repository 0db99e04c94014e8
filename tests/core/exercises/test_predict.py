"""Predict, then reveal: distances, rankings and reasons, against plain arithmetic."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest

from gdsim.core.analysis.update import update_of
from gdsim.core.engine.runs import first_steps
from gdsim.core.exercises.predict.landing import close_view_range, landing, landing_words, why_it_landed
from gdsim.core.exercises.predict.ranking import (
    ranking,
    ranking_words,
    rates_to_rank,
    rules_to_rank,
    view_range_of_paths,
    why_they_rank,
)
from gdsim.core.exercises.predict.why_step import why_step
from gdsim.core.formulas import numerals
from gdsim.core.model.batching import STOCHASTIC
from gdsim.core.model.experiment import Experiment, new_experiment
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.objective_edits import use_function
from gdsim.core.model.plane import Slice
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Fork, Run
from gdsim.core.model.view_range import ViewRange
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.searches import SEARCHES
from tests.core.other_rules import HEAVY, OTHER_RULES, rule_of
from tests.core.records import FIRST_NEURON, columns_of, computed, one_run, run_of
from tests.every import every

PAIR = re.compile(r"\((−?[\d.,·⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+), (−?[\d.,·⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)\)")


def ranked(runs, steps=50, start=(-2.0, -2.0), points=FIRST_NEURON):
    return run_to_end(ranking(one_run(Run(), points), runs, start, steps))


def told(rule, step, ahead=1, **settings):
    run = run_of(RULES.get(rule, rule), epochs=200, **settings)
    record = columns_of(run)
    result = landing(record, step, ahead, (0.0, 0.0))
    return result, why_it_landed(result, update_of(one_run(run), run, record, step + 1))


def value(text):
    """Return a number as the sentences write it."""
    mantissa, _, exponent = text.replace("−", "-").replace(",", "").partition("·10")
    return float(f"{mantissa}e{exponent.translate(str.maketrans('⁻⁰¹²³⁴⁵⁶⁷⁸⁹', '-0123456789')) or 0}")


def pairs_in(sentence):
    return [np.array([value(one) for one in pair]) for pair in PAIR.findall(sentence)]


def test_distance_and_share_are_those_of_the_record():
    record = columns_of(run_of(RULES["momentum"], epochs=100))
    for ahead in (1, 10):
        true, here = record.p[60 + ahead], record.p[60]
        result = landing(record, 60, ahead, (true[0] + 0.3, true[1] - 0.4))
        assert result.distance == pytest.approx(0.5)
        assert result.length == pytest.approx(math.dist(true, here))
        assert result.share == pytest.approx(0.5 / math.dist(true, here))
        assert "is 0.5 from" in landing_words(result)
    assert result.steps == pytest.approx([math.dist(record.p[t], record.p[t + 1]) for t in range(60, 70)])


def test_a_perfect_prediction_is_no_distance_away():
    record = columns_of(run_of(RULES["gd"], epochs=10))
    result = landing(record, 3, 1, tuple(record.p[4]))
    assert result.distance == 0.0
    assert "0\xa0% of the step" in landing_words(result)


def test_a_run_that_stands_still_has_no_share():
    record = columns_of(run_of(RULES["gd"], epochs=3, start=(0.0, -800.0)), PointSet([1.0], [0.0]))
    result = landing(record, 1, 1, (1.0, -800.0))
    assert result.share is None
    assert landing_words(result).endswith("on the map the run did not move.")


def test_a_run_that_moves_along_other_parameters_alone_has_not_moved_on_the_map():
    # The only point of this update has nothing of the two inputs that are drawn.
    points = PointSet([[0.0, 0.0, 2.0], [1.0, 1.0, 0.0]], [0.9, 0.1])
    run = Run(batching=STOCHASTIC(), start=(1.0, 2.0, 0.5, 0.0), epochs=1)
    scene = replace(one_run(run, points), slice=Slice((0, 1)))
    record = run_to_end(first_steps(scene, run, 1)).whole
    result = landing(record, 0, 1, (1.0, 3.0), (0, 1))
    assert (record.p[0] != record.p[1]).any()
    assert (
        landing_words(result) == "Your mark is 1 from where the run landed; on the map the run did not move."
    )
    assert "the other parameters change" in why_it_landed(result, update_of(scene, run, record, 1, (0, 1)))[0]


def test_a_close_up_is_around_the_place_and_never_larger_than_the_map():
    place = np.array([1.0, -2.0])
    assert close_view_range(ViewRange(), place, 0.5) == ViewRange(0.5, 1.5, -2.5, -1.5)
    for reach in (6.0, 100.0, 0.0, math.nan):
        assert close_view_range(ViewRange(), place, reach) == ViewRange()


@pytest.mark.parametrize("rule", ["momentum", "nesterov"])
def test_what_is_said_of_momentum_adds_up(rule):
    result, why = told(rule, 60, gamma=0.9, eta=0.5)
    step, last, gradient = pairs_in(why[0])
    assert "γ = 0.9" in why[0]
    assert "η = 0.5" in why[0]
    assert 0.9 * last - 0.5 * gradient == pytest.approx(step, rel=0.02, abs=2e-5)
    assert step == pytest.approx(result.path[1] - result.path[0], rel=0.005)
    assert any("looks ahead" in sentence for sentence in why) == (rule == "nesterov")


@every("rule", [name for name, rule in RULES.items() if rule().update_rule.has_own_rates])
def test_what_is_said_of_own_rates_multiplies_up(rule):
    result, why = told(rule, 30)
    moves = result.path[1] - result.path[0]
    for name, move in zip("wb", moves, strict=True):
        sentence = next(one for one in why if one.startswith(f"{name} changes by"))
        change, by = sentence.removesuffix(".").split(" = ")
        rate, along = change.split("−(")[1].removesuffix(")").split(" × ")
        rate, along, by = value(rate), value(along.strip("()")), value(by.removeprefix("+"))
        assert rule == "adamw" or by == pytest.approx(move, rel=0.005)  # whose decay is told beside it
        assert -rate * along == pytest.approx(by, rel=0.02)


def test_plain_descent_goes_downhill_only_on_all_points():
    assert any("straight downhill" in sentence for sentence in told("gd", 5)[1])
    why = told("gd", 5, batching=STOCHASTIC())[1]
    assert any("uses point 2 only" in sentence for sentence in why)
    assert not any("downhill" in sentence for sentence in why)


def test_settings_of_one_value_are_told_apart():
    (sentence, *_) = told("momentum", 60, gamma=0.9, eta=0.9)[1]
    assert "is γ = 0.9 of the last step" in sentence
    assert "less η = 0.9 times the gradient" in sentence
    (sentence, *_) = told(rule_of("v_t = beta*v + eta*decay*g\nw_next = w - v_t"), 60, beta=0.3, decay=1.0)[1]
    assert "is β = 0.3 of the last step" in sentence
    assert "less 0.3 times the gradient" in sentence


@every("sign", ["+", "-"])
@every("start", [0.0, 0.2])
def test_the_first_step_of_a_velocity_has_none_before_it(sign, start):
    other = "-" if sign == "+" else "+"
    rule = rule_of(f"v_0 = {start}\nv_t = beta*v {other} eta*g\nw_next = w {sign} v_t")
    for step in (0, 5):
        result, why = told(rule, step)
        moved, *before, gradient = pairs_in(why[0])
        assert moved == pytest.approx(result.path[1] - result.path[0], rel=0.005)
        carried = 0.7 * before[0] if before else 0.0
        assert moved == pytest.approx(carried - 0.3 * gradient, rel=0.02, abs=2e-5)
        assert "η = 0.3 times the gradient" in why[0]
        assert ("the last step" in why[0]) == (step > 0)
        assert ("the velocity at the start" in why[0]) == (step == 0 and start > 0.0)


def test_of_a_fork_whose_parent_has_no_velocity_no_step_is_said_to_be_the_first():
    parent = run_of(RULES["gd"], name="Plain", epochs=60)
    run = run_of(RULES["momentum"], name="Fork", fork=Fork(parent, 50), epochs=60)
    record = columns_of(run)
    why = next(why_step(update_of(one_run(run), run, record, 1)))
    assert why.startswith("The velocity is 0 before the step, so the step (")
    assert "first" not in why


def test_the_line_that_makes_the_step_is_told_wherever_it_stands():
    result, why = told(rule_of("w_next = max(-9, w - eta*g)\nv_t = 0.5*v + g"), 5)
    assert "follows from the line wₜ₊₁ = max(−9, wₜ − η·∇wₜ)" in why[0]
    assert pairs_in(why[0])[0] == pytest.approx(result.path[1] - result.path[0], rel=0.005)
    assert not any("is added" in sentence for sentence in why)


def test_the_steeper_direction_is_that_of_the_gradient():
    for step in range(5, 60):
        why = told("adam", step)[1]
        for sentence in why:
            if "the steeper direction" in sentence:
                ((w, b),) = pairs_in(sentence)
                assert f"direction, {'w' if abs(w) > abs(b) else 'b'}," in sentence


@every("rule", OTHER_RULES, ids=str)
def test_of_any_rule_the_step_is_told_and_its_parts_add_up(rule):
    for step in (0, 1, 7, 20):
        result, why = told(rule, step)
        moved = result.path[1] - result.path[0]
        added = sum((pairs_in(one)[-1] for one in why if one.endswith(" is added.")), np.zeros(2))
        for sentence in why:
            pairs = pairs_in(sentence)
            if sentence.startswith("The step ("):
                assert pairs[0] == pytest.approx(moved, rel=0.005, abs=1e-9)
            if sentence.startswith("The run steps against"):
                rate = value(sentence.removesuffix(".").rsplit(" = ", 1)[1])
                assert -rate * pairs[0] + added == pytest.approx(moved, rel=0.02, abs=1e-4)
        assert not any("average" in sentence for sentence in why if rule is HEAVY)


def test_over_very_many_points_the_end_is_known_and_nothing_is_said_of_unknown_losses():
    points = PointSet(np.linspace(-1, 1, 20_000), np.full(20_000, 0.5))
    run = run_of(RULES["gd"], batching=STOCHASTIC(), epochs=1)
    result = ranked(rates_to_rank(run), 101, points=points)
    assert all(math.isfinite(one.last) for one in result.each)
    assert not any("raised the loss" in one for one in why_they_rank(result))
    record = columns_of(run, points)
    assert np.isnan(record.loss[101])
    why = why_it_landed(
        landing(record, 100, 1, (0.0, 0.0)), update_of(one_run(run, points), run, record, 101)
    )
    assert not any("L went" in one for one in why)


@every(("rule", "start"), [("momentum", (0.0, 0.0)), ("adam", (0.0, 0.0)), ("gd", (1e9, 2e9))])
def test_of_a_run_that_stays_no_step_is_told(rule, start):
    """At the bottom, and where a step is less than the next float away."""
    bowl = FunctionObjective("1e-9*(w**2 + b**2)")
    run = Run(RULES[rule](eta=1e-9), start=start, epochs=3)
    experiment = replace(one_run(run, PointSet([0.0], [0.0])), objective=bowl)
    record = computed(experiment)[0].whole
    why = why_it_landed(landing(record, 1, 1, (0.0, 0.0)), update_of(experiment, run, record, 2))
    assert why[0].startswith("The run stays where it is")
    assert len(why) == 2


def test_of_two_slopes_that_are_alike_none_is_steeper():
    """An input of 1: the slope along w is that along b, but the rates are those of all inputs so far."""
    points = PointSet([3.0, 1.0], [0.1, 0.9])
    run = Run(RULES["adagrad"](eta=0.5), STOCHASTIC(shuffle=False), start=(0.5, -0.5), epochs=5)
    record = columns_of(run, points)
    for t, steeper in ((1, True), (2, False), (3, True)):
        why = why_it_landed(
            landing(record, t - 1, 1, (0.0, 0.0)), update_of(one_run(run, points), run, record, t)
        )
        assert any("the steeper direction, w" in one for one in why) is steeper, t


def test_a_change_of_nothing_has_no_sign_and_a_loss_may_be_below_0():
    run = Run(RULES["adam"](eta=0.1), start=(1.0, 0.0), epochs=3)
    experiment = replace(one_run(run, PointSet([0.0], [0.0])), objective=FunctionObjective("w**2 - 9 + 0*b"))
    record = computed(experiment)[0].whole
    why = why_it_landed(landing(record, 0, 1, (0.0, 0.0)), update_of(experiment, run, record, 1))
    assert any(one.startswith("b changes by") and one.endswith(" = 0.") for one in why)
    assert why[-1].startswith("L went from −8 to −8.")


def test_ten_steps_are_told_by_their_path():
    result, why = told("momentum", 60, ahead=10)
    assert f"a path {numerals.number(result.steps.sum())} long" in why[0]
    assert why[-1].startswith("L went from")


def test_rates_rank_as_runs_of_their_own_would():
    run = run_of(RULES["gd"], eta=1.0, epochs=5)
    result = ranked(rates_to_rank(run), 200)
    assert [one.label for one in result.each] == ["η = 0.1", "η = 1", "η = 10"]
    alone = [columns_of(run_of(RULES["gd"], eta=eta, epochs=200)).loss[-1] for eta in (0.1, 1.0, 10.0)]
    assert [one.last for one in result.each] == alone
    assert result.order == tuple(np.argsort(alone))
    assert all(len(one.record.loss) == 201 for one in result.each)


@every("rule", RULES)
def test_three_different_rules_are_ranked_and_the_run_keeps_its_settings(rule):
    run = run_of(RULES[rule], eta=0.25)
    runs = rules_to_rank(run)
    assert len({one.optimizer.id for _, one in runs}) == 3
    assert runs[0][1] == run
    result = ranked(runs)
    assert len(why_they_rank(result)) == 3
    assert why_they_rank(result)[0].startswith(result.each[result.order[0]].label)


def test_a_ranking_is_judged_by_its_pairs():
    result = ranked(rates_to_rank(run_of(RULES["gd"])))
    best, middle, worst = result.order
    assert result.is_right((best, middle, worst))
    assert ranking_words(result, result.order).startswith("Right")
    assert result.pairs_right((middle, best, worst)) == 2
    assert result.pairs_right((worst, middle, best)) == 0
    assert not result.is_right((middle, best, worst))
    assert ranking_words(result, (middle, best, worst)).startswith("2 of 3 pairs")


def test_equal_losses_may_stand_either_way_round():
    run = run_of(RULES["gd"])
    result = ranked((("one", run), ("same", run), ("worse", replace(run, optimizer=RULES["gd"](eta=0.001)))))
    assert result.is_right((0, 1, 2))
    assert result.is_right((1, 0, 2))


def test_what_diverges_ranks_last_and_says_so():
    run = run_of(RULES["gd"], eta=1e249)
    result = ranked(rates_to_rank(run), points=PointSet([1e80], [0.0]), start=(0.0, 0.0))
    assert result.each[result.order[-1]].diverged
    assert "diverged" in why_they_rank(result)[-1]


def test_a_run_that_finds_no_step_ranks_where_it_stands():
    saddle = use_function(new_experiment(), FunctionObjective("w**2 - b**2"))
    run = Run(search=SEARCHES["wolfe"](), start=(0.0, 0.0))
    result = run_to_end(ranking(saddle, rates_to_rank(run), run.start, 5))
    assert [one.last for one in result.each] == [0.0, 0.0, 0.0]
    assert len(result.each[0].record.loss) == 1
    assert "a path 0 long" in why_they_rank(result)[0]


def test_batches_and_validation_points_are_taken_from_the_experiment():
    run = run_of(RULES["gd"], batching=STOCHASTIC())
    experiment = Experiment(FIRST_NEURON, PointSet([1.0], [0.5]), (run,))
    result = run_to_end(ranking(experiment, rates_to_rank(run), (-2.0, -2.0), 7))
    assert [len(one.record.loss) for one in result.each] == [8, 8, 8]
    shares = list(ranking(experiment, rates_to_rank(run), (-2.0, -2.0), 500))
    assert shares == sorted(shares)
    assert len(shares) >= 3


def test_the_map_holds_every_path_that_stays_near():
    result = ranked(rates_to_rank(Run(optimizer=RULES["gd"](eta=1.0))))
    view_range = view_range_of_paths(result, ViewRange())
    assert not view_range.fault()
    assert all(view_range.holds(*place) for one in result.each for place in one.record.p.tolist())


def test_a_path_that_leaves_enlarges_the_map_by_its_own_width_at_most():
    far = ranked(rates_to_rank(Run(optimizer=RULES["gd"](eta=1e6))))
    assert any(np.abs(one.record.p).max() > 100.0 for one in far.each)
    view_range = view_range_of_paths(far, ViewRange(-6.0, 6.0, -6.0, 6.0))
    assert view_range.holds(-2.0, -2.0)
    assert -18.0 * 1.4 < min(view_range) < max(view_range) < 18.0 * 1.4
