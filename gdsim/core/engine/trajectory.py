"""The record of a run: its rows, the room for them, and why the run ended."""

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.loop_shape import COSTS, FLOAT_BYTES, loop_shape
from gdsim.core.formulas.numerals import integer_text
from gdsim.core.language.texts import SaidError, counted, to_say, translated
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import LECTURE
from gdsim.core.model.run import Run

# The memory that all records together may take; a step of a small neuron takes some 80 bytes.
RECORD_BYTES = 400_000_000


class StopReason(Enum):
    """Why a run ended: the sentence shown, with ``{step}`` for the step and ``{steps}`` for "3 steps"."""

    FINISHED = to_say("Finished after {steps}.")
    DIVERGED = to_say("Diverged at step {step}: a number became infinite or undefined.")
    STOPPED = to_say("Stopped after {steps}.")
    CLIMBS = to_say(
        "Stopped after {steps}: the direction leads uphill there, and a search only goes downhill."
    )
    NO_STEP = to_say("Stopped after {steps}: no step was found that lowers the loss any further.")
    NO_SLOPE = to_say(
        "Stopped after {steps}: the slope along the direction is 0 there, so a search finds no way down."
    )
    UNDEFINED = to_say(
        "Stopped after {steps}: the loss or its slope is infinite or undefined there, so no search can begin."
    )
    FLAT = to_say("Stopped after {steps}: the loss is the same all along the direction, to the last digit.")
    REACHED = to_say("Stopped after {steps}: the loss is not above L*, so the search has no step to make.")
    SINGULAR = to_say(
        "Stopped after {steps}: the curvature is singular or undefined there, so the equation for d cannot "
        "be solved."
    )
    FULL = to_say("Stopped after {steps}: the record is full.")


class RunStop(NamedTuple):
    reason: StopReason
    step: int

    @property
    def sentence(self) -> str:
        steps = counted(self.step, "{n} step", "{n} steps")
        return translated(self.reason.value).format(step=integer_text(self.step), steps=steps)


class RecordColumns(NamedTuple):
    """The recorded columns of n steps.

    Row k holds the parameters and the loss after update k, and the rates, gradient and state of
    update k. Row 0 is the start: its gradient and state are NaN, and its rates mean nothing. Row 0 of a fork
    is the step at which it left its parent; its state is the one that the fork began with.
    """

    p: Array  # (n, d + 1): parameters: the weights, then the bias
    # (n,): loss over all points, whatever the update used; NaN where it was not computed, see `sparse_loss`.
    loss: Array
    gradient: Array  # (n, d + 1): the last one that the update evaluated, wherever it did so
    # eta, gamma, (n,): learning rate and momentum; gamma is NaN for a rule without momentum.
    eta: Array
    gamma: Array
    counted: Array  # (n,): how many updates the rule had counted at row 0; the same in all rows
    state: Array  # (k, n, d + 1): what the rule remembers, letter by letter
    direction: Array  # (n, d + 1): the direction d of a second-order rule; (n, 0) for others
    # (n, 3): gradients, losses and solves since the start; (n, 0) for a run without a search.
    cost: Array
    # (n, 2): gradient evaluations before a run was forked, and points that these were summed over; the same
    # in all rows.
    spent: Array

    @property
    def has_first_memory(self) -> bool:
        """Whether row 0 holds the memory of the rule, as in a fork."""
        return len(self.state) > 0 and not np.isnan(self.state[0, 0, 0])

    @classmethod
    def room(cls, n: int, width: int, letters: int) -> "RecordColumns":
        """Return ``n`` empty rows, for ``width`` parameters and this many letters of memory."""
        p, gradient = np.full((2, n, width), np.nan)
        loss, eta, gamma = np.full((3, n), np.nan)
        state, none = np.full((letters, n, width), np.nan), np.empty((n, 0))
        return cls(p, loss, gradient, eta, gamma, np.zeros(n), state, none, none, np.zeros((n, 2)))

    @classmethod
    def of_path(cls, path: Array, loss: Array) -> "RecordColumns":
        """Return places (n, 2) and their losses (n,) as a record, without rates and gradients."""
        return cls.room(len(loss), 2, 0)._replace(p=path, loss=loss)

    def head(self, n: int) -> "RecordColumns":
        """Return the first ``n`` rows, without copying."""
        cut = {name: column[:n] for name, column in self._asdict().items()}
        return RecordColumns(**cut | {"state": self.state[:, :n]})


