"""Data of one's own: others for every name, the same for one name on any machine."""

import math
from dataclasses import replace

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from gdsim.core.files.bundled import bundled_scenes
from gdsim.core.files.scene import load_scene
from gdsim.core.handin.own_data import SeededDraws, own_experiment
from gdsim.core.handin.sheet import TaskSheet, name_key
from gdsim.core.lessons.lesson import Lesson, Stop
from gdsim.core.lessons.task import TASKS
from tests.core.handin.students import sheet
from tests.every import WHOLE, every


def test_no_two_of_many_names_have_the_same_data_in_any_task():
    last_names = range(100 if WHOLE else 15)
    names = [f"{first} {last}" for first in ("Ada", "Bob", "Eve", "Max") for last in last_names]
    for number in range(1, len(sheet()) + 1):
        tasks = [sheet().own_task(number, name) for name in names]
        assert len({one.data for one in tasks}) == len(names)
        assert len({hash(one.stop.experiment.points) for one in tasks}) == len(names)


def test_the_data_of_a_name_are_those_that_were_written_down_once():
    # From another machine: a student's numbers must not depend on it.
    own = sheet().own_task(1, "Ada Lovelace")
    assert own.stop.experiment.points.x[:, 0].tolist() == X_OF_ADA
    assert own.stop.experiment.points.y.tolist() == Y_OF_ADA
    assert own.stop.experiment.runs[0].start == START_OF_ADA


X_OF_ADA, Y_OF_ADA, START_OF_ADA = [0.525, 2.485], [0.21, 0.902], (-1.691, -2.472)


@every(
    "other",
    ["ada lovelace", "  ADA   Lovelace ", "Ada\tLovelace", "\N{FULLWIDTH LATIN CAPITAL LETTER A}da Lovelace"],
)
def test_capitals_and_spaces_make_no_other_student(other):
    assert name_key(other) == name_key("Ada Lovelace")
    assert sheet().for_name(other)[0].data == sheet().for_name("Ada Lovelace")[0].data


@every("name", sorted(bundled_scenes()))
def test_every_scene_has_data_of_ones_own_that_are_near_it(name):
    scene = load_scene(bundled_scenes()[name])
    own = own_experiment(scene, SeededDraws("somebody"))
    other = own_experiment(scene, SeededDraws("somebody else"))
    assert own == own_experiment(scene, SeededDraws("somebody"))
    assert own != other != scene
    spread = np.maximum(np.ptp(scene.points.x, axis=0), 1e-9)
    assert (np.abs(own.points.x - scene.points.x) <= 0.061 * np.maximum(spread, np.abs(scene.points.x))).all()
    y = scene.points.y
    if ((y >= 0) & (y <= 1)).all():
        assert ((own.points.y >= 0) & (own.points.y <= 1)).all()
    if np.isin(y, (0, 1)).all():
        assert (own.points.y == y).all()
    starts = {run.start for run in scene.runs}
    assert len({run.start for run in own.runs}) == len(starts)  # those from one place stay together


@given(st.text(max_size=200), st.integers(1, 10**9), st.floats(1e-6, 1e6), st.integers(1, 10_000))
@example("", 1, 1000.0, 1)  # 3 lies between the places of the grid
def test_draws_stay_in_their_range(text, end, amplitude, steps):
    draws = SeededDraws(text)
    assert all(0 <= draws.whole(end) < end for _ in range(5))
    grid = 10.0 ** math.floor(math.log10(amplitude / steps))
    assert abs(draws.moved(3.0, amplitude, steps) - 3.0) <= amplitude * (1 + 1e-6) + grid / 2


def test_starts_of_a_function_are_others_for_every_name():
    scene = load_scene(bundled_scenes()["himmelblau"])
    stop = Stop("One", scene, task=TASKS["find_rate"]())
    one = TaskSheet(Lesson("key", "Title", "", (stop, replace(stop, title="Two"))))
    starts = {one.own_task(1, f"Student {number}").stop.experiment.runs[0].start for number in range(300)}
    assert len(starts) == 300
    assert one.own_task(1, "Ada").data != one.own_task(2, "Ada").data
