"""Strict reading of handwritten JSON: each value knows its path, and each fault is one sentence."""

import codecs
import contextlib
import json
import stat
from collections.abc import Callable, Collection, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from gdsim.core.formulas.numerals import integer_text
from gdsim.core.language.texts import SaidError, said, to_say, translated, with_parts
from gdsim.core.settings import NUMBER, Domain, InvalidValue, Value, as_in_file

LARGEST_FILE = 200_000_000
# The first bytes of compressed files and archives: gzip, xz, 7-Zip, Zstandard and ZIP.
PACKED = (b"\x1f\x8b", b"\xfd7zXZ\0", b"7z\xbc\xaf\x27\x1c", b"\x28\xb5\x2f\xfd", b"PK\x03\x04")
# The first bytes of pictures: PNG, JPEG, GIF and WebP.
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")
_CHUNK = 1_000_000
_LONGEST_WORD = 40
# Stands for any integer with too many digits to parse; no domain accepts it.
_TOO_LARGE = 10**400

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")
U = TypeVar("U")


class FileFault(SaidError):  # noqa: N818 - reads as what it says
    """A file that cannot be read; the message is one line that names the key and what is wrong."""

    faults: tuple[str, ...] = ()  # All known faults, where there are more than the message says


# For each kind of file, the message for a folder in its place and for a missing file.
_NONE = {
    "scene": (to_say("is a folder, not a scene file"), to_say("no such scene or file")),
    "lesson": (to_say("is a folder, not a lesson file"), to_say("no such lesson or file")),
    "picture": (to_say("is a folder, not a picture file"), to_say("no such picture or file")),
    "answer": (to_say("is a folder, not an answer file"), to_say("is not there")),
}


def read_text(path: Path, wanted: str = "scene", *, lenient: bool = False, most: int = LARGEST_FILE) -> str:
    """Return the text of a file; raises `FileFault` as `read_bytes` does, or if the text is not UTF-8.

    With ``lenient``, UTF-16 is read as well, and bytes that cannot be decoded are skipped.
    """
    data = read_bytes(path, *map(translated, _NONE[wanted]), most=most)
    if data.startswith(PACKED):
        raise FileFault("is a packed file; unpack it first")
    if wanted == "scene" and data.startswith(_PICTURES):
        raise FileFault("is a picture; gdsim --open shows the scene that is in it")
    try:
        if lenient:
            is_wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
            return data.decode("utf-16" if is_wide else "utf-8-sig", errors="ignore")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileFault("is not a text file in UTF-8; an editor can save it in that encoding") from None


def read_bytes(path: Path, folder: str, missing: str, *, most: int = LARGEST_FILE) -> bytes:
    """Return the bytes of a file.

    Raises `FileFault` with the text ``folder`` if the path is a folder and with ``missing`` if nothing is
    there; also if the file is unreadable, larger than ``most`` bytes, or not a regular file, because reading
    a pipe or a device may block or never end.
    """
    try:
        return _content(path, most)
    except FileNotFoundError:
        raise FileFault(missing) from None
    except IsADirectoryError:
        raise FileFault(folder) from None
    except FileFault:
        raise
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it
        reason = getattr(error, "strerror", None) or str(error)
        raise FileFault("cannot be read: {reason}", reason=reason) from None


