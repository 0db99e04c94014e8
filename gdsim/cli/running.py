"""gdsim run: computes every run of a scene without a window."""

import contextlib
import math
from dataclasses import replace
from pathlib import Path

from gdsim.cli.command import (
    STANDARD_OUTPUT,
    Parser,
    as_usage_error,
    open_output,
    print_error,
    print_table,
    run_with_progress,
    standard_output,
)
from gdsim.cli.opening import check_targets, open_scene
from gdsim.core.files.record_csv import RunSummary, computing_record
from gdsim.core.files.table.table_points import read_points
from gdsim.core.formulas.numerals import number
from gdsim.core.model.edits import put_points
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.progress import run_to_end
from gdsim.core.settings import InvalidValue, elided, quoted

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
    check_targets(options.scene, options.csv)
    experiment = open_scene(options.scene)
    if options.points is not None:
        check_targets(options.points, options.csv)
        experiment = _over_table(experiment, options.points)
    ends = compute_all(experiment, options.csv)
    if options.csv != STANDARD_OUTPUT:
        with standard_output():
            rows = [_row(experiment, end) for end in ends]
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
    print_error(f"note: {points}{aside}: {columns}")
    return experiment


def compute_all(experiment: Experiment, csv: str | None) -> list[RunSummary]:
    """Compute all runs, write their steps to the file named ``csv``, if any, and return how they end."""
    steps = sum(experiment.total_steps(run) for run in experiment.runs)
    with contextlib.nullcontext() if csv is None else open_output(csv) as out:
        work = computing_record(experiment, out)
        if out and out.isatty():  # the rows show the progress themselves
            return run_to_end(work)
        return run_with_progress(work, f"{steps} steps")


def _row(experiment: Experiment, end: RunSummary) -> tuple[str, ...]:
    run, row, (*w, b), loss, stop = end
    return (
        elided(run.name),
        run.optimizer.id,
        str(experiment.clock(run).first + row),
        " ".join(number(value, _DIGITS) for value in w),
        number(b, _DIGITS),
        "not computed" if math.isnan(loss) else number(loss, _DIGITS),
        stop.sentence if stop else "",
    )
