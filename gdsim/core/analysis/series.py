"""The curves of a run: every number that changes from step to step, by name, out of its record."""

import math
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from gdsim.core.analysis.recorded import RecordedLines, remembered_names
from gdsim.core.arrays import Array, Flags
from gdsim.core.engine.trajectory import RecordColumns
from gdsim.core.formulas.symbols import HAT, letter_of, of_name
from gdsim.core.model.neuron import parameter_names
from gdsim.core.rules.rule import Optimizer
from gdsim.core.rules.update_rule import CORRECTED

# A smaller rise of the loss is rounding: of L itself, relative to it, and of the errors that L squares.
_ROUNDING, _ROUNDING_OF_ERRORS = 1e-12, 1e-15


class CurveKind(StrEnum):
    LOSS = "loss"
    GRADIENT = "gradient"
    PARAMETERS = "parameters"
    MEMORY = "memory"
    RATE = "rate"
    LIMIT = "limit"  # Not on the record; `limit_curve` computes it
    CUT = "cut"  # Over w instead of steps, so it has no series


class Series(NamedTuple):
    """A curve of a run, with one number for each step."""

    letter: str  # As in the formulas; empty for the parameters themselves
    parameter: str = ""  # Which parameter it belongs to; empty for all of them together
    signed: bool = False  # Whether it may be negative, and so has no logarithm

    @property
    def name(self) -> str:
        """As plain text: ``"w₁"``, ``"∇w"``, ``"v_w"``."""
        joint = "_" if self.letter not in ("", "∇") and self.parameter else ""
        return f"{self.letter}{joint}{letter_of(self.parameter)}"


SIZE = Series("|∇|")
SHARE_OF_LIMIT = Series("ηλ / limit")


@lru_cache(maxsize=256)
def series_of(kind: CurveKind, rule: Optimizer, dimension: int) -> tuple[Series, ...]:
    """Return the series of a kind that the record of a rule has, with ``dimension`` inputs; may be empty."""
    names = parameter_names(dimension)
    match kind:
        case CurveKind.LOSS:
            return (Series("L"),)
        case CurveKind.GRADIENT:
            return (SIZE, *(Series("∇", name, signed=True) for name in names))
        case CurveKind.PARAMETERS:
            return tuple(Series("", name, signed=True) for name in names)
        case CurveKind.MEMORY:
            never_negative = rule.update_rule.never_negative
            return tuple(
                Series(memory_letter(letter), name, signed=letter not in never_negative)
                for letter in remembered_names(rule)
                for name in names
            )
        case CurveKind.LIMIT:
            from gdsim.core.analysis.curvature.limit import limit_of  # noqa: PLC0415 - the window need not wait

            return () if math.isnan(limit_of(rule)) else (SHARE_OF_LIMIT,)
    if kind is CurveKind.CUT or not rule.update_rule.has_recorded_rate:
        return ()
    return tuple(Series("η", name) for name in names) if rule.update_rule.has_own_rates else (Series("η"),)


def memory_letter(name: str) -> str:
    """Return how a memory is written: ``"v"``, or ``"v̂"`` for ``v_hat``."""
    letter = of_name(name.removesuffix(CORRECTED)).text
    return letter + HAT if name.endswith(CORRECTED) else letter


def extract(kind: CurveKind, rule: Optimizer, record: RecordColumns, steps: slice) -> Array:
    """Return the values of all series of a kind, in the order of `series_of`, at some steps: shape (m, n).

    At step 0 only losses and parameters are known. The rest is NaN, as is whatever the record lacks.
    """
    match kind:
        case CurveKind.LOSS:
            return record.loss[np.newaxis, steps]
        case CurveKind.GRADIENT:
            parts = record.gradient[steps].T
            return np.concatenate([_size(parts), parts])
        case CurveKind.PARAMETERS:
            return record.p[steps].T
        case CurveKind.LIMIT:
            known = series_of(kind, rule, record.p.shape[-1] - 1)
            return np.full((len(known), len(record.loss[steps])), np.nan)
    lines = RecordedLines(rule, record, steps)
    with np.errstate(all="ignore"):  # nothing is corrected at step 0, and a diverging run may overflow
        if kind is CurveKind.RATE:
            return lines.rate().T if rule.update_rule.has_recorded_rate else np.empty((0, len(lines)))
        return np.concatenate([values.T for _, values in lines.remembered()] or [np.empty((0, len(lines)))])


def _size(parts: Array) -> Array:
    """Return the lengths of the columns, whose numbers may be too large to be squared: shape (1, n)."""
    length = np.abs(parts[:1])
    for part in parts[1:]:
        length = np.hypot(length, part)
    return length


def trailing_means(values: Array, width: int) -> Array:
    """Return for each column of values (m, n) the mean of the finite values in the latest ``width`` columns.

    Nothing is subtracted from a running sum, so that small values keep their digits after large ones.
    """
    known = np.isfinite(values)
    with np.errstate(all="ignore"):  # the sum may overflow, and there may be no finite value
        total = _trailing_sums(np.where(known, values, 0.0), width)
        means: Array = total / _trailing_sums(known.astype(np.float64), width)
    return means


def _trailing_sums(values: Array, width: int) -> Array:
    m, n = values.shape
    blocks = -(-n // width) + 1
    padded = np.zeros((m, blocks * width))
    padded[:, width : width + n] = values
    padded = padded.reshape(m, blocks, width)
    upto = padded.cumsum(axis=2)
    # The sum of the block before, from behind the same position to its end.
    rest = np.zeros_like(padded)
    rest[:, :, :-1] = padded[:, :, :0:-1].cumsum(axis=2)[:, :, ::-1]
    return (upto[:, 1:] + rest[:, :-1]).reshape(m, -1)[:, :n]


def rises(loss: Array) -> Flags:
    """Return which losses (n,) are higher, by more than rounding, than the one before: shape (n - 1,)."""
    before, after = loss[:-1], loss[1:]
    size = np.abs(before)  # a function may be below 0
    with np.errstate(invalid="ignore"):  # an infinite loss after another one is not higher
        flags: Flags = after - before > _ROUNDING * size + _ROUNDING_OF_ERRORS * np.sqrt(size)
    return flags


class Rises:
    """The steps of a growing run that raised the loss, and their count. Each step is examined only once."""

    def __init__(self) -> None:
        self.flags: Flags = np.zeros(1, dtype=np.bool_)  # step 0 raised nothing
        self.count = 0

    def grow(self, loss: Array) -> None:
        """Examine the losses that are new; ``loss`` must extend that of the last call."""
        if len(loss) > len(self.flags):
            new = rises(loss[len(self.flags) - 1 :])
            self.flags = np.concatenate([self.flags, new])
            self.count += int(np.count_nonzero(new))
