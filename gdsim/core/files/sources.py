"""Whatever stands for a scene where a program or a command asks for one: a name, a file, a link or a text."""

from pathlib import Path

from gdsim.core.files.bundled import bundled_scenes, find_scene
from gdsim.core.files.link import read_link
from gdsim.core.files.scene import load_scene, parse_scene
from gdsim.core.hand_over import is_link
from gdsim.core.model.experiment import Experiment


def open_source(source: str | Path) -> Experiment:
    """Return the scene of a bundled name or title, a path, a link, or the text of a scene file.

    A `FileFault` says in one line what is wrong.
    """
    if isinstance(source, str):
        if is_link(source):
            return read_link(source)
        if source.lstrip("\ufeff \t\r\n").startswith("{"):
            return parse_scene(source)
    return load_scene(file_of(source))


def file_of(source: str | Path) -> Path:
    """Return the file that a name or a path stands for; of anything else, a path where there is nothing."""
    return find_scene(source) if isinstance(source, str) else source


def is_bundled(source: str | Path) -> bool:
    """Return whether it stands for a scene that comes with gdsim."""
    return file_of(source) in bundled_scenes().values()
