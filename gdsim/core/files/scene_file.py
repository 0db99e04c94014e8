"""A document on the disk: its own file, which others may change meanwhile, and the draft of unsaved work."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from gdsim.core.files.atomic import replacing_text
from gdsim.core.files.checked_json import JsonNode, parse_json, read_text
from gdsim.core.files.scene import load_scene, read_experiment, scene_pieces
from gdsim.core.model.experiment import Experiment


class Stamp(NamedTuple):
    """The modification time and size of a file, by which a change by another program is detected."""

    modified_ns: int
    size: int


class SceneFile(NamedTuple):
    """A scene file as last read or written; the stamp is None if there was no file."""

    path: Path
    stamp: Stamp | None


class ChangedOnDisk(OSError):  # noqa: N818 - reads as what it says
    """Another program has written the file since it was last read or written."""


def stamp_of(path: Path) -> Stamp | None:
    """Return the present stamp of a file, or None if there is no file or it cannot be inspected."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return Stamp(status.st_mtime_ns, status.st_size)


def read_scene(path: Path) -> tuple[Experiment, SceneFile]:
    """Read a document; raises `FileFault` with one line that names the file and what is wrong."""
    stamp = stamp_of(path)  # before reading, so that a change made meanwhile is detected
    return load_scene(path), SceneFile(path, stamp)


def save_scene(experiment: Experiment, path: Path, over: SceneFile | None = None) -> SceneFile:
    """Write a document atomically.

    Raises `ChangedOnDisk` if the file exists and has changed since ``over``, and `OSError` if it cannot be
    written.
    """
    present = stamp_of(path)
    if over is not None and present is not None and present != over.stamp:
        raise ChangedOnDisk
    with replacing_text(path) as file:
        file.writelines(scene_pieces(experiment))
    return SceneFile(path, stamp_of(path))


# ------------------------------------------------------------------------------ unsaved work


class Draft(NamedTuple):
    """A document with unsaved changes, and its file if it has one."""

    experiment: Experiment
    file: SceneFile | None


def write_draft(path: Path, draft: Draft) -> None:
    """Write a draft atomically; raises `OSError` if that fails."""
    for _ in writing_draft(path, draft):
        pass


def writing_draft(path: Path, draft: Draft) -> Iterator[None]:
    """Write a draft as `write_draft` does, yielding every few milliseconds."""
    file = draft.file
    stamp = list(file.stamp) if file and file.stamp else None
    with replacing_text(path) as out:
        # A path may contain bytes that are not valid text; JSON escapes them, so they survive the round trip.
        where = json.dumps(_absolute(file.path) if file else None)
        out.write(f'{{"path": {where}, "stamp": {json.dumps(stamp)},\n"scene": ')
        for piece in scene_pieces(draft.experiment):
            out.write(piece)
            yield
        out.write("}\n")


def _absolute(path: Path) -> str:
    """Return the absolute path, because the draft may be read by a program started in another folder."""
    with contextlib.suppress(OSError):  # the current folder may have been deleted
        return str(path.absolute())
    return str(path)


def read_draft(path: Path) -> Draft:
    """Read a draft; raises `FileFault` if it cannot be read."""
    members = parse_json(read_text(path)).keys("path", "stamp", "scene", needed=["scene"])
    experiment = read_experiment(members["scene"])
    where = members.read("path", lambda node: node.value, usual=None)
    if not isinstance(where, str) or not where:
        return Draft(experiment, None)
    return Draft(experiment, SceneFile(Path(where), _stamp(members.get("stamp"))))


def _stamp(node: JsonNode | None) -> Stamp | None:
    match node.value if node else None:
        case [int(modified), int(size)]:
            return Stamp(modified, size)
    return None
