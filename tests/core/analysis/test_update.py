"""An update taken apart holds the numbers of the record."""

import cProfile
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given

from gdsim.core.analysis.update import MOST_SHOWN, gradient_terms, update_of
from gdsim.core.model.batching import BATCH, MINI_BATCH, STOCHASTIC
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.schedules import SCHEDULES
from tests.core.records import FIRST_NEURON, columns_of, many_points, one_run
from tests.core.strategies import rule_variants, runs_with_points
from tests.every import every


def recorded(rule):
    rng = np.random.default_rng(3)
    points = PointSet(rng.normal(size=7), rng.uniform(size=7))
    run = Run(optimizer=RULES[rule](), batching=MINI_BATCH(size=3, shuffle=True), epochs=6)
    experiment = Experiment(points, PointSet.empty(), (run,))
    return experiment, run, columns_of(run, points)


@every("rule", RULES)
@every("t", [1, 2, 7, 18])
def test_what_went_into_an_update_gives_what_came_out(rule, t):
    experiment, run, record = recorded(rule)
    update = update_of(experiment, run, record, t)
    batch = Neuron.fitting(experiment.points).rows(update.rows)
    np.testing.assert_allclose(batch.gradient(update.gradient_place), update.gradient, rtol=1e-12)
    np.testing.assert_array_equal(update.after, record.p[t])
    assert update.epoch == (t - 1) // 3
    assert update.loss_before == record.loss[t - 1]
    assert np.isfinite(update.state_before).all()


def test_nesterov_looks_ahead_and_others_where_they_stand():
    for rule in RULES:
        experiment, run, record = recorded(rule)
        update = update_of(experiment, run, record, 5)
        assert np.array_equal(update.gradient_place, update.before) != update.rule.looks_ahead
        if rule == "nesterov":
            np.testing.assert_allclose(
                update.gradient_place, update.before - update.gamma * update.state_before[0]
            )


@every("rule", rule_variants(), ids=str)
def test_the_numbers_of_the_lines_are_those_on_the_record(rule):
    """Each is computed from what the update started from, and none is read off the record."""
    for batching, schedule in product(
        (BATCH(), STOCHASTIC()), (SCHEDULES["constant"](), SCHEDULES["inverse"]())
    ):
        run = Run(rule, batching, schedule, epochs=9)
        record = columns_of(run)
        for t in (1, 2, 7):
            update = update_of(one_run(run), run, record, t)
            np.testing.assert_array_equal(update.at("w_next"), record.p[t])
            for place, letter in enumerate(update.rule.letters):
                np.testing.assert_array_equal(update.at(f"{letter}_t"), record.state[place, t])


def test_a_missing_update_is_refused():
    experiment, run, record = recorded("gd")
    for t in (0, 19):
        with pytest.raises(ValueError, match=f"no update {t}"):
            update_of(experiment, replace(run), record, t)


# -------------------------------------------------------------------------- the gradient as a sum over points


def update(run=None, points=FIRST_NEURON, t=2):
    run = run or Run(epochs=9)
    return update_of(one_run(run, points), run, columns_of(run, points), t)


@given(runs_with_points())
def test_the_terms_add_up_to_the_gradient_that_was_used(flight):
    run, points, validation = flight
    record, experiment = columns_of(run, points, validation), one_run(run, points, validation)
    for t in (1, len(record.loss) - 1):
        now = update_of(experiment, run, record, t)
        for most in (2, MOST_SHOWN):
            terms = gradient_terms(now, most)
            largest = np.abs(terms.products).max()
            np.testing.assert_allclose(terms.total, now.gradient, rtol=1e-12, atol=1e-14 * largest)
            assert terms.points == len(now.rows)


def test_a_few_terms_come_in_the_order_of_the_update():
    run = Run(batching=MINI_BATCH(size=5, shuffle=True), epochs=3)
    now = update(run, many_points(5), 2)
    terms = gradient_terms(now)
    np.testing.assert_array_equal(terms.rows, now.rows)
    assert terms.others == 0
    np.testing.assert_array_equal(terms.others_sum, 0.0)


def test_a_term_is_the_product_of_its_factors():
    terms = gradient_terms(update())
    for place, (x, y) in enumerate(((0.5, 0.2), (2.5, 0.9))):
        f = terms.output[place]
        assert terms.x[place] == x
        assert [factor[place] for factor in terms.factors] == [f - y, f * (1.0 - f)]
        np.testing.assert_allclose(terms.products[place], [(f - y) * f * (1 - f) * x, (f - y) * f * (1 - f)])


def test_the_terms_are_taken_where_the_rule_looked():
    now = update(Run(RULES["nesterov"](), epochs=9), t=5)
    np.testing.assert_array_equal(
        gradient_terms(now).output, Neuron.fitting(FIRST_NEURON).output(now.gradient_place)
    )


def test_one_point_is_one_term():
    terms = gradient_terms(update(Run(batching=STOCHASTIC(), epochs=9), t=4))
    assert terms.rows.tolist() == [1]


@pytest.mark.parametrize("dimension", [1, 3])
def test_of_many_terms_the_largest_come_first(dimension):
    points = many_points(300, dimension)
    now = update(Run(start=(0.5,) * (dimension + 1), epochs=2), points, 1)
    terms, every = gradient_terms(now), gradient_terms(now, 1000)
    sizes = np.abs(every.products).max(axis=1)
    shown = np.abs(terms.products).max(axis=1)
    np.testing.assert_array_equal(shown, np.sort(sizes)[::-1][:MOST_SHOWN])
    assert terms.others == 300 - MOST_SHOWN
    rest = np.delete(every.products, terms.rows, axis=0)
    np.testing.assert_allclose(terms.others_sum, rest.sum(axis=0), rtol=1e-12)


def test_equal_terms_keep_their_order():
    terms = gradient_terms(update(points=PointSet(np.ones(50), np.zeros(50)), t=1))
    assert terms.rows.tolist() == sorted(terms.rows.tolist())


def test_saturated_points_send_nothing_and_nothing_breaks():
    now = replace(update(), before=np.array([1e200, 1e200]))
    terms = gradient_terms(now)
    np.testing.assert_array_equal(terms.products, 0.0)


def test_a_million_points_are_no_more_work_than_a_thousand():
    """Counted in calls, which are the same everywhere."""

    def calls(n):
        points, profile = many_points(n), cProfile.Profile()
        now = replace(update(), points=points, rows=np.arange(n))
        assert profile.runcall(gradient_terms, now).others == n - MOST_SHOWN
        return sum(entry.callcount for entry in profile.getstats())

    assert calls(1_000_000) == calls(1000)
