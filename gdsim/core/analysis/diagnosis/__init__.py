"""Why a run does what it does: findings in plain sentences, based on its record."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from gdsim.core.analysis.diagnosis.convergence import convergences
from gdsim.core.analysis.diagnosis.dead_neuron import dead_neurons
from gdsim.core.analysis.diagnosis.divergence import divergence_at_once, divergences
from gdsim.core.analysis.diagnosis.evidence import Evidence, Finding, FindingKind, gathering_evidence
from gdsim.core.analysis.diagnosis.held_up import false_valleys, plateaus
from gdsim.core.analysis.diagnosis.hovering import hoverings
from gdsim.core.analysis.diagnosis.limits import beyond_limits, limits_that_came
from gdsim.core.analysis.diagnosis.overshoots import overshoots
from gdsim.core.analysis.diagnosis.rounding import roundings
from gdsim.core.analysis.diagnosis.step_sizes import decayed_rates, momentum_caps, small_first_steps
from gdsim.core.analysis.diagnosis.still_falling import still_falling
from gdsim.core.analysis.diagnosis.u_turns import u_turns
from gdsim.core.analysis.diagnosis.uphill import stopped, stopped_uphill, uphill_steps
from gdsim.core.engine.sparse_loss import forward_filled
from gdsim.core.engine.trajectory import RecordColumns, RunStop
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.run import Run
from gdsim.core.progress import Progress, part_of

__all__ = ["DIAGNOSES", "Finding", "FindingKind", "diagnosing"]

DIAGNOSES: dict[FindingKind, Callable[[Evidence], tuple[Finding, ...]]] = {
    FindingKind.FIRST_STEPS: small_first_steps,
    FindingKind.PLATEAU: plateaus,
    FindingKind.DEAD: dead_neurons,
    FindingKind.OVERSHOOT: overshoots,
    FindingKind.U_TURN: u_turns,
    FindingKind.DECAYED_RATE: decayed_rates,
    FindingKind.HOVERING: hoverings,
    FindingKind.MOMENTUM_CAP: momentum_caps,
    FindingKind.FALSE_VALLEY: false_valleys,
    FindingKind.ROUNDING: roundings,
    FindingKind.BEYOND_LIMIT: beyond_limits,
    FindingKind.LIMIT_CAME: limits_that_came,
    FindingKind.UPHILL: uphill_steps,
    FindingKind.CONVERGENCE: convergences,
    FindingKind.STILL_FALLING: still_falling,
    FindingKind.DIVERGENCE: divergences,
    FindingKind.STOPPED: lambda evidence: stopped(
        evidence.experiment, evidence.run, evidence.record, evidence.stop
    ),
}

_NEEDING_EVERY_LOSS = (FindingKind.OVERSHOOT, FindingKind.STILL_FALLING)


def diagnosing(
    experiment: Experiment, run: Run, record: RecordColumns, stop: RunStop | None = None
) -> Progress[tuple[Finding, ...]]:
    """Find what there is to say about a run, which need not be one of the experiment's own; sort by step.

    The record holds the rows so far; ``stop`` is the reason why there are no more, if known. The share that
    is done is yielded every 10 ms or so.
    """
    if len(record.loss) <= 1:
        found_at_once = (
            *divergence_at_once(experiment, run, record, stop),
            *stopped_uphill(experiment, run, record, stop),
            *stopped(experiment, run, record, stop),
        )
        return _rows_to_steps(found_at_once, experiment.clock(run).first)
    is_sparse = bool(np.isnan(record.loss).any())
    if is_sparse:  # findings then use the last loss that was computed
        record = record._replace(loss=forward_filled(record.loss))
    evidence = yield from part_of(gathering_evidence(experiment, run, record, stop), 0.0, 0.8)
    found: list[Finding] = []
    for number, (kind, diagnosis) in enumerate(DIAGNOSES.items()):
        if is_sparse and kind in _NEEDING_EVERY_LOSS:
            continue  # it is not known which steps raised the loss
        with np.errstate(all="ignore"):
            found += diagnosis(evidence)
        yield 0.8 + 0.2 * number / len(DIAGNOSES)
    found = sorted(found, key=lambda finding: (finding.first, finding.last))
    return _rows_to_steps(found, evidence.first)


def _rows_to_steps(found: Iterable[Finding], first: int) -> tuple[Finding, ...]:
    """Convert findings from rows to steps, for a record that begins at step ``first``."""
    return tuple(
        replace(one, first=first + one.first, last=first + one.last) if first else one for one in found
    )
