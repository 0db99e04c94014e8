"""Formulas as Python source: for the compiled loop of a run, for scripts, and for NumPy arrays."""

from collections.abc import Callable, Mapping
from typing import ClassVar

from gdsim.core.formulas.guards import GUARDED_BY, GUARDS
from gdsim.core.formulas.printing import Piece, Printer, Ranked, Template, filled_template, template
from gdsim.core.formulas.symbols import (
    ATOM,
    FACTOR,
    PRODUCT,
    SUM,
)
from gdsim.core.formulas.syntax import (
    COMPARISONS,
    Call,
    Negative,
    Node,
    Number,
    is_number,
    names_in,
)

# Names that are integers in scripts.
_INTEGER_NAMES = {"t", "step", "epoch", "rises"}


class PythonPrinter(Printer):
    """Printer of Python source that rounds as the program does.

    ``functions`` is the prefix of function names, such as ``"math."``; ``names`` has full names for some
    functions instead. With ``floats`` the numbers in the formula are written as floats.
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

    def _ranked(self, node: Node) -> Ranked:
        template, rank = super()._ranked(node)
        if isinstance(node, Negative) and " % " in template:
            # Python's unary minus binds tighter than %, and -(a % b) differs from (-a) % b.
            return (self.negative, *self.written(node.term, FACTOR)), rank
        return template, rank

    def _number(self, value: float) -> Ranked:
        return (repr(float(value) if self._floats else value),), ATOM

    def _quotient(self, left: Node, right: Node) -> Ranked:
        # Python divides and multiplies from left to right, so that only the divisor needs parentheses.
        return (*self.written(left, PRODUCT), " / ", *self.written(right, FACTOR)), PRODUCT

    def _power(self, base: Node, exponent: Node) -> Ranked:
        # A square is a product, which rounds once.
        if is_number(exponent, 2):
            factor = self.written(base, ATOM)
            return (*factor, " * ", *factor), PRODUCT
        # A power of two integers would be an integer of unlimited size.
        below: Template
        if isinstance(base, Number):
            below = (repr(float(base.value)),)
        elif not self._floats and names_in(base) <= _INTEGER_NAMES:
            below = ("float(", *self.written(base), ")")
        else:
            below = self.written(base, ATOM)
        above = self.written(exponent, ATOM)
        return (*below, "**" if len(below) == len(above) == 1 else " ** ", *above), FACTOR

    def _call(self, function: str, terms: tuple[Node, ...]) -> Ranked:
        if function == "mod":
            return (*self.written(terms[0], PRODUCT), " % ", *self.written(terms[1], FACTOR)), PRODUCT
        name = self._names.get(function, self._functions + function)
        called = (f"{name}(", *self._listed(terms), ")")
        # math.floor returns an integer, whose powers would be integers of unlimited size.
        return (("float(", *called, ")") if name == "floor" else called), ATOM


class GuardedPrinter(PythonPrinter):
    """Printer of Python source that calls a guard wherever an operation or function may raise."""

    def __init__(self) -> None:
        super().__init__(floats=True, names=GUARDED_BY)

    def _quotient(self, left: Node, right: Node) -> Ranked:
        return self._called("divide", left, right)

    def _power(self, base: Node, exponent: Node) -> Ranked:
        if is_number(exponent, 2):
            return super()._power(base, exponent)
        return self._called("power", base, exponent)

    def _call(self, function: str, terms: tuple[Node, ...]) -> Ranked:
        return self._called(self._names.get(function, function), *terms)

    def _called(self, name: str, *terms: Node) -> Ranked:
        return (f"{name}(", *self._listed(terms), ")"), ATOM


class NumpyPrinter(PythonPrinter):
    """Printer of Python source for arrays, in which NumPy has the name ``numpy``."""

    def __init__(self, names: Mapping[str, str], numpy: str = "np") -> None:
        super().__init__(f"{numpy}.", floats=True, names=names)
        self._numpy = numpy

    def _binary(self, sign: str, left: Node, right: Node) -> Ranked:
        if names_in(left) or names_in(right):
            return super()._binary(sign, left, right)
        # Between two constants Python's floats would raise where NumPy's become infinite.
        first = Call("float64", (left,))
        return super()._binary(sign, first, right)

    def _power(self, base: Node, exponent: Node) -> Ranked:
        template, rank = super()._power(base, exponent)
        # NumPy takes the root for a power of a half, which is -0 for -0, unlike Python's power.
        return ((*template, " + 0.0"), SUM) if is_number(exponent, 0.5) else (template, rank)

    def _choice(self, condition: Node, true: Node, false: Node) -> Ranked:
        return self._call("where", (condition, true, false))

    def _call(self, function: str, terms: tuple[Node, ...]) -> Ranked:
        name = self._names.get(function, f"{self._numpy}.{function}")
        return (f"{name}(", *self._listed(terms), ")"), ATOM


# In a compiled loop, functions are plain names. A script calls those of Python's math, and some of its own:
# the guards that the program falls back on where Python raises.
LOOP = PythonPrinter(floats=True)
OWN_FUNCTIONS = ("exp", "sign", *GUARDS)
SCRIPT = PythonPrinter(
    "math.", names={"abs": "math.fabs", **dict(zip(OWN_FUNCTIONS, OWN_FUNCTIONS, strict=True))}
)
GUARDED = GuardedPrinter()
# The underscores keep these apart from the names of a rule, one of which may be np.
NUMPY = NumpyPrinter({"max": "_maximum", "min": "_minimum", "floor": "_floor", "norm": "_length"}, "_np")


def source_of(node: Node, printer: PythonPrinter, name_of: Callable[[str], str] = str) -> str:
    """Return a formula as source, with its names mapped by ``name_of``."""
    return filled_template(template(node, printer), lambda name: Piece(name_of(name), ATOM))
