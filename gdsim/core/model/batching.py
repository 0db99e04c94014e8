"""Data regimes: which points feed which update.

An epoch is one pass over the points, a step is one update. Every regime goes with every rule.
"""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np

from gdsim.core.arrays import Rows
from gdsim.core.model.neuron import Neuron
from gdsim.core.settings import COUNT, SWITCH, Declared, param

# Epochs of a small data set are shuffled together, so that a generator is seeded once for many.
_SHUFFLED_AT_ONCE = 4096


@dataclass(frozen=True)
class Regime(Declared):
    """Cuts each epoch into batches; one batch feeds one update."""

    id: ClassVar[str]
    title: ClassVar[str]
    shuffle = False

    @abstractmethod
    def batch_size(self, n: int) -> int:
        """Return how many of ``n`` points feed one update."""

    def updates_per_epoch(self, n: int) -> int:
        """Return the number of steps in one epoch over ``n`` points: ceil(n / B)."""
        return -(-n // self.batch_size(n))

    def batches(self, neuron: Neuron, epoch: int, seed: int) -> Iterator[Neuron]:
        """Yield the neuron as each update of ``epoch`` (from 0) sees it.

        The last batch may be smaller.
        """
        n = len(neuron.targets)
        size = self.batch_size(n)
        if size == n and not self.shuffle:
            yield neuron
            return
        ordered = neuron.rows(shuffled_rows(n, epoch, seed)) if self.shuffle else neuron
        for first in range(0, n, size):
            yield ordered.rows(slice(first, first + size))

    def rows(self, n: int, step: int, seed: int) -> Rows:
        """Return the indices of the points that fed update ``step`` (from 1), in order.

        Which rows an update uses follows from the seed alone, so they are found, not stored.
        """
        epoch, position = divmod(step - 1, self.updates_per_epoch(n))
        order = shuffled_rows(n, epoch, seed) if self.shuffle else _table_order(n)
        first = position * self.batch_size(n)
        return order[first : first + self.batch_size(n)]


def epochs_shuffled_together(n: int) -> int:
    """Return for how many epochs of ``n`` points a generator is seeded once."""
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


_SHUFFLE_DOC = (
    "Take the points in a new order every epoch, drawn with the run's seed; otherwise in table order."
)


@dataclass(frozen=True)
class Batch(Regime):
    """Every update uses all N points: the true gradient, one step an epoch."""

    id: ClassVar[str] = "batch"
    title: ClassVar[str] = "all points (batch)"

    def batch_size(self, n: int) -> int:
        """All of them."""
        return n


@dataclass(frozen=True)
class Stochastic(Regime):
    """Every update uses one point: N steps an epoch, each a greedy guess of the gradient."""

    id: ClassVar[str] = "stochastic"
    title: ClassVar[str] = "one point (stochastic)"
    shuffle: bool = param(False, "", domain=SWITCH, label="shuffle", doc=_SHUFFLE_DOC)

    def batch_size(self, n: int) -> int:  # noqa: ARG002 - whatever n is
        """One."""
        return 1


@dataclass(frozen=True)
class MiniBatch(Regime):
    """Every update uses B points: ceil(N / B) steps an epoch."""

    id: ClassVar[str] = "mini-batch"
    title: ClassVar[str] = "some points (mini-batch)"
    size: int = param(
        2,
        "B",
        1,
        64,
        domain=COUNT,
        label="batch size",
        doc="How many points feed one update; the last batch of an epoch may be smaller.",
    )
    shuffle: bool = param(False, "", domain=SWITCH, label="shuffle", doc=_SHUFFLE_DOC)

    def batch_size(self, n: int) -> int:
        """B, or all points when there are fewer."""
        return min(self.size, n)


REGIMES: dict[str, type[Regime]] = {kind.id: kind for kind in (Batch, Stochastic, MiniBatch)}
