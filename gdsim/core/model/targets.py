"""Values of y that no sigmoid reaches: allowed, and explained."""

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.formulas.numerals import rounded


def beyond_reach(y: Array) -> str:
    """Return the sentence about values outside 0 to 1; empty when there are none.

    A sigmoid stays between 0 and 1, so each such value leaves at least half its squared distance from
    there in the loss.

    Parameters
    ----------
    y : (N,) array
    """
    # Of a million values within reach this takes a millisecond; the rest is for those that are not.
    if len(y) == 0 or (y.min() >= 0.0 and y.max() <= 1.0):
        return ""
    distance = np.maximum(np.maximum(-y, y - 1.0), 0.0)
    count = int(np.count_nonzero(distance))
    words = ("value of y lies", "it") if count == 1 else ("values of y lie", "them")
    least = rounded(0.5 * float(distance @ distance), 3)
    return (
        f"{count:,} {words[0]} outside 0 to 1. "
        f"A sigmoid cannot reach {words[1]}, so the loss cannot fall below {least}."
    )
