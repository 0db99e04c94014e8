"""One update of one run, taken apart: everything that went into it, and what came out."""

from dataclasses import dataclass

import numpy as np

from gdsim.core.arrays import Array, Rows
from gdsim.core.engine.trajectory import Columns
from gdsim.core.model.experiment import Experiment, Run
from gdsim.core.model.points import PointSet
from gdsim.core.rules.optimizers.base import Rates

# Updates before one that are kept with it, to compare.
_FEW = 16


@dataclass(frozen=True, eq=False)
class Update:
    """Update number t of a run: from step t - 1 to step t.

    Attributes
    ----------
    run : Run
    points : PointSet
        All training points.
    t : int
        From 1.
    epoch : int
        Epochs finished before it.
    before, after : (d + 1,) arrays
        Parameters.
    gradient : (d + 1,) array
        The gradient that was used.
    asked_at : (d + 1,) array
        Where it was taken: at ``before``, or where the rule looked ahead.
    eta, gamma : float
        The rates that were used; gamma is NaN for a rule without momentum.
    state_before, state_after : (k, d + 1) arrays
        The rule's state variables, in the order of its State.
    rows : (B,) array
        Which points fed it.
    loss_before, loss_after : float
        Over all points.
    steps_before, gradients_before : (k, d + 1) arrays
        The steps and gradients of the last few updates before it.
    etas_before : (k,) array
        Their learning rates.
    """

    run: Run
    points: PointSet
    t: int
    epoch: int
    before: Array
    after: Array
    gradient: Array
    asked_at: Array
    eta: float
    gamma: float
    state_before: Array
    state_after: Array
    rows: Rows
    loss_before: float
    loss_after: float
    steps_before: Array
    gradients_before: Array
    etas_before: Array


def update_of(experiment: Experiment, run: Run, record: Columns, t: int) -> Update:
    """Return update ``t`` of a recorded run.

    Parameters
    ----------
    experiment : Experiment
        Holds the points.
    run : Run
    record : Columns
        At least the rows 0 to ``t``.
    t : int
        From 1.

    Raises
    ------
    ValueError
        If there is no such update on the record.
    """
    if not 1 <= t < len(record.loss):
        raise ValueError(f"there is no update {t} on the record")
    before = record.p[t - 1]
    gradient = record.gradient[t]
    # Row 0 has no state: what a rule starts with is the rule's to say.
    state = run.optimizer.init(before)
    if t > 1:
        state = type(state)(*record.state[:, t - 1])
    rates = Rates(float(record.eta[t]), float(record.gamma[t]), t)
    return Update(
        run=run,
        points=experiment.points,
        t=t,
        epoch=(t - 1) // experiment.updates_per_epoch(run),
        before=before,
        after=record.p[t],
        gradient=gradient,
        asked_at=_asked_at(run, before, gradient, state, rates),
        eta=float(rates.eta),
        gamma=rates.gamma,
        state_before=np.array(state).reshape(len(state), len(before)),
        state_after=record.state[:, t],
        rows=run.regime.rows(len(experiment.points), t, run.seed),
        loss_before=float(record.loss[t - 1]),
        loss_after=float(record.loss[t]),
        steps_before=np.diff(record.p[max(0, t - 1 - _FEW) : t], axis=0),
        gradients_before=record.gradient[max(1, t - _FEW) : t],
        etas_before=record.eta[max(1, t - _FEW) : t],
    )


def _asked_at(run: Run, before: Array, gradient: Array, state: object, rates: Rates) -> Array:
    """Return where the rule takes its gradient: let it make the step, and see what it asks for."""
    asked: list[Array] = []

    def answer(p: Array) -> Array:
        asked.append(p)
        return gradient

    with np.errstate(all="ignore"):
        run.optimizer.step(answer, before, state, rates)
    return asked[-1]
