"""What is said of the direction of a step that was looked for."""

from dataclasses import replace

import numpy as np

from gdsim.core.analysis.searched import searched_step
from gdsim.core.analysis.update import update_of
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.searches import SEARCHES
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from tests.core.records import computed, scene

BOWL = FunctionObjective("w**2 + b**2")


def steps_of(experiment, run):
    (record,) = computed(replace(experiment, runs=(run,)))
    for t in range(1, record.last_step + 1):
        yield searched_step(update_of(replace(experiment, runs=(run,)), run, record.whole, t))


def test_a_direction_leads_uphill_or_downhill_as_the_loss_along_it_does():
    experiment, said = scene("valley"), set()
    rng = np.random.default_rng(8)
    for start in rng.uniform((-2.0, -10.0), (8.0, 8.0), (12, 2)).tolist():
        for rule, search in (("newton", "fixed"), ("newton", "list"), ("gd", "armijo")):
            optimizer = (RULES | SECOND_ORDER_RULES)[rule]()
            run = Run(optimizer, search=SEARCHES[search](), start=tuple(start), epochs=3)
            for found in steps_of(experiment, run):
                step = 1e-4 * found.direction / found.length
                rise = float(np.subtract(*experiment.training.loss(found.before + np.outer((1, -1), step))))
                if abs(rise) > 1e-12:
                    word = "uphill" if rise > 0.0 else "downhill"
                    assert f"leads {word}: g·d = {'+' if rise > 0.0 else '−'}" in found.sentence
                    said.add(word)
    assert said == {"uphill", "downhill"}


def test_where_the_loss_is_level_along_a_direction_it_leads_neither_way():
    run = Run(SECOND_ORDER_RULES["newton"](), start=(1.0, 2.0), epochs=4)
    *_, last = steps_of(replace(scene("valley"), objective=BOWL), run)
    assert last.sentence == "The loss is level along the direction: g·d = 0; the step ends at t = 1."
