"""Atomic writing of files: a failed write never damages an existing file."""

import contextlib
import errno
import os
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from gdsim.core.language.texts import said

# Marks an unfinished file as ours.
_MARK = ".gdsim-"
_LONGEST_STEM, _LONGEST_SUFFIX = 40, 12
# An unfinished file that has not been written to for this long was left by a process that was killed.
_ABANDONED_SECONDS = 3600.0
# On Windows another program may hold a file open: how long to retry the rename, and how long to wait between.
_PATIENCE_SECONDS, _PAUSE_SECONDS = 1.0, 0.02
_unfinished: set[Path] = set()


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield the path of an unfinished file, which replaces the file at ``path`` if no exception is raised.

    Symbolic links are followed: the link stays, and its target is replaced. The new file gets the permissions
    of the old one, and also its owner and group where the system allows it. A pipe or a device, such as
    /dev/null, is not replaced: ``path`` itself is yielded. Raises `OSError` if the file cannot be written or
    the old one is write-protected.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, said("it is a folder"))
    if path.exists() and not path.is_file():
        _refuse_pipe_without_reader(path)
        yield path
        return
    target = Path(os.path.realpath(path))
    if target.is_symlink():
        raise OSError(errno.ELOOP, said("it is a link that leads back to itself"))
    _refuse_protected(target)
    # The suffix is kept, because writers choose the format by it. A very long one is not a format but a name.
    ending = target.suffix if len(target.suffix) <= _LONGEST_SUFFIX else ""
    unfinished = target.with_name(f".{target.name[:_LONGEST_STEM]}{_MARK}{os.urandom(4).hex()}{ending}")
    try:
        unfinished.touch(0o600 if target.exists() else 0o666, exist_ok=False)
    except OSError as error:
        error.filename = str(path)  # the user does not know the name of the unfinished file
        raise
    _unfinished.add(unfinished)
    try:
        yield unfinished
        if target.exists():
            _copy_owner(target, unfinished)
            unfinished.chmod(stat.S_IMODE(target.stat().st_mode))
        _flush_to_disk(unfinished)
        _rename(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)
        _unfinished.discard(unfinished)


def save_bytes(data: bytes, path: Path) -> None:
    """Write a file atomically; see `replacing`."""
    with replacing(path) as unfinished:
        unfinished.write_bytes(data)


@contextlib.contextmanager
def replacing_text(path: Path) -> Iterator[TextIO]:
    """Yield an unfinished text file in UTF-8, without newline translation; see `replacing`."""
    with replacing(path) as unfinished, unfinished.open("w", encoding="utf-8", newline="") as out:
        yield out


def remove_unfinished() -> None:
    """Remove the files that threads of this process are still writing, before the process exits abruptly."""
    for path in list(_unfinished):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def remove_abandoned(folder: Path) -> int:
    """Remove the unfinished files that killed processes left in a folder; return how many were removed.

    Files that cannot be inspected or removed are skipped.
    """
    removed = 0
    with contextlib.suppress(OSError):
        for path in folder.glob(f".*{_MARK}*"):
            with contextlib.suppress(OSError):
                status = path.lstat()
                if stat.S_ISREG(status.st_mode) and time.time() - status.st_mtime > _ABANDONED_SECONDS:
                    path.unlink()
                    removed += 1
    return removed


def _refuse_pipe_without_reader(path: Path) -> None:
    """Raise `OSError` for a pipe without a reader, because opening it could block forever."""
    if path.is_fifo():
        os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))


def _refuse_protected(target: Path) -> None:
    """Raise `PermissionError` if the old file is write-protected, although its folder allows replacing it."""
    if target.exists():
        protected = not target.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
        if protected or not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, said("it is write-protected"))


def _copy_owner(target: Path, unfinished: Path) -> None:
    """Keep the owner and group of a file, so that for example a group sharing it retains access."""
    if hasattr(os, "chown"):  # not on Windows
        status = target.stat()
        for owner, group in ((-1, status.st_gid), (status.st_uid, -1)):
            with contextlib.suppress(OSError):  # changing the owner usually needs privileges
                os.chown(unfinished, owner, group)


def _rename(unfinished: Path, target: Path) -> None:
    """Rename an unfinished file to its target.

    Windows refuses this while another program has either file open. Virus scanners, search indexers and
    backup programs open every new file for a moment, so the rename is retried.
    """
    on_windows, end = sys.platform == "win32", time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            unfinished.replace(target)
        except PermissionError:
            if not on_windows or time.monotonic() > end:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def _flush_to_disk(path: Path) -> None:
    """Wait until the file is on the disk, because some systems report a full disk only then."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
