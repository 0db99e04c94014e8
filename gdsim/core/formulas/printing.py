"""Formulas as text: for people in letters or with numbers put in, in LaTeX, and as Python source."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import ClassVar, NamedTuple, TypeAlias

from gdsim.core.formulas.language import (
    COMPARISONS,
    PI,
    Binary,
    Call,
    Name,
    Negative,
    Node,
    Number,
    Text,
    names_in,
)
from gdsim.core.formulas.numerals import precise
from gdsim.core.formulas.symbols import ATOM, FACTOR, PRODUCT, QUOTIENT, SUM

MINUS = "\N{MINUS SIGN}"
# A comparison holds together less tightly than a sum.
_COMPARED = SUM - 1


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


class Printer:
    """Writes formulas as plain text with Unicode signs.

    Parameters
    ----------
    times : str
        The sign of a product.
    """

    plus, minus, negative, pi = " + ", f" {MINUS} ", MINUS, "π"
    comparisons: ClassVar = dict(zip(COMPARISONS, ("<", "≤", ">", "≥", "=", "≠"), strict=True))

    def __init__(self, times: str = "·") -> None:
        self._times = times

    def written(self, node: Node, least: int = _COMPARED) -> Template:
        """Return a formula with places for its names."""
        if isinstance(node, Name) and node.name != PI:
            return (Slot(node.name, least),)
        template, rank = self._ranked(node)
        return template if rank >= least else ("(", *template, ")")

    def _ranked(self, node: Node) -> _Ranked:
        match node:
            case Number(value):
                return self.number(value)
            case Name():
                return (self.pi,), ATOM
            case Text(text):
                return (repr(text),), ATOM
            case Binary(sign, left, right):
                return self._binary(sign, left, right)
            case Negative(term):
                return (self.negative, *self.written(term, PRODUCT)), SUM
            case Call("where", (condition, true, false)):
                return self.choice(condition, true, false)
            case Call(function, terms):
                return self.call(function, terms)

    def _binary(self, sign: str, left: Node, right: Node) -> _Ranked:
        match sign:
            case "*":
                return (*self.written(left, PRODUCT), self._times, *self.written(right, FACTOR)), PRODUCT
            case "/":
                return self.quotient(left, right)
            case "**":
                return self.power(left, right)
            case "+" | "-":
                between = self.plus if sign == "+" else self.minus
                return (*self.written(left, SUM), between, *self.written(right, QUOTIENT)), SUM
        between = f" {self.comparisons[sign]} "
        return (*self.written(left, SUM), between, *self.written(right, SUM)), _COMPARED

    def number(self, value: float) -> _Ranked:
        """Return a number of the formula itself."""
        return (str(value) if isinstance(value, int) else precise(value),), ATOM

    def quotient(self, left: Node, right: Node) -> _Ranked:
        """Return ``a / b``, which stands in parentheses where it is multiplied: no one may misread it."""
        below = self.written(right, FACTOR)
        bar = " / " if below[0] == "(" else "/"
        return (*self.written(left, PRODUCT), bar, *below), QUOTIENT

    def power(self, base: Node, exponent: Node) -> _Ranked:
        """Return a square as such, and any other power with a caret."""
        if exponent == Number(2):
            return (*self.written(base, ATOM), "²"), FACTOR
        return (*self.written(base, ATOM), "^", *self.written(exponent, ATOM)), FACTOR

    def choice(self, condition: Node, true: Node, false: Node) -> _Ranked:
        """Return one of two terms, as a condition says."""
        return (
            *self.written(true),
            " if ",
            *self.written(condition),
            " else ",
            *self.written(false),
        ), _COMPARED

    def call(self, function: str, terms: tuple[Node, ...]) -> _Ranked:
        """Return a function of its terms."""
        inner = self._listed(terms)
        match function:
            case "floor":
                return ("⌊", *inner, "⌋"), ATOM
            case "abs":
                return ("|", *inner, "|"), ATOM
            case "exp":
                return ("e^(", *inner, ")"), FACTOR
            case "sqrt":
                return ("√(", *inner, ")"), ATOM
            case "log2":
                return ("log₂(", *inner, ")"), ATOM
            case "log":
                return ("ln(", *inner, ")"), ATOM
        return (f"{function}(", *inner, ")"), ATOM

    def _listed(self, terms: tuple[Node, ...]) -> Template:
        first, *others = map(self.written, terms)
        return first + tuple(piece for other in others for piece in (", ", *other))


class LatexPrinter(Printer):
    """Writes LaTeX."""

    minus, negative, pi = " - ", "-", r"\pi"
    comparisons: ClassVar = dict(zip(COMPARISONS, ("<", r"\le", ">", r"\ge", "=", r"\ne"), strict=True))

    def number(self, value: float) -> _Ranked:
        """Return a number with its power of ten written out."""
        (text,), _ = super().number(value)
        return (latex_number(str(text)),), FACTOR if "e" in str(text) else ATOM

    def quotient(self, left: Node, right: Node) -> _Ranked:
        """Return a fraction with a bar."""
        return (r"\frac{", *self.written(left), "}{", *self.written(right), "}"), FACTOR

    def power(self, base: Node, exponent: Node) -> _Ranked:
        """Return a power with its exponent above."""
        return (*self.written(base, ATOM), "^{", *self.written(exponent), "}"), FACTOR

    def choice(self, condition: Node, true: Node, false: Node) -> _Ranked:
        """Return both terms in a brace."""
        above = (*self.written(true), r" & ", *self.written(condition))
        return (
            r"\begin{cases} ",
            *above,
            r" \\ ",
            *self.written(false),
            r" & \mathrm{else} \end{cases}",
        ), ATOM

    def call(self, function: str, terms: tuple[Node, ...]) -> _Ranked:
        """Return a function of its terms."""
        inner = self._listed(terms)
        match function:
            case "floor":
                return (r"\lfloor ", *self._inline(terms[0]), r" \rfloor"), ATOM
            case "abs":
                return ("|", *inner, "|"), ATOM
            case "exp":
                return ("e^{", *inner, "}"), FACTOR
            case "sqrt":
                return (r"\sqrt{", *inner, "}"), ATOM
            case "log2":
                return (r"\log_2(", *inner, ")"), ATOM
            case "log":
                return (r"\ln(", *inner, ")"), ATOM
            case "mod" | "sign":
                return (rf"\mathrm{{{function}}}(", *inner, ")"), ATOM
        return (rf"\{function}(", *inner, ")"), ATOM

    def _inline(self, node: Node) -> Template:
        """Return a fraction without its bar."""
        if isinstance(node, Binary) and node.sign == "/":
            return (*self.written(node.left, PRODUCT), "/", *self.written(node.right, FACTOR))
        return self.written(node)


class PythonPrinter(Printer):
    """Writes Python, which rounds as the program does.

    Parameters
    ----------
    functions : str
        What stands before the name of a function, such as ``"math."``.
    floats : bool
        Whether the formula's own numbers are written as floats.
    names : dict
        Other names for some of them, whole.
    """

    minus, negative = " - ", "-"
    comparisons: ClassVar = dict(zip(COMPARISONS, COMPARISONS, strict=True))

    def __init__(
        self, functions: str = "", *, floats: bool = False, names: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(times=" * ")
        self._functions, self._floats = functions, floats
        self._names = {"max": "max", "min": "min", **(names or {})}
        self.pi = f"{functions}pi"

    def number(self, value: float) -> _Ranked:
        """Return a number."""
        return (repr(float(value) if self._floats else value),), ATOM

    def quotient(self, left: Node, right: Node) -> _Ranked:
        """Return ``a / b``; Python divides and multiplies from left to right."""
        return (*self.written(left, PRODUCT), " / ", *self.written(right, FACTOR)), PRODUCT

    def power(self, base: Node, exponent: Node) -> _Ranked:
        """Return a square as a product, which rounds once."""
        if exponent == Number(2):
            factor = self.written(base, ATOM)
            return (*factor, " * ", *factor), PRODUCT
        # Two whole numbers would make one that grows without end.
        below = (repr(float(base.value)),) if isinstance(base, Number) else self.written(base, ATOM)
        above = self.written(exponent, ATOM)
        return (*below, "**" if len(below) == len(above) == 1 else " ** ", *above), FACTOR

    def choice(self, condition: Node, true: Node, false: Node) -> _Ranked:
        """Return Python's own choice."""
        template, _ = super().choice(condition, true, false)
        return ("(", *template, ")"), ATOM

    def call(self, function: str, terms: tuple[Node, ...]) -> _Ranked:
        """Return a function of its terms."""
        if function == "mod":
            return (*self.written(terms[0], PRODUCT), " % ", *self.written(terms[1], FACTOR)), PRODUCT
        name = self._names.get(function, self._functions + function)
        called = (f"{name}(", *self._listed(terms), ")")
        # Python's floor is a whole number, and a power of such grows without end.
        return (("float(", *called, ")") if name == "floor" else called), ATOM


