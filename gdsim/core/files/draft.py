"""Unsaved work, kept beside the user's own files: a document, and where it belongs."""

import json
from dataclasses import dataclass
from pathlib import Path

from gdsim.core.files.atomic import replacing
from gdsim.core.files.checked_json import FileFault, Node, parse, read_text
from gdsim.core.files.scene import scene_pieces
from gdsim.core.files.scene_file import SceneFile, Stamp
from gdsim.core.files.scene_reader import read_experiment
from gdsim.core.model.experiment import Experiment


@dataclass(frozen=True)
class Draft:
    """A document with changes that its file does not have.

    Attributes
    ----------
    experiment : Experiment
    file : SceneFile or None
        Where it was opened from or saved to; None when it has no file yet.
    """

    experiment: Experiment
    file: SceneFile | None


def write_draft(path: Path, draft: Draft) -> None:
    """Keep a draft.

    Raises
    ------
    OSError
        If it cannot be written; an older draft of that name is unharmed.
    """
    file = draft.file
    stamp = list(file.stamp) if file and file.stamp else None
    with replacing(path) as unfinished, unfinished.open("w", encoding="utf-8", newline="\n") as out:
        # A path may hold bytes that are no text: they are escaped, and read back as they were.
        where = json.dumps(str(file.path) if file else None)
        out.write(f'{{"path": {where}, "stamp": {json.dumps(stamp)},\n"scene": ')
        out.writelines(scene_pieces(draft.experiment))
        out.write("}\n")


def read_draft(path: Path) -> Draft:
    """Read a draft.

    Raises
    ------
    FileFault
        If it is none.
    """
    members = parse(read_text(path)).keys("path", "stamp", "scene")
    if "scene" not in members:
        raise FileFault("scene is missing")
    experiment = read_experiment(members["scene"])
    where = members["path"].value if "path" in members else None
    if not isinstance(where, str) or not where:
        return Draft(experiment, None)
    return Draft(experiment, SceneFile(Path(where), _stamp(members.get("stamp"))))


def _stamp(node: Node | None) -> Stamp | None:
    match node.value if node else None:
        case [int(modified), int(size)]:
            return Stamp(modified, size)
    return None
