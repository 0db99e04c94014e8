"""The edge between runs that settle and runs that do not is where theory says, and so is the line over it."""

from dataclasses import replace

import numpy as np
import pytest

from gdsim.core.exercises.maps.axes import MapAxis
from gdsim.core.exercises.maps.limit_lines import lines_of_limit, lines_where_one
from gdsim.core.exercises.maps.map_computation import computing_maps
from gdsim.core.exercises.maps.outcome import Outcome, OutcomePlan
from gdsim.core.exercises.run_settings import settings_of
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.plane_function import ORIGIN
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from tests.every import every

# On a parabola of curvature λ: η λ below which the rule settles.
LIMITS = {
    "momentum": lambda gamma: 2.0 * (1.0 + gamma),
    "nesterov": lambda gamma: (2.0 + 2.0 * gamma) / (1.0 + 2.0 * gamma),
}
# Rates times curvature around all of these for γ from 0 to 0.9, in so many pixels.
AROUND = {"momentum": (1.75, 4.25), "nesterov": (1.2, 2.45)}
SIZE = 16


def plan_on_a_parabola(rule, steepest, *, start=(1.0, 1.0)):
    run = Run(RULES[rule](), start=start, epochs=400)
    objective = FunctionObjective(f"0.5*(w**2 + {steepest}*b**2)")
    experiment = Experiment(ORIGIN, PointSet.empty(), (run,), objective=objective)
    known = {key: MapAxis.of(one) for key, one in settings_of(experiment, run).items()}
    low, high = AROUND[rule]
    x = replace(known["eta"], low=low / steepest, high=high / steepest, log=False)
    return OutcomePlan(experiment, run, x, replace(known["gamma"], low=0.0, high=0.9), 400, 1e-6, SIZE)


@every("log", [False, True])
@every("rule", ["momentum", "nesterov"])
def test_the_line_is_drawn_where_the_limit_is(rule, log):
    curvature = 4
    plan = plan_on_a_parabola(rule, curvature)
    plan = replace(plan, x=replace(plan.x, log=log))
    limit = LIMITS[rule]
    shares = np.linspace(0.0, 1.0, 49)
    etas, gammas = plan.x.at(shares), plan.y.at(shares)
    (line,) = lines_where_one([[eta * curvature / limit(gamma) for eta in etas] for gamma in gammas])
    for across, up in line.tolist():
        gamma = float(plan.y.at(np.array(up)))
        at = plan.x.share(limit(gamma) / curvature)
        assert across == pytest.approx(at, abs=1.0 / 256.0)
    assert np.ptp(line[:, 1]) > 0.9


def test_where_a_rule_has_no_limit_there_is_no_line():
    assert lines_where_one(np.full((5, 5), np.nan)) == ()


@pytest.mark.parametrize(("rule", "steepest"), [("momentum", 4), ("nesterov", 20)])
def test_on_a_parabola_the_edge_and_the_line_over_it_are_where_theory_says(rule, steepest):
    plan = plan_on_a_parabola(rule, steepest)
    (made,) = run_to_end(computing_maps([plan]))
    (line,) = made.limits
    pixel = (plan.x.high - plan.x.low) / plan.size
    for row, gamma in enumerate(plan.y.values(plan.size).tolist()):
        solved = np.flatnonzero(made.kind[row] == Outcome.SOLVED)
        limit = LIMITS[rule](gamma) / steepest
        if limit < plan.x.high - pixel:
            edge = plan.x.low + (solved[-1] + 1) * pixel
            assert edge == pytest.approx(limit, abs=pixel), gamma
    for across, up in line.tolist():
        limit = LIMITS[rule](float(plan.y.at(np.array(up)))) / steepest
        assert across == pytest.approx(plan.x.share(limit), abs=1.0 / 256.0)


def test_there_is_no_line_where_no_formula_tells():
    plan = plan_on_a_parabola("momentum", 20)
    starts = {key: MapAxis.of(one) for key, one in settings_of(plan.experiment, plan.run).items()}
    over_starts = replace(plan, x=starts["start.w"], y=starts["start.b"])
    assert run_to_end(lines_of_limit(over_starts, (0.0, 0.0))) == ()
    adam = replace(plan, run=replace(plan.run, optimizer=RULES["adam"]()), y=plan.x)
    assert run_to_end(lines_of_limit(adam, (0.0, 0.0))) == ()
