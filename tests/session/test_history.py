from hypothesis import given
from hypothesis import strategies as st

from gdsim.session.history import DEPTH, History

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
