"""How much each past gradient counts in the present state of a run: exact, from the record."""

import math
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.trajectory import RecordColumns
from gdsim.core.formulas.evaluate import evaluate, evaluate_arrays
from gdsim.core.formulas.symbols import symbol_text
from gdsim.core.formulas.syntax import Call, Name, Node, names_in, walk
from gdsim.core.model.run import Run
from gdsim.core.rules.carried import carried_letters
from gdsim.core.rules.rule import Optimizer, symbols
from gdsim.core.rules.update_rule import ETA, GAMMA, NEW, T, UpdateRule

# Older updates are added up in blocks that stay in the cache, until their weight is negligible.
_BLOCK = 4096
_NEGLIGIBLE = 1e-18
# The relative rounding error by which the lines may differ from a weighted sum.
_ROUNDING = 1e-9


class Memory(NamedTuple):
    """A letter of a rule that is a weighted sum of gradients: z_t = keep·z_{t-1} + take·g_t^power."""

    # keep, take, (n,): at each of n updates.
    keep: Array
    take: Array
    power: int  # 1 if it gathers gradients, 2 if it gathers their squares
    correction: Array  # (n,): the factor that corrects the start at zero; 1 if the rule has none
    corrected: bool  # Whether the rule steps with the corrected value
    is_constant: bool  # Whether keep and take are the same at all updates

    @property
    def is_average(self) -> bool:
        """Whether it is an average of gradients, so that keep and take add up to 1."""
        return self.power == 1 and bool(np.allclose(self.keep + self.take, 1.0))

    @property
    def has_correction(self) -> bool:
        """Whether the correction gives the first gradient a weight of 1, which it would not have without."""
        first = float(self.correction[0])
        return first != 1.0 and math.isclose(first * float(self.take[0]), 1.0)


def memory_of(
    optimizer: Optimizer,
    letter: str,
    eta: Array,
    gamma: Array,
    t: Array,
    changing: AbstractSet[str] = frozenset({ETA, GAMMA, T}),
) -> Memory | None:
    """Return how a letter gathered the gradients of n updates, or None if it is no weighted sum of them.

    The rates of the updates, and their numbers t, have the shape (n,). Those that are not in ``changing``
    are the same at all updates of the run.
    """
    # NumPy's numbers become infinite where Python's own would raise.
    numbers = {name: np.float64(value) for name, value in optimizer.numbers.items()}
    rule, given = optimizer.update_rule, {**numbers, ETA: eta, GAMMA: gamma, T: t}
    gradient = rule.last_gradient
    node = rule.inlined(Name(letter + NEW))
    names = names_in(node)
    if gradient not in names or not names <= given.keys() | {letter, gradient}:
        return None
    if _in_function(node, {letter, gradient}):
        return None

    def gathered(old: float, g: float) -> Array:
        values = {**given, letter: np.float64(old), gradient: np.float64(g)}
        return np.broadcast_to(evaluate_arrays(node, values), t.shape)

    # Put in 0 and 1, and check at other numbers whether the line is a weighted sum.
    keep, take, power = gathered(1.0, 0.0), gathered(0.0, 1.0), 1
    if not (np.isfinite(keep).all() and np.isfinite(take).all()):
        return None
    with np.errstate(all="ignore"):
        if _near(gathered(0.0, 0.5), 0.25 * take):
            power = 2
        kept, taken = 0.75 * keep, (-1.0 if power == 1 else 1.0) * 0.5**power * take
        if not _near(gathered(0.75, -0.5), kept + taken, np.abs(kept) + np.abs(taken)):
            return None
    # The correction is reported even where a switch of the rule turns it off.
    whole = corrected_variant(optimizer).update_rule
    correction = np.ones(t.shape)
    if letter in whole.hats and letter not in whole.starts:
        hat = whole.inlined(Name(whole.hats[letter]), kept=(letter + NEW,))
        if names_in(hat) <= given.keys() | {letter + NEW} and not _in_function(hat, {letter + NEW}):
            correction = np.broadcast_to(evaluate_arrays(hat, {**given, letter + NEW: 1.0}), t.shape)
    return Memory(keep, take, power, correction, letter in rule.hats, is_constant=not names & changing)


def _near(found: Array, wanted: Array, size: Array | None = None) -> bool:
    """Return whether numbers differ only by rounding, relative to ``size`` or else to ``wanted``."""
    return bool((np.abs(found - wanted) <= _ROUNDING * np.abs(wanted if size is None else size)).all())


def _in_function(node: Node, names: set[str]) -> bool:
    """Return whether a function such as min or abs is applied to names, so that there is no weighted sum."""
    return any(isinstance(one, Call) and not names_in(one).isdisjoint(names) for one in walk(node))


