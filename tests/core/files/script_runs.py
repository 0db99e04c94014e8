"""Running exported scripts, for tests that compare their numbers with the engine's."""

import csv
import io
import subprocess
import sys
from itertools import groupby

import numpy as np

from gdsim.core.files.script import script_of
from tests.core.records import computed, whole


def run_file(path, *arguments):
    """Return what a script prints. It runs alone, without gdsim, and no warning is allowed."""
    done = subprocess.run(
        [sys.executable, "-I", "-W", "error", str(path), *arguments], capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode("utf-8")


def run_script(experiment, tmp_path, *arguments):
    path = tmp_path / "script.py"
    path.write_bytes(script_of(experiment).encode())
    return run_file(path, *arguments)


def load(text):
    """Return the names of a script that was carried out here, but not started."""
    names = {"__name__": "exported", "__file__": __file__}
    exec(compile(text, "script.py", "exec"), names)  # noqa: S102 - it is our own
    return names


def tables(printed):
    """Return the runs that a script printed as CSV: their names, and an array of w, b, loss at every step."""
    head, *rows = csv.reader(io.StringIO(printed, newline=""))
    assert (head[:2], head[-1]) == (["run", "step"], "loss")
    # A run begins at step 0; its name alone does not part it from the one before.
    starts = np.cumsum([row[1] == "0" for row in rows])
    found = []
    for _, of_run in groupby(zip(starts, rows, strict=True), key=lambda pair: pair[0]):
        lines = [row for _, row in of_run]
        assert [row[1] for row in lines] == [str(step) for step in range(len(lines))]
        (name,) = {row[0] for row in lines}
        found.append((name, np.array([row[2:] for row in lines], dtype=np.float64)))
    return found


def records(experiment):
    """Return what the engine records of every run, in the same form."""
    columns = map(whole, computed(experiment))
    tables_ = (np.column_stack([record.p, record.loss]) for record in columns)
    return [(run.name, table) for run, table in zip(experiment.runs, tables_, strict=True)]


def check(experiment, found):
    """Compare every number of every step to a relative 1e-12."""
    expected = records(experiment)
    assert [name for name, _ in found] == [name for name, _ in expected]
    for (name, table), (_, wanted) in zip(found, expected, strict=True):
        np.testing.assert_allclose(table, wanted, rtol=1e-12, atol=0, err_msg=name)
