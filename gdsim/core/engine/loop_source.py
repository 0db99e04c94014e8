"""The source of the loop that makes a run's steps: plain floats, with a line for each line of the rule and parameter.

The text depends on the shape of a run alone, so that a loop is compiled once; its numbers are arguments.
"""

import linecache
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

import numpy as np

from gdsim.core.formulas.evaluate import FLOAT_FUNCTIONS, RAISED
from gdsim.core.formulas.language import Name, Node, Number, names_in, replaced
from gdsim.core.formulas.printing import LOOP, Piece, code, filled, template
from gdsim.core.formulas.program import is_gradient
from gdsim.core.formulas.symbols import ATOM, SUM
from gdsim.core.model.experiment import Run
from gdsim.core.model.neuron import NEURON, parameter_names
from gdsim.core.rules.rule import Optimizer
from gdsim.core.rules.schedules import EPOCH, STEP, ScheduleKind
from gdsim.core.rules.update_rule import ETA, GAMMA, T, UpdateRule, W

# Measured: over more points NumPy is as fast as plain floats.
MOST_PLAIN = 50
# Up to so many points each has lines of its own in the loop, which saves going through a list.
_UNROLLED = 8
FLOAT_BYTES = 8
# What the loop has all points in.
_ALL = "_points"


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
        return self.in_batches and any(kind.looks_at(EPOCH) for kind in self.schedules)

    @property
    def schedules(self) -> list[ScheduleKind]:
        """The schedules that are computed in the loop."""
        return [kind for kind in (self.eta, self.gamma) if kind]

    @property
    def row(self) -> tuple[str, ...]:
        """The names of what is recorded of an update: the loss, parameters, gradient, memory, rates."""
        names = parameter_names(self.dimension)
        each = (W, self.rule.last_gradient, *self.rule.letters)
        return ("_loss", *(_of(name, q) for name in each for q in names), *self.recorded)


def loop_shape(run: Run, points: int) -> LoopShape:
    """Return the shape of a run's loop over so many points."""
    size = run.batching.batch_size(points)
    in_batches = size < points or run.batching.shuffles
    gradient = sum_over(size)
    if in_batches and points % size:
        gradient = gradient._replace(unrolled=0)  # the last batch of an epoch is smaller
    rule = run.optimizer.update_rule
    shape = LoopShape(
        rule,
        len(run.start) - 1,
        gradient,
        in_batches,
        eta=run.schedule.definition if run.schedule.definition.changes else None,
        gamma=run.momentum_schedule.definition if run.momentum_schedule.definition.changes else None,
        recorded=tuple(
            one.definition.target for one in (run.schedule, run.momentum_schedule) if one.definition.changes
        ),
    )
    whole = sum_over(points)
    return shape if shape.loss_with_gradient or whole.by_numpy else shape._replace(loss=whole)


def sum_over(points: int) -> Sum:
    """Return how a sum over so many points is made."""
    by_numpy = points > MOST_PLAIN
    return Sum(points if points <= _UNROLLED and not by_numpy else 0, by_numpy)


def initial_momentum(optimizer: Optimizer) -> float:
    """Return the momentum that is set; NaN for a rule without one."""
    return optimizer.number(GAMMA) if optimizer.has_momentum else math.nan


Loop = Callable[..., tuple[int, Any]]


@lru_cache(maxsize=256)
def compiled_loop(shape: LoopShape) -> Loop:
    """Return the loop of a shape.

    It is called as ``loop(pack, buffer, first, end, step, rises, eta0, gamma0, settings, points, state,
    batches, exp, evaluate)``: makes updates until the buffer is full from offset ``first`` to ``end``, and
    returns that offset. ``batches`` yields the points of each update, with their epoch where
    `LoopShape.counts_epochs`. Where a step would raise, it returns the offset of the row, and what the
    batches had yielded for it.
    """
    return compiled("\n".join(_loop_text(shape)), f"<loop of {shape.rule.letters}>", "loop")


@lru_cache(maxsize=64)
def compiled_sum(dimension: int, sum_: Sum) -> Callable[..., tuple[float, ...]]:
    """Return a function of points, parameters and exp, which gives the loss and the gradient over the points."""
    names = parameter_names(dimension)
    gradient = [_of("g", q) for q in names]
    body = [*_unpacked(sum_, dimension), *_sum_lines(sum_, names, gradient, "_loss", _ALL)]
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


def _of(name: str, parameter: str = "") -> str:
    """Return what a name of the rule is called, for a parameter or for all; no other has two underscores."""
    return f"{name}__{parameter}"


