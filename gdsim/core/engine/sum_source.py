"""The source of sums over points: the loss and its gradient, in plain floats.

A sum over few points is unrolled, a sum over more points loops over a list, and one over very many points is
left to NumPy.
"""

import linecache
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gdsim.core.engine.loop_shape import Sum, loop_variable
from gdsim.core.formulas.algebra import terms_of_sum
from gdsim.core.formulas.code_printing import GUARDED, LOOP, PythonPrinter, source_of
from gdsim.core.formulas.evaluate import ARRAY_FUNCTIONS, FLOAT_FUNCTIONS, GUARDED_FUNCTIONS, RAISED
from gdsim.core.formulas.printing import Piece, filled_template, template
from gdsim.core.formulas.symbols import ATOM, SUM
from gdsim.core.formulas.syntax import Call, Formula, Name, Node, walk
from gdsim.core.model.neuron import parameter_names
from gdsim.core.model.objective import (
    BEND,
    FLAT_BEND,
    SLOPE,
    TERM,
    FunctionObjective,
    NeuronObjective,
    Objective,
)


@lru_cache(maxsize=128)
def compiled_sum(dimension: int, sum_: Sum, printer: PythonPrinter = LOOP) -> Callable[..., tuple[Any, ...]]:
    """Compile ``evaluate(points, exp, *p)``, which returns the loss and its gradient over some points.

    The parameters p are floats or arrays, depending on the printer. With the printer `GUARDED` results are
    infinite or NaN where the plain function raises, following IEEE 754.
    """
    names = parameter_names(dimension)
    gradient = [loop_variable("g", q) for q in names]
    lines = [
        *unpacking_lines(sum_, dimension, "points"),
        *sum_lines(sum_, names, gradient, "points", loss=True, printer=printer),
    ]
    head = f"def evaluate(points, exp, {', '.join(names)}):"
    text = [head, *indented(lines), f"    return loss, {', '.join(gradient)}"]
    return compiled("\n".join(text), "<loss and gradient>", "evaluate", guarded=printer is GUARDED)


@lru_cache(maxsize=64)
def compiled_curvature(
    dimension: int, objective: Objective, *, without_outputs: bool = False, printer: PythonPrinter = LOOP
) -> Callable[..., tuple[Any, ...]]:
    """Compile ``curvature(points, exp, *p)``: the lower triangle of the second derivatives, row by row.

    The parameters p are floats or arrays, depending on the printer. ``without_outputs`` leaves out the terms
    with the curvature of the outputs; a function of w and b has no outputs.
    """
    names = parameter_names(dimension)
    if isinstance(objective, FunctionObjective):
        second = [source_of(node, printer) for node in objective.lines[3:]]
        text = [f"def curvature(points, exp, w, b):\n    return {', '.join(second)}"]
    else:
        writer = _NeuronWriter(Sum(objective), objective, names, "points", printer)
        lines = writer.curvature(FLAT_BEND if without_outputs else BEND)
        text = [f"def curvature(points, exp, {', '.join(names)}):", *indented(lines)]
    return compiled("\n".join(text), "<curvature>", "curvature", guarded=printer is GUARDED)


def compiled(text: str, title: str, name: str, *, guarded: bool = False) -> Callable[..., Any]:
    """Compile generated source under a file name by which tracebacks find its lines while it is in use.

    Source that is ``guarded`` calls functions in place of operations that may raise in Python.
    """
    file = f"{title} {hash(text):x}"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    scope: dict[str, Any] = {
        "raised": () if guarded else RAISED,
        "len": len,
        **ARRAY_FUNCTIONS,
        **(GUARDED_FUNCTIONS if guarded else FLOAT_FUNCTIONS),
    }
    exec(compile(text, file, "exec"), scope)  # noqa: S102 - our own text, of names that the language allows
    function: Callable[..., Any] = scope.pop(name)
    weakref.finalize(function, linecache.cache.pop, file, None)
    return function


def indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"    {line}" if line else "" for line in lines)


def sum_lines(
    sum_: Sum,
    place: Sequence[str],
    gradient: Sequence[str],
    points: str,
    *,
    loss: bool,
    printer: PythonPrinter = LOOP,
) -> Iterator[str]:
    """Yield the lines of the sums over points: of the gradient, if it is given names, and of the loss.

    ``place`` holds the names of the parameters. The points of an unrolled sum have been unpacked before;
    those of a loop are a list of (x1, .., xd, y); those of a sum by NumPy are a function of the parameters.
    """
    if sum_.by_numpy:
        # A loss that was not requested must not overwrite one that was.
        yield f"{', '.join(('loss' if loss else '_', *gradient))} = {points}({', '.join(place)})"
    elif isinstance(sum_.objective, FunctionObjective):
        yield from _FunctionWriter(sum_, sum_.objective, place, points, printer).lines(gradient, loss=loss)
    else:
        writer = _NeuronWriter(sum_, sum_.objective, place, points, printer)
        yield from (writer.unrolled if sum_.unrolled else writer.looped)(gradient, loss=loss)


