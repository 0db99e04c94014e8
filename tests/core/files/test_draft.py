"""Unsaved work is read back as it was kept, or refused in a sentence."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.files.checked_json import FileFault
from gdsim.core.files.draft import Draft, read_draft, write_draft
from gdsim.core.files.scene import scene_text
from gdsim.core.files.scene_file import SceneFile, Stamp
from gdsim.core.model.experiment import new_experiment
from tests.core.strategies import experiments

_STAMPS = st.none() | st.builds(Stamp, st.integers(0, 2**63), st.integers(0, 2**50))
_PATHS = st.builds(Path, st.text(st.characters(exclude_characters="\0"), min_size=1))
_FILES = st.none() | st.builds(SceneFile, _PATHS, _STAMPS)


@given(experiments(), _FILES)
def test_a_draft_is_read_back_as_it_was_kept(tmp_path_factory, experiment, file):
    path = tmp_path_factory.getbasetemp() / "draft.json"
    write_draft(path, Draft(experiment, file))
    assert read_draft(path) == Draft(experiment, file)


def test_a_path_need_not_be_text(tmp_path):
    path = Path(os.fsdecode(b"/home/\xff\xfe.json"))
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
