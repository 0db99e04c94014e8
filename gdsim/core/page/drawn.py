"""What a page draws over the surface in addition to the runs; see `gdsim.core.model.map_overlays`."""

from typing import Any

import numpy as np

from gdsim.core.analysis.curvature.curvature import row_blocks, sampled_points
from gdsim.core.arrays import Array
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.map_overlays import CutDirection, CutWay
from gdsim.core.model.plane import in_plane
from gdsim.core.page.numbers import PageNumbers
from gdsim.core.progress import Progress, part_of
from gdsim.core.surface.cut import direction_of_cut
from gdsim.core.surface.field import gradient_field
from gdsim.core.surface.surface import LossSurface

# The number of arrows along a side of the map.
_ARROWS = 14


def field_of(surface: LossSurface) -> list[list[float]]:
    """Return rows of a place and its gradient, (w, b, ∂w, ∂b), for places evenly over the view range."""
    seen = surface.view_range
    shares = (np.arange(_ARROWS) + 0.5) / _ARROWS
    across = seen.w_min + shares * (seen.w_max - seen.w_min)
    up = seen.b_min + shares * (seen.b_max - seen.b_min)
    places = np.stack(np.meshgrid(across, up, indexing="ij"), axis=-1).reshape(-1, 2)
    with np.errstate(all="ignore"):
        arrows = np.column_stack([places, gradient_field(surface, places)])
    found: list[list[float]] = arrows[np.isfinite(arrows).all(axis=1)].tolist()
    return found


def drawn_at(
    experiment: Experiment, surface: LossSurface, p: Array, numbers: PageNumbers
) -> Progress[dict[str, Any]]:
    """Return the direction of the cut and the curvature, as far as drawn, at each row of a run (n, d + 1)."""
    drawn, axes = experiment.drawn, experiment.slice.axes
    found = {}
    if drawn.cut is not None:
        directions = yield from part_of(_cut_directions(drawn.cut, surface, in_plane(p, axes)), 0.0, 0.5)
        found["way"] = numbers.keep_each(np.nan_to_num(directions))
    if drawn.lens:
        derivatives = yield from part_of(_second_derivatives(experiment, p), 0.5, 1.0)
        found["bend"] = numbers.keep_each(np.nan_to_num(derivatives))
    return found


def _second_derivatives(experiment: Experiment, p: Array) -> Progress[Array]:
    """Return the three second derivatives in the drawn plane, (n, 3), at places (n, d + 1)."""
    few, (first, second) = sampled_points(experiment.training), experiment.slice.axes
    derivatives = np.empty((len(p), 3))
    for here in row_blocks(len(p), len(few.targets)):
        with np.errstate(all="ignore"):
            hessian = few.points_represented * few.hessian(p[here])
        for column, (row, other) in enumerate(((first, first), (first, second), (second, second))):
            derivatives[here, column] = hessian[:, row, other]
        yield here.stop / len(p)
    return derivatives


def _cut_directions(cut: CutDirection, surface: LossSurface, places: Array) -> Progress[Array]:
    """Return the direction of a cut, (n, 2), at places (n, 2) that successive steps lead to."""
    if cut is CutWay.DOWN:
        directions = np.empty_like(places)
        for here in row_blocks(len(places), surface.terms.size):
            with np.errstate(all="ignore"):
                directions[here] = -gradient_field(surface, places[here])
            yield here.stop / len(places)
        return directions
    # No step begins at the last place, so it has the step before it; a single place has the zero vector.
    after = np.minimum(np.arange(1, len(places) + 1), len(places) - 1)
    steps: Array = places[after] - places[np.maximum(after - 1, 0)]
    if cut is CutWay.STEP:
        return steps
    return np.tile(direction_of_cut(cut, surface, (0.0, 0.0), steps[0]), (len(places), 1))
