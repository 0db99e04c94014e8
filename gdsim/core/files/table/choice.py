"""Points chosen from a table: which columns are the inputs, which one is y, which rows are set aside."""

import re
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from gdsim.core.arrays import Flags
from gdsim.core.files.table.table import Table
from gdsim.core.model.points import PointsError, PointSet
from gdsim.core.settings import BELOW_ONE, SEED, Configured, Definition, Setting

_INPUT = re.compile(r"x[ _]?\d*|x\[\d+\]", re.IGNORECASE)
# Names of columns that count the rows.
_COUNTERS = frozenset({"", "#", "id", "index"})


_SHARE = "The share of the rows that is set aside for validation, drawn at random."
# How many rows are set aside for validation.
SPLIT = Definition(
    "split",
    "Split",
    _SHARE,
    (
        Setting("share", "share", "share for validation", _SHARE, 0.0, BELOW_ONE, 0.0, 0.9),
        Setting("seed", "seed", "seed", "The same seed sets the same rows aside again.", 0, SEED, 0, 100),
    ),
)
Split: TypeAlias = Configured[Definition]
NOTHING_ASIDE = SPLIT()


@dataclass(frozen=True)
class Choice:
    """What becomes of a table; columns are counted among those that hold numbers.

    Attributes
    ----------
    x : tuple of int
        The inputs, in their order.
    y : int
    split : Split
    by_role : bool
        Whether a column of the table says which rows are set aside, instead of the split.
    """

    x: tuple[int, ...]
    y: int
    split: Split = NOTHING_ASIDE
    by_role: bool = False


def guessed(table: Table) -> Choice:
    """Return the choice that the names suggest; without names the last column is y."""
    names = [name.strip() for name in table.names]
    lower = [name.lower() for name in names]
    y = lower.index("y") if "y" in lower else len(names) - 1
    others = [place for place in range(len(names)) if place != y]
    inputs = [place for place in others if _INPUT.fullmatch(names[place])]
    if not inputs and any(names):
        inputs = [place for place in others if lower[place] not in _COUNTERS]
    return Choice(tuple(inputs or others), y, by_role=table.held_out is not None)


def chosen(table: Table, choice: Choice) -> tuple[PointSet, PointSet]:
    """Return the training points and the validation points.

    Both keep the order of the table.

    Raises
    ------
    PointsError
        If there are no inputs, y is one of them, or no point is left to learn from.
    """
    if not choice.x:
        raise PointsError("Choose at least one column for x.")
    if choice.y in choice.x:
        raise PointsError("A column cannot be both x and y.")
    held_out = _held_out(table, choice)
    if held_out.all():
        raise PointsError("No point is left for training: all are set aside for validation.")
    x, y = table.numbers[:, choice.x], table.numbers[:, choice.y]
    if not held_out.any():
        return PointSet(x, y), PointSet.empty(len(choice.x))
    return PointSet(x[~held_out], y[~held_out]), PointSet(x[held_out], y[held_out])


def _held_out(table: Table, choice: Choice) -> Flags:
    if choice.by_role and table.held_out is not None:
        return table.held_out
    flags = np.zeros(len(table), dtype=np.bool_)
    count = round(choice.split.number("share") * len(table))
    # A share below 1 leaves at least one point.
    drawn = np.random.default_rng(int(choice.split["seed"])).permutation(len(table))[
        : min(count, len(table) - 1)
    ]
    flags[drawn] = True
    return flags
