"""The shape of a run's loop: how it adds up points, what it is given, and what it records of an update."""

from typing import NamedTuple

from gdsim.core.model.neuron import parameter_names
from gdsim.core.model.objective import NeuronObjective, Objective
from gdsim.core.model.run import Run
from gdsim.core.rules.schedules import EPOCH, RISES, STEP, ScheduleKind
from gdsim.core.rules.update_rule import ETA, T, UpdateRule, W

MOST_PLAIN = 50
"""A sum over up to so many points is made in plain floats, in the order of the table: as one would write it
by hand, and as the exported script does. A sum over more is NumPy's, which is faster there (measured: from
some 40 points on). The two round differently in the last bit, so that another limit would change numbers.
"""

# Up to so many points each has lines of its own in the loop, which saves going through a list.
_UNROLLED = 8
FLOAT_BYTES = 8
# What is counted of a run that is searched: how often each was asked for since its start.
COSTS = ("gradients", "losses", "solves")


def adds_by_numpy(points: int, objective: Objective) -> bool:
    """Return whether NumPy makes a sum over so many points; of a function there is but a mean of slopes."""
    return points > MOST_PLAIN and isinstance(objective, NeuronObjective)


class Sum(NamedTuple):
    """How a sum over points is made."""

    objective: Objective
    unrolled: int = 0  # So many points have lines of their own; with 0 there is a loop over them
    by_numpy: bool = False  # Whether NumPy makes it, since there are more than `MOST_PLAIN` points
    total: int = 0  # Of all points, where the share of a penalty depends on it

    @classmethod
    def over(cls, points: int, objective: Objective, total: int = 0) -> "Sum":
        """Return how a sum over so many points is made, or over so many of a ``total``."""
        shared = isinstance(objective, NeuronObjective) and objective.is_penalty_shared
        unrolled = points if points <= _UNROLLED else 0
        return cls(objective, unrolled, adds_by_numpy(points, objective), total if shared else 0)


class LoopShape(NamedTuple):
    """What the text of a loop depends on."""

    rule: UpdateRule
    dimension: int  # Inputs of a point
    gradient: Sum  # Over the points of an update
    in_batches: bool = False  # Whether each update may see other points than the one before it
    # Over all points after each update; None when the loss comes with the gradient, or is computed later.
    loss: Sum | None = None
    # eta, gamma: schedules that change the rate.
    eta: ScheduleKind | None = None
    gamma: ScheduleKind | None = None
    is_searched: bool = False  # Whether no loop is compiled, and what a search costs is recorded

    @property
    def loss_with_gradient(self) -> bool:
        """Whether the loss before an update comes with its first gradient."""
        return not self.in_batches and self.loss is None and next(iter(self.rule.gradients.values())) == W

    @property
    def schedules(self) -> list[ScheduleKind]:
        """The schedules that are computed in the loop."""
        return [kind for kind in (self.eta, self.gamma) if kind]

    @property
    def whole(self) -> Sum | None:
        """How sums over all points are made; None when the loop looks at batches alone."""
        return self.loss if self.in_batches else self.gradient

    @property
    def counts_updates(self) -> bool:
        """Whether the rule wants to know the number of the update, from 1."""
        return T in self.rule.program.free

    @property
    def counts_epochs(self) -> bool:
        """Whether a schedule wants to know how many epochs are finished."""
        return any(kind.looks_at(EPOCH) for kind in self.schedules)

    @property
    def counts_steps(self) -> bool:
        """Whether a schedule wants to know how many updates were made."""
        return self.counts_epochs or any(kind.looks_at(STEP) for kind in self.schedules)

    @property
    def recorded(self) -> tuple[str, ...]:
        """Which of ``"eta"`` and ``"gamma"`` are recorded: those that change."""
        return (ETA,) if self.is_searched else tuple(kind.target for kind in self.schedules)

    @property
    def records_rises(self) -> bool:
        """Whether a schedule counts how often the validation loss rose: no other number tells a fork."""
        return any(kind.looks_at(RISES) for kind in self.schedules)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The names of the numbers that a loop is given: parameters and memory, counts, rates, settings."""
        state = (named(name, q) for name in (W, *self.rule.letters) for q in parameter_names(self.dimension))
        settings = map(named, self.rule.constants)
        of_schedules = (f"{kind.target}_{name}" for kind in self.schedules for name in kind.names)
        counts = (STEP, "per_epoch", RISES, "epoch0", "t0")  # the last two are those of `RunClock`
        return (*state, "eta0", "gamma0", *counts, *settings, *of_schedules)

    @property
    def row(self) -> tuple[str, ...]:
        """The names of what is recorded of an update: loss, parameters, gradient, memory, rates, counts."""
        names = parameter_names(self.dimension)
        each = (W, self.rule.last_gradient, *self.rule.letters)
        rises = (RISES,) * self.records_rises
        found = (*(named(one, q) for one in self.rule.directions for q in names), *COSTS * self.is_searched)
        made = (named(name, q) for name in each for q in names)
        return ("loss", *made, *map(named, self.recorded), *rises, *found)


def loop_shape(run: Run, points: int, objective: Objective) -> LoopShape:
    """Return the shape of a run's loop over so many points; its rows are alike for all objectives."""
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


def named(name: str, parameter: str = "") -> str:
    """Return what a name of the rule is called in a loop, for a parameter or for all of them."""
    return f"{name}__{parameter}"
