"""Long work that tells how far it is, and may be stopped whenever it does."""

from collections.abc import Callable, Generator
from typing import TypeAlias, TypeVar

T = TypeVar("T")
Y = TypeVar("Y")

# Yields the share that is done, every few milliseconds, and returns the result.
Progress: TypeAlias = Generator[float, None, T]


def run_to_end(work: Generator[Y, None, T], told: Callable[[Y], object] | None = None) -> T:
    """Return what a generator returns at its end; what it yields may be ``told``."""
    while True:
        try:
            piece = next(work)
        except StopIteration as end:
            value: T = end.value
            return value
        if told:
            told(piece)


def in_step(first: Progress[T], second: Progress[T]) -> Progress[tuple[T, T]]:
    """Do two works with equally many pieces side by side, a piece of each in turn; return both results."""
    while True:
        try:
            share = next(first)
        except StopIteration as end:
            value: T = end.value
            return value, run_to_end(second)
        next(second, None)
        yield share


def part_of(work: Progress[T], low: float, high: float) -> Progress[T]:
    """Do work that is the part from ``low`` to ``high`` of something larger."""
    while True:
        try:
            share = next(work)
        except StopIteration as end:
            value: T = end.value
            return value
        yield low + (high - low) * share
