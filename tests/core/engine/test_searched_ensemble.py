"""Runs made as arrays that look for their steps, against those of the engine."""

import math
from dataclasses import replace

import numpy as np

from gdsim.core.engine.ensemble import LONG, Differences, RunEnd
from gdsim.core.engine.search_loop import SearchLoop
from gdsim.core.engine.searched_ensemble import SearchedEnsemble
from gdsim.core.engine.trajectory import RunStop, StopReason
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.objective import FunctionObjective, NeuronObjective
from gdsim.core.model.plane_function import ORIGIN
from gdsim.core.model.point_loss import point_loss
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.model.search_checks import needs_points
from gdsim.core.rules.searches import SEARCHES
from tests.core.searched_kinds import DIRECTIONS, KINDS
from tests.every import WHOLE, every, some_of

STEPS, COUNT = (6, 8) if WHOLE else (5, 3)
STRICT = {"wolfe": {"c2": 0.1}}  # so that it looks between two steps, from either side


def random_loss(objective, dimension, points):
    """Return a loss over random points, or that of a function, and where runs start."""
    rng = np.random.default_rng(dimension)
    x, y = rng.normal(size=(points, dimension)), rng.uniform(size=points)
    starts = np.random.default_rng(8).normal(size=(COUNT, dimension + 1)) * 3.0
    return point_loss(PointSet(x, y) if points else ORIGIN, objective), starts


# Over few points there is no exp, log or power, of which NumPy has another last bit.
LOSSES = [
    random_loss(NeuronObjective("relu", "huber", l2=0.3, delta=0.4), 1, 7),
    random_loss(NeuronObjective("identity", reduction="mean"), 3, 20),
    # So many parameters NumPy may add up in its own order.
    random_loss(NeuronObjective("relu", "absolute", l2=0.1), 9, 12),
    random_loss(FunctionObjective("(w**2 + b - 11)**2 + (w + b**2 - 7)**2"), 1, 0),
    random_loss(NeuronObjective(), 1, LONG),
]
# Where runs start at an infinite loss.
STEEP = [
    (
        point_loss(PointSet([1e80, 3e80], [0.0, 1.0]), NeuronObjective("identity")),
        np.array([[1e90, 0.5], [-1e80, -3.0]]),
    ),
    (point_loss(ORIGIN, FunctionObjective("exp(w)*(1 + b**2)")), np.array([[1000.0, 0.5], [800.0, -3.0]])),
]


CASES = [(number, *kind, math.inf) for number, kind in enumerate(KINDS)]
CASES += [(number, *kind, 3.0) for number, kind in some_of(enumerate(KINDS), 0, 3)]


def end_of_update(loop, most):
    """Make an update of the engine; return how its run ends, or None if it goes on."""
    made = loop.update()
    if isinstance(made, RunStop):
        return RunEnd.DIVERGED if made.reason is StopReason.DIVERGED else RunEnd.STOPPED
    return RunEnd.OVER if loop.cost[0] >= most else None


@every(("number", "rule", "search", "most"), CASES)
def test_arrays_are_the_runs_of_the_engine_to_the_last_bit(number, rule, search, most):
    """Where they go, what they ask for, and how they end, with as many gradients as they like or few."""
    compared, optimizer = 0, DIRECTIONS[rule](eta=0.7)
    for data, starts in (*some_of(LOSSES, number, 2), *STEEP):
        if needs_points(optimizer) and not isinstance(data, Neuron):
            continue
        run = Run(
            optimizer, search=SEARCHES[search](**STRICT.get(search, {})), start=tuple(starts[0].tolist())
        )
        loops = [SearchLoop(replace(run, start=tuple(start)), data) for start in starts.tolist()]
        runs, going = SearchedEnsemble(run, data, starts, Differences(), most), np.arange(len(starts))
        for _ in range(STEPS):
            spent = [list(loops[one].cost) for one in going]
            with np.errstate(all="ignore"):
                list(runs.advancing())
            ends = [end_of_update(loops[one], most) for one in going]
            for place, (one, end) in enumerate(zip(going, ends, strict=True)):
                assert next((kind for kind, which in runs.ended.items() if which[place]), None) is end
                # An update that would ask for too much is not made.
                is_too_much = end is RunEnd.OVER and loops[one].cost[0] > most
                assert runs.cost[:, place].tolist() == (spent[place] if is_too_much else loops[one].cost)
                if end in (None, RunEnd.OVER) and not is_too_much:
                    assert tuple(runs.p[place].tolist()) == loops[one].p
                    compared += 1
            goes_on = np.array([end is None for end in ends])
            if not goes_on.any():
                break
            runs.keep(goes_on)
            going = going[goes_on]
    assert compared > COUNT or most < math.inf
