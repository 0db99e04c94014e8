"""The full record of an experiment as CSV, in full precision."""

import csv
from typing import TextIO

import numpy as np

from gdsim.core.experiment import Experiment
from gdsim.core.neuron import parameter_names
from gdsim.core.optimizers import OPTIMIZERS
from gdsim.core.trajectory import Chunk

# Every state variable that some rule has, in the order of the catalog.
STATE_NAMES = tuple(dict.fromkeys(name for rule in OPTIMIZERS.values() for name in rule.State._fields))


def header(dimension: int) -> list[str]:
    """Return the names of the columns."""
    names = parameter_names(dimension)
    gradient = [f"grad_{name}" for name in names]
    state = [f"{variable}_{name}" for variable in STATE_NAMES for name in names]
    return ["run", "step", "epoch", *names, "loss", "eta", "gamma", *gradient, *state]


def write_header(out: TextIO, dimension: int) -> None:
    """Write the first line."""
    csv.writer(out, lineterminator="\n").writerow(header(dimension))


def write_rows(out: TextIO, experiment: Experiment, chunk: Chunk) -> None:
    """Write one line for each row of ``chunk``."""
    run = experiment.runs[chunk.run]
    per_epoch = experiment.updates_per_epoch(run)
    lines = [
        [run.name, step, step // per_epoch, *map(_cell, values)]
        for step, values in enumerate(_table(chunk, run.optimizer.State._fields), chunk.first)
    ]
    csv.writer(out, lineterminator="\n").writerows(lines)


def _table(chunk: Chunk, variables: tuple[str, ...]) -> list[list[float]]:
    """Return the numbers of the chunk in the order of the header; NaN where there is none."""
    columns = chunk.columns
    rates = np.column_stack([columns.loss, columns.eta, columns.gamma])
    absent = np.full_like(columns.p, np.nan)
    state = [columns.state[variables.index(name)] if name in variables else absent for name in STATE_NAMES]
    table: list[list[float]] = np.concatenate([columns.p, rates, columns.gradient, *state], axis=1).tolist()
    return table


def _cell(value: float) -> str:
    return "" if value != value else repr(value)  # noqa: PLR0124 - NaN stands for what there is not
