"""A few of very many rows, that show what all of them show."""

import numpy as np

from gdsim.core.arrays import Rows


def fair_sample(n: int, most: int) -> Rows:
    """Return at most ``most`` of ``n`` rows, in order; all of them when there are no more.

    Rows are cut into stretches of one length, and one is drawn from each: so a sorted table is sampled all
    along, and one with a rhythm does not beat with the sample. The same rows come every time.
    """
    length = max(1, -(-n // most))
    first = np.arange(0, n, length)
    if length == 1:
        return first
    rows: Rows = np.minimum(first + np.random.default_rng(0).integers(0, length, len(first)), n - 1)
    return rows
