"""The second derivatives of the loss over all points at one place, summed in the same way as the loss."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TypeAlias

from gdsim.core.engine.loop import points_for_sum
from gdsim.core.engine.loop_shape import Sum
from gdsim.core.engine.sum_by_numpy import CurvatureByNumpy
from gdsim.core.engine.sum_source import compiled_curvature
from gdsim.core.formulas.code_printing import GUARDED, LOOP
from gdsim.core.formulas.evaluate import RAISED, guarded_exp
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.point_loss import PointLoss

Matrix: TypeAlias = list[list[float]]
HessianAt: TypeAlias = Callable[[Sequence[float]], Matrix]


class KeptHessian:
    """The second derivatives as a function of p, prepared at the first call, with the last result cached."""

    def __init__(self, data: PointLoss, *, without_outputs: bool = False) -> None:
        self._data, self._without_outputs = data, without_outputs
        self._last: tuple[Sequence[float], Matrix] | None = None

    def __call__(self, p: Sequence[float]) -> Matrix:
        if self._last is None or self._last[0] is not p:
            self._last = p, self._at(p)
        return self._last[1]

    @cached_property
    def _at(self) -> HessianAt:
        return hessian_of(self._data, without_outputs=self._without_outputs)


def hessian_of(data: PointLoss, *, without_outputs: bool = False) -> HessianAt:
    """Return a function from parameters to the matrix of second derivatives.

    ``without_outputs`` leaves out the terms with the curvature of the outputs (Gauss-Newton); it raises
    `TypeError` for a function of w and b, which is no sum over outputs.
    """
    if without_outputs and not isinstance(data, Neuron):
        raise TypeError("a function of w and b is no sum over points")
    sum_ = Sum.over(len(data.targets), data.objective)
    if sum_.by_numpy and isinstance(data, Neuron):
        many = CurvatureByNumpy(data, without_outputs=without_outputs)
        return lambda p: symmetric(many(*p))
    # Not unrolled, because that saves little compared with the work that follows from each curvature.
    points = points_for_sum(sum_._replace(unrolled=0), data)
    plain, guarded = (
        compiled_curvature(data.dimension, data.objective, without_outputs=without_outputs, printer=one)
        for one in (LOOP, GUARDED)
    )

    def at(p: Sequence[float]) -> Matrix:
        try:
            return symmetric([float(one) for one in plain(points, guarded_exp, *p)])
        except RAISED:
            return symmetric(guarded(points, guarded_exp, *p))

    return at


def symmetric(below: Sequence[float]) -> Matrix:
    """Return a symmetric matrix, given its lower triangle row by row."""
    width = round(((8 * len(below) + 1) ** 0.5 - 1) / 2)
    rows = [list(below[i * (i + 1) // 2 : (i + 1) * (i + 2) // 2]) for i in range(width)]
    return [[rows[max(i, j)][min(i, j)] for j in range(width)] for i in range(width)]
