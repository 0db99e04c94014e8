"""The recent files: a list in the preferences, and a menu."""

import os
from functools import partial
from pathlib import Path

from PySide6.QtCore import QDir, Signal
from PySide6.QtWidgets import QMenu, QWidget

from gdsim.core.settings import printable, shown_name
from gdsim.gui.forms.tips import plain
from gdsim.gui.preferences import Preferences

_KEY = "recent"
_MOST = 10
_LONGEST_FOLDER = 48


class RecentFiles:
    """The paths of the recent files in the preferences, the latest first."""

    def __init__(self, settings: Preferences) -> None:
        self._settings = settings

    def paths(self) -> tuple[Path, ...]:
        """Return the paths, including those that other windows have added."""
        self._settings.look_again()
        return tuple(Path(name) for name in self._settings.texts(_KEY))[:_MOST]

    def add(self, path: Path) -> None:
        """Put a path at the front."""
        path = path.absolute()
        if printable(str(path)) == str(path):  # preferences are text, which a file's name need not be
            self._keep([path, *(other for other in self.paths() if other != path)])

    def drop(self, path: Path) -> None:
        self._keep([other for other in self.paths() if other != path])

    def clear(self) -> None:
        self._keep([])

    def _keep(self, paths: list[Path]) -> None:
        self._settings.keep(_KEY, [str(path) for path in paths[:_MOST]])


class RecentMenu(QMenu):
    """A menu of the recent files, which is filled whenever it opens."""

    chosen = Signal(object)  # Path

    def __init__(self, files: RecentFiles, parent: QWidget) -> None:
        super().__init__(parent)
        self._files = files
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self.fill)

    def fill(self) -> None:
        self.clear()
        paths = self._files.paths()
        for number, path in enumerate(paths, start=1):
            entry = self.addAction(_entry(number, path), partial(self.chosen.emit, path))
            entry.setToolTip(plain(str(path)))
        if not paths:
            self.addAction(self.tr("No recent files")).setEnabled(False)
            return
        self.addSeparator()
        self.addAction(self.tr("&Clear this list"), self._files.clear)


def _entry(number: int, path: Path) -> str:
    """Return the text of an entry: a number as its mnemonic, the file's name, and the folder."""
    folder = str(path.parent)
    home = QDir.toNativeSeparators(QDir.homePath())  # never raises, unlike Path.home()
    if folder == home or folder.startswith(home + os.sep):
        folder = "~" + folder[len(home) :]
    if len(folder) > _LONGEST_FOLDER:
        _, slash, end = folder[-_LONGEST_FOLDER:].partition(os.sep)
        folder = f"…{slash}{end}" if end else f"…{folder[-_LONGEST_FOLDER:]}"
    key = f"&{number}" if number < _MOST else "1&0"
    name = f"{shown_name(path)}  ({folder})".replace("&", "&&")
    return f"{key}  {name}"
