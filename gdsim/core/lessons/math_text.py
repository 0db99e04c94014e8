"""Formulas in captions: a small part of LaTeX, which can be read aloud and typeset.

What is not known is refused, so that whatever a lesson holds can be shown.
"""

import re
from dataclasses import dataclass

from gdsim.core.lessons.math_tree import Fraction, Hat, Piece, Root, Row, Scripts, Sign
from gdsim.core.lessons.math_writing import Plain, written

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
_DEEPEST = 20

_COMMANDS: dict[str, Sign] = (
    {name: Sign(letter, slanted=True) for name, letter in _LETTERS.items()}
    | {name: Sign(sign) for name, sign in (_SIGNS | _SPACES).items()}
    | {name: Sign(name) for name in _NAMES}
)


class MathFault(ValueError):  # noqa: N818 - reads as what it says
    """A formula that cannot be read; its text is what is wrong."""


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
