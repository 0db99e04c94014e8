"""The functions of the code for the objective: the loss of a neuron and its slopes, or a function of w and b.

The functions over lists are the lecture's: the neuron, the loss over all points, its slopes at one point.
Functions whose names begin with ``array_`` take NumPy arrays and sum in NumPy's order. All of them compute
what the engine does, down to the last bit.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from gdsim.core.engine.loop_shape import adds_by_numpy
from gdsim.core.engine.sum_source import indented
from gdsim.core.files.script.guarded import guarded_everywhere, guarded_where_hidden
from gdsim.core.formulas.code_printing import SCRIPT, NumpyPrinter, source_of
from gdsim.core.formulas.syntax import Binary, Call, Name, Node, Number, names_in, substituted, walk
from gdsim.core.model.objective import (
    BEND,
    FLAT_BEND,
    SLOPE,
    TERM,
    FunctionObjective,
    NeuronObjective,
    Objective,
)
from gdsim.core.model.plane_function import adds_slopes
from gdsim.core.model.points import PointSet

# The name of the function in scripts that averages slopes.
MEAN_OF_NUMBERS = "mean"
_ON_ARRAYS = NumpyPrinter({"max": "np.maximum", "min": "np.minimum"})
_Z = Binary("+", Binary("*", Name("w"), Name("x")), Name("b"))
_NEURONS = {"sigmoid": "sigmoid", "identity": "the activation itself", "tanh": "tanh", "relu": "ReLU"}
_VALIDATION_DOC = '"""The loss over the points that only the learning rate looks at."""'


class ObjectiveSize(NamedTuple):
    """An objective, and the numbers of inputs, points and validation points over which it is computed."""

    objective: Objective
    dimension: int
    points: int
    validation: int
    has_noise: bool  # Whether the points of a function of w and b add slopes to it

    @classmethod
    def of(cls, objective: Objective, points: PointSet, validation: int) -> "ObjectiveSize":
        return cls(objective, points.dimension, len(points), validation, adds_slopes(objective, points))


@lru_cache(maxsize=32)
def objective_functions(subject: ObjectiveSize, *, guarded: bool) -> Mapping[str, str]:
    """Return the sources of the functions by name.

    With ``guarded``, a function of w and b gives infinity or NaN where Python would raise, because a search
    continues after such a value, and a run may begin at an infinite one.
    """
    objective, dimension, points, validation, has_noise = subject
    if isinstance(objective, FunctionObjective):
        return _sources_of_function(objective, has_noise=has_noise, guarded=guarded)
    neuron = _NeuronFunctions(objective, dimension, points)
    texts = {
        "f": neuron.output(),
        "error": neuron.loss("error", "X", "Y"),
        "grad_w": neuron.slope("w"),
        "grad_b": neuron.slope("b"),
        "gradient": neuron.gradient(),
        "curvature": neuron.curvature(BEND),
        "flat_curvature": neuron.curvature(FLAT_BEND),
        "array_f": neuron.array_output(),
        "array_loss": neuron.array_loss(),
        "array_gradient": neuron.array_gradient(),
        "array_curvature": neuron.array_curvature(BEND),
        "array_flat_curvature": neuron.array_curvature(FLAT_BEND),
        "validation_error": neuron.loss("validation_error", "X_VALIDATION", "Y_VALIDATION", _VALIDATION_DOC),
    }
    if adds_by_numpy(points, objective):
        texts |= {"error": _ARRAY_ERROR, "gradient": _ARRAY_ALL_GRADIENT}
    if adds_by_numpy(validation, objective):
        texts["validation_error"] = _ARRAY_VALIDATION_ERROR.format(_VALIDATION_DOC)
    return texts


def _sources_of_function(
    objective: FunctionObjective, *, has_noise: bool, guarded: bool
) -> Mapping[str, str]:
    """Return the functions for a function of w and b, to which points may add slopes."""
    lines = map(guarded_everywhere if guarded else guarded_where_hidden, objective.lines)
    value, dw, db, *second = (source_of(node, SCRIPT) for node in lines)
    added = f"{MEAN_OF_NUMBERS}(X) * w + {MEAN_OF_NUMBERS}(Y) * b"
    more_w, more_b = (f" + {MEAN_OF_NUMBERS}({name})" if has_noise else "" for name in ("X", "Y"))
    tilted = f" + ({added})" if has_noise else ""
    if _may_be_minus_zero(objective.lines.value):
        tilted += " + 0.0  # of the two zeros the plain one"
    held_out = added.replace("(X)", "(X_VALIDATION)").replace("(Y)", "(Y_VALIDATION)")
    return {
        "f": _function("def f(w, b):  # the function of w and b", [f"return {value}"]),
        "error": _function("def error(w, b):", [f"return f(w, b){tilted}"]),
        "grad_w": _function("def grad_w(w, b):", [f"return {dw}"]),
        "grad_b": _function("def grad_b(w, b):", [f"return {db}"]),
        "gradient": _function(
            "def gradient(w, b):", [_GRADIENT_DOC, f"return grad_w(w, b){more_w}, grad_b(w, b){more_b}"]
        ),
        "curvature": _FUNCTION_CURVATURE.format(*second),
        MEAN_OF_NUMBERS: _MEAN,
        "validation_error": _function(
            "def validation_error(w, b):", [_VALIDATION_DOC, f"return f(w, b) + ({held_out})"]
        ),
    }


class _NeuronFunctions:
    def __init__(self, objective: NeuronObjective, dimension: int, points: int) -> None:
        self._objective, self._points, self._several = objective, points, dimension > 1
        self._program, self._shares = objective.program, objective.shares(1, 1)

    # ------------------------------------------------------------------------------------ over lists

    def output(self) -> str:
        output = self._program.by_target["f"]
        lines = [*_Z_OF_LISTS] if self._several else []
        output = output if self._several else substituted(output, {"z": _Z})
        head = f"def f(w, b, x):  # {_NEURONS[self._objective.activation]} with parameters w, b"
        return _function(head, [*lines, f"return {source_of(output, SCRIPT)}"])

    def loss(self, name: str, x: str, y: str, *doc: str) -> str:
        before, term = self._inlined(TERM)
        lines = [
            *doc,
            "err = 0.0",
            f"for x, y in zip({x}, {y}):",
            *indented([*before, f"err += {_written(term)}"]),
            f"return {self._whole_loss('err', y)}",
        ]
        return _function(f"def {name}(w, b):", lines)

    def slope(self, parameter: str) -> str:
        """Return the function for the slope of the loss in w or b at one point."""
        before, slope = self._inlined(SLOPE)
        if parameter == "w":
            slope = Binary("*", slope, Name("x_j" if self._several else "x"))
        right = _written(slope)
        right = f"[{right} for x_j in x]" if self._several and parameter == "w" else right
        return _function(f"def grad_{parameter}(w, b, x, y):", [*before, f"return {right}"])

    def gradient(self) -> str:
        slope = "grad_w(w, b, x, y)"
        lines = [
            _GRADIENT_DOC,
            f"dw, db = {'[0.0] * len(w)' if self._several else '0.0'}, 0.0",
            "for x, y in zip(X, Y):",
            f"    dw = [total + slope for total, slope in zip(dw, {slope})]"
            if self._several
            else f"    dw += {slope}",
            "    db += grad_b(w, b, x, y)",
            *self._lines_after_sums(repr(self._objective.l2)),
            "return dw, db",
        ]
        return _function("def gradient(w, b):", lines)

    def curvature(self, bend: str) -> str:
        """Return the function for the curvature over lists of points; ``bend`` names the term of a point."""
        right = self._program.by_target[bend]
        lines = [
            _CURVATURE_DOCS[bend],
            f"n = {self._parameters}",
            "H = [[0.0] * n for _ in range(n)]",
            "for x, y in zip(X, Y):",
            *indented([*self._lines_before(right), f"bend = {_written(right)}"]),
            f"    inputs = {'[*x, 1.0]' if self._several else '[x, 1.0]'}",
            "    for i in range(n):",
            "        for j in range(i + 1):",
            "            H[i][j] += bend * inputs[i] * inputs[j]",
            *self._lines_after_curvature(),
        ]
        return _function(f"def {_CURVATURE_NAMES[bend]}(w, b, X, Y):", lines)

    # ----------------------------------------------------------------------------------- over arrays

    def array_output(self) -> str:
        right = _on_arrays(self._program.by_target["f"])
        lines = ['"""The neuron, for all points at once."""', *self._z_of_arrays, f"return {right}"]
        return _function("def array_f(w, b, X):", lines)

    def array_loss(self) -> str:
        term = self._program.by_target[TERM]
        loss = self._whole_loss(f"float(np.sum({_on_arrays(term)}))", "Y")
        lines = [
            '"""The loss, over many points at once."""',
            *self._lines_before(term, arrays=True),
            f"return {loss}",
        ]
        return _function("def array_loss(w, b, X, Y):", lines)

    def array_gradient(self) -> str:
        slope = self._program.by_target[SLOPE]
        sums = (
            [
                "# In a copy the numbers of one input are adjacent; NumPy would add others in another order.",
                "columns = X.T.copy()",
                "dw, db = [float(np.dot(slope, column)) for column in columns], float(np.sum(slope))",
            ]
            if self._several
            else ["dw, db = float(np.dot(slope, X)), float(np.sum(slope))"]
        )
        penalty = repr(self._objective.l2)
        if self._objective.is_penalty_shared:  # an update over some of the points sees a share of it
            penalty += f" if len(Y) == {self._points} else {penalty} * len(Y) / {self._points}"
        lines = [
            '"""The slope of the loss in w and in b, over many points at once."""',
            *self._lines_before(slope, arrays=True),
            f"slope = {_on_arrays(slope)}",
            *sums,
            *self._lines_after_sums(penalty),
            "return dw, db",
        ]
        return _function("def array_gradient(w, b, X, Y):", lines)

    def array_curvature(self, bend: str) -> str:
        """Return the function for the curvature over arrays; ``bend`` names the term of a point."""
        right = self._program.by_target[bend]
        lines = [
            _CURVATURE_DOCS[bend],
            f"inputs, n = {'[*X.T.copy()]' if self._several else '[X]'}, {self._parameters}",
            *self._lines_before(right, arrays=True),
            f"bend = np.ascontiguousarray(np.broadcast_to({_on_arrays(right)}, Y.shape))",
            "H = [[0.0] * n for _ in range(n)]",
            "for i in range(n - 1):",
            "    for j in range(i + 1):",
            "        H[i][j] = float(np.dot(bend, inputs[i] * inputs[j]))",
            "    H[n - 1][i] = float(np.dot(bend, inputs[i]))",
            "H[n - 1][n - 1] = float(np.sum(bend))",
            *self._lines_after_curvature(),
        ]
        return _function(f"def array_{_CURVATURE_NAMES[bend]}(w, b, X, Y):", lines)

    # --------------------------------------------------------------------------------- shared parts

    def _lines_before(self, node: Node, *, arrays: bool = False) -> list[str]:
        """Return the lines that compute what ``node`` depends on, for one point or for arrays of points."""
        needed = self._program.behind(node)
        formulas = [one for one in self._program.lines if one.target in needed and one.target != "f"]
        lines: list[str] = []
        if any("z" in names_in(one) for one in (node, *(formula.node for formula in formulas))):
            lines += self._z_of_arrays if arrays else self._z_of_lists
        if "f" in needed:
            lines.append("fx = array_f(w, b, X)" if arrays else "fx = f(w, b, x)")
        written = _on_arrays if arrays else _written
        return [*lines, *(f"{one.target} = {written(one.node)}" for one in formulas)]

    def _inlined(self, wanted: str) -> tuple[list[str], Node]:
        """Return the lines before a number of a point, and its formula, with the error inlined.

        The lecture has no line for the error. Only if the loss is not squared and the number contains the
        error more than once, the error is assigned to ``err_x`` first.
        """
        node, error = self._program.by_target[wanted], self._program.by_target["error"]
        inlined = substituted(node, {"error": error})
        before = self._lines_before(inlined)
        if self._objective.loss == "squared" or sum(one == Name("error") for one in walk(node)) <= 1:
            return before, inlined
        return [*before, f"err_x = {_written(error)}"], substituted(node, {"error": Name("err_x")})

    @property
    def _z_of_lists(self) -> list[str]:
        return [*_Z_OF_LISTS] if self._several else [f"z = {source_of(_Z, SCRIPT)}"]

    @property
    def _z_of_arrays(self) -> list[str]:
        if not self._several:
            return ["z = w * X + b"]
        return ["z = 0.0", "for j in range(len(w)):", "    z = z + w[j] * X[:, j]", "z = z + b"]

    @property
    def _parameters(self) -> str:
        return "len(w) + 1" if self._several else "2"

    def _whole_loss(self, total: str, y: str) -> str:
        """Return the source of the loss, given that of a sum over points."""
        loss = (
            f"0.5 * {total}" if self._shares.half else f"{total} / len({y})" if self._shares.mean else total
        )
        squares = "sum(w_j * w_j for w_j in w)" if self._several else "(w * w)"
        return f"{loss} + 0.5 * {self._objective.l2!r} * {squares}" if self._objective.l2 else loss

    def _lines_after_sums(self, penalty: str) -> Iterator[str]:
        """Yield the lines that turn sums over points into the gradient; ``penalty`` is a source."""
        if self._shares.mean and self._several:
            yield from ("dw = [slope / len(Y) for slope in dw]", "db /= len(Y)")
        elif self._shares.mean:
            yield "dw, db = dw / len(Y), db / len(Y)"
        if self._objective.l2:
            yield f"penalty = {penalty}"
            weights = "dw = [slope + penalty * weight for slope, weight in zip(dw, w)]"
            yield weights if self._several else "dw += penalty * w"

    def _lines_after_curvature(self) -> Iterator[str]:
        """Yield the lines that turn sums over points, up to the diagonal of H, into the curvature."""
        if self._shares.mean:
            yield "H = [[number / len(Y) for number in row] for row in H]"
        if self._objective.l2:
            yield from ("for i in range(n - 1):", f"    H[i][i] += {self._objective.l2!r}")
        yield from ("for i in range(n):", "    for j in range(i):", "        H[j][i] = H[i][j]", "return H")


def _function(head: str, lines: Iterable[str]) -> str:
    return "\n".join([head, *indented(lines)])


def _may_be_minus_zero(node: Node) -> bool:
    """Return whether a value may be -0.0, which the engine turns into 0.0."""
    match node:
        case Name() | Number() | Call("abs" | "exp" | "log"):
            return False
        case Binary("+", left, right):
            return _may_be_minus_zero(left) and _may_be_minus_zero(right)
        case Binary("-", left, _):
            return _may_be_minus_zero(left)
        case Binary("*", Number(factor), other) | Binary("/", other, Number(factor)) if factor > 0.0:
            return _may_be_minus_zero(other)
        case Binary("**", _, Number(exponent)):
            return exponent % 2 != 0
    return True


def _written(node: Node) -> str:
    return source_of(node, SCRIPT, lambda name: "fx" if name == "f" else name)


def _on_arrays(node: Node) -> str:
    return source_of(node, _ON_ARRAYS, lambda name: {"f": "fx", "y": "Y"}.get(name, name))


_Z_OF_LISTS = ("z = 0.0", "for w_j, x_j in zip(w, x):", "    z += w_j * x_j", "z += b")
_GRADIENT_DOC = '"""The slope of the loss in w and in b, over all points."""'
_CURVATURE_NAMES = {BEND: "curvature", FLAT_BEND: "flat_curvature"}
_CURVATURE_DOCS = {
    BEND: '"""The curvature H of the loss: its second derivatives, row by row."""',
    FLAT_BEND: '"""The curvature G that the loss would have if no output were curved (Gauss-Newton)."""',
}

_ARRAY_ERROR = '''\
def error(w, b):
    """The loss over all points."""
    return array_loss(w, b, X_all, Y_all)'''

_ARRAY_ALL_GRADIENT = f"""\
def gradient(w, b):
    {_GRADIENT_DOC}
    return array_gradient(w, b, X_all, Y_all)"""

_ARRAY_VALIDATION_ERROR = """\
def validation_error(w, b):
    {}
    return array_loss(w, b, X_VALIDATION, Y_VALIDATION)"""

_MEAN = '''\
def mean(numbers):
    """The mean of some numbers."""
    total = 0.0
    for number in numbers:
        total += number
    return total / len(numbers)'''

_FUNCTION_CURVATURE = '''\
def curvature(w, b, X, Y):
    """The curvature H of the function: its second derivatives, row by row."""
    ww, wb, bb = {}, {}, {}
    return [[ww, wb], [wb, bb]]'''
