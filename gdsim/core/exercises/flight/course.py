"""The surfaces that are flown over, moved and rotated by a seed."""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from gdsim.core.language.texts import to_say
from gdsim.core.model.experiment import Experiment, new_experiment
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.objective_edits import use_function
from gdsim.core.model.run import Run

# The gradient evaluations that a flight may use, one for each step.
FUEL = 40
# How far a seed moves a level's origin, and the share by which it changes the start.
_SHIFT, _SPREAD = 4.0, 0.15
_NEW = new_experiment()


class Level(NamedTuple):
    """A surface in its own coordinates u and v, whose origin and rotation in the plane depend on a seed."""

    title: str
    about: str  # Shown together with the surface after the flight
    text: str  # A formula, with {u} and {v}
    start: tuple[float, float]  # (u, v)
    goal: float  # The flight ends at this loss or a lower one
    lowest: tuple[tuple[float, float], ...]  # All minima (u, v), to a few digits


FLIGHT_LEVELS = (
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
        to_say("Rosenbrock's valley, less steep: its floor is soon found, but keeps turning away."),
        "(1 - ({u}))**2 + 5*(({v}) - ({u})**2)**2",
        (-1.2, 1.0),
        5e-2,
        ((1.0, 1.0),),
    ),
    Level(
        to_say("Plateau"),
        to_say("The loss of the lecture's first neuron: hardly any slope, and a valley far away."),
        # sigmoid(z) = (1 + tanh(z/2)) / 2; written with exp, its derivative would be NaN far away.
        "((tanh((0.5*({u}) + ({v})) / 2) + 0.6)**2 + (tanh((2.5*({u}) + ({v})) / 2) - 0.8)**2) / 8",
        (-2.0, -2.0),
        1e-3,
        ((1.7918, -2.2822),),
    ),
)


@dataclass(frozen=True)
class Course:
    """A level moved and rotated by a seed, with a slightly different start."""

    number: int  # Which of the `FLIGHT_LEVELS`
    seed: int  # At least 0

    @property
    def level(self) -> Level:
        return FLIGHT_LEVELS[self.number]

    @cached_property
    def _placed(self) -> tuple[tuple[float, float, float, float], tuple[float, float]]:
        """The origin of u and v, the cosine and sine of the rotation; and the start (u, v)."""
        rng = np.random.default_rng([self.number, self.seed])
        # Rounded, because the last bit of a sine differs between systems.
        w0, b0 = np.round(rng.uniform(-_SHIFT, _SHIFT, 2), 4).tolist()
        angle = rng.uniform(0.0, math.tau)
        u, v = (np.array(self.level.start) * rng.uniform(1.0 - _SPREAD, 1.0 + _SPREAD, 2)).tolist()
        return (w0, b0, round(math.cos(angle), 4), round(math.sin(angle), 4)), (u, v)

    def place(self, u: float, v: float) -> tuple[float, float]:
        """Return w and b of a place (u, v) of the level."""
        (w0, b0, cos, sin), _ = self._placed
        return round(w0 + cos * u - sin * v, 4), round(b0 + sin * u + cos * v, 4)

    @cached_property
    def experiment(self) -> Experiment:
        """The level as a function of w and b, with one run from the start of the flight."""
        (w0, b0, cos, sin), start = self._placed
        text = self.level.text.format(
            u=f"{cos}*(w - {w0}) + {sin}*(b - {b0})", v=f"{cos}*(b - {b0}) - {sin}*(w - {w0})"
        )
        experiment = use_function(_NEW, FunctionObjective(text))
        return replace(experiment, runs=(Run(start=self.place(*start), epochs=FUEL),))
