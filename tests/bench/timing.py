"""Measuring on a machine that others use too."""

import time
from collections.abc import Callable
from cProfile import Profile
from statistics import median

Job = Callable[[], object]


def seconds(job: Job) -> float:
    """Return how long a job takes."""
    began = time.perf_counter()
    job()
    return time.perf_counter() - began


def calls(job: Job) -> int:
    """Return how many functions a job calls, Python's and C's: the same number on every machine."""
    profile = Profile()
    profile.runcall(job)
    return sum(entry.callcount for entry in profile.getstats())


def ratio(job: Job, other: Job, rounds: int) -> float:
    """Return how many times as long ``job`` takes as ``other``.

    Each round measures both, one right after the other, so that what slows the machine slows both;
    the median of the rounds is returned. A first round that fills the caches is not counted.
    """
    job()
    other()
    return median(seconds(job) / seconds(other) for _ in range(rounds))
