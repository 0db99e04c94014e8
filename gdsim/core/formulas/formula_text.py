"""Formulas as text: in letters or with numbers put in, in plain text or in LaTeX."""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from gdsim.core.formulas.formula import Binary, Call, Name, Negative, Node, Number
from gdsim.core.formulas.notation import ATOM, FACTOR, PRODUCT, QUOTIENT, SUM

MINUS = "−"


class Piece(NamedTuple):
    """What is written in the place of a name, and how tightly it holds together."""

    text: str
    rank: int


class Slot(NamedTuple):
    """A place for a name: what holds less tightly than ``least`` gets parentheses."""

    name: str
    least: int


# A formula with places for its names.
Template: TypeAlias = "tuple[str | Slot, ...]"
_Ranked: TypeAlias = "tuple[Template, int]"


class Script:
    """A way to write formulas. This one writes plain text with Unicode signs.

    Parameters
    ----------
    times : str
        The sign of a product.
    """

    plus, minus, before = " + ", f" {MINUS} ", MINUS

    def __init__(self, times: str) -> None:
        self._times = times

    def written(self, node: Node, least: int = SUM) -> Template:
        """Return a formula with places for its names."""
        if isinstance(node, Name):
            return (Slot(node.name, least),)
        template, rank = self._ranked(node)
        return template if rank >= least else ("(", *template, ")")

    def _ranked(self, node: Number | Binary | Negative | Call) -> _Ranked:
        match node:
            case Number(value):
                return (str(value),), ATOM
            case Binary(sign, left, right):
                return self._binary(sign, left, right)
            case Negative(term):
                return (self.before, *self.written(term, PRODUCT)), SUM
            case Call(function, terms):
                return self.call(function, terms)

    def _binary(self, sign: str, left: Node, right: Node) -> _Ranked:
        match sign:
            case "*":
                return (*self.written(left, PRODUCT), self._times, *self.written(right, FACTOR)), PRODUCT
            case "/":
                return self.quotient(left, right)
            case "**":
                return self.power(self.written(left, ATOM), right)
        between = self.plus if sign == "+" else self.minus
        return (*self.written(left), between, *self.written(right, QUOTIENT)), SUM

    def quotient(self, left: Node, right: Node) -> _Ranked:
        """Return ``a / b``, which stands in parentheses where it is multiplied: no one may misread it."""
        below = self.written(right, FACTOR)
        bar = " / " if below[0] == "(" else "/"
        return (*self.written(left, PRODUCT), bar, *below), QUOTIENT

    def power(self, base: Template, exponent: Node) -> _Ranked:
        """Return a square as such, and any other power with a caret."""
        if exponent == Number(2):
            return (*base, "²"), FACTOR
        return (*base, "^", *self.written(exponent, ATOM)), FACTOR

    def call(self, function: str, terms: tuple[Node, ...]) -> _Ranked:
        """Return a function of its terms."""
        inner = self._listed(terms)
        match function:
            case "floor":
                return ("⌊", *inner, "⌋"), ATOM
            case "exp":
                return ("e^(", *inner, ")"), FACTOR
            case "sqrt":
                return ("√(", *inner, ")"), ATOM
            case "log2":
                return ("log₂(", *inner, ")"), ATOM
        return (f"{function}(", *inner, ")"), ATOM

    def _listed(self, terms: tuple[Node, ...]) -> Template:
        first, *others = map(self.written, terms)
        return first + tuple(piece for other in others for piece in (", ", *other))


class LatexScript(Script):
    """Writes LaTeX."""

    minus, before = " - ", "-"

    def quotient(self, left: Node, right: Node) -> _Ranked:
        """Return a fraction with a bar."""
        return (r"\frac{", *self.written(left), "}{", *self.written(right), "}"), FACTOR

    def power(self, base: Template, exponent: Node) -> _Ranked:
        """Return a power with its exponent above."""
        return (*base, "^{", *self.written(exponent), "}"), FACTOR

    def call(self, function: str, terms: tuple[Node, ...]) -> _Ranked:
        """Return a function of its terms."""
        inner = self._listed(terms)
        match function:
            case "floor":
                return (r"\lfloor ", *self._inline(terms[0]), r" \rfloor"), ATOM
            case "exp":
                return ("e^{", *inner, "}"), FACTOR
            case "sqrt":
                return (r"\sqrt{", *inner, "}"), ATOM
            case "log2":
                return (r"\log_2(", *inner, ")"), ATOM
        return (rf"\{function}(", *inner, ")"), ATOM

    def _inline(self, node: Node) -> Template:
        """Return a fraction without its bar."""
        if isinstance(node, Binary) and node.sign == "/":
            return (*self.written(node.left, PRODUCT), "/", *self.written(node.right, FACTOR))
        return self.written(node)


TEXT = Script(times="·")
LATEX = LatexScript(times=r" \cdot ")
# Between letters there is no sign, only a little room.
LATEX_LETTERS = LatexScript(times=r" \, ")


@lru_cache(maxsize=512)
def template(node: Node, script: Script) -> Template:
    """Return a formula in a script with places for its names; each is made once."""
    return script.written(node)


def filled(places: Template, piece_of: Callable[[str], Piece]) -> str:
    """Return a formula with something put in for each of its names."""
    return "".join(
        piece if isinstance(piece, str) else _fitted(piece, piece_of(piece.name)) for piece in places
    )


def _fitted(slot: Slot, piece: Piece) -> str:
    return piece.text if piece.rank >= slot.least else f"({piece.text})"
