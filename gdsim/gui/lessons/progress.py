"""How far a person has come in which lesson."""

import json
from typing import NamedTuple

from PySide6.QtCore import QSettings

_KEY = "lessons"
# Lessons that were opened long ago are forgotten.
_MOST = 20


class Bookmark(NamedTuple):
    """A lesson, and the index of the stop where it was left."""

    key: str
    stop: int


class Progress:
    """The bookmarks of lessons, the last one first.

    Parameters
    ----------
    settings : QSettings or None
        Where they are kept; None keeps them until the window closes.
    """

    def __init__(self, settings: QSettings | None) -> None:
        self._settings = settings
        self._marks = _read(str(settings.value(_KEY, ""))) if settings else []

    @property
    def last(self) -> Bookmark | None:
        """Where the last lesson was left; None when there was none."""
        return self._marks[0] if self._marks else None

    def keep(self, key: str, stop: int) -> None:
        """Take note that a person is at a stop of a lesson."""
        others = [mark for mark in self._marks if mark.key != key]
        self._marks = [Bookmark(key, stop), *others][:_MOST]
        if self._settings is not None:
            self._settings.setValue(_KEY, json.dumps(self._marks))


def _read(text: str) -> list[Bookmark]:
    """Return what was kept; nothing where somebody else wrote there."""
    try:
        pairs = json.loads(text)
        return [Bookmark(key, stop) for key, stop in pairs if isinstance(key, str) and isinstance(stop, int)]
    except (ValueError, TypeError):
        return []
