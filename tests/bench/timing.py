"""Measuring time on a machine with other load."""

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
    """Return how many Python and C functions a job calls, a number that is the same on every machine."""
    profile = Profile()
    profile.runcall(job)
    return sum(entry.callcount for entry in profile.getstats())


def ratio(job: Job, other: Job, rounds: int) -> float:
    """Return the time of ``job`` divided by that of ``other``, as the median of some rounds.

    Each round measures both in direct succession, so that other load on the machine slows both. A first
    round, which fills the caches, is not counted.
    """
    job()
    other()
    return median(seconds(job) / seconds(other) for _ in range(rounds))
