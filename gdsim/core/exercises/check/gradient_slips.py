"""Slips in the gradient, its sign, and the rates: they go with every rule."""

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.exercises.check.slip import Pending, Slip, always, has_rule, of_several
from gdsim.core.model.experiment import Run
from gdsim.core.rules.optimizers.base import Gradient
from gdsim.core.rules.schedules import Moment


def _times(factor: float, gradient: Gradient) -> Gradient:
    return lambda p: factor * gradient(p)


def _mean(pending: Pending) -> Pending:
    return pending.with_gradient(_times(1.0 / len(pending.batch.targets), pending.gradient))


def _without_half(pending: Pending) -> Pending:
    return pending.with_gradient(_times(2.0, pending.gradient))


def _with_half(pending: Pending) -> Pending:
    return pending.with_gradient(_times(0.5, pending.gradient))


def _uphill(pending: Pending) -> Pending:
    return pending.with_gradient(_times(-1.0, pending.gradient))


def _without_slope(pending: Pending) -> Pending:
    """Leave out f (1 - f)."""

    def gradient(p: Array) -> Array:
        error = pending.batch.output(p) - pending.batch.targets
        return error @ pending.batch.inputs

    return pending.with_gradient(gradient)


def _half_a_slope(pending: Pending) -> Pending:
    """Leave out 1 - f."""

    def gradient(p: Array) -> Array:
        output = pending.batch.output(p)
        return ((output - pending.batch.targets) * output) @ pending.batch.inputs

    return pending.with_gradient(gradient)


def _without_input(pending: Pending) -> Pending:
    """Take the gradient of b for every weight."""

    def gradient(p: Array) -> Array:
        g = pending.gradient(p)
        return np.repeat(g[..., -1:], g.shape[-1], axis=-1)

    return pending.with_gradient(gradient)


def _bias_after_weights(pending: Pending) -> Pending:
    """Ask for the gradient of b where the weights have already moved."""
    moved, _ = pending.run.optimizer.step(pending.gradient, pending.p, pending.state, pending.rates)
    shift = moved - pending.p
    shift[..., -1] = 0.0

    def gradient(p: Array) -> Array:
        g = pending.gradient(p).copy()
        g[..., -1] = pending.gradient(p + shift)[..., -1]
        return g

    return pending.with_gradient(gradient)


def _rate_forgotten(pending: Pending) -> Pending:
    return pending.with_eta(1.0)


def _has_another_rate(run: Run, _points: int) -> bool:
    return run.optimizer.eta != 1.0


def _schedule_forgotten(pending: Pending) -> Pending:
    return pending.with_eta(pending.run.optimizer.eta)


def _has_schedule(run: Run, _points: int) -> bool:
    return run.schedule.id != "constant"


def _counted_from_one(pending: Pending) -> Pending:
    moment = Moment(pending.rates.t, pending.epoch, 0.0)
    return pending.with_eta(pending.run.schedule.rate(pending.run.optimizer.eta, moment))


def _counts_steps(run: Run, _points: int) -> bool:
    return run.schedule.id in {"exponential", "inverse"}


def _epochs_for_steps(pending: Pending) -> Pending:
    moment = Moment(pending.rates.t - 1, pending.rates.t - 1, 0.0)
    return pending.with_eta(pending.run.schedule.rate(pending.run.optimizer.eta, moment))


def _stairs_of_epochs(run: Run, points: int) -> bool:
    return run.schedule.id == "step" and run.regime.updates_per_epoch(points) > 1


def _momentum_schedule_forgotten(pending: Pending) -> Pending:
    return pending.with_gamma(float(getattr(pending.run.optimizer, "gamma", np.nan)))


def _has_momentum_schedule(run: Run, points: int) -> bool:
    return has_rule("momentum", "nesterov")(run, points) and run.momentum_schedule.id != "constant"


SLIPS = (
    Slip(
        "mean",
        "The gradient was divided by the number of points; the loss is a sum, not a mean.",
        of_several,
        _mean,
    ),
    Slip(
        "missing-half", "The gradient is twice as large: the ½ of the loss is missing.", always, _without_half
    ),
    Slip(
        "extra-half",
        "The gradient is half as large: the ½ of the loss cancels the 2 that comes down from the square.",
        always,
        _with_half,
    ),
    Slip(
        "sign",
        "The step goes uphill: the gradient is subtracted, and its error is f − y, not y − f.",
        always,
        _uphill,
    ),
    Slip(
        "no-slope",
        "The factor f·(1 − f), the slope of the sigmoid, is missing in the gradient.",
        always,
        _without_slope,
    ),
    Slip(
        "half-slope",
        "The slope of the sigmoid is f·(1 − f); the factor 1 − f is missing.",
        always,
        _half_a_slope,
    ),
    Slip("no-input", "The factor x is missing in the gradient of w.", always, _without_input),
    Slip(
        "bias-after-weights",
        "b was updated with the new w; both gradients belong to the old w and b.",
        always,
        _bias_after_weights,
    ),
    Slip(
        "no-rate",
        "The gradient was not multiplied by the learning rate η.",
        _has_another_rate,
        _rate_forgotten,
    ),
    Slip(
        "no-schedule",
        "The learning rate stayed at its first value; the run has a schedule.",
        _has_schedule,
        _schedule_forgotten,
    ),
    Slip(
        "schedule-from-one",
        "The schedule counts the first update as t = 1; it is t = 0.",
        _counts_steps,
        _counted_from_one,
    ),
    Slip(
        "schedule-in-steps",
        "The stairs of the schedule were counted in steps; they are counted in finished epochs.",
        _stairs_of_epochs,
        _epochs_for_steps,
    ),
    Slip(
        "no-momentum-schedule",
        "The momentum stayed at its own value; the run has a momentum schedule.",
        _has_momentum_schedule,
        _momentum_schedule_forgotten,
    ),
)
