"""The endless row of questions of a seed."""

import numpy as np

from gdsim.core.exercises.quiz.matching import matching_question
from gdsim.core.exercises.quiz.places import downhill_question, steepness_question
from gdsim.core.exercises.quiz.question import MATCHING, Kind, Question

_ALL = tuple(Kind)


def kind_of(seed: int, number: int) -> Kind:
    """Return the kind of a question: in every five questions each kind comes once, in another order."""
    rounds, place = divmod(number, len(_ALL))
    order = np.random.default_rng([seed, rounds]).permutation(len(_ALL))
    return _ALL[int(order[place])]


def make_question(seed: int, number: int, level: int) -> Question:
    """Return a question; the same one for the same arguments.

    Parameters
    ----------
    seed : int
        At least 0.
    number : int
        From 0.
    level : int
        From 1 to 5.
    """
    kind = kind_of(seed, number)
    rng = np.random.default_rng([seed, number, level])
    if kind in MATCHING:
        return matching_question(kind, level, rng)
    if kind is Kind.DOWNHILL:
        return downhill_question(level, rng)
    return steepness_question(kind, level, rng)
