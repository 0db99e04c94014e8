"""The first steps of a rule with averages, in which their correction matters."""

import math
from collections.abc import Mapping

import numpy as np

from gdsim.core.analysis.diagnosis.evidence import Evidence
from gdsim.core.analysis.diagnosis.finding import Finding, Kind
from gdsim.core.analysis.diagnosis.words import number, percent
from gdsim.core.analysis.memory_weights import Memory, memory_of
from gdsim.core.analysis.recorded import RecordedLines
from gdsim.core.formulas.language import Binary, Name, substituted
from gdsim.core.formulas.symbols import of_name
from gdsim.core.rules.rule import Optimizer
from gdsim.core.rules.update_rule import NEW

# The first steps last until the average of the gradients holds all but this part of what it should.
_MISSING = 0.1


def first_steps(evidence: Evidence) -> tuple[Finding, ...]:
    """Say what the bias correction does, or what is missing without it, from the first step's numbers."""
    optimizer = evidence.run.optimizer
    whole = optimizer.replace(**dict.fromkeys(optimizer.switches(), True))
    averages = _corrected_averages(whole)
    if not averages or not whole.update_rule.average or evidence.last < 1:
        return ()
    corrects = bool(optimizer.update_rule.hats)
    made = float(np.abs(evidence.moves[0]).max())
    corrected, plain = _first_steps(evidence, whole)
    corrected, plain = (made, plain) if corrects else (corrected, made)
    numbers = {"longest first step": made, "with the correction": corrected, "without it": plain}
    if not (corrected > 0.0 and math.isfinite(plain / corrected)):
        return ()  # the gradient was zero: nothing moved, and nothing is to be said
    if corrects:
        many = len(averages) > 1
        tells = (
            f"Divided by {'these shares they are' if many else 'this share it is'} right from the start: the first "
            f"step is {number(made)} long (η = {number(float(evidence.record.eta[1]))}); uncorrected it would have "
            f"been {number(plain)}."
        )
    else:
        tells = (
            f"The correction is off: the first step is {number(made)} long, "
            f"{number(plain / corrected)} times the {number(corrected)} it should be."
        )
    average = averages.get(whole.update_rule.average) or next(iter(averages.values()))
    last = min(evidence.last, _length(float(average.keep[0])))
    return (Finding(Kind.FIRST_STEPS, 0, last, f"{_held(optimizer, averages)} {tells}", numbers),)


def _corrected_averages(whole: Optimizer) -> Mapping[str, Memory]:
    """Return the memories that a factor makes up for their start at zero, as update 1 gathers them."""
    rates = np.full(1, whole.eta), np.full(1, math.nan), np.ones(1)
    memories = {letter: memory_of(whole, letter, *rates) for letter in whole.update_rule.hats}
    return {letter: memory for letter, memory in memories.items() if memory}


def _held(optimizer: Optimizer, averages: Mapping[str, Memory]) -> str:
    """Return how much of what they should the averages hold after the first step."""
    letters = " and ".join(of_name(letter).text for letter in averages)
    shares = " and ".join(
        f"{percent(float(one.take[0]))} of {'the gradient' if one.power == 1 else 'its square'}"
        for one in averages.values()
    )
    if len(averages) > 1:
        return f"{optimizer.title}'s {letters} start at zero, so after step 1 they hold only {shares}."
    return f"{optimizer.title}'s {letters} starts at zero, so after step 1 it holds only {shares}."


def _first_steps(evidence: Evidence, whole: Optimizer) -> tuple[float, float]:
    """Return how long the first step is with the averages corrected, and as they are."""
    rule = whole.update_rule
    step = Binary("*", rule.rate, rule.direction or Name(rule.last_gradient))
    uncorrected = {hat: Name(letter + NEW) for letter, hat in rule.hats.items()}
    lines = RecordedLines(whole, evidence.record, slice(1, 2))
    steps = (lines.value(step), lines.value(substituted(step, uncorrected)))
    corrected, plain = (float(np.abs(one).max()) for one in steps)
    return corrected, plain


def _length(kept: float) -> int:
    return 1 if kept <= _MISSING else math.ceil(math.log(_MISSING) / math.log(kept))
