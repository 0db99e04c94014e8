"""The log of errors: a few small files in the user's data folder."""

import contextlib
import faulthandler
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import gdsim

LOG_FILE_NAME = "errors.log"
LARGEST_LOG = 256_000
OLDER = 3
# A limit, because an error in every paint event would fill the disk.
_MOST_REPORTS = 50


class CrashLog:
    """A log of reported errors, and of what Python writes when the process crashes.

    Raises `OSError` if nothing can be written to the folder.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / LOG_FILE_NAME
        _rotate(self.path)
        self._left = _MOST_REPORTS
        # Kept open, because no file can be opened without memory or stack. Two windows may append to it.
        self._file = self.path.open("a", encoding="utf-8", errors="backslashreplace")
        # Logs the time of the start, because Python's crash handler writes no time.
        self._append(f"gdsim {gdsim.__version__} started")
        faulthandler.enable(self._file)

    def write(self, report: str) -> None:
        """Append a report with the time, ignoring errors and reports beyond the limit."""
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
    """Begin a new log if the last one is large, and keep a few older ones.

    Done only at the start of the program; later, Python's crash handler holds the file open.
    """
    with contextlib.suppress(OSError):  # another window may hold it open
        if path.exists() and path.stat().st_size > LARGEST_LOG:
            names = [path, *(path.with_suffix(f".{number}.log") for number in range(1, OLDER + 1))]
            for newer, older in reversed(list(pairwise(names))):
                if newer.exists():
                    newer.replace(older)
