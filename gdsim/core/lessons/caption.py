"""Captions: words, formulas, and numbers that are computed when the caption is shown."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias, TypeVar

from gdsim.core.formulas.numerals import in_percent, integer_text, number
from gdsim.core.formulas.syntax import Node
from gdsim.core.language.texts import SaidError, said
from gdsim.core.lessons.expression import Expression, read_caption_expression
from gdsim.core.lessons.latex import Math, MathFault, read_math
from gdsim.core.lessons.quantities import ExpressionFault
from gdsim.core.settings import one_line, printable

_PIECE = re.compile(r"\$(?P<math>[^$]*)\$|\{(?P<number>[^{}]*)\}|\*(?P<strong>[^*]*)\*|(?P<words>[^${}*]+)")
# The most letters of an expression that a fault quotes, and of its own text, because names may be very long.
_LONGEST_QUOTE, _LONGEST_FAULT = 80, 500
# A longer caption would not fit into its bar, and more numbers could take minutes to compute.
_MOST_LETTERS, _MOST_NUMBERS = 5000, 50
# From this size on, whole numbers are rounded like other numbers.
_LARGE = 1e9
_COMMAND = re.compile(r"\\[A-Za-z]+(?=\s*\{)")


class CaptionFault(SaidError):  # noqa: N818 - reads as what it says
    """A caption that cannot be read or computed; the message says what is wrong."""


@dataclass(frozen=True)
class Words:
    """Plain words, which are emphasized if ``strong``."""

    text: str
    strong: bool = False


CaptionPiece: TypeAlias = Words | Math | Expression

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Caption:
    pieces: tuple[CaptionPiece, ...] = ()

    @property
    def expressions(self) -> tuple[Expression, ...]:
        return tuple(piece for piece in self.pieces if isinstance(piece, Expression))


def read_caption(source: str) -> Caption:
    r"""Parse a caption such as ``"The loss is {loss(gd, 40)}, since $\eta$ is *small*."``.

    Raises `CaptionFault`, which says what is wrong.
    """
    if len(source) > _MOST_LETTERS:
        raise CaptionFault(
            "must have at most {most} letters, not {there}",
            most=integer_text(_MOST_LETTERS),
            there=integer_text(len(source)),
        )
    matches, end = [], 0
    for match in _PIECE.finditer(source):
        if match.start() != end:
            break
        end = match.end()
        matches.append(match)
    if end != len(source):
        raise CaptionFault("has {source} without its partner", source=source[end])
    for match in matches:
        command = _COMMAND.search(source, match.start(), match.end() + 1) if match["words"] else None
        if command:
            raise CaptionFault(
                "has {command} outside of $...$; write *words* to stress them", command=command[0]
            )
    pieces = _apply_to_each(_piece, matches)
    caption = Caption(tuple(pieces))
    if len(caption.expressions) > _MOST_NUMBERS:
        raise CaptionFault(
            "must have at most {most_numbers} numbers in braces, not {count}",
            most_numbers=_MOST_NUMBERS,
            count=integer_text(len(caption.expressions)),
        )
    return caption


def _apply_to_each(read: Callable[[T], R], given: Iterable[T]) -> list[R]:
    """Apply ``read`` to each item; raises one `CaptionFault` with the faults of all items."""
    found, faults = [], []
    for one in given:
        try:
            found.append(read(one))
        except CaptionFault as fault:
            faults.append(str(fault))
    if faults:
        raise CaptionFault("; ".join(dict.fromkeys(faults)))
    return found


def _piece(match: re.Match[str]) -> CaptionPiece:
    if match["math"] is not None:
        try:
            return read_math(match["math"])
        except MathFault as fault:
            raise CaptionFault(
                printable(said("has a formula that cannot be read: {fault}", fault=fault))
            ) from None
    if match["number"] is not None:
        try:
            return read_caption_expression(match["number"])
        except ExpressionFault as fault:
            raise _fault(match["number"], fault) from None
    if match["strong"] is not None:
        return Words(match["strong"], strong=True)
    return Words(match["words"])


def _fault(source: str, fault: ExpressionFault) -> CaptionFault:
    """Return the fault of an expression, on one line that begins with the expression."""
    return CaptionFault(f"{{{one_line(source, _LONGEST_QUOTE)}}} {one_line(str(fault), _LONGEST_FAULT)}")


def numbers_in_caption(caption: Caption, value_of: Callable[[Node], float]) -> tuple[str, ...]:
    """Return the numbers of a caption as they are written, in order.

    Raises `CaptionFault`, which quotes the expression, if ``value_of`` raises `ExpressionFault` for one.
    """
    return tuple(_apply_to_each(partial(_written, value_of=value_of), caption.expressions))


def _written(expression: Expression, value_of: Callable[[Node], float]) -> str:
    try:
        value = value_of(expression.root)
    except ExpressionFault as fault:
        raise _fault(expression.source, fault) from None
    # Whole numbers, such as numbers of steps, are written with all digits.
    whole = value.is_integer() and abs(value) < _LARGE
    text = integer_text(value) if whole else number(value, expression.digits)
    return in_percent(text) if expression.percent else text


def filled_caption(caption: Caption, numbers: Iterable[str]) -> Caption:
    """Return a caption in which words replace the numbers to compute."""
    texts = iter(numbers)
    return Caption(
        tuple(Words(next(texts)) if isinstance(piece, Expression) else piece for piece in caption.pieces)
    )


def plain_text(caption: Caption) -> str:
    """Return a filled caption as one line of text, for a screen reader."""
    return "".join(
        f"{{{piece.source}}}" if isinstance(piece, Expression) else piece.text for piece in caption.pieces
    )
