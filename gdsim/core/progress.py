"""Long work that tells how far it is, and may be stopped whenever it does."""

from collections.abc import Generator
from typing import TypeAlias, TypeVar

T = TypeVar("T")

# Yields the share that is done, every few milliseconds, and returns the result.
Progress: TypeAlias = Generator[float, None, T]


def run_to_end(work: Generator[object, None, T]) -> T:
    """Return what a generator returns at its end."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            value: T = end.value
            return value


def part_of(work: Progress[T], low: float, high: float) -> Progress[T]:
    """Do work that is the part from ``low`` to ``high`` of something larger."""
    while True:
        try:
            share = next(work)
        except StopIteration as end:
            value: T = end.value
            return value
        yield low + (high - low) * share
