"""Why a run does what it does: plain sentences, drawn only from what is on its record."""

from collections.abc import Callable, Generator

import numpy as np

from gdsim.core.analysis.diagnosis.decayed_rate import decayed_rates
from gdsim.core.analysis.diagnosis.divergence import divergences
from gdsim.core.analysis.diagnosis.evidence import Evidence, gather
from gdsim.core.analysis.diagnosis.false_valley import false_valleys
from gdsim.core.analysis.diagnosis.finding import Finding, Kind
from gdsim.core.analysis.diagnosis.first_steps import first_steps
from gdsim.core.analysis.diagnosis.hovering import hoverings
from gdsim.core.analysis.diagnosis.momentum_cap import momentum_caps
from gdsim.core.analysis.diagnosis.overshoot import overshoots
from gdsim.core.analysis.diagnosis.plateau import plateaus
from gdsim.core.analysis.diagnosis.u_turn import u_turns
from gdsim.core.engine.sparse_loss import carried
from gdsim.core.engine.stopping import Stop
from gdsim.core.engine.trajectory import Columns
from gdsim.core.model.experiment import Experiment, Run

__all__ = ["DIAGNOSES", "Finding", "Kind", "diagnose", "diagnosing"]

DIAGNOSES: dict[Kind, Callable[[Evidence], tuple[Finding, ...]]] = {
    Kind.FIRST_STEPS: first_steps,
    Kind.PLATEAU: plateaus,
    Kind.OVERSHOOT: overshoots,
    Kind.U_TURN: u_turns,
    Kind.DECAYED_RATE: decayed_rates,
    Kind.HOVERING: hoverings,
    Kind.MOMENTUM_CAP: momentum_caps,
    Kind.FALSE_VALLEY: false_valleys,
    Kind.DIVERGENCE: divergences,
}


def diagnose(
    experiment: Experiment, run: Run, record: Columns, stop: Stop | None = None
) -> tuple[Finding, ...]:
    """Return what there is to say of a run, in the order of its steps.

    Parameters
    ----------
    experiment : Experiment
        Holds the points.
    run : Run
    record : Columns
        Its rows so far, the start first. The more there are, the more can be said.
    stop : Stop or None
        Why the record ends, when it is known.
    """
    work = diagnosing(experiment, run, record, stop)
    while True:
        try:
            next(work)
        except StopIteration as done:
            found: tuple[Finding, ...] = done.value
            return found


def diagnosing(
    experiment: Experiment, run: Run, record: Columns, stop: Stop | None = None
) -> Generator[None, None, tuple[Finding, ...]]:
    """Do the same in pieces of some 10 ms, between which whoever drives it may turn to other things."""
    if len(record.loss) <= 1:
        return ()
    is_sparse = bool(np.isnan(record.loss).any())
    if is_sparse:  # what is said of a loss is then said of the last one that was computed
        record = record._replace(loss=carried(record.loss))
    evidence = yield from gather(experiment, run, record, stop)
    found: list[Finding] = []
    for kind, diagnosis in DIAGNOSES.items():
        if is_sparse and kind is Kind.OVERSHOOT:
            continue  # which of the steps raised the loss is not known
        with np.errstate(all="ignore"):
            found += diagnosis(evidence)
        yield
    return tuple(sorted(found, key=lambda finding: (finding.first, finding.last)))
