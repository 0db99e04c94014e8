"""Answers of students to the bundled sheet, right and wrong, computed by plain loops."""

from functools import lru_cache

from gdsim.core.exercises.quiz.question import ANSWER_LETTERS
from gdsim.core.handin.answers import new_hand_in
from gdsim.core.handin.judging import questions_of, sheet_of
from gdsim.core.handin.run_claims import reach_field
from gdsim.core.handin.sheet import TaskSheet
from gdsim.core.lessons.files import load_lesson
from gdsim.core.rules.catalogue import RULES
from tests.core.engine.lecture_loops import compute

WORDS = (
    "Momentum keeps most of its last step, so it goes on across the lowest line until the gradient of the "
    "wall ahead has turned it round; again and again, until what it keeps is spent."
)


@lru_cache
def sheet():
    return TaskSheet(load_lesson("first-sheet"))


def descent(points, start, steps, rule="gd", **settings):
    """Return the rows of a plain loop over steps with all points, beginning with the start."""
    return compute(rule, {"eta": 1.0, **settings}, points, start, [range(len(points))] * steps)


def data(own):
    experiment = own.stop.experiment
    points = list(zip(experiment.points.x.tolist(), experiment.points.y.tolist(), strict=True))
    return points, experiment.runs[own.stop.selected].start


def right_fields(own):
    """Return the fields of a right answer to a task of the bundled sheet."""
    points, start = data(own)
    match own.task.id:
        case "check_work":
            rows = descent(points, start, 2)[1:]
            return tuple(f"{value:.5f}" for row in rows for value in row.p)
        case "fill_in":
            after = descent(points, start, 31, "momentum", gamma=0.9)[-1]
            known = {"g": after.gradient, "v_t": after.state["v"], "w_next": after.p}
            return tuple(
                f"{known[blank.target]['wb'.index(blank.parameter)]:.8g}" for blank in sheet_of(own).blanks
            )
        case "predict":
            return tuple(f"{value:.3f}" for value in descent(points, start, 15, "momentum", gamma=0.9)[-1].p)
        case "quiz":
            return tuple(ANSWER_LETTERS[question.answer] for question in questions_of(own))
        case "find_rate":
            return ("2",)
        case "reach":
            experiment = own.stop.experiment
            run = experiment.runs[own.stop.selected]
            return (reach_field(type(run)(optimizer=RULES["adam"](eta=1.0), start=run.start)),)
        case _:
            return (WORDS,)


def wrong_fields(own):
    """Return the fields of an answer with a mistake that the program knows."""
    points, start = data(own)
    match own.task.id:
        case "check_work":  # the gradient is divided by the number of points
            rows = descent(points, start, 2, eta=0.5)[1:]
            return tuple(f"{value:.5f}" for row in rows for value in row.p)
        case "fill_in":
            return ("1", *right_fields(own)[1:])
        case "predict":  # uphill
            rows = descent(points, start, 15, "momentum", gamma=0.9)
            here, there = rows[12].p, rows[15].p
            return tuple(f"{2.0 * a - b:.4f}" for a, b in zip(here, there, strict=True))
        case "quiz":
            return tuple("B" if letter == "A" else "A" for letter in right_fields(own))
        case "find_rate":
            return ("0,0001",)
        case "reach":
            experiment = own.stop.experiment
            return (reach_field(experiment.runs[own.stop.selected]),)
        case _:
            return ("Too few words.",)


@lru_cache
def handed_in(name, fields_of=right_fields, numbers=range(1, 8)):
    """Return the answers of a student, each saved once after ten seconds."""
    hand_in = new_hand_in(sheet(), name)
    for own in sheet().for_name(name):
        if own.number in numbers:
            hand_in = hand_in.kept(own, fields_of(own), 10)
    return hand_in
