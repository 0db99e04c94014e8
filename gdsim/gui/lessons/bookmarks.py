"""Where lessons were left."""

import json
from typing import NamedTuple

from gdsim.gui.preferences import Preferences

_KEY = "lessons"
# Lessons that were opened long ago are forgotten.
_MOST = 20
# No lesson has so many stops.
_FURTHEST = 100_000


class Bookmark(NamedTuple):
    """A lesson, and the index of the stop where it was left."""

    key: str
    stop: int


class Bookmarks:
    """Where lessons were left, the last one first; kept in the preferences."""

    def __init__(self, settings: Preferences) -> None:
        self._settings = settings
        self._marks = _marks_in(settings.text(_KEY))

    @property
    def last(self) -> Bookmark | None:
        """The lesson opened last; None when there was none."""
        return self._marks[0] if self._marks else None

    def keep(self, key: str, stop: int) -> None:
        others = [mark for mark in self._marks if mark.key != key]
        self._marks = [Bookmark(key, stop), *others][:_MOST]
        self._settings.keep(_KEY, json.dumps(self._marks))


def _marks_in(text: str) -> list[Bookmark]:
    """Return what was kept; an empty list where the text is damaged."""
    try:
        pairs = json.loads(text)
        return [Bookmark(key, stop) for key, stop in pairs if isinstance(key, str) and _is_stop(stop)]
    except (ValueError, TypeError, RecursionError):
        return []


def _is_stop(stop: object) -> bool:
    return type(stop) is int and 0 <= stop < _FURTHEST
