"""Hypothesis strategies for values of the core: any that are allowed, and tame ones to compute with."""

from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
from hypothesis import strategies as st

from gdsim.core.model.batching import BATCHINGS
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.kept import KeptWindows
from gdsim.core.model.kept_windows import (
    BUDGET,
    STARTS,
    TRIALS,
    KeptAxis,
    KeptEntry,
    KeptMap,
    KeptRace,
    RaceTerms,
)
from gdsim.core.model.objective import ACTIVATIONS, LOSSES, FunctionObjective, NeuronObjective
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Fork, Run
from gdsim.core.model.view_range import ViewRange
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.schedules import CONSTANT_MOMENTUM, MOMENTUM_SCHEDULES, SCHEDULES
from gdsim.core.settings import EPOCHS, NUMBER, SEED

HUGE = 1.7e308
ANY_NUMBER = st.floats(NUMBER.low, NUMBER.high)
TAME = st.floats(-4.0, 4.0, allow_subnormal=False)


def values(domain):
    """Return a strategy for any value of a domain."""
    if domain.kind is bool:
        return st.booleans()
    low, high = max(domain.low, -HUGE), min(domain.high, HUGE)
    if domain.kind is int:
        return st.integers(int(low), min(int(high), 10**12))
    return st.floats(
        low, high, exclude_min=not domain.low_included, exclude_max=not domain.high_included and high < HUGE
    )


@cache
def configured(definition, value_of=values):
    """Return a strategy for a definition with any values."""
    return st.builds(
        definition, **{setting.name: value_of(setting.domain) for setting in definition.settings}
    )


def _tame_values(domain):
    if domain.kind is float:
        return st.floats(max(domain.low, 1e-3), min(domain.high, 0.99))
    return st.integers(1, 9) if domain.kind is int else st.booleans()


@cache
def optimizers(value_of=values):
    return st.one_of(*(configured(rule, value_of) for rule in RULES.values()))


def rule_variants():
    """Return every rule of the catalogue, with every combination of its switches."""
    return [variant for rule in RULES.values() for variant in switched(rule)]


def batching_variants():
    """Return every batching, with every combination of its switches."""
    return [variant for kind in BATCHINGS.values() for variant in switched(kind)]


def switched(definition):
    """Return a definition with every combination of its switches."""
    names = [setting.name for setting in definition.settings if setting.is_switch]
    return [
        definition(**dict(zip(names, values, strict=True)))
        for values in product([True, False], repeat=len(names))
    ]


def variant_id(variant):
    """Return the name of a variant, for the id of a test."""
    return "-".join([variant.id, *(name if on else f"no_{name}" for name, on in variant.switches().items())])


@cache
def batchings(value_of=values):
    return st.one_of(*(configured(kind, value_of) for kind in BATCHINGS.values()))


@cache
def schedules(*, validation=True, value_of=values):
    kinds = [kind for kind in SCHEDULES.values() if validation or not kind().needs_validation]
    return st.one_of(*(configured(kind, value_of) for kind in kinds))


def momentum_schedules(optimizer, value_of=values):
    if not optimizer.has_momentum:
        return st.just(CONSTANT_MOMENTUM())
    return st.one_of(*(configured(kind, value_of) for kind in MOMENTUM_SCHEDULES.values()))


@st.composite
def point_sets(draw, dimension, *, least=1, x=ANY_NUMBER, y=ANY_NUMBER):
    n = draw(st.integers(least, 6))
    xs = [[draw(x) for _ in range(dimension)] for _ in range(n)]
    return PointSet(np.reshape(xs, (n, dimension)), [draw(y) for _ in range(n)])


@st.composite
def windows(draw):
    ends = [sorted(draw(st.tuples(values(NUMBER), values(NUMBER)))) for _ in range(2)]
    view_range = ViewRange(*ends[0], *ends[1])
    return ViewRange() if view_range.fault() else view_range


