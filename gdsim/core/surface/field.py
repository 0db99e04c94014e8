"""The gradient of the loss at many places of the plane: what arrows all over a map show."""

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.surface.surface import LossSurface

# Terms times places that are computed exactly, in a few milliseconds; of more, the samples tell.
_MOST_PRODUCTS = 400_000


def gradient_field(surface: LossSurface, places: Array) -> Array:
    """Return the gradient along w and b at places (m, 2): shape (m, 2).

    Of a surface of very many terms it is that of the samples around each place; NaN beyond them.
    """
    if surface.terms.size * len(places) <= _MOST_PRODUCTS:
        return surface.terms.derivatives(places)[0]
    ground = surface.ground
    with np.errstate(all="ignore"):
        slopes = np.stack([*np.gradient(ground.loss, ground.w, ground.b)], axis=-1)
    inside = np.ones(len(places), dtype=np.bool_)
    nearest = []
    for axis, values in enumerate((ground.w, ground.b)):
        share = (places[:, axis] - values[0]) / (values[-1] - values[0]) * (len(values) - 1)
        inside &= (share >= 0.0) & (share <= len(values) - 1)
        nearest.append(np.clip(np.round(share), 0, len(values) - 1).astype(np.intp))
    found: Array = np.where(inside[:, np.newaxis], slopes[nearest[0], nearest[1]], np.nan)
    return found
