"""The error surface for a page: its heights, colours, contour lines and lowest place."""

import base64
from typing import Any

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.language.texts import to_say, translated
from gdsim.core.model.experiment import Experiment
from gdsim.core.surface.cut import cut_name
from gdsim.core.surface.surface import LossSurface, LowestKind, LowestPlace

_LOWEST = {
    LowestKind.MINIMUM: to_say("the minimum in view"),
    LowestKind.BORDER: to_say("the lowest place in view; the loss keeps falling beyond the border"),
    LowestKind.ENDLESS: to_say("the lowest place in view; the loss keeps falling without end"),
    LowestKind.BEYOND: to_say("the lowest place in view; the loss keeps falling beyond the border"),
    LowestKind.EDGE: to_say("the lowest place in view; next to it the loss has no value"),
    LowestKind.LEVEL: to_say("the lowest place in view; next to it the loss is the same"),
    LowestKind.BOTTOMLESS: to_say("at the lowest sample in view; next to it the loss falls without end"),
}


def plane_of(experiment: Experiment, surface: LossSurface) -> dict[str, Any]:
    """Return the surface over the view range, with only as many digits as a picture shows."""
    return {
        "axes": list(surface.plane.axes),  # The indices of the two parameters that are drawn
        "others": len(surface.plane.held),
        "follows": experiment.slice.follows,  # Whether the others are those at the start of the selected run
        "range": list(surface.view_range),
        "grid": len(surface.w),
        "low": surface.heights.low,
        "high": surface.heights.high,
        "base": surface.heights.base,
        "heights": _base64(surface.heights.height(surface.drawn_loss).clip(0.0, 1.0).astype("<f4")),
        "colour": _bytes(surface.shade.fraction(surface.drawn_loss)),
        "contours": [_contour(one.level, one.lines, surface) for one in surface.contours],
        "lowest": _lowest(surface.lowest) if surface.has_lowest else None,
        "asLow": [list(place) for place in surface.known_minima],  # other places known to be equally low
        "cut": "" if experiment.drawn.cut is None else cut_name(experiment.drawn.cut, surface.plane.names),
        "bound": surface.error_bound,
        "sample": surface.sample,
    }


def _lowest(place: LowestPlace) -> dict[str, Any]:
    return {"w": place.w, "b": place.b, "loss": place.loss, "kind": translated(_LOWEST[place.kind])}


def _contour(level: float, lines: Array, surface: LossSurface) -> dict[str, Any]:
    """Return a contour: its level and its lines, concatenated, with 16-bit coordinates from edge to edge."""
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


def _bytes(fractions: Array) -> str:
    return _base64(np.rint(255.0 * np.nan_to_num(fractions, nan=1.0)).clip(0, 255).astype(np.uint8))


def _base64(values: np.ndarray[Any, Any]) -> str:
    return base64.b64encode(values.tobytes()).decode("ascii")
