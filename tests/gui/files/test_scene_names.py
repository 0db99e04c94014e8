"""Both endings of scene files are taken for what they are."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl

from gdsim.gui.files.drop import dropped_of
from gdsim.gui.files.words import SCENES, with_suffix


@pytest.mark.parametrize("name", ["a.json", "a.gdsim", "A.GDSIM", "a.gdsim.json"])
def test_an_ending_of_scenes_stays(name):
    assert with_suffix(Path(name)) == Path(name)


def test_any_other_name_gets_one():
    assert with_suffix(Path("rate 1.5")) == Path("rate 1.5.json")


@pytest.mark.parametrize("ending", SCENES)
def test_a_scene_can_be_dropped(tmp_path, ending):
    path = tmp_path / f"mine{ending}"
    path.touch()
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    assert dropped_of(mime).path == path
