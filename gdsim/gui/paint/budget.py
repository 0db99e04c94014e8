"""How much of very long runs is worked out for one picture of a pane: the rest comes with the next ones."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# Rows of records that are looked at; to work out and paint a point of a line takes as long as twenty of them.
_ROWS = ContextVar("rows", default=300_000)
_ROWS_A_POINT = 20


class Budget:
    """What may be worked out for one picture. Where it is spent, another one is to be painted."""

    def __init__(self) -> None:
        self._rows = _ROWS.get()

    @property
    def is_spent(self) -> bool:
        return self._rows <= 0

    def spend_rows(self, count: int) -> None:
        self._rows -= count

    def spend_points(self, count: int) -> None:
        self._rows -= _ROWS_A_POINT * count


@contextmanager
def all_at_once() -> Iterator[None]:
    """Have pictures painted whole, since no other ones come after them."""
    before = _ROWS.set(sys.maxsize)
    try:
        yield
    finally:
        _ROWS.reset(before)
