"""The plane that is drawn: two of the parameters, with all others held."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.model.neuron import parameter_names, written_names
from gdsim.core.settings import NUMBER, InvalidValue

# The indices in (w1 .. wd, b) of the parameters that are drawn to the right and upwards; -1 is the bias.
Axes: TypeAlias = tuple[int, int]
W_AND_B: Axes = (0, -1)


class Plane(NamedTuple):
    """A plane in the space of the parameters, parallel to two of its axes."""

    axes: Axes = (0, 1)
    held: tuple[float, ...] = ()  # d - 1 numbers: the parameters that are not drawn, in their order

    @property
    def dimension(self) -> int:
        return len(self.held) + 1

    @property
    def is_all(self) -> bool:
        """Whether the plane is the whole parameter space, with no parameters held."""
        return not self.held

    @property
    def others(self) -> tuple[int, ...]:
        """The indices of the parameters that are held."""
        return tuple(index for index in range(self.dimension + 1) if index not in self.axes)

    @property
    def names(self) -> tuple[str, str]:
        """The names of both axes for display."""
        names = written_names(self.dimension)
        return names[self.axes[0]], names[self.axes[1]]

    def distance(self, p: Array) -> Array:
        """Return how far parameters (..., d + 1) are from the plane: shape (...,)."""
        if self.is_all:
            return np.zeros(p.shape[:-1])
        with np.errstate(all="ignore"):
            away: Array = np.linalg.norm(p[..., list(self.others)] - np.array(self.held), axis=-1)
        return away


USUAL_PLANE = Plane()


def in_plane(p: Array, axes: Axes = W_AND_B) -> Array:
    """Return a view of parameters (..., d + 1) along two axes: shape (..., 2)."""
    first, second = axes[0] % p.shape[-1], axes[1] % p.shape[-1]
    stride = second - first
    # Where the slice runs down to index 0, its end is None: -1 would mean the last parameter.
    end = second + (1 if stride > 0 else -1)
    return p[..., first : None if end < 0 else end : stride]


@dataclass(frozen=True)
class Slice:
    """The plane that a document draws."""

    axes: Axes = W_AND_B
    # The parameters that are not drawn; None if they are those of the selected run, wherever it stands.
    held: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        if self.held is not None:
            held = tuple(float(NUMBER.check(one, "slice.held")) + 0.0 for one in self.held)
            object.__setattr__(self, "held", held)

    def check(self, dimension: int) -> None:
        """Raise `InvalidValue` if the slice cannot be drawn for points with ``dimension`` inputs."""
        if dimension == 1 and self != Slice():
            raise InvalidValue("slice", "goes with points that have several inputs")
        if len(set(self.axes)) < len(self.axes) or not all(-1 <= axis < dimension for axis in self.axes):
            raise InvalidValue("slice.axes", "must be two different parameters")
        if self.held is not None and len(self.held) != dimension - 1:
            drawn = [axis % (dimension + 1) for axis in self.axes]
            names = [name for place, name in enumerate(parameter_names(dimension)) if place not in drawn]
            raise InvalidValue(
                "slice.held",
                "must have one number for each parameter that is not drawn ({names}), not {there}",
                names=", ".join(names),
                there=len(self.held),
            )

    @property
    def follows(self) -> bool:
        """Whether the slice passes through the selected run, and moves with it."""
        return self.held is None

    def plane(self, place: Sequence[float]) -> Plane:
        """Return the plane for a selected run that stands at a place (d + 1,)."""
        through = self.through(place)
        return through if self.held is None else through._replace(held=self.held)

    def through(self, place: Sequence[float]) -> Plane:
        """Return the plane along the same parameters through a place (d + 1,)."""
        axes = self.axes[0] % len(place), self.axes[1] % len(place)
        return Plane(axes, tuple(float(one) for index, one in enumerate(place) if index not in axes))

    def fits(self, dimension: int) -> bool:
        try:
            self.check(dimension)
        except InvalidValue:
            return False
        return True


USUAL_SLICE = Slice()
