"""Where the loss depends on how numbers are rounded."""

import numpy as np

from gdsim.core.analysis.diagnosis.evidence import Evidence, Finding, FindingKind, RowSpan, spans
from gdsim.core.analysis.diagnosis.probes import Twin
from gdsim.core.arrays import Array
from gdsim.core.formulas.numerals import exact, integer_text, number
from gdsim.core.language.texts import said, to_say

# If the losses differ by more than this share, not even the first digit is certain.
_UNCERTAIN = 0.1
# A loss is certain again once it has been so for more steps than this.
_CERTAIN_STEPS = 20


def roundings(evidence: Evidence) -> tuple[Finding, ...]:
    """Find the steps at which the loss depends on how the numbers of earlier steps were rounded."""
    twin = evidence.twin
    if twin is None:
        return ()
    rows = min(len(twin.loss), len(evidence.record.loss))
    loss = evidence.record.loss[:rows]
    size = loss if evidence.has_floor else np.maximum(np.abs(loss), loss - evidence.lowest)
    apart = np.abs(loss - twin.loss[:rows]) / size
    uncertain = spans((apart > _UNCERTAIN) & evidence.under_way[:rows], gap=_CERTAIN_STEPS)
    return tuple(_rounding(evidence, twin, span, apart) for span in uncertain)


def _rounding(evidence: Evidence, twin: Twin, span: RowSpan, apart: Array) -> Finding:
    first, last = span
    worst = first + int(np.argmax(apart[first : last + 1]))
    has, would = float(evidence.record.loss[worst]), float(twin.loss[worst])
    starts = twin.start, evidence.run.start[-1]
    bias, begun = (exact(value) for value in starts)
    where = said("From step {first} to {last}", first=integer_text(first), last=integer_text(last))
    if first == last:
        where = said("At step {first}", first=integer_text(first))
    if evidence.last - last <= _CERTAIN_STEPS:  # the few steps after it say nothing
        where, last = said("From step {first} on", first=integer_text(first)), evidence.last
    sentence = said(
        "{where} the digits of the loss mean nothing, because they depend on how numbers are rounded: with "
        "b = {bias} instead of {begun} at the start, the kind of difference that rounding makes at every "
        "step, the loss would be {would} at step {worst} and not {has}.",
        where=where,
        bias=bias,
        begun=begun,
        would=number(would),
        worst=integer_text(worst),
        has=number(has),
    )
    numbers = {
        said("loss at step {step}", step=integer_text(worst)): has,
        to_say("loss from the other start"): would,
    }
    return Finding(FindingKind.ROUNDING, first, last, sentence, numbers)
