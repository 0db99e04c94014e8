"""The command line for lessons."""

import json

from gdsim import cli
from gdsim.core.lessons.files import BUNDLED_LESSONS, bundled_lessons
from tests.every import every


@every("name", BUNDLED_LESSONS)
def test_every_bundled_lesson_is_checked(gdsim_, name):
    code, out, err = gdsim_("lesson", "check", name)
    assert (code, err) == (0, "")
    assert out.count("\n") == 1
    assert "stops, and every number can be computed." in out


def test_a_lesson_is_checked_by_its_path(gdsim_):
    assert gdsim_("lesson", "check", bundled_lessons()["first-sheet"])[0] == 0


def test_all_that_is_wrong_with_a_lesson_is_told_a_line_each(gdsim_, tmp_path):
    path = tmp_path / "mine.json"
    stops = [{"title": "One", "scene": "valley", "caption": "{loss(gd, 101)}", "log": 1}, {"scene": "vall"}]
    path.write_text(json.dumps({"gdsim-lesson": 1, "title": "", "stops": stops}))
    code, out, err = gdsim_("lesson", "check", path)
    assert (code, out) == (2, "")
    starts = [
        "title must not be empty",
        "stop 1: log must be true or false, not 1",
        "stop 1: caption {loss(gd, 101)} asks for step 101",
        "stop 2: title is missing",
        "stop 2: caption is missing",
        "stop 2: scene must be a file",
    ]
    lines = err.splitlines()
    assert len(lines) == len(starts)
    for line, start in zip(lines, starts, strict=True):
        assert line.startswith(f"mine.json: {start}")


def test_a_broken_lesson_is_one_line(refused, tmp_path):
    path = tmp_path / "mine.json"
    stop = {"title": "One", "scene": "valley", "caption": "{loss(gd, 101)}"}
    path.write_text(json.dumps({"gdsim-lesson": 1, "title": "Mine", "stops": [stop]}))
    assert refused("lesson", "check", path) == (
        "mine.json: stop 1: caption {loss(gd, 101)} asks for step 101 of Gradient descent, "
        "which ends at step 100"
    )
    assert refused("lesson", "check", tmp_path / "none.json") == "none.json: no such lesson or file"
    assert refused("--lesson", tmp_path / "none.json") == "none.json: no such lesson or file"


def test_check_or_list_is_needed(refused):
    assert refused("lesson") == "gdsim lesson: check or list is needed"


def test_the_list(gdsim_):
    code, out, _ = gdsim_("lesson", "list")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == ["lesson", *BUNDLED_LESSONS]
    rows = json.loads(gdsim_("lesson", "list", "--json")[1])
    assert [row["name"] for row in rows] == list(BUNDLED_LESSONS)
    assert all(row["title"] and row["about"] and row["stops"] > 0 for row in rows)


def test_a_lesson_is_handed_to_the_window(gdsim_, monkeypatch):
    opened = []

    class App:
        NotEquippedError = RuntimeError

        @staticmethod
        def open_window(experiment, path, *, opengl, lesson, **_others):
            opened.append((experiment.title, lesson.key))
            return 0

    monkeypatch.setattr(cli, "import_gui", lambda _module: App)
    assert gdsim_("--lesson", "lecture")[0] == 0
    assert opened == [("The first neuron", "lecture")]
