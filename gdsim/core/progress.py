"""Long computations as generators that report their progress, and can be stopped at each report."""

from collections.abc import Callable, Generator
from typing import TypeAlias, TypeVar

T = TypeVar("T")
Y = TypeVar("Y")

# Yields the fraction done every few milliseconds, and returns the result.
Progress: TypeAlias = Generator[float, None, T]


def run_to_end(work: Generator[Y, None, T], told: Callable[[Y], object] | None = None) -> T:
    """Exhaust a generator and return its result; call ``told`` with each item that it yields."""
    while True:
        try:
            piece = next(work)
        except StopIteration as end:
            value: T = end.value
            return value
        if told:
            told(piece)


def alternately(first: Progress[T], second: Progress[T]) -> Progress[tuple[T, T]]:
    """Run two computations with equally many pieces alternately, piece by piece; return both results."""
    while True:
        try:
            share = next(first)
        except StopIteration as end:
            value: T = end.value
            return value, run_to_end(second)
        next(second, None)
        yield share


def part_of(work: Progress[T], low: float, high: float) -> Progress[T]:
    """Rescale progress to run from ``low`` to ``high``, as a part of a larger computation."""
    while True:
        try:
            share = next(work)
        except StopIteration as end:
            value: T = end.value
            return value
        yield low + (high - low) * share
