"""A question about an error surface with four answers, the explanation, and the score."""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.formulas.numerals import number
from gdsim.core.language.texts import said
from gdsim.core.model.view_range import ViewRange
from gdsim.core.surface.surface import LossSurface, LowestPlace

ANSWER_LETTERS = "ABCD"
QUIZ_LEVELS = (1, 2, 3, 4, 5)
# All questions share one square view range, so that the axes give nothing away.
VIEW_RANGE = ViewRange()

# As shares of a surface's greatest steepness: half of it never looks gentle, nor a quarter steep.
_STEEP, _GENTLE = 0.5, 0.25
# A smaller slope is 0 but for rounding.
_LEVEL = 1e-9
# After this many right answers in a row, the next question is one level harder.
_RISE_AFTER = 3


class QuestionKind(StrEnum):
    SURFACE = "surface"  # find the surface of a map
    MAP = "map"  # find the map of a surface
    STEEPEST = "steepest"
    GENTLEST = "gentlest"
    DOWNHILL = "downhill"


MATCHING = (QuestionKind.SURFACE, QuestionKind.MAP)


@dataclass(frozen=True, eq=False)
class Question:
    kind: QuestionKind
    level: int  # From 1 to 5
    subject: LossSurface
    # The measure of each answer, which decides. Matching: the likeness of the surface to the subject.
    # Steepest and gentlest: the length of the gradient at the place. Downhill: the slope of the loss in the
    # direction of the arrow.
    measures: tuple[float, ...]
    # The answers of a matching question; otherwise empty.
    candidates: tuple[LossSurface, ...] = ()
    lowest: LowestPlace | None = None  # The lowest place of the right candidate
    places: Array | None = None  # (4, 2): the answers if places are compared, as (w, b)
    arrows: Array | None = None  # (4, 2): the answers if a direction is asked for, as unit vectors
    place: Array | None = None  # (2,): the place where the arrows begin

    @property
    def answer(self) -> int:
        """Index of the right answer, which follows from the measures."""
        choose = min if self.kind in (QuestionKind.GENTLEST, QuestionKind.DOWNHILL) else max
        return self.measures.index(choose(self.measures))


# ----------------------------------------------------------------------------------------- explanations


def verdict(question: Question, chosen: int) -> str:
    """Say whether an answer is right, and otherwise which one is."""
    if chosen == question.answer:
        return said("{letters} is right.", letters=ANSWER_LETTERS[chosen])
    return said(
        "{letters} is not right: the answer is {letters2}.",
        letters=ANSWER_LETTERS[chosen],
        letters2=ANSWER_LETTERS[question.answer],
    )


def explanation(question: Question, chosen: int) -> str:
    """Explain why the right answer is right, and why another one that was chosen is not."""
    if question.kind is QuestionKind.DOWNHILL:
        return _downhill(question, chosen)
    if question.kind in (QuestionKind.STEEPEST, QuestionKind.GENTLEST):
        return _steepness(question, chosen)
    return _matching(question, chosen)


def _steepness(question: Question, chosen: int) -> str:
    answer = question.answer
    ranked = sorted(range(len(ANSWER_LETTERS)), key=lambda index: question.measures[index])
    # Compare the right answer with the chosen one, or else with the one most unlike it.
    other = chosen if chosen != answer else next(one for one in (ranked[0], ranked[-1]) if one != answer)
    here, there = (number(question.measures[index], 2) for index in (answer, other))
    wide, close = said("lines far apart mean gentle"), said("lines close together mean steep")
    rule = wide if question.kind is QuestionKind.GENTLEST else close
    return said(
        "At {letters} the loss changes by {here} per unit, at {letters2} by {there}: {rule}. "
        "From one line to the next the loss always changes by the same amount.",
        letters=ANSWER_LETTERS[answer],
        here=here,
        letters2=ANSWER_LETTERS[other],
        there=there,
        rule=rule,
    )


