"""Adam's first steps, in which the correction of the averages matters."""

import math
from dataclasses import replace

import numpy as np

from gdsim.core.analysis.diagnosis.evidence import Evidence
from gdsim.core.analysis.diagnosis.finding import Finding, Kind
from gdsim.core.analysis.diagnosis.words import number, percent
from gdsim.core.arrays import Array
from gdsim.core.rules.optimizers.adam import Adam, Moments

# The first steps last until m holds all but this part of what it should.
_MISSING = 0.1


def first_steps(evidence: Evidence) -> tuple[Finding, ...]:
    """Say what the bias correction does, or what is missing without it, from the first step's numbers."""
    rule = evidence.run.optimizer
    if not isinstance(rule, Adam):
        return ()
    last = min(evidence.last, _length(rule.beta1))
    made = float(np.abs(evidence.moves[0]).max())
    opposite = replace(rule, bias_correction=not rule.bias_correction)
    other = float(np.abs(_first_step(evidence, opposite)).max())
    corrected, plain = (made, other) if rule.bias_correction else (other, made)
    numbers = {"longest first step": made, "with the correction": corrected, "without it": plain}
    if not (corrected > 0.0 and math.isfinite(plain / corrected)):
        return ()  # the gradient was zero: nothing moved, and nothing is to be said
    holds = (
        f"Adam's m and v start at zero, so after step 1 they hold only {percent(1.0 - rule.beta1)} of the "
        f"gradient and {percent(1.0 - rule.beta2)} of its square."
    )
    if rule.bias_correction:
        tells = (
            f"Divided by these shares they are right from the start: the first step is {number(made)} long "
            f"(η = {number(float(evidence.record.eta[1]))}); uncorrected it would have been {number(plain)}."
        )
    else:
        tells = (
            f"The correction is off: the first step is {number(made)} long, "
            f"{number(plain / corrected)} times the {number(corrected)} it should be."
        )
    return (Finding(Kind.FIRST_STEPS, 0, last, f"{holds} {tells}", numbers),)


def _length(beta: float) -> int:
    return 1 if beta <= _MISSING else math.ceil(math.log(_MISSING) / math.log(beta))


def _first_step(evidence: Evidence, rule: Adam) -> Array:
    """Return the first step that another Adam would have made of the same averages."""
    record = evidence.record
    m_hat, v_hat = rule.corrected(Moments(*record.state[:, 1]), 1)
    step: Array = record.eta[1] / np.sqrt(v_hat + rule.eps) * m_hat
    return step
