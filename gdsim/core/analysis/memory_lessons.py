"""The lecture's two arguments about memories, with a run's own numbers put in.

Why Adam corrects its averages, and what AdaGrad's square root is good for.
"""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from gdsim.core.analysis.memory_weights import began_with_another, first_memory, variants
from gdsim.core.analysis.recorded import RecordedLines
from gdsim.core.arrays import Array
from gdsim.core.engine.trajectory import RecordColumns
from gdsim.core.formulas.evaluate import evaluate
from gdsim.core.formulas.syntax import Node, names_in
from gdsim.core.model.run import Run
from gdsim.core.rules.rule import Optimizer
from gdsim.core.rules.update_rule import NEW

# The correction is followed until the average falls short of what it should be by this share, and for at
# least this many steps.
_MISSING = 0.05
_LEAST_STEPS = 20


class BiasCurves(NamedTuple):
    """The first steps of an average that starts at zero, for one parameter."""

    beta: float  # The share of its old value that it keeps at each step
    share: Array  # (n,): 1 - β^t for t from 1, the total weight of the gradients
    # value, corrected, (n,): the average itself, and the average divided by the share.
    value: Array
    corrected: Array
    # (n,): the plain mean of all g (or g²) so far, which stands for the lecture's E[g]. Times the share, it
    # is the expected value of the average.
    mean: Array


def bias_curves(run: Run, record: RecordColumns, letter: str, parameter: int) -> BiasCurves | None:
    """Return the first values of a memory, as it is and corrected; None if the rule has no correction.

    Return None also for a fork that continues with the memory of its parent.

    The parameter is 0 for the first weight, -1 for the bias.
    """
    first = first_memory(run.optimizer, letter)
    if first is None or not first.has_correction or len(record.loss) <= 1:
        return None
    if record.has_first_memory and record.state[:, 0].any():
        return None
    beta = float(first.keep[0])
    most = math.ceil(math.log(_MISSING) / math.log(max(beta, _MISSING)))
    n = min(max(_LEAST_STEPS, most), len(record.loss) - 1)
    memory = first_memory(run.optimizer, letter, n) or first
    gathered = record.gradient[1 : n + 1, parameter] ** memory.power
    value = record.state[run.optimizer.update_rule.letters.index(letter), 1 : n + 1, parameter]
    mean = np.cumsum(gathered) / np.arange(1.0, n + 1.0)
    return BiasCurves(beta, 1.0 / memory.correction, value, value * memory.correction, mean)


def has_correction(run: Run, letter: str) -> bool:
    """Return whether a memory is an average with a factor that corrects its start at zero."""
    memory = first_memory(run.optimizer, letter)
    return memory is not None and memory.has_correction


# So large that adding a number such as ε to it before a division makes no difference.
_LARGE = 1e16


class Divisor(NamedTuple):
    """The sum of squared gradients by which a rule divides the rate of each parameter."""

    letter: str
    keep: float  # 1 if nothing is forgotten, below 1 if recent gradients count most
    # Gradients that are c times as large make the rate smaller by a factor of c to this power. It is 1 if the
    # rule divides by the root of the sum, 2 if it divides by the sum itself.
    power: float
    rate: Node  # A formula of the settings and the new value of the letter


@lru_cache(maxsize=64)
def divisor_of(optimizer: Optimizer) -> Divisor | None:
    """Return what a rule divides its rates by, or None if that is not a single sum of squares."""
    rule = optimizer.update_rule
    if len(rule.scales) != 1:
        return None
    (letter,) = rule.scales
    new, given = letter + NEW, optimizer.numbers
    memory, rate = first_memory(optimizer, letter), rule.inlined(rule.rate, kept=(new,))
    if memory is None or memory.power != 2 or not memory.is_constant:  # noqa: PLR2004 - squares
        return None
    if not names_in(rate) <= given.keys() | {new}:
        return None
    # The squares of gradients that are twice as large are four times as large.
    before, after = (evaluate(rate, given | {new: v}) for v in (_LARGE, 4.0 * _LARGE))
    power = round(math.log2(before / after), 2) if 0.0 < after < before else 0.0
    return Divisor(letter, float(memory.keep[0]), power, rate) if power > 0.0 else None


class RootLesson(NamedTuple):
    """What a growing sum of squares makes of gradients of different size, after update t."""

    t: int
    eta: float
    typical: Array  # (d + 1,): the root mean square of all gradients so far, for each parameter
    # with_root, without, (d + 1,): the step for such a gradient, divided by the root of the sum or by the sum
    # itself.
    with_root: Array
    without: Array
    has_root: bool  # Whether the run divides by the root


def has_root_lesson(run: Run) -> bool:
    """Return whether a rule divides by the sum of all squared gradients, with a switch for its root."""
    both = _with_root_and_without(run.optimizer)
    return both is not None and not began_with_another(run, both[0].letter)


def root_lesson(run: Run, record: RecordColumns, t: int) -> RootLesson | None:
    optimizer, both = run.optimizer, _with_root_and_without(run.optimizer)
    if both is None or not has_root_lesson(run):
        return None
    v = record.state[optimizer.update_rule.letters.index(both[0].letter), t]
    lines = RecordedLines(optimizer, record, slice(t, t + 1))
    t += int(record.counted[0])  # a fork adds to the sum of its parent
    typical, eta = np.sqrt(v / t), float(record.eta[t - int(record.counted[0])])
    with_root, without = (lines.value(one.rate)[0] * typical for one in both)
    has_root = divisor_of(optimizer) == both[0]
    return RootLesson(t, eta, typical, with_root, without, has_root)


def _with_root_and_without(optimizer: Optimizer) -> tuple[Divisor, Divisor] | None:
    # A sum with an initial value does not tell how large the gradients were.
    starts = optimizer.update_rule.starts
    found = map(divisor_of, variants(optimizer))
    divisors = [one for one in found if one and one.keep == 1.0 and one.letter not in starts]
    with_root, without = (next((one for one in divisors if one.power == power), None) for power in (1.0, 2.0))
    return (with_root, without) if with_root and without and with_root.letter == without.letter else None
