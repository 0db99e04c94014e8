"""Formulas in captions: a small subset of LaTeX, which can be written as text and typeset.

Unknown commands are refused, so that every formula in a lesson can be shown. Nothing is computed here; see
`expression` for the numbers in captions.
"""

import re
from dataclasses import dataclass
from typing import TypeAlias

from gdsim.core.formulas.numerals import integer_text
from gdsim.core.formulas.symbols import HAT, LATEX_LETTERS, typeset
from gdsim.core.language.texts import SaidError

_DEEPEST, _MOST_LETTERS = 20, 1000


# ----------------------------------------------------------------------------------- tree of a formula


@dataclass(frozen=True)
class Sign:
    """A letter, a number, an operator or a name; ``slanted`` for a variable."""

    text: str
    slanted: bool = False


@dataclass(frozen=True)
class LatexRow:
    """Pieces side by side."""

    pieces: tuple["MathPiece", ...]


@dataclass(frozen=True)
class Scripts:
    """A base with an index, an exponent or both."""

    base: "MathPiece"
    below: "MathPiece | None"
    above: "MathPiece | None"


@dataclass(frozen=True)
class Fraction:
    above: "MathPiece"
    below: "MathPiece"


@dataclass(frozen=True)
class Root:
    inside: "MathPiece"


@dataclass(frozen=True)
class Hat:
    base: "MathPiece"


MathPiece: TypeAlias = Sign | LatexRow | Scripts | Fraction | Root | Hat

_SIGNS = {
    "nabla": "∇", "Delta": "Δ", "partial": "∂", "infty": "∞", "dots": "…", "cdots": "⋯", "cdot": "·",
    "times": " × ", "le": " ≤ ", "ge": " ≥ ", "ne": " ≠ ", "approx": " ≈ ", "to": " → ", "sum": "Σ",
    "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "{": "{", "}": "}",
    "min": "min", "max": "max", "log": "log", "exp": "exp", ",": "", ";": " ", "quad": "   ",
}  # fmt: skip
_COMMANDS = {name[1:]: Sign(letter, slanted=True) for letter, name in LATEX_LETTERS.items()} | {
    name: Sign(text) for name, text in _SIGNS.items()
}
_TOKEN = re.compile(r"\\(?:[A-Za-z]+|.)?|\S", re.DOTALL)
# A minus after one of these is a sign, not an operator.
_SIGN = re.compile(r"([=<>(\[,]|\\(?:le|ge|ne|approx|to|lfloor|lceil)\b)\s*-")
_SPACED = {"=": " = ", "+": " + ", "-": " − ", "<": " < ", ">": " > ", ",": ", "}


# -------------------------------------------------------------------------------------------- reading


class MathFault(SaidError):  # noqa: N818 - reads as what it says
    """A formula that cannot be read; the message says what is wrong."""


@dataclass(frozen=True)
class Math:
    latex: str  # As written in the lesson, such as ``r"\frac{1}{1 + e^{-z}}"``
    root: LatexRow  # The same formula as a tree

    @property
    def text(self) -> str:
        """The formula as one line of plain text, such as ``"1/(1 + e⁻ᶻ)"``."""
        return " ".join(math_text(self.root, PlainMathStyle()).split())

    @property
    def for_typesetting(self) -> str:
        """The formula in LaTeX, with each minus that is a sign in braces, where it has no space around it."""
        return _SIGN.sub(r"\1{-}", self.latex)


def read_math(latex: str) -> Math:
    """Parse a formula.

    Raises `MathFault` for unknown commands, for unbalanced braces, and for formulas so long or so deeply
    nested that typesetting them would take minutes.
    """
    if len(latex) > _MOST_LETTERS:
        raise MathFault(
            "a formula must have at most {most_letters} letters, not {latex}",
            most_letters=integer_text(_MOST_LETTERS),
            latex=integer_text(len(latex)),
        )
    row = _MathReader(_TOKEN.findall(latex)).row("")
    if not row.pieces:
        raise MathFault("a formula must not be empty")
    return Math(latex, row)


def _is_empty(piece: MathPiece) -> bool:
    return isinstance(piece, LatexRow) and all(map(_is_empty, piece.pieces))


