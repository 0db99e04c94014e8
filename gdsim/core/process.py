"""The process itself: its signals, its garbage, the programs it starts. It imports nothing that is slow."""

import contextlib
import errno
import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

INTERRUPTED = 130
# What asks a process to end: Ctrl-C, another program, a terminal that closes. Not every system has all.
ENDING = tuple(signal.Signals[name] for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
Handler = Callable[[int, FrameType | None], object]


def handle(handler: Handler, *signals: signal.Signals) -> dict[signal.Signals, Any]:
    """Handle signals, and return what has handled them until now.

    Those that whoever started the process has it ignore, as nohup does, stay ignored.
    """
    before = {number: signal.getsignal(number) for number in signals}
    heeded = {number: old for number, old in before.items() if old not in (signal.SIG_IGN, None)}
    for number in heeded:
        signal.signal(number, handler)
    return heeded


@contextlib.contextmanager
def handled_by(handler: Handler, *signals: signal.Signals) -> Iterator[None]:
    """Handle signals for a while, as `handle` does."""
    before = handle(handler, *signals)
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def quick_exit_on(*signals: signal.Signals) -> contextlib.AbstractContextManager[None]:
    """Let signals end the process at once, instead of by an exception.

    Some libraries take an exception that comes while they load for a fault of their own, and Qt does not
    survive one while a window is put together.
    """
    return handled_by(_quick_exit, *signals)


def _quick_exit(_number: int, _frame: FrameType | None) -> None:
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            sys.stderr.write("Stopped.\n")
            sys.stderr.flush()
    os._exit(INTERRUPTED)


def reader_is_gone(error: OSError) -> bool:
    """Return whether a write failed because nothing reads the pipe any more; Windows calls it invalid."""
    return isinstance(error, BrokenPipeError) or (sys.platform == "win32" and error.errno == errno.EINVAL)


def end_at_once(code: int) -> NoReturn:
    """End the process although threads run; what was printed is kept."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
    os._exit(code)


@contextlib.contextmanager
def gc_paused() -> Iterator[None]:
    """Pause the garbage collector, and make it ignore for good what is made meanwhile.

    Nearly everything that is made while modules load and a window is put together stays. The collector
    would go through it again and again, which is a tenth of the time of a start, and once more at every
    full collection, in the middle of an animation.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()


def collect_due() -> None:
    """Collect the garbage that Python would have collected by now, where it may not do so by itself."""
    due = [made > most for made, most in zip(gc.get_count(), gc.get_threshold(), strict=True)]
    if any(due):
        gc.collect(max(generation for generation, is_due in enumerate(due) if is_due))


# PyInstaller's loader points the first at the bundle's own libraries, and keeps what it was in the second.
_LIBRARIES, _LIBRARIES_BEFORE = "LD_LIBRARY_PATH", "LD_LIBRARY_PATH_ORIG"


# On Windows gdsim-console.exe stands beside gdsim.exe.
_CONSOLE = "-console"


def system_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the environment in which a program of the system finds its own libraries."""
    cleaned = dict(environment)
    if getattr(sys, "frozen", False):
        cleaned.pop(_LIBRARIES, None)
        before = cleaned.pop(_LIBRARIES_BEFORE, None)
        if before:
            cleaned[_LIBRARIES] = before
    return cleaned


def own_command() -> list[str]:
    """Return the words that start this program again, without a terminal of its own."""
    if getattr(sys, "frozen", False):
        program = Path(sys.executable)
        return [str(program.with_stem(program.stem.removesuffix(_CONSOLE)))]
    return [sys.executable, "-m", "gdsim"]
