"""How the updates of a run are computed: correctly, or with a mistake."""

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
    """The points with each x wrongly paired with another y. Compared by identity, so that it can be a key."""

    data: PointLoss


class UnclearedSum(Enum):
    """Which earlier gradients wrongly remain in the sum to which a gradient is added."""

    NOTHING = "nothing"
    OF_UPDATE = "those of the points before it in the update"
    OF_EPOCH = "those of the updates before it in the epoch"
    OF_ALL = "those of all updates before it"


class BorrowedMemory(Enum):
    """How b wrongly uses the memory of w."""

    NOTHING = "nothing"
    NEW = "its step is made with the new memory of w"
    BOTH = "w and b have one memory, which each of them changes"


class Computation(NamedTuple):
    """How each update of a run is computed: correctly, or with a mistake."""

    rule: UpdateRule
    batching: Batching
    gradient: Program  # The lines of the gradient; see the module `gradients`
    # Given the number of points n, the table rows in the order in which they are taken; None for table order.
    order: Callable[[int], Rows] | None = None
    drops_rest: bool = False  # Whether the last batch of an epoch is left out, because it is smaller
    # eta, gamma: the rates; None for those in the record.
    eta: Rate | None = None
    gamma: Rate | None = None
    # Values of names in the lines for which the run has no setting.
    constants: Mapping[str, Array] = MappingProxyType({})
    forgets: bool = False  # Whether the memory is reset at the start of each epoch
    weights_first: bool = False  # Whether the gradient of b is taken after the weights have moved
    pairing: Pairing | None = None  # None if the points are paired as in the table
    # Parameters that are never updated, and whether their memory is updated all the same.
    kept: tuple[int, ...] = ()
    remembers_kept: bool = False
    # Parameters whose gradient counts only the last point of an update.
    overwritten: tuple[int, ...] = ()
    sums: UnclearedSum = UnclearedSum.NOTHING
    each_point: bool = False  # Whether every point of a batch makes an update of its own
    borrows: BorrowedMemory = BorrowedMemory.NOTHING
