"""The loss over a set of points, which has a value, a gradient and a curvature at any parameters."""

from typing import TypeAlias

from gdsim.core.model.neuron import Neuron
from gdsim.core.model.objective import LECTURE, FunctionObjective, Objective
from gdsim.core.model.plane_function import PlaneFunction
from gdsim.core.model.points import PointSet

PointLoss: TypeAlias = Neuron | PlaneFunction


def point_loss(points: PointSet, objective: Objective = LECTURE) -> PointLoss:
    if isinstance(objective, FunctionObjective):
        return PlaneFunction.over(points, objective)
    return Neuron.fitting(points, objective)
