from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gdsim.core.files.scene_file import SceneFile
from gdsim.core.model import edits
from gdsim.core.model.points import PointSet
from gdsim.session.document import Document


@pytest.fixture
def document(experiment):
    return Document(experiment)


@pytest.fixture
def heard(document):
    """Return the list of changes that the document has told of."""
    changes = []
    document.changed.connect(lambda old, new: changes.append((old, new)))
    return changes


def moved(experiment, y):
    return edits.move_point(experiment, 0, (0.5,), y)


def test_an_edit_is_told_with_both_values(document, heard, experiment):
    new = moved(experiment, 0.3)
    document.edit(new, "Move point")
    assert document.experiment is new
    assert heard == [(experiment, new)]
    assert (document.undo_name, document.redo_name) == ("Move point", "")


def test_an_edit_that_changes_nothing_is_no_edit(document, heard, experiment):
    document.edit(replace(experiment), "Nothing")
    assert not heard
    assert document.undo_name == ""


def test_undo_and_redo(document, heard, experiment):
    new = moved(experiment, 0.3)
    document.edit(new, "Move point")
    document.undo()
    assert document.experiment is experiment
    assert (document.undo_name, document.redo_name) == ("", "Move point")
    document.redo()
    assert document.experiment is new
    assert heard == [(experiment, new), (new, experiment), (experiment, new)]


def test_undo_of_nothing_is_not_told(document, heard):
    document.undo()
    document.redo()
    assert not heard


def test_a_gesture_ends_where_it_is_sealed(document, experiment):
    for y in (0.3, 0.4, 0.5):
        document.edit(moved(experiment, y), "Move point", "drag")
    document.seal()
    for y in (0.6, 0.7):
        document.edit(moved(experiment, y), "Move point", "drag")
    document.undo()
    assert document.experiment == moved(experiment, 0.5)
    document.undo()
    assert document.experiment is experiment


def test_undo_keeps_fewer_of_long_tables(experiment):
    rows = 2_000_000
    long = replace(experiment, points=PointSet(np.zeros(rows), np.zeros(rows)))
    document = Document(long)
    for count in range(20):
        moved = long.points.replaced(0, (float(count + 1),), 0.5)
        document.edit(replace(long, points=moved), "Move point")
    undone = 0
    while document.undo_name:
        document.undo()
        undone += 1
    assert undone == 7


def test_edits_that_share_a_long_table_are_all_kept(experiment):
    rows = 2_000_000
    long = replace(experiment, points=PointSet(np.zeros(rows), np.zeros(rows)))
    document = Document(long)
    for count in range(20):
        document.edit(replace(long, title=str(count)), "Rename")
    for _ in range(20):
        document.undo()
    assert document.experiment is long


# ----------------------------------------------------------------------------------------- saving


def test_only_what_differs_from_the_file_is_modified(document, experiment):
    assert not document.is_modified
    document.edit(moved(experiment, 0.3), "Move point")
    assert document.is_modified
    document.edit(moved(experiment, 0.2), "Move point")
    assert document.experiment == experiment
    assert not document.is_modified
    document.undo()
    assert document.is_modified


def test_saving_an_earlier_state_leaves_the_later_one_modified(document, experiment):
    file, told = SceneFile(Path("a.json"), None), []
    document.file_changed.connect(lambda: told.append(document.is_modified))
    earlier = moved(experiment, 0.3)
    document.edit(earlier, "Move point")
    document.edit(moved(experiment, 0.4), "Move point")
    document.became_saved(earlier, file)
    assert (document.file, document.saved, told) == (file, earlier, [True])
    document.undo()
    assert not document.is_modified


def test_another_document_has_a_history_of_its_own(document, heard, experiment):
    document.edit(moved(experiment, 0.3), "Move point")
    document.undo()
    other, file = replace(experiment, title="Other"), SceneFile(Path("b.json"), None)
    document.open(other, file)
    assert (document.experiment, document.file, document.is_modified) == (other, file, False)
    assert (document.undo_name, document.redo_name) == ("", "")
    assert heard[-1] == (experiment, other)
    document.undo()
    assert document.experiment is other


def test_work_that_was_found_again_is_not_saved(document, experiment):
    document.open(experiment, None, saved=False)
    assert document.is_modified
    assert document.saved is None
