"""The functions of a script for what is made small: the neuron, its loss and its gradient, or a function."""

from collections.abc import Iterator
from typing import NamedTuple

from gdsim.core.formulas.language import Call, Name, Node, walk
from gdsim.core.formulas.printing import (
    OWN_FUNCTIONS,
    PLAIN_TEXT,
    SCRIPT,
    NumpyPrinter,
    PythonPrinter,
    code,
)
from gdsim.core.formulas.symbols import of_letter, of_name, typeset
from gdsim.core.model.objective import SLOPE, TERM, FunctionObjective, NeuronObjective


class Function(NamedTuple):
    """A function of a script, and the names of those that it calls."""

    text: str
    calls: tuple[str, ...] = ()


# The function of scripts that makes the mean of slopes.
MEAN_OF_NUMBERS = "mean"
_ON_ARRAYS = NumpyPrinter({"max": "np.maximum", "min": "np.minimum"})


def of_neuron(objective: NeuronObjective, dimension: int, points: int) -> dict[str, Function]:
    """Return the neuron, its loss and its gradient, over lists and over NumPy's arrays."""
    on_lists = _Writer(objective, dimension, points, SCRIPT)
    on_arrays = _Writer(objective, dimension, points, _ON_ARRAYS)
    called = tuple(sorted(on_lists.called))
    return {
        "f": Function(on_lists.output(), called),
        "loss": Function(on_lists.loss(), ("f", *called)),
        "gradient": Function(on_lists.gradient(), ("f", *called)),
        "array_f": Function(on_arrays.array_output()),
        "array_loss": Function(on_arrays.array_loss(), ("array_f",)),
        "array_gradient": Function(on_arrays.array_gradient(), ("array_f",)),
    }


def of_function(objective: FunctionObjective) -> dict[str, Function]:
    """Return a function of w and b and its gradient, with slopes in the place of points."""
    lines = objective.lines
    called = tuple(sorted(called_in(lines.value) | called_in(lines.dw) | called_in(lines.db)))
    value, dw, db = (code(node, SCRIPT) for node in (lines.value, lines.dw, lines.db))
    return {
        MEAN_OF_NUMBERS: Function(_MEAN),
        "loss": Function(_FUNCTION.format(value), (MEAN_OF_NUMBERS, *called)),
        "gradient": Function(_FUNCTION_GRADIENT.format(dw, db), (MEAN_OF_NUMBERS, *called)),
    }


def called_in(node: Node) -> set[str]:
    """Return the functions of a script's own that a formula calls."""
    return {one.function for one in walk(node) if isinstance(one, Call)} & set(OWN_FUNCTIONS)


class _Writer:
    """Writes the functions of a neuron."""

    def __init__(
        self, objective: NeuronObjective, dimension: int, points: int, printer: PythonPrinter
    ) -> None:
        self._objective, self._points, self._printer = objective, points, printer
        self._several = dimension > 1
        self._program, self._shares = objective.program, objective.shares(1, 1)

    @property
    def called(self) -> set[str]:
        """The functions of a script's own that the lines call."""
        return set().union(*(called_in(line.node) for line in self._program.lines))

    # ------------------------------------------------------------------------------------ over lists

    def output(self) -> str:
        """Return the neuron."""
        formula = typeset(PLAIN_TEXT.letters(self._program.by_target["f"], {"z": of_letter("z")}))
        words = _OF_NEURON.get(self._objective.activation, f"f(x) = {formula}, where z = w·x + b")
        return "\n".join(
            [
                "def f(w, b, x):",
                f'    """The neuron: {words}."""',
                *_indented(self._activation()),
                f"    return {self._written(self._program.by_target['f'])}",
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
                *_indented(self._point(TERM), 2),
                f"        total += {self._written(self._program.by_target[TERM])}",
                *_indented(self._share_of_penalty()),
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
                *_indented([*self._point(SLOPE), f"slope = {self._slope()}", *add, "db += slope"], 2),
                *_indented(self._after()),
                "    return dw, db",
            ]
        )

    # ----------------------------------------------------------------------------------- over arrays

    def array_output(self) -> str:
        """Return the neuron, for all points at once."""
        return "\n".join(
            [
                "def array_f(w, b, X):",
                '    """The neuron, for all points at once."""',
                *_indented(self._array_activation()),
                f"    return {self._written(self._program.by_target['f'])}",
            ]
        )

    def array_loss(self) -> str:
        """Return the loss over arrays."""
        total = f"float(np.sum({self._written(self._program.by_target[TERM])}))"
        return "\n".join(
            [
                "def array_loss(w, b, X, Y):",
                *_indented(self._loss_doc("a sum over the points, of which there are many")),
                *_indented(self._point(TERM)),
                *_indented(self._share_of_penalty()),
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
                *_indented([*self._point(SLOPE), f"slope = {self._slope()}", *sums, *self._after()]),
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

    def _point(self, wanted: str) -> Iterator[str]:
        """Yield the lines before the slope of a point's loss, or before that loss itself."""
        program = self._program
        needed = program.behind(program.by_target[wanted])
        if "z" in needed and _names_z(program.by_target[wanted]):
            yield from self._array_activation() if self._is_array else self._activation()
        if "f" in needed:
            yield "fx = array_f(w, b, X)" if self._is_array else "fx = f(w, b, x)"
        for line in program.lines:
            if line.target in needed and line.target != "f":
                yield f"{line.target} = {self._written(line.node)}"

    def _slope(self) -> str:
        return self._written(self._program.by_target[SLOPE])

    def _written(self, node: Node) -> str:
        known = {"f": "fx"} | ({"y": "Y"} if self._is_array else {})
        return code(node, self._printer, lambda name: known.get(name, name))

    def _share_of_penalty(self) -> Iterator[str]:
        if not self._objective.l2:
            return
        l2 = self._objective.l2
        if self._objective.is_penalty_shared:
            yield f"penalty = {l2!r} if len(Y) == {self._points} else {l2!r} * len(Y) / {self._points}"
        else:
            yield f"penalty = {l2!r}"

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
        term = typeset(PLAIN_TEXT.letters(self._program.by_target[TERM], letters))
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


# The lecture's own words.
_OF_NEURON = {"sigmoid": "f(x) = 1 / (1 + e^-(w·x + b))"}


def _names_z(node: Node) -> bool:
    return any(one == Name("z") for one in walk(node))


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
