"""Preferences that are kept between starts. The file is not trusted: users may edit it."""

import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol, TypeVar

from PySide6.QtCore import QByteArray, QCoreApplication, QDir, QSettings, QStandardPaths

from gdsim.gui.quiet import quiet_about
from gdsim.session.tasks import TaskQueue

T = TypeVar("T")


class Store(Protocol):
    """The part of `QSettings` that the program uses."""

    def value(self, key: str, /) -> object: ...

    def setValue(self, key: str, value: object, /) -> None: ...

    def sync(self) -> None: ...


class StoreInMemory:
    """A copy of the settings in memory, written in the background because QSettings blocks on the disk.

    ``make`` opens the settings; it is called in several threads.
    """

    def __init__(self, tasks: TaskQueue, make: Callable[[], QSettings] = QSettings) -> None:
        self._tasks, self._make = tasks, make
        self._values: dict[str, object] = {}
        self._unwritten: deque[tuple[str, object]] = deque()
        self._writing = threading.Lock()
        self.sync()

    def sync(self) -> None:
        """Read what other windows may have stored; values that are still to be written prevail."""
        unwritten = dict(self._unwritten)
        with quiet_about(""):  # Qt warns about damaged values
            store = self._make()
            self._values |= {key: store.value(key) for key in store.allKeys() if key} | unwritten

    def value(self, key: str) -> object:
        return self._values.get(key)

    def setValue(self, key: str, value: object) -> None:
        self._values[key] = value
        self._unwritten.append((key, value))
        self._tasks.submit(self.write)

    def write(self) -> None:
        """Write all pending values."""
        with self._writing:
            if self._unwritten:
                store = self._make()
                while self._unwritten:
                    store.setValue(*self._unwritten[0])
                    self._unwritten.popleft()
                store.sync()


class Preferences:
    """Typed access to the settings. A missing or invalid value yields the default.

    Without a ``store`` nothing is remembered.
    """

    def __init__(self, store: Store | None) -> None:
        self._store = store

    @property
    def remembers(self) -> bool:
        return self._store is not None

    def look_again(self) -> None:
        """Read what other windows have stored meanwhile; call this before extending a stored list."""
        if self._store is not None:
            self._store.sync()

    def keep(self, key: str, value: str | bool | list[str] | QByteArray) -> None:
        """Remember a value, if there is a store."""
        if self._store is not None:
            self._store.setValue(key, value)

    def text(self, key: str, usual: str = "") -> str:
        kept = self._kept(key)
        return kept if isinstance(kept, str) else usual

    def texts(self, key: str) -> list[str]:
        """Return a list of non-empty texts; QSettings stores a list of one as a plain text."""
        kept = self._kept(key)
        found = kept if isinstance(kept, list) else [kept]
        return [text for text in found if isinstance(text, str) and text]

    def option(self, key: str, options: Mapping[str, T], usual: T) -> T:
        """Return the option whose key is stored."""
        return options.get(str(self._kept(key)), usual)

    def flag(self, key: str, *, usual: bool) -> bool:
        return self.option(key, {"true": True, "True": True, "false": False, "False": False}, usual)

    def state(self, key: str) -> QByteArray:
        """Return the stored state of a widget in Qt's own format; empty if there is none."""
        kept = self._kept(key)
        return kept if isinstance(kept, QByteArray) else QByteArray()

    def folder(self, key: str) -> Path | None:
        """Return a folder; None if it does not exist any more."""
        kept = self.text(key)
        try:
            return Path(kept) if kept and Path(kept).is_dir() else None
        except OSError:  # the name is too long, or a parent folder is not readable
            return None

    def folder_for_files(self, key: str) -> Path:
        """Return a folder, or `documents_folder` if it does not exist."""
        return self.folder(key) or documents_folder()

    def _kept(self, key: str) -> object:
        return self._store.value(key) if self._store is not None else None


def settings_file() -> str:
    """Return the settings file, or the registry key on Windows."""
    if sys.platform != "linux":
        return QSettings().fileName()
    # QSettings reads the file before it returns its name, and would block forever on a pipe.
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation)
    return f"{folder}/{QCoreApplication.organizationName()}/{QCoreApplication.applicationName()}.conf"


def can_be_kept() -> bool:
    """Return whether settings can be stored: their file is a regular file or does not exist yet."""
    file = settings_file()
    return os.path.isfile(file) or not os.path.exists(file)  # noqa: PTH110, PTH113 - pathlib raises where the folder is not readable


def documents_folder() -> Path:
    """Return the user's documents folder, or the home folder if there is none."""
    usual = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(usual if usual and QDir(usual).exists() else QDir.homePath())
