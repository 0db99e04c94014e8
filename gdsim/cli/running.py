"""gdsim run: computes every run of a scene without a window."""

import contextlib
import math
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from gdsim.cli.command import (
    STANDARD_OUTPUT,
    Parser,
    ProgressLine,
    as_usage_error,
    csv_file,
    print_table,
    standard_output,
    tell,
)
from gdsim.cli.opening import keep_apart, open_scene
from gdsim.core.engine.runs import run_steps, steps_of_work
from gdsim.core.files.record_csv import write_header, write_rows
from gdsim.core.files.table.points import read_points
from gdsim.core.formulas.numerals import number
from gdsim.core.model.edits import put_points
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.run import Run
from gdsim.core.settings import InvalidValue, elided, quoted

# The work, as steps times points, between two progress updates: some tenths of a second.
_WORK_AT_ONCE = 1 << 22
# The significant digits of numbers in the table.
_DIGITS = 6


def run(arguments: list[str]) -> int:
    """Compute all runs, write their steps to a CSV file if asked to, and print how each run ended."""
    parser = Parser(prog="gdsim run", description="Compute every run of a scene, without a window.")
    parser.add_scene()
    points = "compute over the points of a table instead: CSV with columns such as x, y and role"
    parser.add_file("--points", points)
    parser.add_file("--csv", "write every step to FILE, or to standard output as -")
    options = parser.parse_args(arguments)
    keep_apart(options.scene, options.csv)
    experiment = open_scene(options.scene)
    if options.points is not None:
        keep_apart(options.points, options.csv)
        experiment = _over_table(experiment, options.points)
    with standard_output() as terminal:
        if options.csv == STANDARD_OUTPUT:
            compute_all(experiment, terminal)
            return 0
        with csv_file(options.csv) as out:
            rows = compute_all(experiment, out)
        print_table(("run", "algorithm", "steps", "w", "b", "loss", "outcome"), rows)
    return 0


def _over_table(experiment: Experiment, name: str) -> Experiment:
    """Return an experiment over the points of a table; a note on standard error names the columns."""
    read = read_points(Path(name))
    with as_usage_error(elided(name), InvalidValue):
        if isinstance(experiment.objective, FunctionObjective):  # its points are slopes
            experiment = replace(experiment, points=read.points, validation=read.validation)
        else:
            experiment = put_points(experiment, read.points, read.validation, replaces=True)
    count = len(read.points)
    points = "1 point" if count == 1 else f"{count:,} points"
    aside = f", {len(read.validation):,} more for validation" if len(read.validation) else ""
    columns = f"x from {', '.join(map(quoted, read.x))}, y from {quoted(read.y)}"
    tell(f"note: {points}{aside}: {columns}")
    return experiment


def compute_all(experiment: Experiment, out: TextIO | None) -> list[tuple[str, ...]]:
    """Compute every run, write its rows to ``out`` if given, and return the rows of the summary."""
    if out:
        write_header(out, experiment)
    steps = sum(experiment.total_steps(run) for run in experiment.runs)
    wanted = not (out and out.isatty())  # rows on a terminal show the progress themselves
    with contextlib.closing(ProgressLine(f"{steps} steps", steps, wanted=wanted)) as progress:
        return [_compute(experiment, run, out, progress) for run in experiment.runs]


def _compute(experiment: Experiment, run: Run, out: TextIO | None, progress: ProgressLine) -> tuple[str, ...]:
    last, ended = (0, list(run.start), math.nan), None
    for chunk in run_steps(experiment, run, steps_of_work(experiment, run, _WORK_AT_ONCE)):
        if out:
            write_rows(out, experiment, chunk)
        columns, ended = chunk.columns, chunk.stop
        if chunk.first:
            progress.add(len(columns.loss))
        if len(columns.loss):  # a chunk is empty if its first step diverged
            last = chunk.first + len(columns.loss) - 1, columns.p[-1].tolist(), float(columns.loss[-1])
    row, (*w, b), loss = last
    return (
        run.name,
        run.optimizer.id,
        str(experiment.clock(run).first + row),
        " ".join(number(value, _DIGITS) for value in w),
        number(b, _DIGITS),
        "not computed" if math.isnan(loss) else number(loss, _DIGITS),
        ended.sentence if ended else "",
    )