class NumpyPrinter(PythonPrinter):
    """Writes Python on arrays."""

    def __init__(self) -> None:
        super().__init__("np.", floats=True, names={"max": "np.maximum", "min": "np.minimum"})

    def _binary(self, sign: str, left: Node, right: Node) -> _Ranked:
        if names_in(left) or names_in(right):
            return super()._binary(sign, left, right)
        # Python's own numbers would raise where those of NumPy become infinite.
        first = Call("float64", (left,))
        return super()._binary(sign, first, right)

    def choice(self, condition: Node, true: Node, false: Node) -> _Ranked:
        """Return a choice for each element."""
        return self.call("where", (condition, true, false))

    def call(self, function: str, terms: tuple[Node, ...]) -> _Ranked:
        """Return a function of its terms."""
        name = self._names.get(function, f"np.{function}")
        return (f"{name}(", *self._listed(terms), ")"), ATOM


def latex_number(text: str) -> str:
    """Return a number with its power of ten written out."""
    text = text.replace("∞", r"\infty").replace("NaN", r"\mathrm{NaN}")
    mantissa, _, exponent = text.partition("e")
    if not exponent:
        return text
    power = f"10^{{{int(exponent)}}}"
    sign = {"1": "", "-1": "-"}.get(mantissa)
    return rf"{mantissa} \cdot {power}" if sign is None else sign + power


