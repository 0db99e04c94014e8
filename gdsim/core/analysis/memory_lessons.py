"""The lecture's two arguments about memories, with a run's own numbers put in.

Why Adam corrects its averages, and what AdaGrad's square root is good for.
"""

import math
from typing import NamedTuple

import numpy as np

from gdsim.core.analysis.memory_weights import Memory, memory_of
from gdsim.core.analysis.recorded import RecordedLines
from gdsim.core.arrays import Array
from gdsim.core.engine.trajectory import Columns
from gdsim.core.formulas.algebra import root_of
from gdsim.core.formulas.language import Node, replaced, walk
from gdsim.core.model.experiment import Run
from gdsim.core.rules.rule import Optimizer

# The correction is followed until the average holds all but this part of what it should, and over so many
# steps at least.
_MISSING = 0.05
_LEAST_STEPS = 20


class BiasCurves(NamedTuple):
    """An average that starts at zero, over the first steps, for one parameter.

    Attributes
    ----------
    beta : float
        What it keeps of its old value at each step.
    share : (n,) array
        1 - β^t for t from 1: what the weights of the gradients add up to.
    value, corrected : (n,) array
        The average as it is, and divided by the share.
    mean : (n,) array
        The plain mean of all g (or g²) so far, which stands for the lecture's E[g]. Times the share it
        is what the average is expected to be.
    """

    beta: float
    share: Array
    value: Array
    corrected: Array
    mean: Array


def bias_curves(run: Run, record: Columns, letter: str, parameter: int) -> BiasCurves | None:
    """Return how a memory and its corrected value began; None when the rule knows no correction.

    Parameters
    ----------
    run : Run
    record : Columns
    letter : str
        Of the memory.
    parameter : int
        0 for the first weight, -1 for the bias.
    """
    first = _at_constant_rates(run.optimizer, letter, 1)
    if first is None or not _is_corrected(first) or len(record.loss) <= 1:
        return None
    beta = float(first.keep[0])
    n = min(_first_steps(beta), len(record.loss) - 1)
    memory = _at_constant_rates(run.optimizer, letter, n) or first
    gathered = record.gradient[1 : n + 1, parameter] ** memory.power
    value = record.state[run.optimizer.update_rule.letters.index(letter), 1 : n + 1, parameter]
    mean = np.cumsum(gathered) / np.arange(1.0, n + 1.0)
    return BiasCurves(beta, 1.0 / memory.correction, value, value * memory.correction, mean)


def has_correction(run: Run, letter: str) -> bool:
    """Return whether a memory is an average that a factor makes up for its start at zero."""
    memory = _at_constant_rates(run.optimizer, letter, 1)
    return memory is not None and _is_corrected(memory)


def _at_constant_rates(optimizer: Optimizer, letter: str, n: int) -> Memory | None:
    rates = np.full(n, optimizer.eta), np.full(n, math.nan)
    return memory_of(optimizer, letter, *rates, np.arange(1.0, n + 1.0))


def _is_corrected(memory: Memory) -> bool:
    return float(memory.correction[0]) != 1.0


def _first_steps(beta: float) -> int:
    if beta <= _MISSING:
        return _LEAST_STEPS
    return max(_LEAST_STEPS, math.ceil(math.log(_MISSING) / math.log(beta)))


class RootLesson(NamedTuple):
    """What a growing sum of squares makes of gradients of different size, after update t.

    Attributes
    ----------
    t : int
    eta : float
    typical : (d + 1,) array
        The root of the mean of all squared gradients so far, of each parameter.
    with_root, without : (d + 1,) array
        The step that such a gradient gets, divided by the root of the sum or by the sum itself.
    has_root : bool
        Whether the run divides by the root.
    """

    t: int
    eta: float
    typical: Array
    with_root: Array
    without: Array
    has_root: bool


def divides_by_all_squares(optimizer: Optimizer) -> bool:
    """Return whether each parameter's rate is divided by the sum of all its squared gradients, or by its root."""
    memory = _scale(optimizer)
    return memory is not None and float(memory.keep[0]) == 1.0


def divides_by_recent_squares(optimizer: Optimizer) -> bool:
    """Return whether each parameter's rate is divided by an average of its squared gradients that forgets."""
    memory = _scale(optimizer)
    return memory is not None and float(memory.keep[0]) < 1.0


def divides_by_root(optimizer: Optimizer) -> bool:
    """Return whether there is a root in the rate."""
    return _has_root(optimizer.update_rule.rate)


def _scale(optimizer: Optimizer) -> Memory | None:
    """Return the memory that scales the rates; None unless it is one, of squares."""
    rule = optimizer.update_rule
    memory = _at_constant_rates(optimizer, rule.scales[0], 1) if len(rule.scales) == 1 else None
    return memory if memory and memory.power == 2 else None  # noqa: PLR2004 - squares


def has_root_lesson(run: Run) -> bool:
    """Return whether a rule divides by the root of all squared gradients so far, and has a switch for the root."""
    return divides_by_all_squares(run.optimizer) and len(set(map(_has_root, _rates(run.optimizer)))) > 1


def root_lesson(run: Run, record: Columns, t: int) -> RootLesson | None:
    """Return the lesson after update ``t``; None for a rule that has none."""
    if not has_root_lesson(run):
        return None
    optimizer = run.optimizer
    (letter,) = optimizer.update_rule.scales
    v, eta = record.state[optimizer.update_rule.letters.index(letter), t], float(record.eta[t])
    typical = np.sqrt(v / t)
    lines = RecordedLines(optimizer, record, slice(t, t + 1))
    with_root = next(rate for rate in _rates(optimizer) if _has_root(rate))
    rooted, whole = (lines.value(rate)[0] * typical for rate in (with_root, replaced(with_root, root_of)))
    return RootLesson(t, eta, typical, rooted, whole, divides_by_root(optimizer))


def _rates(optimizer: Optimizer) -> list[Node]:
    """Return the rate as it is, and as it is with each of the switches turned."""
    turned = [optimizer.replace(**{name: not on}) for name, on in optimizer.switches().items()]
    return [one.update_rule.rate for one in (optimizer, *turned)]


def _has_root(node: Node) -> bool:
    return any(root_of(one) is not None for one in walk(node))
