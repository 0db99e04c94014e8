"""Where a second-order rule goes uphill, or would, and where a run makes no further step."""

import numpy as np

from gdsim.core.analysis.diagnosis.evidence import Evidence, Finding, FindingKind, RowSpan, spans
from gdsim.core.analysis.update import update_of
from gdsim.core.arrays import Array
from gdsim.core.engine.directions import direction_at
from gdsim.core.engine.line_search import search_functions
from gdsim.core.engine.second_derivatives import KeptHessian
from gdsim.core.engine.trajectory import RecordColumns, RunStop, StopReason
from gdsim.core.formulas.numerals import integer_text, number
from gdsim.core.language.texts import counted, said, to_say, translated
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.run import Run

# A slope along a step is only rounding if it is below this many roundings of the parameters and of what the
# points add to the gradient; or if the gradient is below this share of the run's largest one, because on a
# plateau a neuron's output is rounded to 0 or 1.
_ROUNDINGS, _SMALLEST_GRADIENT = 4.0, 1e-10
# The reasons why a run ends before its last epoch that have no finding of their own.
_NO_FURTHER = (
    *(StopReason.CLIMBS, StopReason.NO_STEP, StopReason.NO_SLOPE, StopReason.UNDEFINED, StopReason.FLAT),
    *(StopReason.REACHED, StopReason.SINGULAR, StopReason.FULL),
)


def uphill_steps(evidence: Evidence) -> tuple[Finding, ...]:
    """Find the steps of a second-order rule along which the loss rises at first.

    Other rules step against the gradient, or are carried on by a memory, which `overshoots` reports.
    """
    if not evidence.run.optimizer.update_rule.directions:
        return ()
    gradients, before = evidence.record.gradient[1:], evidence.record.p[:-1]
    slopes, sizes = (gradients * evidence.moves).sum(axis=1), np.abs(gradients).sum(axis=1)
    roundings = sizes * np.spacing(np.abs(before).max(axis=1))
    roundings = _ROUNDINGS * (roundings + np.abs(evidence.moves) @ _gradient_rounding(evidence.experiment))
    uphill = (slopes > roundings) & (sizes > _smallest_size(evidence.record)) & evidence.under_way[:-1]
    found = (_uphill(evidence, span, int(uphill[span.first : span.last + 1].sum())) for span in spans(uphill))
    return (
        *filter(None, found),
        *stopped_uphill(evidence.experiment, evidence.run, evidence.record, evidence.stop),
    )


def stopped_uphill(
    experiment: Experiment, run: Run, record: RecordColumns, stop: RunStop | None
) -> tuple[Finding, ...]:
    """Return the finding for a run that ends where its direction leads uphill, which may be its start."""
    if stop is None or stop.reason is not StopReason.CLIMBS:
        return ()
    place = record.p[-1]
    gradient = experiment.training.gradient(place)
    if np.abs(gradient).sum() <= _smallest_size(record):
        return ()
    # The methods whose directions may lead uphill have no memory, so the place alone gives the direction.
    bent, flat = (KeptHessian(experiment.training, without_outputs=one) for one in (False, True))
    functions = search_functions(len(place), curvature=bent, flat_curvature=flat)
    direction, _ = direction_at(run.optimizer, functions, place.tolist(), gradient.tolist())
    numbers = _where_it_curves_down(experiment, place, gradient, np.array(direction))
    if numbers is None:
        return ()
    slope, curvature = map(number, numbers.values())
    last = len(record.loss) - 1
    sentence = said(
        "{title} stops at step {start}: its direction d leads uphill, with g·d = +{slope}, and a search "
        "only goes downhill. A parabola that fits the loss along d curves down ({curvature}), and d points "
        "to its top.",
        title=translated(run.optimizer.title),
        start=integer_text(experiment.clock(run).first + last),
        slope=slope,
        curvature=curvature,
    )
    return (Finding(FindingKind.UPHILL, last, last, sentence, numbers),)


def stopped(
    experiment: Experiment, run: Run, record: RecordColumns, stop: RunStop | None
) -> tuple[Finding, ...]:
    """Return the finding for a run that makes no further step, unless `stopped_uphill` says why."""
    if stop is None or stop.reason not in _NO_FURTHER or stopped_uphill(experiment, run, record, stop):
        return ()
    last = len(record.loss) - 1
    return (Finding(FindingKind.STOPPED, last, last, stop.sentence, {}),)


def _uphill(evidence: Evidence, span: RowSpan, steps: int) -> Finding | None:
    first, last = span
    update = update_of(evidence.experiment, evidence.run, evidence.record, first + 1)
    numbers = _where_it_curves_down(evidence.experiment, update.before, update.gradient, update.direction)
    if numbers is None:
        return None
    slope, curvature = map(number, numbers.values())
    sentence = counted(
        steps,
        "{title} goes uphill at step {start}: along its direction d the loss rises, with g·d = +{slope}. "
        "A parabola that fits the loss along d curves down ({curvature}), and d points to its top.",
        "{title} goes uphill at {n} steps, the first at step {start}: along its direction d the loss rises, "
        "at first with g·d = +{slope}. A parabola that fits the loss along d curves down ({curvature}), and "
        "d points to its top.",
        title=translated(evidence.run.optimizer.title),
        start=integer_text(evidence.first + first),
        slope=slope,
        curvature=curvature,
    )
    return Finding(FindingKind.UPHILL, first, last + 1, sentence, numbers | {to_say("steps uphill"): steps})


def _gradient_rounding(experiment: Experiment) -> Array:
    """Return how much of the gradient may be rounding where outputs are nearly saturated: (d + 1,)."""
    data = experiment.training
    if not isinstance(data, Neuron):
        return np.zeros(2)
    sizes = (1.0 + np.abs(data.targets)) @ np.abs(data.inputs)
    share = len(data.targets) if data.objective.shares(1, 1).mean else 1.0
    return np.asarray(np.finfo(np.float64).eps * sizes / share)


def _smallest_size(record: RecordColumns) -> float:
    """Return the sum of absolute slopes below which a gradient of a run is only rounding."""
    sizes = np.abs(record.gradient[1:]).sum(axis=1)
    return _SMALLEST_GRADIENT * float(sizes.max(initial=0.0, where=np.isfinite(sizes)))


def _where_it_curves_down(
    experiment: Experiment, place: Array, gradient: Array, direction: Array
) -> dict[str, float] | None:
    """Return the slope along a direction, and the second derivative along its unit vector.

    Return None unless it leads uphill because the loss curves down along it. If its equation is almost
    singular, it may lead uphill by rounding alone.
    """
    unit, bends = direction / np.linalg.norm(direction), experiment.training.hessian(place)
    slope, curvature = float(gradient @ direction), float(unit @ bends @ unit)
    rounding = _ROUNDINGS * np.finfo(np.float64).eps * float(np.abs(unit) @ np.abs(bends) @ np.abs(unit))
    if not (slope > 0.0 and curvature < -rounding):
        return None
    return {"g·d": slope, said("curvature along d"): curvature}
