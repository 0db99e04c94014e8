"""Files that went wrong are opened, or refused in one sentence; see `mutations` for how they went wrong."""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from gdsim.core.exercises.check.reading import read_values
from gdsim.core.files.checked_json import FileFault
from gdsim.core.files.scene import load_scene, parse_scene, scene_text
from gdsim.core.files.scene_file import Draft, SceneFile, Stamp, read_draft, write_draft
from gdsim.core.files.table.reader import read_table
from gdsim.core.files.table.table import TableFault
from gdsim.core.files.table.table_points import guessed_columns, points_of_columns
from gdsim.core.lessons.files import bundled_lessons, load_lesson
from gdsim.core.model.points import PointsError
from gdsim.core.model.run import Run
from gdsim.core.progress import run_to_end
from tests.core.files.mutations import mutated_bytes, mutated_json
from tests.core.files.scene_faults import good
from tests.every import WHOLE

_CASES = 80 if WHOLE else 25
_SEEDS = (1, 2) if WHOLE else (1,)
_LONGEST = 1000
_TABLES = (
    b"x,y\n1,2\n3,4\n5,6\n",
    b"x1;x2;y;role\n1,5;2;0,5;train\n3;4;0,1;val\n",
    '# a comment\nx\ty\n1\t2\n"3"\t4\n'.encode("utf-16"),
    b"step,w,b\n0,-2,-2\n1,-1.9,-1.8\n2,-1.8,-1.7\n",
)


def _lesson() -> str:
    """Return the lecture, of which a few stops use every key."""
    lesson = json.loads(bundled_lessons()["lecture"].read_text(encoding="utf-8"))
    return json.dumps(lesson | {"stops": lesson["stops"][::9]})


def _read_scene(path: Path) -> None:
    experiment = load_scene(path)
    assert parse_scene(scene_text(experiment)) == experiment


def _read_lesson(path: Path) -> None:
    load_lesson(str(path))


def _read_points(path: Path) -> None:
    table = read_table(path.read_bytes())
    points_of_columns(table, guessed_columns(table))


def _read_sheet(path: Path) -> None:
    run_to_end(read_values(path.read_bytes(), run=Run(), names=("w", "b"), per_epoch=1))


def _outcome(read: Callable[[Path], object], path: Path) -> str:
    """Return the sentence with which a file is refused; empty when it is opened."""
    try:
        read(path)
    except (FileFault, TableFault, PointsError) as fault:
        return str(fault)
    return ""


def _try(read: Callable[[Path], object], path: Path, content: str | bytes) -> str:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    sentence = _outcome(read, path)
    assert sentence.isprintable(), content
    assert len(sentence) <= _LONGEST, content
    return sentence


def _draft(tmp_path: Path) -> str:
    path = tmp_path / "draft.json"
    write_draft(path, Draft(parse_scene(json.dumps(good())), SceneFile(Path("own.json"), Stamp(1, 2))))
    return path.read_text()


@pytest.mark.parametrize("seed", _SEEDS)
@pytest.mark.parametrize("kind", ["scene", "draft", "lesson"])
def test_documents_that_went_wrong_are_opened_or_refused_in_a_sentence(tmp_path, kind, seed):
    text, read = {
        "scene": lambda: (json.dumps(good()), _read_scene),
        "draft": lambda: (_draft(tmp_path), read_draft),
        "lesson": lambda: (_lesson(), _read_lesson),
    }[kind]()
    random, path = Random(seed), tmp_path / "file.json"
    assert _try(read, path, text) == ""
    told = [_try(read, path, one) for one in mutated_json(text, random, _CASES)]
    told += [_try(read, path, one) for one in mutated_bytes(text.encode(), random, _CASES)]
    assert "" in told
    assert len(set(told)) > _CASES / 4


@pytest.mark.parametrize("seed", _SEEDS)
@pytest.mark.parametrize("read", [_read_points, _read_sheet])
def test_tables_that_went_wrong_are_read_or_refused_in_a_sentence(tmp_path, read, seed):
    random, path = Random(seed), tmp_path / "table.csv"
    told = [_try(read, path, one) for table in _TABLES for one in mutated_bytes(table, random, _CASES)]
    assert "" in told
    assert len(set(told)) > _CASES / 4
