"""What the scenes of further rules claim, measured: one test for each scene.

That each rule goes where plain loops go, `tests.core.engine.test_golden` tests.
"""

from pathlib import Path

import numpy as np
import pytest

from gdsim.core.files.bundled import FURTHER_SCENES
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES
from tests.core.engine import lecture_loops
from tests.core.records import columns_of, scene, scene_records
from tests.every import every


def paths(name):
    """Return the record of every run of a scene, by its name."""
    return {**scene_records(name)}


def listed(points):
    return list(zip(points.x.tolist(), points.y.tolist(), strict=True))


def loss_at(name, p):
    return lecture_loops.loss(listed(scene(name).points), list(p))


def steepness_at(name, p):
    return float(np.linalg.norm(lecture_loops.gradient(listed(scene(name).points), list(p))))


def steps_below(found, loss):
    """Return the first step of each run at which its loss is below a number; None where there is none."""
    steps = {run: np.flatnonzero(path.loss < loss) for run, path in found.items()}
    return {run: int(below[0]) if len(below) else None for run, below in steps.items()}


def test_every_scene_has_its_claims_tested():
    text = Path(__file__).read_text(encoding="utf-8")
    assert all(f'("{name}"' in text for name in FURTHER_SCENES)


def test_amsgrad_stays_where_adam_is_thrown_out():
    found = paths("amsgrad")
    steps = steps_below(found, 1e-4)
    assert found["Adam"].loss[steps["Adam"] :].max() > 0.2
    assert found["AMSGrad"].loss[steps["AMSGrad"] + 400 :].max() < 1e-20
    assert steps["AMSGrad of the paper"] is None
    assert steepness_at("amsgrad", found["AMSGrad of the paper"].p[-1]) < 1e-6
    first = {run: np.abs(np.diff(path.p[:20], axis=0)).max() for run, path in found.items()}
    assert first["AMSGrad of the paper"] > 1.5 * first["AMSGrad"]


def test_the_long_first_steps_of_the_paper_s_amsgrad_cross_a_plateau_at_a_small_rate():
    found = paths("amsgrad-paper")
    paper = found["AMSGrad of the paper"]
    crossed = steps_below(found, 1e-2)
    for corrected in ("Adam", "AMSGrad"):
        both = (np.diff(path.p[:11], axis=0) for path in (paper, found[corrected]))
        long, short = (np.linalg.norm(steps, axis=1) for steps in both)
        assert (long > 2.0 * short).all()
        assert crossed["AMSGrad of the paper"] / crossed[corrected] == pytest.approx(0.25, abs=0.03)
    assert all(path.loss[-1] < 1e-12 for path in found.values())


def test_how_adam_s_relatives_begin_and_end():
    found = paths("adam-relatives")
    low, lowest = steps_below(found, 1e-2), steps_below(found, 1e-4)
    for name in ("NAdam", "AdaMax"):
        assert lowest[name] / lowest["Adam"] == pytest.approx(0.2, abs=0.05)
    assert low["RAdam"] / low["Adam"] == pytest.approx(4.0, abs=0.6)
    for name in ("Adam", "NAdam", "RAdam"):
        assert found[name].loss[600:].min() < 1e-10
        assert found[name].loss[600:].max() > 1e-2
    assert found["AdaMax"].loss[600:].max() < 1e-20


def test_only_radam_s_first_steps_are_short():
    found = paths("first-steps")
    radam = found.pop("RAdam")
    assert len(found) == 4
    for path in found.values():
        # At least as long as the rate, in w and in b; and then there is no way back.
        assert (np.abs(path.p[1] - path.p[0]) > 0.999 * 2.0).all()
        assert path.loss[1:].min() > 0.2
        assert path.loss[-1] > 0.4
        assert steepness_at("first-steps", path.p[-1]) < 1e-3
    assert np.abs(radam.p[1] - radam.p[0]).max() < 0.5
    assert radam.loss[-1] < 1e-20


def test_decay_within_the_gradient_leads_further_away_than_beside_the_step():
    found = paths("weight-decay")
    rest = found["Adam"].p[-1]
    away = {run: float(np.linalg.norm(path.p[-1] - rest)) for run, path in found.items()}
    assert found["Adam"].loss[-1] < 1e-20
    assert away["AdamW"] < 1.1
    assert away["Adam with L2"] > 6.0
    assert 1e-4 < found["AdamW"].loss[-1] < 0.01 * found["Adam with L2"].loss[-1]