def unpacking_lines(sum_: Sum, dimension: int, points: str) -> list[str]:
    """Return the line that unpacks the points into variables, if the sum is unrolled; else no lines."""
    if not sum_.unrolled:
        return []
    numbers = [name for i in _suffixes(sum_, points) for name in (*_inputs(dimension, i), f"y{i}")]
    return [f"{', '.join(numbers)} = {points}"]


def _suffixes(sum_: Sum, points: str) -> list[str]:
    """Return the suffix of each point's variables; those of a batch differ from those of all points."""
    return [f"{'b' if points == 'batch' else ''}{index}" for index in range(sum_.unrolled)]


def _inputs(dimension: int, point: str = "") -> list[str]:
    return [f"x{point}"] if dimension == 1 else [f"x{point}_{index}" for index in range(dimension)]


@dataclass(frozen=True)
class _NeuronWriter:
    sum_: Sum
    objective: NeuronObjective
    place: Sequence[str]  # The names of the parameters
    points: str
    printer: PythonPrinter

    def unrolled(self, gradient: Sequence[str], *, loss: bool) -> Iterator[str]:
        numbers, count = _suffixes(self.sum_, self.points), self.sum_.unrolled
        share = self.objective.shares(count, self.sum_.total or count)
        penalty = repr(share.l2) if share.l2 else ""
        for point in numbers:
            yield from self._point_lines(point, with_slope=bool(gradient), with_term=loss)
        for index, name in enumerate(gradient[:-1]):
            terms = [f"slope{i} * {self._inputs(i)[index]}" for i in numbers]
            yield f"{name} = {self._mean(terms)}{f' + {penalty} * {self.place[index]}' if penalty else ''}"
        if gradient:
            yield f"{gradient[-1]} = {self._mean([f'slope{i}' for i in numbers])}"
        if loss:
            yield f"loss = {self._loss([self._term(point) for point in numbers], penalty)}"

    def looped(self, gradient: Sequence[str], *, loss: bool) -> Iterator[str]:
        weights, inputs = self.place[:-1], self._inputs()
        share = self.objective.shares(1, 1)
        penalty = repr(share.l2) if share.l2 else ""
        yield f"{' = '.join([*gradient, *(['total'] if loss else [])])} = 0.0"
        yield f"for {', '.join(inputs)}, y in {self.points}:"
        yield from indented(self._point_lines("", with_slope=bool(gradient), with_term=loss))
        if gradient:
            yield from (f"    {name} += slope * {x}" for name, x in zip(gradient[:-1], inputs, strict=True))
            yield f"    {gradient[-1]} += slope"
        if loss:
            yield f"    total += {self._term('')}"
        if share.mean:
            yield from (f"{name} /= len({self.points})" for name in gradient)
        if self.sum_.total:
            yield f"n, all_points = len({self.points}), {self.sum_.total}"
            yield f"penalty = {penalty} if n == all_points else {penalty} * n / all_points"
            penalty = "penalty"
        if penalty:
            yield from (f"{name} += {penalty} * {w}" for name, w in zip(gradient[:-1], weights, strict=False))
        if loss:
            yield f"loss = {self._loss(['total'], penalty)}"

    def curvature(self, bend: str) -> Iterator[str]:
        """Yield the lines that return the second derivatives; ``bend`` names that of a point's loss by z."""
        inputs = self._inputs()
        pairs = [(i, j) for i in range(len(self.place)) for j in range(i + 1)]
        share, program = self.objective.shares(1, 1), self.objective.program
        yield f"{' = '.join(f'h{i}_{j}' for i, j in pairs)} = 0.0"
        yield f"for {', '.join(inputs)}, y in {self.points}:"
        yield f"    z = {self._activation('').text}"
        needed = program.depends(bend)
        yield from (
            f"    {one.target} = {source_of(one.node, self.printer)}"
            for one in program.lines
            if one.target in needed
        )
        for i, j in pairs:
            factors = (inputs[k] for k in (i, j) if k < len(inputs))  # the factor of the bias is 1
            yield f"    h{i}_{j} += {' * '.join((bend, *factors))}"
        if share.mean:
            yield from (f"h{i}_{j} /= len({self.points})" for i, j in pairs)
        if share.l2:
            yield from (f"h{i}_{i} += {share.l2!r}" for i in range(len(inputs)))
        yield f"return {', '.join(f'h{i}_{j}' for i, j in pairs)}"

    def _mean(self, terms: Sequence[str]) -> str:
        """Return the sum of the terms, or their mean where the loss is a mean."""
        total = " + ".join(terms)
        count = repr(float(self.sum_.unrolled)) if self.sum_.unrolled else f"len({self.points})"
        return f"({total}) / {count}" if self.objective.shares(1, 1).mean else total

    def _loss(self, terms: Sequence[str], penalty: str) -> str:
        total = f"0.5 * ({' + '.join(terms)})" if self.objective.shares(1, 1).half else self._mean(terms)
        squares = " + ".join(f"{w} * {w}" for w in self.place[:-1])
        return f"{total} + 0.5 * {penalty} * ({squares})" if penalty else total

    def _point_lines(self, point: str, *, with_slope: bool, with_term: bool) -> Iterator[str]:
        """Yield the lines for one point, apart from its loss term, which is `_term`."""
        if _needs_z_line(self.objective):
            yield f"z{point} = {self._activation(point).text}"
        for line in _needed_lines(self.objective, with_slope=with_slope, with_term=with_term):
            yield f"{line.target}{point} = {self._written(line.node, point)}"

    def _term(self, point: str) -> str:
        node = self.objective.program.by_target[TERM]
        text = self._written(node, point)
        # Parentheses keep a point's own terms together, and end a conditional expression with the point.
        is_joined = len(terms_of_sum(node)) > 1 or (isinstance(node, Call) and node.function == "where")
        return f"({text})" if is_joined else text

    def _written(self, node: Node, point: str) -> str:
        known = {} if _needs_z_line(self.objective) else {"z": self._activation(point)}
        places = template(node, self.printer)
        return filled_template(places, lambda name: known.get(name, Piece(f"{name}{point}", ATOM)))

    def _activation(self, point: str) -> Piece:
        *weights, bias = self.place
        products = (f"{w} * {x}" for w, x in zip(weights, self._inputs(point), strict=True))
        return Piece(" + ".join((*products, bias)), SUM)

    def _inputs(self, point: str = "") -> list[str]:
        return _inputs(len(self.place) - 1, point)