def _downhill(question: Question, chosen: int) -> str:
    answer = question.answer
    down = number(-question.measures[answer], 2)
    text = said(
        "Along {letters} the loss falls by {down} per unit, as fast as it can here: the "
        "negative gradient points straight across the lines, to the lower side.",
        letters=ANSWER_LETTERS[answer],
        down=down,
    )
    if chosen != answer:
        text += " " + said(
            "Along {letters} it {slope_words}.",
            letters=ANSWER_LETTERS[chosen],
            slope_words=_slope_words(question.measures[chosen]),
        )
    return text


def _slope_words(slope: float) -> str:
    if abs(slope) < _LEVEL:
        return said("does not change: that is the direction of the line itself")
    size = number(abs(slope), 2)
    return (
        said("falls by {slope} per unit", slope=size)
        if slope < 0.0
        else said("rises by {slope} per unit", slope=size)
    )


def _matching(question: Question, chosen: int) -> str:
    """Name the place where two surfaces differ most plainly: one is steep there, the other gentle."""
    answer = question.answer
    right = question.candidates[answer]
    other = chosen if chosen != answer else _most_alike(question)
    steepness = [_steepness_shares(surface) for surface in (right, question.candidates[other])]
    steeper, gentler = np.maximum(*steepness), np.minimum(*steepness)
    plainness = np.minimum(steeper / _STEEP, _GENTLE / np.maximum(gentler, _LEVEL))
    i, j = np.unravel_index(np.argmax(plainness), right.loss.shape)
    looks = [(said("close together"), said("steep")), (said("far apart"), said("gentle"))]
    if steepness[0][i, j] <= steepness[1][i, j]:
        looks.reverse()
    (lines, slope), (other_lines, other_slope) = looks
    parts = {"this": ANSWER_LETTERS[answer], "that": ANSWER_LETTERS[other], "lines": lines, "slope": slope}
    where = said("Near w = {w}, b = {b}", w=number(right.w[i], 2), b=number(right.b[j], 2))
    if question.kind is QuestionKind.SURFACE:
        text = said(
            "{where} the lines are {lines}: {this} is {slope} there, and {that} {other_slope}.",
            where=where,
            other_slope=other_slope,
            **parts,
        )
    else:
        compared = said(
            "the lines of {this} are {lines} there, those of {that} {other_lines}",
            other_lines=other_lines,
            **parts,
        )
        text = said(
            "{where} the surface is {slope}: {compared}.", where=where, slope=slope, compared=compared
        )
    low = question.lowest
    assert low is not None  # noqa: S101 - a question with candidates has one
    return said(
        "{text} The lowest place of {this} is near w = {w}, b = {b}.",
        text=text,
        this=ANSWER_LETTERS[answer],
        w=number(low.w, 2),
        b=number(low.b, 2),
    )


def _most_alike(question: Question) -> int:
    wrong = [index for index in range(len(ANSWER_LETTERS)) if index != question.answer]
    return max(wrong, key=lambda index: question.measures[index])


def _steepness_shares(surface: LossSurface) -> Array:
    """Return the steepness over the surface's grid, as shares of the greatest."""
    across, up = np.gradient(surface.loss, surface.w, surface.b)
    steepness = np.hypot(across, up)
    share: Array = steepness / steepness.max()
    return share


# ---------------------------------------------------------------------------------------- the score


@dataclass(frozen=True)
class Score:
    """The number of answers, right ones and streaks, and the level."""

    right: int = 0
    asked: int = 0
    # streak, longest: the current and the longest run of right answers.
    streak: int = 0
    longest: int = 0
    level: int = QUIZ_LEVELS[0]
    at_level: int = 0  # Right answers in a row since the level was reached

    def answered(self, *, right: bool) -> "Score":
        if not right:
            return replace(self, asked=self.asked + 1, streak=0, at_level=0)
        streak, at_level = self.streak + 1, self.at_level + 1
        rises = at_level >= _RISE_AFTER and self.level < QUIZ_LEVELS[-1]
        return Score(
            right=self.right + 1,
            asked=self.asked + 1,
            streak=streak,
            longest=max(self.longest, streak),
            level=self.level + 1 if rises else self.level,
            at_level=0 if rises else at_level,
        )

    def at(self, level: int) -> "Score":
        """Return the score at another level, chosen by hand."""
        return replace(self, level=level, at_level=0)
