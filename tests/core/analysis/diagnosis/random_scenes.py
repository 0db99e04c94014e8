"""Random scenes, each from a seed: with any rule, batching and schedules, few points and few steps."""

from dataclasses import replace

import numpy as np

from gdsim.core.model.batching import BATCHINGS
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import ACTIVATIONS, LOSSES, FunctionObjective, NeuronObjective
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Fork, Run
from gdsim.core.model.search_checks import takes_search
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.own_rule import own_rule
from gdsim.core.rules.schedules import CONSTANT_MOMENTUM, MOMENTUM_SCHEDULES, SCHEDULES
from gdsim.core.rules.searches import SEARCHES
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from tests.core.model.plain_losses import FUNCTIONS


def random_scene(seed, rules=()):
    """Return an experiment with one run of about 60 to 200 updates, by any rule or one of ``rules``."""
    rng = np.random.default_rng([20, seed])
    dimension = int(rng.choice([1, 1, 1, 2, 3]))
    points = _points(rng, int(rng.choice([1, 2, 2, 3, 4, 6, 9, 17])), dimension)
    validation = _points(rng, int(rng.integers(1, 5)), dimension)
    batching = _configured(rng, rng.choice(list(BATCHINGS.values())))
    epochs = max(1, int(rng.integers(60, 200)) // batching.updates_per_epoch(len(points)))
    optimizer = _configured(rng, rng.choice(list(rules or RULES.values())))
    momenta = list(MOMENTUM_SCHEDULES.values()) if optimizer.has_momentum else [CONSTANT_MOMENTUM]
    run = Run(
        optimizer,
        batching,
        _configured(rng, rng.choice(list(SCHEDULES.values()))),
        _configured(rng, rng.choice(momenta)),
        tuple(np.round(rng.uniform(-5.0, 5.0, dimension + 1), 2).tolist()),
        epochs,
        int(rng.integers(10)),
    )
    if rng.random() < 0.03:  # with a rate so large that it may diverge
        eta = float(10.0 ** rng.uniform(150.0, 308.0))
        run = replace(run, optimizer=run.optimizer.replace(eta=eta))
        points = PointSet(points.x * 10.0 ** rng.integers(0, 90), points.y)
    return Experiment(points, validation, (run,))


def random_second_order(seed):
    """Return a random scene whose run follows a second-order rule."""
    rng = np.random.default_rng([23, seed])
    experiment = random_scene(seed) if seed % 2 else random_objective(seed)
    rule = SECOND_ORDER_RULES[str(rng.choice(list(SECOND_ORDER_RULES)))]
    if isinstance(experiment.objective, FunctionObjective):
        rule = SECOND_ORDER_RULES["newton"]  # some of the others need a loss of points
    run = Run(rule(), start=experiment.runs[0].start, epochs=60)
    if seed % 3 == 0 and takes_search(run.optimizer):
        run = replace(run, search=SEARCHES["armijo"]())
    return replace(experiment, runs=(run,))


def random_searched(seed):
    """Return a random scene with a run of gradient descent that searches for its step length."""
    rng = np.random.default_rng([24, seed])
    experiment = random_scene(seed) if seed % 2 else random_objective(seed)
    searches = [search for name, search in SEARCHES.items() if name != "fixed"]
    optimizer = RULES["gd"](eta=float(10.0 ** rng.uniform(-2.0, 1.5)))
    search = searches[int(rng.integers(len(searches)))]()
    run = Run(optimizer, start=experiment.runs[0].start, epochs=60, search=search)
    return replace(experiment, runs=(run,))


def random_objective(seed):
    """Return a random scene with an objective of any kind, among them functions of w and b."""
    rng = np.random.default_rng([21, seed])
    experiment = random_scene(seed)
    run = experiment.runs[0]
    if run.optimizer.eta > 100.0:
        return replace(experiment, objective=_neuron_objective(rng))
    if rng.random() < 0.4:  # a function, without noise or with slopes whose mean is near 0
        slopes = (
            rng.normal(0.0, 0.5, (int(rng.choice([3, 8])), 2)) if rng.random() < 0.4 else np.zeros((1, 2))
        )
        points = PointSet(slopes[:, :1].round(3), slopes[:, 1].round(3))
        optimizer = run.optimizer.replace(eta=run.optimizer.eta / float(rng.choice([1.0, 10.0, 100.0])))
        run = replace(
            run, optimizer=optimizer, start=run.start[:1] + run.start[-1:], epochs=min(run.epochs, 100)
        )
        function = FunctionObjective(str(rng.choice(list(FUNCTIONS))))
        return Experiment(points, points, (run,), objective=function)
    return replace(experiment, objective=_neuron_objective(rng))


def random_fork(seed):
    """Return a random scene with a fork, which may have another rate or rule than its parent, and a nudge."""
    rng = np.random.default_rng([22, seed])
    experiment = random_scene(seed) if rng.random() < 0.5 else random_objective(seed)
    parent, other = experiment.runs[0], random_scene(seed + 7000).runs[0]
    nudge = tuple(rng.normal(0.0, 0.5, len(parent.start)).round(3)) if rng.random() < 0.3 else ()
    fork = Fork(parent, int(rng.integers(1, 40)), nudge, bool(rng.random() < 0.7))
    run = replace(parent, fork=fork)
    match rng.integers(3):
        case 0:
            eta = parent.optimizer.eta * float(10.0 ** rng.uniform(-1.0, 1.0))
            run = replace(run, optimizer=parent.optimizer.replace(eta=min(eta, 1e300)))
        case 1:
            same = dict(vars(other), fork=fork, epochs=max(other.epochs, parent.epochs))
            kept = ("optimizer", "batching", "schedule", "momentum_schedule", "fork", "epochs")
            run = replace(run, **{key: same[key] for key in kept})
    return replace(experiment, runs=(run,))


def random_typed(seed):
    """Return a random scene whose rule is typed, with the lines of one of the catalogue."""
    experiment = random_scene(seed) if seed % 2 else random_objective(seed)
    run, known = experiment.runs[0], experiment.runs[0].optimizer
    typed = own_rule(f"{known.title} typed", known.definition.lines, known.definition.settings)
    optimizer = typed(**dict(known.items()))
    return replace(experiment, runs=(replace(run, optimizer=optimizer, name="typed"),))


def _neuron_objective(rng):
    loss = str(rng.choice(list(LOSSES)))
    return NeuronObjective(
        str(rng.choice(list(ACTIVATIONS))),
        loss,
        str(rng.choice(NeuronObjective.reductions_of(loss))),
        float(rng.choice([0.0, 0.0, 0.1])),
        float(rng.choice([1.0, 0.2])) if loss == "huber" else 1.0,
    )


def _points(rng, n, dimension):
    x = np.round(rng.uniform(-3.0, 3.0, (n, dimension)), int(rng.integers(1, 7)))
    x[rng.random((n, dimension)) < rng.choice([0.0, 0.0, 0.3, 0.7])] = 0.0
    if rng.random() < 0.5:  # targets that a neuron can fit
        w = rng.uniform(-3.0, 3.0, dimension + 1)
        y = 1.0 / (1.0 + np.exp(-(x @ w[:-1] + w[-1])))
    else:
        y = rng.random(n) if rng.random() < 0.8 else rng.integers(0, 2, n)
    return PointSet(x, np.round(y, 3))


def _configured(rng, definition):
    """Configure a definition: each setting at its default, within its slider's range, or at 0."""
    values = {}
    for setting in definition.settings:
        if setting.name == "eta" and rng.random() < 0.8:
            values["eta"] = float(f"{np.exp(rng.uniform(np.log(0.01), np.log(20.0))):.4g}")
            continue
        if setting.is_switch:
            values[setting.name] = bool(rng.random() < 0.5)
        elif rng.random() < 0.6:
            share = rng.random()
            low, high = np.log([setting.low, setting.high]) if setting.log else (setting.low, setting.high)
            value = low + share * (high - low)
            value = float(np.exp(value)) if setting.log else float(value)
            values[setting.name] = round(value) if isinstance(setting.default, int) else value
        elif rng.random() < 0.1 and setting.domain.low_included and setting.domain.low == 0.0:
            values[setting.name] = 0.0
    return definition(**values)
