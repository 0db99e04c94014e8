"""Catalogues of translations: the entries of a PO file, as Poedit and most translation tools write them.

Only the syntax that matters is read, about twenty times as fast as by a library for all of it, because a
catalogue is read whenever the window opens.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

# The keyword of a line and its string; a line without a keyword continues the string before it.
_LINE = re.compile(r'(?:(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?)\s+)?"(.*)"\s*')
_ESCAPED = re.compile(r"\\(.)")
_LETTERS = {"n": "\n", "t": "\t"}


@dataclass(slots=True)
class PoEntry:
    """A text and its translation, which is empty while it is missing."""

    text: str
    plural: str = ""
    context: str = ""  # distinguishes two uses of the same text
    said: dict[int, str] = field(default_factory=dict[int, str])
    places: list[str] = field(default_factory=list[str])  # the files that contain the text
    notes: list[str] = field(default_factory=list[str])  # by the translator
    hints: list[str] = field(default_factory=list[str])  # by the program, for the translator
    fuzzy: bool = False  # the text has changed since it was translated

    @property
    def key(self) -> tuple[str, str]:
        """The context and the text, which are unique within a catalogue."""
        return self.context, self.text

    @property
    def is_translated(self) -> bool:
        """Whether there is a translation for every plural form, and it is up to date."""
        return bool(self.said) and all(self.said.values()) and not self.fuzzy


def read_entries(text: str) -> Iterator[PoEntry]:
    """Yield the entries of a PO file; the first one, with an empty text, is the header.

    Raises `ValueError` for a line that does not belong in a PO file; the message quotes the line.
    """
    for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")):
        entry, strings, keyword = PoEntry(""), dict[str, list[str]](), ""
        for line in block.splitlines():
            if line.startswith("#"):
                _take_comment(entry, line)
            elif match := _LINE.fullmatch(line):
                keyword = match[1] or keyword
                strings.setdefault(keyword, []).append(match[2])
            elif line.strip():
                raise ValueError(f"is not a line of a PO file: {line[:60]}")
        if "msgid" not in strings:
            continue  # only comments, such as obsolete entries
        whole = {name: _unescaped("".join(parts)) for name, parts in strings.items()}
        entry.text, entry.plural = whole.pop("msgid"), whole.pop("msgid_plural", "")
        entry.context = whole.pop("msgctxt", "")
        entry.said = {int(name[7:-1] or 0) if "[" in name else 0: text for name, text in whole.items()}
        yield entry


def _take_comment(entry: PoEntry, line: str) -> None:
    kind, words = line[:2], line[2:].strip()
    if kind == "#:":
        entry.places += words.split()
    elif kind == "#.":
        entry.hints.append(words)
    elif kind == "#,":
        entry.fuzzy |= "fuzzy" in words
    elif kind not in ("#~", "#|"):
        entry.notes.append(line[1:].strip())


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: _LETTERS.get(match[1], match[1]), text) if "\\" in text else text


def header_fields(header: str) -> dict[str, str]:
    """Return the fields of a file's header, such as ``{"Language": "de"}``."""
    pairs = (line.partition(":") for line in header.splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs}
