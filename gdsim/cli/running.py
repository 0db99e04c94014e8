"""gdsim run: every run of a scene, without a window."""

import math
import sys
import time
from typing import TextIO

from gdsim.cli.command import (
    STANDARD_OUTPUT,
    Parser,
    csv_file,
    file_name,
    keep_apart,
    print_table,
    standard_output,
)
from gdsim.core.engine.runs import run_steps, steps_of_work
from gdsim.core.files.record_csv import write_header, write_rows
from gdsim.core.files.scene import bundled_scenes, find_scene, load_scene
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.settings import one_line

# Steps times points between two updates of the progress: some tenths of a second.
_WORK_AT_ONCE = 1 << 22


def run(arguments: list[str]) -> int:
    """Compute all runs, write their steps to the CSV file if there is one, and print how each ended."""
    parser = Parser(prog="gdsim run", description="Compute every run of a scene, without a window.")
    parser.add_argument("scene", type=file_name, help="a bundled scene or a scene file")
    parser.add_argument(
        "--csv", type=file_name, metavar="FILE", help="write every step to FILE, or to standard output as -"
    )
    options = parser.parse_args(arguments)
    scene = find_scene(options.scene)
    keep_apart(scene, options.csv)
    experiment = load_scene(scene)
    if scene not in bundled_scenes().values():
        for rule in experiment.rules:
            print(f"note: {rule.title} is a rule of this scene, not of gdsim", file=sys.stderr)
        if isinstance(experiment.objective, FunctionObjective):
            text = one_line(experiment.objective.text, 200)
            print(f"note: the loss is a function of this scene: {text}", file=sys.stderr)
    with standard_output() as terminal:
        if options.csv == STANDARD_OUTPUT:
            compute_all(experiment, terminal)
            return 0
        with csv_file(options.csv) as out:
            rows = compute_all(experiment, out)
        print_table(("run", "algorithm", "steps", "w", "b", "loss", "outcome"), rows)
    return 0


class _Progress:
    """Shows on a terminal how far a computation is, once it takes more than a second."""

    def __init__(self, total: int, *, wanted: bool) -> None:
        self._total = total
        self._done = 0
        self._begun = time.monotonic()
        self._wanted = wanted and sys.stderr is not None and sys.stderr.isatty()
        self._line = ""

    def add(self, steps: int) -> None:
        self._done += steps
        if self._wanted and time.monotonic() - self._begun > 1.0:
            self._line = f"{100 * self._done // self._total} % of {self._total} steps"
            print(f"\r{self._line}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        if self._line:
            print(f"\r{' ' * len(self._line)}\r", end="", file=sys.stderr, flush=True)


def compute_all(experiment: Experiment, out: TextIO | None) -> list[tuple[str, ...]]:
    """Compute every run and write its rows; return the lines of the summary."""
    if out:
        write_header(out, experiment)
    steps = sum(experiment.total_steps(run) for run in experiment.runs)
    progress = _Progress(steps, wanted=not (out and out.isatty()))  # on a terminal the rows show it
    try:
        return [_compute(experiment, index, out, progress) for index in range(len(experiment.runs))]
    finally:
        progress.clear()


def _compute(experiment: Experiment, index: int, out: TextIO | None, progress: _Progress) -> tuple[str, ...]:
    run = experiment.runs[index]
    size = steps_of_work(experiment, run, _WORK_AT_ONCE)
    record = run_steps(experiment, index)
    chunk = last = next(record)
    if out:
        write_rows(out, experiment, chunk)
    while not chunk.stop:
        chunk = record.send(size)
        if len(chunk.columns.loss):  # none when the first step of the chunk diverged
            last = chunk
        if out:
            write_rows(out, experiment, chunk)
        progress.add(len(chunk.columns.loss))
    *w, b = last.columns.p[-1].tolist()
    return (
        run.name,
        run.optimizer.id,
        str(experiment.clock(run).first + last.first + len(last.columns.loss) - 1),
        " ".join(f"{value:.6g}" for value in w),
        f"{b:.6g}",
        _loss_text(float(last.columns.loss[-1])),
        chunk.stop.sentence,
    )


def _loss_text(loss: float) -> str:
    return "not computed" if math.isnan(loss) else f"{loss:.6g}"
