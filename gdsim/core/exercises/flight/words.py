"""Instrument readings, and the endings of flights, in words."""

from collections.abc import Sequence

from gdsim.core.exercises.flight.autopilots import FLYING_RULES, Autopilot, best_rule
from gdsim.core.exercises.flight.course import FUEL
from gdsim.core.exercises.flight.flight import LENGTHS, Flight, Move
from gdsim.core.formulas.numerals import number, precise, told_apart
from gdsim.core.language.texts import counted, said


def spoken_readings(flight: Flight, move: Move, *, step_first: bool = False) -> str:
    """Return the current readings and the next step ``move`` in sentences, the step first if asked for."""
    loss = number(flight.here.loss)
    words = said("The loss is {loss}.", loss=loss)
    if flight.steps:
        change = flight.here.loss - flight.readings[-2].loss
        if change < 0.0:
            words = said("The loss fell by {by} to {loss}.", by=number(-change), loss=loss)
        elif change > 0.0:
            words = said("The loss rose by {by} to {loss}.", by=number(change), loss=loss)
        else:
            words = said("The loss stays at {loss}.", loss=loss)
    if flight.is_over:
        return words
    slope, curvature = flight.along(move.turn)
    step = said(
        "The step goes towards {degrees}°, where the slope is {slope} and the curvature {curvature}; "
        "it is {length} long.",
        degrees=whole_degrees(flight.heading(move.turn)),
        slope=number(slope),
        curvature=number(curvature),
        length=precise(LENGTHS[move.length]),
    )
    down = said("The slope is 0 in every direction.")
    if flight.slope > 0.0:  # it is 0 far away on a plateau
        down = said(
            "The slope is {slope}, down towards {degrees}°.",
            slope=number(flight.slope),
            degrees=whole_degrees(flight.heading(0)),
        )
    left = counted(FUEL - flight.steps, "{n} step is left.", "{n} steps are left.")
    return " ".join((step, words, down, left) if step_first else (words, down, step, left))


def whole_degrees(degrees: float) -> int:
    """Return an angle rounded to whole degrees, from 0 to 359."""
    return round(degrees) % 360


def flight_ending(flight: Flight) -> str:
    goal, loss = told_apart((flight.course.level.goal, flight.here.loss))
    if flight.is_solved:
        return counted(
            flight.steps,
            "The goal, a loss of {goal}, is reached in {n} step.",
            "The goal, a loss of {goal}, is reached in {n} steps.",
            goal=number(flight.course.level.goal),
        )
    return counted(
        flight.steps,
        "After {n} step the loss is {loss}; the goal is {goal}.",
        "After {n} steps the loss is {loss}; the goal is {goal}.",
        loss=loss,
        goal=goal,
    )


def rules_words(pilots: Sequence[Autopilot]) -> str:
    """Return how many steps the best rule needs, if any rule reaches the goal."""
    best = best_rule(pilots)
    if best.steps is None:
        return said(
            "No rule reaches it in {fuel} steps at any of the {rates} rates tried.",
            fuel=FUEL,
            rates=len(LENGTHS),
        )
    return counted(
        best.steps,
        "The best of {rules} rules needs {n} step here: {name}, the best of {rates} rates.",
        "The best of {rules} rules needs {n} steps here: {name}, the best of {rates} rates.",
        name=best.name,
        rules=len(FLYING_RULES),
        rates=len(LENGTHS),
    )