def first_memory(optimizer: Optimizer, letter: str, n: int = 1) -> Memory | None:
    """Return how a letter gathers the gradients of the first n updates, at the rates of the settings."""
    eta, gamma = np.full(n, optimizer.eta), np.full(n, optimizer.gamma)
    return memory_of(optimizer, letter, eta, gamma, np.arange(1.0, n + 1.0))


def takes_over_another(run: Run, letter: str) -> bool:
    """Return whether a fork continues what its parent gathers otherwise: an average as a sum, say."""
    parent = _continued(run, letter)
    return parent is not None and _way(run.optimizer, letter) != _way(parent.optimizer, letter)


def began_with_another(run: Run, letter: str) -> bool:
    """Return whether a memory holds what an earlier rule gathered otherwise, however many forks ago."""
    parent = _continued(run, letter)
    return parent is not None and (takes_over_another(run, letter) or began_with_another(parent, letter))


def _continued(run: Run, letter: str) -> Run | None:
    """Return the parent whose memory a fork continues under a letter; None if it starts anew."""
    fork = run.fork
    if fork is None or not fork.keeps_memory:
        return None
    kept = carried_letters(fork.parent.optimizer.update_rule, run.optimizer.update_rule)
    return fork.parent if letter in kept else None


@lru_cache(maxsize=64)
def _way(optimizer: Optimizer, letter: str) -> tuple[int, bool] | None:
    """Return which power of gradients a memory gathers, and whether it forgets any; None for no sum."""
    memory = first_memory(optimizer, letter)
    return None if memory is None else (memory.power, bool(memory.keep[0] != 1.0))


def variants(optimizer: Optimizer) -> list[Optimizer]:
    """Return a rule as it is, followed by its copies with one switch flipped each."""
    turned = [optimizer.replace(**{name: not on}) for name, on in optimizer.switches().items()]
    return [optimizer, *turned]


@lru_cache(maxsize=64)
def corrected_variant(optimizer: Optimizer) -> Optimizer:
    """Return a rule with corrected memories: as it is, or with all switches flipped that add a correction."""
    whole = optimizer
    for name, on in optimizer.switches().items() if not optimizer.update_rule.hats else ():
        turned = whole.replace(**{name: not on})
        if len(turned.update_rule.hats) > len(whole.update_rule.hats):
            whole = turned
    return whole


class Factor(NamedTuple):
    """The share that is kept of a memory or taken of a gradient, and the letter of its setting, if any."""

    letter: str
    value: float


def memory_factors(
    memory: Memory, optimizer: Optimizer, letter: str, sign: float = 1.0
) -> tuple[Factor, Factor]:
    """Return what a memory keeps at its first update, and what it takes, multiplied by a sign."""
    known = symbols(optimizer)
    values = float(memory.keep[0]), sign * float(memory.take[0])
    names = factor_names(optimizer.update_rule, letter, sign)
    keep, take = (
        Factor(symbol_text(known[name]) if name else "", value)
        for name, value in zip(names, values, strict=True)
    )
    return keep, take


@lru_cache(maxsize=256)
def factor_names(rule: UpdateRule, letter: str, sign: float = 1.0) -> tuple[str, str]:
    """Return the settings that say what a memory keeps and takes; empty where no single setting does."""
    node, gradient = rule.inlined(Name(letter + NEW)), rule.last_gradient
    # A different number for each name, none of which a formula makes of the others.
    given = {name: 0.5 + 0.3 * math.sin(place) for place, name in enumerate(sorted(names_in(node)), 1)}
    keep, take = (evaluate(node, given | {letter: old, gradient: 1.0 - old}) for old in (1.0, 0.0))
    keep_name, take_name = (
        next((name for name, value in given.items() if math.isclose(value, factor)), "")
        for factor in (keep, sign * take)
    )
    return keep_name, take_name


