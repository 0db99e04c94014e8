"""The full record of an experiment as CSV, in full precision."""

import csv
from collections.abc import Generator
from pathlib import Path
from typing import TextIO

import numpy as np

from gdsim.core.engine.engine import flight
from gdsim.core.engine.trajectory import Chunk
from gdsim.core.files.atomic import replacing
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.neuron import parameter_names
from gdsim.core.rules.optimizers import OPTIMIZERS

# Every state variable that some rule has, in the order of the catalog.
STATE_NAMES = tuple(dict.fromkeys(name for rule in OPTIMIZERS.values() for name in rule.State._fields))
# Steps times points that are computed and written at once.
_WORK_AT_ONCE = 1 << 19
_ROWS_AT_ONCE = 1024


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


def writing_record(path: Path, experiment: Experiment) -> Generator[float, None, None]:
    """Compute all runs and write every step into a file; what was there stays until all is written.

    Yields
    ------
    float
        The share that is done, after some hundredths of a second of work each time.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    total = sum(experiment.total_steps(run) for run in experiment.runs)
    size = max(1, min(_ROWS_AT_ONCE, _WORK_AT_ONCE // max(1, len(experiment.points))))
    done = 0
    with replacing(path) as unfinished, unfinished.open("w", encoding="utf-8", newline="") as out:
        write_header(out, experiment.points.dimension)
        for index, run in enumerate(experiment.runs):
            record = flight(experiment, index)
            chunk, rows = next(record), 0
            while True:
                write_rows(out, experiment, chunk)
                rows += len(chunk.columns.loss)
                yield min(1.0, (done + rows) / max(1, total))
                if chunk.stop:
                    break
                chunk = record.send(size)
            done += experiment.total_steps(run)
