"""The code of runs as a program: the points before it, and behind it what it calls.

What it takes beside the code of the lecture to print the numbers of the window, down to the last bit, is in
functions at its end.
"""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet

from gdsim.core.engine.beginning import beginning
from gdsim.core.engine.loop import Beginning
from gdsim.core.engine.loop_shape import adds_by_numpy
from gdsim.core.engine.trajectory import StopReason
from gdsim.core.files.script.code_line import CodeLine
from gdsim.core.files.script.functions import functions, looked_up, needed
from gdsim.core.files.script.lecture import LectureCode
from gdsim.core.files.script.literals import comment, number_list, text_literal
from gdsim.core.files.script.objective import Subject
from gdsim.core.files.script.searching import reason_words
from gdsim.core.language.words import english
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.neuron import parameter_names
from gdsim.core.model.objective import Objective
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.progress import run_to_end

# More numbers fill some screens, and are no text to read: a script has them in files.
MOST_NUMBERS = 2000


@english()
def lecture_code(experiment: Experiment, run: Run, begins: Beginning | None = None) -> LectureCode:
    """Return a run of an experiment as the code of the lecture.

    ``begins`` is what a fork goes on with, if that is known; else its past is computed.
    """
    if run.fork and not begins:
        begins = run_to_end(beginning(run, experiment.training, experiment.held_out))
    return code_of_run(run, experiment.points, len(experiment.validation), experiment.objective, begins)


@english()
def code_of_run(
    run: Run, points: PointSet, validation: int, objective: Objective, begins: Beginning | None
) -> LectureCode:
    """Return a run over some points as the code of the lecture."""
    return LectureCode(run, Subject.of(objective, points, validation), begins)


def shown_lines(code: LectureCode) -> tuple[CodeLine, ...]:
    """Return what is there to read: the function of the run, and those that it calls for the slope."""
    texts = [line for text in code.functions.values() for line in ("", "", *text.split("\n"))]
    return (*code.lines, *map(CodeLine, texts))


@english()
def program_of(experiment: Experiment, run: Run, begins: Beginning | None = None) -> str:
    """Return a run as a program, which holds what `shown_lines` has in one piece."""
    code = lecture_code(experiment, run, begins)
    data = [*point_lines(experiment, [run]), *column_lines(experiment, code.rule.letters)]
    printing = _PRINTING.format(
        arguments=", ".join(arguments(code, code.name)),
        first=f", {code.clock.first}" if code.clock.first else "",
    )
    opening = comment(f"{run.name}, as gdsim computes it: run as it is, it prints every step.")
    descent = "\n".join(line.text for line in code.lines)
    return assembled(experiment, [code], [*opening, ""], data, [descent], [printing])


def assembled(
    experiment: Experiment,
    codes: Sequence[LectureCode],
    opening: Iterable[str],
    data: Iterable[str],
    descents: Sequence[str],
    ending: Sequence[str],
) -> str:
    """Return a program: lines before its imports, those of its data, its runs, and texts at its end.

    The data are the points and the ``COLUMNS`` of what is printed.
    """
    subject = Subject.of(experiment.objective, experiment.points, len(experiment.validation))
    known = functions(subject, searched=any(code.run.is_searched for code in codes))
    shown = dict.fromkeys(name for code in codes for name in code.functions)
    behind = needed(known, [*descents, *(known[name] for name in shown)]) - shown.keys()
    text_of_data = "\n".join(data)
    blocks = [
        *descents,
        *(known[name] for name in shown),
        "\n\n\n".join([_REST, *(text for name, text in known.items() if name in behind)]),
        _recording(codes),
        *ending,
    ]
    used = set().union(*map(looked_up, (text_of_data, *blocks)))
    return "\n\n\n".join(["\n".join([*opening, *_imports(used), "", text_of_data]), *blocks]) + "\n"


def arguments(code: LectureCode, name: str) -> Iterator[str]:
    """Yield what ``record`` of a program is given of a run, whose function has a name."""
    yield from (name, f"{code.clock.first}")
    if code.ended:
        yield text_literal(code.ended)


def point_sets(experiment: Experiment, runs: Iterable[Run]) -> Iterator[tuple[str, PointSet]]:
    """Yield the points that runs look at, with the ends of the names of their lists."""
    yield "", experiment.points
    if any(run.schedule.needs_validation for run in runs):
        yield "_VALIDATION", experiment.validation


