"""One update of a run, taken apart: everything that went into it, and what came out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gdsim.core.arrays import Array, Rows
from gdsim.core.engine.trajectory import RecordColumns
from gdsim.core.formulas.evaluate import evaluate, evaluate_arrays, length
from gdsim.core.formulas.printing import FormulaWriter
from gdsim.core.formulas.program import is_direction, is_gradient, is_norm
from gdsim.core.formulas.symbols import of_name
from gdsim.core.formulas.syntax import Binary, Formula, Name, Node, substituted
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.neuron import written_names
from gdsim.core.model.objective import FunctionObjective, NeuronObjective, Objective
from gdsim.core.model.plane import W_AND_B, Axes, in_plane
from gdsim.core.model.plane_function import adds_slopes
from gdsim.core.model.point_loss import PointLoss
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run, RunClock
from gdsim.core.rules.update_rule import ETA, GAMMA, T, UpdateRule, W

# The most terms of a gradient that are shown.
MOST_SHOWN = 8
# The number of preceding updates that are kept with an update for comparison.
_KEPT_BEFORE = 16


@dataclass(frozen=True, eq=False)
class Update:
    """Update number t on the record of a run: from its row t - 1 to row t."""

    run: Run
    points: PointSet
    objective: Objective
    data: PointLoss  # The loss over all points
    t: int  # Counted from 1 on the record; `step` counts in the whole run
    epoch: int  # Epochs finished before it
    # before, after, (d + 1,): parameters.
    before: Array
    after: Array
    gradient: Array  # (d + 1,): the gradient that was used; the last one of several
    # eta, gamma: the rates that were used; gamma is NaN for a rule without momentum.
    eta: float
    gamma: float
    direction: Array  # (d + 1,): the direction d of a second-order rule; empty for others
    state_before: Array  # (k, d + 1): the rule's memories, letter by letter
    rows: Rows  # (B,): the points that fed it
    # loss_before, loss_after: over all points.
    loss_before: float
    loss_after: float
    # steps_before, gradients_before, (k, d + 1): the steps and gradients of the few updates before it.
    steps_before: Array
    gradients_before: Array
    etas_before: Array  # (k,): their learning rates
    axes: Axes = W_AND_B  # The two parameters that pictures of it draw

    @cached_property
    def clock(self) -> RunClock:
        return self.run.clock(len(self.points))

    @property
    def step(self) -> int:
        """The step that it leads to. A fork continues the count of its parent."""
        return self.clock.first + self.t

    @property
    def counted(self) -> int:
        """The number t of the update in the rule's formulas."""
        return self.step - self.clock.t0

    def drawn(self, p: Array) -> Array:
        """Return the components (..., 2) that pictures draw of numbers for all parameters (..., d + 1)."""
        return in_plane(p, self.axes)

    @property
    def drawn_names(self) -> tuple[str, str]:
        """The names of the two parameters that pictures draw, as they are written."""
        names = written_names(len(self.before) - 1)
        return names[self.axes[0]], names[self.axes[1]]

    @property
    def has_terms(self) -> bool:
        """Whether its gradient is a sum over points, with a term for each."""
        return not isinstance(self.objective, FunctionObjective)

    @property
    def adds_slopes(self) -> bool:
        """Whether its gradient is that of a function to which points add slopes."""
        return adds_slopes(self.objective, self.points)

    @property
    def rule(self) -> UpdateRule:
        return self.run.optimizer.update_rule

    @cached_property
    def values(self) -> tuple[Mapping[str, float], ...]:
        """Every number of the rule's lines by name, for each parameter."""
        shared = {**self.run.optimizer.numbers, ETA: self.eta, GAMMA: self.gamma, T: float(self.counted)}
        given = zip(self.before.tolist(), self.state_before.T.tolist(), strict=True)
        values = [shared | {W: w} | dict(zip(self.rule.letters, memory, strict=True)) for w, memory in given]
        for line in self.rule.program.lines:
            for one, value in zip(values, self._computed(line, values), strict=True):
                one[line.target] = value
        return tuple(values)

    def _computed(self, line: Formula, values: list[dict[str, float]]) -> Iterable[float]:
        """Return the result of a line for each parameter, in IEEE 754 arithmetic."""
        if is_gradient(line.node):
            return self._gradient(line.target, [one[self.rule.gradients[line.target]] for one in values])
        if is_direction(line.node):
            return map(float, self.direction)
        if is_norm(line.node):
            return [length(one[self.rule.norms[line.target]] for one in values)] * len(values)
        return [evaluate(line.node, one) for one in values]

    def at(self, name: str) -> Array:
        """Return the number of that name in the lines, for all parameters: shape (d + 1,)."""
        return np.array([one[name] for one in self.values])

    def value(self, node: Node) -> Array:
        """Return the value of a formula of the lines' names, for all parameters: shape (d + 1,)."""
        return np.array([evaluate(node, one) for one in self.values])

    @cached_property
    def gradient_place(self) -> Array:
        """Where the gradient was taken, at ``before`` or elsewhere: shape (d + 1,)."""
        place = self.rule.gradients[self.rule.last_gradient]
        return self.before if place == W else self.at(place)

    def gradient_elsewhere(self, place: Array) -> Array:
        """Return the gradient over the points of this update at another place."""
        # Added up in the order of the update, which may shuffle all points.
        in_order = len(self.rows) == len(self.points) and not self.run.batching.shuffles
        from gdsim.core.engine.loop import gradient_at  # noqa: PLC0415 - with the first run, not the window

        data = self.data
        if not in_order:
            data = data.rows(self.rows)
        size = self.run.batching.batch_size(len(self.points))
        return np.array(gradient_at(data, place.tolist(), size))

    def _gradient(self, name: str, place: list[float]) -> list[float]:
        last = name == self.rule.last_gradient
        gradient: list[float] = (self.gradient if last else self.gradient_elsewhere(np.array(place))).tolist()
        return gradient


