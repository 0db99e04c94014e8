"""The record of a run as arrays."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any

import numpy as np

from gdsim.api.html_tables import html_table
from gdsim.core.arrays import Array, Rows, frozen
from gdsim.core.engine.trajectory import Trajectory
from gdsim.core.formulas.numerals import number
from gdsim.core.formulas.symbols import of_letter, symbol_text
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.neuron import written_names
from gdsim.core.model.run import Run

# The number of rows at the beginning and at the end of a table, and of weights with their own columns.
_FIRST, _LAST, _WEIGHTS = 6, 3, 3
_DIGITS = 6


@dataclass(frozen=True, eq=False, repr=False)
class RunRecord:
    """The steps of a run for points with d inputs: n rows, one per step. All arrays are read-only.

    Row k has the parameters and the loss after update k, and the rates, the gradient and the memory of
    update k. Missing numbers are NaN: no update leads to the first row, and with very many points the loss is
    computed at some steps only. The record of a fork begins at the step at which it was forked.
    """

    name: str
    steps: Rows  # (n,): the numbers of the steps, from 0, or for a fork from the step of the fork
    epochs: Rows  # (n,): the number of epochs finished after each step
    parameters: Array  # (n, d + 1): the weights, then the bias
    loss: Array  # (n,): over all points, also if an update uses only some of them
    # eta, gamma, (n,): the learning rate and the momentum; gamma is NaN for a rule without one.
    eta: Array
    gamma: Array
    gradient: Array  # (n, d + 1): the last gradient of the update, at the place where the rule evaluates it
    state: Mapping[str, Array]  # The memory of the rule by its letters: each (n, d + 1)
    outcome: str  # How the run ended, as a sentence

    @property
    def w(self) -> Array:
        """The weight after each step, shape (n,); for several inputs all weights, (n, d)."""
        return self.parameters[:, 0] if self.parameters.shape[1] == 2 else self.parameters[:, :-1]  # noqa: PLR2004

    @property
    def b(self) -> Array:
        """The bias after each step, shape (n,)."""
        return self.parameters[:, -1]

    def __reduce__(self) -> tuple[object, ...]:
        """Support copying and pickling, which a mapping proxy does not."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return _restored, ({**values, "state": dict(self.state)},)

    def __len__(self) -> int:
        """Return the number of rows, which is one more than the number of updates."""
        return len(self.loss)

    def __repr__(self) -> str:
        return f"<run {self.name!r}: steps {self.steps[0]} to {self.steps[-1]}. {self.outcome}>"

    def _repr_html_(self) -> str:
        n = len(self)
        rows = [*range(n)] if n <= _FIRST + _LAST + 1 else [*range(_FIRST), -1, *range(n - _LAST, n)]
        columns = dict(self._columns())
        cells = (("…",) * (len(columns) + 2) if row < 0 else self._row(row, columns) for row in rows)
        hidden = self.parameters.shape[1] - 1 - _WEIGHTS
        more = f" {hidden} more weights are in “parameters”." if hidden > 0 else ""
        return html_table(f"{self.name}. {self.outcome}{more}", ("step", "epoch", *columns), cells)

    def _row(self, row: int, columns: Mapping[str, Array]) -> tuple[str, ...]:
        numbers = (_shown(float(column[row])) for column in columns.values())
        return str(self.steps[row]), str(self.epochs[row]), *numbers

    def _columns(self) -> Iterator[tuple[str, Array]]:
        width = self.parameters.shape[1]
        names = written_names(width - 1)
        places = [*range(min(width - 1, _WEIGHTS)), width - 1]
        yield from ((names[place], self.parameters[:, place]) for place in places)
        yield "loss", self.loss
        yield "η", self.eta
        if not np.isnan(self.gamma).all():
            yield "γ", self.gamma
        yield from ((f"∇{names[place]}", self.gradient[:, place]) for place in places)
        for letter, values in self.state.items():
            symbol = symbol_text(of_letter(letter))
            yield from ((f"{symbol} of {names[place]}", values[:, place]) for place in places)


def run_record_of(experiment: Experiment, run: Run, trajectory: Trajectory) -> RunRecord:
    columns, clock = trajectory.whole, experiment.clock(run)
    steps = np.arange(clock.first, clock.first + len(columns.loss))
    eta, gamma = np.array(columns.eta), np.array(columns.gamma)
    eta[0] = gamma[0] = np.nan  # no update led to the first row
    letters = zip(run.optimizer.update_rule.letters, columns.state, strict=True)
    epochs = (steps - clock.epoch0) // clock.per_epoch
    for whole in (steps, epochs):
        whole.flags.writeable = False
    return RunRecord(
        name=run.name,
        steps=steps,
        epochs=epochs,
        parameters=frozen(columns.p),
        loss=frozen(columns.loss),
        eta=frozen(eta),
        gamma=frozen(gamma),
        gradient=frozen(columns.gradient),
        state=MappingProxyType({letter: frozen(values) for letter, values in letters}),
        outcome=trajectory.stop.sentence if trajectory.stop else "",
    )


def _restored(values: dict[str, Any]) -> RunRecord:
    """Return a record from its values; makes the arrays read-only again, because pickling loses that."""
    state: dict[str, Array] = values["state"]
    for array in (*values.values(), *state.values()):
        if isinstance(array, np.ndarray):
            array.flags.writeable = False
    return RunRecord(**{**values, "state": MappingProxyType(state)})


def _shown(value: float) -> str:
    return "" if math.isnan(value) else number(value, _DIGITS)
