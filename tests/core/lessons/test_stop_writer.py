"""Stops that are written into lesson files: they read as what was seen, and leave all else alone."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdsim.core.analysis.arrow_lengths import Lengths
from gdsim.core.analysis.arrows import ArrowKind
from gdsim.core.analysis.series import CurveKind
from gdsim.core.files.bundled import bundled_scenes
from gdsim.core.files.checked_json import FileFault
from gdsim.core.lessons.files import bundled_lessons, check_lesson, load_lesson
from gdsim.core.lessons.lesson import PlaybackRange
from gdsim.core.lessons.stop_writer import append_stop, stop_tree
from gdsim.core.lessons.view import LAYERS, PAGES, PANES, Arrows, Sight, StopView
from gdsim.core.model.map_overlays import CutWay, MapOverlays
from gdsim.core.model.view_range import ViewRange
from tests.core.records import scene
from tests.every import WHOLE


def some(values):
    return st.frozensets(st.sampled_from(sorted(values)))


VIEWS = st.builds(
    StopView,
    page=st.sampled_from(PAGES),
    memory=st.just(""),
    curve=st.sampled_from([kind for kind in CurveKind if kind is not CurveKind.CUT]),
    log=st.booleans(),
    arrows=st.just(Arrows(on=False))
    | st.builds(Arrows, st.just(True), some(ArrowKind), some(LAYERS), st.sampled_from(Lengths)),
    part=st.just(""),
    sight=st.builds(Sight, st.floats(-180, 180), st.floats(5, 90), st.floats(0.35, 2.5)),
    planes=st.just(False),
    panes=some(PANES),
    only=some(PANES),
)


@st.composite
def seen(draw):
    """Draw a scene, bundled but for its window and its hidden runs, or changed; what is selected; a step."""
    experiment = scene(draw(st.sampled_from([*bundled_scenes()])))
    if draw(st.booleans()):
        experiment = replace(experiment, view_range=ViewRange(-1.5, draw(st.floats(0, 1e3)), 0.25, 7.0))
    if draw(st.booleans()):
        hidden = [draw(st.booleans()) for _ in experiment.runs]
        runs = (replace(run, hidden=one) for run, one in zip(experiment.runs, hidden, strict=True))
        experiment = replace(experiment, runs=tuple(runs))
    if draw(st.booleans()):
        names = [draw(st.sampled_from(["a", "b", "η = 1"])) for _ in experiment.runs]
        runs = (replace(run, name=name) for run, name in zip(experiment.runs, names, strict=True))
        experiment = replace(experiment, title=draw(st.text(max_size=5)), runs=tuple(runs))
    if draw(st.booleans()):
        cuts = st.none() | st.sampled_from(CutWay) | st.integers(0, 179)
        drawn = draw(st.builds(MapOverlays, st.booleans(), st.booleans(), cuts))
        experiment = replace(experiment, drawn=drawn)
    selected = draw(st.integers(0, len(experiment.runs) - 1))
    by_epoch = draw(st.booleans())
    longest = max(run.epochs for run in experiment.runs)
    step = draw(st.integers(0, longest))
    return experiment, selected, PlaybackRange(step, step, by_epoch=by_epoch)


@settings(max_examples=60 if WHOLE else 10)
@given(seen(), VIEWS)
def test_what_is_written_reads_as_what_was_seen(tmp_path_factory, what, view):
    path = tmp_path_factory.getbasetemp() / "written.json"
    path.unlink(missing_ok=True)
    experiment, selected, place = what
    assert append_stop(path, stop_tree("A title", "Words.", experiment, selected, place, view)) == 1
    (stop,) = check_lesson(str(path)).stops
    assert (stop.title, stop.selected, stop.place, stop.view) == ("A title", selected, place, view)
    assert stop.experiment == experiment


def test_the_letter_of_a_memory_is_written_where_its_page_is_open(tmp_path):
    for page, memory in (("memory", "v"), ("memory", ""), ("step", "v")):
        path = tmp_path / f"{page}{memory}.json"
        view = StopView(page=page, memory=memory)
        append_stop(path, stop_tree("A", "b", scene("bias-correction"), 0, PlaybackRange(), view))
        (stop,) = check_lesson(str(path)).stops
        assert stop.view == (view if page == "memory" else StopView(page=page))


def test_a_scene_that_is_as_it_comes_is_named_and_another_one_is_in_the_stop():
    valley = scene("valley")
    place, view = PlaybackRange(), StopView()
    assert stop_tree("a", "b", valley, 0, place, view) == {
        "title": "a",
        "scene": "valley",
        "step": 0,
        "caption": "b",
    }
    runs = tuple(replace(run, epochs=run.epochs + 1) for run in valley.runs)
    tree = stop_tree("a", "b", replace(valley, runs=runs), 1, place, view)
    assert tree["scene"]["points"]["x"] == valley.points.x[:, 0].tolist()
    assert tree["select"] == valley.runs[1].name


# As people write: stops that are not last, brackets in words, one line, no line at the end.
TEXTS = [
    bundled_lessons()["lecture"].read_text(encoding="utf-8"),
    """{"stops": [{"title": "a ] } \\\" [", "scene": "valley", "caption": "x", "show": []}],
   "about": "stops",  "title": "[stops",\t"gdsim-lesson": 1}""",
    '{"title":"stops","gdsim-lesson":1,"stops":[\r\n{"title":"a","scene":"valley","caption":"stops"}\r\n]\r\n}',
]


@pytest.mark.parametrize("text", TEXTS)
def test_the_rest_of_a_file_stays_letter_by_letter(tmp_path, text):
    path = tmp_path / "mine.json"
    path.write_bytes(text.encode())
    before = load_lesson(str(path)).stops
    tree = stop_tree("New", "Words.", scene("nesterov"), 0, PlaybackRange(3, 3), StopView())
    assert append_stop(path, tree) == len(before) + 1
    after = load_lesson(str(path)).stops
    assert (after[:-1], after[-1].title, after[-1].place.first) == (before, "New", 3)
    written = path.read_bytes().decode()
    begin = next(at for at, (old, new) in enumerate(zip(text, written, strict=False)) if old != new)
    end = next(at for at, (old, new) in enumerate(zip(text[::-1], written[::-1], strict=False)) if old != new)
    assert begin + end >= len(text)  # nothing was taken away
    assert json.loads(written)["stops"][:-1] == json.loads(text)["stops"]


def test_a_file_that_is_no_lesson_is_left_as_it_is(tmp_path):
    path = tmp_path / "mine.json"
    tree = stop_tree("New", "Words.", scene("valley"), 0, PlaybackRange(), StopView())
    for text in ("[]", "{", '{"gdsim-lesson": 1, "title": "a", "stops": [{}]}'):
        path.write_text(text)
        with pytest.raises(FileFault):
            append_stop(path, tree)
        assert path.read_text() == text
    with pytest.raises(OSError, match=r"No such file|cannot find"):
        append_stop(tmp_path / "no" / "such.json", tree)
