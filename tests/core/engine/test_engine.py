"""The engine: a record that depends on the description alone."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gdsim.core.engine.ensemble import Differences, Ensemble, array_step, memory_at_start
from gdsim.core.engine.loop import gradient_at, loss_at
from gdsim.core.engine.runs import LARGEST_CHUNK, first_steps, run_steps
from gdsim.core.engine.trajectory import StopReason
from gdsim.core.model.batching import MINI_BATCH, STOCHASTIC
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.schedules import SCHEDULES
from gdsim.core.settings import NUMBER
from tests.core.other_rules import rule_of
from tests.core.records import FIRST_NEURON, columns_of, computed, one_run, run_of, same
from tests.core.strategies import HUGE, batching_variants, point_sets, runs_with_points, values
from tests.every import WHOLE, every, some_of

EVERY_RULE = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)


@given(runs_with_points(), st.lists(st.integers(1, 9), min_size=1, max_size=4))
def test_the_numbers_do_not_depend_on_the_chunks(drawn, sizes):
    assert same(columns_of(*drawn), columns_of(*drawn, sizes=sizes))


@given(runs_with_points())
def test_the_same_seed_gives_the_same_numbers(drawn):
    assert same(columns_of(*drawn), columns_of(*drawn))


def test_another_seed_gives_other_numbers():
    run = run_of(RULES["gd"], batching=STOCHASTIC(shuffle=True), epochs=20)
    assert not same(columns_of(run), columns_of(replace(run, seed=1)))


# ---------------------------------------------------------------------------- many runs as one array


@EVERY_RULE
@settings(max_examples=20 if WHOLE else 3)
@given(data=st.data())
def test_steps_on_arrays_are_those_of_the_loop(rule, data):
    """To rounding, since arrays add in another order."""
    run, points, validation = data.draw(runs_with_points(optimizer=rule(eta=0.05)))
    columns, neuron = columns_of(run, points, validation), Neuron.fitting(points)
    update_rule, step = run.optimizer.update_rule, array_step(run.optimizer.update_rule)
    p = np.stack([np.array(run.start), np.zeros(len(run.start))])
    memory = memory_at_start(update_rule, run.optimizer.numbers, p)
    for t in range(1, len(columns.loss)):
        batch = neuron.rows(run.batching.rows(len(points), t, run.seed))
        rates = {"eta": columns.eta[t], "gamma": columns.gamma[t]}
        p, memory, gradient = step(batch.gradient, p, memory, run.optimizer.numbers | rates, t)
        for found, expected in (
            (p, columns.p),
            (gradient, columns.gradient),
            *zip(memory, columns.state, strict=True),
        ):
            np.testing.assert_allclose(found[0], expected[t], rtol=1e-6, atol=1e-9)


@every(
    "lines",
    [
        "n = norm(g)\ns_t = n\nk = norm(s_t)\nw_next = w - 0.1*g / (1 + k)",
        "s_t = t\nk = norm(s_t)\nw_next = w - 0.1*g / (1 + k)",
        "s_t = 2*eta\nh = grad(s_t)\nw_next = w - eta*h + 0.01*s",
        "look = 2*eta\nh = grad(look)\nw_next = w - eta*h",
        "n = norm(g)\nh = grad(n)\nw_next = w - eta*h",
        "n = norm(g)\nw_next = eta*n",
    ],
)
def test_what_is_the_same_for_all_parameters_may_be_remembered_measured_or_looked_at(lines):
    run = Run(rule_of(lines)(), epochs=6)
    starts = np.array([[-2.0, -2.0], [0.5, 1.0]])
    ensemble = Ensemble(run, Neuron.fitting(FIRST_NEURON), starts)
    for _ in range(6):
        ensemble.advance()
    ends = [columns_of(replace(run, start=tuple(start))).p[-1] for start in starts.tolist()]
    np.testing.assert_allclose(ensemble.p, ends, rtol=1e-12)


@every("batching", batching_variants(), ids=str)
def test_an_ensemble_is_its_runs(batching):
    points = PointSet([0.5, 2.5, -1.0], [0.2, 0.9, 0.4])
    run = Run(RULES["adam"](), batching, SCHEDULES["step"](), epochs=12)
    starts = np.array([[-2.0, -2.0], [0.5, 1.0]])
    ensemble = Ensemble(run, Neuron.fitting(points), starts)
    records = [columns_of(replace(run, start=tuple(start)), points) for start in starts.tolist()]
    for step in range(1, len(records[0].loss)):
        ensemble.advance()
        np.testing.assert_allclose(ensemble.p, [record.p[step] for record in records], rtol=1e-9)
    assert ensemble.done == records[0].p.shape[0] - 1


@every(("rule", "kind"), some_of(product(RULES.values(), SCHEDULES), 0, 2))
def test_runs_of_an_ensemble_may_differ_in_every_number(rule, kind):
    """Settings of the rule and of its schedule differ; each run is compared with one of the engine."""
    points, validation = PointSet([0.5, 2.5, -1.0], [0.2, 0.9, 0.4]), PointSet([1.0, 2.0], [0.4, 0.7])
    run = Run(rule(eta=0.3), STOCHASTIC(shuffle=True), SCHEDULES[kind](), epochs=4)
    runs = [run]
    for owner in ("optimizer", "schedule"):
        one = getattr(run, owner)
        for setting in one.definition.settings:
            if not setting.is_switch:
                value = setting.domain.kind(0.75 * setting.low + 0.25 * setting.high + 0.05)
                runs.append(replace(run, **{owner: one.replace(**{setting.name: value})}))
    differ = (
        {name: np.array([getattr(one, owner).number(name) for one in runs]) for name in names}
        for owner, names in (
            ("optimizer", run.optimizer.update_rule.numbers),
            ("schedule", run.schedule.definition.names),
        )
    )
    starts = np.array([run.start] * len(runs))
    held_out = Neuron.fitting(validation)
    ensemble = Ensemble(run, Neuron.fitting(points), starts, Differences(*differ), held_out)
    records = [columns_of(one, points, validation) for one in runs]
    for step in range(1, min(len(record.loss) for record in records)):
        ensemble.advance()
        for found, name in ((ensemble.p, "p"), (ensemble.loss, "loss")):
            expected = [getattr(record, name)[step] for record in records]
            np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-9)
        if step == 5:  # without some of them the others go on as before
            ensemble.keep(np.arange(len(runs)) % 2 == 0)
            records = records[::2]
    assert ensemble.all_finite


def test_an_ensemble_tells_which_of_its_runs_are_no_longer_finite():
    ensemble = Ensemble(run_of(RULES["gd"]), Neuron.fitting(FIRST_NEURON), np.array([[0.0, 0.0], [0.0, 1.0]]))
    assert ensemble.all_finite
    ensemble = Ensemble(
        run_of(RULES["gd"]), Neuron.fitting(FIRST_NEURON), np.array([[np.inf, 0.0], [0.0, 1.0]])
    )
    assert not ensemble.all_finite
    assert ensemble.finite.tolist() == [False, True]


def test_an_ensemble_needs_the_points_that_its_schedule_looks_at():
    run = run_of(RULES["gd"], schedule=SCHEDULES["validation"]())
    with pytest.raises(ValueError, match="validation loss"):
        Ensemble(run, Neuron.fitting(FIRST_NEURON), np.zeros((3, 2)))


# ------------------------------------------------------------------------------------ the record


@given(runs_with_points())
def test_the_record_has_the_start_and_every_step(drawn):
    run, points, validation = drawn
    experiment = one_run(run, points, validation)
    (trajectory,) = computed(experiment)
    columns = trajectory.whole
    assert trajectory.last_step == experiment.total_steps(run)
    assert trajectory.stop == (StopReason.FINISHED, experiment.total_steps(run))
    np.testing.assert_array_equal(columns.p[0], run.start)
    for none_yet in (columns.gradient[0], columns.state[:, 0]):
        assert np.isnan(none_yet).all()
    for recorded in (columns.p, columns.loss, columns.gradient[1:], columns.eta[1:], columns.state[:, 1:]):
        assert np.isfinite(recorded).all()
    assert np.isnan(columns.gamma[1:]).all() == (not run.optimizer.has_momentum)
    assert columns.loss.tolist() == [loss_at(Neuron.fitting(points), p) for p in columns.p.tolist()]
    np.testing.assert_allclose(columns.loss, Neuron.fitting(points).loss(columns.p), rtol=1e-12, atol=1e-30)


@given(runs_with_points())
def test_the_recorded_rows_are_those_whose_gradient_was_used(drawn):
    run, points, validation = drawn
    assume(run.optimizer.id == "nesterov" or not run.optimizer.update_rule.looks_ahead)
    columns, neuron = columns_of(run, points, validation), Neuron.fitting(points)
    seen = []
    for step in range(1, len(columns.loss)):
        rows = run.batching.rows(len(points), step, run.seed)
        where = columns.p[step - 1]
        if run.optimizer.id == "nesterov":
            before = columns.state[0, step - 1] if step > 1 else np.zeros_like(where)
            where = where - columns.gamma[step] * before
        assert columns.gradient[step].tolist() == list(gradient_at(neuron.rows(rows), where.tolist()))
        seen.extend(rows.tolist())
    # Every epoch is one pass over all points.
    epochs = np.array(seen).reshape(run.epochs, len(points))
    assert (np.sort(epochs, axis=1) == np.arange(len(points))).all()
    assert run.batching.shuffles or (epochs == np.arange(len(points))).all()


def test_the_loss_is_that_of_all_points_whatever_an_update_used():
    columns = columns_of(run_of(RULES["gd"], batching=MINI_BATCH(size=1), epochs=5))
    np.testing.assert_allclose(columns.loss, Neuron.fitting(FIRST_NEURON).loss(columns.p), rtol=1e-13)


def test_state_and_step_number_run_on_across_epochs():
    adam = RULES["adam"]()
    in_epochs = columns_of(Run(optimizer=adam, batching=MINI_BATCH(size=2), epochs=30))
    np.testing.assert_array_equal(in_epochs.p, columns_of(Run(optimizer=adam, epochs=30)).p)


def test_rates_and_epochs_count_as_in_the_lecture():
    run = run_of(RULES["gd"], eta=8.0, schedule=SCHEDULES["step"](), batching=STOCHASTIC(), epochs=11)
    eta = columns_of(run).eta[1:]
    np.testing.assert_array_equal(eta, [8.0] * 10 + [4.0] * 10 + [2.0] * 2)


def test_the_rate_is_halved_after_an_epoch_whose_validation_loss_rose():
    run = run_of(RULES["gd"], eta=20.0, schedule=SCHEDULES["validation"](), epochs=40)
    held_out = PointSet([1.0, 2.0], [0.9, 0.1])
    columns = columns_of(run, validation=held_out)
    loss = np.array([loss_at(Neuron.fitting(held_out), p) for p in columns.p[1:].tolist()])
    rises = np.concatenate([[0, 0], np.cumsum(np.diff(loss) > 0.0)[:-1]])
    assert rises[-1] >= 3
    np.testing.assert_array_equal(columns.eta[1:], 20.0 / 2.0**rises)


def test_rounding_is_no_rise_of_the_validation_loss():
    """At rest the loss of points that no neuron fits goes up and down in its last digits."""
    points = PointSet([0.0, 1.0, 2.0, 3.0], [0.1, 0.8, 0.3, 0.7])
    run = Run(RULES["gd"](eta=1.0), schedule=SCHEDULES["validation"](), start=(0.0, 0.0), epochs=2000)
    columns = columns_of(run, points, points)
    changes = np.diff(columns.loss) / columns.loss[1:]
    assert (changes > 0.0).sum() > 10
    assert changes.max() < 1e-12
    assert (columns.eta[1:] == 1.0).all()


# ------------------------------------------------------------------------------------- in chunks


def test_the_first_chunk_is_the_start_and_the_others_are_as_large_as_is_asked_for():
    experiment = one_run(run_of(RULES["gd"], epochs=10_000))
    for size in (70, LARGEST_CHUNK):
        sizes = [len(chunk.columns.loss) for chunk in run_steps(experiment, experiment.runs[0], size)]
        assert sizes == [1, *[size] * (10_000 // size), 10_000 % size]


def test_the_first_steps_are_those_of_the_whole_run():
    run = run_of(RULES["adam"], epochs=15_000)
    work = first_steps(one_run(run), run, 9000)
    shares = [next(work), next(work)]
    assert 0.0 == shares[0] < shares[1] < 1.0
    record = run_to_end(first_steps(one_run(run), run, 9000))
    assert record.last_step == 9000
    assert same(record.whole, columns_of(run).head(9001))
    assert run_to_end(first_steps(one_run(run), run, 10**9)).stop == (StopReason.FINISHED, 15_000)


# ------------------------------------------------------------------------------------ divergence


@every("size", [1, 3, 7, 500])
def test_divergence_names_the_step_from_which_there_are_no_numbers(size):
    """The rate is 1e60^t, so the seventh update is the first with an infinite one."""
    run = run_of(RULES["gd"], schedule=SCHEDULES["step"](factor=1e60, every=1), start=(0.0, 1.0), epochs=50)
    trajectory = computed(one_run(run), (size,))[0]
    assert trajectory.stop == (StopReason.DIVERGED, 7)
    assert trajectory.last_step == 6
    assert np.isfinite(trajectory.until(6).p).all()


def test_the_very_first_step_may_diverge():
    run = run_of(RULES["gd"], eta=1e300, epochs=10)
    points = PointSet([1e10], [0.9])
    trajectory = computed(one_run(replace(run, start=(0.0, 0.0)), points), sizes=(4,))[0]
    assert trajectory.stop == (StopReason.DIVERGED, 1)
    assert trajectory.last_step == 0
    assert "Diverged at step 1" in trajectory.stop.sentence


@EVERY_RULE
@settings(max_examples=20 if WHOLE else 4)
@given(data=st.data())
def test_whatever_the_numbers_a_run_ends_with_a_reason(rule, data):
    """Warnings are errors here, so nothing overflows noisily either."""
    extreme = st.floats(1e-300, HUGE)
    values_of = {"eta": data.draw(extreme)}
    if "gamma" in rule.names:
        values_of["gamma"] = data.draw(st.floats(0.0, 1.0, exclude_max=True))
    points = data.draw(point_sets(1, x=values(NUMBER) | st.floats(-3.0, 3.0)))
    schedule = SCHEDULES["step"](factor=data.draw(extreme), every=2)
    start = data.draw(st.tuples(*[values(NUMBER) | st.floats(-3.0, 3.0)] * 2))
    run = Run(optimizer=rule(**values_of), schedule=schedule, start=start, epochs=30)
    trajectory = computed(one_run(run, points))[0]
    columns = trajectory.whole
    assert np.isfinite(columns.p).all()
    assert np.isfinite(columns.loss).all()
    assert np.isfinite(columns.state[:, 1:]).all()
    if trajectory.stop.reason is StopReason.FINISHED:
        assert trajectory.last_step == trajectory.stop.step == 30
    else:
        assert trajectory.stop == (StopReason.DIVERGED, trajectory.last_step + 1)
