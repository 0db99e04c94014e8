"""The autopilots of a flight, some rules and random search, and the map that shows all flights."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from gdsim.core.engine.trajectory import RecordColumns
from gdsim.core.exercises.flight.course import FUEL, Course
from gdsim.core.exercises.flight.flight import LENGTHS, Flight
from gdsim.core.exercises.rate_ladder import at_rate, first_columns
from gdsim.core.formulas.numerals import exact
from gdsim.core.language.texts import said, translated
from gdsim.core.model.run import Run
from gdsim.core.model.view_range import ViewRange
from gdsim.core.progress import Progress
from gdsim.core.rules.catalogue import RULES

FLYING_RULES = ("gd", "momentum", "adam")
# For the map shown after a flight: its margin, as a share; its smallest extent; and how far from the start it
# may reach, as a multiple of the farthest that the best rule gets.
_MARGIN, _LEAST, _FAR = 0.12, 4.0, 2.0


class Autopilot(NamedTuple):
    """A flight made by a rule or by random search."""

    name: str
    run: Run | None  # None for random search
    record: RecordColumns
    steps: int | None  # Steps to the goal; None if the fuel ran out first


def autopilots(course: Course) -> Progress[tuple[Autopilot, ...]]:
    """Fly the `FLYING_RULES`, each at its best rate, and random search.

    Each rule is tried at every rate in `LENGTHS`, so it knows the course, as no human pilot does. The share
    yielded is that of the current run.
    """
    experiment, found = course.experiment, []
    for rule in FLYING_RULES:
        tried = []
        for rate in LENGTHS:
            run = at_rate(replace(experiment.runs[0], optimizer=RULES[rule]()), rate)
            record, _ = yield from first_columns(experiment, run, FUEL)
            name = said("{rule}, η = {eta}", rule=translated(run.optimizer.title), eta=exact(rate))
            tried.append(_ended(course, name, run, record))
        found.append(min(tried, key=_rank))
    return (*found, _random_search(course))


def best_rule(pilots: Sequence[Autopilot]) -> Autopilot:
    """Return the rule that needs the fewest steps; if none reaches the goal, the one that gets lowest."""
    return min((one for one in pilots if one.run is not None), key=_rank)


def _rank(one: Autopilot) -> tuple[float, float]:
    return math.inf if one.steps is None else one.steps, float(one.record.loss[-1])


def _ended(course: Course, name: str, run: Run | None, record: RecordColumns) -> Autopilot:
    """Return the flight, cut off where it reaches the goal."""
    there = np.flatnonzero(record.loss <= course.level.goal)
    if not len(there):
        return Autopilot(name, run, record, None)
    return Autopilot(name, run, record.head(int(there[0]) + 1), int(there[0]))


def _random_search(course: Course) -> Autopilot:
    """Try random directions and lengths, rejecting steps that do not lower the loss."""
    rng, data = np.random.default_rng([course.seed, course.number]), course.experiment.training
    places = [np.array(course.experiment.runs[0].start)]
    for _ in range(FUEL):
        angle, length = rng.uniform(0.0, math.tau), LENGTHS[rng.integers(len(LENGTHS))]
        tried = places[-1] + length * np.array([math.cos(angle), math.sin(angle)])
        places.append(min(places[-1], tried, key=data.loss))
    path = np.array(places)
    return _ended(course, said("Random search"), None, RecordColumns.of_path(path, data.loss(path)))


def view_range_of(flights: Sequence[Flight], best: Autopilot) -> ViewRange:
    """Return a square with all minima, the best rule's path, and the parts of the flights near the start."""
    course, path = flights[0].course, best.record.p
    paths = np.concatenate([path, *(one.path for one in flights)])
    away = np.hypot(*(paths - path[0]).T)
    near = paths[away <= _FAR * away[: len(path)].max()]
    shown = np.concatenate([near, [course.place(*one) for one in course.level.lowest]])
    low, high = shown.min(axis=0), shown.max(axis=0)
    half = max((0.5 + _MARGIN) * float((high - low).max()), _LEAST / 2.0)
    return ViewRange.between((low + high) / 2.0 - half, (low + high) / 2.0 + half)
