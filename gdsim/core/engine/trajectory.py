"""The record of a run: what the engine yields, and the store it grows into."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.loop_source import FLOAT_BYTES, initial_momentum, loop_shape
from gdsim.core.engine.stopping import Stop
from gdsim.core.model.experiment import Run


class Columns(NamedTuple):
    """What is recorded of n steps; leading axes (...) are those of the start.

    Row k holds the parameters and the loss after update k, and the rates, gradient and state of
    update k. Row 0 is the start: its gradient and state are NaN, and its rates mean nothing.

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

    def head(self, n: int) -> "Columns":
        """Return the first ``n`` rows, without copying."""
        return self.part(0, n)

    def part(self, first: int, end: int) -> "Columns":
        """Return the rows from ``first`` up to ``end``, which is left out, without copying."""
        here = slice(first, end)
        return Columns(
            p=self.p[here],
            loss=self.loss[here],
            gradient=self.gradient[here],
            eta=self.eta[here],
            gamma=self.gamma[here],
            state=self.state[:, here],
        )


class RunTable:
    """The rows of a run as its loop writes them, one behind the other in memory.

    Room that is not used costs no memory. What is written stays, so that whoever has been told of some rows may read
    them while others are written.

    Parameters
    ----------
    run : Run
    points : int
        How many there are.
    rows : int
        How many there is room for.

    Attributes
    ----------
    cells : (rows, k) array
        Columns as in `LoopShape.row`.
    loss : (rows,) array
        A loss that comes with the gradient of the next update stands in the next row.
    """

    def __init__(self, run: Run, points: int, rows: int) -> None:
        self._run, self._shape = run, loop_shape(run, points)
        cells = np.empty((rows + 1, len(self._shape.row)))
        self.cells = cells[:rows]
        self.loss = cells[1:, 0] if self._shape.loss_with_gradient else cells[:rows, 0]

    def columns(self, rows: int) -> Columns:
        """Return the first rows, without copying."""
        run, row, d = self._run, self._shape.row, len(self._run.start)
        cells, letters = self.cells[:rows], len(run.optimizer.update_rule.letters)
        p, gradient, rest = cells[:, 1 : d + 1], cells[:, d + 1 : 2 * d + 1], cells[:, 2 * d + 1 :]
        state = rest[:, : letters * d].reshape(len(cells), letters, d).transpose(1, 0, 2)
        rates = {name: cells[:, row.index(name)] for name in self._shape.recorded}
        constant = {"eta": run.optimizer.eta, "gamma": initial_momentum(run.optimizer)}
        eta, gamma = (rates.get(name, np.broadcast_to(value, len(cells))) for name, value in constant.items())
        return Columns(p, self.loss[:rows], gradient, eta, gamma, state)


def row_bytes(run: Run, points: int) -> int:
    """Return what a row of a run takes, on so many points."""
    return FLOAT_BYTES * len(loop_shape(run, points).row)


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
    """The rows of one run so far. It grows in place; its readers hold prefixes, which never change.

    Parameters
    ----------
    columns : Columns
        Room for all rows.
    rows : int
        How many there are.
    stop : Stop or None
    """

    def __init__(self, columns: Columns, rows: int = 0, stop: Stop | None = None) -> None:
        self._columns, self._rows, self.stop = columns, rows, stop

    @classmethod
    def of(cls, columns: Columns) -> "Trajectory":
        """Return the record of rows that are all there."""
        return cls(columns, len(columns.loss))

    def __len__(self) -> int:
        """Return the number of rows: one more than the number of steps."""
        return self._rows

    @property
    def last_step(self) -> int:
        """The last recorded step; -1 before the start is known."""
        return self._rows - 1

    def grow(self, rows: int, stop: Stop | None = None) -> None:
        """Take note that so many rows are written, and why there will be no more."""
        self._rows, self.stop = rows, stop

    def until(self, step: int) -> Columns:
        """Return the rows of steps 0 to ``step``, or to the last one there is, without copying."""
        if not self._rows:
            raise ValueError("nothing is recorded yet")
        return self._columns.head(min(step, self.last_step) + 1)
