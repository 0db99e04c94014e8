"""Neurons, losses and functions of w and b, against arithmetic that shares no line with the program."""

import math
import re
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from gdsim.core.engine.loop import gradient_at, loss_at
from gdsim.core.engine.runs import first_steps
from gdsim.core.model.batching import BATCH, MINI_BATCH, STOCHASTIC
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.objective import ACTIVATIONS, LOSSES, FunctionObjective, NeuronObjective
from gdsim.core.model.plane_function import PlaneFunction
from gdsim.core.model.point_loss import point_loss as objective_over
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from gdsim.core.settings import InvalidValue
from tests.core.model.plain_losses import PlainLoss
from tests.every import WHOLE, every, in_turn

OBJECTIVES = [
    NeuronObjective(activation, loss, reduction, l2, delta if loss == "huber" else 1.0)
    for activation, loss in product(ACTIVATIONS, LOSSES)
    for reduction in NeuronObjective.reductions_of(loss)
    for l2, delta in ((0.0, 1.0), (0.3, 0.4))
]


def slopes(function, p, h=1e-5):
    """Return central differences of a function of a list."""

    def moved(index, by):
        return [value + by * (place == index) for place, value in enumerate(p)]

    return [(function(moved(q, h)) - function(moved(q, -h))) / (2.0 * h) for q in range(len(p))]


def some_points(rng, n, dimension):
    return PointSet(rng.normal(size=(n, dimension)), rng.uniform(size=n))


@every(("objective", "size"), in_turn(OBJECTIVES, [(2, 1), (20, 2), (60, 1)]))
def test_loss_gradient_and_hessian_are_those_of_the_definition(objective, size):
    n, dimension = size
    rng = np.random.default_rng(n)
    points = some_points(rng, n, dimension)
    neuron, plain = Neuron.fitting(points, objective), PlainLoss(points, objective)
    for p in rng.normal(size=(3, dimension + 1)).tolist():
        expected = plain.loss(p)
        assert loss_at(neuron, p) == pytest.approx(expected, rel=1e-12)
        assert neuron.loss(np.array(p)) == pytest.approx(expected, rel=1e-12)
        assert gradient_at(neuron, p) == pytest.approx(plain.gradient(p), rel=1e-12, abs=1e-14)
        assert neuron.gradient(np.array(p)) == pytest.approx(gradient_at(neuron, p), rel=1e-12, abs=1e-14)
        assert neuron.hessian(np.array(p)) == pytest.approx(plain.hessian(p), rel=1e-6, abs=1e-6)


@every(("objective", "z"), product(OBJECTIVES, [-800.0, 800.0]))
def test_a_saturated_neuron_does_not_overflow(objective, z, recwarn):
    points = PointSet([1.0, -1.0], [0.0, 1.0])
    neuron = Neuron.fitting(points, objective)
    place = np.array([z, 0.0])
    with np.errstate(over="ignore"):  # as the callers of the gradient set it
        numbers = [neuron.loss(place), *neuron.gradient(place), *neuron.hessian(place).ravel()]
    assert np.isfinite(numbers).all()
    assert loss_at(neuron, place.tolist()) == pytest.approx(PlainLoss(points, objective).loss(place))
    assert not recwarn.list


