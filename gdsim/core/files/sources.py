"""The sources from which programs and commands can open a scene: a name, a file, a link or a text."""

from pathlib import Path

from gdsim.core.files.bundled import bundled_scenes, find_scene
from gdsim.core.files.link import read_link
from gdsim.core.files.scene import load_scene, parse_scene
from gdsim.core.hand_over import is_link
from gdsim.core.model.experiment import Experiment


def open_source(source: str | Path) -> Experiment:
    """Return the scene given by a bundled name or title, a path, a link, or the text of a scene file.

    Raises `FileFault` with one line that says what is wrong.
    """
    if isinstance(source, str):
        if is_link(source):
            return read_link(source)
        if source.lstrip("\ufeff \t\r\n").startswith("{"):
            return parse_scene(source)
    return load_scene(scene_path(source))


def scene_path(source: str | Path) -> Path:
    """Return the path of a scene given by name, title or path; the file need not exist."""
    return find_scene(source) if isinstance(source, str) else source


def is_bundled(source: str | Path) -> bool:
    return scene_path(source) in bundled_scenes().values()