class RunTable:
    """The rows of a run as its loop writes them, contiguous in memory.

    Unwritten rows cost no memory. Written rows never change, so that they can be read while others are
    written. The columns of ``cells``, of shape (rows, k), are those of `LoopShape.row`.
    ``loss``, of shape (rows,), is the loss after each update: where it comes with the gradient of the next
    update, the loop writes it into that update's row, and it is read from there.
    """

    def __init__(self, run: Run, points: int, rows: int) -> None:
        # The rows are the same for all objectives.
        self._run, self._shape, clock = run, loop_shape(run, points, LECTURE), run.clock(points)
        self._counted = clock.first - clock.t0
        cells = np.empty((rows + 1, len(self._shape.row)))
        self.cells = cells[:rows]
        self.spent = np.zeros(2)  # before row 0; `columns` returns views of it
        self.loss = cells[1:, 0] if self._shape.loss_with_gradient else cells[:rows, 0]

    def columns(self, rows: int) -> RecordColumns:
        """Return the first rows, without copying."""
        run, d = self._run, len(self._run.start)
        cells, letters = self.cells[:rows], len(run.optimizer.update_rule.letters)
        p, gradient, rest = cells[:, 1 : d + 1], cells[:, d + 1 : 2 * d + 1], cells[:, 2 * d + 1 :]
        state = rest[:, : letters * d].reshape(len(cells), letters, d).transpose(1, 0, 2)
        rates = dict(zip(self._shape.recorded, rest[:, letters * d :].T, strict=False))  # before the counts
        constant = {"eta": run.optimizer.eta, "gamma": run.optimizer.gamma}
        counted = np.broadcast_to(float(self._counted), len(cells))
        eta, gamma = (rates.get(name, np.broadcast_to(value, len(cells))) for name, value in constant.items())
        cost = cells[:, cells.shape[1] - len(COSTS) * self._shape.is_searched :]
        before = cells.shape[1] - cost.shape[1]
        direction = cells[:, before - d * len(self._shape.rule.directions) : before]
        spent = np.broadcast_to(self.spent, (len(cells), 2))
        return RecordColumns(
            p, self.loss[:rows], gradient, eta, gamma, counted, state, direction, cost, spent
        )

    def rises(self, row: int) -> int:
        """Return how often the validation loss had risen when the update of a row was made."""
        return int(self.cells[row, -1])


def row_bytes(run: Run, points: int) -> int:
    return FLOAT_BYTES * len(loop_shape(run, points, LECTURE).row)


def rows_with_room(experiment: Experiment, run: Run, runs: int) -> int:
    """Return how many rows fit into the record of one of ``runs`` runs that share the memory."""
    return RECORD_BYTES // max(1, runs) // row_bytes(run, len(experiment.points))


def steps_with_room(experiment: Experiment, run: Run) -> int:
    """Return about how many steps of a run are recorded if all distinct runs share the memory equally."""
    distinct: list[Run] = []
    for one in experiment.runs:
        if not any(one.computes_like(other) for other in distinct):
            distinct.append(one)
    return rows_with_room(experiment, run, len(distinct))


@dataclass(frozen=True, eq=False)
class Chunk:
    """Consecutive rows of one run, which never change once the engine has made them."""

    run: Run
    first: int  # Step of the first row
    columns: RecordColumns
    stop: RunStop | None = None


class Trajectory:
    """The rows of one run so far. It grows in place; its readers hold prefixes, which never change."""

    def __init__(self, room: RecordColumns, rows: int = 0, stop: RunStop | None = None) -> None:
        self._room = room
        self.grow(rows, stop)

    @classmethod
    def of(cls, columns: RecordColumns) -> "Trajectory":
        """Return a record that has these rows and no room for more."""
        return cls(columns, len(columns.loss))

    def __len__(self) -> int:
        """Return the number of rows: one more than the number of steps."""
        return self._rows

    def grow(self, rows: int, stop: RunStop | None = None) -> None:
        """Count the first ``rows`` rows as written; ``stop`` is why there will be no more."""
        self._rows, self.stop = rows, stop
        self.last_step = rows - 1  # the last recorded one; -1 before the start is known

    @property
    def whole(self) -> RecordColumns:
        """All recorded rows, without copying."""
        return self.until(self.last_step)

    def until(self, step: int) -> RecordColumns:
        """Return the rows of steps 0 to ``step``, or to the last recorded one, without copying."""
        return self._room.head(self._recorded(step) + 1)

    def at(self, step: int) -> tuple[Array, float]:
        """Return the parameters (d + 1,) and the loss of a step, or of the last recorded one."""
        row = self._recorded(step)
        return self._room.p[row], float(self._room.loss[row])

    def _recorded(self, step: int) -> int:
        if not self._rows:
            raise SaidError("nothing is recorded yet")
        return min(step, self.last_step)
