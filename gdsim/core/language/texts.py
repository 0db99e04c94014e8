"""Texts in the chosen language; the code contains the English ones.

`said`, `counted` and each `SaidError` take string literals, so that `packaging/dev.py language` finds them
without running the code. Each is a whole sentence or a complete name, because the order of its parts differs
between languages.
"""

from collections.abc import Callable, Generator, Hashable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps
from typing import TypeVar, TypeVarTuple, cast

from gdsim.core.language.translations import IN_ENGLISH, THOUSANDS, Language

# What str.format raises for a translation whose names in braces differ from those of its text.
_FORMAT_ERRORS = (KeyError, IndexError, ValueError, AttributeError)
# Overrides the chosen language, in this thread alone.
_override = ContextVar[Language | None]("language", default=None)
T = TypeVar("T")
A = TypeVarTuple("A")
Y = TypeVar("Y")


class _Chosen:
    """Holder of the window's language, which is always English on the command line and in other programs."""

    def __init__(self) -> None:
        self.language = IN_ENGLISH


_chosen = _Chosen()


def chosen_language() -> Language:
    """Return the language of texts in this thread."""
    return _override.get() or _chosen.language


def choose_language(language: Language) -> None:
    """Set the language of all texts from now on. Existing texts stay as they are."""
    _chosen.language = language


def kept_by_language(function: Callable[[*A], T]) -> Callable[[*A], T]:
    """Cache the results of a function separately for each language."""

    @lru_cache(maxsize=256)
    def in_language(_code: str, *given: Hashable) -> T:
        return function(*cast("tuple[*A]", given))

    @wraps(function)
    def call(*given: *A) -> T:
        return in_language(chosen_language().code, *cast("tuple[Hashable, ...]", given))

    return call


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Use a language for all texts within the context, in this thread, whatever language is chosen."""
    before = _override.set(language)
    try:
        yield
    finally:
        _override.reset(before)


@contextmanager
def english() -> Iterator[None]:
    """Use English within the context, for example so that a file has the same content in every language."""
    with speaking(IN_ENGLISH):
        yield


def throughout(language: Language, pieces: Generator[Y, None, T]) -> Generator[Y, None, T]:
    """Use a language whenever a generator runs, but not between its pieces."""
    try:
        while True:
            with speaking(language):
                piece = next(pieces)
            yield piece
    except StopIteration as end:
        return cast("T", end.value)
    finally:
        pieces.close()


def said(sentence: str, /, **parts: object) -> str:
    """Return a sentence in the chosen language, with its named parts filled in.

    A part that is an int gets thousands separators. In a sentence with parts, a literal brace is doubled.
    """
    return with_parts(sentence, parts)


def with_parts(sentence: str, parts: Mapping[str, object]) -> str:
    """Return what `said` returns, for a sentence that is no literal here but marked elsewhere."""
    return _filled(chosen_language().find(sentence), sentence, parts) if parts else translated(sentence)


def counted(number: int, one: str, many: str, /, **parts: object) -> str:
    """Return the sentence for a number, ``{n}``: singular or plural; a language may have further forms."""
    found = chosen_language().find_counted(number, one)
    return _filled(found, one if number == 1 else many, {"n": number, **parts})


class SaidError(ValueError):
    """An error whose message is a sentence as `said` takes it, in the language chosen when it is raised.

    Without parts the message may also be a finished text, which stays as it is.
    """

    def __init__(self, sentence: str, /, **parts: object) -> None:
        super().__init__(with_parts(sentence, parts))


def translated(text: str, context: str = "") -> str:
    """Translate a text from elsewhere: from a catalogue of rules, a scene, a lesson, or marked by `to_say`.

    A text without a translation, such as one that the user typed, stays as it is.
    """
    found = chosen_language().find(text, context)
    return text if found is None else found


def to_say(text: str) -> str:
    """Mark a text that `translated` will translate later, and return it unchanged."""
    return text


def localised(numeral: str) -> str:
    """Convert a numeral from Python's format (decimal point, commas between thousands) to the language's."""
    language = _override.get() or _chosen.language  # inlined, because each number of a frame comes here
    return numeral if language.decimal_sign == "." else numeral.translate(language.signs)


def delocalised(numeral: str) -> str:
    """Return a localised numeral in Python's format, without separators between thousands."""
    sign = chosen_language().decimal_sign
    return numeral if sign == "." else numeral.replace(THOUSANDS, "").replace(sign, ".")


def _filled(found: str | None, english_text: str, parts: Mapping[str, object]) -> str:
    parts = {name: localised(f"{part:,}") if type(part) is int else part for name, part in parts.items()}
    if found is not None:
        try:
            return found.format(**parts)
        except _FORMAT_ERRORS:
            pass
    return english_text.format(**parts)
