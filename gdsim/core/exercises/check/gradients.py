"""The gradient of an update, computed from lines that are correct or contain a mistake.

For a neuron, the lines are those for one point: first the lines of the objective, then what the point adds
to the gradient. In them, x is the input (1 for the bias) and n the number of points in the update. With a
penalty, one more line is computed after the sum; it uses the parameter w, whether it is a weight, and the
number N of all points. For a function of w and b, the lines are its two derivatives.
"""

from collections.abc import Callable, Hashable
from functools import lru_cache

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.sum_source import compiled
from gdsim.core.exercises.check.computation import Computation
from gdsim.core.formulas.code_printing import NUMPY, source_of
from gdsim.core.formulas.derivative import derivative
from gdsim.core.formulas.evaluate import evaluate_arrays
from gdsim.core.formulas.program import Program
from gdsim.core.formulas.syntax import (
    Binary,
    Call,
    Formula,
    Name,
    Node,
    Number,
    names_in,
    read_formula,
    substituted,
)
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.objective import MEAN, SLOPE, FunctionObjective, NeuronObjective, Objective
from gdsim.core.model.plane_function import PlaneFunction
from gdsim.core.model.point_loss import PointLoss
from gdsim.core.model.run import Run
from gdsim.core.rules.update_rule import G

DERIVATIVES = ("dw", "db")
PENALTY, _OUTPUT = "penalty", "f"
# How many terms of a sum over points are computed at once.
_BLOCK = 1 << 18
_ALL = slice(None)
# How many gradients are cached, and how many points of updates.
_KEPT = 4096


