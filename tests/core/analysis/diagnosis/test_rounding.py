"""Where page Why says that digits mean nothing, held against the same run with fifty digits."""

from dataclasses import replace
from decimal import Decimal, localcontext

import numpy as np

from gdsim.core.analysis.diagnosis import FindingKind
from gdsim.core.analysis.diagnosis.evidence import gathering_evidence
from gdsim.core.analysis.diagnosis.probes import twin_of
from gdsim.core.analysis.diagnosis.rounding import roundings as diagnose_roundings
from gdsim.core.model.batching import STOCHASTIC
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.schedules import SCHEDULES
from tests.core.records import computed, diagnose, one_run, scene
from tests.every import every, some_of

# How far apart the first steps may be at which a twin and the fifty digits differ by a tenth.
ABOUT = 8


def points_of(seed, n):
    rng = np.random.default_rng(seed)
    return PointSet(rng.uniform(-3.0, 3.0, n).round(2), rng.random(n).round(2))


def exact_losses(run, points):
    """The losses of gradient descent, with momentum or with Nesterov's look ahead, in fifty digits."""
    with localcontext() as context:
        context.prec = 50
        xs, ys = ([Decimal(value) for value in column.tolist()] for column in (points.x[:, 0], points.y))
        eta, (w, b) = Decimal(run.optimizer.eta), map(Decimal, run.start)
        gamma = Decimal(run.optimizer.gamma) if run.optimizer.has_momentum else Decimal(0)
        ahead = run.optimizer.id == "nesterov"
        v, u, losses = Decimal(0), Decimal(0), []

        def errors(w, b):
            outputs = [1 / (1 + (-(w * x + b)).exp()) for x in xs]
            return [(f, f - y) for f, y in zip(outputs, ys, strict=True)]

        for _ in range(run.epochs + 1):
            losses.append(float(sum(error * error for _, error in errors(w, b)) / 2))
            place = (w - gamma * v, b - gamma * u) if ahead else (w, b)
            slopes = [error * f * (1 - f) for f, error in errors(*place)]
            v = gamma * v + eta * sum(slope * x for slope, x in zip(slopes, xs, strict=True))
            u = gamma * u + eta * sum(slopes)
            w, b = w - v, b - u
        return np.array(losses)


def roundings(run, points):
    experiment = one_run(run, points)
    (trajectory,) = computed(experiment)
    findings = diagnose(experiment, run, trajectory.whole, trajectory.stop)
    return trajectory.whole.loss, [one for one in findings if one.kind is FindingKind.ROUNDING]


CHAOTIC = [
    (RULES["gd"](eta=8.0), 0, 6),
    (RULES["gd"](eta=8.0), 24, 17),
    (RULES["gd"](eta=20.0), 10, 6),
    (RULES["momentum"](eta=4.0), 19, 6),
    (RULES["nesterov"](eta=4.0, gamma=0.95), 6, 6),
]
TAME = [
    (RULES["gd"](eta=8.0), 5, 17),
    (RULES["gd"](eta=1.0), 3, 6),
    (RULES["nesterov"](eta=4.0, gamma=0.95), 3, 6),
]


@every(("rule", "seed", "n"), CHAOTIC)
def test_the_digits_mean_nothing_from_the_step_on_that_is_named(rule, seed, n):
    run = Run(rule, start=(-1.0, 1.0), epochs=120)
    loss, (found,) = roundings(run, points_of(seed, n))
    apart = np.abs(loss / exact_losses(run, points_of(seed, n)) - 1.0)
    first = int(np.argmax(apart > 0.1))
    assert abs(found.first - first) <= ABOUT
    assert apart[: first - ABOUT].max() < 0.1
    assert np.median(apart[first:]) > 0.02  # and so they stay
    assert found.last == 120


@every(("rule", "seed", "n"), TAME)
def test_nothing_is_said_where_they_are_right(rule, seed, n):
    run = Run(rule, start=(-1.0, 1.0), epochs=120)
    loss, found = roundings(run, points_of(seed, n))
    assert found == []
    np.testing.assert_allclose(loss, exact_losses(run, points_of(seed, n)), rtol=1e-3)


def test_nor_on_the_lecture_s_scenes():
    for name in ("first-neuron", "valley", "another-start", "sparse"):
        for run in some_of(scene(name).runs, 0, 2):
            assert roundings(run, scene(name).points)[1] == []


def test_what_comes_to_the_same_place_again_has_its_digits_back():
    """At a rate that falls, the chaos ends: then so does the finding."""
    run = Run(
        RULES["gd"](eta=8.0),
        schedule=SCHEDULES["step"](factor=0.05, every=100),
        start=(-1.0, 1.0),
        epochs=300,
    )
    _, found = roundings(run, points_of(0, 6))
    assert found
    assert found[-1].last < 200
    assert f"From step {found[-1].first} to {found[-1].last} the digits" in found[-1].sentence


def test_the_work_is_bounded():
    """Of a long run the first steps are computed twice, of very many points none."""
    run = Run(RULES["gd"](eta=0.01), STOCHASTIC(), epochs=150_000)
    long = one_run(run)
    (trajectory,) = computed(long, sizes=(4096,))
    twin = run_to_end(twin_of(long, run, trajectory.whole))
    assert 100_000 < len(twin.loss) < 250_000
    many = PointSet(np.linspace(-1.0, 1.0, 3_000_000), np.full(3_000_000, 0.5))
    assert run_to_end(twin_of(one_run(Run(), many), Run(), trajectory.whole.head(3))) is None


def test_a_single_step_is_no_stretch():
    run = Run(RULES["gd"](eta=0.1), start=(-1.0, 1.0), epochs=60)
    experiment = one_run(run, points_of(0, 6))
    (trajectory,) = computed(experiment)
    evidence = run_to_end(gathering_evidence(experiment, run, trajectory.whole, trajectory.stop))
    other = trajectory.whole.loss.copy()
    other[30] *= 1.5
    (found,) = diagnose_roundings(replace(evidence, twin=evidence.twin._replace(loss=other)))
    assert found.sentence.startswith("At step 30 the digits of the loss mean nothing")
    assert (found.first, found.last) == (30, 30)