def _content(path: Path, most: int) -> bytes:
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):  # opening a folder does not raise this on every system
        raise IsADirectoryError
    if not stat.S_ISREG(status.st_mode):
        raise FileFault("is not an ordinary file")
    content = bytearray()
    if status.st_size <= most:
        with path.open("rb") as file:
            # In chunks, because the file may grow, and one large read would allocate all of its memory first.
            while len(content) <= most and (chunk := file.read(_CHUNK)):
                content += chunk
        if len(content) <= most:
            return bytes(content)
    raise FileFault("is larger than {size} MB", size=most // 1_000_000)


def parse_json(text: str) -> "JsonNode":
    """Return the root of a JSON text; raises `FileFault` for invalid JSON or a duplicate key in an object."""
    if not text.strip():
        raise FileFault("is empty")
    try:
        tree = json.loads(
            text, object_pairs_hook=_without_repeats, parse_int=_whole_number, parse_float=_number
        )
    except json.JSONDecodeError as error:
        raise FileFault(
            "is not JSON: {msg} at line {lineno}, column {colno}",
            msg=error.msg.removesuffix(" at").removesuffix(" starting"),  # the position follows
            lineno=error.lineno,
            colno=error.colno,
        ) from None
    except RecursionError:
        raise FileFault("is nested too deeply") from None
    return JsonNode(tree, "")


# While the JSON module converts numbers itself, it holds the interpreter lock: half a second for a million
# points. While it calls Python functions to convert them, other threads run.


def _number(digits: str) -> float:
    return float(digits)


def _whole_number(digits: str) -> int:
    try:
        return int(digits)
    except ValueError:  # Python refuses thousands of digits, and no domain allows so large a number
        return _TOO_LARGE


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    tree: dict[str, object] = {}
    for key, value in pairs:
        if key in tree:
            raise FileFault("has the key {key} twice in one object", key=as_in_file(key))
        tree[key] = value
    return tree


def _raise(fault: FileFault) -> None:
    raise fault


class JsonNode:
    """A value in the file and the path to it; paths count the items of a list from ``first``."""

    def __init__(self, value: Any, path: str, first: int = 0) -> None:  # noqa: ANN401 - whatever JSON may hold
        self.value = value
        self.path = path
        self._first = first

    def fault(self, sentence: str, /, **parts: object) -> FileFault:
        """Return a fault that names this value; ``sentence`` continues after its path, as `said` takes it."""
        return FileFault(f"{self.path or said('a scene')} {with_parts(sentence, parts)}")

    def wrong(self, wanted: str, /, **parts: object) -> FileFault:
        """Return the fault that this value is not as ``wanted``."""
        words = with_parts(wanted, parts)
        return self.fault("must be {words}, not {value}", words=words, value=as_in_file(self.value))

    def keys(
        self, *known: str, needed: Collection[str] = (), tell: Callable[[FileFault], None] = _raise
    ) -> "JsonMembers":
        """Return the members of the object; raise `FileFault` for an unknown key or a missing needed one.

        With ``tell`` those faults are passed to ``tell`` instead, and the known members are returned.
        """
        if not isinstance(self.value, dict):
            raise self.wrong("an object")
        for key in self.value:
            if key not in known:
                tell(
                    FileFault(
                        "{within} is not a known key; the known keys are {known}",
                        within=self.within(_plain(key)),
                        known=", ".join(known),
                    )
                )
        for key in needed:
            if key not in self.value:
                tell(self._missing(key))
        return JsonMembers({key: self._member(key) for key in self.value if key in known})

    def member(self, key: str) -> "JsonNode":
        """Return the object's member for a key; raises `FileFault` if it is missing."""
        if key not in self.value:
            raise self._missing(key)
        return self._member(key)

    def _member(self, key: str) -> "JsonNode":
        return JsonNode(self.value[key], self.within(key), self._first)

    def _missing(self, key: str) -> FileFault:
        return FileFault("{within} is missing", within=self.within(key))

    @contextlib.contextmanager
    def naming_keys(self, keys: Mapping[str, str] | None = None) -> Iterator[None]:
        """Turn an `InvalidValue` raised for this object into a `FileFault` that names the key in the file.

        ``keys`` maps the keys of errors to those of the file, where they differ.
        """
        try:
            yield
        except InvalidValue as error:
            key = (keys or {}).get(error.key, error.key)
            raise FileFault(f"{self.within(key)} {error.reason}") from None

    def within(self, key: str) -> str:
        """Return the path to a key of the object, or the object's own path for an empty key."""
        if not key:
            return self.path
        if not self.path or self.path.endswith(":"):
            return f"{self.path} {key}".strip()
        return f"{self.path}.{key}"

    def items(self, most: int | None = None) -> "Iterator[JsonNode]":
        """Return an iterator over the list's items: lazy, because a hostile file may have millions."""
        if not isinstance(self.value, list):
            raise self.wrong("a list")
        if most is not None and len(self.value) > most:
            raise self.fault(
                "must have at most {most} entries, not {there}",
                most=integer_text(most),
                there=integer_text(len(self.value)),
            )
        return (
            JsonNode(value, f"{self.path}[{index}]", self._first)
            for index, value in enumerate(self.value, self._first)
        )

    def pair(self) -> tuple[float, float]:
        """Return the value, which must be a list of two numbers."""
        numbers = [item.number() for item in self.items()]
        if len(numbers) != 2:  # noqa: PLR2004 - a pair
            raise self.fault("must be two numbers, not {count}", count=len(numbers))
        return numbers[0], numbers[1]

    def text(self, longest: int | None = None) -> str:
        """Return the value, which must be text of at most ``longest`` letters."""
        if not isinstance(self.value, str):
            raise self.wrong("text")
        try:
            self.value.encode()
        except UnicodeEncodeError:  # half of a surrogate pair, written as an escape
            raise self.wrong("text that can be written in UTF-8") from None
        return self._checked_length(self.value, longest)

    def line(self, longest: int) -> str:
        """Return the value as one line of text, with runs of spaces collapsed; it must not be empty."""
        line = " ".join(self.text().split())
        if not line:
            raise self.fault("must not be empty")
        return self._checked_length(line, longest)

    def _checked_length(self, text: str, longest: int | None) -> str:
        if longest is not None and len(text) > longest:
            raise self.fault(
                "must have at most {most} letters, not {there}",
                most=integer_text(longest),
                there=integer_text(len(text)),
            )
        return text

    def check_version(self, own: int) -> None:
        """Raise `FileFault` unless the value is the version of the format that this program reads."""
        if isinstance(self.value, int) and self.value > own:
            raise self.fault(
                "is {version}: the file was written by a newer gdsim; this one reads version {own} of the "
                "format",
                version=as_in_file(self.value),
                own=own,
            )
        if isinstance(self.value, bool) or self.value != own:
            raise self.wrong("{own}, the version of the format", own=own)

    def number(self) -> float:
        return float(self.checked(NUMBER))

    def switch(self) -> bool:
        """Return the value, which must be true or false."""
        if not isinstance(self.value, bool):
            raise self.wrong("true or false")
        return self.value

    def checked(self, domain: Domain) -> Value:
        """Return the value, which must be in the domain."""
        try:
            return domain.check(self.value)
        except InvalidValue as error:
            raise self.fault(error.reason) from None

    def word(self, known: Collection[str]) -> str:
        """Return the value, which must be one of the ``known`` words."""
        if not isinstance(self.value, str) or self.value not in known:
            raise self.wrong("one of {choices}", choices=", ".join(known))
        return self.value

    def choice(self, kinds: type[E]) -> E:
        """Return the member of the enumeration that the value names."""
        return kinds(self.word([*kinds]))


class JsonMembers(dict[str, JsonNode]):
    """The members of a JSON object by key."""

    def read(self, key: str, read: Callable[[JsonNode], T], *, usual: U) -> T | U:
        """Return the member as ``read`` converts it, or ``usual`` if it is missing."""
        return read(self[key]) if key in self else usual

    def fields(self, fields: Mapping[str, tuple[str, Callable[[JsonNode], object]]]) -> dict[str, Any]:
        """Return the fields whose key is present; ``fields`` maps a field to its key and its reader."""
        return {field: read(self[key]) for field, (key, read) in fields.items() if key in self}


def _plain(key: str) -> str:
    """Return a key unchanged if it is a short identifier, else quoted and shortened."""
    return key if key.isidentifier() and len(key) <= _LONGEST_WORD else as_in_file(key)
