"""Instrument flight: descent on a surface that is not seen, by loss, slope and curvature alone."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np

from gdsim.core.analysis.curvature.curvature import Curvature, curvature_at
from gdsim.core.arrays import Array
from gdsim.core.engine.trajectory import Columns
from gdsim.core.exercises.rate_ladder import at_rate, first_columns
from gdsim.core.files.link_letters import LETTERS
from gdsim.core.formulas.numerals import exact, number, precise
from gdsim.core.language.words import SaidError, counted, said, to_say, translated
from gdsim.core.model.experiment import Experiment, new_experiment
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.objective_edits import use_function
from gdsim.core.model.run import Run
from gdsim.core.model.view_range import ViewRange
from gdsim.core.progress import Progress
from gdsim.core.rules.catalogue import RULES
from gdsim.core.settings import SEED

# Gradient evaluations that a flight has: each step needs one.
FUEL = 40
# Directions to choose from, all round, and lengths of a step.
TURNS = 24
LENGTHS = tuple(float(f"{digit}e{power}") for power in range(-3, 2) for digit in (1, 2, 5))
USUAL_LENGTH = LENGTHS.index(1.0)
# How far a seed moves the lowest place, and changes where the flight begins, as a share.
_SHIFT, _SPREAD = 4.0, 0.15
# The rules that fly as well.
_RULES = ("gd", "momentum", "adam")
_NEW = new_experiment()
# The map that uncovers a flight: its margin, as a share, its least extent; and how many times as far from the
# start as the best rule ever is a place may be.
_MARGIN, _LEAST, _FAR = 0.12, 4.0, 2.0
_DEGREES = 360.0
_CODE = re.compile(r"flight:1,(\d{1,2}),(\d{1,10})((?:,(?:[0-9A-Za-z]{2})*){1,2})", re.ASCII)


class Level(NamedTuple):
    """A surface, in coordinates u and v whose place and direction in the plane a seed decides."""

    title: str
    about: str  # What it is, told when it is uncovered
    text: str  # In the language of formulas, with {u} and {v}
    start: tuple[float, float]  # (u, v)
    goal: float  # The flight ends at a loss as low as this
    lowest: tuple[tuple[float, float], ...]  # All lowest places (u, v), to a few digits


LEVELS = (
    Level(
        to_say("Bowl"),
        to_say("A round bowl: the steepest way down leads straight to its bottom."),
        "(({u})**2 + ({v})**2) / 3",
        (3.0, 2.0),
        1e-3,
        ((0.0, 0.0),),
    ),
    Level(
        to_say("Valley"),
        to_say("A valley ten times as steep across as along it: steepest descent goes across."),
        "(({u})**2 + 10*({v})**2) / 2",
        (4.0, 1.0),
        1e-2,
        ((0.0, 0.0),),
    ),
    Level(
        to_say("Four valleys"),
        to_say("Himmelblau's function: four lowest places, and passes between them."),
        "((({u})**2 + ({v}) - 11)**2 + (({u}) + ({v})**2 - 7)**2) / 50",
        (0.0, -0.5),
        1e-3,
        ((3.0, 2.0), (-2.8051, 3.1313), (-3.7793, -3.2832), (3.5844, -1.8481)),
    ),
    Level(
        to_say("Saddle"),
        to_say("Two bowls and a saddle between them, near which the surface is level and bends down."),
        "(({u})**2 - 4)**2 / 16 + ({v})**2 / 2",
        (0.02, 2.0),
        1e-3,
        ((-2.0, 0.0), (2.0, 0.0)),
    ),
    Level(
        to_say("Bent valley"),
        to_say("Rosenbrock's valley, less steep: its floor is soon found, and turns away all the time."),
        "(1 - ({u}))**2 + 5*(({v}) - ({u})**2)**2",
        (-1.2, 1.0),
        5e-2,
        ((1.0, 1.0),),
    ),
    Level(
        to_say("Plateau"),
        to_say("The loss of the lecture's first neuron: hardly any slope, and a valley far away."),
        # The sigmoid of z is (1 + tanh(z/2)) / 2; with exp its slope is no number far away.
        "((tanh((0.5*({u}) + ({v})) / 2) + 0.6)**2 + (tanh((2.5*({u}) + ({v})) / 2) - 0.8)**2) / 8",
        (-2.0, -2.0),
        1e-3,
        ((1.7918, -2.2822),),
    ),
)


class Move(NamedTuple):
    """A step that a pilot chose."""

    turn: int  # Its direction: so many of the `TURNS` to the left of steepest descent
    length: int  # Which of the `LENGTHS`


@dataclass(frozen=True)
class Course:
    """A level as a seed has it: moved, turned, and with a start that is a little different."""

    number: int  # Which of the `LEVELS`
    seed: int  # At least 0

    @property
    def level(self) -> Level:
        """What is the same for every seed."""
        return LEVELS[self.number]

    @cached_property
    def _placed(self) -> tuple[tuple[float, float, float, float], tuple[float, float]]:
        """Where u = v = 0 lies, cosine and sine of how far the level is turned; and the start (u, v)."""
        rng = np.random.default_rng([self.number, self.seed])
        # To a few digits: the last bit of a sine is not the same on all systems.
        w0, b0 = np.round(rng.uniform(-_SHIFT, _SHIFT, 2), 4).tolist()
        angle = rng.uniform(0.0, math.tau)
        u, v = (np.array(self.level.start) * rng.uniform(1.0 - _SPREAD, 1.0 + _SPREAD, 2)).tolist()
        return (w0, b0, round(math.cos(angle), 4), round(math.sin(angle), 4)), (u, v)

    def place(self, u: float, v: float) -> tuple[float, float]:
        """Return w and b of a place of the level."""
        (w0, b0, cos, sin), _ = self._placed
        return round(w0 + cos * u - sin * v, 4), round(b0 + sin * u + cos * v, 4)

    @cached_property
    def experiment(self) -> Experiment:
        """The function of w and b, and a run from where the flight begins."""
        (w0, b0, cos, sin), start = self._placed
        text = self.level.text.format(
            u=f"{cos}*(w - {w0}) + {sin}*(b - {b0})", v=f"{cos}*(b - {b0}) - {sin}*(w - {w0})"
        )
        experiment = use_function(_NEW, FunctionObjective(text))
        return replace(experiment, runs=(Run(start=self.place(*start), epochs=FUEL),))


@dataclass(frozen=True, eq=False)
class Flight:
    """The steps that one pilot made so far. One without moves is made from its course alone."""

    course: Course
    moves: tuple[Move, ...] = ()
    # What the instruments read at the start and after each move.
    readings: tuple[Curvature, ...] = ()

    def __post_init__(self) -> None:
        if not self.readings:
            start = np.array(self.course.experiment.runs[0].start)
            object.__setattr__(self, "readings", (curvature_at(self.course.experiment.training, start),))

    @property
    def here(self) -> Curvature:
        """What the instruments read now."""
        return self.readings[-1]

    @property
    def loss(self) -> Array:
        """The losses so far: shape (steps + 1,)."""
        return np.array([one.loss for one in self.readings])

    @property
    def path(self) -> Array:
        """The places so far: shape (steps + 1, 2)."""
        return np.array([one.place for one in self.readings])

    @property
    def steps(self) -> int:
        """How many evaluations of the gradient were used."""
        return len(self.moves)

    @property
    def is_solved(self) -> bool:
        """Whether the goal is reached."""
        return self.here.loss <= self.course.level.goal

    @property
    def is_over(self) -> bool:
        """Whether there is no next step."""
        return self.is_solved or self.steps == FUEL

    @property
    def slope(self) -> float:
        """The length of the gradient where the flight is."""
        return float(np.hypot(*self.here.gradient))

    def heading(self, turn: int) -> float:
        """Return the direction of a move, in degrees from that of w towards that of b: from 0 to 360."""
        return (_direction(-self.here.gradient) + turn * _DEGREES / TURNS) % _DEGREES

    @property
    def last_heading(self) -> float | None:
        """The direction of the last move; None before the first one."""
        return _direction(self.here.place - self.readings[-2].place) if self.moves else None

    def along(self, turn: int) -> tuple[float, float]:
        """Return slope and curvature in the direction of a move."""
        way = self._way(turn)
        return float(self.here.gradient @ way), float(way @ self.here.hessian @ way)

    def after(self, move: Move) -> "Flight":
        """Return the flight with one more step, which it must have."""
        place = self.here.place + LENGTHS[move.length] * self._way(move.turn)
        reading = curvature_at(self.course.experiment.training, place)
        return Flight(self.course, (*self.moves, move), (*self.readings, reading))

    def _way(self, turn: int) -> Array:
        angle = math.radians(self.heading(turn))
        return np.array([math.cos(angle), math.sin(angle)])


def _direction(way: Array) -> float:
    return math.degrees(math.atan2(way[1], way[0])) % _DEGREES


# ----------------------------------------------------------------------------------------- what flies as well


class Autopilot(NamedTuple):
    """A flight that no person made."""

    name: str
    run: Run | None  # None for random search
    record: Columns
    steps: int | None  # To the goal; None where the fuel did not last


def autopilots(course: Course) -> Progress[tuple[Autopilot, ...]]:
    """Return the flights of some rules, each at its best rate, and of random search; yield each run's share.

    Each rule is tried at every rate that is one of the `LENGTHS`: so it knows the course, as no pilot does.
    """
    experiment, found = course.experiment, []
    for rule in _RULES:
        tried = []
        for rate in LENGTHS:
            run = at_rate(replace(experiment.runs[0], optimizer=RULES[rule]()), rate)
            record, _ = yield from first_columns(experiment, run, FUEL)
            name = said("{rule}, η = {eta}", rule=translated(run.optimizer.title), eta=exact(rate))
            tried.append(_ended(course, name, run, record))
        found.append(min(tried, key=_rank))
    return (*found, _random_search(course))


def best_rule(pilots: Sequence[Autopilot]) -> Autopilot:
    """Return the rule that needs the fewest steps; where none reaches the goal, the one that gets lowest."""
    return min((one for one in pilots if one.run is not None), key=_rank)


def _rank(one: Autopilot) -> tuple[float, float]:
    return math.inf if one.steps is None else one.steps, float(one.record.loss[-1])


def _ended(course: Course, name: str, run: Run | None, record: Columns) -> Autopilot:
    """Return a flight up to the goal."""
    there = np.flatnonzero(record.loss <= course.level.goal)
    if not len(there):
        return Autopilot(name, run, record, None)
    return Autopilot(name, run, record.head(int(there[0]) + 1), int(there[0]))


def _random_search(course: Course) -> Autopilot:
    """Try random directions and lengths, and stay where a step would lead upwards."""
    rng, data = np.random.default_rng([course.seed, course.number]), course.experiment.training
    places = [np.array(course.experiment.runs[0].start)]
    for _ in range(FUEL):
        angle, length = rng.uniform(0.0, math.tau), LENGTHS[rng.integers(len(LENGTHS))]
        tried = places[-1] + length * np.array([math.cos(angle), math.sin(angle)])
        places.append(min(places[-1], tried, key=data.loss))
    path = np.array(places)
    return _ended(course, said("Random search"), None, Columns.of_path(path, data.loss(path)))


def view_range_of(flights: Sequence[Flight], best: Autopilot) -> ViewRange:
    """Return a square that holds all lowest places, the path of the best rule, and flights where near."""
    course, path = flights[0].course, best.record.p
    paths = np.concatenate([path, *(one.path for one in flights)])
    away = np.hypot(*(paths - path[0]).T)
    near = paths[away <= _FAR * away[: len(path)].max()]
    shown = np.concatenate([near, [course.place(*one) for one in course.level.lowest]])
    low, high = shown.min(axis=0), shown.max(axis=0)
    half = max((0.5 + _MARGIN) * float((high - low).max()), _LEAST / 2.0)
    return ViewRange.between((low + high) / 2.0 - half, (low + high) / 2.0 + half)


# --------------------------------------------------------------------------------------------------- in words


def spoken(flight: Flight, move: Move, *, step_first: bool = False) -> str:
    """Return all that the instruments read, where the next step is to be such a move."""
    loss = number(flight.here.loss)
    words = said("The loss is {loss}.", loss=loss)
    if flight.steps:
        change = flight.here.loss - flight.readings[-2].loss
        words = (
            said("The loss fell by {by} to {loss}.", by=number(-change), loss=loss)
            if change < 0.0
            else said("The loss rose by {by} to {loss}.", by=number(change), loss=loss)
        )
    if flight.is_over:
        return words
    slope, curvature = flight.along(move.turn)
    step = said(
        "The step goes towards {degrees}°, where the slope is {slope} and the curvature {curvature}; "
        "it is {length} long.",
        degrees=whole(flight.heading(move.turn)),
        slope=number(slope),
        curvature=number(curvature),
        length=precise(LENGTHS[move.length]),
    )
    down = said("The slope is 0 in every direction.")
    if flight.slope > 0.0:  # far away on a plateau it is not
        down = said(
            "The slope is {slope}, down towards {degrees}°.",
            slope=number(flight.slope),
            degrees=whole(flight.heading(0)),
        )
    left = counted(FUEL - flight.steps, "{n} step is left.", "{n} steps are left.")
    return " ".join((step, words, down, left) if step_first else (words, down, step, left))


def whole(degrees: float) -> int:
    """Return an angle to a degree, from 0 to 359."""
    return round(degrees) % 360


def ending(flight: Flight) -> str:
    """Return how a flight ended."""
    goal, loss = number(flight.course.level.goal), number(flight.here.loss)
    if flight.is_solved:
        return counted(
            flight.steps,
            "The goal, a loss of {goal}, is reached in {n} step.",
            "The goal, a loss of {goal}, is reached in {n} steps.",
            goal=goal,
        )
    return counted(
        flight.steps,
        "After {n} step the loss is {loss}; the goal is {goal}.",
        "After {n} steps the loss is {loss}; the goal is {goal}.",
        loss=loss,
        goal=goal,
    )


def rules_words(pilots: Sequence[Autopilot]) -> str:
    """Return what the best of the rules needs."""
    best = best_rule(pilots)
    if best.steps is None:
        return said(
            "No rule reaches it in {fuel} steps, at none of the {rates} rates tried.",
            fuel=FUEL,
            rates=len(LENGTHS),
        )
    return counted(
        best.steps,
        "The best of {rules} rules needs {n} step here: {name}, the best of {rates} rates.",
        "The best of {rules} rules needs {n} steps here: {name}, the best of {rates} rates.",
        name=best.name,
        rules=len(_RULES),
        rates=len(LENGTHS),
    )


# --------------------------------------------------------------------------------------------------- the code


def code_of(flights: Sequence[Flight]) -> str:
    """Return flights over one course as a text from which `read_code` makes them again."""
    course = flights[0].course
    moves = ("".join(LETTERS[number] for move in one.moves for number in move) for one in flights)
    return f"flight:1,{course.number + 1},{course.seed},{','.join(moves)}"


@lru_cache(maxsize=1)  # a field reads it at every letter: two long flights take some 50 ms
def read_code(text: str) -> tuple[Flight, ...]:
    """Return the flights of a code, flown again; raises a ValueError with a sentence if it is none."""
    found = _CODE.fullmatch(text.strip())
    level = int(found[1]) - 1 if found else -1
    if not found or level not in range(len(LEVELS)) or int(found[2]) > SEED.high:
        raise SaidError(
            "This is not the code of a flight: that begins with flight:1 and has level, seed and steps."
        )
    flights = []
    for letters in found[3][1:].split(","):
        numbers = [LETTERS.index(letter) for letter in letters]
        flight = Flight(Course(level, int(found[2])))
        for move in map(Move, numbers[::2], numbers[1::2]):
            if flight.is_over or move.turn >= TURNS or move.length >= len(LENGTHS):
                raise SaidError("No flight has the steps of this code.")
            flight = flight.after(move)
        flights.append(flight)
    return tuple(flights)
