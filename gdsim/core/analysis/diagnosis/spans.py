"""From flags to spans: consecutive hits are one finding."""

from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Flags, Rows

# More marks of one kind than this cannot be told apart on a timeline: the nearest ones are joined.
MOST_SPANS = 40


class Span(NamedTuple):
    """Rows ``first`` to ``last``, both included."""

    first: int
    last: int


def edges(flags: Flags) -> tuple[Rows, Rows]:
    """Return where runs of true flags begin, and where each is over: the first row behind it."""
    changes = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]])))
    return changes[::2], changes[1::2]


def spans(flags: Flags, gap: int = 0) -> list[Span]:
    """Return the runs of true flags; those with at most ``gap`` false ones between them are one."""
    begins, ends = edges(flags)
    return joined(begins, ends - 1, gap)


def joined(firsts: Rows, lasts: Rows, gap: int) -> list[Span]:
    """Return spans, given by their ends in order, with the gaps up to a size closed.

    Never more than `MOST_SPANS`: beyond that the smallest gaps are closed too.
    """
    if len(firsts) == 0:
        return []
    gaps = firsts[1:] - lasts[:-1] - 1
    if (gaps > gap).sum() >= MOST_SPANS:
        # As wide as the gaps that stay open, so that what looks alike is treated alike.
        gap = int(np.partition(gaps, -MOST_SPANS)[-MOST_SPANS])
    parted = np.flatnonzero(gaps > gap)
    begins = firsts[np.concatenate([[0], parted + 1])]
    ends = lasts[np.concatenate([parted, [len(lasts) - 1]])]
    return [Span(int(first), int(last)) for first, last in zip(begins, ends, strict=True)]
