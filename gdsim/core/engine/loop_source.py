"""The source of the loop that computes a run: plain floats, each line of the rule written per parameter.

For momentum on two points it reads as follows; `loop_text` returns the source for any run::

    def loop(pack, buffer, numbers, points, batches, exp):
        w__w, w__b, v__w, v__b, eta0, gamma0, step, per_epoch, rises, epoch0, t0 = numbers
        eta__, gamma__ = eta0, gamma0
        x0, y0, x1, y1 = points
        at, batch = 0, None
        try:
            for at in range(0, len(buffer), 56):
                f0 = 1.0 / (1.0 + exp(-(w__w * x0 + w__b)))
                error0 = f0 - y0
                slope0 = error0 * f0 * (1.0 - f0)
                f1 = 1.0 / (1.0 + exp(-(w__w * x1 + w__b)))
                error1 = f1 - y1
                slope1 = error1 * f1 * (1.0 - f1)
                g__w = slope0 * x0 + slope1 * x1
                g__b = slope0 + slope1
                loss = 0.5 * (error0 * error0 + error1 * error1)
                v__w = gamma__ * v__w + eta__ * g__w
                v__b = gamma__ * v__b + eta__ * g__b
                w__w = w__w - v__w
                w__b = w__b - v__b
                pack(buffer, at, loss, w__w, w__b, g__w, g__b, v__w, v__b)
        except raised:
            return at, batch
        return len(buffer), None

The source depends on the `LoopShape` alone, so that it is compiled once for all runs of a shape; numbers are
arguments. The variable for a name of the rule ends in two underscores, followed by the parameter unless all
parameters share one value. The loop's own variables contain no double underscore, so that names never clash.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from typing import Any, NamedTuple

from gdsim.core.engine.loop_shape import FLOAT_BYTES, LoopShape, loop_shape, loop_variable
from gdsim.core.engine.sum_source import compiled, indented, sum_lines, unpacking_lines
from gdsim.core.formulas.code_printing import GUARDED, LOOP, PythonPrinter, source_of
from gdsim.core.formulas.program import is_gradient, is_norm
from gdsim.core.formulas.syntax import Name, Node, Number, names_in, replaced
from gdsim.core.model.neuron import parameter_names
from gdsim.core.model.objective import LECTURE
from gdsim.core.model.run import Run
from gdsim.core.rules.schedules import EPOCH, STEP, ScheduleKind
from gdsim.core.rules.update_rule import ETA, GAMMA, T, UpdateRule, W


def loop_text(run: Run, points: int) -> str:
    """Return the source of a run's loop over this many points, with the lecture's neuron and loss."""
    return "\n".join(_loop_lines(loop_shape(run, points, LECTURE), LOOP))


@lru_cache(maxsize=256)
def compiled_loop(shape: LoopShape, printer: PythonPrinter = LOOP) -> Callable[..., tuple[int, Any]]:
    """Compile the loop of a shape: ``loop(pack, buffer, numbers, points, batches, exp)``.

    The loop makes updates until the buffer is full, and returns its length and None. Where an update raises,
    it returns the offset of that update's row, and the batch that had been taken for the update, if any. With
    the printer `GUARDED` the loop goes on instead, following IEEE 754.

    Parameters
    ----------
    pack : callable
        `struct.Struct.pack_into` for the floats of a row.
    buffer : memoryview
        Bytes, with room for whole rows.
    numbers : sequence of float
        The values of `LoopShape.numbers`.
    points
        All points, in the form that `LoopShape.whole` takes; see `sum_lines`.
    batches : iterator
        The points of each update, in the form that `LoopShape.gradient` takes.
    exp : callable
        `math.exp`, or a version that returns infinity where `math.exp` raises.
    """
    title = f"<loop of {shape.rule.letters}>"
    return compiled("\n".join(_loop_lines(shape, printer)), title, "loop", guarded=printer is GUARDED)


# ------------------------------------------------------------------------------------ lines of the rule


class _GradientRequest(NamedTuple):
    """A gradient evaluation among the lines: the variables it is taken at, and those it is assigned to."""

    place: tuple[str, ...]
    names: tuple[str, ...]


@lru_cache(maxsize=128)
def _rule_lines(
    rule: UpdateRule, dimension: int, scheduled: tuple[str, ...], printer: PythonPrinter
) -> tuple[list[str], list[str | _GradientRequest]]:
    """Return the lines before the loop and those of an update; the ``scheduled`` rates change."""
    constant = frozenset(rule.numbers).difference(scheduled)
    writer = _RuleWriter(rule, parameter_names(dimension), constant, printer)
    lines = list(writer.lines())
    return list(writer.constant_lines()), lines


class _RuleWriter:
    """Writer of the lines of a rule for each parameter, preceded by the terms that all parameters share."""

    def __init__(
        self, rule: UpdateRule, parameters: tuple[str, ...], constant: frozenset[str], printer: PythonPrinter
    ) -> None:
        self._rule, self._parameters, self._constant, self._printer = rule, parameters, constant, printer
        # The names of shared terms that never change, and of other terms that all parameters share.
        self._constants: dict[Node, str] = {}
        self._shared: dict[Node, str] = {}

    def lines(self) -> Iterator[str | _GradientRequest]:
        rule = self._rule
        for line in rule.program.lines:
            if is_gradient(line.node):
                answers = self._variables(line.target)
                yield _GradientRequest(self._variables(rule.gradients[line.target]), answers)
            elif is_norm(line.node):
                squares = (f"{q} * {q}" for q in self._variables(rule.norms[line.target]))
                yield f"{loop_variable(line.target)} = sqrt({' + '.join(squares)})"
            elif line.target in rule.shared:
                yield f"{loop_variable(line.target)} = {source_of(line.node, self._printer, loop_variable)}"
            else:
                yield from self._line(line.target, line.node)
        for new, old in rule.kept_apart.items():
            yield from (f"{loop_variable(old, q)} = {loop_variable(new, q)}" for q in self._parameters)

    def constant_lines(self) -> Iterator[str]:
        for term, name in self._constants.items():
            yield f"{_term_variable(name)} = {source_of(term, self._printer, loop_variable)}"

    def _line(self, target: str, node: Node) -> Iterator[str]:
        known = len(self._shared)
        node = replaced(node, self._name_for)
        for term, name in list(self._shared.items())[known:]:
            yield f"{_term_variable(name)} = {source_of(term, self._printer, loop_variable)}"
        for q in self._parameters:
            source = source_of(node, self._printer, partial(self._variable, q=q))
            yield f"{self._variable(target, q)} = {source}"

    def _name_for(self, term: Node) -> Node | None:
        """Return a name for a term that all parameters share; None for any other term."""
        names = names_in(term)
        if isinstance(term, (Name, Number)) or not names or not names <= self._rule.shared:
            return None
        terms, kind = (self._constants, "constant") if names <= self._constant else (self._shared, "shared")
        return Name(terms.setdefault(term, f"{kind} {len(terms)}"))  # no name of a rule has a space

    def _variables(self, name: str) -> tuple[str, ...]:
        return tuple(self._variable(name, q) for q in self._parameters)

    def _variable(self, name: str, q: str) -> str:
        """Return the variable for a name and a parameter; a new value overwrites its old one."""
        if not name.isidentifier():
            return _term_variable(name)
        if name in self._rule.shared:
            return loop_variable(name)
        stored = name if name in self._rule.kept_apart else self._rule.replaces(name)
        return loop_variable(stored or name, q)


def _term_variable(name: str) -> str:
    """Return the variable for a term, such as ``constant0``."""
    return name.replace(" ", "")


# ----------------------------------------------------------------------------------------- the loop


def _loop_lines(shape: LoopShape, printer: PythonPrinter) -> Iterator[str]:
    constants, lines = _rule_lines(shape.rule, shape.dimension, shape.recorded, printer)
    rows = f"range(0, len(buffer), {FLOAT_BYTES * len(shape.row)})"
    yield "def loop(pack, buffer, numbers, points, batches, exp):"
    yield f"    {', '.join(shape.numbers)} = numbers"
    yield f"    {loop_variable(ETA)}, {loop_variable(GAMMA)} = eta0, gamma0"
    if shape.counts_updates:
        yield f"    {loop_variable(T)} = {STEP} - t0 + 1.0"
    if shape.whole:
        yield from indented(unpacking_lines(shape.whole, shape.dimension, "points"))
    yield "    at, batch = 0, None"
    yield "    try:"
    yield from (f"        {line}" for line in constants)
    # zip asks the range first, so that no batch is taken once the buffer is full.
    yield (
        f"        for at, batch in zip({rows}, batches):"
        if shape.in_batches
        else f"        for at in {rows}:"
    )
    yield from (f"            {line}" for line in _update_lines(shape, lines, printer))
    yield "    except raised:"
    yield "        return at, batch"
    yield "    return len(buffer), None"


def _update_lines(
    shape: LoopShape, lines: Iterable[str | _GradientRequest], printer: PythonPrinter
) -> Iterator[str]:
    points = "batch" if shape.in_batches else "points"
    if shape.in_batches:
        yield from unpacking_lines(shape.gradient, shape.dimension, points)
    if shape.counts_epochs:
        yield f"{EPOCH} = ({STEP} - epoch0) // per_epoch"
    for kind in shape.schedules:
        yield from _schedule_lines(kind, printer)
    with_loss = shape.loss_with_gradient
    for line in lines:
        if isinstance(line, _GradientRequest):
            yield from sum_lines(
                shape.gradient, line.place, line.names, points, loss=with_loss, printer=printer
            )
            with_loss = False
        else:
            yield line
    if shape.loss:
        place = [loop_variable(W, q) for q in parameter_names(shape.dimension)]
        yield from sum_lines(shape.loss, place, (), "points", loss=True, printer=printer)
    recorded = ("loss" if shape.loss_with_gradient or shape.loss else "0.0", *shape.row[1:])
    yield f"pack(buffer, at, {', '.join(recorded)})"
    if shape.counts_steps:
        yield f"{STEP} += 1.0"
    if shape.counts_updates:
        yield f"{loop_variable(T)} += 1.0"


def _schedule_lines(kind: ScheduleKind, printer: PythonPrinter) -> Iterator[str]:
    own = {*kind.names, *kind.program.by_target} - {kind.target}
    known = {name: f"{kind.target}_{name}" for name in own} | {kind.target: loop_variable(kind.target)}
    for line in kind.program.lines:
        yield f"{known[line.target]} = {source_of(line.node, printer, lambda name: known.get(name, name))}"
