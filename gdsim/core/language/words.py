"""What is said in the language that is chosen; English is what stands in the code.

`said` and `counted` take plain strings, for `packaging/dev.py language` finds them without running the code.
Each is one whole sentence, or a name of its own: other languages put the parts of one in another order.
"""

from collections.abc import Callable, Generator, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar, cast

from gdsim.core.language.catalogue import THOUSANDS, Language

# What is wrong with a translation that has another name in braces than its text.
_NO_FORMAT = (KeyError, IndexError, ValueError, AttributeError)
# Beats the chosen one, in this thread alone.
_for_files = ContextVar[Language | None]("language", default=None)
_ENGLISH = Language()
_forgetting: list[Callable[[], None]] = []
P = ParamSpec("P")
T = TypeVar("T")
Y = TypeVar("Y")


class _Chosen:
    """The language of the window; on the command line and for programs it is always English."""

    def __init__(self) -> None:
        self.language = _ENGLISH


_chosen = _Chosen()


def chosen_language() -> Language:
    """Return the language in which this thread says things."""
    return _for_files.get() or _chosen.language


def choose_language(language: Language) -> None:
    """Say everything in a language from now on. What was said before stays as it is."""
    _chosen.language = language
    for forget in _forgetting:
        forget()


def forgotten(function: Callable[P, T]) -> Callable[P, T]:
    """Keep what a function returns until another language is chosen."""
    kept = lru_cache(maxsize=256)(function)
    _forgetting.append(kept.cache_clear)

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        return kept(*cast("tuple[Hashable, ...]", args), **cast("dict[str, Hashable]", kwargs))

    return call


@contextmanager
def english() -> Iterator[None]:
    """Say everything in English meanwhile: what is written to a file is the same in every language."""
    before = _for_files.set(_ENGLISH)
    try:
        yield
    finally:
        _for_files.reset(before)


def english_throughout(work: Callable[P, Generator[Y, None, T]]) -> Callable[P, Generator[Y, None, T]]:
    """Let a generator that writes a file go on in English, whatever is said between its pieces."""

    @wraps(work)
    def going_on(*args: P.args, **kwargs: P.kwargs) -> Generator[Y, None, T]:
        pieces = work(*args, **kwargs)
        try:
            while True:
                with english():
                    piece = next(pieces)
                yield piece
        except StopIteration as end:
            return cast("T", end.value)
        finally:
            pieces.close()

    return going_on


def said(sentence: str, /, **parts: object) -> str:
    """Return a sentence in the chosen language, with its named parts put in.

    A brace that is to be seen is written twice in a sentence with parts.
    """
    found = chosen_language().find(sentence)
    if not parts:
        return sentence if found is None else found
    return _filled(found, sentence, parts)


def counted(number: int, one: str, many: str, /, **parts: object) -> str:
    """Return the one of two sentences that goes with a number, ``{n}``; a language may have more than two."""
    found = chosen_language().find_counted(number, one)
    return _filled(found, one if number == 1 else many, {"n": localised(f"{number:,}"), **parts})


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
    language = _for_files.get() or _chosen.language  # written out: each number of a frame comes here
    return numeral if language.decimal_sign == "." else numeral.translate(language.signs)


def delocalised(numeral: str) -> str:
    """Return what `localised` took, without the thousands parted."""
    sign = chosen_language().decimal_sign
    return numeral if sign == "." else numeral.replace(THOUSANDS, "").replace(sign, ".")


def _filled(found: str | None, english_text: str, parts: dict[str, object]) -> str:
    if found is not None:
        try:
            return found.format(**parts)
        except _NO_FORMAT:
            pass
    return english_text.format(**parts)
