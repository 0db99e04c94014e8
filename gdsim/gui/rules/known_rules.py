"""The typed formulas that the user has seen; a document with others shows them before it is computed."""

import json
from collections.abc import Callable, Iterable
from functools import cache

from PySide6.QtWidgets import QWidget

from gdsim.core.files.bundled import bundled_scenes
from gdsim.core.files.scene import parse_scene
from gdsim.core.model.experiment import Typed
from gdsim.core.model.gallery import known_function
from gdsim.core.model.objective import FunctionObjective
from gdsim.gui.preferences import Preferences

_KEY = "known_rules"
_MOST_KEPT = 1000

Then = Callable[[], object]


class KnownRules:
    """Asks before unknown formulas are computed, and stores the fingerprints of those the user allowed.

    Rules and functions that were typed here, and those that come with the program, are known.
    """

    def __init__(self, window: QWidget, settings: Preferences) -> None:
        self._window, self._settings = window, settings
        self._known = dict.fromkeys(settings.texts(_KEY))

    def remember(self, typed: Iterable[Typed]) -> None:
        self._settings.look_again()
        self._known |= dict.fromkeys(self._settings.texts(_KEY))
        self._known |= dict.fromkeys(one.fingerprint for one in typed)
        self._settings.keep(_KEY, list(self._known)[-_MOST_KEPT:])

    def unknown(self, typed: Iterable[Typed]) -> list[Typed]:
        found = [one for one in typed if one.fingerprint not in self._known and not _is_of_gallery(one)]
        return [one for one in found if one.fingerprint not in _bundled()] if found else found

    def allow(self, typed: Iterable[Typed], then: Then, refused: Then = lambda: None) -> None:
        """Call ``then``, or ``refused`` if some formulas are unknown and the user declines them."""
        unknown = self.unknown(typed)
        if not unknown:
            then()
            return
        from gdsim.gui.rules.rules_question import RulesQuestion  # noqa: PLC0415 - few documents need it

        question = RulesQuestion(unknown, self._window)

        def answered(code: int) -> None:
            question.deleteLater()
            if code:
                self.remember(unknown)
                then()
            else:
                refused()

        question.finished.connect(answered)
        question.open()


def _is_of_gallery(typed: Typed) -> bool:
    return isinstance(typed, FunctionObjective) and known_function(typed) is not None


@cache
def _bundled() -> frozenset[str]:
    """Return the fingerprints of the rules in the bundled scenes."""
    texts = (path.read_text(encoding="utf-8") for path in bundled_scenes().values())
    scenes = (parse_scene(text) for text in texts if "rules" in json.loads(text))
    return frozenset(rule.fingerprint for scene in scenes for rule in scene.rules)
