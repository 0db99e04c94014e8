"""Files that take their name only when they are complete."""

import errno
import os
import stat
from pathlib import Path

import pytest

from gdsim.core.atomic import replacing


def test_the_new_file_takes_the_place_of_the_old_one(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("old")
    with replacing(path) as unfinished:
        unfinished.write_text("new")
        assert path.read_text() == "old"
        assert unfinished.suffix == ".csv"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_an_old_file_is_kept_when_writing_fails(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("old")

    def fill_the_disk():
        with replacing(path) as unfinished:
            unfinished.write_text("half")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        fill_the_disk()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_left_of_a_new_file_that_was_not_finished(tmp_path):
    with pytest.raises(KeyboardInterrupt), replacing(tmp_path / "out.csv"):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="there are no such permissions")
def test_permissions_are_those_of_the_old_file_or_of_any_new_one(tmp_path):
    old, new, ordinary = tmp_path / "old", tmp_path / "new", tmp_path / "ordinary"
    old.write_text("old")
    old.chmod(0o600)
    ordinary.write_text("")
    for path in (old, new):
        with replacing(path) as unfinished:
            unfinished.write_text("text")
    assert stat.S_IMODE(old.stat().st_mode) == 0o600
    assert stat.S_IMODE(new.stat().st_mode) == stat.S_IMODE(ordinary.stat().st_mode)


@pytest.mark.skipif(os.name == "nt", reason="there are no such files")
def test_devices_are_written_to_and_links_stay_links(tmp_path):
    with replacing(Path("/dev/null")) as path:
        assert path == Path("/dev/null")
    assert not Path("/dev/null").is_file()
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    with replacing(link) as unfinished:
        unfinished.write_text("new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_a_folder_or_a_missing_folder_cannot_be_written(tmp_path):
    with pytest.raises(IsADirectoryError, match="it is a folder"), replacing(tmp_path):
        pass
    with pytest.raises(FileNotFoundError), replacing(tmp_path / "missing" / "out.csv"):
        pass
