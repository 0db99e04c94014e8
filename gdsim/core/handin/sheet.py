"""A lesson as a sheet of tasks, each with individual data that the student's name determines."""

import unicodedata
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256

from gdsim.core.files.scene import scene_text
from gdsim.core.files.scene_runs import kind_tree
from gdsim.core.handin.own_data import SeededDraws, own_experiment
from gdsim.core.lessons.lesson import Lesson, Stop
from gdsim.core.lessons.task import LessonTask
from gdsim.core.model.run import Run

LONGEST_NAME = 100
_SHORT = 16


def name_key(name: str) -> str:
    """Return a student's name normalized for comparison: case, spaces and Unicode forms do not matter."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


@dataclass(frozen=True)
class OwnTask:
    number: int  # From 1
    place: int  # The index of its stop in the lesson
    stop: Stop  # With the student's points and starts
    seed: int  # The seed of the questions of a quiz
    data: str  # An id of the individual data

    @property
    def task(self) -> LessonTask:
        assert self.stop.task is not None  # noqa: S101 - made of stops with tasks
        return self.stop.task

    @property
    def run(self) -> Run:
        return self.stop.experiment.runs[self.stop.selected]

    @property
    def here(self) -> int:
        """The row of the run's record at which the stop pauses."""
        return self.stop.step - self.stop.experiment.clock(self.run).first

    @property
    def marks(self) -> int:
        """The marks for a right answer."""
        return int(self.task["marks"])


@dataclass(frozen=True, eq=False)
class TaskSheet:
    lesson: Lesson

    @cached_property
    def id(self) -> str:
        """A digest of the scenes and the tasks, which does not depend on the texts of the lesson."""
        content = sha256(b"gdsim sheet 1")
        for place in self.lesson.tasks:
            stop = self.lesson.stops[place]
            scene = replace(stop.experiment, title="", about="")
            asked = (kind_tree(stop.task) if stop.task else None, stop.selected, stop.step)
            content.update(f"\n{asked}\n{scene_text(scene)}".encode())
        return content.hexdigest()[:_SHORT]

    def __len__(self) -> int:
        return len(self.lesson.tasks)

    def for_name(self, name: str) -> tuple[OwnTask, ...]:
        """Return the tasks with the data of a student, which are the same at any time on any machine."""
        return tuple(self.own_task(number, name) for number in range(1, len(self) + 1))

    def own_task(self, number: int, name: str) -> OwnTask:
        """Return the task with a number, counted from 1, with the data of a student."""
        place = self.lesson.tasks[number - 1]
        draws = SeededDraws(f"gdsim data 1\n{self.id}\n{number}\n{name_key(name)}")
        seed = draws.whole(2**31)
        stop = self.lesson.stops[place]
        own = replace(stop, experiment=own_experiment(stop.experiment, draws))
        data = sha256(f"{seed}\n{scene_text(own.experiment)}".encode()).hexdigest()[:_SHORT]
        return OwnTask(number, place, own, seed, data)
