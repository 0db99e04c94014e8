"""Where the commands write: to standard output, or to a file that is replaced as a whole."""

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from gdsim.cli.faults import UsageError, unwritable
from gdsim.core.files.atomic import replacing
from gdsim.core.settings import printable

STANDARD_OUTPUT = "-"


def keep_apart(scene: Path, *targets: str | None) -> None:
    """Make sure that nothing is written over the scene, and no two things into one file.

    Parameters
    ----------
    scene : Path
        What is read.
    *targets : str or None
        What is to be written; None and ``"-"`` are no files.

    Raises
    ------
    UsageError
        If two of them are one file, however they are spelled.
    """
    own, seen = os.path.realpath(scene), set()
    for name in targets:
        if name is None or name == STANDARD_OUTPUT:
            continue
        place = os.path.realpath(name)
        if place == own:
            raise UsageError(f"{name}: cannot be written: it is the scene itself")
        if place in seen:
            raise UsageError(f"{name}: cannot be written: it is asked for twice")
        seen.add(place)


@contextlib.contextmanager
def standard_output() -> Iterator[TextIO]:
    """Give standard output; a fault in writing to it ends the command in a sentence."""
    if sys.stdout is None:
        raise UsageError("gdsim: standard output is closed")
    try:
        yield sys.stdout
        sys.stdout.flush()
    except OSError as error:
        # What is still to be written would fail once more when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):  # the reader, such as `head`, has seen enough
            raise unwritable("standard output", error) from None


@contextlib.contextmanager
def csv_file(name: str | None) -> Iterator[TextIO | None]:
    """Give a file for a table, which takes its name when it is complete; None where there is no name."""
    if name is None:
        yield None
        return
    try:
        with replacing(Path(name)) as unfinished, unfinished.open("w", encoding="utf-8", newline="") as out:
            yield out
    except OSError as error:
        raise unwritable(name, error) from None


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print lines of cells under each other, whose columns are as wide as they have to be."""
    lines = [head, *([printable(cell) for cell in row] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
