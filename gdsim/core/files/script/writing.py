"""An experiment as a script, with files beside it for points that are too many for its text.

The script contains the points, the code of every run, and functions that print the steps. It computes in the
order of the engine, so that it prints the numbers of the window, down to the last bit.
"""

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from gdsim.core.engine.sum_source import indented
from gdsim.core.files.atomic import replacing
from gdsim.core.files.script.lecture import LectureCode
from gdsim.core.files.script.literals import comment, docstring, text_literal
from gdsim.core.files.script.run_program import (
    arguments,
    assembled,
    column_lines,
    lecture_code,
    point_lines,
    point_sets,
    points_file_name,
)
from gdsim.core.files.table.table_points import rows_text
from gdsim.core.formulas.printing import PLAIN_TEXT
from gdsim.core.formulas.program import is_gradient
from gdsim.core.language.texts import english, said
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import FunctionObjective, Objective
from gdsim.core.model.points import PointSet
from gdsim.core.rules.rule import symbols_of_line
from gdsim.core.settings import shown_name

_USAGE = '''\
"""Gradient descent on {what}, exported from gdsim with its numbers.

    python FILE          prints the first and the last steps of every run
    python FILE --csv    prints every step, for a spreadsheet

It needs Python 3.11 or newer, and NumPy if that is imported below.
"""
'''


def write_script(experiment: Experiment, path: Path) -> list[Path]:
    """Write an experiment as a script; return its path, followed by the paths of the files beside it.

    Old files are replaced when all new ones are complete. Raises `OSError` if a file cannot be written, or if
    a file beside the script exists while the script does not: then it does not belong to it.
    """
    beside = _files_beside(experiment, path)
    for file in beside:
        if file.exists() and not path.exists():
            raise FileExistsError(
                errno.EEXIST,
                said(
                    "{file} already exists; choose another name, or move the file away", file=shown_name(file)
                ),
            )
    texts = {path: script_of(experiment, path.stem)}
    texts |= {file: rows_text(points) for file, points in beside.items()}
    with contextlib.ExitStack() as stack:
        for target, text in texts.items():
            unfinished = stack.enter_context(replacing(target))
            unfinished.write_text(text, encoding="utf-8", newline="\n")
    return list(texts)


def files_of_script(experiment: Experiment, path: Path) -> list[Path]:
    """Return the paths that `write_script` writes: the script, then the files of points that it reads."""
    return [path, *_files_beside(experiment, path)]


def _files_beside(experiment: Experiment, path: Path) -> dict[Path, PointSet]:
    named = (
        (points_file_name(path.stem, suffix, points), points)
        for suffix, points in point_sets(experiment, experiment.runs)
    )
    return {path.parent / file: points for file, points in named if file}


@english()
def script_of(experiment: Experiment, stem: str = "script") -> str:
    """Return an experiment as the text of a Python script.

    ``python FILE`` prints the first and the last steps of every run, and ``python FILE --csv`` every step:
    run, step, parameters, loss. The names of files of points begin with ``stem``, which is the script's own
    file name without its suffix.
    """
    codes = [lecture_code(experiment, run) for run in experiment.runs]
    names = _names(codes)
    return assembled(
        experiment,
        codes,
        [_USAGE.format(what=_what(experiment.objective))],
        [*_titles(experiment), *point_lines(experiment, experiment.runs, stem), *column_lines(experiment)],
        [_documented(*pair) for pair in zip(codes, names, strict=True)],
        [_runs(codes, names), _printing(experiment)],
    )


def _what(objective: Objective) -> str:
    if isinstance(objective, FunctionObjective):
        return "a function of w and b"
    return f"a {objective.activation} neuron"


def _names(codes: list[LectureCode]) -> list[str]:
    """Return distinct names for the functions of the runs."""
    names: list[str] = []
    for code in codes:
        name, number = code.name, 1
        while name in names:
            number += 1
            name = f"{code.name}_{number}"
        names.append(name)
    return names


def _titles(experiment: Experiment) -> Iterator[str]:
    if experiment.title:
        yield f"TITLE = {text_literal(experiment.title)}"
    yield from comment(experiment.about)
    if experiment.title or experiment.about.strip():
        yield ""


def _documented(code: LectureCode, name: str) -> str:
    """Return the function of a run with a docstring: the summary of its rule, and the formulas."""
    optimizer, lines = code.run.optimizer, code.rule.program.lines
    formulas = (line for line in lines if not is_gradient(line.node))
    letters = [PLAIN_TEXT.line(line, symbols_of_line(optimizer, line)) for line in formulas]
    same = f"and the same for {'every weight and b' if code.has_list else 'b'}."
    found = [f"η is looked for: {code.run.search.definition.title}.", ""] if code.finds_rate else []
    words = docstring(optimizer.definition.summary, "", *letters, "", *found, same)
    return "\n".join([f"def {name}():", *indented(words), *(line.text for line in code.lines[1:])])


def _runs(codes: list[LectureCode], names: list[str]) -> str:
    """Return the list of the runs: the name of each and its arguments for ``record``."""
    rows = (
        f"    ({text_literal(code.run.name)}, {', '.join(arguments(code, name))}),"
        for code, name in zip(codes, names, strict=True)
    )
    head = "# The name of each run, its function, and the step at which it begins."
    return "\n".join([head, "RUNS = [", *rows, "]"])


def _printing(experiment: Experiment) -> str:
    """Return the functions that print the runs, and the script's main block.

    A title or name with unprintable characters could control the terminal, so it is printed with escapes.
    For characters beyond ASCII, which some terminals lack, the script sets its output to UTF-8.
    """
    shown = [experiment.title, *(run.name for run in experiment.runs)]
    visible = all(map(str.isprintable, shown))
    title = "" if not experiment.title else "    print(TITLE)\n" if visible else '    print(f"{TITLE!a}")\n'
    return _PRINTING.format(
        title=title,
        name="name" if visible else "name!a",
        any_letter="" if all(map(str.isascii, shown)) else _ANY_LETTER,
    )


_PRINTING = '''\
def print_tables(shown=5):
    """Print the first and the last steps of every run."""
{title}    for name, *run in RUNS:
        rows, end = record(*run)
        print(f"\\n{{{name}}}")
        print("    step", *(f"{{column:>24}}" for column in COLUMNS))
        for place, row in enumerate(rows):
            if place < shown or place >= len(rows) - shown:
                print(f"{{run[1] + place:8}}", *(f"{{number!r:>24}}" for number in row))
            elif place == shown:
                print("     ...")
        print(end)


def print_csv():
    """Print every step of every run."""
    table = csv.writer(sys.stdout, lineterminator="\\n")
    table.writerow(["run", "step", *COLUMNS])
    for name, *run in RUNS:
        rows, _ = record(*run)
        table.writerows([name, step, *row] for step, row in enumerate(rows, run[1]))


if __name__ == "__main__":
{any_letter}    try:
        if "--csv" in sys.argv[1:]:
            print_csv()
        else:
            print_tables()
        sys.stdout.flush()
    except BrokenPipeError:  # who reads it, such as head, has seen enough
        sys.stdout = None'''

_ANY_LETTER = """\
    # A name may have letters that a terminal lacks.
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
"""
