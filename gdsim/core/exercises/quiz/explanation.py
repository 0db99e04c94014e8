"""Why an answer is right or wrong, from what was measured."""

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.exercises.quiz.question import LETTERS, Kind, Question
from gdsim.core.formulas.numerals import rounded
from gdsim.core.surface.surface import HeightMap

_NEXT_TO_NOTHING = 1e-6
# Of a slope along a line, which rounding keeps from being 0.
_LEVEL = 1e-9


def verdict(question: Question, chosen: int) -> str:
    """Return whether an answer is right, and which one is."""
    if chosen == question.answer:
        return f"{LETTERS[chosen]} is right."
    return f"{LETTERS[chosen]} is not right: it is {LETTERS[question.answer]}."


def explanation(question: Question, chosen: int) -> str:
    """Return why the right answer is right; where another was chosen, why that one is not."""
    if question.kind is Kind.DOWNHILL:
        return _downhill(question, chosen)
    if question.kind in (Kind.STEEPEST, Kind.GENTLEST):
        return _steepness(question, chosen)
    return _matching(question, chosen)


def _steepness(question: Question, chosen: int) -> str:
    answer = question.answer
    ranked = sorted(range(len(LETTERS)), key=lambda index: question.measures[index])
    # Beside the right one: the one that was chosen, or else the one most unlike it.
    other = chosen if chosen != answer else next(one for one in (ranked[0], ranked[-1]) if one != answer)
    here, there = (rounded(question.measures[index], 2) for index in (answer, other))
    wide, close = "lines far apart mean gentle", "lines close together mean steep"
    rule = wide if question.kind is Kind.GENTLEST else close
    return (
        f"At {LETTERS[answer]} the loss changes by {here} per unit, at {LETTERS[other]} by {there}: {rule}. "
        "From one line to the next the loss always changes by the same amount."
    )


def _downhill(question: Question, chosen: int) -> str:
    answer = question.answer
    down = rounded(-question.measures[answer], 2)
    text = (
        f"Along {LETTERS[answer]} the loss falls by {down} per unit, as fast as it can here: "
        "the negative gradient points straight across the lines, to the lower side."
    )
    if chosen != answer:
        text += f" Along {LETTERS[chosen]} it {_slope_words(question.measures[chosen])}."
    return text


def _slope_words(slope: float) -> str:
    if abs(slope) < _LEVEL:
        return "does not change: that is the direction of the line itself"
    return f"{'falls' if slope < 0.0 else 'rises'} by {rounded(abs(slope), 2)} per unit"


def _matching(question: Question, chosen: int) -> str:
    """Compare heights at the place where two surfaces differ most."""
    answer = question.answer
    right = question.candidates[answer]
    other = chosen if chosen != answer else _most_alike(question)
    i, j = _most_different(right, question.candidates[other])
    heights = [_relative(surface)[i, j] for surface in (right, question.candidates[other])]
    this, that = (f"{100.0 * height:.0f} %" for height in heights)
    low = right.minimum
    asked = "map" if question.kind is Kind.SURFACE else "surface"
    place = f"w = {rounded(right.w[i], 2)}, b = {rounded(right.b[j], 2)}"
    return (
        f"At {place} the {asked} is at {this} of its height, "
        f"as {LETTERS[answer]} is; {LETTERS[other]} is at {that} there. "
        f"Its lowest place is near w = {rounded(low.w, 2)}, b = {rounded(low.b, 2)}, {_loss_words(low.loss)}."
    )


def _loss_words(loss: float) -> str:
    return "with almost no loss" if loss < _NEXT_TO_NOTHING else f"with L = {rounded(loss, 2)}"


def _most_alike(question: Question) -> int:
    wrong = [index for index in range(len(LETTERS)) if index != question.answer]
    return max(wrong, key=lambda index: question.measures[index])


def _most_different(one: HeightMap, other: HeightMap) -> tuple[int, int]:
    apart = np.abs(_relative(one) - _relative(other))
    i, j = np.unravel_index(np.argmax(apart), apart.shape)
    return int(i), int(j)


def _relative(surface: HeightMap) -> Array:
    """Return heights as shares of the window's range: 0 at its lowest place, 1 at its highest."""
    low, high = surface.loss.min(), surface.loss.max()
    share: Array = (surface.loss - low) / (high - low)
    return share
