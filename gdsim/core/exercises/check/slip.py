"""What a slip is: one update made in a way that is wrong, but plausible."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from gdsim.core.arrays import Array
from gdsim.core.model.experiment import Run
from gdsim.core.model.neuron import Neuron
from gdsim.core.rules.optimizers.base import AnyState, Gradient, Rates
from gdsim.core.rules.schedules import Rate


@dataclass(frozen=True, eq=False)
class Pending:
    """An update that is about to be made.

    Attributes
    ----------
    run : Run
    data : Neuron
        All training points.
    batch : Neuron
        The points that feed this update.
    gradient : callable
        The gradient that will be used, as a function of the parameters.
    p : (..., d + 1) array
        Where the update begins.
    state : State of the rule
    rates : Rates
    epoch : int
        Finished epochs.
    """

    run: Run
    data: Neuron
    batch: Neuron
    gradient: Gradient
    p: Array
    state: AnyState
    rates: Rates
    epoch: int

    def with_gradient(self, gradient: Gradient) -> "Pending":
        """Return the same update with another gradient."""
        return replace(self, gradient=gradient)

    def with_eta(self, eta: Rate) -> "Pending":
        """Return the same update with another learning rate."""
        return replace(self, rates=self.rates._replace(eta=eta))

    def with_gamma(self, gamma: float) -> "Pending":
        """Return the same update with another momentum."""
        return replace(self, rates=self.rates._replace(gamma=gamma))


Change = Callable[[Pending], Pending]
Way = Callable[[Pending], tuple[Array, AnyState]]


def proper(pending: Pending) -> tuple[Array, AnyState]:
    """Make an update as the run's rule says."""
    return pending.run.optimizer.step(pending.gradient, pending.p, pending.state, pending.rates)


def unchanged(pending: Pending) -> Pending:
    """Leave an update as it is."""
    return pending


@dataclass(frozen=True, eq=False)
class Slip:
    """A way to get the updates of a run wrong.

    Attributes
    ----------
    id : str
    sentence : str
        What was done, and what the lecture does instead.
    fits : callable
        Whether a run on some points can be got wrong like this.
    change : callable
        What is wrong before the rule is applied.
    way : callable
        The rule as it is applied.
    """

    id: str
    sentence: str
    fits: Callable[[Run, int], bool]
    change: Change = unchanged
    way: Way = proper


def has_rule(*ids: str) -> Callable[[Run, int], bool]:
    """Return what tells whether a run has one of some rules."""
    return lambda run, _points: run.optimizer.id in ids


def always(_run: Run, _points: int) -> bool:
    """Every run can be got wrong like this."""
    return True


def in_batches(run: Run, points: int) -> bool:
    """Whether an update uses some of the points only."""
    return run.regime.batch_size(points) < points


def of_several(run: Run, points: int) -> bool:
    """Whether an update uses more than one point."""
    return run.regime.batch_size(points) > 1
