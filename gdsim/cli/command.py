"""Helpers that all commands share: errors of one line, output, and loading the window."""

import argparse
import contextlib
import os
import re
import sys
import time
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import NoReturn, TextIO, TypeVar

from gdsim.core.files.atomic import replacing_text
from gdsim.core.language.translations import ENGLISH, Language, languages, read_language
from gdsim.core.process import gc_paused, reader_is_gone
from gdsim.core.progress import Progress, run_to_end
from gdsim.core.settings import elided, printable

STANDARD_OUTPUT = "-"
SCENE_HELP = "a bundled scene, a scene file, or a link: gdsim:1,…"
LONGEST_PATH = 200
T = TypeVar("T")


class UsageError(Exception):
    """A mistake of the user, with a message of one line."""


class Parser(argparse.ArgumentParser):
    """A parser that raises `UsageError` where argparse would print its usage and exit."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{self.prog}: {message}")

    def print_help(self, _file: object = None) -> None:
        """Print the help; raises `UsageError` if that fails, which argparse would ignore."""
        with standard_output() as out:
            out.write(self.format_help())

    def add_file(self, name: str, what: str, metavar: str | None = "FILE") -> None:
        """Add an argument for the name of a file or folder, which must not be empty."""
        self.add_argument(name, type=file_argument, metavar=metavar, help=what)

    def add_scene(self) -> None:
        self.add_file("scene", SCENE_HELP, None)

    def add_language(self, what: str) -> None:
        """Add an option for the language of a text that is written for readers."""
        words = f"the language of {what}: {', '.join(languages())}"
        self.add_argument("--language", metavar="CODE", type=_language, default=ENGLISH, help=words)


@contextlib.contextmanager
def reporting_unwritable(name: object) -> Iterator[None]:
    """Turn an `OSError` into a `UsageError` which says that a file cannot be written.

    `BrokenPipeError` passes through: the reader of a pipe, such as `head`, may stop early.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = error.strerror or error
        raise UsageError(f"{elided(str(name), LONGEST_PATH)}: cannot be written: {reason}") from None


@contextlib.contextmanager
def as_usage_error(who: str, kind: type[Exception]) -> Iterator[None]:
    """Turn exceptions of a type into a `UsageError` whose message begins with ``who``."""
    try:
        yield
    except kind as error:
        raise UsageError(f"{who}: {error}") from None


def file_argument(text: str) -> str:
    if not text:  # an empty path would mean the current folder
        raise argparse.ArgumentTypeError("must not be empty")
    return text


def step_argument(text: str) -> int:
    """Parse the number of a step, whose range is checked when the run is known."""
    if re.fullmatch("[0-9]{1,12}", text) is None:  # 12 digits are more than any run needs
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 0, not {text!r}")
    return int(text)


def is_folder(path: Path) -> bool:
    """Return whether a path is a folder; False if it is too long or may not be accessed."""
    return os.path.isdir(path)  # noqa: PTH112 - the method of `Path` would raise `OSError`


def _language(code: str) -> Language:
    try:
        return read_language(code)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(str(fault)) from None


class ProgressLine:
    """A line on the terminal that shows the progress of work, once it has taken more than a second."""

    def __init__(self, what: str) -> None:
        self._what, self._line = what, ""
        self._begun = time.monotonic()
        self._is_seen = sys.stderr is not None and sys.stderr.isatty()

    def reach(self, share: float) -> None:
        if self._is_seen and time.monotonic() - self._begun > 1.0:
            self._line = f"{int(100 * share)} % of {self._what}"
            print(f"\r{self._line}", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        if self._line:
            print(f"\r{' ' * len(self._line)}\r", end="", file=sys.stderr, flush=True)


def run_with_progress(work: Progress[T], what: str) -> T:
    """Run a generator to its end and return its result, showing its progress on the terminal."""
    with contextlib.closing(work), contextlib.closing(ProgressLine(what)) as line:
        return run_to_end(work, line.reach)


def print_error(line: str) -> None:
    """Print a line on standard error, if it is there and writable."""
    if sys.stderr is None:
        return
    try:
        print(line, file=sys.stderr, flush=True)
    except OSError:
        _discard(sys.stderr)


def _discard(stream: TextIO) -> None:
    """Redirect a stream to the null device, because flushing its buffer would fail again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextlib.contextmanager
def standard_output() -> Iterator[TextIO]:
    """Yield standard output; errors in writing to it become a `UsageError`."""
    if sys.stdout is None:
        raise UsageError("gdsim: standard output is closed")
    with reporting_unwritable("standard output"):
        try:
            yield sys.stdout
            sys.stdout.flush()
        except OSError as error:
            _discard(sys.stdout)
            if not reader_is_gone(error):  # a reader such as `head` may stop early
                raise


@contextlib.contextmanager
def open_output(name: str) -> Iterator[TextIO]:
    """Yield standard output if ``name`` is ``-``, else a file that is renamed to it when it is complete."""
    if name == STANDARD_OUTPUT:
        with standard_output() as out:
            yield out
    else:
        with reporting_unwritable(name), replacing_text(Path(name)) as out:
            yield out


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    lines = [head, *([printable(cell) for cell in row] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def import_gui(module: str) -> ModuleType:
    """Import a module of the window lazily, so that headless use needs no Qt libraries."""
    name = f"gdsim.gui.{module}"
    try:
        # Importing creates many objects, so garbage collection is paused unless the module is loaded already.
        with contextlib.nullcontext() if name in sys.modules else gc_paused():
            import_module("gdsim.gui")
            return import_module(name)
    except ImportError as error:
        raise UsageError(f"gdsim: the window needs a library that is missing: {error}") from None
