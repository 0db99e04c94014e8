"""The error surface: the loss sampled over a view range, its contour lines, its lowest place, its shading."""

import math
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from gdsim.core.arrays import Array
from gdsim.core.model.objective import LECTURE, Objective
from gdsim.core.model.plane import USUAL_PLANE, Plane
from gdsim.core.model.points import PointSet
from gdsim.core.model.view_range import ViewRange
from gdsim.core.surface.map_view import PLAIN, MapPlan

if TYPE_CHECKING:  # this module is loaded before the first surface is computed
    from gdsim.core.surface.contours import Contour
    from gdsim.core.surface.heights import HeightScale
    from gdsim.core.surface.plane_loss import PlaneLoss

Kind = TypeVar("Kind", bound=np.generic)

GRID = 121
# A surface with more terms is not sampled again for a picture, because that would take seconds.
MOST_TERMS = 8192
# Places that are closer than this share of the view range count as one.
_SAME_PLACE = 1e-3
# The error bound is evaluated only on every tenth line of the grid, which includes its borders.
_BETWEEN_LOOKS = 10


class LowestKind(Enum):
    MINIMUM = "minimum"  # The loss rises on all sides
    BORDER = "border"  # The loss falls on beyond the border, and there is a minimum somewhere outside
    ENDLESS = "endless"  # At the border; outside, the loss falls towards a bound that no place attains
    BEYOND = "beyond"  # The loss falls on beyond the border; what is there is not known
    EDGE = "edge"  # Beside it the loss is undefined, as sqrt(w) is beside 0
    LEVEL = "level"  # In some direction beside it the loss is the same, to rounding
    BOTTOMLESS = "bottomless"  # No place is the lowest: near it the loss falls without bound, as 1/w near 0
    NOWHERE = "nowhere"  # There is none: the loss is undefined at all places that were looked at


class LowestPlace(NamedTuple):
    """The lowest place of a view range; NaN where there is none."""

    w: float
    b: float
    loss: float
    kind: LowestKind = LowestKind.MINIMUM
    # The lowest limit of the loss as w and b grow without bound; infinite if unknown.
    bound: float = math.inf


class Shade(NamedTuple):
    """A monotone map from losses to 0..1, for colours and for levels.

    Losses differ by orders of magnitude between valley and plateau, and very little within a plateau. The
    mean of three scales shows both: the loss itself, its logarithm, and the share of the samples below it.
    """

    # heights, fractions, (k,): increasing.
    heights: Array
    fractions: Array

    def fraction(self, loss: Array) -> Array:
        return np.interp(loss, self.heights, self.fractions)

    def height(self, fraction: Array) -> Array:
        return np.interp(fraction, self.fractions, self.heights)


class SurfaceRequest(NamedTuple):
    points: PointSet
    view_range: ViewRange
    plane: Plane = USUAL_PLANE
    plan: MapPlan = PLAIN
    objective: Objective = LECTURE


class MapGround(NamedTuple):
    """The loss as a map draws it: over the view range and in the margins around it."""

    view_range: ViewRange  # With the margins
    w: Array  # (W + 2 m,): with m samples in the margin on either side
    b: Array  # (B + 2 n,)
    loss: Array  # If drawn as a logarithm, lowered to the floors of valleys that lie between the samples
    contours: "tuple[Contour, ...]"
    plan: MapPlan

    def inside(self, values: npt.NDArray[Kind]) -> npt.NDArray[Kind]:
        """Return the part of values (W + 2 m, B + 2 n, ...) that is in the view range."""
        m, n = self.plan[:2]
        return values[m : len(self.w) - m, n : len(self.b) - n]


@dataclass(frozen=True, eq=False)
class LossSurface:
    """The loss over a view range.

    Colours and levels are chosen for the whole map, margins included.
    """

    view_range: ViewRange
    w: Array  # (W,)
    b: Array  # (B,)
    loss: Array  # (W, B): at the samples
    contours: "tuple[Contour, ...]"  # From the lowest level up
    lowest: LowestPlace
    shade: Shade
    heights: "HeightScale"  # For the 3D view
    plane: Plane  # Which two parameters are drawn, and where the others are held
    terms: "PlaneLoss"  # What the surface was computed from
    ground: MapGround
    step: float  # Loss between neighbouring levels; 0 if they are uneven

    @property
    def has_lowest(self) -> bool:
        return self.lowest.kind is not LowestKind.NOWHERE

    @property
    def known_minima(self) -> tuple[tuple[float, float], ...]:
        """The known minima (w, b) of a function of the gallery that are in view, without ``lowest``."""
        width, height = self.view_range.extent
        return tuple(
            (w, b)
            for w, b in self.terms.minima
            if self.view_range.holds(w, b)
            and max(abs(w - self.lowest.w) / width, abs(b - self.lowest.b) / height) > _SAME_PLACE
        )

    @cached_property
    def error_bound(self) -> float:
        """The most by which a height may differ from the loss; 0 for an exact surface.

        For a sample of the points it is a bound that is seldom exceeded.
        """
        some = slice(None, None, _BETWEEN_LOOKS)
        return self.terms.error_within(self.w[some], self.b[some])

    @property
    def drawn_loss(self) -> Array:
        """The loss that is drawn at each sample (W, B); see `MapGround`."""
        return self.ground.inside(self.ground.loss)

    @property
    def sample(self) -> tuple[int, int] | None:
        """How many points were sampled, and out of how many; None if the surface is not of a sample."""
        return self.terms.sample

    def loss_and_slope_at(self, w: float, b: float) -> tuple[float, float]:
        """Return the loss at any place of the plane, and the norm of its gradient in the plane."""
        place = np.array([[w, b]])
        return float(self.terms.loss(*place.T)[0]), float(np.hypot(*self.terms.derivatives(place)[0][0]))

    def loss_at(self, w: Array, b: Array) -> Array:
        """Return the loss at places inside or outside of the view range."""
        return self.terms.loss(np.asarray(w, dtype=np.float64), np.asarray(b, dtype=np.float64))