def test_weight_decay_keeps_a_weight_finite_and_the_validation_loss_low():
    found = paths("overfitting")
    adam, decayed = found["Adam"], found["AdamW"]
    assert {*scene("overfitting").points.y.tolist()} == {0.0, 1.0}
    # On and on: all of the last 2000 steps make it larger, and it does not slow down by much.
    w = adam.p[1000:, 0]
    assert (np.diff(w) > 0.0).all()
    assert w[-1] - w[-1000] > 0.3 * (w[1000] - w[0])
    assert np.abs(np.diff(decayed.p[-500:], axis=0)).max() < 1e-3
    assert decayed.loss[-1] > 100.0 * adam.loss[-1]
    held_out = listed(scene("overfitting").validation)
    validation = [lecture_loops.loss(held_out, path.p[-1].tolist()) for path in (adam, decayed)]
    assert validation[1] < 0.5 * validation[0]


def test_lion_crosses_the_plateau_as_fast_as_the_valley_and_cannot_rest():
    found = paths("lion")
    steps = steps_below(found, 1e-4)
    assert steps["Lion"] < 0.1 * steps["Gradient descent"]
    lion = found["Lion"]
    np.testing.assert_allclose(np.abs(np.diff(lion.p, axis=0)), 0.1, rtol=1e-9)
    assert lion.loss[-1] > 10.0 * lion.loss.min()
    assert np.linalg.norm(lion.p[-1] - lion.p[steps["Lion"]]) > 10.0


def test_a_brake_keeps_momentum_in_the_valley_at_a_rate_that_throws_others_out():
    records = scene_records("own-rule")
    assert {len(record.loss) for record in records.values()} == {201}
    for name in ("Momentum", "Nesterov"):
        assert records[name].loss.min() > 1e-3
        assert records[name].loss[-1] > 1e-2
    braked = records["Braked momentum"].loss
    assert (braked[100:] < 1e-4).all()
    assert braked[-1] < 1e-7


def test_adadelta_finds_the_valley_of_large_inputs_where_the_usual_rates_throw_the_others_out():
    found = paths("large-inputs")
    assert (scene("large-inputs").points.x >= 200.0).all()
    adadelta = found.pop("AdaDelta")
    assert len(found) == 3
    for run in scene("large-inputs").runs:
        assert run.optimizer == run.optimizer.definition(eta=run.optimizer.eta)  # no other setting is changed
    for path in found.values():
        assert path.loss[1:].min() > 0.26
        assert path.loss[-1] == pytest.approx(0.416, abs=0.001)
        assert steepness_at("large-inputs", path.p[-1]) < 1e-6
    assert adadelta.loss.min() < 1e-3
    assert adadelta.loss[-500:].max() > 0.1


def test_a_mixture_of_gradient_and_average_arrives_where_neither_does():
    found = paths("qhm")
    assert {run.optimizer.eta for run in scene("qhm").runs} == {40.0}
    steps = steps_below(found, 1e-4)
    assert (steps["Gradient descent"], steps["The average alone"]) == (None, None)
    assert found["Gradient descent"].loss[-1] > 0.3  # on the plateau beside the valley
    # Along the valley past the lowest place, (3.57, -6.38), and ever further.
    past = found["The average alone"].p[:, 0]
    assert past[-1] > 30.0
    assert (np.diff(past[-200:]) > 0.0).all()
    assert found["QHM"].loss[steps["QHM"] :].max() < 1e-4


def test_schedule_free_rests_at_a_constant_rate():
    found = paths("schedule-free")
    plain, falling, free = (found[name] for name in ("Gradient descent", "Falling rate", "Schedule-Free"))
    lowest = min(float(path.loss.min()) for path in found.values())
    # To and fro over the last ten epochs.
    last = {name: path.loss[-200:] - lowest for name, path in found.items()}
    assert last["Gradient descent"].max() > 0.1
    assert np.ptp(plain.p[-200:], axis=0).min() > 0.3
    for name in ("Falling rate", "Schedule-Free"):
        assert last[name].max() < 1e-3
        assert np.ptp(found[name].p[-200:], axis=0).max() < 0.1
    low = steps_below(found, lowest + 0.01)
    assert low["Schedule-Free"] > 4.0 * low["Gradient descent"]
    assert np.linalg.norm(free.p[-1] - falling.p[-1]) < 0.05


