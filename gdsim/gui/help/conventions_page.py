"""The page of the guide that compares a step of the lecture with the same step of a library."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import zip_longest

from gdsim.core.analysis.update import update_of
from gdsim.core.analysis.worked import WorkedLine, worked
from gdsim.core.engine.runs import first_steps
from gdsim.core.files.library_code import library_run
from gdsim.core.language.pages import page_in_language
from gdsim.core.language.texts import kept_by_language, said, translated
from gdsim.core.model.experiment import new_experiment
from gdsim.core.model.run import Run
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.libraries.lookup import LIBRARIES
from gdsim.core.rules.schedules import SCHEDULES

CONVENTIONS_PAGE = "conventions"
WorkedLines = tuple[WorkedLine, ...]
_DIGITS = 6
_HALVED = SCHEDULES["step"](every=2, factor=0.5)
# A run, the number of the update that is shown, and the libraries to compare with.
_SHOWN = (
    (Run(RULES["momentum"](), schedule=_HALVED, start=(0.0, 1.0)), 3, ("torch", "keras")),
    (Run(RULES["nesterov"](), start=(0.0, 1.0)), 2, ("torch", "keras")),
    (Run(RULES["adagrad"](eps=1e-2), start=(0.0, 1.0)), 1, ("torch",)),
    (Run(RULES["rmsprop"](eps=1e-2), start=(0.0, 1.0)), 1, ("torch", "optax")),
    (Run(RULES["adam"](eps=1e-2), start=(0.0, 1.0)), 1, ("torch", "keras", "optax")),
)
HEAD_SECTION = """\
# Which convention?

PyTorch, Keras and Optax write some rules in other ways than the lecture. Here an update of w is made as the
lecture and as the library's line make it, on the lecture's two points from the same start; the first line
that leads elsewhere is marked. ε is 0.01, so that its place can be seen, and the rate of momentum halves
after two epochs.
"""
LOSS_SECTION = """\
## Defaults

Keras and Optax begin AdaGrad with v = 0.1, the lecture and PyTorch with 0. ε is 1e-8 in the lecture, 1e-7
in Keras. Keras' Nadam is PyTorch's with `momentum_decay=1`. Weight decay goes into the gradient in PyTorch,
but for AdamW, and beside the step in Keras and Optax, but for Optax' adadelta.

## The loss

The lecture's loss is half the **sum** of the squared errors. `torch.nn.MSELoss()` and Keras'
`mean_squared_error` are their **mean** over N points: the gradient is 2/N times the lecture's, so a rate η
of the lecture is η·N/2 there, for rules whose steps grow with the gradient. `MSELoss(reduction="sum")` has
twice the lecture's gradient. The sum of `optax.l2_loss` is the lecture's. *Points > Neuron and loss* has all
three: with the mean and η·N/2 a run has the lecture's numbers.

Cross-entropy of a sigmoid is `torch.nn.BCELoss`, of another neuron `BCEWithLogitsLoss`, Keras'
`BinaryCrossentropy` with `from_logits=True`, or `optax.sigmoid_binary_cross_entropy`; PyTorch and Keras take
the mean, gdsim the sum or the mean. `HuberLoss(delta=δ)` and Keras' `Huber` are gdsim's with the mean;
`SmoothL1Loss` is divided by δ. Absolute error is `L1Loss`; at an error of 0 its slope is 0.

The penalty λ adds λ·w to the gradient of the weights. PyTorch's `weight_decay=λ` does so for the bias, too,
and in AdamW beside the step. Keras' `regularizers.L2(l)` has no half: λ is 2·l.

## What t counts

The schedules of Keras and Optax count updates from 0. A scheduler of PyTorch counts the calls of
`scheduler.step()`: here one after every epoch; in a scene file `"every": "update"` makes it one after every
update.

See also [libraries](libraries.md) and [all formulas](rules.md).
"""


@kept_by_language
def conventions_page() -> str:
    """Return the page as Markdown."""
    compared = [part for run, t, libraries in _SHOWN for part in _compared(run, t, libraries)]
    return "\n\n".join([page_in_language(HEAD_SECTION), *compared, page_in_language(LOSS_SECTION)])


def _compared(run: Run, t: int, libraries: tuple[str, ...]) -> Iterator[str]:
    ours = _lines(run, t)
    for library in libraries:
        title = LIBRARIES[library]
        other, difference = library_run(run, library, 1)
        theirs = _lines(other, t)
        yield "## " + said(
            "{rule} and {library}: update {t}", rule=translated(run.optimizer.title), library=title, t=t
        )
        same = said("{library} computes the same as the lecture", library=title)
        yield f"{difference or same}."
        rows = list(paired_lines(ours, theirs))
        apart = next((place for place, pair in enumerate(rows) if _key(pair[0]) != _key(pair[1])), None)
        marked = apart if _key(ours[-1]) != _key(theirs[-1]) else None
        # The table has a column for the mark only if a line is marked.
        end = " |" if marked is None else " | |"
        table = [f"| {said('the lecture')} | {title}{end}", f"|---|---{end.replace('| |', '|---|')}"]
        for place, (one, their) in enumerate(rows):
            mark = f" **← {said('first difference')}** |" if place == marked else end.removeprefix(" |")
            table.append(f"| {_cell(one)} | {_cell(their)} |{mark}")
        yield "\n".join(table)


def paired_lines(
    ours: WorkedLines, theirs: WorkedLines
) -> Iterator[tuple[WorkedLine | None, WorkedLine | None]]:
    """Yield the lines of two steps in pairs; lines with the same result, up to its sign, form a pair."""
    keys = [_key(line) for line in ours], [_key(line) for line in theirs]
    for _, first, end, other, other_end in SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        yield from zip_longest(ours[first:end], theirs[other:other_end])


def _lines(run: Run, t: int) -> WorkedLines:
    """Return the lines of an update for w."""
    experiment = new_experiment()
    record = run_to_end(first_steps(experiment, run, t)).whole
    return worked(update_of(experiment, run, record, t), _DIGITS).parameters[0].lines


def _key(line: WorkedLine | None) -> str:
    return f"{abs(line.value):.9g}" if line else ""


def _cell(line: WorkedLine | None) -> str:
    if line is None:
        return ""
    # The gradient, which is a sum over points, is shown by its symbol only.
    formula = line.symbols if line.numbers else line.symbols.partition(" = ")[0]
    return f"`{formula} = {line.result}`"
