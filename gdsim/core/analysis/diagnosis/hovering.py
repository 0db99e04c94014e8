"""Where a run hovers: it goes to and fro around its goal and comes no nearer."""

import numpy as np

from gdsim.core.analysis.diagnosis.evidence import Evidence, Finding, FindingKind, RowSpan, spans
from gdsim.core.analysis.memory_lessons import divisor_of
from gdsim.core.arrays import Array, Flags
from gdsim.core.formulas.numerals import number
from gdsim.core.formulas.syntax import Name
from gdsim.core.language.texts import said, to_say, translated

# The window in which hovering is looked for: this many times the length of the rule's memory, and at least
# this many steps and epochs.
_MEMORIES, _LEAST_STEPS, _LEAST_EPOCHS = 4.0, 20, 2
# To and fro: the ends of the path are nearer to each other than this share of its length.
_STRAIGHT = 0.1
# Constant: the second half of the path is longer than this share of the first half, and η at the end is
# larger than this share of η at the beginning.
_CONSTANT = 0.5
# From this share of η on, steps are of the size of η, so that the rule determines them and not the gradient.
_LIKE_ETA = 0.05


def hoverings(evidence: Evidence) -> tuple[Finding, ...]:
    """Find where a rule that divides by recent gradients goes to and fro with steps that do not shrink."""
    return tuple(_hovering(evidence, span) for span in _hovering_spans(evidence))


def _hovering_spans(evidence: Evidence) -> list[RowSpan]:
    rule, divisor = evidence.run.optimizer.update_rule, divisor_of(evidence.run.optimizer)
    # Small gradients make steps as long as η, or longer, only if the direction is the gradient itself, and if
    # the rule divides it by its size or by a higher power of that.
    if divisor is None or rule.direction != Name(rule.last_gradient):
        return []
    if divisor.power < 1.0 or divisor.keep >= 1.0:
        return []
    memory_length = 1.0 / (1.0 - divisor.keep)
    window = max(_MEMORIES * memory_length, _LEAST_STEPS, _LEAST_EPOCHS * evidence.per_epoch)
    if window > evidence.last:
        return []
    window = round(window)
    hovers = _hovers(evidence, window)
    # All rows of a window that hovers count as hovering.
    change = np.zeros(evidence.last + 2)
    change[: len(hovers)] += hovers
    change[window + 1 :] -= hovers
    found = spans(np.cumsum(change)[:-1] > 0.0, gap=window)
    return [span for span in found if _is_hovering(evidence, span)]


def hovering_rows(evidence: Evidence) -> Flags:
    """Return for each row whether the run hovers there, so that turns and rises need no other explanation."""
    flags = np.zeros(evidence.last + 1, dtype=np.bool_)
    for span in _hovering_spans(evidence):
        flags[span.first : span.last + 1] = True
    return flags


def _hovers(evidence: Evidence, window: int) -> Flags:
    """Return for each row whether the ``window`` steps from there go to and fro while η hardly falls."""
    p, eta = evidence.record.p, evidence.record.eta
    travelled = np.concatenate([[0.0], np.cumsum(_lengths(evidence.moves))])
    whole = travelled[window:] - travelled[:-window]
    half = window // 2
    second = travelled[window:] - travelled[half : len(travelled) - window + half]
    net = _lengths(p[window:] - p[:-window])
    rate = eta[1 : len(eta) - window + 1]
    hovers: Flags = (
        (net < _STRAIGHT * whole)
        & (second > _CONSTANT * (whole - second))
        & (whole > window * _LIKE_ETA * rate)
        & (eta[window:] > _CONSTANT * rate)
    )
    return hovers


def _is_hovering(evidence: Evidence, span: RowSpan) -> bool:
    """Return whether joined windows that hover meet the conditions as a whole."""
    first, last = span
    p, lengths = evidence.record.p, _lengths(evidence.moves[first:last])
    net = float(np.linalg.norm(p[last] - p[first]))
    like_eta = [
        np.median(part) >= _LIKE_ETA * evidence.record.eta[first + 1]
        for part in np.split(lengths, [len(lengths) // 2])
    ]
    return net < _STRAIGHT * float(lengths.sum()) and all(like_eta)


def _lengths(vectors: Array) -> Array:
    lengths: Array = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    return lengths


def _hovering(evidence: Evidence, span: RowSpan) -> Finding:
    record, (first, last) = evidence.record, span
    lengths = _lengths(evidence.moves[first:last])
    net = float(np.linalg.norm(record.p[last] - record.p[first]))
    halves = [len(lengths) // 2]
    steps = [float(np.median(part)) for part in np.split(lengths, halves)]
    losses = [float(np.median(part)) for part in np.split(record.loss[first + 1 : last + 1], halves)]
    before, eta = record.eta[[first + 1, last]].tolist()
    numbers = {
        to_say("path length"): float(lengths.sum()),
        "distance": net,
        to_say("typical step"): steps[1],
        "η": eta,
        to_say("typical loss"): losses[1],
    }
    rate = number(eta)
    if before != eta:
        rate = said("{before}, which the schedule takes to {eta},", before=number(before), eta=number(eta))
    sentence = said(
        "The path goes to and fro: it is {path_length} long and ends {net} from where it "
        "began. {title} divides by the size of recent gradients, so small gradients do not "
        "make small steps: with η = {rate} a typical step is {steps} long in the first half "
        "and {steps2} in the second, and a typical loss {losses} and {losses2}.",
        path_length=number(numbers["path length"]),
        net=number(net),
        title=translated(evidence.run.optimizer.title),
        rate=rate,
        steps=number(steps[0]),
        steps2=number(steps[1]),
        losses=number(losses[0]),
        losses2=number(losses[1]),
    )
    return Finding(FindingKind.HOVERING, first, last, sentence, numbers)
