"""Where a second-order rule goes uphill: the loss curves down along its direction."""

import numpy as np

from gdsim.core.analysis.diagnosis.evidence import Evidence, Finding, FindingKind, Span, spans
from gdsim.core.analysis.update import update_of
from gdsim.core.arrays import Array
from gdsim.core.formulas.numerals import count, number
from gdsim.core.language.words import counted, said, to_say, translated


def uphill_steps(evidence: Evidence) -> tuple[Finding, ...]:
    """Find the steps along which the loss rises at first, of a rule that looks at the curvature.

    Others step against the gradient, or are carried on by a memory, of which `overshoots` tells.
    """
    if not evidence.run.optimizer.update_rule.directions:
        return ()
    slopes = (evidence.record.gradient[1:] * evidence.moves).sum(axis=1)
    found = spans((slopes > 0.0) & evidence.under_way[:-1])
    return tuple(_uphill(evidence, span) for span in found)


def _uphill(evidence: Evidence, span: Span) -> Finding:
    first, last = span
    start, updates = evidence.first + first, last - first + 1
    update = update_of(evidence.experiment, evidence.run, evidence.record, first + 1)
    slope = float(update.gradient @ update.direction)
    curvature = _curvature_along(evidence, first, update.direction)
    sentence = counted(
        updates,
        "{title} goes uphill at step {start}: along its direction d the loss rises, with g·d = +{slope}. "
        "There it curves down, by {curvature}, and a parabola that curves down is level at its top.",
        "{title} goes uphill at {n} steps from step {start} on: along its direction d the loss rises, at "
        "first with g·d = +{slope}. There it curves down, by {curvature}, and a parabola that curves "
        "down is level at its top.",
        title=translated(evidence.run.optimizer.title),
        start=count(start),
        slope=number(slope),
        curvature=number(curvature),
    )
    numbers = {"g·d": slope, said("curvature along d"): curvature, to_say("steps uphill"): updates}
    return Finding(FindingKind.UPHILL, first, last + 1, sentence, numbers)


def _curvature_along(evidence: Evidence, row: int, direction: Array) -> float:
    """Return the second derivative of the loss along a direction, from the place at a row."""
    along = direction / np.linalg.norm(direction)
    return float(along @ evidence.experiment.training.hessian(evidence.record.p[row]) @ along)
