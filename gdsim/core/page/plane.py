"""The error surface for a page: its heights, its colours, its contour lines and its lowest place."""

import base64
from typing import Any

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.plane import Plane
from gdsim.core.settings import InvalidValue
from gdsim.core.surface.lowest import LowestKind
from gdsim.core.surface.surface import LossSurface, sample_surface

_LOWEST = {
    LowestKind.MINIMUM: "the minimum in view",
    LowestKind.BORDER: "the lowest place in view; the loss falls on beyond the border",
    LowestKind.ENDLESS: "the lowest place in view; the loss falls on without end",
    LowestKind.BEYOND: "the lowest place in view; the loss falls on beyond the border",
    LowestKind.LEVEL: "the lowest place in view; beside it the loss is the same",
}
# Below this share of the highest loss the lowest one is drawn above a floor of 0. Losses that differ by less
# than this share are level.
_FROM_ZERO, _FLAT = 0.4, 1e-9


def plane_of(experiment: Experiment, fixed: tuple[float, ...]) -> dict[str, Any]:
    """Return the surface over the view range, or why there is none.

    It has less than all digits, which no picture shows; ``fixed`` are the weights that are not drawn.
    """
    try:
        surface = sample_surface(
            experiment.points,
            experiment.view_range,
            Plane.of_w_and_b(fixed),
            objective=experiment.objective,
        )
    except InvalidValue as fault:
        return {"absent": f"There is no picture of the surface: {fault}."}
    low, high = _ends(surface)
    return {
        "range": list(surface.view_range),
        "grid": len(surface.w),
        "low": low,
        "high": high,
        "heights": _base64(((surface.loss - low) / (high - low)).astype("<f4")),
        "colour": _bytes(surface.shade.fraction(surface.loss)),
        "contours": [_contour(one.level, one.lines, surface) for one in surface.contours],
        "lowest": {
            "w": surface.lowest.w,
            "b": surface.lowest.b,
            "loss": surface.lowest.loss,
            "kind": _LOWEST[surface.lowest.kind],
        },
        "fixed": list(fixed),
        "bound": surface.error_bound,
    }


def _contour(level: float, lines: Array, surface: LossSurface) -> dict[str, Any]:
    """Return a contour: its height, and its lines one after the other, as 16 bits from edge to edge."""
    low = np.array([surface.w[0], surface.b[0]])
    span = np.array([surface.w[-1], surface.b[-1]]) - low
    known = ~np.isnan(lines[:, 0])
    places = np.rint((lines[known] - low) / span * 65535.0).clip(0, 65535).astype("<u2")
    lengths = np.diff(np.r_[-1, np.flatnonzero(~known), len(lines)]) - 1
    return {
        "level": level,
        "colour": round(255.0 * float(surface.shade.fraction(np.array(level)))),
        "lengths": lengths.tolist(),
        "places": _base64(places),
    }


def _ends(surface: LossSurface) -> tuple[float, float]:
    """Return the losses at the floor and at the top of the picture."""
    low, high = float(surface.loss.min()), float(surface.loss.max())
    low = min(low, surface.lowest.loss)
    # Heights above zero say more than heights above the lowest place, unless all are much the same.
    if 0.0 < low <= _FROM_ZERO * high:
        low = 0.0
    return low, high if high - low > _FLAT * max(abs(high), abs(low)) else low + max(1.0, abs(low))


def _bytes(fractions: Array) -> str:
    return _base64(np.rint(255.0 * np.nan_to_num(fractions, nan=1.0)).clip(0, 255).astype(np.uint8))


def _base64(values: np.ndarray[Any, Any]) -> str:
    return base64.b64encode(values.tobytes()).decode("ascii")
