"""Rules that the user typed: checked lines, and the settings that are found in them.

Such a rule is like a rule of the catalogue, but belongs to a document. Its text is never run: see
`typed_lines`.
"""

import json
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from gdsim.core.language.texts import to_say
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.own_settings import VALUES, made_setting, usual_setting, values_of
from gdsim.core.rules.rule import Rule
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from gdsim.core.rules.update_rule import ETA
from gdsim.core.settings import SWITCH, InvalidValue, Setting

if TYPE_CHECKING:
    from gdsim.core.rules.typed_lines import NamesToSet

MOST_RULES = 20  # Of a document
MOST_TITLE_LETTERS = 60
_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_LONGEST_ID = 40


class OwnRule(Rule):
    """A rule that the user typed, made by `own_rule`. It is stored in documents, not in the catalogue."""

    @property
    def fingerprint(self) -> str:
        """A hash of the lines and the settings, which does not depend on the title and the id."""
        settings = [(one.name, one.default, one.domain.words, one.low, one.high) for one in self.settings]
        content = json.dumps([self.lines, settings], ensure_ascii=True)
        import hashlib  # noqa: PLC0415 - slow to load, and most rules are not typed

        return hashlib.sha256(content.encode()).hexdigest()


def own_rule(title: str, lines: str, settings: Iterable[Setting] = (), id_: str = "") -> OwnRule:
    """Return the rule of lines that the user typed.

    ``settings`` whose names are not in the lines are dropped; names without a setting get the usual one.
    Raises `FormulaError`, with the place, if the lines are not those of a rule, and `InvalidValue` for a
    title, an id or a setting that is not possible.
    """
    from gdsim.core.rules.typed_lines import names_to_set  # noqa: PLC0415 - most documents have no such rule

    title = checked_title(title)
    lines = tidy(lines)
    names = names_to_set(lines)
    given = {one.name: one for one in settings}
    found = [name for name in given if name in names.numbers or name in names.switches]
    found += [name for name in (*names.numbers, *names.switches) if name not in given]
    found.sort(key=lambda name: name != ETA)
    chosen = tuple(_setting_for(name, given.get(name), names) for name in found)
    return OwnRule(
        checked_id(id_ or free_id(title, ())), title, to_say("A rule of this document."), chosen, lines
    )


def _setting_for(name: str, given: Setting | None, names: "NamesToSet") -> Setting:
    """Return the given setting if it fits the lines, otherwise the usual one for the name."""
    if given is None or (given.is_switch and name in names.numbers):
        return usual_setting(name, SWITCH if name in names.switches else None)
    # A number may serve as a switch, too: 0 is off.
    return made_setting(name, VALUES[values_of(given.domain)], given.default, given.low, given.high)


def checked_title(title: str) -> str:
    """Return a title without surrounding spaces; raises `InvalidValue` if it is not possible."""
    title = title.strip()
    if not 0 < len(title) <= MOST_TITLE_LETTERS or not title.isprintable():
        raise InvalidValue(
            "title",
            "must be one line of 1 to {most_title_letters} letters",
            most_title_letters=MOST_TITLE_LETTERS,
        )
    return title


def checked_id(id_: str) -> str:
    """Return an id; raises `InvalidValue` if it is not possible, or belongs to a rule of the catalogue."""
    if len(id_) > _LONGEST_ID or not _ID.fullmatch(id_):
        raise InvalidValue(
            "id",
            "must be small letters and digits with - between them, up to {longest_id}",
            longest_id=_LONGEST_ID,
        )
    if id_ in RULES:  # not those of second-order methods: documents have typed rules with such ids
        raise InvalidValue("id", "must not be {name}, which is a rule of gdsim", name=id_)
    return id_


def free_id(title: str, taken: Iterable[str]) -> str:
    """Return an id for a title that is neither taken nor the id of a rule of the program."""
    words = re.sub("[^a-z0-9]+", "-", title.lower()).strip("-")[: _LONGEST_ID - 8].strip("-")
    stem = words if _ID.fullmatch(words) else f"own-{words}".strip("-")
    used, id_, number = {*taken, *RULES, *SECOND_ORDER_RULES}, stem, 1
    while id_ in used:
        number += 1
        id_ = f"{stem}-{number}"
    return id_


def tidy(lines: str) -> str:
    """Return the lines without empty lines around them, common indentation and trailing spaces."""
    rows = [row.rstrip() for row in lines.expandtabs(4).splitlines()]
    while rows and not rows[0]:
        rows.pop(0)
    while rows and not rows[-1]:
        rows.pop()
    margin = min((len(row) - len(row.lstrip()) for row in rows if row), default=0)
    return "\n".join(row[margin:] for row in rows)
