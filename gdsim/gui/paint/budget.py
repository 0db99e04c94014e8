"""A budget for the work on very long runs in one picture of a pane; later pictures do the rest."""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar

# Rows of records to scan for a picture; computing and painting a point of a line takes as long as 20 rows.
_ROWS, _ROWS_A_POINT = 300_000, 20


class Budget:
    """A limit on the work for one picture. Once it is spent, another picture has to be painted."""

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
    """Return the budget for a picture of a pane: the shared one within `shared_budget`, else a new one."""
    return _SHARED.get() or Budget()


@contextmanager
def shared_budget(rows: int = _ROWS) -> Iterator[Budget]:
    """Make all panes painted in the context share a budget, which tells whether they were completed."""
    budget = Budget(rows)
    before = _SHARED.set(budget)
    try:
        yield budget
    finally:
        _SHARED.reset(before)


def all_at_once() -> AbstractContextManager[Budget]:
    """Paint panes in the context completely, because no later picture would complete them."""
    return shared_budget(sys.maxsize)
