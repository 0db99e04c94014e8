"""The error surface: the loss sampled over a view range, its contour lines, its lowest place, its shading."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array, frozen
from gdsim.core.model.experiment import ViewRange
from gdsim.core.model.points import PointSet
from gdsim.core.progress import Progress, part_of, run_to_end
from gdsim.core.surface.binned_loss import LossTerms, binned_loss, grid_loss
from gdsim.core.surface.lowest import LowestPlace, finding_lowest

GRID = 121
LEVELS = 15
# Points whose losses are added to the grid at once: that takes about 10 ms.
_PIECE = 512


class Contour(NamedTuple):
    """One contour: its height, and its lines as (k, 2) points (w, b), broken by rows of NaN."""

    level: float
    lines: Array


class Shade(NamedTuple):
    """A monotone map from loss to 0..1, for colours and for levels.

    Losses differ by orders of magnitude between valley and plateau, and a plateau differs from
    itself by very little. The mean of three scales shows all of them: the height itself, its
    logarithm, and the share of the view range that lies below.
    """

    # heights, fractions, (k,): increasing.
    heights: Array
    fractions: Array

    def fraction(self, loss: Array) -> Array:
        """Return the place of each loss on the scale, from 0 to 1."""
        return np.interp(loss, self.heights, self.fractions)

    def height(self, fraction: Array) -> Array:
        """Return the loss at each place on the scale."""
        return np.interp(fraction, self.fractions, self.heights)


@dataclass(frozen=True, eq=False)
class LossSurface:
    """The loss over a view range."""

    view_range: ViewRange
    w: Array  # (W,)
    b: Array  # (B,)
    loss: Array  # (W, B)
    contours: tuple[Contour, ...]  # From the lowest level up
    lowest: LowestPlace
    shade: Shade
    fixed: tuple[float, ...]  # The weights that are not drawn, of a neuron with more than one input
    terms: LossTerms  # What the surface was computed from

    @property
    def error_bound(self) -> float:
        """The most by which a height may differ from the loss; 0 for an exact surface."""
        return self.terms.error.at(float(np.abs(self.w).max()))

    def loss_at(self, w: Array, b: Array) -> Array:
        """Return the loss at places in or out of the view range, all of one shape."""
        return self.terms.loss(np.asarray(w, dtype=np.float64), np.asarray(b, dtype=np.float64))


def sample_surface(
    points: PointSet, view_range: ViewRange, fixed: tuple[float, ...] = (), grid: int = GRID
) -> LossSurface:
    """Return the error surface of ``points`` over ``view_range``, from ``grid`` samples along each side.

    ``fixed`` are the d - 1 weights that are not drawn.
    """
    return sample_terms(binned_loss(points, fixed), view_range, fixed, grid)


def sample_terms(
    terms: LossTerms, view_range: ViewRange, fixed: tuple[float, ...], grid: int = GRID
) -> LossSurface:
    """Return the error surface of what `binned_loss` made of points."""
    w, b = grid_sides(view_range, grid)
    return run_to_end(_mapping(terms, view_range, fixed, grid_loss(terms, w, b)))


class SurfaceSampler:
    """Samples one surface after the other; what was made of the points is kept while they stay the same."""

    def __init__(self) -> None:
        self._known: tuple[PointSet, tuple[float, ...], LossTerms] | None = None

    def sample(self, points: PointSet, view_range: ViewRange, fixed: tuple[float, ...]) -> LossSurface:
        """Return the error surface of ``points`` over ``view_range``; see `sample_surface`."""
        known = self._known
        if known is None or known[0] is not points or known[1] != fixed:
            known = self._known = points, fixed, binned_loss(points, fixed)
        return sample_terms(known[2], view_range, fixed)


def sampling_exactly(
    points: PointSet, view_range: ViewRange, fixed: tuple[float, ...] = (), grid: int = GRID
) -> Progress[LossSurface]:
    """Compute the error surface over all points, however many, without any approximation.

    Of a million points that takes a minute. It is done in pieces of some 10 ms; between them the share that
    is done is yielded.
    """
    offset = points.x[:, 1:] @ np.array(fixed, dtype=np.float64)
    terms = LossTerms(points.x[:, 0], offset, np.ones(len(points)), points.y, 0.0)
    w, b = grid_sides(view_range, grid)
    loss = np.zeros((grid, grid))
    for first in range(0, len(points), _PIECE):
        yield first / len(points)
        loss += grid_loss(terms.part(first, first + _PIECE), w, b)
    coarse = binned_loss(points, fixed)
    return (
        yield from part_of(_mapping(terms, view_range, fixed, loss, coarse), 1.0 - 1.0 / len(points), 1.0)
    )


def grid_sides(view_range: ViewRange, grid: int) -> tuple[Array, Array]:
    """Return the w and the b of ``grid`` samples along each side of a view range."""
    w, b = (np.linspace(low, high, grid) for low, high in (view_range[:2], view_range[2:]))
    return w, b


def _mapping(
    terms: LossTerms,
    view_range: ViewRange,
    fixed: tuple[float, ...],
    loss: Array,
    coarse: LossTerms | None = None,
) -> Progress[LossSurface]:
    """Make the map of a loss on the grid of the view range; yield the share that is done.

    Of very many terms ``coarse`` are fewer that come near them.
    """
    w, b = (frozen(side) for side in grid_sides(view_range, len(loss)))
    loss = frozen(loss)
    shade = _shade(loss)
    contours = _contours(w, b, loss, shade)
    yield 0.5
    return LossSurface(
        view_range=view_range,
        w=w,
        b=b,
        loss=loss,
        contours=contours,
        lowest=(
            yield from part_of(
                finding_lowest(coarse or terms, w, b, loss, terms if coarse else None), 0.5, 1.0
            )
        ),
        shade=shade,
        fixed=fixed,
        terms=terms,
    )


def _shade(loss: Array) -> Shade:
    ordered = np.sort(loss, axis=None)
    heights = np.unique(ordered[np.linspace(0, len(ordered) - 1, 512).astype(np.intp)])
    if len(heights) < 2 or not np.isfinite(heights).all():  # noqa: PLR2004 - a flat surface
        low = float(heights[0]) if np.isfinite(heights[0]) else 0.0
        return Shade(frozen([low, low + max(1.0, low)]), frozen([0.0, 1.0]))
    low, high = heights[0], heights[-1]
    share_below = np.searchsorted(ordered, heights) / len(ordered)
    # The logarithm is cut off where differences can no longer be seen.
    floor = max(low, 1e-4 * high)
    log = np.log(np.maximum(heights, floor) / floor) / np.log(high / floor) if high > floor else 0.0
    fractions = ((heights - low) / (high - low) + log + share_below / share_below[-1]) / 3.0
    return Shade(frozen(heights), frozen(fractions))


def even_contours(surface: LossSurface, count: int) -> tuple[Contour, ...]:
    """Return contours at equal steps of loss, ``count`` of them between the lowest and the highest place.

    Unlike a surface's own contours, which show all of it, these are as dense as it is steep.
    """
    low, high = float(surface.loss.min()), float(surface.loss.max())
    return _lines(surface.w, surface.b, surface.loss, np.linspace(low, high, count + 2)[1:-1])


def _contours(w: Array, b: Array, loss: Array, shade: Shade) -> tuple[Contour, ...]:
    return _lines(w, b, loss, shade.height(np.arange(1, LEVELS + 1) / (LEVELS + 1)))


def _lines(w: Array, b: Array, loss: Array, levels: Array) -> tuple[Contour, ...]:
    import contourpy  # noqa: PLC0415 - with the first surface, which is computed beside the window

    generator = contourpy.contour_generator(
        w, b, loss.T, line_type=contourpy.LineType.ChunkCombinedNan, corner_mask=False
    )
    found = []
    for level in np.unique(levels):
        lines = generator.lines(float(level))[0][0]
        if lines is not None:
            found.append(Contour(float(level), frozen(lines)))
    return tuple(found)
