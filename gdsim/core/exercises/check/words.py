"""A verdict in sentences."""

import math

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.exercises.check.verdict import Verdict
from gdsim.core.formulas.numerals import precise

# With more decimals than these a number is shown whole.
_FEW = 10
# More explanations than these are no explanation.
_MOST = 4
# Decimals are few when what they leave open is more than this share of the largest step.
_COARSE = 0.1


def sentences(verdict: Verdict, letters: tuple[str, ...]) -> tuple[str, ...]:
    """Return what there is to say of an attempt, the most important first.

    Parameters
    ----------
    verdict : Verdict
    letters : tuple of d + 1 str
        Names of the parameters.
    """
    rows = len(verdict.attempt.steps)
    if verdict.wrong is None:
        counted = "The one row is" if rows == 1 else f"All {rows} rows are"
        return (f"{counted} right, to the decimals given.", *_coarse(verdict))
    step = int(verdict.attempt.steps[verdict.wrong])
    given = _values(verdict, verdict.attempt.p[verdict.wrong], letters)
    expected = _values(verdict, verdict.expected[verdict.wrong], letters)
    if step == 0:
        return (f"The run starts at {expected}, not at {given}.",)
    where = f"Step {step} is the first that differs: {given} is given, and it should be {expected}"
    where += ", going on from your own values before it." if verdict.wrong else "."
    return (where, *_reasons(verdict))


def _coarse(verdict: Verdict) -> tuple[str, ...]:
    """Return a remark when the decimals do not even show the steps well."""
    attempt = verdict.attempt
    if len(attempt.p) > 1:
        moves = np.abs(np.diff(verdict.expected, axis=0)).max(axis=0)
        if (attempt.precision > _COARSE * moves).any():
            return ("But these are so few decimals that little can be told: write more of them.",)
    return ()


def _reasons(verdict: Verdict) -> tuple[str, ...]:
    if verdict.reading:
        return (verdict.reading,)
    if verdict.slips:
        lead = "This explains it: " if len(verdict.slips) == 1 else "One of these explains it: "
        return (lead, *(" ".join(slip.sentence for slip in slips) for slips in verdict.slips[:_MOST]))
    if verdict.isolated:
        return ("Every step after it follows from your values: this one is a slip of arithmetic.",)
    return ("None of the usual slips explains it. Work this step out in the card This step and compare.",)


def _values(verdict: Verdict, row: Array, letters: tuple[str, ...]) -> str:
    texts = map(_text, row.tolist(), verdict.attempt.precision.tolist())
    return ", ".join(f"{letter} = {text}" for letter, text in zip(letters, texts, strict=True))


def _text(value: float, precision: float) -> str:
    """Return a value with the decimals of its column; all of them when these are many."""
    decimals = round(-math.log10(2.0 * precision))
    return precise(value) if decimals > _FEW or not math.isfinite(value) else f"{value:.{decimals}f}"
