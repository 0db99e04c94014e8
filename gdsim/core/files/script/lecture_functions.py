"""The lecture's functions, for any objective: the neuron, the loss, and its slopes at one point.

Of a function of w and b they are the function itself and its slopes.
"""

from collections.abc import Iterator, Mapping

from gdsim.core.files.script.guards import everywhere, where_it_vanishes
from gdsim.core.files.script.objective import MEAN_OF_NUMBERS
from gdsim.core.formulas.language import Binary, Name, Node, names_in, substituted, walk
from gdsim.core.formulas.printing import SCRIPT, code
from gdsim.core.model.objective import (
    SLOPE,
    TERM,
    FunctionObjective,
    NeuronObjective,
    Objective,
)

_Z = Binary("+", Binary("*", Name("w"), Name("x")), Name("b"))
_Z_OF_LIST = ("z = 0.0", "for w_j, x_j in zip(w, x):", "    z += w_j * x_j", "z += b")
_NEURONS = {
    "sigmoid": "sigmoid",
    "identity": "the activation itself",
    "tanh": "tanh",
    "relu": "ReLU",
}


def lecture_functions(
    objective: Objective, *, several: bool, has_noise: bool, guarded: bool = False
) -> dict[str, str]:
    """Return the texts of the functions by their names, with one weight or several in a list.

    ``has_noise`` says whether the points of a function of w and b are more than one slope of 0; one that is
    ``guarded`` has a value where Python refuses.
    """
    if isinstance(objective, FunctionObjective):
        texts = _of_function(objective, has_noise=has_noise, guarded=guarded)
    else:
        texts = _Writer(objective, several=several).functions()
    return {name: "\n    ".join(lines) for name, lines in texts.items()}


def _of_function(objective: FunctionObjective, *, has_noise: bool, guarded: bool) -> Mapping[str, list[str]]:
    lines = map(everywhere if guarded else where_it_vanishes, objective.lines[:3])
    value, dw, db = (code(node, SCRIPT) for node in lines)
    slopes = f" + ({MEAN_OF_NUMBERS}(X) * w + {MEAN_OF_NUMBERS}(Y) * b)" if has_noise else ""
    return {
        "f": ["def f(w, b):  # the function of w and b", f"return {value}"],
        "error": ["def error(w, b):", f"return f(w, b){slopes}"],
        "grad_w": ["def grad_w(w, b):", f"return {dw}"],
        "grad_b": ["def grad_b(w, b):", f"return {db}"],
    }


class _Writer:
    """Writes the functions of a neuron."""

    def __init__(self, objective: NeuronObjective, *, several: bool) -> None:
        self._objective, self._several, self._lines = objective, several, objective.program.by_target

    def functions(self) -> Mapping[str, list[str]]:
        before, slope = self._at_point(SLOPE)
        product = _written(Binary("*", slope, Name("x_j" if self._several else "x")))
        output = self._lines["f"] if self._several else substituted(self._lines["f"], {"z": _Z})
        return {
            "f": [
                f"def f(w, b, x):  # {_NEURONS[self._objective.activation]} with parameters w, b",
                *(_Z_OF_LIST if self._several else ()),
                f"return {code(output, SCRIPT)}",
            ],
            "error": ["def error(w, b):", *self._error()],
            "grad_w": [
                "def grad_w(w, b, x, y):",
                *before,
                f"return [{product} for x_j in x]" if self._several else f"return {product}",
            ],
            "grad_b": ["def grad_b(w, b, x, y):", *before, f"return {_written(slope)}"],
        }

    def _error(self) -> Iterator[str]:
        before, term = self._at_point(TERM)
        yield "err = 0.0"
        yield "for x, y in zip(X, Y):"
        yield from (f"    {line}" for line in before)
        yield f"    err += {_written(term)}"
        share, l2 = self._objective.shares(1, 1), self._objective.l2
        loss = "0.5 * err" if share.half else "err / len(Y)" if share.mean else "err"
        squares = "sum(w_j * w_j for w_j in w)" if self._several else "(w * w)"
        yield f"return {loss}{f' + 0.5 * {l2!r} * {squares}' if l2 else ''}"

    def _at_point(self, wanted: str) -> tuple[list[str], Node]:
        """Return the lines before a number of a point, and that number."""
        node = self._lines[wanted]
        needed = self._objective.program.behind(node)
        errors = sum(one == Name("error") for one in walk(node))
        is_single = errors <= 1 or self._objective.loss == "squared"
        before: list[str] = []
        if "z" in names_in(node):
            before += _Z_OF_LIST if self._several else [f"z = {code(_Z, SCRIPT)}"]
        if "f" in needed:
            before.append("fx = f(w, b, x)")
        if "q" in needed:
            before.append(f"q = {_written(self._lines['q'])}")
        if is_single:
            return before, substituted(node, {"error": self._lines["error"]})
        return [*before, f"err_x = {_written(self._lines['error'])}"], substituted(
            node, {"error": Name("err_x")}
        )


def _written(node: Node) -> str:
    return code(node, SCRIPT, lambda name: {"f": "fx"}.get(name, name))
