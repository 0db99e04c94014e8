"""An experiment as the text of a script, and the files of the points that are too many for its text.

The script holds the points, the neuron, one short function for each kind of run, and the runs. It computes in
the order of the engine, and so prints the numbers of the window, down to the last bit.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from gdsim.core.engine.beginning import beginning
from gdsim.core.engine.loop import Beginning
from gdsim.core.engine.loop_shape import adds_by_numpy
from gdsim.core.files.atomic import replacing
from gdsim.core.files.script.descent import Descent
from gdsim.core.files.script.functions import functions, looked_up, needed, printing, record
from gdsim.core.files.script.literals import comment, number_list, text_literal
from gdsim.core.files.table.points import rows_text
from gdsim.core.language.words import english
from gdsim.core.model.experiment import Experiment, Run
from gdsim.core.model.neuron import parameter_names
from gdsim.core.model.objective import FunctionObjective, Objective
from gdsim.core.model.points import PointSet
from gdsim.core.progress import run_to_end

# More numbers than fill some screens are no text to read.
MOST_NUMBERS = 2000
_USAGE = """\
\"\"\"Gradient descent on {what}, exported from gdsim with its numbers.

    python FILE          prints the first and the last steps of every run
    python FILE --csv    prints every step, for a spreadsheet

It needs {needs}Python 3.11 or newer.
\"\"\"
"""


class _Points(NamedTuple):
    """Points, and what their file and their lists are called in a script."""

    kind: str
    suffix: str
    points: PointSet
    objective: Objective

    @property
    def has_file(self) -> bool:
        """Whether they are too many for the text of a script."""
        return len(self.points) * (self.points.dimension + 1) > MOST_NUMBERS

    @property
    def are_arrays(self) -> bool:
        """Whether NumPy adds them up."""
        return adds_by_numpy(len(self.points), self.objective)

    def file(self, stem: str) -> str:
        """Return the name of the file beside the script of a name."""
        return f"{stem}-{self.kind}.tsv"


def write_script(experiment: Experiment, path: Path) -> list[Path]:
    """Write an experiment as a script; old files are replaced when all new ones are complete.

    Returns
    -------
    list of Path
        The script, then the files beside it.
    """
    texts = {path: script_of(experiment, path.stem)}
    for part in _used(experiment):
        if part.has_file:
            texts[path.parent / part.file(path.stem)] = rows_text(part.points)
    with contextlib.ExitStack() as stack:
        for target, text in texts.items():
            unfinished = stack.enter_context(replacing(target))
            unfinished.write_text(text, encoding="utf-8", newline="\n")
    return list(texts)


def needs_files(experiment: Experiment) -> bool:
    """Return whether the script of an experiment reads files that stand beside it."""
    return any(part.has_file for part in _used(experiment))


@english()
def script_of(experiment: Experiment, stem: str = "script") -> str:
    """Return an experiment as the text of a Python script.

    Run as ``python FILE`` it prints the first and the last steps of every run, and as ``python FILE --csv``
    every step: run, step, parameters, loss. The names of files of points begin with ``stem``, the name of the
    script's own file without its ending.
    """
    points = experiment.points
    held_out, objective = len(experiment.validation), experiment.objective
    of_runs = [
        Descent(run, len(points), held_out, objective, begins_of(experiment, run)) for run in experiment.runs
    ]
    forked = any(one.begins for one in of_runs)
    searched = any(run.is_searched for run in experiment.runs)
    descents, runs = _descents(of_runs, forked=forked)
    arrays = adds_by_numpy(len(points), objective)
    all_points = "X, Y" if searched else ""
    known = functions(points.dimension, len(points), objective, arrays=arrays, all_points=all_points)
    loss = "array_loss" if arrays else "loss"
    is_function = isinstance(objective, FunctionObjective)
    ended = any(one.ended for one in of_runs)
    makes_rows = record(
        points.dimension, loss, forked=forked, searched=searched, ended=ended, of_function=is_function
    )
    names = needed(known, [*descents, makes_rows])
    document = "\n".join(_document(experiment, stem))
    blocks = [
        *(text for name, text in known.items() if name in names),
        *descents,
        "\n".join(runs),
        makes_rows,
        *_printing(experiment, forked=forked),
    ]
    used = set().union(*map(looked_up, (document, *blocks)))
    head = [
        _USAGE.format(what=_what(objective), needs="NumPy, and " if "np" in used else ""),
        *_imports(used),
        "",
        document,
    ]
    return "\n\n\n".join(["\n".join(head), *blocks]) + "\n"


def _what(objective: Objective) -> str:
    if isinstance(objective, FunctionObjective):
        return "a function of w and b"
    return f"a {objective.activation} neuron"


def begins_of(experiment: Experiment, run: Run) -> Beginning | None:
    """Return what a fork goes on with; None for any other run. Its past is computed for that."""
    if run.fork is None:
        return None
    return run_to_end(beginning(run, experiment.training, experiment.held_out))


def _descents(of_runs: list[Descent], *, forked: bool) -> tuple[list[str], list[str]]:
    """Return the functions of the runs, each once, and the lines of the function that makes the runs."""
    texts: dict[str, str] = {}
    what = "the steps it makes, and that at which it begins" if forked else "and the steps it makes"
    runs = ["def runs():", f'    """Every run: its name, {what}."""']
    for one in of_runs:
        name, number = one.name, 1
        while name in texts and texts[name] != one.definition(name):  # another rule has the same title
            number += 1
            name = f"{one.name}_{number}"
        texts[name] = one.definition(name)
        if one.run.fork:
            left = text_literal(one.run.fork.parent.name)
            runs.append(f"    # It goes on from {left} at step {one.run.fork.step}.")
        runs += one.call(name, "steps = ", indent=4)
        first = f", {one.clock.first}" if forked else ""
        runs.append(f"    yield {text_literal(one.run.name)}, steps{first}")
    return list(texts.values()), runs if of_runs else [*runs, "    return []"]


def _imports(used: set[str]) -> Iterator[str]:
    """Yield the imports that the rest of a script needs, which looks up some names."""
    yield from ("import csv", "import math", "import sys")
    tools = sorted({"count", "islice"} & used)
    if tools:
        yield f"from itertools import {', '.join(tools)}"
    if "Path" in used:
        yield "from pathlib import Path"
    if "np" in used:
        yield from ("", "import numpy as np")
    if "array_f" in used:
        yield from ("", "# A number that is too large becomes infinite, without a warning.")
        yield 'np.seterr(all="ignore")'


def _used(experiment: Experiment) -> Iterator[_Points]:
    """Yield the points that the runs of an experiment look at."""
    yield _Points("points", "", experiment.points, experiment.objective)
    if any(run.schedule.needs_validation for run in experiment.runs):
        yield _Points("validation", "_VALIDATION", experiment.validation, experiment.objective)


def _document(experiment: Experiment, stem: str) -> Iterator[str]:
    """Yield the lines that hold the title and the data."""
    if experiment.title:
        yield f"TITLE = {text_literal(experiment.title)}"
    yield from comment(experiment.about)
    if experiment.title or experiment.about.strip():
        yield ""
    for part in _used(experiment):
        yield from _data(part, stem)
        yield ""
    columns = ", ".join(f'"{name}"' for name in [*parameter_names(experiment.points.dimension), "loss"])
    yield f"COLUMNS = [{columns}]"


def _data(part: _Points, stem: str) -> Iterator[str]:
    """Yield the lines that give a script its points."""
    what = "The points" if part.kind == "points" else "Points that only the learning rate looks at"
    x, y = f"X{part.suffix}", f"Y{part.suffix}"
    d = part.points.dimension
    if part.has_file:
        numbers = "x and y" if d == 1 else f"x1 to x{d}, then y"
        yield f"# {what}, {numbers} in each line of a file beside this script."
        yield f"with Path(__file__).with_name({text_literal(part.file(stem))}).open() as file:"
        yield "    rows = [[float(number) for number in line.split()] for line in file]"
        yield f"{x} = [row[{'0' if d == 1 else ':-1'}] for row in rows]"
        yield f"{y} = [row[-1] for row in rows]"
    else:
        yield f"# {what}."
        yield from number_list(x, (part.points.x[:, 0] if d == 1 else part.points.x).tolist())
        yield from number_list(y, part.points.y.tolist())
    if part.are_arrays:
        yield "# There are many: NumPy adds them up."
        yield f"{x}, {y} = np.array({x}), np.array({y})"


def _printing(experiment: Experiment, *, forked: bool) -> Iterator[str]:
    shown = [experiment.title, *(run.name for run in experiment.runs)]
    return printing(
        titled=bool(experiment.title),
        visible=all(map(str.isprintable, shown)),
        ascii_only=all(map(str.isascii, shown)),
        forked=forked,
    )
