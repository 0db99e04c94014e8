"""Lines over a map along which a number that follows from the settings is 1: the limit of a rule, say."""

from collections.abc import Callable

import contourpy
import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.exercises.maps.outcome import OutcomePlan
from gdsim.core.model.experiment import Run

# Places along each side at which the number is computed.
_PLACES = 49


def lines_where_one(plan: OutcomePlan, of_run: Callable[[Run], float]) -> tuple[Array, ...]:
    """Return where a number of the runs is 1: pieces of (n, 2) shares of the sides, from below left.

    With the rate times the largest curvature, as a share of the limit of the run's rule, the line is the
    edge beyond which no run of this rule settles where the curvature is that.
    """
    shares = np.linspace(0.0, 1.0, _PLACES)
    x, y = plan.x.at(shares).tolist(), plan.y.at(shares).tolist()
    values = np.array([[of_run(plan.run_with(across, up)) for across in x] for up in y])
    # Between places the logarithm of what is proportional to a rate is nearly straight.
    with np.errstate(all="ignore"):
        heights = np.log(values)
    lines = contourpy.contour_generator(shares, shares, np.ma.masked_invalid(heights)).lines(0.0)
    return tuple(np.asarray(line) for line in lines)
