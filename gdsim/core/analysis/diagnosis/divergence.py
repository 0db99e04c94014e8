"""Where a run diverged, the growing steps that led to it, and what helps."""

import numpy as np

from gdsim.core.analysis.diagnosis.evidence import Evidence, Finding, FindingKind
from gdsim.core.engine.loop import gradient_at, loss_at
from gdsim.core.engine.trajectory import RecordColumns, RunStop, StopReason
from gdsim.core.formulas.numerals import exact, integer_text, number
from gdsim.core.language.texts import counted, said, to_say
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.neuron import written_names
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.run import Run

# The most steps before the end that are examined; more would say nothing new about the growth.
_LONGEST_RUN_UP = 50
# The largest float, rounded down.
_LARGEST = 1.79e308


def divergence_at_once(
    experiment: Experiment, run: Run, record: RecordColumns, stop: RunStop | None
) -> tuple[Finding, ...]:
    """Return the finding for a run that diverged before its first step."""
    if stop is None or stop.reason is not StopReason.DIVERGED:
        return ()
    eta, name = run.optimizer.eta, "η₀" if run.schedule.definition.changes else "η"
    if run.fork and stop.step <= run.fork.step:
        sentence = said(
            "“{name}” diverges at step {step}, so this run has nowhere to begin. Let it branch off earlier.",
            name=run.fork.parent.shown_name,
            step=integer_text(stop.step),
        )
        return (Finding(FindingKind.DIVERGENCE, 0, 0, sentence, {}),)
    sentence = said(
        "With {name} = {eta} a number became infinite or undefined as early as step {step}, so there is no "
        "step.",
        name=name,
        eta=number(eta),
        step=integer_text(stop.step),
    )
    numbers = {name: eta}
    loss, start = experiment.training, record.p[0].tolist()
    if not isinstance(experiment.objective, FunctionObjective):
        sentence += " " + said("Try a smaller η, or smaller inputs.")
    elif np.isfinite([loss_at(loss, start), *gradient_at(loss, start)]).all():
        sentence += " " + said("Try a smaller η.")
    else:
        numbers = dict(zip(written_names(1), start, strict=True))
        place = ", ".join(f"{name} = {exact(value)}" for name, value in numbers.items())
        sentence = said(
            "The function or its slope is infinite or undefined where the run starts, at {place}.",
            place=place,
        )
    return (Finding(FindingKind.DIVERGENCE, 0, 0, sentence, numbers),)


def divergences(evidence: Evidence) -> tuple[Finding, ...]:
    """Find the end of a run that diverged, and the growing steps that led to it."""
    stop = evidence.stop
    if stop is None or stop.reason is not StopReason.DIVERGED:
        return ()
    lengths = np.abs(evidence.moves[-_LONGEST_RUN_UP:]).max(axis=1)
    shrinks = np.flatnonzero(np.diff(lengths) <= 0.0)
    grown = len(lengths) - 1 - (int(shrinks[-1]) + 1 if len(shrinks) else 0)
    longest = float(lengths[-1])
    numbers = {to_say("longest step"): longest} if np.isfinite(longest) else {}
    # A step from one end of the floats to the other overflows.
    far = number(longest) if numbers else said("more than {largest}", largest=number(_LARGEST))
    what = said("The last step moved a parameter by {longest}", longest=far)
    if grown:
        # By logarithms, because the quotient itself may overflow.
        growth = float(np.exp((np.log(lengths[-1]) - np.log(lengths[-1 - grown])) / grown))
        if np.isfinite(growth):
            numbers[to_say("growth per step")] = growth
            what += "; " + counted(
                grown,
                "it was {growth} times as long as the one before",
                "the last {n} steps were, on average, {growth} times as long as the one before",
                growth=number(growth),
            )
    sentence = said(
        "{what}. At step {step} a number became infinite or undefined. {advice}",
        what=what,
        step=integer_text(stop.step),
        advice=_advice(evidence, numbers),
    )
    return (
        Finding(FindingKind.DIVERGENCE, max(0, evidence.last - grown - 1), evidence.last, sentence, numbers),
    )


def _advice(evidence: Evidence, numbers: dict[str, float]) -> str:
    """Return what helps or, if the loss has no floor and fell up to the end, what may be wrong."""
    loss = evidence.record.loss[-_LONGEST_RUN_UP - 1 :]
    rises = np.flatnonzero(~(np.diff(loss) < 0.0))
    fell = len(loss) - 1 - (int(rises[-1]) + 1 if len(rises) else 0)
    if evidence.has_floor or not fell:
        return said("Try a smaller η.")
    numbers[to_say("last loss")] = float(loss[-1])
    return counted(
        fell,
        "In the last step the loss fell, to {loss}: it may fall without end, or have no value further on.",
        "In the last {n} steps the loss fell, to {loss}: it may fall without end, or have no value "
        "further on.",
        loss=number(float(loss[-1])),
    )
