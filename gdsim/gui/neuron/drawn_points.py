"""Which of the points are drawn."""

import numpy as np

from gdsim.core.model.points import PointSet, fair_sample

# More points than this are a cloud: a fair sample of them shows it as well.
MOST_POINTS = 2000
# From here on they are drawn smaller, with thin lines.
_CROWD = 200
# More lines to the curve than these would be one patch of colour.
MOST_ERRORS = 150


class DrawnPoints:
    """All points, or of very many a fair sample: training points first, then validation points.

    Attributes
    ----------
    rows : (k,) array
        Of the table.
    x : (k, d) array
    y : (k,) array
    held_out : (k,) array of bool
        Which are validation points.
    with_error : (m,) array
        Which of the drawn points get a line to the curve.
    total : int
        How many points there are.
    """

    def __init__(self, points: PointSet, validation: PointSet) -> None:
        n = len(points)
        self.total = n + len(validation)
        self.rows = fair_sample(self.total, MOST_POINTS)
        self.held_out = self.rows >= n
        self.with_error = fair_sample(len(self.rows), MOST_ERRORS)
        training, rest = self.rows[~self.held_out], self.rows[self.held_out] - n
        self.x = np.concatenate([points.x[training], validation.x[rest]])
        self.y = np.concatenate([points.y[training], validation.y[rest]])

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def is_crowd(self) -> bool:
        """Whether they are too many to be drawn large."""
        return len(self.rows) > _CROWD
