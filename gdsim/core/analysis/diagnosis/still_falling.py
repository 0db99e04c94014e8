"""Where a run ends though its loss still falls, so that more steps would lower it further."""

from gdsim.core.analysis.diagnosis.convergence import convergences
from gdsim.core.analysis.diagnosis.dead_neuron import dead_neurons
from gdsim.core.analysis.diagnosis.evidence import Evidence, Finding, FindingKind
from gdsim.core.analysis.diagnosis.held_up import false_valleys, plateaus
from gdsim.core.analysis.diagnosis.hovering import hoverings
from gdsim.core.analysis.diagnosis.rounding import roundings
from gdsim.core.formulas.numerals import integer_text, told_apart
from gdsim.core.language.texts import said

# If one of these describes the end of a run, the run is not said to be still falling.
_OTHERS = (plateaus, false_valleys, dead_neurons, hoverings, roundings, convergences)


def still_falling(evidence: Evidence) -> tuple[Finding, ...]:
    """Find the last part of a run over which its loss keeps falling."""
    fall = evidence.last_fall
    if fall is None or (evidence.has_floor and not evidence.under_way[-1]):
        return ()
    if any(found.last > fall.first for other in _OTHERS for found in other(evidence)):
        return ()
    before, after = evidence.record.loss[[fall.first, -1]].tolist()
    numbers = {
        said("loss at step {step}", step=integer_text(evidence.first + fall.first)): before,
        said("loss at step {step}", step=integer_text(evidence.first + evidence.last)): after,
    }
    written = told_apart([before, after, *(fall.later or ())[1:]])
    named = {"before": written[0], "after": written[1], "n": integer_text(fall.epochs)}
    sentence = (
        said(
            "The run ends while its loss still falls: from {before} to {after} in the last {n} steps, at "
            "each of them.",
            **named,
        )
        if evidence.uses_all_points
        else said(
            "The run ends while its loss still falls: from {before} to {after} in the last {n} epochs, in "
            "each of them.",
            **named,
        )
    )
    if fall.later:
        steps, later = fall.later
        numbers[said("loss {steps} steps later", steps=integer_text(steps))] = later
        sentence += " " + said(
            "Another {steps} steps would take it to {later}.", steps=integer_text(steps), later=written[-1]
        )
    return (Finding(FindingKind.STILL_FALLING, fall.first, evidence.last, sentence, numbers),)
