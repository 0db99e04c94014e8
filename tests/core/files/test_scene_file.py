"""A document's place on the disk: nobody's work is overwritten unasked, and unsaved work is read back."""

import json
import os
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.files.checked_json import FileFault
from gdsim.core.files.scene import scene_text
from gdsim.core.files.scene_file import (
    ChangedOnDisk,
    Draft,
    SceneFile,
    Stamp,
    read_draft,
    read_scene,
    save_scene,
    stamp_of,
    write_draft,
)
from gdsim.core.model.experiment import new_experiment
from tests.core.strategies import experiments


@pytest.fixture
def experiment():
    return replace(new_experiment(), title="Old")


@pytest.fixture
def file(tmp_path, experiment):
    return save_scene(experiment, tmp_path / "my scene ä.json")


def test_what_is_saved_is_read(file, experiment):
    assert read_scene(file.path) == (experiment, file)


def test_an_own_file_is_overwritten_again_and_again(file, experiment):
    for title in ("a", "longer", "b"):
        file = save_scene(replace(experiment, title=title), file.path, file)
        assert read_scene(file.path)[0].title == title


def test_what_somebody_else_wrote_is_not_overwritten(file, experiment):
    file.path.write_text("somebody else's")
    with pytest.raises(ChangedOnDisk):
        save_scene(experiment, file.path, file)
    assert file.path.read_text() == "somebody else's"
    assert [path.name for path in file.path.parent.iterdir()] == [file.path.name]
    save_scene(experiment, file.path)
    assert read_scene(file.path)[0] == experiment


def test_a_change_of_the_same_length_is_noticed_by_its_time(file, experiment):
    text = file.path.read_text()
    file.path.write_text(text.replace("Old", "New"))
    os.utime(file.path, ns=(0, file.stamp.modified_ns + 1))
    with pytest.raises(ChangedOnDisk):
        save_scene(experiment, file.path, file)


def test_a_file_that_came_into_being_is_noticed(tmp_path, experiment):
    nothing = SceneFile(tmp_path / "new.json", None)
    (tmp_path / "new.json").write_text("somebody else's")
    with pytest.raises(ChangedOnDisk):
        save_scene(experiment, nothing.path, nothing)


def test_a_file_that_is_gone_is_written_anew(file, experiment):
    file.path.unlink()
    again = save_scene(experiment, file.path, file)
    assert read_scene(again.path) == (experiment, again)


def test_a_small_file_takes_little_memory(file):
    tracemalloc.start()
    try:
        read_scene(file.path)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["missing.json", "bad\0name.json", "n" * 300, "folder"])
def test_what_cannot_be_read_is_said(tmp_path, name):
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileFault, match=r"no such scene|cannot be read|is a folder"):
        read_scene(tmp_path / name)
    assert stamp_of(tmp_path / "missing.json") is None


# ------------------------------------------------------------------------------ unsaved work


_STAMPS = st.none() | st.builds(Stamp, st.integers(0, 2**63), st.integers(0, 2**50))
_NAMES = st.text(st.characters(exclude_characters="\0"), min_size=1)
_PATHS = _NAMES.map(lambda name: Path(name).absolute())
_FILES = st.none() | st.builds(SceneFile, _PATHS, _STAMPS)


@given(experiments(with_forks=True), _FILES)
def test_a_draft_is_read_back_as_it_was_kept(tmp_path_factory, experiment, file):
    path = tmp_path_factory.getbasetemp() / "draft.json"
    write_draft(path, Draft(experiment, file))
    assert read_draft(path) == Draft(experiment, file)


def test_the_path_of_a_draft_leads_to_its_file_from_any_folder(tmp_path, monkeypatch, experiment):
    """``gdsim scene.json`` may be killed in one folder, and its work restored in another."""
    draft, gone = tmp_path / "draft.json", tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(tmp_path)
    write_draft(draft, Draft(experiment, SceneFile(Path("scene.json"), None)))
    monkeypatch.chdir(gone)
    assert read_draft(draft).file.path == tmp_path / "scene.json"
    if os.name != "nt":  # which keeps a folder that somebody is in
        gone.rmdir()
        write_draft(draft, Draft(experiment, SceneFile(Path("scene.json"), None)))
        assert read_draft(draft).file.path == Path("scene.json")


def test_a_path_need_not_be_text(tmp_path):
    path = Path("/home/\udcff\udcfe.json").absolute()
    draft = Draft(new_experiment(), SceneFile(path, Stamp(1, 2)))
    write_draft(tmp_path / "draft.json", draft)
    assert read_draft(tmp_path / "draft.json") == draft


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(_JSON, _JSON, st.just(json.loads(scene_text(new_experiment()))) | _JSON)
def test_any_draft_is_read_or_refused(tmp_path_factory, where, stamp, scene):
    path = tmp_path_factory.getbasetemp() / "odd.json"
    path.write_text(json.dumps({"path": where, "stamp": stamp, "scene": scene}))
    if isinstance(scene, dict) and "gdsim" in scene:
        draft = read_draft(path)
        assert draft.experiment == new_experiment()
        assert (draft.file is None) == (not isinstance(where, str) or not where)
    else:
        with pytest.raises(FileFault):
            read_draft(path)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"scene": {"gdsim": 9}}', '{"extra": 1}'])
def test_what_is_no_draft_is_refused(tmp_path, text):
    path = tmp_path / "draft.json"
    path.write_text(text)
    with pytest.raises(FileFault):
        read_draft(path)
