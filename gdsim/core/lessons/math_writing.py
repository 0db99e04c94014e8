"""Formulas as one line of text."""

from typing import Protocol

from gdsim.core.formulas.symbols import typeset
from gdsim.core.lessons.math_tree import Fraction, Hat, Piece, Root, Row, Scripts, Sign

_MINUS = " − "
_OPENING = ("(", "=", "⌊", "⌈", ",")


class Style(Protocol):
    """How the pieces of a formula are put into text."""

    def sign(self, sign: Sign) -> str:
        """Return a letter or an operator."""

    def below(self, inside: str) -> str:
        """Return an index."""

    def above(self, inside: str) -> str:
        """Return an exponent."""


class Plain:
    """Plain text, with small letters for indices and exponents where there are such letters."""

    def sign(self, sign: Sign) -> str:
        """Return the sign itself."""
        return sign.text

    def below(self, inside: str) -> str:
        """Return ``"ₜ"``, or ``"_look"`` where a letter has no small form."""
        small = typeset(f"_{{{_close(inside)}}}")
        return small if not small.startswith("_") else f"_{_close(inside)} "

    def above(self, inside: str) -> str:
        """Return ``"²"``, or ``"^(−z)"``."""
        small = typeset(f"^{{{_close(inside)}}}")
        if not small.startswith("^"):
            return small
        held = len(inside) == 1 or (inside.startswith("(") and inside.endswith(")"))
        return f"^{inside}" if held else f"^({inside})"


def _close(inside: str) -> str:
    """Return an index as `typeset` takes it."""
    return "".join(inside.split()).replace("−", "-")


def written(piece: Piece, style: Style) -> str:
    """Return a piece of a formula as one line of text."""
    match piece:
        case Sign():
            return style.sign(piece)
        case Row():
            return _joined(piece.pieces, style)
        case Scripts():
            below = style.below(written(piece.below, style).strip()) if piece.below else ""
            above = style.above(written(piece.above, style).strip()) if piece.above else ""
            return written(piece.base, style) + below + above
        case Fraction():
            return f"{_held(piece.above, style)}/{_held(piece.below, style)}"
        case Root():
            return f"√({written(piece.inside, style)})"
        case Hat():
            return written(piece.base, style) + "\N{COMBINING CIRCUMFLEX ACCENT}"


def _joined(pieces: tuple[Piece, ...], style: Style) -> str:
    """Return pieces side by side; a minus that begins something stands close to it."""
    line, after_fraction = "", False
    for piece in pieces:
        text = written(piece, style)
        if text == _MINUS and (not line.strip() or line.rstrip().endswith(_OPENING)):
            line += text.strip()
        elif after_fraction and _begins_factor(piece):
            line += f" · {text}"
        else:
            line += text
        after_fraction = isinstance(piece, Fraction) or (after_fraction and not text.strip())
    return line


def _begins_factor(piece: Piece) -> bool:
    text = written(piece, Plain())
    return text[:1].isalnum() or text[:1] in {"√", "∇", "(", "Σ", "∂"}


def _held(piece: Piece, style: Style) -> str:
    """Return a piece in parentheses when it is more than one thing."""
    inside = written(piece, style).strip()
    several = isinstance(piece, Row) and len(piece.pieces) > 1 and any(sign in inside for sign in " ·/")
    return f"({inside})" if several else inside