def highest_within(name, p, radius):
    """Return the highest loss on a fine grid within a distance of a place."""
    turns = np.linspace(0.0, 2.0 * np.pi, 73)
    return max(
        loss_at(name, p + share * radius * np.array([np.cos(turn), np.sin(turn)]))
        for share in np.linspace(0.0, 1.0, 11)
        for turn in turns
    )


def test_sam_ends_where_all_around_is_low():
    found = paths("sam")
    plain, sam = found["Gradient descent"], found["SAM"]
    (radius,) = (run.optimizer["rho"] for run in scene("sam").runs if "rho" in run.optimizer)
    # It is where the loss is least in view.
    view = scene("sam").view_range
    least = min(
        loss_at("sam", (w, b))
        for w in np.linspace(view.w_min, view.w_max, 71)
        for b in np.linspace(view.b_min, view.b_max, 71)
    )
    assert least - 1e-3 < plain.loss[-1] < least + 1e-6
    assert steepness_at("sam", plain.p[-1]) < 1e-4
    assert sam.loss[-100:].min() > 2.0 * plain.loss[-1]
    for place in sam.p[-100::9]:
        assert highest_within("sam", place, radius) < 0.5 * highest_within("sam", plain.p[-1], radius)
    # A wall: nine tenths of that height are reached in one direction alone.
    turns = np.linspace(0.0, 2.0 * np.pi, 73)[1:]
    ring = plain.p[-1] + radius * np.column_stack([np.cos(turns), np.sin(turns)])
    around = np.array([loss_at("sam", place) for place in ring])
    assert around.max() > 20.0 * plain.loss[-1]
    assert (around > 0.5 * around.max()).mean() < 0.3


def test_lookahead_takes_longer_and_holds_more():
    found = paths("lookahead")
    steps = steps_below(found, 1e-4)
    assert steps["Lookahead, γ = 0.9"] / steps["Momentum, γ = 0.9"] == pytest.approx(2.0, abs=0.1)
    assert steps["Momentum, γ = 0.95"] is None
    assert found["Momentum, γ = 0.95"].loss[-1] == pytest.approx(0.005, abs=1e-4)
    assert steepness_at("lookahead", found["Momentum, γ = 0.95"].p[-1]) < 1e-4
    assert found["Lookahead, γ = 0.95"].loss[-1] < 1e-20


def test_the_cautious_ones_need_ten_times_the_steps_of_momentum():
    steps = steps_below(paths("cautious"), 1e-4)
    momentum = steps.pop("Momentum")
    assert len(steps) == 4
    assert min(steps.values()) > 10 * momentum


@every("eta", [0.1, 0.5, 1.0])
def test_amsgrad_does_not_forget_where_adam_does(eta):
    """For 20,000 steps after it has come to rest, in the scene of the lecture's Adam that forgets."""
    experiment = scene("adam-forgets")
    run = experiment.runs[0]
    assert run.optimizer.id == "adam"
    settings = dict(run.optimizer.items()) | {"eta": eta}
    amsgrad = Run(RULES["amsgrad"](**settings), start=run.start, epochs=22_000)
    loss = columns_of(amsgrad, experiment.points).loss
    # Where it swings through the minimum the loss is that low for a step or two, too, and is not counted.
    first = int(np.flatnonzero(loss < 1e-20)[0])
    assert first < 1400
    assert loss[first : first + 20_001].max() < 2e-19
    adam = scene_records("adam-forgets")["Adam, η = 1"].loss
    assert adam[np.flatnonzero(adam < 1e-20)[0] :].max() > 0.1


# --------------------------------------------------------------------------------------- what if


def test_a_cleared_memory_saves_what_a_lower_rate_does_not():
    records = scene_records("what-if")
    loss, cleared, slow = (records[name].loss for name in ("Momentum", "Cleared", "A tenth of η"))
    assert loss[92] == cleared[0] == slow[0] < 5e-6
    assert loss[92:150].max() > 5 * loss[92]  # the velocity carries it past
    assert cleared.max() == cleared[0]
    assert cleared[-1] < loss[-1] / 25
    assert slow.max() > loss[92:].max()
    assert slow[-1] > 15 * loss[-1]
