"""What the lecture claims, measured on the bundled scenes: one test for each claim."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from gdsim.core.exercises.maps.map_computation import computing_maps
from gdsim.core.exercises.maps.outcome import Outcome, plans_of
from gdsim.core.exercises.maps.raggedness import box_count
from gdsim.core.exercises.maps.ranges import kept_range
from gdsim.core.lessons.files import load_lesson
from gdsim.core.model.batching import MINI_BATCH
from gdsim.core.model.neuron import Neuron
from gdsim.core.progress import run_to_end
from gdsim.core.rules.searches import SEARCHES
from tests.core.records import columns_of, computed, scene, scene_records
from tests.every import every

PLAIN = ("Gradient descent", "Momentum", "Nesterov")
ADAPTIVE = ("AdaGrad", "RMSProp", "Adam")


def _significant(value, digits):
    return float(f"{value:.{digits - 1}e}")


def _rises(loss):
    """Return the steps that raise the loss."""
    return np.flatnonzero(np.diff(loss) > 0.0) + 1


def _turns(path, direction):
    """Return how often a path turns round along a direction."""
    moves = np.diff(path @ direction)
    return int((moves[1:] * moves[:-1] < 0.0).sum())


# ---------------------------------------------------------------------------- the first neuron


@every(
    ("w", "b", "loss"),
    [
        (0.5, 0, 0.0731),
        (-0.1, 0, 0.1481),
        (0.94, -0.94, 0.0217),
        (1.42, -1.73, 0.0029),
        (1.65, -2.08, 0.0003),
    ],
)
def test_the_losses_of_the_guesses(w, b, loss):
    neuron = Neuron.fitting(scene("first-neuron").points)
    assert round(float(neuron.loss(np.array([w, b]))), 4) == loss


def test_descent_crawls_on_the_plateau_then_drops():
    loss = scene_records("first-neuron")["Gradient descent"].loss
    assert round(loss[50], 4) == 0.4072
    assert round(loss[100], 4) == 0.0177
    assert loss[1000] < 1e-10
    # In the first half it loses 2 % of its height, in the second all but 5 %.
    assert loss[50] > 0.97 * loss[0]
    assert loss[100] < 0.05 * loss[0]


def test_momentum_and_nesterov_do_not_wait():
    records = scene_records("first-neuron")
    below = {name: int(np.argmax(record.loss < 0.2)) for name, record in records.items()}
    assert below["Momentum"] < 0.5 * below["Gradient descent"]
    assert below["Nesterov"] < 0.5 * below["Gradient descent"]


# ------------------------------------------------------------------------------- another start


def test_from_another_start_all_rules_end_in_a_false_valley():
    neuron = Neuron.fitting(scene("another-start").points)
    records = scene_records("another-start")
    assert list(records) == [*PLAIN, *ADAPTIVE]
    for name, record in records.items():
        assert round(record.loss[-1], 3) == 0.405 == round(0.9**2 / 2, 3), name
        first, second = neuron.output(record.p[-1])
        assert first == pytest.approx(0.2, abs=0.02)
        assert second < 1e-6
        # The second point sends no gradient: that of the first is all there is.
        alone = neuron.rows(slice(1, 2)).gradient(record.p[-1])
        assert np.abs(alone).max() < 1e-5


# ------------------------------------------------------------------------ nesterov, the valley


def test_nesterov_corrects_its_course_quicker():
    records = scene_records("nesterov")
    assert len(records["Momentum"].loss) == 101
    assert _significant(records["Momentum"].loss[-1], 3) == 0.0137
    assert records["Nesterov"].loss[-1] == pytest.approx(1e-5, rel=0.2)


def test_the_valley_after_100_steps():
    records = scene_records("valley")
    losses = {name: record.loss[100] for name, record in records.items()}
    assert round(losses["Gradient descent"], 4) == 0.3584
    assert _significant(losses["Momentum"], 2) == 9.7e-6
    assert _significant(losses["Nesterov"], 2) == 3.3e-6


def test_momentum_takes_a_lot_of_u_turns_across_the_valley_and_nesterov_few():
    neuron = Neuron.fitting(scene("valley").points)
    # Both points lie on the sigmoid at the minimum, so there the curvature is that of Gauss and Newton.
    bottom = np.linalg.solve(neuron.inputs, np.log(neuron.targets / (1.0 - neuron.targets)))
    output = neuron.output(bottom)
    slopes = neuron.inputs * (output * (1.0 - output))[:, np.newaxis]
    _, directions = np.linalg.eigh(slopes.T @ slopes)
    steepest = directions[:, -1]
    records = scene_records("valley")
    assert _turns(records["Momentum"].p, steepest) == 12
    assert _turns(records["Nesterov"].p, steepest) == 2
    assert _turns(records["Gradient descent"].p, steepest) <= 2


# -------------------------------------------------------------------------- a high learning rate


def test_a_rate_of_ten_overshoots_where_the_surface_is_steep():
    record = scene_records("big-rate")["Gradient descent"]
    rises = _rises(record.loss)
    assert len(rises) >= 1
    assert record.p[:, 0].max() > 1.25 * record.p[-1, 0]
    # The step that overshoots is among the largest, and so is the gradient that made it.
    size = np.linalg.norm(record.gradient[1:], axis=1)
    assert size[rises[0] - 1] > np.quantile(size, 0.99)


@pytest.mark.parametrize(("name", "loss"), [("Momentum", 0.020), ("Nesterov", 0.005)])
def test_at_a_rate_of_ten_momentum_flies_to_a_flat_place_and_stays(name, loss):
    record = scene_records("big-rate")[name]
    assert len(record.loss) == 1001
    assert round(record.loss[-1], 3) == loss
    assert np.ptp(record.loss[500:]) < 1e-4
    assert np.linalg.norm(record.gradient[-1]) < 1e-4
    bottom = scene_records("big-rate")["Gradient descent"].p[-1]
    assert np.linalg.norm(record.p[-1] - bottom) > 5.0


# ------------------------------------------------------------------------- stochastic, mini-batch


def test_stochastic_versions_after_60_steps():
    records = scene_records("stochastic")
    assert all(len(record.loss) == 61 for record in records.values())
    assert round(records["Gradient descent"].loss[-1], 4) == 0.4121
    assert round(records["Momentum"].loss[-1], 4) == 0.0108
    assert round(records["Nesterov"].loss[-1], 4) == 0.0047


def test_a_stochastic_step_may_raise_the_loss():
    records = scene_records("stochastic")
    assert len(_rises(records["Momentum"].loss)) >= 10
    assert len(_rises(records["Nesterov"].loss)) >= 10
    # Plain descent is still on the plateau, where both points agree. It oscillates when it arrives.
    run = scene("stochastic").runs[0]
    assert len(_rises(records["Gradient descent"].loss)) == 0
    later = columns_of(replace(run, epochs=150), scene("stochastic").points)
    assert len(_rises(later.loss)) >= 5


def test_the_true_gradient_never_raises_the_loss_there():
    run = replace(scene("stochastic").runs[0], batching=scene("first-neuron").runs[0].batching, epochs=300)
    assert len(_rises(columns_of(run, scene("stochastic").points).loss)) == 0


def _wiggle(record, per_epoch):
    """Return the length of the path, over that of the path from epoch to epoch."""

    def length(path):
        return float(np.linalg.norm(np.diff(path, axis=0), axis=1).sum())

    return length(record.p) / length(record.p[::per_epoch])


def _climbed(record):
    """Return the sum of all rises of the loss."""
    return float(np.maximum(np.diff(record.loss), 0.0).sum())


@pytest.mark.parametrize("measure", ["path", "loss"])
def test_the_wiggle_shrinks_as_the_batch_grows(measure):
    runs, records = scene("mini-batch").runs, scene_records("mini-batch")
    assert [run.batching.batch_size(6) for run in runs] == [1, 2, 3, 6]
    wiggles = [
        _wiggle(records[run.name], 6 // run.batching.batch_size(6))
        if measure == "path"
        else _climbed(records[run.name])
        for run in runs
    ]
    assert all(more > 1.1 * less for more, less in pairwise(wiggles)), wiggles
    assert all(record.loss[-1] < 0.08 for record in records.values())


def test_in_table_order_the_wiggle_shrinks_on_the_way_down():
    """At the bottom it does not: the table's first three points pull one way, its last three the other."""
    points = scene("mini-batch").points
    runs = [
        replace(run, batching=MINI_BATCH(size=run.batching.batch_size(6)), epochs=20)
        for run in scene("mini-batch").runs
    ]
    wiggles = [_wiggle(columns_of(run, points), 6 // run.batching.batch_size(6)) for run in runs]
    assert all(more > less for more, less in pairwise(wiggles)), wiggles


# ---------------------------------------------------------------------------- a sparse feature


def _moved(record, steps=10):
    """Return how far w and b have come in the first steps."""
    return np.abs(record.p[steps] - record.p[0])


def test_the_sparse_data_lie_on_the_sigmoid():
    points = scene("sparse").points
    assert len(points) == 100
    assert (points.x == 0.0).sum() == 80
    assert np.abs(points.x).max() <= 3.0
    np.testing.assert_allclose(points.y, 1.0 / (1.0 + np.exp(-(2.0 * points.x[:, 0] - 1.0))), rtol=1e-15)
    assert scene("no-root").points == points


@every("name", PLAIN)
def test_plain_rules_move_along_b_and_hardly_along_w(name):
    w, b = _moved(scene_records("sparse")[name])
    assert 4 <= round(b) <= 11
    assert w < 0.15 * b
    if name == "Gradient descent":
        assert w < 0.3


@every("name", ADAPTIVE)
def test_adaptive_rules_move_both_alike(name):
    w, b = _moved(scene_records("sparse")[name])
    assert w == pytest.approx(b, rel=0.1)


def test_adagrad_slows_down_rmsprop_hovers_adam_arrives():
    records = scene_records("sparse")
    loss = {name: records[name].loss[300] for name in ADAPTIVE}
    assert loss["AdaGrad"] == pytest.approx(1.0, abs=0.05)
    assert loss["RMSProp"] == pytest.approx(0.005, abs=0.001)
    assert loss["Adam"] < 1e-4
    # AdaGrad's effective rate falls all the way; RMSProp's path goes to and fro around the goal.
    sums = records["AdaGrad"].state[0, 1:]
    assert (np.diff(sums, axis=0) >= 0.0).all()
    assert sums[-1].min() > 100.0 * sums[0].min()
    last = records["RMSProp"].loss[-50:]
    assert 0.004 < last.min() < last.max() < 0.006
    assert (records["RMSProp"].eta[1:] == 0.1).all()


def test_adagrad_without_the_root_works_badly():
    with_root, without = (scene_records("no-root")[name] for name in ("With the root", "Without the root"))
    assert with_root.loss[300] < 1.0
    assert without.loss[300] > 0.9 * without.loss[0]
    # Its first step is a leap of eta / g instead of eta, and then it brakes for good.
    moves = np.abs(np.diff(without.p[:, 0]))
    assert moves[0] > 5.0 * 0.1
    assert moves[-1] < 1e-3


# --------------------------------------------------------------------------------- Adam's bias


def test_without_the_correction_the_first_averages_are_too_small():
    """m_t is a sum of gradients whose weights add up to 1 - beta1^t, not to 1."""
    record = scene_records("bias-correction")["Not corrected"]
    m = record.state[0]
    for t in range(1, 11):
        weights = 0.1 * 0.9 ** np.arange(t - 1, -1, -1)
        assert weights.sum() == pytest.approx(1.0 - 0.9**t)
        np.testing.assert_allclose(m[t], weights @ record.gradient[1 : t + 1], rtol=1e-12)
    np.testing.assert_allclose(m[1], 0.1 * record.gradient[1], rtol=1e-12)


def test_without_the_correction_the_first_steps_are_too_long():
    corrected, not_corrected = (
        scene_records("bias-correction")[name] for name in ("Corrected", "Not corrected")
    )
    first = [np.abs(record.p[1] - record.p[0]) for record in (corrected, not_corrected)]
    np.testing.assert_allclose(first[0], 0.1, rtol=1e-3)
    # (1 - beta1) / sqrt(1 - beta2) = 3.16, a little less for the epsilon under the root.
    assert (2.5 * first[0] < first[1]).all()
    assert (first[1] < 3.17 * first[0]).all()
    assert corrected.loss[100] < 1e-4
    assert not_corrected.loss[100] > 40.0 * corrected.loss[100]


# ------------------------------------------------------------- what the lecture says beside its pictures


def test_single_points_zigzag_and_the_whole_batch_does_not():
    records = scene_records("mini-batch")
    assert len(_rises(records["B = 1"].loss)) == 140
    assert len(_rises(records["B = 6"].loss)) == 0


def test_a_greedy_point_pulls_harder_than_all_of_them_together():
    record, neuron = scene_records("mini-batch")["B = 1"], Neuron.fitting(scene("mini-batch").points)
    assert np.linalg.norm(record.gradient[326]) > 10.0 * np.linalg.norm(neuron.gradient(record.p[325]))


def test_with_rates_to_match_a_larger_batch_trembles_less():
    records = scene_records("batch-rates").values()
    assert {len(record.loss) - 1 for record in records} == {540}
    assert all(np.ptp(one.loss[-200:]) > 1.5 * np.ptp(other.loss[-200:]) for one, other in pairwise(records))


def test_point_by_point_nesterov_swings_less_than_momentum():
    momentum, nesterov = (scene_records("stochastic")[name].loss for name in ("Momentum", "Nesterov"))
    assert nesterov[38:].max() < 0.7 * momentum[38:].max()


def test_halved_when_the_validation_error_rises_it_comes_to_rest():
    constant, halved = scene_records("validation").values()
    assert np.ptp(halved.loss[-60:]) < 1e-3 * np.ptp(constant.loss[-60:])
    rates = halved.eta[1:]
    assert {round(float(ratio), 12) for ratio in rates[1:] / rates[:-1]} == {1.0, 0.5}
    assert (rates[1:] < rates[:-1]).nonzero()[0].tolist() == [
        step for step in (rates[1:] < rates[:-1]).nonzero()[0] if (step + 1) % 6 == 0
    ]


def test_of_four_inputs_descent_neglects_the_sparse_one_and_adagrad_does_not():
    x = scene("four-inputs").points.x
    assert (x[:, 1] != 0.0).sum() == 6
    records = scene_records("four-inputs")
    plain, adaptive = (
        np.abs(records[name].p[10] - records[name].p[0]) for name in ("Gradient descent", "AdaGrad")
    )
    assert plain[1] < 0.15 * plain[[0, 2, 3]].min()
    assert adaptive.min() > 0.8 * adaptive.max()
    assert np.argmax(records["Adam"].p[-1]) == 1  # in the end the sparse one has the largest weight


def test_adagrad_gets_close_and_then_stuck_in_b():
    record, rmsprop = (scene_records("adagrad-stuck")[name] for name in ("AdaGrad", "RMSProp"))
    steps = np.abs(np.diff(record.p[:, 1]))
    assert record.loss[300] < 0.04 * record.loss[0]
    assert steps[299] < 0.03 * steps[0]
    assert steps[2999] < 1e-4 * steps[0]
    assert np.argmax(record.loss < 0.01) > 30 * np.argmax(rmsprop.loss < 0.01) > 0


def test_rmsprop_never_comes_to_rest_at_a_constant_rate_and_does_at_a_lower_one():
    records = scene_records("adam-forgets")
    assert _significant(records["RMSProp"].loss.min(), 2) == 2.0e-4
    assert records["RMSProp, decayed"].loss[-1] < 1e-20


def test_adam_forgets_with_a_large_rate():
    loss = scene_records("adam-forgets")["Adam, η = 1"].loss
    assert loss[:1000].min() < 1e-30
    assert loss[1000:2000].max() < 1e-20
    assert loss[2000:].max() > 0.1
    assert scene_records("adam-forgets")["Adam, η = 0.1"].loss[1500:].max() < 1e-25


def test_with_a_small_rate_adam_forgets_later():
    experiment = scene("adam-forgets")
    small = next(run for run in experiment.runs if run.name == "Adam, η = 0.1")
    loss = columns_of(replace(small, epochs=8000), experiment.points).loss
    assert loss[1500:3000].max() < 1e-25
    assert loss[3000:].max() > 1e-6


# ----------------------------------------------------------------------------- how large a rate may be


def _edge():
    """Return the runs of the stop "The edge" by their names."""
    (stop,) = (one for one in load_lesson("lecture").stops if one.title.startswith("The edge"))
    records = computed(stop.experiment, (4096,))
    return stop.experiment, {
        run.name: record.whole for run, record in zip(stop.experiment.runs, records, strict=True)
    }


def test_at_the_edge_twenty_rests_twenty_one_hovers_and_twenty_two_is_thrown_out():
    experiment, runs = _edge()
    solution = runs["η = 20"].p[-1]
    steepest = float(np.linalg.eigvalsh(Neuron.fitting(experiment.points).hessian(solution))[-1])
    assert 20.0 < 2.0 / steepest < 21.0
    assert runs["η = 20"].loss[-1] < 1e-12
    late = runs["η = 21"].loss[150:]
    assert late.min() > 1e-6
    assert late.max() < 1e-3
    across = np.diff(runs["η = 21"].p[150:], axis=0)[:, 0]
    assert (across[1:] * across[:-1] < 0.0).all()
    assert runs["η = 22"].loss.max() > 0.1
    assert runs["Momentum, η = 30"].loss[-1] < 1e-12
    assert 3.8 / steepest > 30.0
    assert all(tuple(record.p[0]) == (3.6, -6.4) for record in runs.values())


def test_adam_s_limit_is_passed_more_than_a_hundred_steps_before_its_loss_rises():
    experiment = scene("adam-forgets")
    (run,) = (one for one in experiment.runs if one.name == "Adam, η = 1")
    record = scene_records("adam-forgets")[run.name]
    beyond = []
    for step in range(1000, 2600):
        t = step + 1
        below = (1.0 - 0.9**t) * np.sqrt(record.state[1, t] / (1.0 - 0.999**t) + 1e-8)
        hessian = Neuron.fitting(experiment.points).hessian(record.p[step])
        beyond.append(np.linalg.eigvals(hessian / below[:, np.newaxis]).real.max() > 38.0)
    crosses = 1000 + int(np.argmax(beyond))
    rises = 1000 + int(np.argmax(record.loss[1000:] > 1e-9))
    assert 100 < rises - crosses < 200
    assert record.loss[1000 : crosses + 1].max() < 1e-25


def test_the_edge_of_good_rates_is_ragged_and_its_own_run_is_solved():
    experiment = scene("ragged-edge")
    run, kept = experiment.runs[0], experiment.kept.map
    axes = kept_range(kept, experiment, run)[1].seen
    (plan,) = plans_of(experiment, [run], axes, kept.steps, kept.solved_below, 80)
    made = run_to_end(computing_maps([plan]))[0]
    shares = {kind: made.count(kind) / made.side**2 for kind in Outcome}
    assert 0.15 < shares[Outcome.SOLVED] < 0.3
    assert shares[Outcome.PLATEAU] > 0.1
    # A straight edge has 1, and this one has not.
    assert box_count(made.classes).dimension > 1.3
    assert scene_records("ragged-edge")["Momentum"].loss[-1] < kept.solved_below


def test_newton_goes_uphill_and_levenberg_marquardt_gets_there():
    records = scene_records("newton-uphill")
    newton = records["Newton"]
    moved = newton.p[1] - newton.p[0]
    assert newton.gradient[1] @ moved > 0.0
    assert (np.diff(newton.loss) > 0.0).all()
    experiment = scene("newton-uphill")
    searched = replace(experiment.runs[0], search=SEARCHES["armijo"]())
    (stopped,) = computed(replace(experiment, runs=(searched,)), (64,))
    assert len(stopped.whole.loss) == 1
    hessian = Neuron.fitting(experiment.points).hessian(newton.p[0])
    assert np.linalg.eigvalsh(hessian)[0] < 0.0
    solved = records["Levenberg-Marquardt"].loss
    assert int(np.flatnonzero(solved < 1e-15)[0]) <= 20
    assert (np.diff(solved) < 0.0).all()
