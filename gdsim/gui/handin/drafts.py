"""Answers that a student filled in but did not keep: they are there again when the task is opened."""

import contextlib
import json

from gdsim.core.handin.answers import LONGEST_FIELD, MOST_FIELDS, Fields
from gdsim.gui.preferences import Preferences

_KEY = "hand_in/drafts"
_MOST, _LONGEST = 20, 50_000


class Drafts:
    """Answers that were not kept, by the data of their task; they outlast the program."""

    def __init__(self, settings: Preferences) -> None:
        self._settings = settings
        self._drafts: dict[str, Fields] = {}
        with contextlib.suppress(ValueError, RecursionError):
            kept = json.loads(settings.text(_KEY, "{}"))
            found = kept.items() if isinstance(kept, dict) else ()
            self._drafts = {data: tuple(fields) for data, fields in found if _are_fields(fields)}

    def of(self, data: str) -> Fields | None:
        return self._drafts.get(data)

    def put(self, data: str, fields: Fields | None) -> None:
        """Remember the fields of a task, or forget them, as is done with those too long for the settings."""
        before = dict(self._drafts)
        self._drafts.pop(data, None)
        if fields is not None and sum(map(len, fields)) <= _LONGEST:
            self._drafts[data] = fields
        self._drafts = dict(list(self._drafts.items())[-_MOST:])
        if self._drafts != before:
            self._settings.keep(_KEY, json.dumps(self._drafts))


def _are_fields(fields: object) -> bool:
    if not isinstance(fields, list) or len(fields) > MOST_FIELDS:
        return False
    return all(isinstance(text, str) and len(text) <= LONGEST_FIELD for text in fields)
