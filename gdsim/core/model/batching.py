"""Batching: which points feed which update.

An epoch is one pass over the points, a step is one update. Second-order methods and step-length searches need
`BATCH`; all other rules work with every batching.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gdsim.core.arrays import Rows
from gdsim.core.settings import COUNT, Configured, Definition, Setting, Value, by_id, switch

# Epochs of a small data set are shuffled in blocks, so that one seeded generator serves many epochs.
_SHUFFLED_AT_ONCE = 4096
_SIZE, _SHUFFLE = "size", "shuffle"


@dataclass(frozen=True, repr=False)
class BatchingKind(Definition):
    """A way to cut each epoch into batches, one for each update."""

    # The batch size of a kind that has no setting for it; None for all points.
    size: int | None = None

    __hash__ = Definition.__hash__

    def __call__(self, **values: Value) -> "Batching":
        return Batching(self, self.checked(values))


class Batching(Configured[BatchingKind]):
    """A kind of batching with values for its settings."""

    @property
    def shuffles(self) -> bool:
        """Whether each epoch takes the points in a new order."""
        return _SHUFFLE in self and bool(self[_SHUFFLE])

    def batch_size(self, n: int) -> int:
        """Return how many of ``n`` points feed one update; the last batch of an epoch may be smaller."""
        size = int(self[_SIZE]) if _SIZE in self else self.definition.size
        return n if size is None else min(size, n)

    def updates_per_epoch(self, n: int) -> int:
        """Return the number of steps in one epoch over ``n`` points: ceil(n / B)."""
        return -(-n // self.batch_size(n))

    def rows(self, n: int, step: int, seed: int) -> Rows:
        """Return the indices of the points that fed update ``step`` (from 1), in order.

        They follow from the seed, so they are recomputed rather than stored.
        """
        epoch, position = divmod(step - 1, self.updates_per_epoch(n))
        order = shuffled_rows(n, epoch, seed) if self.shuffles else _table_order(n)
        first = position * self.batch_size(n)
        return order[first : first + self.batch_size(n)]


def epochs_shuffled_together(n: int) -> int:
    """Return how many epochs of ``n`` points one seeded generator shuffles."""
    return max(1, _SHUFFLED_AT_ONCE // n)


def shuffled_rows(n: int, epoch: int, seed: int) -> Rows:
    """Return the order of ``n`` points in ``epoch``: a permutation that the seed determines."""
    together = epochs_shuffled_together(n)
    block, index = divmod(epoch, together)
    order: Rows = _shuffled_block(n, together, block, seed)[index]
    return order


@lru_cache(maxsize=1)
def _table_order(n: int) -> Rows:
    rows = np.arange(n)
    rows.flags.writeable = False
    return rows


@lru_cache(maxsize=8)
def _shuffled_block(n: int, epochs: int, block: int, seed: int) -> Rows:
    rng = np.random.Generator(np.random.PCG64([seed, block]))
    rows = rng.permuted(np.tile(np.arange(n), (epochs, 1)), axis=1)
    rows.flags.writeable = False
    return rows


_SHUFFLED = switch(
    _SHUFFLE,
    "shuffle",
    "Take the points in a new order every epoch, drawn with the run's seed; otherwise in table order.",
    default=False,
)
_HOW_MANY = "How many points feed one update; the last batch of an epoch may be smaller."
_OF_SIZE = Setting(_SIZE, "B", "batch size", _HOW_MANY, 2, COUNT, 1, 64)
BATCH = BatchingKind(
    "batch", "all points (batch)", "Every update uses all N points: the true gradient, one step an epoch."
)
STOCHASTIC = BatchingKind(
    "stochastic",
    "one point (stochastic)",
    "Every update uses one point: N steps an epoch, each a greedy guess of the gradient.",
    (_SHUFFLED,),
    size=1,
)
MINI_BATCH = BatchingKind(
    "mini-batch",
    "some points (mini-batch)",
    "Every update uses B points: ceil(N / B) steps an epoch.",
    (_OF_SIZE, _SHUFFLED),
)
BATCHINGS = by_id((BATCH, STOCHASTIC, MINI_BATCH))
