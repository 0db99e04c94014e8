"""What is remembered from one start to the next. The file may hold anything: a person can write in it."""

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
    """What `QSettings` are to the program."""

    def value(self, key: str, /) -> object: ...

    def setValue(self, key: str, value: object, /) -> None: ...

    def sync(self) -> None: ...


class StoreInMemory:
    """Settings that are kept here, and written in the background: Qt waits for the disk at each change.

    ``make`` opens the settings themselves, in any thread.
    """

    def __init__(self, tasks: TaskQueue, make: Callable[[], QSettings] = QSettings) -> None:
        self._tasks, self._make = tasks, make
        self._values: dict[str, object] = {}
        self._unwritten: deque[tuple[str, object]] = deque()
        self._writing = threading.Lock()
        self.sync()

    def sync(self) -> None:
        """Take over what has been written, also by other windows, but for what is to be written yet."""
        unwritten = dict(self._unwritten)
        with quiet_about(""):  # of a value that is damaged nobody is to hear
            store = self._make()
            self._values |= {key: store.value(key) for key in store.allKeys() if key} | unwritten

    def value(self, key: str) -> object:
        return self._values.get(key)

    def setValue(self, key: str, value: object) -> None:
        self._values[key] = value
        self._unwritten.append((key, value))
        self._tasks.submit(self.write)

    def write(self) -> None:
        """Write what is not written yet."""
        with self._writing:
            if self._unwritten:
                store = self._make()
                while self._unwritten:
                    store.setValue(*self._unwritten[0])
                    self._unwritten.popleft()
                store.sync()


class Preferences:
    """Typed values by key. What is not there, or is no such value, is as it is for a newcomer.

    Without a ``store`` nothing is remembered.
    """

    def __init__(self, store: Store | None) -> None:
        self._store = store

    @property
    def remembers(self) -> bool:
        """Whether anything is remembered."""
        return self._store is not None

    def look_again(self) -> None:
        """Take over what other windows have kept meanwhile; before a list or the like is added to."""
        if self._store is not None:
            self._store.sync()

    def keep(self, key: str, value: str | bool | list[str] | QByteArray) -> None:
        """Remember a value, where anything is remembered."""
        if self._store is not None:
            self._store.setValue(key, value)

    def text(self, key: str, usual: str = "") -> str:
        kept = self._kept(key)
        return kept if isinstance(kept, str) else usual

    def texts(self, key: str) -> list[str]:
        """Return a list of texts, without those that are empty; one alone is kept as a text."""
        kept = self._kept(key)
        found = kept if isinstance(kept, list) else [kept]
        return [text for text in found if isinstance(text, str) and text]

    def option(self, key: str, options: Mapping[str, T], usual: T) -> T:
        """Return the option whose key is kept."""
        return options.get(str(self._kept(key)), usual)

    def flag(self, key: str, *, usual: bool) -> bool:
        return self.option(key, {"true": True, "True": True, "false": False, "False": False}, usual)

    def state(self, key: str) -> QByteArray:
        """Return how a widget stood, in Qt's own form; empty when it is not known."""
        kept = self._kept(key)
        return kept if isinstance(kept, QByteArray) else QByteArray()

    def folder(self, key: str) -> Path | None:
        """Return a folder; None where it is no longer there."""
        kept = self.text(key)
        try:
            return Path(kept) if kept and Path(kept).is_dir() else None
        except OSError:  # too long for a name, or in a folder that may not be read
            return None

    def folder_for_files(self, key: str) -> Path:
        """Return a folder; where it is not there, that of documents, or of the person where there is none."""
        return self.folder(key) or documents_folder()

    def _kept(self, key: str) -> object:
        return self._store.value(key) if self._store is not None else None


def settings_file() -> str:
    """Return where settings are kept: a file, or a place in the registry of Windows."""
    if sys.platform != "linux":
        return QSettings().fileName()
    # Qt reads the file before it tells its name, and waits for ever where that is a pipe.
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation)
    return f"{folder}/{QCoreApplication.organizationName()}/{QCoreApplication.applicationName()}.conf"


def can_be_kept() -> bool:
    """Return whether settings can be read and written: not where a pipe or a device has their name."""
    file = settings_file()
    return os.path.isfile(file) or not os.path.exists(file)  # noqa: PTH110, PTH113 - its folder may be shut


def documents_folder() -> Path:
    """Return the folder of a person's documents, or of the person where there is none."""
    usual = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(usual if usual and QDir(usual).exists() else QDir.homePath())