TEXT = Printer()
LATEX = LatexPrinter(times=r" \cdot ")
# Between letters there is no sign, only a little room.
LATEX_LETTERS = LatexPrinter(times=r" \, ")
# In a loop that the program runs, functions are local names; a script calls Python's, and two of its own.
LOOP = PythonPrinter(floats=True)
SCRIPT = PythonPrinter("math.", names={"abs": "math.fabs", "exp": "exp", "sign": "sign"})
NUMPY = NumpyPrinter()


@lru_cache(maxsize=4096)
def template(node: Node, printer: Printer) -> Template:
    """Return a formula as a printer writes it, with places for its names; each is made once."""
    return printer.written(node)


def filled(places: Template, piece_of: Callable[[str], Piece]) -> str:
    """Return a formula with something put in for each of its names."""
    return "".join(
        piece if isinstance(piece, str) else _fitted(piece, piece_of(piece.name)) for piece in places
    )


def _fitted(slot: Slot, piece: Piece) -> str:
    return piece.text if piece.rank >= slot.least else f"({piece.text})"


def code(node: Node, printer: PythonPrinter, name_of: Callable[[str], str] = str) -> str:
    """Return a formula as source, with other names for its own."""
    return filled(template(node, printer), lambda name: Piece(name_of(name), ATOM))
