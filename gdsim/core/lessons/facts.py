"""What a caption may ask of an experiment; its runs are flown only as far as somebody asks."""

import re
from functools import cached_property

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.runs import LARGEST_CHUNK, run_steps
from gdsim.core.engine.trajectory import Columns, Trajectory
from gdsim.core.lessons.expression import ExpressionFault
from gdsim.core.model.experiment import Experiment, Run
from gdsim.core.model.neuron import Neuron
from gdsim.core.progress import run_to_end
from gdsim.core.surface.surface import Minimum, survey
from gdsim.core.surface.valley import valley_along

# What is computed for one caption: some seconds of work at most.
_MOST_STEPS, _MOST_WORK = 200_000, 100_000_000
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", re.ASCII)


class Facts:
    """Answers about the runs and the points of an experiment.

    Parameters
    ----------
    experiment : Experiment
    here : int
        The step that the word ``here`` stands for; an epoch when ``by_epoch``.
    by_epoch : bool
    """

    def __init__(self, experiment: Experiment, here: int = 0, *, by_epoch: bool = False) -> None:
        self.experiment = experiment
        self._here = here
        self._by_epoch = by_epoch
        self._flights = {index: run_steps(experiment, index) for index in range(len(experiment.runs))}
        self._records: dict[int, Trajectory] = {}

    # ------------------------------------------------------------------ arguments

    def run(self, name: str) -> int:
        """Return the index of a run, by its name or by the id of a rule that only one run follows.

        Raises
        ------
        ExpressionFault
            If there is none, or more than one.
        """
        runs = self.experiment.runs
        found = [index for index, run in enumerate(runs) if run.name == name]
        found = found or [index for index, run in enumerate(runs) if run.optimizer.id == name]
        if len(found) == 1:
            return found[0]
        names = ", ".join(run.name for run in runs)
        how = "more than one run" if found else "no run"
        raise ExpressionFault(f"names {how}: {name}; there are {names}")

    def step(self, index: int, text: str) -> int:
        """Return a step of a run: a number, ``here`` or ``end``.

        Raises
        ------
        ExpressionFault
            If the run does not go so far.
        """
        if text == "end":
            return self.steps(index)
        run = self.experiment.runs[index]
        total = self.experiment.total_steps(run)
        if text == "here":
            unit = self.experiment.updates_per_epoch(run) if self._by_epoch else 1
            return min(self._here * unit, self.steps(index))
        if not _WHOLE.fullmatch(text):
            raise ExpressionFault(f"has {text} where a step should be: a whole number, here or end")
        step = int(text)
        if step > self.steps(index, min(step, total)):
            last = self.steps(index, min(step, total))
            raise ExpressionFault(f"asks for step {step} of {run.name}, which ends at step {last}")
        return step

    def number(self, text: str) -> float:
        """Return a number that was typed."""
        if not _NUMBER.fullmatch(text):
            raise ExpressionFault(f"has {text} where a number should be")
        return float(text)

    def axis(self, text: str) -> int:
        """Return which parameter is meant: the first weight for ``w``, the last one for ``b``."""
        known = {"w": 0, "b": -1} | {f"w{i + 1}": i for i in range(self.experiment.points.dimension)}
        if text not in known:
            raise ExpressionFault(f"has {text} where a parameter should be: {', '.join(known)}")
        return known[text]

    def point(self, text: str) -> int:
        """Return the row of a point, which is counted from 1."""
        count = len(self.experiment.points)
        if not _WHOLE.fullmatch(text) or not 1 <= int(text) <= count:
            raise ExpressionFault(f"asks for point {text}; there are {count}")
        return int(text) - 1

    def place(self, w: str, b: str) -> Array:
        """Return a place of the plane: shape (2,)."""
        if self.experiment.points.dimension != 1:
            raise ExpressionFault("asks for a place by w and b, and the points have several inputs")
        return np.array([self.number(w), self.number(b)])

    # ------------------------------------------------------------------ answers

    def whose(self, index: int) -> Run:
        """Return a run."""
        return self.experiment.runs[index]

    @cached_property
    def neuron(self) -> Neuron:
        """The neuron that learns from the points."""
        return Neuron.fitting(self.experiment.points)

    @cached_property
    def minimum(self) -> Minimum:
        """The lowest place of the window."""
        points = self.experiment.points
        return survey(points, self.experiment.window, (0.0,) * (points.dimension - 1)).minimum

    @cached_property
    def across(self) -> Array:
        """The steepest direction of the valley at its lowest place: shape (2,)."""
        if self.experiment.points.dimension != 1:
            raise ExpressionFault("asks for turns, and the points have several inputs")
        low = self.minimum
        direction: Array = run_to_end(valley_along(self.neuron, np.array([[low.w, low.b]]))).across[0]
        return direction

    def steps(self, index: int, wanted: int | None = None) -> int:
        """Return how many steps a run makes; not more than are wanted, if so many are enough."""
        return self._flown(index, wanted).last_step

    def record(self, index: int, step: int) -> Columns:
        """Return the rows 0 to ``step`` of a run."""
        return self._flown(index, step).until(step)

    def _flown(self, index: int, wanted: int | None) -> Trajectory:
        run = self.experiment.runs[index]
        total = self.experiment.total_steps(run)
        goal = total if wanted is None else min(wanted, total)
        if goal > _MOST_STEPS or goal * len(self.experiment.points) > _MOST_WORK:
            raise ExpressionFault(f"asks for {goal:,} steps of {run.name}, which is too much for a caption")
        record = self._records.get(index)
        flying = self._flights[index]
        if record is None:
            record = self._records[index] = Trajectory()
            record.append(next(flying))
        while record.last_step < goal and not record.stop:
            record.append(flying.send(min(goal - record.last_step, LARGEST_CHUNK)))
        return record