# ---------------------------------------------------------------------------------- sums over points


def _inputs(dimension: int, point: str) -> list[str]:
    return [f"_x{point}"] if dimension == 1 else [f"_x{point}_{place}" for place in range(dimension)]


def _unrolled(sum_: Sum, source: str) -> list[str]:
    """Return what is behind the names of each point; those of a batch are not those of all points."""
    return [f"{'' if source == _ALL else 'b'}{place}" for place in range(sum_.unrolled)]


def _unpacked(sum_: Sum, dimension: int, source: str = _ALL) -> list[str]:
    """Return the line that gives each point's numbers a name, where points have lines of their own."""
    if not sum_.unrolled:
        return []
    numbers = [name for i in _unrolled(sum_, source) for name in (*_inputs(dimension, i), f"_y{i}")]
    return [f"{', '.join(numbers)}, = {source}"]


def _sum_lines(
    sum_: Sum, place: Sequence[str], gradient: Sequence[str], loss: str, source: str
) -> Iterator[str]:
    """Yield the lines of a sum: of the gradient, unless it has no names, and of the loss, unless it has none."""
    if sum_.by_numpy:
        batch = f"{source}, " if source != _ALL else ""
        yield f"{', '.join((loss or '_', *gradient))} = _evaluate({batch}{', '.join(place)})"
        return
    dimension = len(place) - 1
    if sum_.unrolled:
        points = _unrolled(sum_, source)
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


# ------------------------------------------------------------------------------------ lines of the rule


class _GradientRequest(NamedTuple):
    """Where in the lines a gradient is asked for: at which parameters, and what the answers are called."""

    place: tuple[str, ...]
    names: tuple[str, ...]


class _RuleText(NamedTuple):
    """The lines of a rule as source.

    Attributes
    ----------
    before : tuple of str
        Terms that are the same at every update, computed once.
    lines : tuple of str or _GradientRequest
    """

    before: tuple[str, ...]
    lines: tuple["str | _GradientRequest", ...]


@lru_cache(maxsize=128)
def _rule_text(rule: UpdateRule, dimension: int, scheduled: tuple[str, ...]) -> _RuleText:
    """Return the lines of a rule, of whose rates some change from update to update."""
    writer = _RuleWriter(rule, parameter_names(dimension), frozenset(scheduled))
    lines = tuple(writer.lines())
    return _RuleText(
        tuple(f"_{name} = {code(node, LOOP, _of)}" for node, name in writer.before.items()), lines
    )


class _RuleWriter:
    def __init__(self, rule: UpdateRule, names: tuple[str, ...], scheduled: frozenset[str]) -> None:
        self._rule, self._names = rule, names
        # What has one value for the whole loop; `UpdateRule.shared` has one for all parameters at an update.
        self._fixed = frozenset({one.name for one in rule.settings if not one.is_switch}) - scheduled
        self._shared: dict[Node, str] = {}
        self.before: dict[Node, str] = {}

    def lines(self) -> Iterator[str | _GradientRequest]:
        """Yield the lines in their order; at their end the new values have taken the place of the old ones."""
        for line in self._rule.program.lines:
            if is_gradient(line.node):
                place = self._rule.gradients[line.target]
                yield _GradientRequest(self._for_all(place), tuple(_of(line.target, q) for q in self._names))
            elif line.target in self._rule.shared:
                yield f"{_of(line.target)} = {code(line.node, LOOP, _of)}"
            else:
                yield from self._line(line.target, line.node)
        for name, old in self._rule.kept_apart.items():
            yield from (f"{_of(old, q)} = {_of(name, q)}" for q in self._names)

    def _line(self, target: str, node: Node) -> Iterator[str]:
        known = len(self._shared)
        node = replaced(node, self._hoisted)
        for shared, name in list(self._shared.items())[known:]:
            yield f"_{name} = {code(shared, LOOP, _of)}"
        for q in self._names:
            yield f"{self._called(target, q)} = {code(node, LOOP, partial(self._called, q=q))}"

    def _hoisted(self, term: Node) -> Node | None:
        """Return a name for a term that is the same for all parameters."""
        names = names_in(term)
        if isinstance(term, (Name, Number)) or not names or not names <= self._rule.shared:
            return None
        kept = self.before if names <= self._fixed else self._shared
        # A name that no line can have.
        return Name(kept.setdefault(term, f"{len(kept)}{'k' if kept is self.before else 's'}"))

    def _for_all(self, name: str) -> tuple[str, ...]:
        return tuple(self._called(name, q) for q in self._names)

    def _called(self, name: str, q: str) -> str:
        """Return what a name is called for a parameter; a new value takes the place of its old one."""
        if not name.isidentifier():
            return f"_{name}"
        if name in self._rule.shared:
            return _of(name)
        stored = name if name in self._rule.kept_apart else self._rule.replaces(name)
        return _of(stored or name, q)


