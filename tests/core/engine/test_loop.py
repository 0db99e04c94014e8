"""The loop that makes the steps of a run: which points, names and counts it takes."""

import linecache
import math
import sys
import textwrap

import numpy as np
import pytest

from gdsim.core.engine import loop, loop_source
from gdsim.core.engine.loop import loss_at
from gdsim.core.engine.loop_source import loop_text
from gdsim.core.engine.runs import first_steps
from gdsim.core.engine.sum_source import compiled_sum
from gdsim.core.model.batching import BATCH, MINI_BATCH, STOCHASTIC
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.objective import NeuronObjective
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES, eta
from gdsim.core.rules.rule import Rule
from gdsim.core.rules.schedules import SCHEDULES, ScheduleKind
from gdsim.core.settings import POSITIVE, Setting
from tests.core.records import columns_of, one_run, same
from tests.every import every


def _points(n, seed=0):
    rng = np.random.default_rng(seed)
    return PointSet(rng.uniform(-2.0, 3.0, n).round(3), rng.uniform(0.05, 0.95, n).round(3))


def test_the_source_of_a_loop_is_as_it_is_shown():
    text = textwrap.indent(loop_text(Run(RULES["momentum"]()), 2), "    ")
    assert text in loop_source.__doc__


def test_sources_are_kept_no_longer_than_what_is_compiled_from_them():
    """A penalty is in the source: one that was dragged for a minute left thousands of sources behind."""
    data = Neuron.fitting(_points(3))
    most = compiled_sum.cache_info().maxsize
    for number in range(most + 20):
        loss_at(data._replace(objective=NeuronObjective(l2=1.0 + number / 512)), (0.5, 0.25))
    kept = sum(name.startswith("<loss and gradient> ") for name in linecache.cache)
    assert 0 < kept <= most


SHUFFLED = STOCHASTIC(shuffle=True), MINI_BATCH(shuffle=True)


@every("points", [2, 6, 8, 9, 60])
@every("batching", [STOCHASTIC(), MINI_BATCH(), BATCH(), *SHUFFLED])
@every("rule", ["gd", "nesterov"])
def test_the_loss_is_over_all_points_whatever_feeds_an_update(rule, batching, points):
    run = Run(RULES[rule](eta=0.5), batching, epochs=3)
    columns, data = columns_of(run, _points(points)), Neuron.fitting(_points(points))
    assert columns.loss.tolist() == [loss_at(data, p) for p in columns.p.tolist()]


@every("points", [2, 12, 60])
def test_the_loss_is_that_of_the_first_of_several_gradients(points):
    lines = "look = w - eta*g\nh = grad(look)\nw_next = w - eta*(g + h)/2"
    run = Run(Rule("two", "Two", "", (eta(0.3),), lines)(), start=(-1.5, 0.7), epochs=9)
    columns, data = columns_of(run, _points(points)), _points(points)
    x, y, p = data.x[:, 0], data.y, np.array(run.start)

    def loss_and_gradient(p):
        f = 1.0 / (1.0 + np.exp(-(p[0] * x + p[1])))
        slope = (f - y) * f * (1.0 - f)
        return 0.5 * np.sum((f - y) ** 2), np.array([np.sum(slope * x), np.sum(slope)])

    for step in range(10):
        loss, g = loss_and_gradient(p)
        assert columns.p[step] == pytest.approx(p, rel=1e-12)
        assert columns.loss[step] == pytest.approx(loss, rel=1e-12)
        _, h = loss_and_gradient(p - 0.3 * g)
        p = p - 0.3 * (g + h) / 2.0


def _rule(names):
    """Return a rule whose settings, shared lines and other lines have names of one's choice."""
    one, two, three, shared, own = names
    settings = (eta(0.3), *(Setting(name, "", "", "", 0.1, POSITIVE) for name in (one, two, three)))
    lines = f"""
        {shared} = {one}*t + exp({three})
        {own} = {two}*g + {shared}*w
        v_t = 0.5*v + {own}
        w_next = w - eta*v_t
    """
    return Rule(id="own", title="Own", summary="", settings=settings, lines=lines)


@every(
    "names",
    [
        ("b", "first", "end", "step", "state"),
        ("settings", "batches", "buffer", "pack", "range"),
        ("exp", "zip", "raised", "epoch", "eta0"),
        ("_k0", "_s0", "_loss", "_at", "_batch"),
        ("_x0", "_points", "w__w", "v__b", "b__"),
    ],
)
@every("batching", [BATCH(), STOCHASTIC()])
def test_names_of_a_rule_do_not_meet_those_of_the_loop(names, batching):
    decay = ScheduleKind("own", "own", "", (), "eta = eta0 / (1 + 0.1*step + epoch)")
    plain, other = (Run(_rule(each)(), batching, decay(), epochs=4) for each in ("acdpq", names))
    assert same(columns_of(plain), columns_of(other))


def test_a_momentum_may_follow_from_the_epoch():
    falling = ScheduleKind("own", "own", "", (), "gamma = gamma0 / (1 + epoch)")
    run = Run(RULES["momentum"](), STOCHASTIC(), momentum_schedule=falling(), epochs=3)
    assert columns_of(run).gamma[1:].tolist() == [0.9, 0.9, 0.45, 0.45, 0.9 / 3, 0.9 / 3]


def test_a_rate_may_follow_from_the_validation_loss_and_the_step():
    both = ScheduleKind("own", "own", "", (), "eta = eta0*0.5**rises / (1 + 0.001*step)")
    run = Run(RULES["momentum"](), STOCHASTIC(), both(), epochs=100)
    held_out = PointSet([0.5, 2.5], [0.9, 0.2])
    columns = columns_of(run, validation=held_out)
    assert same(columns, columns_of(run, validation=held_out, sizes=(1, 3)))
    rises = -np.log2(columns.eta[1:] * (1 + 0.001 * np.arange(200)))
    np.testing.assert_allclose(rises, rises.round(), atol=1e-9)
    assert rises.max().round() > 1


@every("batching", [STOCHASTIC(), MINI_BATCH(size=100), *SHUFFLED])
def test_the_first_steps_over_many_points_go_through_few_of_them(batching):
    calls = []
    experiment = one_run(Run(RULES["gd"](eta=1e-3), batching), _points(10_000))
    sys.setprofile(lambda *call: calls.append(call[1]))
    try:
        run_to_end(first_steps(experiment, experiment.runs[0], 3))
    finally:
        sys.setprofile(None)
    assert calls.count("call") < 5000


@pytest.mark.parametrize("points", [2, 60])
def test_a_saturated_start_is_no_warning(points):
    run = Run(start=(0.0, -800.0), epochs=2)
    assert columns_of(run, _points(points)).p.tolist() == [[0.0, -800.0]] * 3


@every("points", [1, 2, 9])
def test_a_start_of_minus_zero_is_zero(points):
    """The sign of a zero sum depends on what the sum begins with."""
    run = Run(start=(-0.0, -800.0), epochs=2)
    for w in columns_of(run, _points(points)).p[:, 0]:
        assert math.copysign(1.0, w) == 1.0


def test_a_schedule_that_looks_at_validation_points_prepares_them_once(monkeypatch):
    made, usual = [], loop.points_for_sum
    monkeypatch.setattr(loop, "points_for_sum", lambda *given: made.append(given) or usual(*given))
    counts = []
    for epochs in (2, 200):
        run = Run(RULES["adam"](), schedule=SCHEDULES["validation"](), epochs=epochs)
        made.clear()
        assert len(columns_of(run, _points(3), _points(4, seed=1)).loss) == epochs + 1
        counts.append(len(made))
    assert counts[0] == counts[1]
