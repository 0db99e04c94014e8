"""The document and its history: edits are told, undone with their gesture, and known as saved or not."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.files.scene_file import SceneFile
from gdsim.core.model import edits
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.model.view_range import ViewRange
from gdsim.core.rules.catalogue import RULES
from gdsim.session.document import DEPTH, Document, History

VALUES = st.integers(0, 9)
KEYS = st.sampled_from(["", "drag", "slide"])
EDITS = st.tuples(VALUES, st.just("edit"), KEYS)


@st.composite
def histories(draw):
    history = History(0)
    for move in draw(st.lists(EDITS | st.sampled_from(["undo", "redo", "sealed"]), max_size=12)):
        history = getattr(history, move)() if isinstance(move, str) else history.push(*move)
    return history


def same_place(one, other):
    return (one.present, one.past, one.future) == (other.present, other.past, other.future)


@given(histories(), VALUES)
def test_undo_after_an_edit_is_identity(history, value):
    after = history.push(value, "edit").undo() if value != history.present else history
    assert (after.present, after.past) == (history.present, history.past)


@given(histories())
def test_redo_after_undo_is_identity(history):
    if history.past:
        assert same_place(history.undo().redo(), history)


@given(histories())
def test_undo_after_redo_is_identity(history):
    if history.future:
        assert same_place(history.redo().undo(), history)


@given(histories(), st.lists(VALUES, min_size=1))
def test_edits_of_one_gesture_are_undone_at_once(history, values):
    before = dragged = history.sealed()
    for value in values:
        dragged = dragged.push(value, "drag", "drag")
    assert dragged.present == values[-1]
    assert len(dragged.past) <= len(before.past) + 1
    if len(dragged.past) > len(before.past):
        assert dragged.undo().present == before.present


@given(histories(), VALUES, VALUES)
def test_a_gesture_that_ends_where_it_began_is_no_edit(history, away, further):
    before = history.sealed()
    back = before.push(away, "drag", "drag").push(before.present, "drag", "drag")
    assert (back.present, back.past) == (before.present, before.past)
    again = back.push(further, "drag", "drag")
    assert again.undo().present == (before.present if further != before.present else before.undo().present)


@given(histories(), VALUES, VALUES)
def test_gestures_are_separate_when_sealed(history, first, second):
    once = history.sealed().push(first, "drag", "drag")
    twice = once.sealed().push(second, "drag", "drag")
    assert twice.undo().present == (once.present if second != first else once.undo().present)


@given(histories(), VALUES)
def test_an_edit_forgets_what_was_undone(history, value):
    after = history.push(value, "edit")
    assert after is history if value == history.present else not after.future


@given(st.integers(1, 20), st.integers(1, 40))
def test_no_more_is_kept_than_asked_for(depth, edits):
    history = History(0)
    for value in range(1, edits + 1):
        history = history.push(value, "edit", depth=depth)
    assert len(history.past) == min(edits, depth)
    assert history.undo().present == edits - 1


def test_the_usual_depth():
    history = History(0)
    for value in range(1, DEPTH + 10):
        history = history.push(value, "edit")
    assert len(history.past) == DEPTH


def test_names_tell_what_undo_and_redo_would_do():
    history = History("a").push("b", "first").push("c", "second")
    assert (history.undo_name, history.redo_name) == ("second", "")
    history = history.undo()
    assert (history.undo_name, history.redo_name) == ("first", "second")
    history = history.undo()
    assert (history.undo_name, history.redo_name) == ("", "first")


def test_there_may_be_nothing_to_undo_or_redo():
    history = History("a")
    assert history.undo() is history
    assert history.redo() is history


# --------------------------------------------------------------------------------- the document


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
    assert document.experiment == new
    assert heard == [(experiment, new)]
    assert (document.history.undo_name, document.history.redo_name) == ("Move point", "")


def test_an_edit_that_changes_nothing_is_no_edit(document, heard, experiment):
    document.edit(replace(experiment), "Nothing")
    assert not heard
    assert document.history.undo_name == ""


def test_undo_and_redo(document, heard, experiment):
    new = moved(experiment, 0.3)
    document.edit(new, "Move point")
    document.undo()
    assert document.experiment == experiment
    assert (document.history.undo_name, document.history.redo_name) == ("", "Move point")
    document.redo()
    assert document.experiment == new
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
    assert document.experiment == experiment


def test_undo_keeps_fewer_of_long_tables(experiment, monkeypatch):
    rows = 20_000
    monkeypatch.setattr("gdsim.session.document._UNDO_BYTES", 5_000_000)
    long = replace(experiment, points=PointSet(np.zeros(rows), np.zeros(rows)))
    document = Document(long)
    for count in range(20):
        moved = long.points.replaced(0, (float(count + 1),), 0.5)
        document.edit(replace(long, points=moved), "Move point")
    undone = 0
    while document.history.undo_name:
        document.undo()
        undone += 1
    assert undone == 7


def test_edits_that_share_a_long_table_are_all_kept(experiment, monkeypatch):
    rows = 20_000
    monkeypatch.setattr("gdsim.session.document._UNDO_BYTES", 5_000_000)
    long = replace(experiment, points=PointSet(np.zeros(rows), np.zeros(rows)))
    document = Document(long)
    for count in range(20):
        document.edit(replace(long, title=str(count)), "Rename")
    for _ in range(20):
        document.undo()
    assert document.experiment == long


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


def test_looking_at_another_part_of_the_plane_modifies_nothing(document, experiment):
    document.edit(replace(experiment, view_range=ViewRange(0, 1, 0, 1)), "Zoom")
    assert document.experiment.view_range == ViewRange(0, 1, 0, 1)
    assert not document.is_modified
    document.edit(moved(document.experiment, 0.3), "Move point")
    assert document.is_modified


def test_every_run_of_a_document_keeps_its_style(experiment):
    runs = tuple(Run(RULES[rule]()) for rule in ("gd", "gd", "momentum", "gd"))
    document = Document(replace(experiment, runs=runs))
    styled = document.experiment
    before = dict(zip("abcd", styles(document), strict=True))
    assert len(set(before.values())) == 4
    document.edit(edits.remove_run(styled, 0), "Remove run")
    assert styles(document) == [before[run] for run in "bcd"]
    document.edit(edits.change_run(document.experiment, 0, replace(styled.runs[1], epochs=9)), "Change run")
    document.edit(edits.add_run(document.experiment, RULES["gd"], None), "Add run")
    assert styles(document) == [before[run] for run in "bcda"]  # the first that is free
    document.edit(edits.duplicate_run(document.experiment, 0), "Duplicate run")
    assert len(set(styles(document))) == 5
    document.undo()
    document.undo()
    document.undo()
    document.undo()
    assert styles(document) == [before[run] for run in "abcd"]


def styles(document):
    return [run.style for run in document.experiment.runs]


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
    assert (document.history.undo_name, document.history.redo_name) == ("", "")
    assert heard[-1] == (experiment, other)
    document.undo()
    assert document.experiment == other


def test_work_that_was_found_again_is_not_saved(document, experiment):
    document.open(experiment, None, saved=False)
    assert document.is_modified
    assert document.saved is None
