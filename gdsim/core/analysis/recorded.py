"""Every number of a rule's lines at some steps of a recorded run."""

from collections.abc import Iterator

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.trajectory import RecordColumns
from gdsim.core.formulas.evaluate import evaluate_arrays, lengths
from gdsim.core.formulas.syntax import Node, names_in
from gdsim.core.rules.rule import Optimizer
from gdsim.core.rules.update_rule import CORRECTED, ETA, GAMMA, NEW, W_NEXT, T, W


class RecordedLines:
    """The numbers of a rule's lines over some updates, taken from a record or else computed on demand.

    The record must have all rows from the start. Step 0 has no update, so what its row lacks is NaN.
    """

    def __init__(self, optimizer: Optimizer, record: RecordColumns, steps: slice) -> None:
        self._optimizer, self._rule, self._record = optimizer, optimizer.update_rule, record
        self._here = slice(*steps.indices(len(record.loss))[:2])
        self._known: dict[str, Array] = {}

    def __len__(self) -> int:
        return len(self._record.loss[self._here])

    def value(self, node: Node) -> Array:
        """Return a formula of the lines' names: shape (n, d + 1), or (n, 1) if all parameters share it."""
        values = {name: self._named(name) for name in names_in(node)}
        result = evaluate_arrays(node, values)
        shared = all(value.shape[-1] == 1 for value in values.values())
        n, width = len(self), self._record.p.shape[-1]
        return np.broadcast_to(result, (n, 1 if shared else width))

    def rate(self) -> Array:
        """Return the factor by which each update multiplied its direction to make a step."""
        rule = self._rule
        rate = self.value(rule.rate)
        # A rate that follows from w and not from gradients differs between parameters that have no own rates.
        width = self._record.p.shape[-1] if rule.has_own_rates else rate.shape[-1]
        return np.broadcast_to(rate, (len(rate), width))

    def remembered(self) -> Iterator[tuple[str, Array]]:
        """Yield the memories after each update by name: each letter, followed by its hat if it has one."""
        for name in remembered_names(self._optimizer):
            yield name, self._named(name if name.endswith(CORRECTED) else name + NEW)

    def _named(self, name: str) -> Array:
        if name not in self._known:
            self._known[name] = self._found(name)
        return self._known[name]

    def _found(self, name: str) -> Array:
        record, here, rule = self._record, self._here, self._rule
        if name in self._optimizer.numbers and name not in (ETA, GAMMA):
            return np.full((1, 1), self._optimizer.numbers[name], dtype=np.float64)
        if name in (ETA, GAMMA):
            rates = np.array(getattr(record, name)[here])
            rates[: here.start == 0] = np.nan  # no update led to the start
            return rates[:, np.newaxis]
        if name == T:
            return (np.arange(here.start, here.stop) + record.counted[here])[:, np.newaxis]
        kept = dict.fromkeys(rule.directions, record.direction)
        kept |= {W_NEXT: record.p, rule.last_gradient: record.gradient}
        if name in kept:
            return kept[name][here]
        if name == W:
            return self._before(record.p)
        letter = name.removesuffix(NEW)
        if letter in rule.letters:
            column = record.state[rule.letters.index(letter)]
            return column[here] if name != letter else self._before(column, letter)
        if name in rule.gradients:
            return np.full(record.p[here].shape, np.nan)  # only the last of several gradients is recorded
        if name in rule.norms:
            return lengths(self._named(rule.norms[name]))
        return self.value(rule.program.by_target[name])

    def _before(self, column: Array, letter: str = "") -> Array:
        """Return the row before each; for a memory at update 1 its initial value, if no row has it."""
        here = self._here
        rows = np.arange(here.start, here.stop) - 1
        before = np.where((rows >= 0)[:, np.newaxis], column[np.maximum(rows, 0)], np.nan)
        if letter and here.start <= 1 < here.stop and not self._record.has_first_memory:
            from gdsim.core.engine.loop import memory_at_start  # noqa: PLC0415 - not before the first run

            memory = memory_at_start(self._optimizer, tuple(self._record.p[0].tolist()))
            width = self._record.p.shape[-1]
            place = self._rule.letters.index(letter) * width
            before[1 - here.start] = memory[place : place + width]
        return before


def remembered_names(optimizer: Optimizer) -> tuple[str, ...]:
    """Return the names of a rule's memories: each letter, followed by its hat if it has one."""
    rule = optimizer.update_rule
    return tuple(name for letter in rule.letters for name in (letter, rule.hats.get(letter)) if name)
