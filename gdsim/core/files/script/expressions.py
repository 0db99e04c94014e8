"""Formulas as Python: the tree of a declared line, written so that it rounds as the engine does."""

from collections.abc import Callable

from gdsim.core.formulas.formula import Binary, Node, Number
from gdsim.core.formulas.formula_text import Piece, Script, Template, filled, template
from gdsim.core.formulas.notation import ATOM, FACTOR, PRODUCT

_Ranked = tuple[Template, int]


class _Python(Script):
    """Writes Python.

    Parameters
    ----------
    functions : dict
        What the functions of a formula are called, by their names in it.
    """

    minus, before = " - ", "-"

    def __init__(self, functions: dict[str, str]) -> None:
        super().__init__(times=" * ")
        self._functions = functions

    def quotient(self, left: Node, right: Node) -> _Ranked:
        """Return ``a / b``; Python divides and multiplies from left to right."""
        return (*self.written(left, PRODUCT), " / ", *self.written(right, FACTOR)), PRODUCT

    def power(self, base: Template, exponent: Node) -> _Ranked:
        """Return a square as a product and a power of two as such: both round once, as in the engine."""
        if exponent == Number(2):
            return (*base, " * ", *base), PRODUCT
        if base == ("2",):
            return (f"{self._functions['exp2']}(", *self.written(exponent), ")"), ATOM
        above = self.written(exponent, ATOM)
        return (*base, "**" if len(base) == len(above) == 1 else " ** ", *above), FACTOR

    def call(self, function: str, terms: tuple[Node, ...]) -> _Ranked:
        """Return a function of its terms; a quotient that is rounded down has a sign of its own."""
        match function, terms:
            case "floor", (Binary("/", left, right),):
                return (*self.written(left, PRODUCT), " // ", *self.written(right, FACTOR)), PRODUCT
        first, *others = map(self.written, terms)
        inner = first + tuple(piece for other in others for piece in (", ", *other))
        return (f"{self._functions[function]}(", *inner, ")"), ATOM


_NAMES = ("exp", "exp2", "floor", "log2", "sqrt")
# A rule acts on w, which may be an array; a schedule on plain numbers, as in the engine.
_OF_ARRAYS = _Python({name: f"np.{name}" for name in _NAMES} | {"min": "np.minimum"})
_OF_NUMBERS = _Python({name: f"math.{name}" for name in _NAMES} | {"min": "min"})


def of_arrays(node: Node, name_of: Callable[[str], str]) -> str:
    """Return the right side of a rule's line, with the script's names for those of the formula."""
    return _written(node, _OF_ARRAYS, name_of)


def of_numbers(node: Node) -> str:
    """Return the right side of a schedule's line."""
    return _written(node, _OF_NUMBERS, str)


def _written(node: Node, script: Script, name_of: Callable[[str], str]) -> str:
    return filled(template(node, script), lambda name: Piece(name_of(name), ATOM))