# ----------------------------------------------------------------------------------------- the loop


def _loop_text(shape: LoopShape) -> Iterator[str]:
    """Yield the lines of the function."""
    rule = _rule_text(shape.rule, shape.dimension, tuple(kind.target for kind in shape.schedules))
    offsets = f"range(first, end, {FLOAT_BYTES * len(shape.row)})"
    counts, constants = "first, end, step, rises", "eta0, gamma0, settings, _points"
    yield f"def loop(pack, buffer, {counts}, {constants}, state, batches, exp, _evaluate):"
    yield from (f"    {line}" for line in _arguments(shape))
    yield "    try:"
    yield from (f"        {line}" for line in rule.before)
    yield f"        for _at{', _batch in zip(' if shape.in_batches else ' in '}{offsets}" + (
        ", batches):" if shape.in_batches else ":"
    )
    yield from (f"            {line}" for line in _body(shape, rule.lines))
    yield "    except raised:"
    yield "        return _at, _batch"
    yield "    return end, None"


def _arguments(shape: LoopShape) -> Iterator[str]:
    """Yield the lines that give the arguments their names."""
    rule, names = shape.rule, parameter_names(shape.dimension)
    settings = [_of(one.name) for one in rule.settings if not one.is_switch and one.name not in (ETA, GAMMA)]
    settings += [f"_{kind.target}_{name}" for kind in shape.schedules for name in kind.names]
    yield f"_at, _batch, {_of(T)} = first, None, step + 1.0"
    yield f"{_of(ETA)}, {_of(GAMMA)} = eta0, gamma0"
    yield f"{', '.join(_of(name, q) for name in (W, *rule.letters) for q in names)}, = state"
    if settings:
        yield f"{', '.join(settings)}, = settings"
    if not shape.in_batches:
        yield from _unpacked(shape.gradient, shape.dimension)
    elif shape.loss:
        yield from _unpacked(shape.loss, shape.dimension)


def _body(shape: LoopShape, lines: tuple[str | _GradientRequest, ...]) -> Iterator[str]:
    """Yield the lines of one update."""
    source = "_batch" if shape.in_batches else _ALL
    if shape.counts_epochs:
        source = "_chosen"
        yield "epoch, _chosen = _batch"
    if shape.in_batches:
        yield from _unpacked(shape.gradient, shape.dimension, source)
    for kind in shape.schedules:
        yield from _schedule_lines(kind, in_batches=shape.in_batches)
    loss = "_loss" if shape.loss_with_gradient else ""
    for line in lines:
        if isinstance(line, _GradientRequest):
            yield from _sum_lines(shape.gradient, line.place, line.names, loss, source)
            loss = ""
        else:
            yield line
    if shape.loss:
        place = [_of(W, q) for q in parameter_names(shape.dimension)]
        yield from _sum_lines(shape.loss, place, (), "_loss", _ALL)
    has_loss = shape.loss_with_gradient or shape.loss
    numbers = shape.row[1 : len(shape.row) - len(shape.recorded)]
    recorded = ("_loss" if has_loss else "0.0", *numbers, *map(_of, shape.recorded))
    yield f"pack(buffer, _at, {', '.join(recorded)})"
    yield from (f"{name} += 1.0" for name in _counted(shape))


def _counted(shape: LoopShape) -> Iterator[str]:
    """Yield the counts that are needed: of the updates made, and of the one that is made."""
    epochs_are_steps = not shape.in_batches
    if any(one.looks_at(STEP) or (epochs_are_steps and one.looks_at(EPOCH)) for one in shape.schedules):
        yield STEP
    if T in shape.rule.program.free:
        yield _of(T)


def _schedule_lines(kind: ScheduleKind, *, in_batches: bool) -> Iterator[str]:
    """Yield the lines of a schedule; where every update is an epoch, steps are epochs."""
    known = {name: f"_{kind.target}_{name}" for name in kind.names} | ({} if in_batches else {EPOCH: STEP})
    for line in kind.program.lines:
        own = f"_{kind.target}_{line.target}"
        known[line.target] = _of(line.target) if line.target == kind.target else own
        yield f"{known[line.target]} = {code(line.node, LOOP, partial(_renamed, known))}"
