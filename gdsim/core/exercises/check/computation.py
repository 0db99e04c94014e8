"""How the updates of a run are computed: rightly, or with a mistake."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple

from gdsim.core.arrays import Array, Rows
from gdsim.core.formulas.program import Program
from gdsim.core.model.batching import Batching
from gdsim.core.model.point_loss import PointLoss
from gdsim.core.rules.schedules import ScheduleState
from gdsim.core.rules.update_rule import UpdateRule

Rate = Callable[[ScheduleState], float]


@dataclass(frozen=True, eq=False)
class Pairing:
    """The points, each x with the y that it is wrongly paired with."""

    data: PointLoss


class Uncleared(Enum):
    """Which earlier gradients are wrongly still in the sum that a gradient is added to."""

    NOTHING = "nothing"
    OF_UPDATE = "those of the points before it in the update"
    OF_EPOCH = "those of the updates before it in the epoch"
    OF_ALL = "those of all updates before it"


class Borrows(Enum):
    """How b wrongly takes the memory of w for its own."""

    NOTHING = "nothing"
    NEW = "its step is made with the new memory of w"
    BOTH = "w and b have one memory, which each of them changes"


class Computation(NamedTuple):
    """How each update of a run is computed: rightly, or with a mistake."""

    rule: UpdateRule
    batching: Batching
    gradient: Program  # The lines of the gradient; see `gradients`
    # The rows of the table, of n points, in the order in which they are taken.
    order: Callable[[int], Rows] | None = None
    # eta, gamma: the rates; None for those on the record.
    eta: Rate | None = None
    gamma: Rate | None = None
    # Arrays for names in the lines that the run has no setting for.
    constants: Mapping[str, Array] = MappingProxyType({})
    forgets: bool = False  # Whether each epoch begins with the memory of the start
    weights_first: bool = False  # Whether the gradient of b is taken where the weights have already moved
    pairing: Pairing | None = None  # Which x goes with which y; None for the table's
    # Parameters that are never updated, and whether their memory is.
    kept: tuple[int, ...] = ()
    remembers_kept: bool = False
    # Parameters in whose gradient only the last point of an update counts.
    overwritten: tuple[int, ...] = ()
    sums: Uncleared = Uncleared.NOTHING
    each_point: bool = False  # Whether every point of a batch makes an update of its own
    borrows: Borrows = Borrows.NOTHING
