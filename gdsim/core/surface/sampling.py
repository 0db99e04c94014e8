"""How the error surface of a loss is made: its samples, contour lines, lowest place and shading."""

import numpy as np

from gdsim.core.arrays import Array, frozen
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import LECTURE, NeuronObjective, Objective
from gdsim.core.model.plane import USUAL_PLANE, Plane
from gdsim.core.model.points import PointSet
from gdsim.core.model.view_range import ViewRange
from gdsim.core.progress import Progress, part_of, run_to_end
from gdsim.core.surface.contours import contours_at, even_levels, even_step, log_levels
from gdsim.core.surface.floors import with_floors
from gdsim.core.surface.heights import HeightScale, height_scale
from gdsim.core.surface.lowest import finding_lowest, lowest_sample
from gdsim.core.surface.map_view import PLAIN, MapPlan, MapView, map_plan_of
from gdsim.core.surface.neuron_on_plane import LectureOnPlane, neuron_on_plane
from gdsim.core.surface.plane_loss import PlaneLoss, loss_on_plane
from gdsim.core.surface.surface import GRID, MOST_TERMS, LossSurface, MapGround, Shade, SurfaceRequest

# The number of levels where they are denser near the bottom.
_LOW_LINES = 15
# Losses for which the position on the colour scale is kept; between them it is interpolated.
_SHADES = 512
# Points whose losses are added to the grid at once, which takes about 10 ms: for the lecture's neuron, and
# for any other one, which takes somewhat longer.
_PIECE, _ANY_PIECE = 512, 64


def sample_surface(
    points: PointSet,
    view_range: ViewRange,
    plane: Plane = USUAL_PLANE,
    grid: int = GRID,
    objective: Objective = LECTURE,
    *,
    log: bool = False,
    seeks_lowest: bool = True,
) -> LossSurface:
    """Return the error surface of ``points`` over ``view_range``, from ``grid`` samples along each side.

    Without ``seeks_lowest`` its lowest place is merely the lowest sample.
    """
    terms, plan = loss_on_plane(points, objective, plane), PLAIN._replace(log=log)
    return sample_terms(terms, view_range, plane, grid, plan, seeks_lowest=seeks_lowest)


def surface_of(experiment: Experiment, plane: Plane, grid: int = GRID) -> LossSurface:
    return sample_surface(
        experiment.points, experiment.view_range, plane, grid, experiment.objective, log=experiment.log_height
    )


def sample_terms(
    terms: PlaneLoss,
    view_range: ViewRange,
    plane: Plane = USUAL_PLANE,
    grid: int = GRID,
    plan: MapPlan = PLAIN,
    *,
    seeks_lowest: bool = True,
) -> LossSurface:
    """Return the error surface of a loss.

    The ``plan`` says how far the samples extend beyond the view range, how contour levels are spaced, and
    whether heights are logarithms.
    """
    w, b = grid_sides(view_range, grid, plan)
    loss = terms.on_grid(w, b)
    return run_to_end(_mapping(terms, view_range, plane, plan, loss, seeks_lowest=seeks_lowest))


def sampled_for(surface: LossSurface, view: MapView) -> LossSurface:
    """Return a surface with the samples that a map of another shape needs.

    Return the same surface if nothing changes, or if so many points would take too long to add up again.
    """
    plan = map_plan_of(surface.view_range, view, len(surface.w), log=surface.ground.plan.log)
    if plan == surface.ground.plan or surface.terms.size > MOST_TERMS:
        return surface
    return sample_terms(surface.terms, surface.view_range, surface.plane, len(surface.w), plan)


def sampled_elsewhere(
    surface: LossSurface, experiment: Experiment, plane: Plane, view_range: ViewRange
) -> LossSurface:
    """Return the error surface of an experiment in another plane, or over another part of it.

    Heights are logarithms if they were asked for in the given surface.
    """
    is_known = plane == surface.plane
    terms = surface.terms if is_known else loss_on_plane(experiment.points, experiment.objective, plane)
    return sample_terms(terms, view_range, plane, plan=PLAIN._replace(log=surface.ground.plan.log))


def sampling_exactly(wanted: SurfaceRequest, grid: int = GRID) -> Progress[LossSurface]:
    """Compute an error surface over all points, however many, without any approximation.

    This takes a minute for a million points. The share that is done is yielded every 10 ms or so. Raises
    `ValueError` for a function of w and b, which is never approximated.
    """
    points, view_range, plane, plan, objective = wanted
    if not isinstance(objective, NeuronObjective):
        raise ValueError("the surface of a function is exact")  # noqa: TRY004 - the scene is at fault
    exact = neuron_on_plane(points, objective, plane)
    piece = _PIECE if isinstance(exact, LectureOnPlane) else _ANY_PIECE
    w, b = grid_sides(view_range, grid, plan)
    loss = np.zeros((len(w), len(b)))
    for first in range(0, len(points), piece):
        yield first / len(points)
        loss += exact.part(first, first + piece).on_grid(w, b)
    loss += exact.penalty(w[:, np.newaxis], b)
    mapping = _mapping(exact, view_range, plane, plan, loss, loss_on_plane(points, objective, plane))
    return (yield from part_of(mapping, 1.0 - 1.0 / len(points), 1.0))


def grid_sides(view_range: ViewRange, grid: int, plan: MapPlan = PLAIN) -> tuple[Array, Array]:
    """Return w and b of ``grid`` samples along each side of a view range, and of those in its margins."""
    w = _side(view_range.w_min, view_range.w_max, grid, plan.w)
    return w, _side(view_range.b_min, view_range.b_max, grid, plan.b)


