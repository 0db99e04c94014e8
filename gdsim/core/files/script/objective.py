"""The functions of a script for what is made small: the neuron, its loss and its gradient, or a function."""

from collections.abc import Iterator

from gdsim.core.files.script.guards import everywhere, where_it_vanishes
from gdsim.core.formulas.language import Node, names_in
from gdsim.core.formulas.printing import (
    PLAIN_TEXT,
    SCRIPT,
    NumpyPrinter,
    PythonPrinter,
    code,
)
from gdsim.core.formulas.symbols import of_letter, of_name
from gdsim.core.model.objective import BEND, FLAT_BEND, SLOPE, TERM, FunctionObjective, NeuronObjective

# The function of scripts that makes the mean of slopes.
MEAN_OF_NUMBERS = "mean"
_ON_ARRAYS = NumpyPrinter({"max": "np.maximum", "min": "np.minimum"})


def of_neuron(objective: NeuronObjective, dimension: int, points: int) -> dict[str, str]:
    """Return the neuron, its loss, its gradient and its curvature, over lists and over NumPy's arrays."""
    on_lists = _Writer(objective, dimension, points, SCRIPT)
    on_arrays = _Writer(objective, dimension, points, _ON_ARRAYS)
    return {
        "f": on_lists.output(),
        "loss": on_lists.loss(),
        "gradient": on_lists.gradient(),
        "curvature": on_lists.curvature(),
        "flat_curvature": on_lists.curvature(flat=True),
        "array_f": on_arrays.array_output(),
        "array_loss": on_arrays.array_loss(),
        "array_gradient": on_arrays.array_gradient(),
        "array_curvature": on_arrays.array_curvature(),
        "array_flat_curvature": on_arrays.array_curvature(flat=True),
    }


def of_function(objective: FunctionObjective, *, guarded: bool = False) -> dict[str, str]:
    """Return a function of w and b, its gradient and its curvature, with slopes in the place of points.

    One that is ``guarded`` is infinite or no number where Python refuses: a search goes on from there.
    """
    lines = map(everywhere if guarded else where_it_vanishes, objective.lines)
    value, dw, db, *second = (code(node, SCRIPT) for node in lines)
    return {
        MEAN_OF_NUMBERS: _MEAN,
        "loss": _FUNCTION.format(value),
        "gradient": _FUNCTION_GRADIENT.format(dw, db),
        "curvature": _FUNCTION_CURVATURE.format(*second),
    }