class RunGradients:
    """The gradients of the updates of a run over its training points, with or without a mistake.

    Gradients and batches are cached because most mistakes ask for the same ones.
    """

    def __init__(self, run: Run, data: PointLoss) -> None:
        self.run, self.data = run, data
        lines = right_lines(data.objective)
        self.right = Computation(run.optimizer.update_rule, run.batching, lines)
        self._known: dict[Hashable, Array] = {}
        self._batches: dict[Hashable, PointLoss] = {}

    def batch(self, computation: Computation, t: int) -> PointLoss:
        """Return the points of update number ``t``, from 1; those of the first updates are cached."""
        n = len(self.data.targets)
        data = computation.pairing.data if computation.pairing else self.data
        size = computation.batching.batch_size(n)
        if size == n:
            return data
        if computation.drops_rest:
            epoch, place = divmod(t - 1, n // size)
            t = epoch * computation.batching.updates_per_epoch(n) + place + 1
        key = t, computation.batching, computation.order, computation.pairing
        known = self._batches.get(key)
        if known is None:
            rows = computation.batching.rows(n, t, self.run.seed)
            known = data.rows(rows if computation.order is None else computation.order(n)[rows])
            if size * len(self._batches) < _KEPT:
                self._batches[key] = known
        return known

    def of(self, computation: Computation, position: tuple[int, int], batch: PointLoss, p: Array) -> Array:
        """Return the gradient of an update at parameters p (k, d + 1), over a batch or one point of it.

        ``position`` is the cache key of the batch: the number of the update, and that of the point, from 1,
        or 0 for the whole batch.
        """
        how = computation
        key = (
            position,
            how.batching,
            how.drops_rest,
            how.order,
            how.pairing,
            how.overwritten,
            how.gradient,
            p.tobytes(),
        )
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            in_one_place = position[0] == 1 and (p == p[0]).all()
            known = self._summed(computation, batch, p[:1] if in_one_place else p)
            self._known[key] = known = np.broadcast_to(known, p.shape) if in_one_place else known
        return known

    def _summed(self, computation: Computation, batch: PointLoss, p: Array) -> Array:
        gradient = gradient_of(computation.gradient, batch, p)
        if computation.overwritten:
            columns = list(computation.overwritten)
            last = gradient_of(computation.gradient, batch, p, slice(-1, None))
            gradient[:, columns] = last[:, columns]
        return gradient


@lru_cache(maxsize=64)
def right_lines(objective: Objective) -> Program:
    if isinstance(objective, FunctionObjective):
        nodes = objective.lines.dw, objective.lines.db
        return Program(tuple(map(Formula, DERIVATIVES, nodes)))
    lines = [*objective.slope_program.lines, read_formula("term = slope*x"), read_formula(f"{G} = term")]
    if objective.l2:
        text = f"{PENALTY} = l2*w*is_weight{'*n/N' if objective.is_penalty_shared else ''}"
        penalty = read_formula(text)
        lines.append(penalty._replace(node=substituted(penalty.node, {"l2": Number(objective.l2)})))
    return Program(tuple(lines))


@lru_cache(maxsize=64)
def lines_of_rounding(objective: NeuronObjective) -> Program:
    """Return lines for a bound on the error of the gradient when each output f is off by 1."""
    lines = objective.slope_program.lines
    after_output = {line.target: line.node for line in lines if line.target != _OUTPUT}
    node: Node = Name(SLOPE)
    while names_in(node) & after_output.keys():
        node = substituted(node, after_output)
    size = Call("abs", (Binary("*", derivative(node, _OUTPUT), Name("x")),))
    return Program((*(line for line in lines if line.target == _OUTPUT), Formula(G, size)))


def gradient_of(lines: Program, batch: PointLoss, p: Array, summed: slice = _ALL) -> Array:
    """Return the gradient over a batch at parameters p, both of shape (k, d + 1).

    For a neuron, only the points in ``summed`` are added up, though n stays the size of the whole batch.
    """
    if isinstance(batch, PlaneFunction):
        return _of_function(lines, batch, p)
    if lines is right_lines(batch.objective) and summed is _ALL:
        return batch.gradient(p)
    return _of_neuron(lines, batch, p, summed)


def _of_function(lines: Program, batch: PlaneFunction, p: Array) -> Array:
    values = {"w": p[:, 0], "b": p[:, 1]}
    slopes = float(np.mean(batch.inputs)), float(np.mean(batch.targets))
    parts = (
        np.broadcast_to(evaluate_arrays(lines.by_target[name], values), len(p)) + slope
        for name, slope in zip(DERIVATIVES, slopes, strict=True)
    )
    return np.stack(list(parts), axis=1)


def _of_neuron(lines: Program, batch: Neuron, p: Array, summed: slice) -> Array:
    n, inputs, y = len(batch.targets), batch.inputs[summed].T, batch.targets[summed]
    terms, at_once = _point_terms(lines), max(1, _BLOCK // len(y))
    gradient = np.empty(p.shape)
    for first in range(0, len(p), at_once):
        block = slice(first, first + at_once)
        gradient.T[:, block] = np.add.reduce(terms(p[block] @ inputs, y, n, inputs[:, np.newaxis]), axis=-1)
    if batch.objective.reduction == MEAN:
        gradient /= n
    if PENALTY not in lines.by_target:
        return gradient
    is_weight = np.append(np.ones(p.shape[1] - 1), 0.0)
    given = {"w": p, "is_weight": is_weight, "n": float(n), "N": float(batch.total or n)}
    penalty: Array = evaluate_arrays(lines.by_target[PENALTY], given)
    return gradient + penalty


@lru_cache(maxsize=256)
def _point_terms(lines: Program) -> Callable[..., Array]:
    """Compile a function of z (k, N), y (N,), n and x (d + 1, 1, N) that returns g for each point."""
    needed = lines.behind(Name(G))
    body = (
        f"    {line.target} = {source_of(line.node, NUMPY)}" for line in lines.lines if line.target in needed
    )
    text = "\n".join(("def terms(z, y, n, x):", *body, f"    return {G} + 0*z"))
    return compiled(text, "<terms>", "terms")
