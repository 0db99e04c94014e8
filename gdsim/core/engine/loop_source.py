"""The source of the loop that makes a run's steps: plain floats, with a line for each line of the rule and parameter.

The text depends on the shape of a run alone, so that a loop is compiled once; its numbers are arguments.
"""

import linecache
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

import numpy as np

from gdsim.core.formulas.evaluate import FLOAT_FUNCTIONS, RAISED
from gdsim.core.formulas.language import Name, Node, Number, names_in, replaced
from gdsim.core.formulas.printing import LOOP, Piece, code, filled, template
from gdsim.core.formulas.program import is_gradient
from gdsim.core.formulas.symbols import ATOM, SUM
from gdsim.core.model.neuron import NEURON, parameter_names
from gdsim.core.rules.schedules import EPOCH, STEP, ScheduleKind
from gdsim.core.rules.update_rule import ETA, GAMMA, NEW, W_NEXT, T, UpdateRule, W

FLOAT_BYTES = 8


class Sum(NamedTuple):
    """How a sum over points is written.

    Attributes
    ----------
    unrolled : int
        So many points have lines of their own; with 0 there is a loop over them.
    by_numpy : bool
        Whether it is NumPy's, since there are many points.
    """

    unrolled: int = 0
    by_numpy: bool = False


class LoopShape(NamedTuple):
    """What the text of a loop depends on.

    Attributes
    ----------
    rule : UpdateRule
    dimension : int
        Inputs of a point.
    gradient : Sum
        Over the points of an update.
    in_batches : bool
        Whether each update may see other points than the one before it.
    loss : Sum or None
        Over all points after each update; None when the loss comes with the gradient, or is computed afterwards.
    eta, gamma : ScheduleKind or None
        Schedules that are computed in the loop.
    recorded : tuple of str
        Which of ``"eta"`` and ``"gamma"`` are recorded.
    """

    rule: UpdateRule
    dimension: int
    gradient: Sum
    in_batches: bool = False
    loss: Sum | None = None
    eta: ScheduleKind | None = None
    gamma: ScheduleKind | None = None
    recorded: tuple[str, ...] = ()

    @property
    def loss_with_gradient(self) -> bool:
        """Whether the loss before an update comes with its first gradient."""
        return not self.in_batches and self.loss is None and next(iter(self.rule.gradients.values())) == W

    @property
    def counts_epochs(self) -> bool:
        """Whether a schedule wants to know the epoch of each batch."""
        return self.in_batches and self.eta is not None and self.eta.looks_at(EPOCH)

    @property
    def row(self) -> tuple[str, ...]:
        """The names of what is recorded of an update: the loss, parameters, gradient, memory, rates."""
        names = parameter_names(self.dimension)
        state = (letter + NEW for letter in self.rule.letters)
        return (
            "_loss",
            *(_of(W_NEXT, q) for q in names),
            *(_of(name, q) for name in (self.rule.last_gradient, *state) for q in names),
            *self.recorded,
        )


Loop = Callable[..., tuple[int, Any]]


@lru_cache(maxsize=256)
def compiled_loop(shape: LoopShape) -> Loop:
    """Return the loop of a shape.

    It is called as ``loop(pack, buffer, first, end, step, eta, gamma, settings, points, state, batches, exp,
    evaluate)``: makes updates until the buffer is full from offset ``first`` to ``end``, and returns that offset.
    ``batches`` yields the points of each update, with their epoch where `LoopShape.counts_epochs`. Where a step would
    raise, it returns the offset of the row, and what the batches had yielded for it.
    """
    return compiled("\n".join(_LoopWriter(shape).text()), f"<loop of {shape.rule.letters}>", "loop")


@lru_cache(maxsize=64)
def compiled_sum(dimension: int, sum_: Sum) -> Callable[..., tuple[float, ...]]:
    """Return a function of points, parameters and exp, which gives the loss and the gradient over the points."""
    names = parameter_names(dimension)
    gradient = [_of("g", q) for q in names]
    body = [*_unpacked(sum_, dimension), *_sum_lines(sum_, names, gradient, "_loss", "_points")]
    head = f"def evaluate(_points, {', '.join(names)}, exp):"
    lines = [head, *(f"    {line}" for line in body), f"    return _loss, {', '.join(gradient)}"]
    return compiled("\n".join(lines), "<loss and gradient>", "evaluate")


def compiled(text: str, title: str, name: str) -> Callable[..., Any]:
    """Compile generated source under a name by which a traceback finds its lines."""
    file = f"{title} {hash(text):x}"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    scope: dict[str, Any] = {"raised": RAISED, "np": np, **FLOAT_FUNCTIONS}
    exec(compile(text, file, "exec"), scope)  # noqa: S102 - our own text, of names that the language allows
    function: Callable[..., Any] = scope[name]
    return function


def _renamed(known: Mapping[str, str], name: str) -> str:
    return known.get(name, name)


def _of(name: str, parameter: str) -> str:
    """Return what a name of the rule is called for a parameter."""
    return parameter if name in (W, W_NEXT) else f"{name}__{parameter}"


