"""Whatever opens a file refuses one that it would wait for, or read without an end."""

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gdsim.core.files.scene import load_scene
from gdsim.core.files.scene_file import read_draft, read_scene
from gdsim.core.files.table.reader import content_of, reading_table_file
from gdsim.core.lessons.files import load_lesson
from gdsim.core.progress import run_to_end

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there are no such files")

_READERS: dict[str, Callable[[Path], object]] = {
    "scene": load_scene,
    "document": read_scene,
    "draft": read_draft,
    "lesson": lambda path: load_lesson(str(path)),
    "table": lambda path: run_to_end(reading_table_file(path)),
    "answer sheet": content_of,
}


@pytest.fixture(params=["pipe", "socket", "device", "link to a pipe"])
def special(request, tmp_path, monkeypatch) -> Iterator[Path]:
    """Files that hold nothing, or too much, until somebody else writes to them or stops."""
    monkeypatch.chdir(tmp_path)  # a long path would not do as the name of a socket
    path = tmp_path / "special"
    with socket.socket(socket.AF_UNIX) as server:
        match request.param:
            case "pipe":
                os.mkfifo(path)
            case "socket":
                server.bind(path.name)
            case "device":
                path = Path("/dev/zero")
            case _:
                os.mkfifo(tmp_path / "pipe")
                path.symlink_to(tmp_path / "pipe")
        yield path


@pytest.mark.parametrize("reader", _READERS)
def test_what_is_no_ordinary_file_is_refused_at_once(special, reader):
    with pytest.raises(ValueError, match="is not an ordinary file"):
        _READERS[reader](special)


@pytest.mark.parametrize("reader", _READERS)
def test_a_folder_is_refused(tmp_path, reader):
    with pytest.raises(ValueError, match=r"is a folder, not a (scene|lesson|table)"):
        _READERS[reader](tmp_path)
