"""Runs made as arrays that look for their steps, against those of the engine."""

from dataclasses import replace

import numpy as np

from gdsim.core.engine.ensemble import Differences
from gdsim.core.engine.search_loop import MadeUpdate, SearchLoop
from gdsim.core.engine.searched_ensemble import SearchedEnsemble
from gdsim.core.model.objective import FunctionObjective, NeuronObjective
from gdsim.core.model.plane_function import ORIGIN
from gdsim.core.model.point_loss import point_loss
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.model.search_checks import needs_points, takes_search
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.searches import SEARCHES
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from tests.every import WHOLE, every, some_of

RULES_OF_STEPS = {"gd": RULES["gd"]} | SECOND_ORDER_RULES
KINDS = [
    (rule, search)
    for rule in RULES_OF_STEPS
    for search in (SEARCHES if takes_search(RULES_OF_STEPS[rule]()) else ["fixed"])
    if (rule, search) != ("gd", "fixed")
]
# Objective, inputs, points. There is no exp, log or power, of which NumPy has another last bit.
LOSSES = [
    (NeuronObjective("relu", "huber", l2=0.3, delta=0.4), 1, 7),
    (NeuronObjective("identity", reduction="mean"), 3, 20),
    (
        NeuronObjective("relu", "absolute", l2=0.1),
        9,
        12,
    ),  # so many parameters NumPy may add up in its own order
    (FunctionObjective("(w**2 + b - 11)**2 + (w + b**2 - 7)**2"), 1, 0),
]
STEPS, COUNT = (6, 8) if WHOLE else (5, 3)
STRICT = {"wolfe": {"c2": 0.1}}  # so that it looks between two steps, from either side


def loss_over(objective, dimension, points):
    rng = np.random.default_rng(dimension)
    if not points:
        return point_loss(ORIGIN, objective)
    x, y = rng.normal(size=(points, dimension)), rng.uniform(size=points)
    return point_loss(PointSet(x, y), objective)


@every(("number", "rule", "search"), [(number, *kind) for number, kind in enumerate(KINDS)])
def test_arrays_are_the_runs_of_the_engine_to_the_last_bit(number, rule, search):
    compared = 0
    for objective, dimension, points in some_of(LOSSES, number, 2):
        optimizer = RULES_OF_STEPS[rule](eta=0.7)
        if needs_points(optimizer) and not points:
            continue
        data = loss_over(objective, dimension, points)
        starts = np.random.default_rng(8).normal(size=(COUNT, dimension + 1)) * 3.0
        run = Run(
            optimizer, search=SEARCHES[search](**STRICT.get(search, {})), start=tuple(starts[0].tolist())
        )
        loops = [SearchLoop(replace(run, start=tuple(start)), data) for start in starts.tolist()]
        runs, going = SearchedEnsemble(run, data, starts, Differences()), np.arange(COUNT)
        for _ in range(STEPS):
            with np.errstate(all="ignore"):
                list(runs.advancing())
            made = np.array([isinstance(loops[one].update(), MadeUpdate) for one in going])
            for place in np.flatnonzero(made).tolist():
                loop = loops[going[place]]
                assert tuple(runs.p[place].tolist()) == loop.p
                assert runs.cost[:, place].tolist() == loop.cost
                compared += 1
            goes_on = np.ones(len(going), bool)
            for ended in runs.ended.values():
                goes_on &= ~ended
            np.testing.assert_array_equal(goes_on, made)
            if not made.any():
                break
            runs.keep(made)
            going = going[made]
    assert compared > COUNT