# ---------------------------------------------------------------------------------- sums over points


def _inputs(dimension: int, point: str) -> list[str]:
    return [f"_x{point}"] if dimension == 1 else [f"_x{point}_{place}" for place in range(dimension)]


def _unpacked(sum_: Sum, dimension: int, source: str = "_points") -> list[str]:
    """Return the line that gives each point's numbers a name, where points have lines of their own."""
    if not sum_.unrolled:
        return []
    numbers = [name for i in range(sum_.unrolled) for name in (*_inputs(dimension, str(i)), f"_y{i}")]
    return [f"{', '.join(numbers)}, = {source}"]


def _sum_lines(
    sum_: Sum, place: Sequence[str], gradient: Sequence[str], loss: str, source: str
) -> Iterator[str]:
    """Yield the lines of a sum: of the gradient, unless it has no names, and of the loss, unless it has none."""
    if sum_.by_numpy:
        batch = f"{source}, " if source != "_points" else ""
        yield f"{', '.join((loss or '_', *gradient))} = _evaluate({batch}{', '.join(place)})"
        return
    dimension = len(place) - 1
    if sum_.unrolled:
        points = [str(i) for i in range(sum_.unrolled)]
        for point in points:
            yield from _point_lines(place, point, with_slope=bool(gradient))
        for position, name in enumerate(gradient[:-1]):
            products = (f"_slope{i} * {_inputs(dimension, i)[position]}" for i in points)
            yield f"{name} = {' + '.join(products)}"
        if gradient:
            yield f"{gradient[-1]} = {' + '.join(f'_slope{i}' for i in points)}"
        if loss:
            yield f"{loss} = 0.5 * ({' + '.join(f'_error{i} * _error{i}' for i in points)})"
        return
    yield f"{' = '.join([*gradient, *(['_total'] if loss else [])])} = 0.0"
    inputs = _inputs(dimension, "")
    yield f"for {', '.join(inputs)}, _y in {source}:"
    inner = list(_point_lines(place, "", with_slope=bool(gradient)))
    inner += [f"{name} += _slope * {x}" for name, x in zip(gradient, inputs, strict=False)]
    inner += [f"{gradient[-1]} += _slope"] if gradient else []
    inner += ["_total += _error * _error"] if loss else []
    yield from (f"    {line}" for line in inner)
    if loss:
        yield f"{loss} = 0.5 * _total"


def _point_lines(place: Sequence[str], point: str, *, with_slope: bool) -> Iterator[str]:
    """Yield the lines of the neuron for one point."""
    *weights, bias = place
    products = (f"{w} * {x}" for w, x in zip(weights, _inputs(len(weights), point), strict=True))
    known = {"z": Piece(" + ".join((*products, bias)), SUM)}
    for line in NEURON.lines:
        if line.target != "slope" or with_slope:
            right = filled(
                template(line.node, LOOP), lambda name: known.get(name, Piece(f"_{name}{point}", ATOM))
            )
            yield f"_{line.target}{point} = {right}"


# ----------------------------------------------------------------------------------------- the loop


