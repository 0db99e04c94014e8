"""Ending the process by a signal while nothing is open. Imports nothing that takes time to load."""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from types import FrameType

INTERRUPTED = 130


@contextlib.contextmanager
def leaving_at_once(*numbers: signal.Signals) -> Iterator[None]:
    """Let signals end the process in a word for a while, and not by an exception.

    Some libraries take an exception that comes while they load for a fault of their own, and Qt does not
    survive one in the middle of putting a window together.

    Parameters
    ----------
    numbers : signal.Signals
        Those that whoever started the program wants ignored stay so.
    """
    before = {number: signal.getsignal(number) for number in numbers}
    wanted = [number for number, handler in before.items() if handler not in (signal.SIG_IGN, None)]
    for number in wanted:
        signal.signal(number, _leave)
    try:
        yield
    finally:
        for number in wanted:
            signal.signal(number, before[number])


def _leave(_number: int, _frame: FrameType | None) -> None:
    if sys.stderr is not None:
        sys.stderr.write("Stopped.\n")
        sys.stderr.flush()
    os._exit(INTERRUPTED)
