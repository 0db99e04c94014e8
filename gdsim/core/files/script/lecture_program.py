"""The code of a run as a program: the points before it, and behind it what it calls.

Run as it stands it prints every step with the numbers of the window, down to the last bit. What it takes for
that beside the code of the lecture is in functions at its end.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from gdsim.core.engine.loop import Beginning
from gdsim.core.engine.loop_shape import adds_by_numpy
from gdsim.core.engine.trajectory import StopReason
from gdsim.core.files.script.code_line import CodeLine
from gdsim.core.files.script.functions import needed, stopped_sentence
from gdsim.core.files.script.lecture import LectureCode
from gdsim.core.files.script.literals import comment, number_list
from gdsim.core.files.script.writing import begins_of
from gdsim.core.language.words import english
from gdsim.core.model.batching import epochs_shuffled_together
from gdsim.core.model.experiment import Experiment, Run
from gdsim.core.model.neuron import parameter_names
from gdsim.core.model.objective import FunctionObjective, Objective
from gdsim.core.model.plane_function import ORIGIN
from gdsim.core.model.points import PointSet
from gdsim.core.rules.schedules import RISES

# More numbers are written in one line, which takes a moment alone.
_MOST_FILLED = 2000


@english()
def lecture_code(experiment: Experiment, run: Run, begins: Beginning | None = None) -> LectureCode:
    """Return a run of an experiment as the code of the lecture.

    ``begins`` is what a fork goes on with, if that is known; else its past is computed.
    """
    begins = begins or begins_of(experiment, run)
    return code_of(run, experiment.points, len(experiment.validation), experiment.objective, begins)


@english()
def code_of(
    run: Run, points: PointSet, validation: int, objective: Objective, begins: Beginning | None
) -> LectureCode:
    """Return a run over some points as the code of the lecture."""
    return LectureCode(run, len(points), validation, objective, begins, has_noise=points != ORIGIN)


def shown_lines(code: LectureCode) -> tuple[CodeLine, ...]:
    """Return what is there to read: the function of the run, and those that it calls for the slope."""
    texts = [line for text in code.functions.values() for line in ("", "", *text.split("\n"))]
    return (*code.lines, *map(CodeLine, texts))


@english()
def program_of(experiment: Experiment, run: Run, begins: Beginning | None = None) -> str:
    """Return a run as a program, which holds what `shown_lines` has in one piece."""
    code = lecture_code(experiment, run, begins)
    helpers = _Helpers(code)
    blocks = [
        "\n".join([*_head(helpers), "", *_data(experiment, helpers)]),
        _shown(code),
        "\n\n\n".join([_REST, *helpers.texts.values()]),
        _main(code),
    ]
    return "\n\n\n".join(blocks) + "\n"


def _main(code: LectureCode) -> str:
    """Return what prints the run."""
    step = _step(code)
    stopped = _STOPPED.format(step=step, sentence=_STOPPED_AFTER) if code.run.is_searched else ""
    return _MAIN.format(
        name=code.name,
        columns="\\t".join(_columns(code)),
        diverged=_DIVERGED.format(step=step),
        stopped=stopped,
        step=step,
        finished=code.ended or _FINISHED,
    )


def _shown(code: LectureCode) -> str:
    return "\n".join(line.text for line in shown_lines(code))


def _step(code: LectureCode) -> str:
    """Return how a program counts its steps: those of a fork go on where it left."""
    return f"{code.clock.first} + len(steps)" if code.clock.first else "len(steps)"


def _columns(code: LectureCode) -> Iterator[str]:
    names = parameter_names(len(code.run.start) - 1)
    yield from ("step", *names, "loss")
    yield from (f"{letter}_{name}" for letter in code.rule.letters for name in names)


@dataclass(frozen=True)
class _Helpers:
    """The functions behind the code."""

    code: LectureCode

    @property
    def has_arrays(self) -> bool:
        """Whether NumPy adds up the loss over all points."""
        return adds_by_numpy(self.code.points, self.code.objective)

    @property
    def validates(self) -> bool:
        """Whether the learning rate looks at the validation points."""
        return RISES in self.code.counts

    @property
    def validates_arrays(self) -> bool:
        """Whether NumPy adds up the loss over the validation points."""
        return self.validates and adds_by_numpy(self.code.validation, self.code.objective)

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """Their texts by their names, in their order."""
        code = self.code
        validation_loss = "array_loss" if self.validates_arrays else "loss"
        own: dict[str, str] = {}
        if code.shuffles:
            ordered = _ARRAYS_IN_ORDER if code.by_numpy else _LISTS_IN_ORDER
            together = epochs_shuffled_together(code.points)
            own["shuffled"] = _SHUFFLED.format(together=together, ordered=ordered)
        if self.has_arrays:
            own["error"] = _ERROR
        if self.validates:
            own["validation_error"] = _VALIDATION_ERROR.format(loss=validation_loss)
        if code.is_cut:
            own["mini_batches"] = _MINI_BATCHES
        loss = _LOSS_IF_ANY if isinstance(code.objective, FunctionObjective) else _LOSS
        spread, weights = (_SPREAD, "*w") if code.has_list else ("", "w")
        own["show"] = _SHOW.format(loss=loss, spread=spread, weights=weights, step=_step(code))
        known = code.known_functions(arrays=False)
        names = needed(known, [_shown(code), _main(code), *own.values()]) - code.functions.keys()
        texts = {name: text for name, text in known.items() if name in names}
        if "shuffled_rows" in texts:
            texts["shuffled_rows"] = f"@lru_cache(maxsize=1)\n{texts['shuffled_rows']}"
        return texts | own


def _head(helpers: _Helpers) -> Iterator[str]:
    shuffles = helpers.code.shuffles
    yield from comment(f"{helpers.code.run.name}, as gdsim computes it: run as it is, it prints every step.")
    yield from ("", "import math", *(["from functools import lru_cache"] if shuffles else []))
    yield from ["from itertools import islice"] if helpers.code.skipped else []
    in_functions = any("np." in text for text in (*helpers.texts.values(), *helpers.code.functions.values()))
    if in_functions or helpers.has_arrays or helpers.validates_arrays:
        yield from ("", "import numpy as np")
    if {"array_f", "array_gradient"} & {*helpers.texts, *helpers.code.functions}:
        yield from ("", "# A number that is too large becomes infinite, without a warning.")
        yield 'np.seterr(all="ignore")'


def _data(experiment: Experiment, helpers: _Helpers) -> Iterator[str]:
    """Yield the lines that hold the points."""
    yield from _lists("", experiment.points)
    if helpers.has_arrays:
        yield "X_all, Y_all = np.array(X), np.array(Y)  # there are many: NumPy adds them up"
    if helpers.validates:
        yield from _lists("_VALIDATION", experiment.validation)
        if helpers.validates_arrays:
            yield "X_VALIDATION, Y_VALIDATION = np.array(X_VALIDATION), np.array(Y_VALIDATION)"


def _lists(suffix: str, points: PointSet) -> Iterator[str]:
    d = points.dimension
    for name, numbers in (("X", points.x[:, 0] if d == 1 else points.x), ("Y", points.y)):
        if numbers.size > _MOST_FILLED:
            yield f"{name}{suffix} = {numbers.tolist()!r}  # fmt: skip"
        else:
            yield from number_list(f"{name}{suffix}", numbers.tolist())


_REST = "# What follows makes Python print the numbers of the window."

_ERROR = '''\
def error(w, b):
    """The loss over all points."""
    return array_loss(w, b, X_all, Y_all)'''

_VALIDATION_ERROR = '''\
def validation_error(w, b):
    """The loss over the points that only the learning rate looks at."""
    return {loss}(w, b, X_VALIDATION, Y_VALIDATION)'''

_MINI_BATCHES = '''\
def mini_batches(X, Y, size):
    """Cut the points into mini-batches; the last one may be smaller."""
    for first in range(0, len(Y), size):
        yield X[first : first + size], Y[first : first + size]'''

_SHUFFLED = '''\
def shuffled(X, Y, seed, epoch):
    """The points in the order in which gdsim takes them in an epoch."""
    order = shuffled_rows(seed, epoch // {together})[epoch % {together}]
    return {ordered}'''

_LISTS_IN_ORDER = "[X[n] for n in order], [Y[n] for n in order]"
_ARRAYS_IN_ORDER = "X[order], Y[order]"

_SHOW = '''\
def show(w, b, *memory):
    """Print a step: w, b, the loss, and what the rule remembers; end where one is too large."""
    {loss}
{spread}    numbers = [{weights}, b, loss, *memory]
    if steps and not all(math.isfinite(number) for number in numbers):
        raise OverflowError
    print({step}, *numbers, sep="\\t")
    steps.append(numbers)'''

# What is remembered of each weight is in lists.
_SPREAD = """\
    memory = [number for pair in zip(memory[::2], memory[1::2]) for number in [*pair[0], pair[1]]]
"""

_LOSS = "loss = error(w, b)"
# A function of w and b may have no value at some places.
_LOSS_IF_ANY = """\
try:
        loss = float(error(w, b))
    except (ArithmeticError, TypeError, ValueError):
        loss = math.nan"""

_DIVERGED = StopReason.DIVERGED.value.format(step="{{{step}:,}}")
_FINISHED = StopReason.FINISHED.value.format(steps="{last:,} step{'s' * (last != 1)}")
_STOPPED = """\
except Stopped as reason:
    last = {step} - 1
    print(f"{sentence}")
"""
_STOPPED_AFTER = stopped_sentence("{last:,} step{'s' * (last != 1)}")
_MAIN = """\
steps = []
print("{columns}")
try:
    {name}()
except (ArithmeticError, TypeError, ValueError):
    print(f"{diverged}")
{stopped}else:
    last = {step} - 1
    print(f"{finished}")"""
