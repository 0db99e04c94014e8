"""Hovering: steps that do not shrink, to and fro around the goal."""

import numpy as np

from gdsim.core.analysis.diagnosis.evidence import Evidence
from gdsim.core.analysis.diagnosis.finding import Finding, Kind
from gdsim.core.analysis.diagnosis.spans import Span, spans
from gdsim.core.analysis.diagnosis.words import number
from gdsim.core.analysis.memory_lessons import divides_by_recent_squares
from gdsim.core.analysis.memory_weights import memory_of
from gdsim.core.arrays import Array, Flags
from gdsim.core.rules.rule import Optimizer

# What is looked at together: so many times the length of the rule's memory, and at least so many steps and
# passes over the data.
_MEMORIES, _LEAST_STEPS, _LEAST_EPOCHS = 4.0, 20, 2
# To and fro: the ends of the way are nearer to each other than this part of its length.
_STRAIGHT = 0.1
# Constant: the steps of the second half are at least so long as this part of those of the first half; and
# so is η at the end of the way, measured by η at its beginning.
_CONSTANT = 0.5
# Steps are of the size of η, and so the rule's and not the gradient's, from this part of it on.
_LIKE_ETA = 0.05


def hoverings(evidence: Evidence) -> tuple[Finding, ...]:
    """Find where a rule that divides by recent gradients goes to and fro, with steps that do not shrink."""
    return tuple(_finding(evidence, span) for span in hovering_spans(evidence))


def hovering_spans(evidence: Evidence) -> list[Span]:
    """Return the rows of the record over which the run hovers."""
    memory_length = _memory_length(evidence.run.optimizer)
    if memory_length is None:
        return []
    window = max(_MEMORIES * memory_length, _LEAST_STEPS, _LEAST_EPOCHS * evidence.per_epoch)
    if window > evidence.last:
        return []
    window = round(window)
    hovers = _hovers(evidence, window)
    # A window that hovers speaks for all of its rows.
    change = np.zeros(evidence.last + 2)
    change[: len(hovers)] += hovers
    change[window + 1 :] -= hovers
    return spans(np.cumsum(change)[:-1] > 0.0, gap=window)


def _memory_length(optimizer: Optimizer) -> float | None:
    """Return how many gradients the size of a step follows, of a rule that scales the gradient itself."""
    rule = optimizer.update_rule
    if rule.average or rule.velocity or not divides_by_recent_squares(optimizer):
        return None
    memory = memory_of(optimizer, rule.scales[0], np.ones(1), np.ones(1), np.ones(1))
    return 1.0 / (1.0 - float(memory.keep[0])) if memory else None


def hovering_rows(evidence: Evidence) -> Flags:
    """Return for each row whether the run hovers there: of turns and rises nothing more is to be said."""
    flags = np.zeros(evidence.last + 1, dtype=np.bool_)
    for span in hovering_spans(evidence):
        flags[span.first : span.last + 1] = True
    return flags


def _hovers(evidence: Evidence, window: int) -> Flags:
    """Return for each row whether the ``window`` steps that begin there go to and fro at a constant rate."""
    p, eta = evidence.record.p, evidence.record.eta
    way = np.concatenate([[0.0], np.cumsum(_lengths(evidence.moves))])
    whole = way[window:] - way[:-window]
    half = window // 2
    second = way[window:] - way[half : len(way) - window + half]
    net = _lengths(p[window:] - p[:-window])
    rate = eta[1 : len(eta) - window + 1]
    hovers: Flags = (
        (net < _STRAIGHT * whole)
        & (second > _CONSTANT * (whole - second))
        & (whole > window * _LIKE_ETA * rate)
        & (eta[window:] > _CONSTANT * rate)
    )
    return hovers


def _lengths(vectors: Array) -> Array:
    lengths: Array = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    return lengths


def _finding(evidence: Evidence, span: Span) -> Finding:
    record, (first, last) = evidence.record, span
    way = float(_lengths(evidence.moves[first:last]).sum())
    net = float(_lengths((record.p[last] - record.p[first])[np.newaxis])[0])
    typical, loss = way / (last - first), float(np.median(record.loss[first : last + 1]))
    eta = float(record.eta[last])
    numbers = {"way": way, "distance": net, "typical step": typical, "η": eta, "typical loss": loss}
    sentence = (
        f"A way of {number(way)}, to and fro, ends {number(net)} from where it began. "
        f"{evidence.run.optimizer.title} divides by the size of recent gradients, so small gradients make no small steps: at a constant η = {number(eta)} "
        f"they stay about {number(typical)} long, and the loss stays about {number(loss)}."
    )
    return Finding(Kind.HOVERING, first, last, sentence, numbers)
