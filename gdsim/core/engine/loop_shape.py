"""The shape of a run's loop: how it sums over points, what numbers it takes, and what it records."""

from typing import NamedTuple

from gdsim.core.model.neuron import parameter_names
from gdsim.core.model.objective import NeuronObjective, Objective
from gdsim.core.model.run import Run
from gdsim.core.rules.schedules import EPOCH, RISES, STEP, ScheduleKind
from gdsim.core.rules.update_rule import ETA, T, UpdateRule, W

MOST_PLAIN = 50
"""The most points that are summed in plain floats, in the order of the table, as one would do by hand and as
the exported script does. NumPy sums over more points, because it is faster there (measured: from some 40
points on). The two round differently in the last bit, so that another limit would change results.
"""

# Up to this many points the loop over them is unrolled, which saves iterating over a list.
_UNROLLED = 8
FLOAT_BYTES = 8
# The evaluations that are counted in a run with a search, from its start.
COSTS = ("gradients", "losses", "solves")


def adds_by_numpy(points: int, objective: Objective) -> bool:
    """Return whether NumPy sums over so many points; never for a function, which only takes their mean."""
    return points > MOST_PLAIN and isinstance(objective, NeuronObjective)


class Sum(NamedTuple):
    objective: Objective
    unrolled: int = 0  # Number of points for which the sum is unrolled; 0 for a loop
    by_numpy: bool = False  # Whether NumPy sums, because there are more than `MOST_PLAIN` points
    total: int = 0  # Number of all points, if a batch's share of a penalty depends on it; else 0

    @classmethod
    def over(cls, points: int, objective: Objective, total: int = 0) -> "Sum":
        """Return how to sum over ``points`` points, or over a batch of that size out of ``total`` points."""
        shared = isinstance(objective, NeuronObjective) and objective.is_penalty_shared
        unrolled = points if points <= _UNROLLED else 0
        return cls(objective, unrolled, adds_by_numpy(points, objective), total if shared else 0)


class LoopShape(NamedTuple):
    """Everything that the source of a loop depends on."""

    rule: UpdateRule
    dimension: int  # Number of inputs of a point
    gradient: Sum  # Over the points of an update
    in_batches: bool = False  # Whether one update may see other points than the next
    # Over all points after each update; None when the loss comes with the gradient, or is computed later.
    loss: Sum | None = None
    # Schedules that change the rate; None where it is constant.
    eta: ScheduleKind | None = None
    gamma: ScheduleKind | None = None
    is_searched: bool = False  # Whether no loop is compiled, and the evaluations of a search are recorded

    @property
    def loss_with_gradient(self) -> bool:
        """Whether the loss before an update is computed along with its first gradient."""
        return not self.in_batches and self.loss is None and next(iter(self.rule.gradients.values())) == W

    @property
    def schedules(self) -> list[ScheduleKind]:
        return [kind for kind in (self.eta, self.gamma) if kind]

    @property
    def whole(self) -> Sum | None:
        """How to sum over all points; None if the loop sums over batches alone."""
        return self.loss if self.in_batches else self.gradient

    @property
    def counts_updates(self) -> bool:
        """Whether the rule uses the number of the update, counted from 1."""
        return T in self.rule.program.free

    @property
    def counts_epochs(self) -> bool:
        return any(kind.looks_at(EPOCH) for kind in self.schedules)

    @property
    def counts_steps(self) -> bool:
        return self.counts_epochs or any(kind.looks_at(STEP) for kind in self.schedules)

    @property
    def recorded(self) -> tuple[str, ...]:
        """Which of ``"eta"`` and ``"gamma"`` are recorded: those that change."""
        return (ETA,) if self.is_searched else tuple(kind.target for kind in self.schedules)

    @property
    def records_rises(self) -> bool:
        """Whether a schedule uses the rises of the validation loss; no other number tells a fork of them."""
        return any(kind.looks_at(RISES) for kind in self.schedules)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The names of the numbers that a loop takes: parameters, memory, rates, counts, settings."""
        state = (
            loop_variable(name, q)
            for name in (W, *self.rule.letters)
            for q in parameter_names(self.dimension)
        )
        settings = map(loop_variable, self.rule.constants)
        of_schedules = (f"{kind.target}_{name}" for kind in self.schedules for name in kind.names)
        counts = (STEP, "per_epoch", RISES, "epoch0", "t0")  # the last two are those of `RunClock`
        return (*state, "eta0", "gamma0", *counts, *settings, *of_schedules)

    @property
    def row(self) -> tuple[str, ...]:
        """The names of the numbers recorded per update: loss, parameters, gradient, memory, rates, counts."""
        names = parameter_names(self.dimension)
        each = (W, self.rule.last_gradient, *self.rule.letters)
        rises = (RISES,) * self.records_rises
        found = (
            *(loop_variable(one, q) for one in self.rule.directions for q in names),
            *COSTS * self.is_searched,
        )
        made = (loop_variable(name, q) for name in each for q in names)
        return ("loss", *made, *map(loop_variable, self.recorded), *rises, *found)


def loop_shape(run: Run, points: int, objective: Objective) -> LoopShape:
    """Return the shape of a run's loop over this many points; its rows are the same for all objectives."""
    size = run.batching.batch_size(points)
    in_batches = size < points or run.batching.shuffles
    gradient = Sum.over(size, objective, points if in_batches else 0)
    whole = Sum.over(points, objective)
    if points % size:
        gradient = gradient._replace(unrolled=0)  # the last batch of an epoch is smaller
    shape = LoopShape(
        run.optimizer.update_rule,
        len(run.start) - 1,
        gradient,
        in_batches=in_batches,
        eta=run.schedule.definition if run.schedule.definition.changes else None,
        gamma=run.momentum_schedule.definition if run.momentum_schedule.definition.changes else None,
        is_searched=run.is_searched,
    )
    return shape if shape.loss_with_gradient or whole.by_numpy else shape._replace(loss=whole)


def loop_variable(name: str, parameter: str = "") -> str:
    """Return the variable in a loop for a name of the rule, of one parameter or shared by all."""
    return f"{name}__{parameter}"
