"""How much each past gradient counts in the present state of a run: exact, from the record."""

from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.trajectory import Columns
from gdsim.core.model.experiment import Run
from gdsim.core.rules.memory import Memory, Past
from gdsim.core.rules.schedules import Rate

# Older updates are looked through in blocks of this size, until what is left of them is as good as none.
_BLOCK = 1024
_NOTHING = 1e-18


class PastWeights(NamedTuple):
    """The weights of the gradients in one state variable, as it stands after update t.

    The weights are the same for every parameter: rules are elementwise. With them the variable is
    sum_i weight_i · g_i^power, times the correction if it is corrected.

    Attributes
    ----------
    letter : str
        The variable's letter in the rule.
    power : int
        1 when it gathers gradients, 2 when it gathers their squares.
    t : int
        Number of the update.
    last : (k,) array
        The weights of the gradients of updates t - k + 1 to t, before any correction.
    rest : float
        What all older ones weigh together.
    keep : float
        What update t kept of the old value.
    correction : float
        The factor that makes up for the start at zero; 1 when the rule knows of none.
    corrected : bool
        Whether the rule steps with the corrected value.
    """

    letter: str
    power: int
    t: int
    last: Array
    rest: float
    keep: float
    correction: float
    corrected: bool

    @property
    def is_even(self) -> bool:
        """Whether each listed gradient but the newest weighs `keep` times the one after it."""
        return bool(np.allclose(self.last[:-1], self.keep * self.last[1:], rtol=1e-9, atol=0.0))

    @property
    def total(self) -> float:
        """What all gradients weigh together, before any correction."""
        return float(self.last.sum()) + self.rest

    def share(self, count: int) -> float:
        """Return the share of the last ``count`` gradients, of at most as many as are listed."""
        total = self.total
        return float(self.last[-count:].sum()) / total if count and total > 0.0 else 0.0

    @property
    def length(self) -> float:
        """How many gradients the memory holds, roughly: 1 / (1 - keep); infinite when it forgets none."""
        return 1.0 / (1.0 - self.keep) if self.keep < 1.0 else float("inf")


def past_weights(run: Run, record: Columns, t: int, variable: int = 0, most: int = 60) -> PastWeights | None:
    """Return how much each of the last gradients counts in a state variable after update ``t``.

    Parameters
    ----------
    run : Run
    record : Columns
        At least the rows 0 to ``t``.
    t : int
        From 1.
    variable : int
        Which of the rule's state variables, in the order of its State.
    most : int
        How many of the last gradients are listed one by one.

    Returns
    -------
    PastWeights or None
        None when the rule has no such memory.
    """
    first = max(1, t - most + 1)
    memories = run.optimizer.memories(_past(record, first, t))
    if variable >= len(memories):
        return None
    memory, count = memories[variable], t - first + 1
    kept = _kept(memory, count)
    return PastWeights(
        letter=run.optimizer.State._fields[variable],
        power=memory.power,
        t=t,
        last=(kept[1:] * memory.take),
        rest=_rest(run, record, first - 1, variable) * float(kept[0]),
        keep=_newest(memory.keep),
        correction=_newest(memory.correction),
        corrected=memory.corrected,
    )


def _past(record: Columns, first: int, last: int) -> Past:
    here = slice(first, last + 1)
    return Past(record.eta[here], record.gamma[here], np.arange(first, last + 1, dtype=np.float64))


def _kept(memory: Memory, count: int) -> Array:
    """Return what ``count`` updates keep of the value before them, and of what each of them took."""
    kept = np.ones(count + 1)
    kept[:-1] = np.broadcast_to(memory.keep, count)
    # The product of all factors after each update, the newest being last and kept whole.
    products: Array = np.multiply.accumulate(kept[::-1])[::-1]
    return products


def _newest(rate: Rate) -> float:
    return float(rate[-1] if isinstance(rate, np.ndarray) else rate)


def _rest(run: Run, record: Columns, t: int, variable: int) -> float:
    """Return what the gradients of updates 1 to ``t`` weigh together after update ``t``."""
    if t == 0:
        return 0.0
    memory = run.optimizer.memories(_past(record, t, t))[variable]
    if not isinstance(memory.keep, np.ndarray) and not isinstance(memory.take, np.ndarray):
        return _constant_sum(memory.keep, memory.take, t)
    total, left = 0.0, 1.0
    while t > 0 and left > _NOTHING:
        first = max(1, t - _BLOCK + 1)
        memory = run.optimizer.memories(_past(record, first, t))[variable]
        kept = _kept(memory, t - first + 1)
        total += left * float((kept[1:] * memory.take).sum())
        left *= float(kept[0])
        t = first - 1
    return total


def _constant_sum(keep: float, take: float, count: int) -> float:
    """Return take · (1 + keep + keep² + ...), of ``count`` terms."""
    if keep in (0.0, 1.0):
        return take * (count if keep else 1.0)
    # Not 1 - keep^count, which loses its digits when keep is near 1.
    return take * float(np.expm1(count * np.log(keep))) / (keep - 1.0)
