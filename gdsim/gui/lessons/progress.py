"""How far a person has come in which lesson."""

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
    """The bookmarks of lessons, the last one first.

    Parameters
    ----------
    settings : Preferences
        Where they are kept.
    """

    def __init__(self, settings: Preferences) -> None:
        self._settings = settings
        self._marks = _read(settings.text(_KEY))

    @property
    def last(self) -> Bookmark | None:
        """Where the last lesson was left; None when there was none."""
        return self._marks[0] if self._marks else None

    def keep(self, key: str, stop: int) -> None:
        """Take note that a person is at a stop of a lesson."""
        others = [mark for mark in self._marks if mark.key != key]
        self._marks = [Bookmark(key, stop), *others][:_MOST]
        self._settings.keep(_KEY, json.dumps(self._marks))


def _read(text: str) -> list[Bookmark]:
    """Return what was kept; nothing where somebody else wrote there."""
    try:
        pairs = json.loads(text)
        return [Bookmark(key, stop) for key, stop in pairs if isinstance(key, str) and _is_stop(stop)]
    except (ValueError, TypeError, RecursionError):
        return []


def _is_stop(stop: object) -> bool:
    return type(stop) is int and 0 <= stop < _FURTHEST
