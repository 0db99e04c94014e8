"""Tasks: what a stop of a lesson asks students to hand in, and the settings of each kind of task."""

from typing import TypeAlias

from gdsim.core.language.texts import said
from gdsim.core.model.experiment import Experiment
from gdsim.core.settings import POSITIVE, SHARE, Configured, Definition, Setting, by_id, whole

LessonTask: TypeAlias = Configured[Definition]


_MARKS = Setting("marks", "", "marks", "How many marks a right answer is worth.", 1, whole(1, 100), 1, 10)
DIGITS = whole(3, 8)
_SHARE_OF_WAY = "How far off the answer may be, as a share of the way from here to there."
_SHARE_OF_FALL = (
    "How much less the loss may fall than at the best rate of the ladder and the finer ones, as a share."
)
_EVALUATIONS = "The most evaluations of the gradient allowed; tries of a search count too."
_WORDS = "The least number of words."

_KINDS = (
    Definition(
        "predict",
        "Predict where it lands",
        "Say where the run will be some steps after the step that the stop shows.",
        (
            Setting("ahead", "", "steps", "How many steps are predicted.", 1, whole(1, 100), 1, 20),
            Setting("within", "", "within", _SHARE_OF_WAY, 0.25, SHARE, 0.01, 1.0),
            _MARKS,
        ),
    ),
    Definition(
        "quiz",
        "Contour quiz",
        "Answer questions about contour maps and surfaces; everybody gets different ones.",
        (
            Setting("questions", "", "questions", "How many questions there are.", 3, whole(1, 10), 1, 10),
            Setting("level", "", "level", "How hard they are, from 1 to 5.", 2, whole(1, 5), 1, 5),
            _MARKS,
        ),
    ),
    Definition(
        "check_work",
        "Own values of the first steps",
        "Compute the first steps of the run by hand or with a program of your own.",
        (
            Setting("steps", "", "steps", "How many steps are to be computed.", 3, whole(1, 20), 1, 10),
            Setting(
                "decimals", "", "decimals", "How many decimals a value needs at least.", 4, whole(1, 10), 1, 8
            ),
            _MARKS,
        ),
    ),
    Definition(
        "find_rate",
        "Find a rate",
        "Find a learning rate at which the run gets low within some steps.",
        (
            Setting("steps", "", "steps", "How many steps the run makes.", 100, whole(1, 1000), 1, 1000),
            Setting("within", "", "within", _SHARE_OF_FALL, 0.1, SHARE, 0.01, 1.0),
            _MARKS,
        ),
    ),
    Definition(
        "reach",
        "Reach a loss",
        "Find a rule and settings that reach a loss within some gradient evaluations.",
        (
            Setting("loss", "", "loss", "How low the loss must get.", 0.01, POSITIVE, 1e-6, 1.0, log=True),
            Setting("evaluations", "", "budget", _EVALUATIONS, 100, whole(1, 100_000), 10, 10_000, log=True),
            _MARKS,
        ),
    ),
    Definition(
        "fill_in",
        "Fill in a step",
        "Work out the lines of the run's next step from the numbers that are given.",
        (Setting("digits", "", "digits", "How many digits the numbers have.", 4, DIGITS, 3, 8), _MARKS),
    ),
    Definition(
        "explain",
        "Explain in words",
        "Answer the stop's question in words, which a person reads and marks.",
        (Setting("words", "", "words", _WORDS, 20, whole(1, 300), 1, 100), _MARKS),
    ),
)
TASKS = by_id(_KINDS)
WITHOUT_RUN = ("quiz", "explain")
_BY_LINES = ("check_work", "fill_in")
_FROM_START = ("check_work", "find_rate", "reach")
_AHEAD = ("predict", "fill_in")


def task_fault(task: LessonTask, experiment: Experiment, selected: int, here: int) -> str:
    """Return why a stop at step ``here`` cannot have a task, as the predicate of a sentence.

    Empty if the stop can have the task.
    """
    if task.id in WITHOUT_RUN:
        return ""
    if not experiment.runs:
        return said("needs a run in the scene")
    run = experiment.runs[selected]
    if task.id in _FROM_START and run.fork:
        return said("needs a run from its start, but {name} branches off from another run", name=run.name)
    if task.id in _BY_LINES and run.beyond_lines:
        return said(
            "needs a run whose steps follow from the lines of its rule, which is not so for {name}",
            name=run.name,
        )
    first = experiment.clock(run).first
    last = first + experiment.total_steps(run)
    if task.id == "check_work" and int(task["steps"]) > last:
        return said(
            "asks for {steps} steps, but {name} has {last}", steps=task["steps"], name=run.name, last=last
        )
    if task.id in _AHEAD:
        asked = here + (int(task["ahead"]) if task.id == "predict" else 1)
        if here < first or asked > last:
            return said(
                "asks for step {asked}, but {name} has the steps from {first} to {last}",
                asked=asked,
                name=run.name,
                first=first,
                last=last,
            )
    return ""
