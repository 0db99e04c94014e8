"""Finding a learning rate: the same run at one rate after the other."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine import LARGEST_CHUNK, simulate
from gdsim.core.experiment import Experiment, Run, start_array
from gdsim.core.neuron import Neuron
from gdsim.core.stopping import StopReason

# The lecture's first try, on a logarithmic scale, and its second one around the best of it.
LADDER = (0.0001, 0.001, 0.01, 0.1, 1.0)
_FINER = (0.5, 2.0, 3.0)


@dataclass(frozen=True, eq=False)
class Trial:
    """A run at one learning rate.

    Attributes
    ----------
    run : Run
        As it was tried.
    loss : (n,) array
        Over all points, after 0, 1, .. steps; it ends before the first one that is not finite.
    diverged : bool
    """

    run: Run
    loss: Array
    diverged: bool

    @property
    def rate(self) -> float:
        """The learning rate, before any schedule."""
        return self.run.optimizer.eta

    @property
    def last(self) -> float:
        """The loss at its end; infinite when it diverged."""
        return float("inf") if self.diverged else float(self.loss[-1])


def finer(rate: float) -> tuple[float, ...]:
    """Return rates around a good one, as the lecture goes from 0.1 to 0.05, 0.2 and 0.3."""
    return tuple(float(f"{rate * factor:.12g}") for factor in _FINER)


def best(trials: tuple[Trial, ...]) -> Trial | None:
    """Return the trial with the lowest loss at its end; None when all diverged."""
    flown = [trial for trial in trials if not trial.diverged]
    return min(flown, key=lambda trial: trial.last, default=None)


def trials(experiment: Experiment, run: Run, rates: tuple[float, ...], steps: int) -> Iterator[Trial]:
    """Yield the first steps of a run at each of some learning rates.

    Parameters
    ----------
    experiment : Experiment
        Holds the points.
    run : Run
    rates : tuple of float
        The schedule of the run starts from each of them.
    steps : int
        At least 1; a run that has fewer makes all of its own.

    Raises
    ------
    InvalidValue
        If a rate is not a positive number.
    """
    data, held_out = Neuron.fitting(experiment.points), Neuron.fitting(experiment.validation)
    for rate in rates:
        tried = replace(run, optimizer=replace(run.optimizer, eta=rate))
        loss, diverged = _losses(tried, data, held_out, steps)
        yield Trial(tried, loss, diverged)


def _losses(run: Run, data: Neuron, held_out: Neuron, steps: int) -> tuple[Array, bool]:
    record = simulate(run, data, held_out, start_array(run))
    columns, stop = next(record)
    losses = [columns.loss]
    left = steps
    while left and not stop:
        columns, stop = record.send(min(left, LARGEST_CHUNK))
        left -= len(columns.loss)
        losses.append(columns.loss)
    return np.concatenate(losses), stop is not None and stop.reason is StopReason.DIVERGED
