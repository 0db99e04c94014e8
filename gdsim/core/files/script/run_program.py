"""The code of runs as a program: first the points, then the code, then the functions that it calls.

The functions at the end are not the lecture's: they make Python print the numbers of the window, down to the
last bit.
"""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet

from gdsim.core.engine.beginning import beginning
from gdsim.core.engine.loop import Beginning
from gdsim.core.engine.loop_shape import adds_by_numpy
from gdsim.core.engine.trajectory import StopReason
from gdsim.core.files.script.code_line import CodeLine
from gdsim.core.files.script.functions import global_names, needed_functions, script_functions
from gdsim.core.files.script.lecture import LectureCode
from gdsim.core.files.script.literals import comment, number_list, text_literal
from gdsim.core.files.script.objective_functions import ObjectiveSize
from gdsim.core.files.script.search_functions import reason_words
from gdsim.core.language.texts import english
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.neuron import parameter_names
from gdsim.core.model.objective import Objective
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.progress import run_to_end

# With more numbers than these, which would fill several screens, a script reads its points from files.
MOST_NUMBERS = 2000


@english()
def lecture_code(experiment: Experiment, run: Run, begins: Beginning | None = None) -> LectureCode:
    """Return a run of an experiment as the code of the lecture.

    ``begins`` is the state from which a fork continues; if it is None, the fork's past is computed.
    """
    if run.fork and not begins:
        begins = run_to_end(beginning(run, experiment.training, experiment.held_out))
    return code_of_run(run, experiment.points, len(experiment.validation), experiment.objective, begins)


@english()
def code_of_run(
    run: Run, points: PointSet, validation: int, objective: Objective, begins: Beginning | None
) -> LectureCode:
    """Return a run over ``points`` as the code of the lecture; ``validation`` is a number of points."""
    return LectureCode(run, ObjectiveSize.of(objective, points, validation), begins)


def shown_lines(code: LectureCode) -> tuple[CodeLine, ...]:
    """Return the lines shown to the user: the function of the run, and the functions shown with it."""
    texts = [line for text in code.functions.values() for line in ("", "", *text.split("\n"))]
    return (*code.lines, *map(CodeLine, texts))


@english()
def program_of(experiment: Experiment, run: Run, begins: Beginning | None = None) -> str:
    """Return a run as a program, which contains the lines of `shown_lines` without interruption."""
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
    """Return a program: opening lines, imports, data, descents, the functions they call, and the ending.

    The data are the points and the ``COLUMNS`` of the printed table; each descent is the function of a run.
    """
    subject = ObjectiveSize.of(experiment.objective, experiment.points, len(experiment.validation))
    searched, guarded = (any(code.run.is_searched for code in codes), any(code.is_guarded for code in codes))
    known = script_functions(subject, searched=searched, guarded=guarded)
    shown = dict.fromkeys(name for code in codes for name in code.functions)
    behind = needed_functions(known, [*descents, *(known[name] for name in shown)]) - shown.keys()
    text_of_data = "\n".join(data)
    blocks = [
        *descents,
        *(known[name] for name in shown),
        "\n\n\n".join([_REST, *(text for name, text in known.items() if name in behind)]),
        _recording(codes),
        *ending,
    ]
    used = set().union(*map(global_names, (text_of_data, *blocks)))
    return "\n\n\n".join(["\n".join([*opening, *_imports(used), "", text_of_data]), *blocks]) + "\n"


def arguments(code: LectureCode, name: str) -> Iterator[str]:
    """Yield the arguments for ``record`` in a program; ``name`` is that of the run's function."""
    yield from (name, f"{code.clock.first}")
    if code.ended:
        yield text_literal(code.ended)


def point_sets(experiment: Experiment, runs: Iterable[Run]) -> Iterator[tuple[str, PointSet]]:
    """Yield the sets of points that runs need, each with the suffix for the names of its lists."""
    yield "", experiment.points
    if any(run.schedule.needs_validation for run in runs):
        yield "_VALIDATION", experiment.validation


def points_file_name(stem: str, suffix: str, points: PointSet) -> str:
    """Return the name of the file of points beside the script ``stem``; empty if the script holds them."""
    is_text = not stem or points.y.size * (points.dimension + 1) <= MOST_NUMBERS
    return "" if is_text else f"{stem}-{'validation' if suffix else 'points'}.tsv"


def point_lines(experiment: Experiment, runs: Iterable[Run], stem: str = "") -> Iterator[str]:
    """Yield the lines that define the points of runs, or read them from files beside the script ``stem``."""
    for suffix, points in point_sets(experiment, runs):
        d, file = points.dimension, points_file_name(stem, suffix, points)
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
            arrays = f"X{suffix or '_all'}, Y{suffix or '_all'}"  # mini-batches still use the lists X and Y
            yield f"{arrays} = np.array(X{suffix}), np.array(Y{suffix})  # there are many: NumPy adds them up"


def column_lines(experiment: Experiment, letters: Iterable[str] = ()) -> Iterator[str]:
    """Yield the lines that name the columns: parameters, loss, and the memories ``letters``."""
    names = parameter_names(experiment.points.dimension)
    columns = [*names, "loss", *(f"{letter}_{name}" for letter in letters for name in names)]
    listed = ", ".join(f'"{name}"' for name in columns)
    yield from ("", f"COLUMNS = [{listed}]")


def _imports(used: AbstractSet[str]) -> Iterator[str]:
    """Yield the imports of a program that uses these global names."""
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
    """Return the function that records a run, with the sentences that gdsim itself has for how runs end."""
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