class _MathReader:
    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def row(self, end: str) -> LatexRow:
        """Read up to the closing token ``end``, or to the end of the formula if it is empty."""
        pieces: list[MathPiece] = []
        while (token := self._peek()) != end:
            if not token:
                raise MathFault("{end} is missing from a formula", end=end)
            pieces.append(self._scripted())
        self._at += bool(end)
        return LatexRow(tuple(pieces))

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        if not token:
            raise MathFault("a formula ends too early")
        self._at += 1
        return token

    def _scripted(self) -> MathPiece:
        """Read a piece together with its index and exponent."""
        sign = self._peek()
        if sign in {"_", "^"}:
            raise MathFault("{sign} has nothing to apply to", sign=sign)
        base = self._piece()
        scripts: dict[str, MathPiece] = {}
        while (sign := self._peek()) in {"_", "^"}:
            if _is_empty(base):  # only braces, as in {}^2
                raise MathFault("{sign} has nothing to apply to", sign=sign)
            if sign in scripts:
                raise MathFault("{sign} comes twice on one letter", sign=sign)
            self._next()
            scripts[sign] = self._piece()
        return Scripts(base, scripts.get("_"), scripts.get("^")) if scripts else base

    def _piece(self) -> MathPiece:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise MathFault("a formula is nested too deeply")
        piece = self._single()
        self._depth -= 1
        return piece

    def _single(self) -> MathPiece:
        sign = self._next()
        if sign == "{":
            return self.row("}")
        if sign in ("}", "_", "^"):
            raise MathFault("{sign} is out of place in a formula", sign=sign)
        if sign.startswith("\\"):
            return self._command(sign[1:])
        return Sign(_SPACED.get(sign, sign), slanted=sign.isalpha())

    def _command(self, name: str) -> MathPiece:
        if name in _COMMANDS:
            return _COMMANDS[name]
        match name:
            case "left" | "right":
                return self._piece()
            case "frac":
                return Fraction(self._piece(), self._piece())
            case "sqrt":
                return Root(self._piece())
            case "hat":
                return Hat(self._piece())
            case "mathrm":
                return Sign(self._word())
            case "":
                raise MathFault("a formula must not end in \\")
        raise MathFault("\\{name} is not a known command; see the documentation of lessons", name=name)

    def _word(self) -> str:
        if self._next() != "{":
            raise MathFault("\\mathrm needs { }")
        letters = []
        while (token := self._next()) != "}":
            if not token.isalnum():
                raise MathFault("\\mathrm takes letters and digits only")
            letters.append(token)
        return "".join(letters)


# -------------------------------------------------------------------------- writing one line of text

_MINUS = Sign(_SPACED["-"])
# The same for text.
_OPENING = ("(", "[", "=", "<", ">", "≤", "≥", "≠", "≈", "→", "⌊", "⌈", ",")


class PlainMathStyle:
    """The style in which the pieces of a formula are written in one line of text.

    This one is plain text, with Unicode's subscripts and superscripts as far as they exist.
    """

    def sign(self, sign: Sign) -> str:
        return sign.text

    def below(self, inside: str) -> str:
        """Return an index: ``"ₜ"``, or ``"_look"`` if a letter has no subscript in Unicode."""
        small = _small("_", inside)
        return small if not small.startswith("_") else f"_{_compact(inside)} "

    def above(self, inside: str) -> str:
        """Return an exponent: ``"²"``, or ``"^(−z)"`` if a letter has no superscript in Unicode."""
        small = _small("^", inside)
        if not small.startswith("^"):
            return small
        is_closed = len(inside) == 1 or (inside.startswith("(") and inside.endswith(")"))
        return f"^{inside}" if is_closed else f"^({inside})"


def _small(sign: str, inside: str) -> str:
    return typeset(f"{sign}{{{_compact(inside)}}}")


def _compact(inside: str) -> str:
    """Return an index or exponent without spaces and with ASCII minus signs, as `typeset` expects it."""
    return "".join(inside.split()).replace("−", "-")


def math_text(piece: MathPiece, style: PlainMathStyle) -> str:
    """Return a piece of a formula as one line of text."""
    match piece:
        case Sign():
            return style.sign(piece)
        case LatexRow(pieces):
            return _joined(pieces, style)
        case Scripts(base, below, above):
            index, exponent = (math_text(one, style).strip() if one else "" for one in (below, above))
            scripts = (style.below(index) if index else "") + (style.above(exponent) if exponent else "")
            return math_text(base, style) + scripts
        case Fraction(above, below):
            return f"{_parenthesized(above, style)}/{_parenthesized(below, style)}"
        case Root(inside):
            return f"√({math_text(inside, style)})"
        case Hat(base):
            return math_text(base, style) + HAT


def _joined(pieces: tuple[MathPiece, ...], style: PlainMathStyle) -> str:
    """Return pieces side by side, without spaces around a minus that is a sign."""
    line, after_fraction = "", False
    for piece in pieces:
        text = math_text(piece, style)
        if piece == _MINUS and (not line.strip() or line.rstrip().endswith(_OPENING)):
            line += text.strip()
        elif after_fraction and _begins_factor(piece):
            line += f" · {text}"
        else:
            line += text
        after_fraction = isinstance(piece, Fraction) or (after_fraction and not text.strip())
    return line


def _begins_factor(piece: MathPiece) -> bool:
    first = _first_letter(piece)
    return first.isalnum() or first in {"√", "∇", "(", "Σ", "∂"}


def _first_letter(piece: MathPiece) -> str:
    match piece:
        case Sign(text):
            return text[:1]
        case LatexRow(pieces):
            return next(filter(None, map(_first_letter, pieces)), "")
        case Scripts(base) | Hat(base):
            return _first_letter(base)
        case Fraction(above):
            return "(" if _is_several(above) else _first_letter(above)
        case Root():
            return "√"


def _parenthesized(piece: MathPiece, style: PlainMathStyle) -> str:
    """Return a piece of a fraction, in parentheses if it contains an operator."""
    inside = math_text(piece, style).strip()
    return f"({inside})" if _is_several(piece) and any(sign in inside for sign in " ·/") else inside


def _is_several(piece: MathPiece) -> bool:
    return isinstance(piece, LatexRow) and len(piece.pieces) > 1