class _LoopWriter:
    """Writes the loop of a shape."""

    def __init__(self, shape: LoopShape) -> None:
        self._shape, self._rule = shape, shape.rule
        self._names = parameter_names(shape.dimension)
        self._settings = [one.name for one in shape.rule.settings if not one.is_switch]
        # What has one value for all parameters: for the whole loop, or for one update.
        self._fixed = frozenset(self._settings) - {ETA, GAMMA}
        self._fixed |= {name for name, kind in ((ETA, shape.eta), (GAMMA, shape.gamma)) if kind is None}
        self._common = set(self._fixed | {ETA, GAMMA, T})
        self._before: dict[Node, str] = {}
        self._shared: dict[Node, str] = {}
        self._renamed = self._overwritten()

    def text(self) -> Iterator[str]:
        """Yield the lines of the function."""
        shape = self._shape
        body = list(self._body())
        yield "def loop(pack, buffer, first, end, step, eta, gamma, settings, _points, state, batches, exp, _evaluate):"
        yield "    _batch = None"
        yield from (f"    {line}" for line in self._unpacking())
        yield "    try:"
        yield from (f"        {name} = {self._source(node)}" for node, name in self._before.items())
        offsets = f"range(first, end, {FLOAT_BYTES * len(shape.row)})"
        if shape.in_batches:
            yield f"        for _at, _batch in zip({offsets}, batches):"
        else:
            yield f"        for _at in {offsets}:"
        yield from (f"            {line}" for line in body)
        yield "    except raised:"
        yield "        return _at, _batch"
        yield "    return end, None"

    def _unpacking(self) -> Iterator[str]:
        shape = self._shape
        state = [_of(name, q) for name in (W, *self._rule.letters) for q in self._names]
        schedules = [
            f"_{kind.target}_{name}" for kind in (shape.eta, shape.gamma) if kind for name in kind.names
        ]
        settings = [name for name in self._settings if name not in (ETA, GAMMA)]
        yield "_at, t = first, step + 1"
        yield f"{', '.join(state)}, = state"
        if settings or schedules:
            yield f"{', '.join([*settings, *schedules])}, = settings"
        if shape.eta:
            yield "eta0 = eta"
        if shape.gamma:
            yield "gamma0 = gamma"
        if not shape.in_batches:
            yield from _unpacked(shape.gradient, shape.dimension)
        elif shape.loss:
            yield from _unpacked(shape.loss, shape.dimension)

    def _body(self) -> Iterator[str]:
        shape, rule = self._shape, self._rule
        source = "_batch" if shape.in_batches else "_points"
        if shape.counts_epochs:
            source = "_chosen"
            yield "epoch, _chosen = _batch"
        if shape.in_batches:
            yield from _unpacked(shape.gradient, shape.dimension, source)
        yield from self._rates()
        with_loss = shape.loss_with_gradient
        for line in rule.program.lines:
            if is_gradient(line.node):
                place = [self._called(rule.gradients[line.target], q) for q in self._names]
                gradient = [_of(line.target, q) for q in self._names]
                yield from _sum_lines(shape.gradient, place, gradient, "_loss" if with_loss else "", source)
                with_loss = False
            else:
                yield from self._line(line.target, line.node)
        for name, old in self._renamed.items():
            yield from (f"{_of(old, q)} = {name}__{q}" for q in self._names)
        if shape.loss:
            yield from _sum_lines(shape.loss, self._names, (), "_loss", "_points")
        has_loss = shape.loss_with_gradient or shape.loss
        recorded = [self._recorded(name) for name in shape.row[1:]]
        yield f"pack(buffer, _at, {', '.join(['_loss' if has_loss else '0.0', *recorded])})"
        yield from (f"{name} += 1" for name in self._counted)

    @property
    def _counted(self) -> Iterator[str]:
        """The counts that are needed: of the updates made, and of the one that is made."""
        schedules = [kind for kind in (self._shape.eta, self._shape.gamma) if kind]
        if any(
            kind.looks_at(STEP) or (kind.looks_at(EPOCH) and not self._shape.in_batches) for kind in schedules
        ):
            yield STEP
        if T in self._rule.program.free:
            yield T

    def _rates(self) -> Iterator[str]:
        """Yield the lines of the schedules; where every update is an epoch, steps are epochs."""
        for kind in (self._shape.eta, self._shape.gamma):
            if kind is None:
                continue
            known = {name: f"_{kind.target}_{name}" for name in kind.names}
            if not self._shape.in_batches:
                known[EPOCH] = STEP
            for line in kind.program.lines:
                target = line.target if line.target == kind.target else f"_{kind.target}_{line.target}"
                known.setdefault(line.target, target)
                yield f"{target} = {code(line.node, LOOP, partial(_renamed, known))}"

    def _line(self, target: str, node: Node) -> Iterator[str]:
        """Yield a line of the rule: for each parameter, or once where it is the same for all."""
        if names_in(node) <= self._common and target != W_NEXT and not target.endswith(NEW):
            self._common.add(target)
            yield f"{target} = {self._source(node)}"
            return
        known = len(self._shared)
        node = self._hoisted(node)
        for shared, name in list(self._shared.items())[known:]:
            yield f"{name} = {self._source(shared)}"
        for q in self._names:
            yield f"{self._called(target, q)} = {code(node, LOOP, partial(self._called, q=q))}"

    def _hoisted(self, node: Node) -> Node:
        """Return a line with names for those of its terms that are the same for all parameters."""

        def change(term: Node) -> Node | None:
            names = names_in(term)
            if isinstance(term, (Name, Number)) or not names or not names <= self._common:
                return None
            kept = self._before if names <= self._fixed else self._shared
            return Name(kept.setdefault(term, f"_{'k' if kept is self._before else 's'}{len(kept)}"))

        return replaced(node, change)

    def _overwritten(self) -> dict[str, str]:
        """Return the new values that need a name of their own, since their old ones are still used, by it."""
        renamed = {}
        lines = self._rule.program.lines
        for place, line in enumerate(lines):
            old = W if line.target == W_NEXT else line.target.removesuffix(NEW)
            is_new = line.target == W_NEXT or (line.target.endswith(NEW) and old in self._rule.letters)
            if is_new and any(old in names_in(later.node) for later in lines[place + 1 :]):
                renamed[line.target] = old
        return renamed

    def _called(self, name: str, q: str) -> str:
        """Return what a name of the rule is called for a parameter; a new value takes the place of its old one."""
        if name in self._common or name.startswith("_"):
            return name
        if name in self._renamed:
            return f"{name}__{q}"
        letter = name.removesuffix(NEW)
        return _of(letter if letter in self._rule.letters else name, q)

    def _recorded(self, name: str) -> str:
        """Return the variable that holds what is recorded, when the update is made."""
        base, _, q = name.partition("__")
        return name if not q else self._of_new(base, q)

    def _of_new(self, name: str, q: str) -> str:
        letter = name.removesuffix(NEW)
        return _of(letter if letter in self._rule.letters else name, q)

    def _source(self, node: Node) -> str:
        return code(node, LOOP)