@every(("objective", "batching"), in_turn(OBJECTIVES, [BATCH(), STOCHASTIC(), MINI_BATCH(size=4)]))
def test_a_run_follows_the_gradient_of_its_batches(objective, batching):
    """Momentum by a loop of the test's own, on gradients by complex steps of the losses' definitions."""
    n = 14
    rng = np.random.default_rng(3)
    points = some_points(rng, n, 1)
    run = Run(RULES["momentum"](eta=0.05, gamma=0.5), batching, start=(0.4, -0.3), epochs=3)
    experiment = Experiment(points, PointSet.empty(), (run,), objective=objective)
    record = run_to_end(first_steps(experiment, experiment.runs[0], 100)).whole
    p, v, size = np.array(run.start), np.zeros(2), run.batching.batch_size(n)
    plain = PlainLoss(points, objective)
    for t in range(1, len(record.loss)):
        rows = run.batching.rows(n, t, run.seed)
        # Of a sum, a batch has its share of the penalty.
        share = 1.0 if objective.reduction == "mean" else len(rows) / n
        batch = PlainLoss(points.taken(rows), replace(objective, l2=objective.l2 * share))
        v = 0.5 * v + 0.05 * batch.gradient(p)
        p = p - v
        assert record.p[t] == pytest.approx(p, rel=1e-9, abs=1e-11)
        assert record.loss[t] == pytest.approx(plain.loss(p), rel=1e-9)
    assert len(record.loss) == 1 + 3 * -(-n // size)


def test_cross_entropy_of_a_sigmoid_bends_up_everywhere():
    rng = np.random.default_rng(0)
    neuron = Neuron.fitting(some_points(rng, 6, 1), NeuronObjective(loss="cross-entropy"))
    hessian = neuron.hessian(rng.normal(scale=8.0, size=(100_000, 2)))
    assert np.linalg.eigvalsh(hessian).min() > -1e-12


# ------------------------------------------------------------------------------- functions of w and b


FUNCTIONS = {
    "bowl": ("0.5*(w**2 + 10*b**2)", lambda w, b: 0.5 * (w * w + 10.0 * b * b)),
    "rosenbrock": (
        "(1 - w)**2 + 100*(b - w**2)**2",
        lambda w, b: (1.0 - w) ** 2 + 100.0 * (b - w**2) ** 2,
    ),
    "waves": ("sin(3*w)*cos(b) + tanh(w*b)", lambda w, b: math.sin(3 * w) * math.cos(b) + math.tanh(w * b)),
    "bell": ("-exp(-w**2 - b**2)", lambda w, b: -math.exp(-w * w - b * b)),
    "root": ("sqrt(1 + w**2 + abs(b))", lambda w, b: math.sqrt(1.0 + w * w + abs(b))),
    "chosen": ("where(w > b, (w - b)**3, log1p(b - w))", None),
    "power": ("(1 + w**2)**b / (2 + cos(w))", lambda w, b: (1.0 + w * w) ** b / (2.0 + math.cos(w))),
    "logs": ("log(1 + w**2) + log2(2 + b**2)", lambda w, b: math.log(1 + w * w) + math.log2(2 + b * b)),
    "largest": ("max(w**2, b) - min(w, b**2)", lambda w, b: max(w * w, b) - min(w, b * b)),
}


@every("name", FUNCTIONS)
def test_a_function_has_its_gradient_and_curvature(name):
    text, plain = FUNCTIONS[name]
    rng = np.random.default_rng(1)
    data = PlaneFunction.over(PointSet([0.25, -0.25], [0.5, -0.5]), FunctionObjective(text))
    for p in rng.uniform(-1.5, 1.5, size=(200 if WHOLE else 20, 2)).tolist():
        if plain:
            assert loss_at(data, p) == pytest.approx(plain(*p), rel=1e-12)
        assert data.loss(np.array(p)) == pytest.approx(loss_at(data, p), rel=1e-12)
        gradient = slopes(lambda q: loss_at(data, q), p)
        assert gradient_at(data, p) == pytest.approx(gradient, rel=1e-6, abs=1e-6)
        assert data.gradient(np.array(p)) == pytest.approx(gradient_at(data, p), rel=1e-12, abs=1e-13)
        bent = np.array([slopes(lambda q, i=i: gradient_at(data, q)[i], p) for i in range(2)])
        assert data.hessian(np.array(p)) == pytest.approx(bent, rel=1e-5, abs=1e-5)


@every(
    ("objective", "part"),
    in_turn(
        [*OBJECTIVES, *(FunctionObjective(text) for text, _ in FUNCTIONS.values())], [slice(None), slice(5)]
    ),
)
def test_loss_and_gradient_together_are_those_alone_to_the_last_bit(objective, part):
    rng = np.random.default_rng(3)
    data = objective_over(PointSet(rng.normal(size=60), rng.uniform(size=60)), objective).rows(part)
    places = rng.uniform(-1.5, 1.5, size=(2000, 2))  # more than are computed at once
    loss, gradient = data.loss_and_gradient(places)
    np.testing.assert_array_equal(loss, data.loss(places))
    np.testing.assert_array_equal(gradient, data.gradient(places))


@every("batching", [BATCH(), STOCHASTIC(), MINI_BATCH(size=3)], ids=["batch", "1", "3"])
@every("n", [1, 7, 20, 70])
def test_points_of_a_function_are_slopes_whose_mean_an_update_sees(batching, n):
    rng = np.random.default_rng(2)
    points = PointSet(rng.normal(size=n), rng.normal(size=n))
    run = Run(RULES["gd"](eta=0.05), batching, start=(1.0, -0.5), epochs=4)
    experiment = Experiment(
        points, PointSet.empty(), (run,), objective=FunctionObjective("w**2/2 + 2*b**2 + w*b")
    )
    record = run_to_end(first_steps(experiment, experiment.runs[0], 300)).whole
    w, b = run.start
    for t in range(1, len(record.loss)):
        rows = run.batching.rows(n, t, run.seed)
        dw = w + b + points.x[rows, 0].mean()
        db = 4.0 * b + w + points.y[rows].mean()
        w, b = w - 0.05 * dw, b - 0.05 * db
        assert record.p[t] == pytest.approx([w, b], rel=1e-11)
        value = w * w / 2.0 + 2.0 * b * b + w * b + points.x.mean() * w + points.y.mean() * b
        assert record.loss[t] == pytest.approx(value, rel=1e-10, abs=1e-13)


@every(
    "text",
    [
        *("1/w", "log(w)", "w**0.5 + b", "exp(exp(w))", "w**(-3)", "sqrt(-1 - w**2)"),
        # What is beyond the floats is in the derivative alone.
        *("w*1e308*2 + b", "(w + 1e308*b)**2", "w**3 - 3*w*b*1e308", "1e308*w + 1e308*w + b"),
    ],
)
@every("p", [(0.0, 0.0), (-1.0, 2.0), (800.0, 0.0)])
def test_what_has_no_value_is_infinite_or_no_number(text, p):
    data = PlaneFunction.over(PointSet([0.0], [0.0]), FunctionObjective(text))
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(loss_at(data, p), data.loss(np.array(p)))
        np.testing.assert_allclose(gradient_at(data, p), data.gradient(np.array(p)))


def test_a_batch_of_a_function_is_added_up_where_it_has_no_value():
    """The guarded sum of a batch that has no lines of its own for each point."""
    run = Run(RULES["gd"](), MINI_BATCH(size=2, shuffle=True), start=(-0.5, 0.9), epochs=2)
    points = PointSet([0.3, 0.3, -0.2], [0.1, -0.5, 0.2])
    experiment = Experiment(points, PointSet.empty(), (run,), objective=FunctionObjective("log(w) + b**2"))
    trajectory = run_to_end(first_steps(experiment, experiment.runs[0], 4))
    assert trajectory.stop is not None
    assert trajectory.whole.p[1] == pytest.approx(_after_one_step(run, points))


def _after_one_step(run, points):
    rows = run.batching.rows(len(points), 1, run.seed)
    w, b = run.start
    return w - (1.0 / w + points.x[rows, 0].mean()), b - (2.0 * b + points.y[rows].mean())


def test_a_run_down_an_endless_slope_ends_in_a_sentence():
    run = Run(RULES["gd"](eta=0.5), start=(1.0, 1.0), epochs=10_000)
    experiment = Experiment(
        PointSet([0.0], [0.0]), PointSet.empty(), (run,), objective=FunctionObjective("w**2 - b**2")
    )
    trajectory = run_to_end(first_steps(experiment, experiment.runs[0], 10_000))
    assert trajectory.stop is not None
    assert re.fullmatch(r"Diverged at step \d+: .*", trajectory.stop.sentence)
    assert np.isfinite(trajectory.whole.p).all()


def test_comments_are_no_part_of_a_function():
    lines = FunctionObjective("w**2  # a bowl\n+ b**2  # in both").lines
    assert lines == FunctionObjective("w**2 + b**2").lines
    with pytest.raises(InvalidValue, match="q"):
        FunctionObjective("w  # q\n + q")
    for line_break in ("\r", "\r\n", "\u2028"):
        assert FunctionObjective(f"w**2  # a bowl{line_break}+ b**2").lines == lines


WRONG = {
    "activation": (lambda: NeuronObjective("step"), "activation"),
    "list": (lambda: NeuronObjective(loss=["squared"]), "loss"),  # type: ignore[arg-type]
    "half": (lambda: NeuronObjective(loss="huber", reduction="half-sum"), "reduction"),
    "penalty": (lambda: NeuronObjective(l2=-1.0), "l2"),
    "other": (lambda: NeuronObjective(delta=0.5), "delta"),
    "delta": (lambda: NeuronObjective(loss="huber", delta=0.0), "delta"),
    "name": (lambda: FunctionObjective("w + q"), "function"),
    "unfinished": (lambda: FunctionObjective("w +"), "function"),
    "call": (lambda: FunctionObjective("__import__('os')"), "function"),
}


@every("case", WRONG)
def test_what_there_is_not_is_refused(case):
    wrong, key = WRONG[case]
    with pytest.raises(InvalidValue) as caught:
        wrong()
    assert caught.value.key == key


@every(
    ("loss", "reduction", "other", "wanted"),
    [
        ("squared", "", "cross-entropy", "sum"),
        ("squared", "sum", "cross-entropy", "sum"),
        ("squared", "mean", "cross-entropy", "mean"),
        ("cross-entropy", "", "squared", "half-sum"),
        ("cross-entropy", "mean", "squared", "mean"),
        ("huber", "mean", "absolute", "mean"),
        ("squared", "sum", "squared", "sum"),
    ],
)
def test_another_loss_of_the_same_neuron_is_put_together_alike(loss, reduction, other, wanted):
    one = NeuronObjective("tanh", loss, reduction, 0.5)
    found = one.with_loss(other)
    assert (found.activation, found.loss, found.reduction, found.l2) == (one.activation, other, wanted, 0.5)
