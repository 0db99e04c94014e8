"""Instrument flight: descending an unseen surface by loss, slope and curvature alone."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from gdsim.core.analysis.curvature.curvature import Curvature, curvature_at
from gdsim.core.arrays import Array
from gdsim.core.exercises.flight.course import FLIGHT_LEVELS, FUEL, Course
from gdsim.core.files.link_letters import LINK_LETTERS
from gdsim.core.language.texts import SaidError
from gdsim.core.settings import SEED

# The number of directions to choose from, all round, and the step lengths.
TURNS = 24
LENGTHS = tuple(float(f"{digit}e{power}") for power in range(-3, 2) for digit in (1, 2, 5))
USUAL_LENGTH = LENGTHS.index(1.0)
_DEGREES = 360.0
_CODE = re.compile(r"flight:1,(\d{1,2}),(\d{1,10})((?:,(?:[0-9A-Za-z]{2})*){1,2})", re.ASCII)


class Move(NamedTuple):
    """A step that the pilot chose."""

    turn: int  # Its direction: the number of `TURNS` to the left of steepest descent
    length: int  # Index into `LENGTHS`


@dataclass(frozen=True, eq=False)
class Flight:
    """The steps that one pilot has made so far. Without readings given, it begins at the course's start."""

    course: Course
    moves: tuple[Move, ...] = ()
    # The instrument readings at the start and after each move.
    readings: tuple[Curvature, ...] = ()

    def __post_init__(self) -> None:
        if not self.readings:
            start = np.array(self.course.experiment.runs[0].start)
            object.__setattr__(self, "readings", (curvature_at(self.course.experiment.training, start),))

    @property
    def here(self) -> Curvature:
        """The current readings."""
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
        """The number of steps so far, each of which used one gradient evaluation."""
        return len(self.moves)

    @property
    def is_solved(self) -> bool:
        return self.here.loss <= self.course.level.goal

    @property
    def is_over(self) -> bool:
        return self.is_solved or self.steps == FUEL

    @property
    def slope(self) -> float:
        """The length of the gradient at the current place."""
        return float(np.hypot(*self.here.gradient))

    def heading(self, turn: int) -> float:
        """Return the direction of a move in degrees from the w axis towards the b axis, in [0, 360)."""
        return (_degrees(-self.here.gradient) + turn * _DEGREES / TURNS) % _DEGREES

    @property
    def last_heading(self) -> float | None:
        """The direction of the last move; None before the first one."""
        return _degrees(self.here.place - self.readings[-2].place) if self.moves else None

    def along(self, turn: int) -> tuple[float, float]:
        """Return the slope and the curvature in the direction of a move."""
        direction = self._unit_vector(turn)
        return float(self.here.gradient @ direction), float(direction @ self.here.hessian @ direction)

    def after(self, move: Move) -> "Flight":
        """Return the flight with one more step; it must not be over."""
        place = self.here.place + LENGTHS[move.length] * self._unit_vector(move.turn)
        reading = curvature_at(self.course.experiment.training, place)
        return Flight(self.course, (*self.moves, move), (*self.readings, reading))

    def _unit_vector(self, turn: int) -> Array:
        angle = math.radians(self.heading(turn))
        return np.array([math.cos(angle), math.sin(angle)])


def _degrees(direction: Array) -> float:
    return math.degrees(math.atan2(direction[1], direction[0])) % _DEGREES


# --------------------------------------------------------------------------------------------------- the code


def code_of_flights(flights: Sequence[Flight]) -> str:
    """Encode flights over one course as a text from which `read_code` restores them."""
    course = flights[0].course
    moves = ("".join(LINK_LETTERS[number] for move in one.moves for number in move) for one in flights)
    return f"flight:1,{course.number + 1},{course.seed},{','.join(moves)}"


@lru_cache(maxsize=1)  # a field reads it at every keystroke, and two long flights take some 50 ms
def read_code(text: str) -> tuple[Flight, ...]:
    """Decode a text by flying its moves again; raises `SaidError` if it is not the code of flights."""
    found = _CODE.fullmatch(text.strip())
    level = int(found[1]) - 1 if found else -1
    if not found or level not in range(len(FLIGHT_LEVELS)) or int(found[2]) > SEED.high:
        raise SaidError(
            "This is not the code of a flight, which begins with flight:1 and has a level, a seed and steps."
        )
    flights = []
    for letters in found[3][1:].split(","):
        numbers = [LINK_LETTERS.index(letter) for letter in letters]
        flight = Flight(Course(level, int(found[2])))
        for move in map(Move, numbers[::2], numbers[1::2]):
            if flight.is_over or move.turn >= TURNS or move.length >= len(LENGTHS):
                raise SaidError("No flight can have the steps in this code.")
            flight = flight.after(move)
        flights.append(flight)
    return tuple(flights)
