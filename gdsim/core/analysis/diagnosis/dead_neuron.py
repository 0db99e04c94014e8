"""Where a ReLU neuron is dead: its output is 0 at every point, and no point moves its parameters."""

import numpy as np

from gdsim.core.analysis.diagnosis.evidence import Evidence, Finding, FindingKind, what_the_loss_does
from gdsim.core.formulas.numerals import integer_text, number
from gdsim.core.language.texts import counted, said
from gdsim.core.model.neuron import Neuron

# The most activations that are computed at once, and for one diagnosis.
_AT_ONCE, _MOST = 1 << 17, 1 << 24


def dead_neurons(evidence: Evidence) -> tuple[Finding, ...]:
    """Find the step from which to the end w·x + b is above 0 at none of the points."""
    data = evidence.experiment.training
    if not isinstance(data, Neuron) or data.objective.activation != "relu":
        return ()
    size = len(data.targets)
    if size * len(evidence.record.loss) > _MOST:
        return ()
    first = _dead_from(data, evidence)
    if first >= evidence.last:
        return ()
    record, start = evidence.record, evidence.first
    before, after = float(record.loss[first]), float(record.loss[-1])
    dead = counted(
        size,
        "From step {step} on w·x + b is not above 0 at the only point: there ReLU is 0 and so is its slope, "
        "and the point adds nothing to the gradient.",
        "From step {step} on w·x + b is above 0 at none of the {n} points: there ReLU is 0 and so is its "
        "slope, and no point adds to the gradient.",
        step=integer_text(start + first),
    )
    left = [said("Only the penalty is left in it.")] if data.objective.l2 else []
    # Old gradients or the penalty may still move it.
    if (record.p[first:] != record.p[first]).any():
        goes = what_the_loss_does(record.loss[first:])
    else:
        goes = said("The run stays where it is, at a loss of {loss}.", loss=number(before))
    sentence = " ".join([dead, *left, goes])
    numbers = {"points": size, "loss at first": before, "last loss": after}
    return (Finding(FindingKind.DEAD, first, evidence.last, sentence, numbers),)


def _dead_from(data: Neuron, evidence: Evidence) -> int:
    """Return the first row from which to the last no point is above 0; one past the last row for none.

    No point may be above 0 where gradients are taken either, which for some rules is beside the path. Such a
    point shows in the gradient of the bias, to which no penalty adds.
    """
    p = evidence.record.p
    pulled = np.append(evidence.record.gradient[1:, -1] != 0.0, np.False_)
    block = max(1, _AT_ONCE // max(1, len(data.targets)))
    for end in range(len(p), 0, -block):
        begin = max(0, end - block)
        with np.errstate(all="ignore"):
            alive = ~(p[begin:end] @ data.inputs.T <= 0.0).all(axis=1) | pulled[begin:end]
        if alive.any():
            return begin + int(np.flatnonzero(alive)[-1]) + 1
    return 0
