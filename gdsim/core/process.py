"""The process: signals, garbage collection and child processes. This module imports nothing that is slow."""

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
# Signals that ask a process to end: Ctrl-C, kill, a closing terminal. Not every system has all of them.
ENDING_SIGNALS = tuple(
    signal.Signals[name] for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
Handler = Callable[[int, FrameType | None], object]


def handle(handler: Handler, *signals: signal.Signals) -> dict[signal.Signals, Any]:
    """Install a handler for some signals, and return the handlers it replaces.

    Signals that the parent process set to be ignored, as nohup does, stay ignored.
    """
    before = {number: signal.getsignal(number) for number in signals}
    replaced = {number: old for number, old in before.items() if old not in (signal.SIG_IGN, None)}
    for number in replaced:
        signal.signal(number, handler)
    return replaced


@contextlib.contextmanager
def handled_by(handler: Handler, *signals: signal.Signals) -> Iterator[None]:
    """Install a handler as `handle` does, and restore the old ones on exit."""
    before = handle(handler, *signals)
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def quick_exit_on(*signals: signal.Signals) -> contextlib.AbstractContextManager[None]:
    """Let signals end the process at once rather than raise an exception.

    Some libraries mistake an exception raised while they are imported for an error of their own, and Qt
    crashes on one raised while a window is built.
    """
    return handled_by(_quick_exit, *signals)


def _quick_exit(_number: int, _frame: FrameType | None) -> None:
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            sys.stderr.write("Stopped.\n")
            sys.stderr.flush()
    os._exit(INTERRUPTED)


def reader_is_gone(error: OSError) -> bool:
    """Return whether a write failed because the pipe's reader is gone, which is EINVAL on Windows."""
    return isinstance(error, BrokenPipeError) or (sys.platform == "win32" and error.errno == errno.EINVAL)


def end_at_once(code: int) -> NoReturn:
    """Flush the output and end the process without waiting for its threads."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
    os._exit(code)


@contextlib.contextmanager
def gc_paused() -> Iterator[None]:
    """Pause the garbage collector, and exclude the objects created meanwhile from it for good.

    Nearly all objects created while modules load and a window is built live until the end. Scanning them
    again and again would take a tenth of the start-up time, and every later full collection would scan them
    once more, in the middle of an animation.
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
    """Collect the generations over their thresholds, for a process that has automatic collection disabled."""
    due = [made > most for made, most in zip(gc.get_count(), gc.get_threshold(), strict=True)]
    if any(due):
        gc.collect(max(generation for generation, is_due in enumerate(due) if is_due))


# PyInstaller's loader points the first at the bundle's libraries, and saves its old value in the second.
_LIBRARIES, _LIBRARIES_BEFORE = "LD_LIBRARY_PATH", "LD_LIBRARY_PATH_ORIG"


# On Windows gdsim-console.exe lies beside gdsim.exe.
_CONSOLE = "-console"


def system_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return an environment in which system programs find their own libraries, not those of the bundle."""
    cleaned = dict(environment)
    if getattr(sys, "frozen", False):
        cleaned.pop(_LIBRARIES, None)
        before = cleaned.pop(_LIBRARIES_BEFORE, None)
        if before:
            cleaned[_LIBRARIES] = before
    return cleaned


def own_command() -> list[str]:
    """Return the command line that starts gdsim again, without opening a console."""
    if getattr(sys, "frozen", False):
        program = Path(sys.executable)
        return [str(program.with_stem(program.stem.removesuffix(_CONSOLE)))]
    return [sys.executable, "-m", "gdsim"]
