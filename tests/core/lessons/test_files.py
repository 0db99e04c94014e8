"""Lesson files: what is read, and the line that names what is wrong."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.analysis.arrow_lengths import Lengths
from gdsim.core.analysis.arrows import ArrowKind
from gdsim.core.analysis.series import CurveKind
from gdsim.core.files.checked_json import FileFault
from gdsim.core.files.scene import SUFFIXES, scene_text
from gdsim.core.lessons.caption import plain_text
from gdsim.core.lessons.files import LessonFault, check_lesson, load_lesson
from gdsim.core.lessons.lesson import EXERCISES, HIDEABLE, OpenExercise, PlaybackRange
from gdsim.core.lessons.stop_reader import KEYS
from gdsim.core.lessons.view import FROM_TOP, LAYERS, PAGES, PANES, Arrows, Sight, StopView
from gdsim.core.model.map_overlays import MapOverlays
from gdsim.core.model.view_range import ViewRange
from gdsim.core.resources import resource
from gdsim.core.rules.update_rule import LINE_PARTS
from tests.core.lessons.refusals import outcome
from tests.core.records import scene
from tests.every import every

STOP = {
    "title": "A stop",
    "chapter": "One",
    "scene": "valley",
    "slice": {"axes": ["w", "b"]},
    "height": "log",
    "window": {"w": [-3, 12], "b": [-14, 9]},
    "show": ["Momentum", "Nesterov"],
    "select": "Nesterov",
    "caption": ["The loss is {loss(Nesterov, here) :2},", "a *small* $\\eta$."],
    "look": "Look at it.",
    "formulas": ["\\frac{1}{2}"],
    "play": [3, 40],
    "speed": 12,
    "clock": "step",
    "page": "memory",
    "memory": "v",
    "curve": "rate",
    "log": False,
    "arrows": {"kinds": ["step"], "layers": ["points"], "lengths": "same"},
    "part": "look",
    "camera": {"azimuth": 20, "elevation": 40, "distance": 1.2},
    "planes": True,
    "lens": True,
    "field": True,
    "cut": 30,
    "point_at": ["curves"],
}

# What a stop may have besides.
ASKING = {
    "question": "How low at step {steps(Nesterov)}?",
    "answer": "{loss(Nesterov, 40)}",
    "notes": "Wait for *three* guesses.",
    "hide": ["surface", "future", "caption"],
    "reveal": [["caption"], ["future"]],
    "only": ["surface", "curves"],
    "exercise": {"open": "quiz", "level": 2, "seed": 7},
    "beside": {"title": "Other", "scene": "nesterov", "show": ["Momentum"], "select": "Momentum"},
    "change": {"Nesterov": {"hyperparameters": {"eta": 0.25}, "epochs": 90, "start": {"w": 3}}},
}


def tree(**changes):
    stop = {key: value for key, value in (STOP | changes).items() if value is not None}
    return {"gdsim-lesson": 1, "title": "Mine", "about": "", "stops": [STOP, stop]}


@pytest.fixture
def lesson_file(tmp_path):
    def write(content):
        path = tmp_path / "mine.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return str(path)

    return write


def test_every_key_is_read(lesson_file):
    lesson = check_lesson(lesson_file(tree()))
    stop = lesson.stops[0]
    assert (lesson.title, stop.title, len(lesson.stops)) == ("Mine", "A stop", 2)
    assert lesson.key.endswith("mine.json")
    assert stop.experiment.points == scene("valley").points
    assert stop.experiment.view_range == ViewRange(-3.0, 12.0, -14.0, 9.0)
    assert [run.hidden for run in stop.experiment.runs] == [True, False, False]
    assert stop.selected == 2
    assert plain_text(stop.caption) == "The loss is {loss(Nesterov, here) :2}, a small η."
    assert [formula.latex for formula in stop.formulas] == [r"\frac{1}{2}"]
    assert stop.place == PlaybackRange(3, 40, 12.0, by_epoch=False)
    arrows = Arrows(True, frozenset({ArrowKind.STEP}), frozenset({"points"}), Lengths.SAME)
    sight = Sight(20.0, 40.0, 1.2)
    assert stop.view == StopView(
        "memory",
        "v",
        CurveKind.RATE,
        False,
        arrows,
        "look",
        sight,
        planes=True,
        panes=frozenset({"curves"}),
    )
    assert stop.experiment.drawn == MapOverlays(lens=True, field=True, cut=30)


def test_most_keys_may_be_left_out(lesson_file):
    stop = {"title": "A stop", "scene": "valley", "caption": "Look."}
    lesson = check_lesson(lesson_file({"gdsim-lesson": 1, "title": "Mine", "stops": [stop]}))
    (read,) = lesson.stops
    assert read.experiment == scene("valley")
    assert (read.selected, read.place, read.view) == (0, PlaybackRange(), StopView())


def test_a_chapter_goes_on_until_the_next_one_begins(lesson_file):
    stop = {"title": "A stop", "scene": "valley", "caption": "Look."}
    stops = [stop, stop | {"chapter": "One"}, stop, stop | {"chapter": "Two"}]
    lesson = check_lesson(lesson_file({"gdsim-lesson": 1, "title": "Mine", "stops": stops}))
    assert [read.chapter for read in lesson.stops] == ["", "One", "One", "Two"]


def test_short_forms(lesson_file):
    lesson = check_lesson(lesson_file(tree(arrows=False, camera="top", play=None, speed=None, step=7)))
    stop = lesson.stops[1]
    assert stop.view.arrows == Arrows(on=False)
    assert stop.view.sight == FROM_TOP
    assert stop.place == PlaybackRange(7, 7)


def test_what_a_stop_asks_and_reveals(lesson_file):
    stop = check_lesson(lesson_file(tree(**ASKING))).stops[1]
    assert plain_text(stop.question) == "How low at step {steps(Nesterov)}?"
    assert plain_text(stop.notes) == "Wait for three guesses."
    assert stop.exercise == OpenExercise("quiz", {"level": 2, "seed": 7})
    assert stop.view.only == {"surface", "curves"}
    beside = stop.beside
    assert (beside.title, beside.experiment.runs[beside.selected].name) == ("Other", "Momentum")
    assert beside.experiment.points == scene("nesterov").points
    assert sum(not run.hidden for run in beside.experiment.runs) == 1
    # What no step of revealing names stays hidden; the exercise comes last.
    assert [stop.hidden_at(stage) for stage in range(4)] == [
        {"surface", "future", "caption"},
        {"surface", "future"},
        {"surface"},
        {"surface"},
    ]
    assert [stop.is_asking(stage) for stage in range(4)] == [True, True, False, False]
    assert stop.last_stage == 3


@pytest.mark.parametrize(
    ("keys", "stages"),
    [
        ({}, 0),
        ({"question": "Why?"}, 1),
        ({"answer": "So."}, 1),
        ({"exercise": "quiz"}, 1),
        ({"reveal": []}, 0),
    ],
)
def test_what_is_hidden_is_shown_in_one_step_where_something_is_asked(lesson_file, keys, stages):
    stop = load_lesson(lesson_file(tree(hide=["surface"], **keys))).stops[1]
    assert stop.last_stage == stages
    asked = "question" in keys or "answer" in keys
    assert stop.hidden_at(stages) == (set() if asked else {"surface"})


def test_a_stop_changes_settings_of_its_runs_alone(lesson_file):
    changes = {"change": ASKING["change"], "show": None, "window": None}
    usual = load_lesson(lesson_file(tree(**changes | {"change": None}))).stops[1].experiment
    changed = load_lesson(lesson_file(tree(**changes))).stops[1].experiment
    assert changed.runs[:2] == usual.runs[:2]
    run, before = changed.runs[2], usual.runs[2]
    assert run.optimizer.number("eta") == 0.25
    assert run.optimizer.number("gamma") == before.optimizer.number("gamma")
    assert (run.epochs, run.start) == (90, (3.0, before.start[1]))
    # A rule has settings of its own.
    other = {"change": {"Nesterov": {"algorithm": "adam"}}, "select": "Momentum", "part": None}
    assert load_lesson(lesson_file(tree(**other))).stops[1].experiment.runs[2].optimizer.id == "adam"


def test_a_scene_may_stand_in_the_stop_and_runs_be_told_by_number(lesson_file):
    own = json.loads(scene_text(scene("valley")))
    own["runs"][1]["name"] = own["runs"][2]["name"] = "Twins"
    stop = load_lesson(lesson_file(tree(scene=own, show=[1, 3], select=3, caption="Look."))).stops[1]
    assert stop.selected == 2
    assert [run.hidden for run in stop.experiment.runs] == [False, True, False]


def test_all_faults_are_found_at_once_and_counted_from_1(lesson_file):
    bad = {"titel": "x", "scene": "valley", "caption": "{lost(gd)} and {loss(gd, now)}, $\\foo$", "page": 3}
    worse = {"title": "", "scene": {"gdsim": 1, "points": {"x": [1, "a"], "y": [1, 2]}}, "caption": "x"}
    content = {"gdsim-lesson": 1, "title": "Mine", "stops": [STOP, bad, worse, STOP | {"select": "Adam"}]}
    with pytest.raises(LessonFault) as fault:
        load_lesson(lesson_file(content))
    found = [line.removeprefix("mine.json: ") for line in fault.value.faults]
    assert [line.split(" ")[:3] for line in found] == [
        ["stop", "2:", "titel"],
        ["stop", "2:", "title"],
        ["stop", "2:", "caption"],
        ["stop", "2:", "page"],
        ["stop", "3:", "scene.points.x[2]"],
        ["stop", "3:", "title"],
        ["stop", "4:", "select"],
    ]
    assert "{lost(gd)}" in found[2]
    assert "{loss(gd, now)}" in found[2]
    assert "\\foo is not a known command" in found[2]
    assert str(fault.value) == f"{fault.value.faults[0]} (and 6 more)"


FAULTS = [
    (
        {"caption": "\\textbf{loss}"},
        "stop 2: caption has \\textbf outside of $...$; write *words* to stress them",
    ),
    ({"hide": ["sun"]}, "stop 2: hide[1] must be one of points, neuron"),
    ({"hide": ["future"], "reveal": [["marks"]]}, "stop 2: reveal[1][1] must be one of future, not"),
    ({"reveal": [["future"]]}, "stop 2: reveal[1] reveals what hide does not name"),
    ({"only": ["moon"]}, "stop 2: only[1] must be one of points"),
    ({"beside": {"title": "x"}}, "stop 2: beside.scene is missing"),
    (
        {"beside": {"scene": "nesterov", "show": [9]}},
        "stop 2: beside.show[1] must be one of the scene's runs",
    ),
    ({"beside": {"scene": "valley", "step": 3}}, "stop 2: beside.step is not a known key"),
    ({"exercise": "chess"}, "stop 2: exercise must be one of guess_work"),
    ({"exercise": {"seed": 1}}, "stop 2: exercise.open is missing"),
    ({"exercise": {"open": "quiz", "level": 9}}, "stop 2: exercise.level must be a whole number from 1 to 5"),
    ({"exercise": {"open": "quiz", "rate": 1}}, "stop 2: exercise.rate is not a known key"),
    ({"change": {"Adam": {}}}, "stop 2: change must be one of the scene's runs"),
    ({"change": {"Nesterov": {"epochs": 0}}}, "stop 2: change.Nesterov.epochs must be a whole number"),
    (
        {"change": {"Nesterov": {"hyperparameters": {"eta": -1}}}},
        "stop 2: change.Nesterov.hyperparameters.eta",
    ),
    ({"change": 3}, "stop 2: change must be an object"),
    ({"select": 4, "part": None}, "stop 2: select must be one of the scene's runs"),
    ({"scene": {}}, "stop 2: scene.gdsim is missing"),
    ({"notes": "{loss(Nobody, 1)}"}, "stop 2: notes {loss(Nobody, 1)} names no run"),
    ({"tilte": "x"}, "stop 2: tilte is not a known key"),
    ({"title": None}, "stop 2: title is missing"),
    ({"title": "x" * 201}, "stop 2: title must have at most 200 letters, not 201"),
    ({"chapter": ""}, "stop 2: chapter must not be empty"),
    ({"scene": None}, "stop 2: scene is missing"),
    ({"caption": None}, "stop 2: caption is missing"),
    ({"scene": "vally"}, "stop 2: scene must be a file that ends in .gdsim or .json, or one of first-neuron"),
    ({"scene": 3}, "stop 2: scene must be text, not 3"),
    ({"scene": "none.json"}, 'stop 2: scene is "none.json", and none.json: no such scene or file'),
    ({"show": ["Adam"]}, "stop 2: show[1] must be one of the scene's runs, Gradient descent"),
    ({"show": "Momentum"}, "stop 2: show must be a list"),
    ({"window": {"w": [3, 1]}}, "stop 2: window.w must go from a smaller to a larger"),
    ({"caption": "{loss"}, "stop 2: caption has { without its partner"),
    (
        {"caption": "{lost(gd)}"},
        'stop 2: caption {lost(gd)} cannot be read: "lost" is not a function; the known ones are',
    ),
    ({"caption": "{loss(gd, now)}"}, "stop 2: caption {loss(gd, now)} has now where a number should be"),
    (
        {"caption": ["a {1 +", "\x1b}"]},
        "stop 2: caption {1 + \\x1b} is not a formula: it contains a character",
    ),
    (
        {"caption": "$\\foo$"},
        "stop 2: caption has a formula that cannot be read: \\foo is not a known command",
    ),
    ({"caption": "{1}" * 51}, "stop 2: caption must have at most 50 numbers in braces, not 51"),
    ({"look": "x" * 5001}, "stop 2: look must have at most 5,000 letters, not 5,001"),
    ({"look": ["a", 2]}, "stop 2: look[2] must be text, not 2"),
    ({"formulas": ["{"]}, "stop 2: formulas[1] } is missing from a formula"),
    ({"formulas": ["a"] * 7}, "stop 2: formulas must have at most 6 entries, not 7"),
    ({"step": 4}, "stop 2: play does not go with step"),
    ({"play": None, "speed": 4}, "stop 2: speed goes with play only"),
    ({"play": [3, 3]}, "stop 2: play must be two steps"),
    ({"play": [3, 101]}, "stop 2: play[2] must be at most 100, the last step of the scene, not 101"),
    ({"play": None, "speed": None, "step": -1}, "stop 2: step must be a whole number of at least 0, not -1"),
    ({"speed": 0}, "stop 2: speed must be a number of steps a second"),
    ({"clock": "hour"}, "stop 2: clock must be one of step, epoch"),
    ({"page": "home"}, "stop 2: page must be one of settings, step, code, why, memory"),
    ({"curve": "cut"}, "stop 2: curve must be one of loss, gradient"),  # the key "cut" shows a cut
    ({"log": 1}, "stop 2: log must be true or false, not 1"),
    ({"arrows": {"kinds": ["x"]}}, "stop 2: arrows.kinds[1] must be one of look, gradient"),
    ({"arrows": {"kind": []}}, "stop 2: arrows.kind is not a known key"),
    ({"arrows": 3}, "stop 2: arrows must be an object"),
    ({"part": "memo"}, "stop 2: part must be one of look, gradient, memory, update"),
    ({"memory": "m"}, "stop 2: memory must be one of v"),
    ({"select": "Momentum"}, "stop 2: part must be one of gradient, memory, update"),
    ({"camera": "side"}, "stop 2: camera must be one of top"),
    ({"camera": {"elevation": 2}}, "stop 2: camera.elevation must be an angle from 5 to 90, not 2"),
    ({"point_at": ["moon"]}, "stop 2: point_at[1] must be one of points"),
    (
        {"caption": "{loss(Nesterov, 100 + 1)}"},
        "stop 2: caption {loss(Nesterov, 100 + 1)} asks for step 101 of Nesterov",
    ),
    ({"look": "{loss(Adam, 1)}"}, "stop 2: look {loss(Adam, 1)} names no run: Adam"),
]


@every(("changes", "line"), FAULTS)
def test_a_fault_names_the_file_the_stop_and_the_key(lesson_file, changes, line):
    with pytest.raises(FileFault) as fault:
        check_lesson(lesson_file(tree(**changes)))
    assert str(fault.value).startswith(f"mine.json: {line}")
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("[1]", "a lesson must be an object, not a list"),
        ("{}", "gdsim-lesson is missing"),
        ('{"gdsim": 1, "points": {}}', "is a scene, not a lesson"),
        ('{"gdsim-lesson": 2, "title": "a", "stops": []}', "gdsim-lesson is 2: the file"),
        ('{"gdsim-lesson": true, "title": "a", "stops": []}', "gdsim-lesson must be 1"),
        ('{"gdsim-lesson": 1, "title": "a", "stops": []}', "stops must be from 1 to 500 stops, not 0"),
        ('{"gdsim-lesson": 1, "title": "a", "stops": [1]}', "stop 1: must be an object, not 1"),
        ("{", "is not JSON"),
    ],
)
def test_what_is_no_lesson_is_refused(lesson_file, content, line):
    with pytest.raises(FileFault) as fault:
        check_lesson(lesson_file(content))
    assert str(fault.value).startswith(f"mine.json: {line}")


@pytest.mark.parametrize("name", ["none.json", "", ".", "no\0such"])
def test_a_lesson_that_is_not_there(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileFault):
        load_lesson(name)


def test_the_documentation_names_every_key_and_its_example_is_a_lesson(lesson_file):
    words = resource("lessons", "README.md").read_text(encoding="utf-8")
    assert not set(KEYS) - set(STOP) - {"step", "task"} - set(ASKING)
    for word in (
        *KEYS,
        *HIDEABLE,
        *EXERCISES,
        "step",
        *PAGES,
        *PANES,
        *LAYERS,
        *ArrowKind,
        *CurveKind,
        *Lengths,
        *LINE_PARTS,
    ):
        assert f"`{word}`" in words or f'`"{word}"`' in words, word
    kinds = re.search(r"with the kinds (.*?), the layers", words)[1]
    assert kinds == ", ".join(f"`{kind}`" for kind in ArrowKind)
    example = words.split("```json")[1].split("```")[0]
    assert check_lesson(lesson_file(example)).title == "Momentum in ten minutes"


# ------------------------------------------------------------------- a lesson opens nothing but its own


@pytest.mark.parametrize(
    "name",
    ["../outside.json", "sub/../../outside.json", "{absolute}", "C:/outside.json", "..\\outside.json",
     "file:///outside.json", "no\0such.json"],
)  # fmt: skip
def test_a_scene_outside_the_lessons_folder_is_refused(tmp_path, name):
    outside = tmp_path / "outside.json"
    outside.write_bytes(resource("scenes", "valley.json").read_bytes())
    folder = tmp_path / "lesson"
    (folder / "sub").mkdir(parents=True)
    path = folder / "mine.json"
    path.write_text(json.dumps(tree(scene=name.replace("{absolute}", str(outside)))))
    with pytest.raises(FileFault, match=r"stop 2: scene must be a path within the lesson's folder"):
        load_lesson(str(path))


@pytest.mark.parametrize("kind", ["file", "folder", "loop"])
def test_a_link_out_of_the_folder_is_refused(tmp_path, kind):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "own.json").write_bytes(resource("scenes", "valley.json").read_bytes())
    folder = tmp_path / "lesson"
    folder.mkdir()
    target, name = {
        "file": (outside / "own.json", "own.json"),
        "folder": (outside, "sub/own.json"),
        "loop": (folder / "own.json", "own.json"),
    }[kind]
    (folder / name.split("/", maxsplit=1)[0]).symlink_to(target)
    path = folder / "mine.json"
    path.write_text(json.dumps(tree(scene=name)))
    with pytest.raises(FileFault, match=r"stop 2: scene"):
        load_lesson(str(path))


@pytest.mark.parametrize("ending", SUFFIXES)
def test_a_scene_beside_the_lesson_is_read(tmp_path, ending):
    (tmp_path / "scenes").mkdir()
    (tmp_path / "scenes" / f"own{ending}").write_bytes(resource("scenes", "valley.json").read_bytes())
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(tree(scene=f"scenes/own{ending}")))
    assert load_lesson(str(path)).stops[1].experiment == load_lesson(str(path)).stops[0].experiment


# ------------------------------------------------------------------------------------- whatever comes

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(KEYS)), JSON)
def test_any_value_of_any_key_is_read_or_refused_in_a_line(tmp_path_factory, key, value):
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_text(json.dumps(tree() | {"stops": [STOP | {key: value}]}), encoding="utf-8")
    lesson, refusal = outcome(check_lesson, str(path), FileFault)
    assert lesson or (refusal.startswith("any.json: ") and "\n" not in refusal)


@given(st.binary(max_size=4), st.integers(0, 900), st.integers(0, 5))
def test_a_file_with_random_bytes_is_read_or_refused(tmp_path_factory, noise, at, cut):
    path = tmp_path_factory.getbasetemp() / "noise.json"
    text = json.dumps(tree()).encode()
    path.write_bytes(text[:at] + noise + text[at + cut :])
    lesson, refusal = outcome(check_lesson, str(path), FileFault)
    assert lesson or refusal.startswith("noise.json: ")