@lru_cache(maxsize=64)
def _needed_lines(objective: NeuronObjective, *, with_slope: bool, with_term: bool) -> tuple[Formula, ...]:
    """Return the lines that compute the slope, and those that a point's loss term follows from."""
    program = objective.program
    slope = program.depends(SLOPE) if with_slope else frozenset()
    term = program.behind(program.by_target[TERM]) if with_term else frozenset()
    return tuple(line for line in program.lines if line.target in slope | term)


@lru_cache(maxsize=64)
def _needs_z_line(objective: NeuronObjective) -> bool:
    """Return whether z needs a line of its own, because it is used more than once."""
    program = objective.program
    needed = program.depends(SLOPE) | program.depends(TERM)
    nodes = [line.node for line in program.lines if line.target in needed]
    return sum(one == Name("z") for node in nodes for one in walk(node)) > 1


@dataclass(frozen=True)
class _FunctionWriter:
    """Writer of a function of w and b, to which its points, which are slopes, add their mean."""

    sum_: Sum
    objective: FunctionObjective
    place: Sequence[str]
    points: str
    printer: PythonPrinter

    def lines(self, gradient: Sequence[str], *, loss: bool) -> Iterator[str]:
        yield from self._means()
        lines, (w, b) = self.objective.lines, self.place
        for name, node, mean in zip(gradient, (lines.dw, lines.db), ("mean_x", "mean_y"), strict=False):
            yield f"{name} = ({self._written(node)}) + {mean}"
        if loss:
            # Adding 0.0 turns -0.0 into 0.0.
            yield f"loss = ({self._written(lines.value)}) + (mean_x * {w} + mean_y * {b}) + 0.0"

    def _means(self) -> Iterator[str]:
        if self.sum_.unrolled:
            for name in ("x", "y"):
                total = " + ".join(f"{name}{i}" for i in _suffixes(self.sum_, self.points))
                yield f"mean_{name} = ({total}) / {float(self.sum_.unrolled)!r}"
            return
        yield "mean_x = mean_y = 0.0"
        yield f"for x, y in {self.points}:"
        yield "    mean_x += x"
        yield "    mean_y += y"
        yield f"mean_x /= len({self.points})"
        yield f"mean_y /= len({self.points})"

    def _written(self, node: Node) -> str:
        return source_of(node, self.printer, dict(zip(("w", "b"), self.place, strict=True)).__getitem__)
