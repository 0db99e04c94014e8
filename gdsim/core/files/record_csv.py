"""The full record of an experiment as CSV, in full precision."""

import csv
import math
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import NamedTuple, TextIO

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.loop_shape import COSTS
from gdsim.core.engine.runs import run_steps, steps_of_work
from gdsim.core.engine.trajectory import Chunk, RecordColumns, RunStop
from gdsim.core.files.atomic import replacing_text
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.neuron import parameter_names
from gdsim.core.model.run import Run
from gdsim.core.progress import Progress
from gdsim.core.rules.catalogue import LECTURE_RULES
from gdsim.core.rules.second_order import DIRECTION

# The most work, as steps times points, that is computed at once, and the most rows that are written at once.
_WORK_AT_ONCE = 1 << 19
_ROWS_AT_ONCE = 1024


class RunSummary(NamedTuple):
    """The last step of a run, and how the run ended."""

    run: Run
    row: int = 0
    p: Sequence[float] = ()
    loss: float = math.nan  # NaN if it was not computed there
    stop: RunStop | None = None


def header(experiment: Experiment) -> list[str]:
    """Return the names of the columns.

    There are columns for every memory of a rule of the lecture and of the rules of the runs. Second-order
    rules add the direction, step searches the cumulative cost, and forks the name of the parent and the step
    after which the run was forked.
    """
    names = parameter_names(experiment.points.dimension)
    gradient = [f"grad_{name}" for name in names]
    letters = _letters(experiment)
    state = [f"{letter}_{name}" for letter in letters for name in names]
    direction = "direction" if DIRECTION in letters else DIRECTION  # a user-defined rule may use that letter
    more = [f"{direction}_{name}" for name in names] if _has_directions(experiment) else []
    more += COSTS if _is_searched(experiment) else ()
    more += ("parent", "from") if _has_forks(experiment) else ()
    return ["run", "step", "epoch", *names, "loss", "eta", "gamma", *gradient, *state, *more]


def _has_forks(experiment: Experiment) -> bool:
    return any(run.fork for run in experiment.runs)


def _has_directions(experiment: Experiment) -> bool:
    return any(run.optimizer.update_rule.directions for run in experiment.runs)


def _is_searched(experiment: Experiment) -> bool:
    return any(run.is_searched for run in experiment.runs)


def _letters(experiment: Experiment) -> tuple[str, ...]:
    optimizers = [*(rule() for rule in LECTURE_RULES.values()), *(run.optimizer for run in experiment.runs)]
    return tuple(dict.fromkeys(letter for one in optimizers for letter in one.update_rule.letters))


def write_rows(out: TextIO, experiment: Experiment, chunk: Chunk) -> None:
    run = chunk.run
    clock = experiment.clock(run)
    own = run.optimizer.update_rule.letters
    places = [own.index(one) if one in own else None for one in _letters(experiment)]
    columns, width = chunk.columns, chunk.columns.p.shape[1]
    found = [(columns.direction, width)] * _has_directions(experiment)
    found += [(columns.cost, len(COSTS))] * _is_searched(experiment)
    more = [column if column.shape[1] else np.full((len(column), size), np.nan) for column, size in found]
    table = _table(columns, places, more, starts=chunk.first == 0)
    ends = [run.fork.parent.name, run.fork.step] if run.fork else ["", ""]
    ends = ends if _has_forks(experiment) else []
    lines = [
        [run.name, step, clock.epoch(step), *map(csv_number, values), *ends]
        for step, values in enumerate(table, clock.first + chunk.first)
    ]
    csv.writer(out, lineterminator="\n").writerows(lines)


def _table(
    columns: RecordColumns, places: Sequence[int | None], more: Sequence[Array], *, starts: bool
) -> list[list[float]]:
    """Return rows of numbers in the order of the header, ``more`` last; NaN where there is no number."""
    rates = np.column_stack([columns.loss, columns.eta, columns.gamma])
    if starts:
        rates[0, 1:] = np.nan  # eta and gamma are those of the update before, and the start has none
    absent = np.full_like(columns.p, np.nan)
    state = [absent if place is None else columns.state[place] for place in places]
    table: list[list[float]] = np.concatenate(
        [columns.p, rates, columns.gradient, *state, *more], axis=1
    ).tolist()
    return table


def csv_number(value: float) -> str:
    """Return a number in full precision, or an empty text for NaN."""
    return "" if value != value else repr(value)  # noqa: PLR0124 - true for NaN alone


def computing_record(experiment: Experiment, out: TextIO | None = None) -> Progress[list[RunSummary]]:
    """Compute all runs, write every step into ``out``, if there is one, and return how the runs end.

    Yields the completed share every few hundredths of a second.
    """
    if out:
        csv.writer(out, lineterminator="\n").writerow(header(experiment))
    total = max(1, sum(experiment.total_steps(run) for run in experiment.runs))
    done, ends = 0, []
    for run in experiment.runs:
        size, end = steps_of_work(experiment, run, _WORK_AT_ONCE), RunSummary(run, p=run.start)
        for chunk in run_steps(experiment, run, min(size, _ROWS_AT_ONCE) if out else size):
            if out:
                write_rows(out, experiment, chunk)
            columns, end = chunk.columns, end._replace(stop=chunk.stop)
            last = chunk.first + len(columns.loss) - 1
            if len(columns.loss):  # a chunk is empty if its first step diverged
                end = RunSummary(run, last, columns.p[-1].tolist(), float(columns.loss[-1]), chunk.stop)
            yield min(1.0, (done + last) / total)
        done += experiment.total_steps(run)
        ends.append(end)
    return ends


def writing_record(path: Path, experiment: Experiment) -> Generator[float, None, None]:
    """Write every step into a file as `computing_record` does; it replaces an old one when it is complete."""
    with replacing_text(path) as out:
        yield from computing_record(experiment, out)
