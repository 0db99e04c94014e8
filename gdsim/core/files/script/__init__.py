"""An experiment as a NumPy script that stands alone, written like the code of a lecture.

It holds the points, the neuron, one short function for each kind of run, and the runs. It computes in
the order of the engine, and so prints the numbers of the window, down to the last digit. The functions
are made from the lines that rules and schedules declare: a new one needs nothing more.
"""

from gdsim.core.files.script import text
from gdsim.core.files.script.data_code import data_lines, used_points
from gdsim.core.files.script.literals import comment, text_literal
from gdsim.core.files.script.update_code import UpdateCode
from gdsim.core.model.batching import epochs_shuffled_together
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.neuron import parameter_names


def script_of(experiment: Experiment, stem: str = "script") -> str:
    """Return an experiment as the text of a Python script.

    Run as ``python FILE`` it prints the first and the last steps of every run, and as ``python FILE --csv``
    every step: run, step, parameters, loss. Many points are not in the text, but in the files that
    `gdsim.core.files.script.data_code.data_files` names, which have to stand beside the script.

    Parameters
    ----------
    experiment : Experiment
    stem : str
        The name that the script's file will have, without its ending.

    Raises
    ------
    gdsim.core.files.script.update_code.NoScript
        If a rule declares its work in a way that no function can be made of.
    """
    codes = [UpdateCode(run, len(experiment.points)) for run in experiment.runs]
    functions = {code.name: code.definition() for code in codes}
    blocks = [
        *_neuron(experiment.points.dimension),
        *_batching(codes, len(experiment.points)),
        *map("\n".join, functions.values()),
        "\n".join(_runs(codes)),
        text.fly(),
        *_printing(experiment),
    ]
    head = [
        text.OPENING,
        *_imports(experiment, codes, functions),
        "",
        text.NO_WARNINGS,
        "",
        *_document(experiment, stem),
    ]
    return "\n\n\n".join(["\n".join(head), *blocks]) + "\n"


def _imports(experiment: Experiment, codes: list[UpdateCode], functions: dict[str, list[str]]) -> list[str]:
    """Return the imports that the rest of a script needs."""
    lines = ["import csv"]
    if any("math." in line for lines in functions.values() for line in lines):
        lines.append("import math")
    lines.append("import sys")
    if any(code.cut.shuffled for code in codes):
        lines.append("from itertools import count, islice")
    if any(part.is_large for part in used_points(experiment)):
        lines.append("from pathlib import Path")
    return [*lines, "", "import numpy as np"]


def _document(experiment: Experiment, stem: str) -> list[str]:
    """Return the lines that hold the title and the data."""
    lines = [*comment(experiment.about), ""] if experiment.about.strip() else []
    if experiment.title:
        lines = [f"TITLE = {text_literal(experiment.title)}", *lines]
    lines += [""] if lines and lines[-1] else []
    for part in used_points(experiment):
        lines += [*data_lines(part, stem), ""]
    columns = ", ".join(f'"{name}"' for name in [*parameter_names(experiment.points.dimension), "loss"])
    return [*lines, f"COLUMNS = [{columns}]"]


def _neuron(dimension: int) -> tuple[str, str, str]:
    if dimension == 1:
        return text.F, text.LOSS, text.GRADIENT
    return text.F_OF_SEVERAL_INPUTS, text.LOSS, text.GRADIENT_OF_SEVERAL_INPUTS


def _batching(codes: list[UpdateCode], points: int) -> list[str]:
    """Return what cuts and shuffles the points, where a run needs it."""
    blocks = [] if all(code.cut.whole for code in codes) else [text.BATCHES]
    if any(code.cut.shuffled for code in codes):
        blocks.append(text.orders(epochs_shuffled_together(points)))
    return blocks


def _runs(codes: list[UpdateCode]) -> list[str]:
    """Return the function that makes the runs, by the names they have in the window."""
    lines = ["def runs():", '    """Every run: its name, and the steps it makes."""']
    for code in codes:
        lines += code.call("steps = ", indent=4)
        lines.append(f"    yield {text_literal(code.run.name)}, steps")
    return lines if codes else [*lines, "    return []"]


def _printing(experiment: Experiment) -> list[str]:
    shown = [experiment.title, *(run.name for run in experiment.runs)]
    return text.printing(
        titled=bool(experiment.title),
        visible=all(map(str.isprintable, shown)),
        ascii_only=all(map(str.isascii, shown)),
    )
