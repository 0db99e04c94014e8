"""Bookmarks, which remember at which stop each lesson was left."""

import json
from typing import NamedTuple

from gdsim.gui.preferences import Preferences

_KEY = "lessons"
# The most bookmarks that are kept; the oldest are dropped.
_MOST = 20
# A limit above the number of stops in any lesson.
_FURTHEST = 100_000


class Bookmark(NamedTuple):
    """A lesson, and the index of the stop where it was left."""

    key: str
    stop: int


class Bookmarks:
    """The bookmarks in the preferences, the latest first."""

    def __init__(self, settings: Preferences) -> None:
        self._settings = settings

    @property
    def last(self) -> Bookmark | None:
        """The bookmark of the lesson opened last, or None if there is none."""
        marks = self._marks()
        return marks[0] if marks else None

    def keep(self, key: str, stop: int) -> None:
        self._settings.look_again()
        others = [mark for mark in self._marks() if mark.key != key]
        self._settings.keep(_KEY, json.dumps([Bookmark(key, stop), *others][:_MOST]))

    def _marks(self) -> list[Bookmark]:
        """Return the bookmarks, or an empty list if the stored text is damaged."""
        try:
            pairs = json.loads(self._settings.text(_KEY))
            return [Bookmark(key, stop) for key, stop in pairs if isinstance(key, str) and _is_stop(stop)]
        except (ValueError, TypeError, RecursionError):
            return []


def _is_stop(stop: object) -> bool:
    return type(stop) is int and 0 <= stop < _FURTHEST
