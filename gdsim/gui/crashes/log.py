"""The log of errors: a few small files in the user's data folder."""

import contextlib
import faulthandler
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import gdsim

NAME = "errors.log"
LARGEST = 256_000
OLDER = 3
# An error in every paint event would fill a disk.
_MOST_REPORTS = 50


class CrashLog:
    """Takes reports of errors, and what Python writes when the process crashes.

    Raises `OSError` if nothing can be written to the folder.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / NAME
        _rotate(self.path)
        self._left = _MOST_REPORTS
        # Kept open: without memory or stack no file can be opened. Two windows may append to one file.
        self._file = self.path.open("a", encoding="utf-8", errors="backslashreplace")
        # Python's own handler writes no time.
        self._append(f"gdsim {gdsim.__version__} started")
        faulthandler.enable(self._file)

    def write(self, report: str) -> None:
        """Append a report with the time, if it can be written."""
        if self._left > 0 and not self._file.closed:
            self._left -= 1
            self._append(report.rstrip())

    def _append(self, text: str) -> None:
        with contextlib.suppress(OSError):
            self._file.write(f"---- {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC\n{text}\n")
            self._file.flush()

    def close(self) -> None:
        if not self._file.closed:
            faulthandler.disable()
            with contextlib.suppress(OSError):
                self._file.close()


def _rotate(path: Path) -> None:
    """Begin a new log when the last one is large, and keep a few older ones.

    Only at the start of a program: while it runs, Python's own handler holds the file open.
    """
    with contextlib.suppress(OSError):  # another window may hold it open
        if path.exists() and path.stat().st_size > LARGEST:
            names = [path, *(path.with_suffix(f".{number}.log") for number in range(1, OLDER + 1))]
            for newer, older in reversed(list(pairwise(names))):
                if newer.exists():
                    newer.replace(older)
