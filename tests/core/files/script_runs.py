"""Running exported scripts and programs, for tests that compare their numbers with the engine's."""

import contextlib
import csv
import dataclasses
import io
import runpy
import subprocess
import sys
from itertools import groupby

import numpy as np
import pytest

from gdsim.core.files.script.run_program import program_of
from gdsim.core.files.script.writing import script_of
from tests.core.records import computed
from tests.every import some_of


def run_alone(path, *arguments):
    """Run a script in a process of its own, without gdsim, and return its output; warnings are errors."""
    done = subprocess.run(
        [sys.executable, "-I", "-W", "error", str(path), *arguments], capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode("utf-8")


def run_file(path, *arguments):
    """Run a script in this process, which is faster, and return its output."""
    printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="", write_through=True)
    with pytest.MonkeyPatch.context() as patch, np.errstate():
        patch.setattr(sys, "argv", [str(path), *arguments])
        patch.setattr(sys, "stdout", printed)
        runpy.run_path(str(path), run_name="__main__")
    return printed.buffer.getvalue().decode("utf-8")


def run_script(experiment, tmp_path, *arguments):
    path = tmp_path / "script.py"
    path.write_bytes(script_of(experiment).encode())
    return run_file(path, *arguments)


def load(text):
    """Return the global names of a script that was executed here, but not as the main program."""
    names = {"__name__": "exported", "__file__": __file__}
    exec(compile(text, "script.py", "exec"), names)  # noqa: S102 - our own code
    return names


def runs_of(experiment):
    """Return the name, the rows and the end of each run, as the experiment's script computes them."""
    with np.errstate():
        script = load(script_of(experiment))
        return [(name, *script["record"](*run)) for name, *run in script["RUNS"]]


def tables(printed):
    """Return the runs that a script printed as CSV: each one's name, and an array of w, b, loss per step."""
    head, *rows = csv.reader(io.StringIO(printed, newline=""))
    assert (head[:2], head[-1]) == (["run", "step"], "loss")
    # Two runs in a row may have the same name, so a new run also begins where the step does not go up by 1.
    steps = np.array([int(row[1]) for row in rows])
    names = np.array([row[0] for row in rows], dtype=object)
    starts = np.cumsum(np.append(True, (np.diff(steps) != 1) | (names[1:] != names[:-1])))
    found = []
    for _, of_run in groupby(zip(starts, rows, strict=True), key=lambda pair: pair[0]):
        lines = [row for _, row in of_run]
        first = int(lines[0][1])
        assert [row[1] for row in lines] == [str(step) for step in range(first, first + len(lines))]
        (name,) = {row[0] for row in lines}
        found.append((name, np.array([row[2:] for row in lines], dtype=np.float64)))
    return found


def records(experiment, made=None):
    """Return the name, the rows and the end of each run, as the engine records them."""
    found = []
    for run, record in zip(experiment.runs, made or computed(experiment), strict=True):
        columns = record.whole
        found.append((run.name, np.column_stack([columns.p, columns.loss]), record.stop.sentence))
    return found


def check(experiment, found, made=None):
    """Assert that every number of every step, and each run's end if given, equals the engine's, bit by bit.

    ``made`` are the engine's records of the runs, if they have been computed already.
    """
    expected = records(experiment, made)
    assert [name for name, *_ in found] == [name for name, *_ in expected]
    for (name, table, *end), (_, wanted, ended) in zip(found, expected, strict=True):
        table = np.array(table)  # noqa: PLW2901
        assert table.shape == wanted.shape, name
        assert end in ([], [ended]), name
        # With very many points, the engine does not compute the loss at each step.
        unknown = np.isnan(wanted)
        table[unknown] = wanted[unknown] = 0.0
        assert table.tobytes() == wanted.tobytes(), name


def printed(experiment, run):
    """Execute the program of a run here, and return the lines that it prints."""
    text = io.StringIO()
    with contextlib.redirect_stdout(text), np.errstate():
        load(program_of(experiment, run))
    return text.getvalue().splitlines()


def check_code(experiment, made=None):
    """Assert that each number that the programs of the runs print equals the record, bit by bit."""
    for run, record in zip(experiment.runs, made or computed(experiment), strict=True):
        head, *rows, end = printed(experiment, run)
        columns = record.whole
        d = columns.p.shape[1]
        letters = run.optimizer.update_rule.letters
        assert head.split("\t")[0] == "step"
        assert len(head.split("\t")) == 2 + d + d * len(letters)
        assert end == record.stop.sentence, run.name
        table = [[float(number) for number in row.split("\t")] for row in rows]
        first = run.fork.step if run.fork else 0
        assert [row[0] for row in table] == list(range(first, first + len(columns.p))), run.name
        found = np.array([row[1 : 2 + d] for row in table])
        wanted = np.column_stack([columns.p, columns.loss])
        # With very many points, the engine does not compute the loss at each step.
        np.testing.assert_array_equal(found[~np.isnan(wanted)], wanted[~np.isnan(wanted)], run.name)
        memory = np.array([row[2 + d :] for row in table[1:]]).reshape(len(table) - 1, len(letters), d)
        np.testing.assert_array_equal(memory.swapaxes(0, 1), columns.state[:, 1:], run.name)


def check_both(experiment, made=None):
    """Check the script of an experiment, and the programs of some runs, whose updates have the same lines."""
    made = made or computed(experiment)
    check(experiment, runs_of(experiment), made)
    some = some_of(zip(experiment.runs, made, strict=True), sum(len(one.whole.loss) for one in made), 3)
    check_code(dataclasses.replace(experiment, runs=tuple(run for run, _ in some)), [one for _, one in some])
