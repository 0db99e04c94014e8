"""Tasks in lesson files: what is read, what cannot be set, and that the documentation has it all."""

import json

import pytest

from gdsim.core.lessons.files import LessonFault, check_lesson, load_lesson
from gdsim.core.lessons.task import TASKS
from gdsim.core.resources import resource

NO_RUNS = {"gdsim": 1, "points": {"x": [1], "y": [1]}, "runs": []}
STOP = {"title": "A stop", "scene": "valley", "caption": "Look."}


@pytest.fixture
def read(tmp_path):
    """Return a function that reads a lesson of one stop with a task."""

    def read(task, **changes):
        path = tmp_path / "mine.json"
        stop = STOP | {"task": task} | changes
        path.write_text(json.dumps({"gdsim-lesson": 1, "title": "Mine", "stops": [stop]}))
        return check_lesson(str(path)).stops[0]

    return read


@pytest.mark.parametrize("kind", list(TASKS))
def test_every_kind_is_read_with_its_usual_settings_and_with_others(read, kind):
    assert read({"kind": kind}).task == TASKS[kind]()
    lowest = {one.name: one.domain.kind(max(one.domain.low, one.low)) for one in TASKS[kind].settings}
    assert read({"kind": kind, **lowest}).task == TASKS[kind](**lowest)


def test_a_task_is_opened_last_and_its_question_is_not_revealed(read):
    stop = read({"kind": "explain"}, question="Why?")
    assert (stop.last_stage, stop.is_asking(0)) == (1, False)
    asking = read({"kind": "explain"}, question="Why?", answer="So.", hide=["surface"])
    assert (asking.last_stage, asking.is_asking(0)) == (2, True)


@pytest.mark.parametrize(
    ("task", "changes", "words"),
    [
        ({"kind": "sing"}, {}, "task.kind must be one of predict, quiz, check_work"),
        ({"kind": "quiz", "level": 6}, {}, "task.level must be a whole number from 1 to 5, not 6"),
        ({"kind": "quiz", "hard": 1}, {}, "task.hard is not a known key"),
        ("quiz", {}, 'task must be an object with a "kind"'),
        ({"kind": "quiz"}, {"exercise": "quiz"}, "task does not go with exercise"),
        ({"kind": "predict"}, {"step": 100}, "task asks for step 101, but Gradient descent has the steps"),
        ({"kind": "fill_in"}, {"step": 100}, "task asks for step 101"),
        ({"kind": "fill_in"}, {"scene": "newton-uphill", "select": 1}, "task needs a run whose steps follow"),
        ({"kind": "reach"}, {"scene": "what-if", "select": 2}, "task needs a run from its start"),
        ({"kind": "find_rate"}, {"scene": NO_RUNS}, "needs a run"),
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_asked_is_a_fault_of_its_stop(read, task, changes, words):
    with pytest.raises(LessonFault) as told:
        read(task, **changes)
    assert "stop 1: " in str(told.value)
    assert words in str(told.value)


def test_the_documentation_has_every_kind_and_setting():
    words = (
        resource("lessons", "README.md")
        .read_text(encoding="utf-8")
        .split("## Tasks")[1]
        .split("## Captions")[0]
    )
    rows = {row.split("`")[1]: row for row in words.splitlines() if row.startswith("| `")}
    assert list(rows) == list(TASKS)
    for kind in TASKS.values():
        for setting in kind.settings:
            assert f"`{setting.name}`" in (rows[kind.id] if setting.name != "marks" else words)


def test_the_bundled_sheet_has_a_task_of_every_kind():
    lesson = load_lesson("first-sheet")
    assert lesson.tasks == tuple(range(7))
    assert {stop.task.id for stop in lesson.stops} == set(TASKS)
