"""One language: its translations, its plural forms, and how it writes numbers."""

import gettext
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from gdsim.core.language.po import PoEntry, header_fields, read_entries
from gdsim.core.resources import resource

ENGLISH = "en"
# The files of a language, so that several people can share one.
CATALOGUE_PARTS = ("window", "core", "scenes", "help")
# Names in braces, and unpaired braces.
_BRACES = re.compile(r"\{[^{}]*\}|[{}]")
# The thousands separator where the comma is the decimal sign.
THOUSANDS = "\N{NARROW NO-BREAK SPACE}"


def _english_form(number: int) -> int:
    return int(number != 1)


class Language(NamedTuple):
    """A language. A text that is missing in ``texts`` is shown in English."""

    code: str = ENGLISH
    name: str = "English"
    decimal_sign: str = "."
    # The replacements for the point and the comma in a number, for `str.translate`.
    signs: Mapping[int, str] = MappingProxyType({})
    # The translations by context and text: one, or one for each plural form.
    texts: Mapping[tuple[str, str], tuple[str, ...]] = MappingProxyType({})
    # The index of the plural form for a number.
    form: Callable[[int], int] = _english_form

    def find(self, text: str, context: str = "") -> str | None:
        forms = self.texts.get((context, text))
        return forms[0] if forms else None

    def find_counted(self, number: int, one: str) -> str | None:
        """Return the translation for a number of the text whose English singular is ``one``, or None."""
        forms, place = self.texts.get(("", one)), self.form(number)
        return forms[place] if forms and 0 <= place < len(forms) else None


# The language of the code.
IN_ENGLISH = Language()
# The first characters of a language file, which contain the name of the language.
_HEAD_CHARACTERS = 10_000


def languages() -> dict[str, str]:
    """Return the codes of the available languages and their own names for themselves, English first."""
    return {ENGLISH: "English"} | dict(sorted((one.name, _name_of(one)) for one in _folders()))


def _folders() -> list[Path]:
    root = resource("languages")
    return [one for one in root.iterdir() if _first_part(one).is_file()] if root.is_dir() else []


@cache
def _name_of(folder: Path) -> str:
    try:
        with _first_part(folder).open(encoding="utf-8") as file:
            first = next(read_entries(file.read(_HEAD_CHARACTERS)), None)
    except (OSError, ValueError):  # reported when the language is chosen
        return folder.name
    return header_fields(first.said.get(0, "") if first else "").get("X-Name", folder.name)


def _first_part(folder: Path) -> Path:
    return folder / "window.po"


@cache
def read_language(code: str) -> Language:
    """Return a language from the program's files.

    Raises `ValueError` if there is no language with this code, or if one of its files cannot be read.
    """
    if code == ENGLISH:
        return IN_ENGLISH
    if code not in languages():
        raise ValueError(f"there is no language {code!r}; known are {', '.join(languages())}")
    folder = resource("languages", code)
    header = dict[str, str]()
    texts = dict[tuple[str, str], tuple[str, ...]]()
    for path in sorted(folder.glob("*.po")):
        try:
            entries = [*read_entries(path.read_text(encoding="utf-8"))]
        except (OSError, ValueError) as fault:
            raise ValueError(f"{code}/{path.name}: {fault}") from None
        for entry in entries:
            if not entry.text:
                header |= header_fields(entry.said.get(0, "")) if path == _first_part(folder) else {}
            elif entry.is_translated and _has_known_names(entry):
                texts[entry.key] = tuple(entry.said[place] for place in sorted(entry.said))
    sign = header.get("X-Decimal-Sign", ".")
    if len(sign) != 1:
        raise ValueError(f"{code}/{_first_part(folder).name}: X-Decimal-Sign is no sign: {sign[:40]!r}")
    return Language(
        code,
        header.get("X-Name", code),
        sign,
        # Thousands are separated by a space, because a point would be read as the decimal point of code.
        MappingProxyType({ord("."): sign, ord(","): THOUSANDS}),
        MappingProxyType(texts),
        plural_form(header.get("Plural-Forms", "")),
    )


def _has_known_names(entry: PoEntry) -> bool:
    """Return whether all names in braces of a translation are in its text; others could not be filled."""
    said = "".join(entry.said.values())
    if "{" not in said and "}" not in said:
        return True
    return {*_BRACES.findall(said)} <= {*_BRACES.findall(entry.text + entry.plural)}


def plural_form(rule: str) -> Callable[[int], int]:
    """Return the function for a plural rule such as ``nplurals=2; plural=(n != 1);``."""
    formula = rule.partition("plural=")[2].strip().rstrip(";")
    if not formula:
        return _english_form
    ask = gettext.c2py(formula)  # the parser that gettext itself uses

    def form(number: int) -> int:
        try:
            return int(ask(number))
        except ArithmeticError:  # a division by zero in the rule
            return 0

    return form