def update_of(
    experiment: Experiment, run: Run, record: RecordColumns, t: int, axes: Axes = W_AND_B
) -> Update:
    """Return update ``t`` of a recorded run; raises `ValueError` if there is no such update on the record."""
    if not 1 <= t < len(record.loss):
        raise ValueError(f"there is no update {t} on the record")
    before, letters = record.p[t - 1], len(run.optimizer.update_rule.letters)
    clock, state = experiment.clock(run), record.state[:, t - 1]
    # Row 0 has no memory, except in a fork; the rule itself says what its memories start with.
    if t == 1 and not record.has_first_memory:
        from gdsim.core.engine.loop import memory_at_start  # noqa: PLC0415 - with the first run, not the window

        state = np.array(memory_at_start(run.optimizer, tuple(before.tolist()))).reshape(letters, len(before))
    return Update(
        run=run,
        points=experiment.points,
        objective=experiment.objective,
        data=experiment.training,
        t=t,
        epoch=clock.epoch(clock.first + t - 1),
        before=before,
        after=record.p[t],
        gradient=record.gradient[t],
        eta=float(record.eta[t]),
        gamma=float(record.gamma[t]),
        direction=record.direction[t],
        state_before=state,
        rows=run.batching.rows(len(experiment.points), clock.first + t - clock.epoch0, run.seed),
        loss_before=float(record.loss[t - 1]),
        loss_after=float(record.loss[t]),
        steps_before=np.diff(record.p[max(0, t - 1 - _KEPT_BEFORE) : t], axis=0),
        gradients_before=record.gradient[max(1, t - _KEPT_BEFORE) : t],
        etas_before=record.eta[max(1, t - _KEPT_BEFORE) : t],
        axes=axes,
    )


# -------------------------------------------------------------------------- the gradient as a sum over points


@dataclass(frozen=True, eq=False)
class GradientTerms:
    """What each point adds to the gradient where the rule took it: (f_i - y_i) f_i (1 - f_i) x_i."""

    objective: NeuronObjective
    rows: Rows  # (K,): the points that the terms belong to
    x: Array  # (K, d)
    # target, output, (K,): y_i and f_i.
    target: Array
    output: Array
    factors: tuple[Array, ...]  # Each (K,), of `NeuronObjective.slope_factors`: f_i - y_i and f_i (1 - f_i)
    # (K, d + 1): the terms for each weight, then those for the bias; of a mean, divided by their number.
    products: Array
    others: int  # The number of further terms, each smaller than all of these
    others_sum: Array  # (d + 1,): their sum
    penalty: Array  # (d + 1,): what the penalty on weights adds

    @property
    def total(self) -> Array:
        """The sum of all terms: shape (d + 1,)."""
        total: Array = self.products.sum(axis=0) + self.others_sum + self.penalty
        return total

    @property
    def points(self) -> int:
        """The number of points that fed the update."""
        return len(self.rows) + self.others

    def letters(self, writer: FormulaWriter) -> tuple[str, ...]:
        """Return the factors as they are written: ``("f − y", "f(1 − f)")``."""
        known = {name: of_name(name) for name in ("f", "y", "z", "q")}
        error = {"error": Binary("-", Name("f"), Name("y"))}
        texts = (writer.letters(substituted(one, error), known) for one in self.objective.slope_factors)
        # As the lecture writes it, because a table has little room.
        return tuple(text.replace("f·(", "f(").replace(r"f \, (", "f(") for text in texts)


def gradient_terms(update: Update, most: int = MOST_SHOWN) -> GradientTerms:
    """Return the terms of an update's gradient in order; if there are many, the largest ones, largest first.

    The size of a term is that of its largest component. Raises `ValueError` if the update has no terms; see
    `Update.has_terms`.
    """
    objective, rows, p = update.objective, update.rows, update.gradient_place
    if isinstance(objective, FunctionObjective):
        raise ValueError(  # noqa: TRY004 - the type is right
            "a function of w and b is no sum over points"
        )
    x, target = update.points.x[rows], update.points.y[rows]
    share = objective.shares(len(rows), len(update.points))
    with np.errstate(over="ignore", invalid="ignore"):
        values = objective.values_at_points(x @ p[:-1] + p[-1], target)
        factors = [
            np.broadcast_to(evaluate_arrays(one, values), len(rows)) for one in objective.slope_factors
        ]
        factor = np.prod(factors, axis=0)  # the term of the bias; times x_i that of a weight
        if share.mean:
            factor /= len(rows)
        shown = _largest(factor, x, most)
        others_sum = _sum_without(shown, factor, x)
        products = np.column_stack([factor[shown, np.newaxis] * x[shown], factor[shown]])
    return GradientTerms(
        objective=objective,
        rows=rows[shown],
        x=x[shown],
        target=target[shown],
        output=values["f"][shown],
        factors=tuple(one[shown] for one in factors),
        products=products,
        others=len(rows) - len(shown),
        others_sum=others_sum,
        penalty=np.append(share.l2 * p[:-1], 0.0),
    )


def _largest(factor: Array, x: Array, most: int) -> Rows:
    if len(factor) <= most:
        return np.arange(len(factor))
    size = np.abs(factor) * np.maximum(np.abs(x).max(axis=1), 1.0)
    largest: Rows = np.argpartition(-size, most)[:most]
    # Equal ones stay in the order of the update.
    return largest[np.lexsort((largest, -size[largest]))]


def _sum_without(shown: Rows, factor: Array, x: Array) -> Array:
    rest = factor.copy()
    rest[shown] = 0.0
    return np.append(rest @ x, rest.sum())