def _side(low: float, high: float, grid: int, margin: int) -> Array:
    inner = np.linspace(low, high, grid)
    beyond = (high - low) / (grid - 1) * np.arange(1, margin + 1)
    return np.concatenate([low - beyond[::-1], inner, high + beyond])


def _mapping(
    terms: PlaneLoss,
    view_range: ViewRange,
    plane: Plane,
    plan: MapPlan,
    loss: Array,
    coarse: PlaneLoss | None = None,
    *,
    seeks_lowest: bool = True,
) -> Progress[LossSurface]:
    """Build the surface of a loss that was sampled by a plan; yield the share that is done.

    If there are very many terms, ``coarse`` approximates them by few.
    """
    grid = len(loss) - 2 * plan.w
    whole_w, whole_b = (frozen(side) for side in grid_sides(view_range, grid, plan))
    w, b = (frozen(side) for side in grid_sides(view_range, grid))
    inner = loss[plan.w : len(whole_w) - plan.w, plan.b : len(whole_b) - plan.b]
    lowest = lowest_sample(w, b, inner)
    if seeks_lowest:
        finding = finding_lowest(coarse or terms, w, b, inner, terms if coarse else None)
        lowest = yield from part_of(finding, 0.0, 0.9)
    loss = frozen(_finite(loss))
    inner = loss[plan.w : len(whole_w) - plan.w, plan.b : len(whole_b) - plan.b]
    # Logarithms have the same base in 3D, on the map, and in its margins.
    deepest = min(float(loss.min()), lowest.loss)
    drawn = height_scale(loss, deepest, log=plan.log)
    shade, levels, step = _shade_and_levels(loss, drawn, low_lines=plan.low_lines)
    sampled, base = inner, drawn.base
    if base is not None:
        loss = frozen(with_floors(coarse or terms, whole_w, whole_b, loss))
        inner = loss[plan.w : len(whole_w) - plan.w, plan.b : len(whole_b) - plan.b]
    yield 0.9
    ground = MapGround(
        view_range=ViewRange(*whole_w[[0, -1]].tolist(), *whole_b[[0, -1]].tolist()),
        w=whole_w,
        b=whole_b,
        loss=loss,
        contours=contours_at(levels, whole_w, whole_b, loss),
        plan=plan,
    )
    contours = contours_at(levels, w, b, inner) if plan.w or plan.b else ground.contours
    return LossSurface(
        view_range=view_range,
        w=w,
        b=b,
        loss=sampled,
        contours=contours,
        lowest=lowest,
        shade=shade,
        heights=height_scale(sampled, deepest if plan.log else lowest.loss, log=plan.log),
        plane=plane,
        terms=terms,
        ground=ground,
        step=step,
    )


def _finite(loss: Array) -> Array:
    """Return losses that can be drawn: -inf becomes the lowest finite loss, other gaps the highest."""
    known = np.isfinite(loss)
    if known.all():
        return loss
    low, high = (float(loss[known].min()), float(loss[known].max())) if known.any() else (0.0, 0.0)
    return np.where(known, loss, np.where(loss == -np.inf, low, high))


def _shade_and_levels(
    loss: Array, drawn: HeightScale, *, low_lines: bool
) -> tuple[Shade, list[float], float]:
    """Return the colour scale, the levels, and the step between levels, or 0 if they are uneven."""
    low, high = float(loss.min()), float(loss.max())
    if drawn.base is not None:
        heights = drawn.base + np.geomspace(drawn.low - drawn.base, drawn.high - drawn.base, _SHADES)
        heights = np.maximum.accumulate(heights)
        shade = Shade(frozen(heights), frozen(drawn.height(heights).clip(0.0, 1.0)))
        levels = log_levels(drawn.low, drawn.high, drawn.base)
        if levels:
            return shade, levels, 0.0
    else:
        shade = _shade(loss)
        if low_lines:
            return shade, _low_levels(shade), 0.0
    return shade, even_levels(low, high), even_step(low, high)


def _low_levels(shade: Shade) -> list[float]:
    """Return losses that are evenly spaced on the colour scale, most of them near the bottom."""
    levels: list[float] = shade.height(np.arange(1, _LOW_LINES + 1) / (_LOW_LINES + 1)).tolist()
    return levels


def _shade(loss: Array) -> Shade:
    ordered = np.sort(loss, axis=None)
    heights = np.unique(ordered[np.linspace(0, len(ordered) - 1, _SHADES).astype(np.intp)])
    if len(heights) < 2 or not np.isfinite(heights).all():  # noqa: PLR2004 - a flat surface
        low = float(heights[0]) if np.isfinite(heights[0]) else 0.0
        return Shade(frozen([low, low + max(1.0, abs(low))]), frozen([0.0, 1.0]))
    low, high = heights[0], heights[-1]
    share_below = np.searchsorted(ordered, heights) / len(ordered)
    # Halved, because the difference of the highest and the lowest loss may overflow.
    scales = [(0.5 * heights - 0.5 * low) / (0.5 * high - 0.5 * low), share_below / share_below[-1]]
    # The logarithm is cut off where differences can no longer be seen.
    floor = max(low, 1e-4 * high)
    if high > floor:  # else no loss is above 0
        scales.append(np.log(np.maximum(heights, floor) / floor) / np.log(high / floor))
    fractions = np.mean(scales, axis=0)
    return Shade(frozen(heights), frozen(fractions))
