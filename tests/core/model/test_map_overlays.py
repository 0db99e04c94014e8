"""What is drawn over the surface is part of the scene: its file, its link, and the stops of lessons."""

import json
from dataclasses import replace

import pytest

from gdsim.core.files.checked_json import FileFault
from gdsim.core.files.link import link_of, read_link
from gdsim.core.files.scene import parse_scene, scene_text
from gdsim.core.lessons.files import check_lesson
from gdsim.core.model import edits
from gdsim.core.model.map_overlays import NOTHING_DRAWN, CutWay, MapOverlays
from gdsim.core.settings import InvalidValue
from tests.core.records import scene
from tests.every import every

VALLEY = scene("valley")
ALL_DRAWN = [
    *(MapOverlays(lens, field) for lens in (False, True) for field in (False, True)),
    *(MapOverlays(cut=cut) for cut in (*CutWay, 0, 45, 179)),
    MapOverlays(lens=True, field=True, cut=CutWay.STEP),
]


@every("drawn", ALL_DRAWN)
def test_files_and_links_hold_it(drawn):
    experiment = replace(VALLEY, drawn=drawn)
    assert parse_scene(scene_text(experiment)) == experiment
    assert read_link(link_of(experiment)) == experiment
    assert (scene_text(experiment) == scene_text(VALLEY)) == (drawn == NOTHING_DRAWN)
    assert VALLEY.equals_but_for_view(experiment)


@every(("key", "value", "words"), [
    ("lens", 1, "lens must be true or false, not 1"),
    ("field", "yes", 'field must be true or false, not "yes"'),
    ("cut", "diagonal", 'cut must be one of w, b, step, down, not "diagonal"'),
    ("cut", 180, "cut must be a whole number of degrees from 0 to 179, not 180"),
    ("cut", -1, "degrees from 0 to 179, not -1"),
    ("cut", 0.5, "degrees from 0 to 179, not 0.5"),
    ("cut", True, "degrees from 0 to 179, not true"),
    ("cut", 10**400, "degrees from 0 to 179, not a huge number"),
    ("cut", ["w"], "degrees from 0 to 179, not a list"),
    ("cut", {}, "degrees from 0 to 179, not an object"),
])  # fmt: skip
def test_what_cannot_be_drawn_is_refused_in_a_sentence(key, value, words):
    tree = json.loads(scene_text(VALLEY)) | {key: value}
    with pytest.raises(FileFault) as refused:
        parse_scene(json.dumps(tree))
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_no_angle_is_beyond_half_a_turn():
    with pytest.raises(InvalidValue):
        MapOverlays(cut=200)


def test_a_step_that_was_looked_for_is_cut_along_by_itself():
    assert edits.usual_cut(None) is CutWay.W
    assert edits.usual_cut(VALLEY.runs[0]) is CutWay.W
    assert edits.usual_cut(scene("newton-uphill").runs[0]) is CutWay.STEP


@pytest.fixture
def stop_of(tmp_path):
    def read(**keys):
        path = tmp_path / "lesson.json"
        stop = {"title": "a", "scene": "newton-uphill", "caption": "b", **keys}
        path.write_text(json.dumps({"gdsim-lesson": 1, "title": "t", "stops": [stop]}), encoding="utf-8")
        (one,) = check_lesson(str(path)).stops
        return one.experiment.drawn, one.view.curve.value

    return read


def test_a_stop_draws_what_its_scene_does_or_what_it_says(stop_of):
    own = scene("newton-uphill").drawn
    assert stop_of() == (own, "loss")
    assert stop_of(lens=True, cut="down") == (replace(own, lens=True, cut=CutWay.DOWN), "loss")
    assert stop_of(cut=None) == (replace(own, cut=None), "loss")
    assert stop_of(curve="gradient") == (own, "gradient")