@st.composite
def experiments(draw, *, with_forks=False):
    """Draw any experiment that can be described. Forks may be at any step, which is slow to compute."""
    dimension = draw(st.integers(1, 3))
    points = draw(point_sets(dimension))
    validation = draw(st.just(PointSet.empty(dimension)) | point_sets(dimension))
    runs = []
    for optimizer in draw(st.lists(optimizers(), max_size=3)):
        run = st.builds(
            Run,
            optimizer=st.just(optimizer),
            batching=batchings(),
            schedule=schedules(validation=len(validation) > 0),
            momentum_schedule=momentum_schedules(optimizer),
            start=st.tuples(*[values(NUMBER)] * (dimension + 1)),
            epochs=values(EPOCHS),
            seed=values(SEED),
            name=st.text(),
            colour=st.sampled_from(["", "#000000", "#1B6ef3"]),
            style=st.none() | st.integers(0, 40),
            hidden=st.booleans(),
        )
        runs.append(draw(run))
    parents = draw(st.lists(st.sampled_from(runs), max_size=2)) if runs and with_forks else []
    runs += [_fork_of(draw, parent) for parent in parents]
    texts = draw(st.tuples(st.text(), st.text()))
    objective = draw(objectives(of_plane=dimension == 1))
    kept = draw(kept_things())
    return Experiment(points, validation, tuple(runs), draw(windows()), *texts, objective, kept=kept)


@st.composite
def kept_axes(draw, setting=None):
    log, ends = draw(st.booleans()), st.floats(1e-6, 1e6)
    low, high = sorted(draw(st.lists(ends, min_size=2, max_size=2, unique=True)))
    seen = draw(st.none() | st.lists(ends, min_size=2, max_size=2, unique=True).map(sorted).map(tuple))
    return KeptAxis(setting or draw(st.text(min_size=1, max_size=20)), low, high, seen, log)


@st.composite
def kept_things(draw):
    """Draw anything that a document may keep of maps and races."""
    one_map = race = None
    if draw(st.booleans()):
        axes = draw(st.lists(kept_axes(), min_size=2, max_size=2, unique_by=lambda axis: axis.setting))
        names = draw(st.lists(st.text(), max_size=3))
        steps, below = draw(st.integers(1, 100_000)), draw(st.floats(1e-9, 1e9))
        one_map = KeptMap(*axes, steps, below, tuple(names))
    if draw(st.booleans()):
        entries = []
        for optimizer in draw(st.lists(optimizers(), min_size=1, max_size=3)):
            axis = draw(kept_axes(draw(st.sampled_from(sorted(optimizer.definition.names)))))
            entries.append(KeptEntry(optimizer, (KeptAxis(axis.setting, axis.low, axis.high),)))
        numbers = [draw(values(domain)) for domain in (BUDGET, TRIALS, STARTS)]
        on_grid, seed, below = draw(st.booleans()), draw(values(SEED)), draw(values(NUMBER))
        race = KeptRace(tuple(entries), RaceTerms(*numbers, on_grid, seed, below))
    return KeptWindows(one_map, race)


@st.composite
def objectives(draw, *, of_plane=True):
    """Draw any objective of a neuron or, if ``of_plane``, a function of w and b."""
    if of_plane and draw(st.booleans()):
        return FunctionObjective(draw(st.sampled_from(["w**2 + b", "sin(w)*exp(-b)", " 1 / (1 + w**2)"])))
    loss = draw(st.sampled_from(list(LOSSES)))
    return NeuronObjective(
        draw(st.sampled_from(list(ACTIVATIONS))),
        loss,
        draw(st.sampled_from(NeuronObjective.reductions_of(loss))),
        draw(st.sampled_from([0.0, 0.25])),
        draw(st.sampled_from([1.0, 0.125])) if loss == "huber" else 1.0,
    )


def _fork_of(draw, parent):
    """Draw a fork of a run, with any changes."""
    width = len(parent.start)
    fork = Fork(
        parent,
        draw(st.integers(parent.fork.step if parent.fork else 0, 10**9)),
        draw(st.just(()) | st.tuples(*[values(NUMBER)] * width)),
        draw(st.booleans()),
    )
    return replace(parent, fork=fork, name=draw(st.text()), epochs=draw(values(EPOCHS)))


@st.composite
def runs_with_points(draw, optimizer=None, *, validation_schedule=True):
    """Draw a run, points and validation points, few enough to compute and tame enough to stay finite."""
    dimension = draw(st.integers(1, 3))
    rule = draw(optimizers(_tame_values)) if optimizer is None else optimizer
    targets = st.floats(0.0, 1.0, allow_subnormal=False)
    points, validation = (draw(point_sets(dimension, x=TAME, y=targets)) for _ in range(2))
    run = Run(
        optimizer=rule,
        batching=draw(batchings(_tame_values)),
        schedule=draw(schedules(validation=validation_schedule, value_of=_tame_values)),
        momentum_schedule=draw(momentum_schedules(rule, _tame_values)),
        start=draw(st.tuples(*[TAME] * (dimension + 1))),
        epochs=draw(st.integers(1, 12)),
        seed=draw(values(SEED)),
    )
    return run, points, validation
