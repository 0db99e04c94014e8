"""The lecture's two arguments about memories, with a run's own numbers put in.

Why Adam corrects its averages, and what AdaGrad's square root is good for.
"""

import math
from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.trajectory import Columns
from gdsim.core.model.experiment import Run
from gdsim.core.rules.memory import Past
from gdsim.core.rules.optimizers.adagrad import AdaGrad

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


def bias_curves(run: Run, record: Columns, variable: int, parameter: int) -> BiasCurves | None:
    """Return how a state variable and its corrected value began; None when the rule knows no correction.

    Parameters
    ----------
    run : Run
    record : Columns
    variable : int
        In the order of the rule's State.
    parameter : int
        0 for the first weight, -1 for the bias.
    """
    if not has_correction(run, variable) or len(record.loss) <= 1:
        return None
    beta = float(run.optimizer.memories(Past(0.0, math.nan, 1.0))[variable].keep)
    n = min(_first_steps(beta), len(record.loss) - 1)
    t = np.arange(1.0, n + 1.0)
    memory = run.optimizer.memories(Past(0.0, math.nan, t))[variable]
    gathered = record.gradient[1 : n + 1, parameter] ** memory.power
    value = record.state[variable, 1 : n + 1, parameter]
    correction = np.broadcast_to(memory.correction, n)
    return BiasCurves(beta, 1.0 / correction, value, value * correction, np.cumsum(gathered) / t)


def has_correction(run: Run, variable: int) -> bool:
    """Return whether a state variable is an average that a factor makes up for its start at zero."""
    memories = run.optimizer.memories(Past(0.0, math.nan, 1.0))
    return variable < len(memories) and float(memories[variable].correction) != 1.0


def _first_steps(beta: float) -> int:
    if beta <= _MISSING:
        return _LEAST_STEPS
    return max(_LEAST_STEPS, math.ceil(math.log(_MISSING) / math.log(beta)))


class RootLesson(NamedTuple):
    """What AdaGrad's rate makes of gradients of different size, after update t.

    Attributes
    ----------
    t : int
    eta : float
    typical : (d + 1,) array
        The root of the mean of all squared gradients so far, of each parameter.
    with_root, without : (d + 1,) array
        The step that such a gradient gets, divided by the root of v or by v itself.
    """

    t: int
    eta: float
    typical: Array
    with_root: Array
    without: Array


def root_lesson(run: Run, record: Columns, t: int) -> RootLesson | None:
    """Return the lesson after update ``t`` of an AdaGrad run; None for other rules."""
    rule = run.optimizer
    if not isinstance(rule, AdaGrad):
        return None
    v, eta = record.state[0, t], float(record.eta[t])
    typical = np.sqrt(v / t)
    return RootLesson(t, eta, typical, eta * typical / np.sqrt(v + rule.eps), eta * typical / (v + rule.eps))
