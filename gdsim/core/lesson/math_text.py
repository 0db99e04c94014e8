"""Formulas in captions: a small part of LaTeX, which can be read aloud and typeset.

What is not known is refused, so that whatever a lesson holds can be shown.
"""

import re
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from gdsim.core.rule_text import typeset

_LETTERS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "varepsilon": "ε", "eta": "η", "theta": "θ",
    "kappa": "κ", "lambda": "λ", "mu": "μ", "rho": "ρ", "sigma": "σ", "tau": "τ",
}  # fmt: skip
_SIGNS = {
    "nabla": "∇", "partial": "∂", "infty": "∞", "dots": "…", "cdots": "⋯",
    "cdot": "·", "times": " × ", "le": " ≤ ", "ge": " ≥ ", "ne": " ≠ ", "approx": " ≈ ", "to": " → ",
    "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "sum": "Σ", "{": "{", "}": "}",
}  # fmt: skip
_NAMES = ("min", "max", "log", "exp")
_SPACES = {",": "", ";": " ", "quad": "   "}
_TOKEN = re.compile(r"\\[A-Za-z]+|\\[^A-Za-z]|\s+|[{}_^]|[^\s\\]")
_SPACED = {"=": " = ", "+": " + ", "-": " − ", "<": " < ", ">": " > ", ",": ", "}
_OPENING = ("(", "=", "⌊", "⌈", ",")
_DEEPEST = 20


class MathFault(ValueError):  # noqa: N818 - reads as what it says
    """A formula that cannot be read; its text is what is wrong."""


@dataclass(frozen=True)
class Sign:
    """A letter, a number, an operator or a name; ``slanted`` for a letter that stands for a number."""

    text: str
    slanted: bool = False


@dataclass(frozen=True)
class Row:
    """Pieces side by side."""

    pieces: tuple["Piece", ...]


@dataclass(frozen=True)
class Scripts:
    """Something with an index, an exponent or both."""

    base: "Piece"
    below: "Piece | None"
    above: "Piece | None"


@dataclass(frozen=True)
class Fraction:
    """One thing over another."""

    above: "Piece"
    below: "Piece"


@dataclass(frozen=True)
class Root:
    """A square root."""

    inside: "Piece"


@dataclass(frozen=True)
class Hat:
    """A letter with a hat."""

    base: "Piece"


_COMMANDS: dict[str, Sign] = (
    {name: Sign(letter, slanted=True) for name, letter in _LETTERS.items()}
    | {name: Sign(sign) for name, sign in (_SIGNS | _SPACES).items()}
    | {name: Sign(name) for name in _NAMES}
)

Piece: TypeAlias = Sign | Row | Scripts | Fraction | Root | Hat


@dataclass(frozen=True)
class Math:
    r"""A formula.

    Attributes
    ----------
    latex : str
        As it stands in the lesson: ``r"\frac{1}{1 + e^{-z}}"``.
    root : Row
        The same, read.
    """

    latex: str
    root: Row

    @property
    def text(self) -> str:
        """The formula in one line of plain text: ``"1/(1 + e⁻ᶻ)"``."""
        return " ".join(written(self.root, Plain()).split())


def read_math(latex: str) -> Math:
    """Return a formula.

    Raises
    ------
    MathFault
        If it holds a command that is not known, or braces that do not match.
    """
    reader = _Reader([token for token in _TOKEN.findall(latex) if not token.isspace()])
    if sum(map(len, reader.tokens)) < len("".join(latex.split())):
        raise MathFault(r"a formula must not end in \ ")
    row = reader.row("")
    if not row.pieces:
        raise MathFault("a formula must not be empty")
    return Math(latex, row)


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self._at = 0
        self._depth = 0

    def row(self, end: str) -> Row:
        """Read up to a closing token, or to the end of the formula."""
        pieces: list[Piece] = []
        while (token := self._peek()) != end:
            if not token:
                raise MathFault(f"{end} is missing in a formula")
            pieces.append(self._scripted())
        self._at += bool(end)
        return Row(tuple(pieces))

    def _peek(self) -> str:
        return self.tokens[self._at] if self._at < len(self.tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        if not token:
            raise MathFault("a formula ends too early")
        self._at += 1
        return token

    def _scripted(self) -> Piece:
        """Read a piece together with what hangs on it."""
        if self._peek() in {"_", "^"}:
            raise MathFault(f"{self._peek()} has nothing to stand on")
        base = self._piece()
        scripts: dict[str, Piece] = {}
        while self._peek() in {"_", "^"}:
            sign = self._next()
            if sign in scripts:
                raise MathFault(f"{sign} comes twice on one letter")
            scripts[sign] = self._piece()
        return Scripts(base, scripts.get("_"), scripts.get("^")) if scripts else base

    def _piece(self) -> Piece:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise MathFault("a formula is nested too deeply")
        piece = self._single()
        self._depth -= 1
        return piece

    def _single(self) -> Piece:
        sign = self._next()
        if sign == "{":
            return self.row("}")
        if sign in ("}", "_", "^"):
            raise MathFault(f"{sign} is out of place in a formula")
        if sign.startswith("\\"):
            return self._command(sign[1:])
        return Sign(_SPACED.get(sign, sign), slanted=sign.isalpha())

    def _command(self, name: str) -> Piece:
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
        raise MathFault(rf"\{name} is not a known command; see the documentation of lessons")

    def _word(self) -> str:
        if self._next() != "{":
            raise MathFault(r"\mathrm needs { }")
        letters = []
        while (token := self._next()) != "}":
            if not token.isalnum():
                raise MathFault(r"\mathrm takes letters and digits only")
            letters.append(token)
        return "".join(letters)


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
        if text == _SPACED["-"] and (not line.strip() or line.rstrip().endswith(_OPENING)):
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
