"""Somebody's own values of a run, and how finely they are written."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gdsim.core.arrays import Array, Rows
from gdsim.core.exercises.check.written import decimals_of
from gdsim.core.formulas.numerals import precise


@dataclass(frozen=True, eq=False)
class Attempt:
    """Parameters after some steps of a run, as somebody else found them.

    Attributes
    ----------
    steps : (m,) array of int
        Numbers of the steps, from 0, ascending.
    p : (m, d + 1) array
        The parameters after each of them; NaN where somebody's program gave none.
    precision : (d + 1,) array
        How far off a value may be because it was rounded: half a unit of the last decimal in use.
    """

    steps: Rows
    p: Array
    precision: Array

    @classmethod
    def of(cls, steps: Rows, p: Array, decimals: Sequence[int] = ()) -> "Attempt":
        """Return an attempt.

        Parameters
        ----------
        steps : (m,) array of int
        p : (m, d + 1) array
        decimals : sequence of d + 1 int, optional
            The most with which a value of each column is written; without them, as many as are needed.

        Raises
        ------
        ValueError
            If there are no values, a step is below 0, or steps do not ascend.
        """
        if not len(steps) or len(steps) != len(p):
            raise ValueError("there must be at least one step, and a value of each parameter for it")
        if steps[0] < 0 or (np.diff(steps) <= 0).any():
            raise ValueError("steps must be numbered from 0 upwards, each once")
        decimals = decimals or [max(map(_decimals, column)) for column in p.T.tolist()]
        return cls(steps, p, 0.5 * 10.0 ** -np.array(decimals, dtype=float))

    def until(self, step: int) -> "Attempt":
        """Return the rows up to a step."""
        rows = self.steps <= step
        return Attempt(self.steps[rows], self.p[rows], self.precision)


def _decimals(value: float) -> int:
    """Return how many decimals the shortest text of a number has."""
    return decimals_of(precise(value)) if math.isfinite(value) else 0
