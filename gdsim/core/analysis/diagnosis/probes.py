"""What other runs reveal about a run: where more steps lead, what leads out, and what rounding does."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from gdsim.core.analysis.diagnosis.saturation import Saturation, stuck_losses
from gdsim.core.arrays import Array
from gdsim.core.engine.runs import first_steps
from gdsim.core.engine.sparse_loss import forward_filled, loss_interval
from gdsim.core.engine.trajectory import RecordColumns
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.objective import MEAN
from gdsim.core.model.run import Run
from gdsim.core.progress import Progress, part_of
from gdsim.core.rules.catalogue import RULES
from gdsim.core.settings import LARGEST
from gdsim.core.surface.valley import curvatures, is_lecture_neuron

# A run is at rest from where its loss stays within this share of its final value.
LEVEL = 0.01
# The rest lasts at least this many updates and passes over the data; a shorter end says nothing.
_LEAST_STEPS, _LEAST_EPOCHS = 10, 3
# At least this share of the loss comes from saturated points.
MOST = 0.5
# The run is continued for this many times its length. A run of less than a hundred steps counts as one of a
# hundred, because its early end says nothing about the place.
_PATIENCE, _SHORT_RUN = 3, 100
# Plain descent is tried with this many rates, each a third of the one before, for this many steps, on at most
# this many points.
_RATES, _STEPS, MOST_POINTS = 10, 1000, 1024
# The largest of these rates, as a multiple of what the steepest possible walls allow.
_LARGEST_RATE = 1000.0
# The most by which rounding may raise the loss, as a share of the initial loss.
_CLIMB = 1e-9
# A descent is followed until this share of the loss is left.
_ENOUGH = 0.01
# The end of a run is this share of its steps.
_LAST_PART = 0.1
# The loss still falls there if it loses at least the first share of its height. The second share is enough
# if, after as many steps again, at most the third share is left of what was left at the end.
_NOTICED, _SLIGHT, _LATER = 0.05, 0.01, 0.5
# Sigmoids that another run may compute, in some tenths of a second, and how many a step itself costs.
_BUDGET, _STEP = 1 << 21, 8
# Gauss-Newton steps from each start of the search for a lower place.
_MOVES = 40


class WayOut(NamedTuple):
    """Plain gradient descent that lowers the loss from where a run is at rest."""

    eta: float
    steps: int
    loss: float


class StuckEnd(NamedTuple):
    """The end of a run where most of the loss comes from saturated points and hardly changes."""

    first: int  # The row from which on it does not change
    way_out: WayOut | None
    later: tuple[int, float] | None  # A number of further steps and the loss after them; None if unaffordable
    # (d + 1,): a place with a lower loss, to a few digits, if neither patience nor another rate leads out.
    lower: Array | None


def what_would_help(
    experiment: Experiment, run: Run, record: RecordColumns, saturation: Saturation
) -> Progress[StuckEnd | None]:
    """Find out what would help a run that has come to rest; None if it has not, or if no point is stuck."""
    loss, per_epoch = record.loss, experiment.updates_per_epoch(run)
    end, p, first = float(loss[-1]), record.p[-1], _level_from(record, saturation)
    if len(loss) - 1 - first < max(_LEAST_STEPS, _LEAST_EPOCHS * per_epoch):
        return None
    if not is_lecture_neuron(saturation.data) or np.abs(p).max() > LARGEST:
        return None
    if not stuck_losses(saturation.data, saturation.data.output(p)).any():
        return None
    patience = _PATIENCE * max(len(loss) - 1, _SHORT_RUN)
    later = yield from part_of(_later(experiment, run, record, patience), 0.0, 0.4)
    if later and not abs(later[1] - end) <= LEVEL * end:
        return None  # it was only slow
    picked = np.random.default_rng(0).permutation(saturation.picked)[:MOST_POINTS]
    fewer = experiment
    if len(picked) < len(experiment.points):
        fewer = replace(experiment, points=experiment.points.taken(np.sort(picked)))
    neuron = Neuron.fitting(fewer.points, saturation.data.objective)
    leaves, way_out = yield from part_of(_way_out(fewer, neuron, p, len(experiment.points)), 0.4, 0.8)
    lower = None
    if not leaves:
        lower = yield from part_of(_lower(experiment, record, neuron), 0.8, 1.0)
    return StuckEnd(first, way_out, later, lower)


def _level_from(record: RecordColumns, saturation: Saturation) -> int:
    """Return the row from which to the end the loss is level and most of it comes from saturated points."""
    loss = record.loss
    moves = np.flatnonzero(~(np.abs(loss - loss[-1]) <= LEVEL * loss[-1]))
    free = saturation.rows[np.flatnonzero(~(saturation.stuck_share >= MOST))]
    return max(int(moves[-1]) + 1 if len(moves) else 0, int(free[-1]) + 1 if len(free) else 0)


def _later(
    experiment: Experiment, run: Run, record: RecordColumns, more: int
) -> Progress[tuple[int, float] | None]:
    """Continue a run to the end of an epoch; return the further steps and the loss after them, or None."""
    last, clock = len(record.loss) - 1, experiment.clock(run)
    wanted = clock.first - clock.epoch0 + last + more
    epochs = -(-wanted // clock.per_epoch)
    if clock.end_of(epochs) > _affordable(experiment, run):  # a fork's past is computed again
        return None
    steps = clock.end_of(epochs) - clock.first
    longer = yield from first_steps(experiment, replace(run, epochs=epochs), steps)
    loss = forward_filled(longer.whole.loss)
    return longer.last_step - last, float(loss[-1])


def _way_out(
    experiment: Experiment, neuron: Neuron, p: Array, points: int
) -> Progress[tuple[bool, WayOut | None]]:
    """Return whether plain descent leaves a place, and the fastest descent whose loss only falls.

    Rates are limited so that the walls at this place do not throw the run out. Walls further on still may,
    but where that leads is chance, and no advice. The experiment may have only some of the ``points``.
    """
    seen, objective = len(neuron.targets), neuron.objective
    part = 1.0 if objective.reduction == MEAN else points / seen
    # A sigmoid's slope is at most a quarter.
    usual = 8.0 / float((neuron.inputs * neuron.inputs).sum()) / objective.factor(seen)
    steepest = float(curvatures(neuron, p)[0][-1])
    largest = min(_LARGEST_RATE * usual, 1.0 / max(steepest, 1e-300))
    leaves, found = False, list[WayOut]()
    for number in range(_RATES):
        eta = _rounded_down(largest * 10.0 ** (-0.5 * number))
        run = Run(RULES["gd"](eta=eta), start=tuple(p.tolist()), epochs=_STEPS)
        tried = yield from part_of(
            first_steps(experiment, run, _STEPS), number / _RATES, (number + 1) / _RATES
        )
        if tried.last_step < _STEPS:
            continue  # it diverged
        loss = tried.whole.loss
        arrived = np.flatnonzero(loss <= _ENOUGH * loss[0])
        steps = int(arrived[0]) if len(arrived) else _STEPS
        leaves = leaves or bool(loss.min() < (1.0 - LEVEL) * loss[0])
        falls = (np.diff(loss[: steps + 1]) <= _CLIMB * loss[0]).all()
        if falls and loss[steps] < (1.0 - LEVEL) * loss[0]:
            found.append(WayOut(eta / part, steps, float(loss[steps]) * part))
    return leaves, min(found, key=lambda one: (one.steps, one.loss), default=None)


def _rounded_down(value: float) -> float:
    """Return a number rounded down to two digits."""
    scale = 10.0 ** (np.floor(np.log10(value)) - 1.0)
    return float(f"{scale * np.floor(value / scale):.1e}")


def _lower(experiment: Experiment, record: RecordColumns, neuron: Neuron) -> Progress[Array | None]:
    """Return a place with a lower loss than the end of a record, in as few digits as possible, or None.

    The neuron may have only a sample of the points.
    """
    whole, end = experiment.training, float(record.loss[-1])
    for start in _promising_places(neuron, record.p[int(np.nanargmin(record.loss))]):
        with np.errstate(all="ignore"):
            place = _descended(neuron, start)
        for digits in (3, 5, 8, 17):
            yield 0.5
            short = np.array([float(f"{value:.{digits}g}") for value in place.tolist()])
            if float(whole.loss(short)) < (1.0 - LEVEL) * end:
                return short
    return None


def _promising_places(neuron: Neuron, known: Array) -> Iterator[Array]:
    """Yield the starts of the search for a lower place, the last of which is ``known``."""
    inputs, targets = neuron.inputs, neuron.targets
    within = np.clip(targets, 1e-3, 1.0 - 1e-3)
    logits = np.log(within / (1.0 - within))
    # Least squares of the activations, first weighted by how strongly each affects f.
    weights = within * (1.0 - within)
    for factor in (weights, np.ones(len(targets))):
        found = np.linalg.lstsq(inputs * factor[:, np.newaxis], logits * factor, rcond=None)[0]
        yield found.astype(np.float64)
    yield np.zeros(len(known))
    yield known


def _descended(neuron: Neuron, place: Array) -> Array:
    """Return where damped Gauss-Newton steps lead from a place."""
    best, damping = float(neuron.loss(place)), 1e-3
    for _ in range(_MOVES):
        output = neuron.output(place)
        jacobian = (output * (1.0 - output))[:, np.newaxis] * neuron.inputs
        matrix = jacobian.T @ jacobian
        matrix += damping * np.diag(np.diag(matrix) + 1e-300)
        if not np.isfinite(matrix).all():
            break
        move = np.linalg.lstsq(matrix, jacobian.T @ (neuron.targets - output), rcond=None)[0]
        loss = float(neuron.loss(place + move))
        if loss < best:
            place, best, damping = place + move, loss, damping / 10.0
        else:
            damping *= 10.0
    return place


# -------------------------------------------------------------------------------------- going on


class LastFall(NamedTuple):
    """The end of a run over which its loss falls considerably, and in every epoch."""

    epochs: int  # Each ends lower than the one before
    first: int  # The row from which it falls
    later: tuple[int, float] | None  # A number of further steps and the loss after them; None if unaffordable


def last_fall(
    experiment: Experiment, run: Run, record: RecordColumns, floor: float
) -> Progress[LastFall | None]:
    """Find out whether the loss falls up to the end, and is lower after as many steps again.

    The height of a loss is measured from its ``floor``. If that is minus infinity, the height is what the run
    has lost in all.
    """
    loss, per_epoch = record.loss, experiment.updates_per_epoch(run)
    epochs = int(_LAST_PART * (len(loss) - 1)) // per_epoch
    if epochs < _LEAST_EPOCHS:
        return None
    first, end = len(loss) - 1 - epochs * per_epoch, float(loss[-1])
    height = float(loss[first]) - floor if np.isfinite(floor) else float(loss.max()) - end
    falls, lost = (np.diff(loss[first::per_epoch]) < 0.0).all(), float(loss[first]) - end
    if not (falls and lost >= _SLIGHT * height):
        return None
    later = yield from _later(experiment, run, record, len(loss) - 1)
    if later and not (later[0] >= len(loss) - 1 and later[1] < end):
        return None
    falls_fast = later and np.isfinite(floor) and later[1] - floor <= _LATER * (end - floor)
    if lost < _NOTICED * height and not falls_fast:
        return None
    return LastFall(epochs, first, later)


# ---------------------------------------------------------------------------------------- rounding


class Twin(NamedTuple):
    """A run whose start differs by a rounding error from that of another run."""

    start: float  # Of the bias; the other parameters start as in the other run
    loss: Array  # (k,): of the first rows


def twin_of(experiment: Experiment, run: Run, record: RecordColumns) -> Progress[Twin | None]:
    """Compute a twin of a run, for as many steps as take some tenths of a second."""
    steps = min(len(record.loss) - 1, _affordable(experiment, run))
    bias = run.start[-1]
    # Towards zero, where every start is allowed.
    other = bias - float(np.copysign(np.spacing(max(1.0, abs(bias))), bias))
    twin = replace(run, start=(*run.start[:-1], other))
    if run.fork or steps < 1 or tuple(record.p[0].tolist()) != run.start:
        return None
    computed = yield from first_steps(experiment, twin, steps)
    return Twin(other, forward_filled(computed.whole.loss))


def _affordable(experiment: Experiment, run: Run) -> int:
    points = len(experiment.points)
    batch = run.batching.batch_size(points)
    return _BUDGET // (_STEP + batch + points // loss_interval(points, batch))