class _Writer:
    """Writes the functions of a neuron."""

    def __init__(
        self, objective: NeuronObjective, dimension: int, points: int, printer: PythonPrinter
    ) -> None:
        self._objective, self._points, self._printer = objective, points, printer
        self._several = dimension > 1
        self._program, self._shares = objective.program, objective.shares(1, 1)

    # ------------------------------------------------------------------------------------ over lists

    def output(self) -> str:
        """Return the function ``f`` of a script: the output of the neuron."""
        formula = PLAIN_TEXT.letters(self._program.by_target["f"], {"z": of_letter("z")})
        words = _OF_NEURON.get(self._objective.activation, f"f(x) = {formula}, where z = w·x + b")
        return "\n".join(
            [
                "def f(w, b, x):",
                f'    """The neuron: {words}."""',
                *_indented(self._activation()),
                f"    return {self._right('f')}",
            ]
        )

    def loss(self) -> str:
        """Return the loss over a list of points."""
        return "\n".join(
            [
                "def loss(w, b, X, Y):",
                *_indented(self._loss_doc("a sum over the points")),
                "    total = 0.0",
                "    for x, y in zip(X, Y):",
                *_indented(self._before(TERM), 2),
                f"        total += {self._right(TERM)}",
                *_indented(self._penalty()),
                f"    return {self._whole_loss('total')}",
            ]
        )

    def gradient(self) -> str:
        """Return the gradient over a list of points."""
        zeros = "[0.0] * len(w)" if self._several else "0.0"
        add = (
            ["for j in range(len(w)):", "    dw[j] += slope * x[j]"] if self._several else ["dw += slope * x"]
        )
        return "\n".join(
            [
                "def gradient(w, b, X, Y):",
                *_indented(self._gradient_doc()),
                f"    dw, db = {zeros}, 0.0",
                "    for x, y in zip(X, Y):",
                *_indented([*self._before(SLOPE), f"slope = {self._right(SLOPE)}", *add, "db += slope"], 2),
                *_indented(self._after()),
                "    return dw, db",
            ]
        )

    def curvature(self, *, flat: bool = False) -> str:
        """Return the second derivatives over a list of points; ``flat`` as if no output were curved."""
        inputs, bend = "[*x, 1.0]" if self._several else "[x, 1.0]", FLAT_BEND if flat else BEND
        return "\n".join(
            [
                f"def {'flat_' * flat}curvature(w, b, X, Y):",
                f'    """{_CURVATURE_OF_FLAT if flat else _CURVATURE}"""',
                f"    n = {self._parameters}",
                "    H = [[0.0] * n for _ in range(n)]",
                "    for x, y in zip(X, Y):",
                *_indented([*self._before(bend), f"bend = {self._right(bend)}"], 2),
                f"        inputs = {inputs}",
                "        for i in range(n):",
                "            for j in range(i + 1):",
                "                H[i][j] += bend * inputs[i] * inputs[j]",
                *_indented(self._after_curvature()),
                "    return H",
            ]
        )

    # ----------------------------------------------------------------------------------- over arrays

    def array_curvature(self, *, flat: bool = False) -> str:
        """Return the second derivatives over arrays."""
        inputs = "[*X.T.copy()]" if self._several else "[X]"
        bend = FLAT_BEND if flat else BEND
        return "\n".join(
            [
                f"def array_{'flat_' * flat}curvature(w, b, X, Y):",
                f'    """{_CURVATURE_OF_FLAT if flat else _CURVATURE}"""',
                f"    inputs, n = {inputs}, {self._parameters}",
                *_indented(self._before(bend)),
                f"    bend = np.ascontiguousarray(np.broadcast_to({self._right(bend)}, Y.shape))",
                "    H = [[0.0] * n for _ in range(n)]",
                "    for i in range(n - 1):",
                "        for j in range(i + 1):",
                "            H[i][j] = float(np.dot(bend, inputs[i] * inputs[j]))",
                "        H[n - 1][i] = float(np.dot(bend, inputs[i]))",
                "    H[n - 1][n - 1] = float(np.sum(bend))",
                *_indented(self._after_curvature()),
                "    return H",
            ]
        )

    def array_output(self) -> str:
        """Return the neuron, for all points at once."""
        return "\n".join(
            [
                "def array_f(w, b, X):",
                '    """The neuron, for all points at once."""',
                *_indented(self._array_activation()),
                f"    return {self._right('f')}",
            ]
        )

    def array_loss(self) -> str:
        """Return the loss over arrays."""
        total = f"float(np.sum({self._right(TERM)}))"
        return "\n".join(
            [
                "def array_loss(w, b, X, Y):",
                *_indented(self._loss_doc("a sum over the points, of which there are many")),
                *_indented(self._before(TERM)),
                *_indented(self._penalty()),
                f"    return {self._whole_loss(total)}",
            ]
        )

    def array_gradient(self) -> str:
        """Return the gradient over arrays."""
        sums = (
            [
                "# A copy has the numbers of one input side by side; others NumPy adds in another order.",
                "columns = X.T.copy()",
                "dw, db = [float(np.dot(slope, column)) for column in columns], float(np.sum(slope))",
            ]
            if self._several
            else ["dw, db = float(np.dot(slope, X)), float(np.sum(slope))"]
        )
        return "\n".join(
            [
                "def array_gradient(w, b, X, Y):",
                '    """The slope of the loss in w and in b, over many points at once."""',
                *_indented([*self._before(SLOPE), f"slope = {self._right(SLOPE)}", *sums, *self._after()]),
                "    return dw, db",
            ]
        )

    # ---------------------------------------------------------------------------------- their parts

    @property
    def _is_array(self) -> bool:
        return self._printer is _ON_ARRAYS

    def _activation(self) -> list[str]:
        if not self._several:
            return ["z = w * x + b"]
        return ["z = 0.0", "for j in range(len(w)):", "    z += w[j] * x[j]", "z += b"]

    def _array_activation(self) -> list[str]:
        if not self._several:
            return ["z = w * X + b"]
        return ["z = 0.0", "for j in range(len(w)):", "    z = z + w[j] * X[:, j]", "z = z + b"]

    @property
    def _parameters(self) -> str:
        return "len(w) + 1" if self._several else "2"

    def _after_curvature(self) -> Iterator[str]:
        """Yield what makes the curvature of sums over points, up to the diagonal."""
        if self._shares.mean:
            yield "H = [[number / len(Y) for number in row] for row in H]"
        if self._objective.l2:
            yield from (*self._share_of_penalty(), "for i in range(n - 1):", "    H[i][i] += penalty")
        yield from ("for i in range(n):", "    for j in range(i):", "        H[j][i] = H[i][j]")

    def _before(self, wanted: str) -> Iterator[str]:
        """Yield the lines before a number of a point."""
        needed = self._program.depends(wanted)
        lines = [line for line in self._program.lines if line.target in needed and line.target != "f"]
        if any("z" in names_in(line.node) for line in lines):
            yield from self._array_activation() if self._is_array else self._activation()
        if "f" in needed:
            yield "fx = array_f(w, b, X)" if self._is_array else "fx = f(w, b, x)"
        for line in lines:
            if line.target != wanted:
                yield f"{line.target} = {self._written(line.node)}"

    def _right(self, target: str) -> str:
        return self._written(self._program.by_target[target])

    def _written(self, node: Node) -> str:
        known = {"f": "fx"} | ({"y": "Y"} if self._is_array else {})
        return code(node, self._printer, lambda name: known.get(name, name))

    def _penalty(self) -> Iterator[str]:
        if self._objective.l2:
            yield f"penalty = {self._objective.l2!r}"

    def _share_of_penalty(self) -> Iterator[str]:
        """Yield what an update over some of the points sees of the penalty; a loss has all of it."""
        l2 = self._objective.l2
        if self._objective.is_penalty_shared:
            yield f"penalty = {l2!r} if len(Y) == {self._points} else {l2!r} * len(Y) / {self._points}"
        else:
            yield from self._penalty()

    def _whole_loss(self, total: str) -> str:
        loss = f"0.5 * {total}" if self._shares.half else f"{total} / len(Y)" if self._shares.mean else total
        if not self._objective.l2:
            return loss
        squares = "sum(weight * weight for weight in w)" if self._several else "(w * w)"
        return f"{loss} + 0.5 * penalty * {squares}"

    def _after(self) -> Iterator[str]:
        """Yield what makes the gradient of sums over points."""
        if self._shares.mean:
            yield from (
                ["dw = [slope / len(Y) for slope in dw]", "db /= len(Y)"]
                if self._several
                else ["dw, db = dw / len(Y), db / len(Y)"]
            )
        if self._objective.l2:
            yield from self._share_of_penalty()
            yield (
                "dw = [slope + penalty * weight for slope, weight in zip(dw, w)]"
                if self._several
                else "dw += penalty * w"
            )

    def _loss_doc(self, words: str) -> list[str]:
        if self._objective.is_lecture:
            return [f'"""L(w, b) = ½ Σᵢ (f(xᵢ) - yᵢ)², {words}."""']
        letters = {name: of_name(name).below("i") for name in ("f", "y", "z", "q")}
        letters["error"] = of_letter("e").below("i")
        term = PLAIN_TEXT.letters(self._program.by_target[TERM], letters)
        share = "½ " if self._shares.half else "1/n " if self._shares.mean else ""
        error = ["", "Here eᵢ = f(xᵢ) - yᵢ."] if "eᵢ" in term else []
        penalty = " + ½ λ Σ w²" if self._objective.l2 else ""
        return [
            f'"""The loss, {words}.',
            "",
            f"L(w, b) = {share}Σᵢ ({term}){penalty}",
            *error,
            '"""',
        ]

    def _gradient_doc(self) -> list[str]:
        if not self._objective.is_lecture:
            return ['"""The slope of the loss in w and in b."""']
        return [
            '"""The slope of the loss in w and in b, a sum over the points.',
            "",
            "∇w = Σᵢ (fᵢ - yᵢ)·fᵢ·(1 - fᵢ)·xᵢ",
            "∇b = Σᵢ (fᵢ - yᵢ)·fᵢ·(1 - fᵢ)",
            '"""',
        ]


