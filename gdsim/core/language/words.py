"""What is said in the language that is chosen; English is what stands in the code.

`said`, `counted` and each `SaidError` take plain strings, for `packaging/dev.py language` finds them without
running the code. Each is one whole sentence, or a name of its own: other languages put the parts of one in
another order.
"""

from collections.abc import Callable, Generator, Hashable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps
from typing import TypeVar, TypeVarTuple, cast

from gdsim.core.language.catalogue import IN_ENGLISH, THOUSANDS, Language

# What is wrong with a translation that has another name in braces than its text.
_NO_FORMAT = (KeyError, IndexError, ValueError, AttributeError)
# Beats the chosen one, in this thread alone.
_meanwhile = ContextVar[Language | None]("language", default=None)
T = TypeVar("T")
A = TypeVarTuple("A")
Y = TypeVar("Y")


class _Chosen:
    """The language of the window; on the command line and for programs it is always English."""

    def __init__(self) -> None:
        self.language = IN_ENGLISH


_chosen = _Chosen()


def chosen_language() -> Language:
    """Return the language in which this thread says things."""
    return _meanwhile.get() or _chosen.language


def choose_language(language: Language) -> None:
    """Say everything in a language from now on. What was said before stays as it is."""
    _chosen.language = language


def kept_by_language(function: Callable[[*A], T]) -> Callable[[*A], T]:
    """Keep what a function returns, for each language on its own."""

    @lru_cache(maxsize=256)
    def in_language(_code: str, *given: Hashable) -> T:
        return function(*cast("tuple[*A]", given))

    @wraps(function)
    def call(*given: *A) -> T:
        return in_language(chosen_language().code, *cast("tuple[Hashable, ...]", given))

    return call


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Say everything in a language meanwhile, in this thread, whatever is chosen."""
    before = _meanwhile.set(language)
    try:
        yield
    finally:
        _meanwhile.reset(before)


@contextmanager
def english() -> Iterator[None]:
    """Say everything in English meanwhile: what is written to a file is the same in every language."""
    with speaking(IN_ENGLISH):
        yield


def throughout(language: Language, pieces: Generator[Y, None, T]) -> Generator[Y, None, T]:
    """Let a generator say everything in a language, whatever is said between its pieces."""
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
    """Return a sentence in the chosen language, with its named parts put in.

    Of a part that is a whole number the thousands are parted. A brace that is to be seen is written twice in
    a sentence with parts.
    """
    return with_parts(sentence, parts)


def with_parts(sentence: str, parts: Mapping[str, object]) -> str:
    """Return what `said` returns of a sentence that stands elsewhere."""
    return _filled(chosen_language().find(sentence), sentence, parts) if parts else translated(sentence)


def counted(number: int, one: str, many: str, /, **parts: object) -> str:
    """Return the one of two sentences that goes with a number, ``{n}``; a language may have more than two."""
    found = chosen_language().find_counted(number, one)
    return _filled(found, one if number == 1 else many, {"n": number, **parts})


class SaidError(ValueError):
    """What is wrong, in the language that is chosen where it is raised: a sentence as `said` takes it.

    A text that was put together already is taken as it is.
    """

    def __init__(self, sentence: str, /, **parts: object) -> None:
        super().__init__(with_parts(sentence, parts))


def translated(text: str, context: str = "") -> str:
    """Return a text that stands elsewhere: in a catalogue of rules, a scene, a lesson, or marked by `to_say`.

    What no translator has seen, such as the words of a person, stays as it is.
    """
    found = chosen_language().find(text, context)
    return text if found is None else found


def to_say(text: str) -> str:
    """Mark a text that is said later, by `translated`; it stays as it is."""
    return text


def localised(numeral: str) -> str:
    """Return a number as Python writes it, thousands parted by a comma, with the signs of the language."""
    language = _meanwhile.get() or _chosen.language  # written out: each number of a frame comes here
    return numeral if language.decimal_sign == "." else numeral.translate(language.signs)


def delocalised(numeral: str) -> str:
    """Return what `localised` took, without the thousands parted."""
    sign = chosen_language().decimal_sign
    return numeral if sign == "." else numeral.replace(THOUSANDS, "").replace(sign, ".")


def _filled(found: str | None, english_text: str, parts: Mapping[str, object]) -> str:
    parts = {name: localised(f"{part:,}") if type(part) is int else part for name, part in parts.items()}
    if found is not None:
        try:
            return found.format(**parts)
        except _NO_FORMAT:
            pass
    return english_text.format(**parts)
