"""How much of very long runs is worked out for one picture of a pane: the rest comes with the next ones."""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar

# Rows of records that are looked at; to work out and paint a point of a line takes as long as twenty of them.
_ROWS, _ROWS_A_POINT = 300_000, 20


class Budget:
    """What may be worked out for one picture. Where it is spent, another one is to be painted."""

    def __init__(self, rows: int = _ROWS) -> None:
        self._rows = rows

    @classmethod
    def unlimited(cls) -> "Budget":
        return cls(sys.maxsize)

    @property
    def is_spent(self) -> bool:
        return self._rows <= 0

    def spend_rows(self, count: int) -> None:
        self._rows -= count

    def spend_points(self, count: int) -> None:
        self._rows -= _ROWS_A_POINT * count


_SHARED: ContextVar[Budget | None] = ContextVar("shared", default=None)


def budget_of_picture() -> Budget:
    """Return the budget of a pane that is painted: its own, but within `shared_budget`."""
    return _SHARED.get() or Budget()


@contextmanager
def shared_budget(rows: int = _ROWS) -> Iterator[Budget]:
    """Have all panes that are painted within share a budget, which tells whether they are painted whole."""
    budget = Budget(rows)
    before = _SHARED.set(budget)
    try:
        yield budget
    finally:
        _SHARED.reset(before)


def all_at_once() -> AbstractContextManager[Budget]:
    """Have panes painted whole, since no other picture comes after this one."""
    return shared_budget(sys.maxsize)