_CURVATURE = "The curvature H of the loss: its second derivatives, row by row."
_CURVATURE_OF_FLAT = "The curvature G that the loss would have if no output were curved (Gauss-Newton)."
# The lecture's own words.
_OF_NEURON = {"sigmoid": "f(x) = 1 / (1 + e^-(w·x + b))"}


def _indented(lines: Iterator[str] | list[str], depth: int = 1) -> Iterator[str]:
    return (f"{'    ' * depth}{line}" if line else "" for line in lines)


_MEAN = '''\
def mean(numbers):
    """The mean of some numbers."""
    total = 0.0
    for number in numbers:
        total += number
    return total / len(numbers)'''

_FUNCTION = '''\
def loss(w, b, X, Y):
    """The function of w and b; X and Y are slopes that points add, here those of all points."""
    return ({}) + (mean(X) * w + mean(Y) * b)'''

_FUNCTION_GRADIENT = '''\
def gradient(w, b, X, Y):
    """The slope of the function in w and in b, with the mean of the slopes that points add."""
    dw = ({}) + mean(X)
    db = ({}) + mean(Y)
    return dw, db'''

_FUNCTION_CURVATURE = '''\
def curvature(w, b, X, Y):
    """The curvature H of the function: its second derivatives, row by row."""
    ww, wb, bb = {}, {}, {}
    return [[ww, wb], [wb, bb]]'''
