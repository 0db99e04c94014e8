"""The record of a run: what the engine yields, and the store it grows into."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.stopping import Stop


class Columns(NamedTuple):
    """What is recorded of n steps; leading axes (...) are those of the start.

    Row k holds the parameters and the loss after update k, and the rates, gradient and state of
    update k. Row 0 is the start: its rates, gradient and state are NaN.

    Attributes
    ----------
    p : (n, ..., d + 1) array
        Parameters: the weights, then the bias.
    loss : (n, ...) array
        Loss over all points, whatever the update used; NaN where it was not computed, see `known_loss`.
    gradient : (n, ..., d + 1) array
        The gradient that the update used, where it asked for it.
    eta, gamma : (n, ...) array
        Learning rate and momentum; gamma is NaN for a rule without momentum.
    state : (k, n, ..., d + 1) array
        What the rule remembers, letter by letter.
    """

    p: Array
    loss: Array
    gradient: Array
    eta: Array
    gamma: Array
    state: Array

    @classmethod
    def room(cls, n: int, shape: tuple[int, ...], variables: int) -> "Columns":
        """Return ``n`` rows, not filled in, for parameters of a shape and a number of state variables."""
        lead = shape[:-1]
        return cls(
            p=np.empty((n, *shape)),
            loss=np.empty((n, *lead)),
            gradient=np.empty((n, *shape)),
            eta=np.empty((n, *lead)),
            gamma=np.empty((n, *lead)),
            state=np.empty((variables, n, *shape)),
        )

    @property
    def nbytes(self) -> int:
        """What the rows take in memory."""
        return sum(column.nbytes for column in self)

    def head(self, n: int) -> "Columns":
        """Return the first ``n`` rows, without copying."""
        return Columns(
            p=self.p[:n],
            loss=self.loss[:n],
            gradient=self.gradient[:n],
            eta=self.eta[:n],
            gamma=self.gamma[:n],
            state=self.state[:, :n],
        )

    def put(self, first: int, rows: "Columns") -> None:
        """Copy ``rows`` into the rows that begin at ``first``."""
        here = slice(first, first + len(rows.loss))
        for column, new in zip(self[:-1], rows[:-1], strict=True):
            column[here] = new
        self.state[:, here] = rows.state


def row_bytes(parameters: int, variables: int) -> int:
    """Return what a row takes of a run with so many parameters, and state variables of its rule."""
    return Columns.room(1, (parameters,), variables).nbytes


@dataclass(frozen=True, eq=False)
class Chunk:
    """Some consecutive rows of one run; made by the engine and never touched again.

    Attributes
    ----------
    run : int
        Index of the run in its experiment.
    first : int
        Step of the first row.
    columns : Columns
    stop : Stop or None
        The run's end, on its last chunk.
    """

    run: int
    first: int
    columns: Columns
    stop: Stop | None = None


class Trajectory:
    """All rows of one run so far. Grows in place; its readers hold prefixes, which never change.

    Parameters
    ----------
    expected : int
        How many rows there will probably be. Room that is not used costs no memory, while copying a
        long record into larger room would hold up whoever draws it.
    """

    def __init__(self, expected: int = 0) -> None:
        self.stop: Stop | None = None
        self._expected = expected
        self._count = 0
        self._store: Columns | None = None

    def __len__(self) -> int:
        """Return the number of rows: one more than the number of steps."""
        return self._count

    @property
    def last_step(self) -> int:
        """The last recorded step; -1 before the start is known."""
        return self._count - 1

    def append(self, chunk: Chunk) -> None:
        """Add a chunk that begins where the record ends.

        Raises
        ------
        ValueError
            If rows would be missing or come twice.
        """
        if chunk.first != self._count:
            raise ValueError(f"expected step {self._count}, not {chunk.first}")
        count = self._count + len(chunk.columns.loss)
        self._store = self._with_room(count, chunk.columns)
        self._store.put(self._count, chunk.columns)
        self._count = count
        self.stop = chunk.stop or self.stop

    def until(self, step: int) -> Columns:
        """Return the rows of steps 0 to ``step``, or to the last one there is, without copying."""
        if self._store is None:
            raise ValueError("nothing is recorded yet")
        return self._store.head(min(step, self.last_step) + 1)

    def _with_room(self, rows: int, like: Columns) -> Columns:
        """Return the store when it has room, or a larger copy: twice the size, so that growth is cheap."""
        old = self._store
        if old is not None and rows <= len(old.loss):
            return old
        grown = Columns.room(max(rows, 2 * self._count, self._expected), like.p.shape[1:], len(like.state))
        if old is not None:
            grown.put(0, old.head(self._count))
        return grown
