"""Long work in pieces: whoever has it done learns how far it is, and may stop between two of them."""

from collections.abc import Generator
from typing import TypeAlias, TypeVar

T = TypeVar("T")

# Yields the share that is done, every few milliseconds, and returns the result.
Pieces: TypeAlias = Generator[float, None, T]


def completed(work: Pieces[T]) -> T:
    """Return what a generator returns at its end."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            value: T = end.value
            return value


def part_of(work: Pieces[T], low: float, high: float) -> Pieces[T]:
    """Do work that is the part from ``low`` to ``high`` of something larger."""
    while True:
        try:
            share = next(work)
        except StopIteration as end:
            value: T = end.value
            return value
        yield low + (high - low) * share