def file_of(stem: str, suffix: str, points: PointSet) -> str:
    """Return the name of the file of points beside a script of a name; empty for points in its text."""
    is_text = not stem or points.y.size * (points.dimension + 1) <= MOST_NUMBERS
    return "" if is_text else f"{stem}-{'validation' if suffix else 'points'}.tsv"


def point_lines(experiment: Experiment, runs: Iterable[Run], stem: str = "") -> Iterator[str]:
    """Yield the lines that hold the points of runs, or read them from files beside a script of a name."""
    for suffix, points in point_sets(experiment, runs):
        d, file = points.dimension, file_of(stem, suffix, points)
        lists = {f"X{suffix}": points.x[:, 0] if d == 1 else points.x, f"Y{suffix}": points.y}
        if file:
            yield f"with Path(__file__).with_name({text_literal(file)}).open() as file:"
            yield "    rows = [[float(number) for number in line.split()] for line in file]"
            inputs = "0" if d == 1 else ":-1"
            yield f"X{suffix}, Y{suffix} = [row[{inputs}] for row in rows], [row[-1] for row in rows]"
        else:
            for name, numbers in lists.items():
                yield from number_list(name, numbers.tolist())
        if adds_by_numpy(len(points), experiment.objective):
            arrays = f"X{suffix or '_all'}, Y{suffix or '_all'}"  # some updates take a few of the points
            yield f"{arrays} = np.array(X{suffix}), np.array(Y{suffix})  # there are many: NumPy adds them up"


def column_lines(experiment: Experiment, letters: Iterable[str] = ()) -> Iterator[str]:
    """Yield the lines that name the numbers of a step: parameters, loss, and memories of some letters."""
    names = parameter_names(experiment.points.dimension)
    columns = [*names, "loss", *(f"{letter}_{name}" for letter in letters for name in names)]
    listed = ", ".join(f'"{name}"' for name in columns)
    yield from ("", f"COLUMNS = [{listed}]")


def _imports(used: AbstractSet[str]) -> Iterator[str]:
    """Yield the imports that the rest of a program needs, which looks up some names."""
    yield from (f"import {module}" for module in ("csv", "math", "sys") if module in used)
    for module, name in (("functools", "lru_cache"), ("itertools", "islice"), ("pathlib", "Path")):
        if name in used:
            yield f"from {module} import {name}"
    if "np" in used:
        yield from ("", "import numpy as np")
    if "array_f" in used:
        yield from ("", "# A number that is too large becomes infinite, without a warning.")
        yield 'np.seterr(all="ignore")'


def _recording(codes: Sequence[LectureCode]) -> str:
    """Return the function that makes a run, with the program's own sentences for its end."""
    steps = "{first + len(steps) - 1:,} step{'s' * (first + len(steps) != 2)}"
    stopped = StopReason.NO_STEP.value.replace(reason_words(StopReason.NO_STEP), "{reason}")
    stopped = _STOPPED.format(sentence=stopped.replace("{steps}", steps))
    ended = any(code.ended for code in codes)
    finished = f'f"{StopReason.FINISHED.value.format(steps=steps)}"'
    return _RECORD.format(
        ended=', ended=""' if ended else "",
        diverged=StopReason.DIVERGED.value.format(step="{first + len(steps):,}"),
        stopped=stopped if any(code.run.is_searched for code in codes) else "",
        finished=f"ended or {finished}" if ended else finished,
    )


_REST = "# What follows makes Python print the numbers of the window."

_RECORD = '''\
steps = []


def record(run, first{ended}):
    """The steps of a run that begins at step first, and how it ended."""
    steps.clear()
    try:
        run()
    except (ArithmeticError, TypeError, ValueError):
        end = f"{diverged}"
{stopped}    else:
        end = {finished}
    return [numbers[: len(COLUMNS)] for numbers in steps], end'''

_STOPPED = """\
    except Stopped as reason:
        end = f"{sentence}"
"""

_PRINTING = """\
rows, end = record({arguments})
try:
    print("step", *COLUMNS, sep="\\t")
    for step, row in enumerate(rows{first}):
        print(step, *row, sep="\\t")
    print(end, flush=True)
except BrokenPipeError:  # who reads it, such as head, has seen enough
    sys.stdout = None"""