class PastWeights(NamedTuple):
    """The weights of the gradients in one state variable, as it stands after update t.

    The weights are the same for every parameter, because rules are elementwise. The variable is
    sum_i weight_i · g_i^power + start · v_0, times the correction if it is corrected.
    """

    letter: str
    power: int  # 1 if it gathers gradients, 2 if it gathers their squares
    t: int
    last: Array  # (k,): the weights of the gradients of updates t - k + 1 to t, before any correction
    rest: float  # The total weight of all older gradients
    rest_size: float  # The total of the absolute values of their weights
    start: float  # The weight of the initial value; 0 for a start at zero
    keep: float  # The share of the old value that update t kept
    correction: float  # The factor that corrects the start at zero; 1 if the rule has none
    corrected: bool  # Whether the rule steps with the corrected value

    @property
    def is_geometric(self) -> bool:
        """Whether each listed gradient but the newest weighs `keep` times as much as the one after it."""
        return bool(np.allclose(self.last[:-1], self.keep * self.last[1:], rtol=1e-9, atol=0.0))

    @property
    def total(self) -> float:
        """The total weight of all gradients, before any correction."""
        return float(self.last.sum()) + self.rest

    @property
    def factor(self) -> float:
        """The factor by which the rule multiplies the variable in its step; 1 if it corrects nothing."""
        return self.correction if self.corrected else 1.0

    @property
    def size(self) -> float:
        """The sum of the absolute values of all weights, which may be negative, as in a velocity downhill."""
        return float(np.abs(self.last).sum()) + self.rest_size

    def share(self, count: int) -> float:
        """Return the share of the last ``count`` gradients in the size; at most those listed count."""
        size = self.size
        return float(np.abs(self.last[-count:]).sum()) / size if count and size > 0.0 else 0.0

    @property
    def length(self) -> float:
        """Roughly how many gradients the memory holds: 1 / (1 - |keep|); infinite if it forgets none."""
        return 1.0 / (1.0 - abs(self.keep)) if abs(self.keep) < 1.0 else float("inf")


def past_weights(run: Run, record: RecordColumns, t: int, letter: str, most: int = 60) -> PastWeights | None:
    """Return how much each of the last gradients counts in a letter after update ``t``, counted from 1.

    Return None if the letter is no weighted sum of gradients. At most ``most`` of them are listed one by one.
    """
    first = max(1, t - most + 1)
    memory = recorded_memory(run, record, letter, first, t)
    if memory is None:
        return None
    kept = _kept(memory)
    rest, rest_size, start = _before(run, record, first - 1, letter)
    # A fork begins with the memory of its parent.
    place = run.optimizer.update_rule.letters.index(letter)
    carried = record.has_first_memory and bool(record.state[place, 0].any())
    return PastWeights(
        letter=letter,
        power=memory.power,
        t=t,
        last=kept[1:] * memory.take,
        rest=rest * float(kept[0]),
        rest_size=rest_size * abs(float(kept[0])),
        start=start * float(kept[0]) if letter in run.optimizer.update_rule.starts or carried else 0.0,
        keep=float(memory.keep[-1]),
        correction=float(memory.correction[-1]),
        corrected=memory.corrected,
    )


def recorded_memory(run: Run, record: RecordColumns, letter: str, first: int, last: int) -> Memory | None:
    """Return how a letter gathered the gradients of updates ``first`` to ``last``; see `memory_of`."""
    here = slice(first, last + 1)
    t = np.arange(first, last + 1, dtype=np.float64) + record.counted[0]
    schedules = (run.schedule, run.momentum_schedule)
    changing = {T, *(one.definition.target for one in schedules if one.definition.changes)}
    return memory_of(run.optimizer, letter, record.eta[here], record.gamma[here], t, changing)


def _kept(memory: Memory) -> Array:
    """Return what is left at the end of the value before the updates, and of what each update took."""
    # The product of all factors after each update; the newest is last, with the factor 1.
    return np.multiply.accumulate(np.append(memory.keep, 1.0)[::-1])[::-1]


def _before(run: Run, record: RecordColumns, t: int, letter: str) -> tuple[float, float, float]:
    """Return total and absolute weights of the first ``t`` gradients after update ``t``, and the start's."""
    total, size, left = 0.0, 0.0, 1.0
    while t > 0 and abs(left) > _NEGLIGIBLE:
        first = max(1, t - _BLOCK + 1)
        memory = recorded_memory(run, record, letter, first, t)
        if memory is None:
            break
        if memory.is_constant:
            keep, take = float(memory.keep[0]), float(memory.take[0])
            total += left * _constant_sum(keep, take, t)
            size += abs(left) * _constant_sum(abs(keep), abs(take), t)
            with np.errstate(over="ignore"):  # a memory that grows may overflow in a long run
                return total, size, left * float(np.float64(keep) ** t)
        kept = _kept(memory)
        weights = kept[1:] * memory.take
        total += left * float(weights.sum())
        size += abs(left) * float(np.abs(weights).sum())
        left *= float(kept[0])
        t = first - 1
    return total, size, left


def _constant_sum(keep: float, take: float, count: int) -> float:
    """Return take · (1 + keep + keep² + ...) with ``count`` terms."""
    if keep == 1.0:
        return take * count
    with np.errstate(over="ignore"):
        # Not keep^count - 1, which loses its digits when keep is near 1.
        grown = np.expm1(count * np.log(keep)) if keep > 0.0 else np.power(keep, count) - 1.0
        return float(take * grown / (keep - 1.0))
