"""gdsim --self-test: whether this copy of the program works on this machine."""

from collections.abc import Callable, Iterable
from itertools import chain

from gdsim.core import self_test
from gdsim.core.self_test import Check


def test_itself(checks_of_window: Callable[[], Iterable[Check]]) -> int:
    """Carry out every check, print a line for each, and return 0 if all passed, else 1.

    Parameters
    ----------
    checks_of_window : callable
        Called when the other checks are done.
    """
    results = []
    for result in self_test.carry_out(chain(self_test.checks(), _late(checks_of_window))):
        print(result.line, flush=True)
        results.append(result)
    failed = sum(not result.passed for result in results)
    print(f"{len(results) - failed} checks passed, {failed} failed")
    return 1 if failed or not results else 0


def _late(checks: Callable[[], Iterable[Check]]) -> Iterable[Check]:
    yield from checks()
