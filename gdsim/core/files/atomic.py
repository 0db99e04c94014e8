"""Writing files so that an old one is never damaged."""

import contextlib
import errno
import os
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from gdsim.core.language.words import said

# Marks an unfinished file as ours.
_MARK = ".gdsim-"
_LONGEST_STEM, _LONGEST_SUFFIX = 40, 12
# An unfinished file that nobody has written to for so long belongs to a process that was killed.
_ABANDONED_SECONDS = 3600.0
# So long a file of Windows may be held open by somebody else, and so often it is tried again meanwhile.
_PATIENCE_SECONDS, _PAUSE_SECONDS = 1.0, 0.02
_unfinished: set[Path] = set()


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give the path of an unfinished file, which takes the name ``path`` when all went well.

    Links go on pointing to what is now the new file, and its permissions are those of the old one, as are
    its owner and group, where the system lets them be. A pipe or a device, such as /dev/null, is not
    replaced: the path given is its own. Raises `OSError` if the file cannot be written, or the old one is
    write-protected.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, said("it is a folder"))
    if path.exists() and not path.is_file():
        _refuse_unread(path)
        yield path
        return
    target = Path(os.path.realpath(path))
    if target.is_symlink():
        raise OSError(errno.ELOOP, said("it is a link that leads back to itself"))
    _refuse_protected(target)
    # The ending tells what kind of file it is; one that is too long to be one is left out.
    ending = target.suffix if len(target.suffix) <= _LONGEST_SUFFIX else ""
    unfinished = target.with_name(f".{target.name[:_LONGEST_STEM]}{_MARK}{os.urandom(4).hex()}{ending}")
    try:
        unfinished.touch(0o600 if target.exists() else 0o666, exist_ok=False)
    except OSError as error:
        error.filename = str(path)  # of the unfinished one nobody has heard
        raise
    _unfinished.add(unfinished)
    try:
        yield unfinished
        if target.exists():
            _give_to_owner_of(target, unfinished)
            unfinished.chmod(stat.S_IMODE(target.stat().st_mode))
        _write_through(unfinished)
        _rename(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)
        _unfinished.discard(unfinished)


def save_bytes(data: bytes, path: Path) -> None:
    """Write a file, all of it or nothing; see `replacing`."""
    with replacing(path) as unfinished:
        unfinished.write_bytes(data)


@contextlib.contextmanager
def replacing_text(path: Path) -> Iterator[TextIO]:
    """Give an unfinished file to write text to, in UTF-8 with its line ends as they are; see `replacing`."""
    with replacing(path) as unfinished, unfinished.open("w", encoding="utf-8", newline="") as out:
        yield out


def remove_unfinished() -> None:
    """Remove the files that threads of this process are still writing: for a process that ends at once."""
    for path in list(_unfinished):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def remove_abandoned(folder: Path) -> int:
    """Remove the unfinished files that killed processes left in a folder; return how many there were.

    Files that cannot be looked at or removed are left alone.
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


def _refuse_unread(path: Path) -> None:
    """Raise for a pipe that nothing reads: opening it would wait for a reader, perhaps for ever."""
    if path.is_fifo():
        os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))


def _refuse_protected(target: Path) -> None:
    """Raise for an old file that is not to be written, though its folder would let it be replaced."""
    if target.exists():
        protected = not target.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
        if protected or not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, said("it is write-protected"))


def _give_to_owner_of(target: Path, unfinished: Path) -> None:
    """Let those go on reading and writing a file to whom it belongs, such as a group that works on it."""
    if hasattr(os, "chown"):  # not on Windows
        status = target.stat()
        for owner, group in ((-1, status.st_gid), (status.st_uid, -1)):
            with contextlib.suppress(OSError):  # not everybody may give it away
                os.chown(unfinished, owner, group)


def _rename(unfinished: Path, target: Path) -> None:
    """Give an unfinished file its name.

    On Windows that is refused while another program has one of the two open. A virus scanner, or what
    searches or copies a folder, looks into every new file, for some moments.
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


def _write_through(path: Path) -> None:
    """Wait until the file is on the disk: some systems tell only then that the disk is full."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
