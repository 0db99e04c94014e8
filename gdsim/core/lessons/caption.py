"""Captions: words, formulas, and numbers that are computed when they are shown."""

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from gdsim.core.formulas.numerals import rounded
from gdsim.core.lessons.expression import Asked, Expression, ExpressionFault, evaluate, read_expression
from gdsim.core.lessons.math_text import Math, MathFault, read_math
from gdsim.core.lessons.quantities import ARITIES

_PIECE = re.compile(r"\$(?P<math>[^$]*)\$|\{(?P<number>[^{}]*)\}|\*(?P<strong>[^*]*)\*|(?P<words>[^${}*]+)")


class CaptionFault(ValueError):  # noqa: N818 - reads as what it says
    """A caption that cannot be read or computed; its text is what is wrong."""


@dataclass(frozen=True)
class Words:
    """Plain words; ``strong`` where they are stressed."""

    text: str
    strong: bool = False


CaptionPiece: TypeAlias = Words | Math | Expression


@dataclass(frozen=True)
class Caption:
    """A few sentences.

    Attributes
    ----------
    pieces : tuple of Words, Math or Expression
    """

    pieces: tuple[CaptionPiece, ...] = ()

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The numbers that are to be computed, in their order."""
        return tuple(piece for piece in self.pieces if isinstance(piece, Expression))


def read_caption(source: str) -> Caption:
    r"""Return a caption: ``"The loss is {loss gd 40}, since $\eta$ is *small*."``.

    Raises
    ------
    CaptionFault
        With what is wrong.
    """
    pieces: list[CaptionPiece] = []
    end = 0
    for match in _PIECE.finditer(source):
        if match.start() != end:
            break
        end = match.end()
        pieces.append(_piece(match))
    if end != len(source):
        raise CaptionFault(f"has {source[end]} without its partner")
    return Caption(tuple(pieces))


def _piece(match: re.Match[str]) -> CaptionPiece:
    if match["math"] is not None:
        try:
            return read_math(match["math"])
        except MathFault as fault:
            raise CaptionFault(f"has a formula that cannot be read: {fault}") from None
    if match["number"] is not None:
        try:
            return read_expression(match["number"], ARITIES)
        except ExpressionFault as fault:
            raise CaptionFault(f"{{{match['number']}}} {fault}") from None
    if match["strong"] is not None:
        return Words(match["strong"], strong=True)
    return Words(match["words"])


def numbers_of(caption: Caption, ask: Callable[[Asked], float]) -> tuple[str, ...]:
    """Return the numbers of a caption as they are written, in their order.

    Parameters
    ----------
    caption : Caption
    ask : callable
        Computes a quantity; may raise `ExpressionFault`.

    Raises
    ------
    CaptionFault
        If one of them cannot be computed; it quotes which.
    """
    return tuple(_number(expression, ask) for expression in caption.expressions)


def _number(expression: Expression, ask: Callable[[Asked], float]) -> str:
    try:
        value = evaluate(expression.root, ask)
    except ExpressionFault as fault:
        raise CaptionFault(f"{{{expression.source}}} {fault}") from None
    if not math.isfinite(value):
        raise CaptionFault(f"{{{expression.source}}} is not a finite number")
    if expression.percent:
        return f"{_plain(value * 100.0, expression.digits)} %"
    return _plain(value, expression.digits)


def _plain(value: float, digits: int) -> str:
    """Return a number with a true minus; whole numbers, such as those of steps, with all their digits."""
    whole = value.is_integer() and abs(value) < 1e9  # noqa: PLR2004 - more digits than anybody counts
    text = f"{value:,.0f}" if whole else rounded(value, digits)
    mantissa, _, exponent = text.partition("e")
    if exponent:
        text = f"{mantissa}·10{exponent.translate(_RAISED)}"
    return text.replace("-", "−") if not exponent else text.replace("-", "−", 1)


_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def filled(caption: Caption, numbers: Iterable[str]) -> Caption:
    """Return a caption with its numbers put in as words."""
    texts = iter(numbers)
    return Caption(
        tuple(Words(next(texts)) if isinstance(piece, Expression) else piece for piece in caption.pieces)
    )


def plain_text(caption: Caption) -> str:
    """Return a filled caption as one line of text, for a screen reader."""
    return "".join(_text(piece) for piece in caption.pieces)


def _text(piece: CaptionPiece) -> str:
    match piece:
        case Expression():
            return f"{{{piece.source}}}"
        case _:
            return piece.text
