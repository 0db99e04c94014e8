"""Somebody's own values of a run, and how finely they are written."""

import math
from dataclasses import dataclass

import numpy as np

from gdsim.core.arrays import Array, Rows

# No float has more significant decimals than these.
_MOST_DECIMALS = 17


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
    def of(cls, steps: Rows, p: Array) -> "Attempt":
        """Return an attempt whose precision is read off its values.

        Raises
        ------
        ValueError
            If there are no values, a step is below 0, or steps do not ascend.
        """
        if not len(steps) or len(steps) != len(p):
            raise ValueError("there must be at least one step, and a value of each parameter for it")
        if steps[0] < 0 or (np.diff(steps) <= 0).any():
            raise ValueError("steps must be numbered from 0 upwards, each once")
        decimals = [max(_decimals(value) for value in column) for column in p.T.tolist()]
        return cls(steps, p, 0.5 * 10.0 ** -np.array(decimals, dtype=float))

    def until(self, step: int) -> "Attempt":
        """Return the rows up to a step."""
        rows = self.steps <= step
        return Attempt(self.steps[rows], self.p[rows], self.precision)


def _decimals(value: float) -> int:
    """Return how many decimals the shortest text of a number has."""
    if not math.isfinite(value):
        return 0
    mantissa, _, exponent = repr(float(value)).partition("e")
    _, _, fraction = mantissa.partition(".")
    count = len(fraction.rstrip("0")) - int(exponent or 0)
    return min(max(count, 0), _MOST_DECIMALS)
