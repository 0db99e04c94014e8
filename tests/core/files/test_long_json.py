"""A long text is read in pieces, and gives what Python's own reader gives of it."""

import json
import sys
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.files import long_json

numbers = st.one_of(st.integers(-(10**18), 10**18), st.floats(allow_nan=False))
leaves = st.one_of(st.none(), st.booleans(), numbers, st.text(alphabet='a],["{}\\ ', max_size=8))
lists = st.one_of(
    st.lists(numbers, max_size=60),
    st.lists(st.lists(numbers, min_size=1, max_size=3), max_size=40),
)
trees = st.recursive(
    st.one_of(leaves, lists),
    lambda inner: st.one_of(
        st.lists(inner, max_size=5), st.dictionaries(st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.fixture(autouse=True)
def _short_pieces(request, monkeypatch):
    if "million" not in request.node.name:
        monkeypatch.setattr(long_json, "PIECE", 40)


def read(text):
    """Return what a reader makes of a text, or what it says is wrong."""
    return outcome(lambda: long_json.loads(text, dict, int)), outcome(lambda: json.loads(text))


def outcome(reading):
    try:
        return repr(reading())
    except (json.JSONDecodeError, RecursionError) as error:
        return str(error)


@given(trees, st.sampled_from([None, 0, 2]), st.sampled_from([(",", ":"), (", ", ": "), (" , ", " : ")]))
def test_every_tree_is_read_as_usual(tree, indent, separators):
    ours, usual = read(json.dumps(tree, indent=indent, separators=separators))
    assert ours == usual


@given(trees, st.data())
def test_a_text_with_a_wrong_letter_has_the_usual_fault(tree, data):
    text = json.dumps({"x": list(range(40)), "tree": tree})
    place = data.draw(st.integers(0, len(text) - 1))
    ours, usual = read(
        text[:place] + data.draw(st.sampled_from(["", ",", "]", "[", '"', "x"])) + text[place + 1 :]
    )
    assert ours == usual


@pytest.mark.parametrize("end", [",]", ",,1]", "]]", "", ",", ' "]"]', "[1]]"])
def test_a_long_list_that_ends_wrongly(end):
    ours, usual = read("[" + ",".join("1" * 30) + end)
    assert ours == usual


def test_a_million_points_leave_other_threads_their_turn():
    row = ", ".join(["-0.3463243262382685"] * 1_000_000)
    text = f'{{"points": {{"x": [{row}], "y": [{row}]}}}}'
    reader = threading.Thread(target=long_json.loads, args=(text, dict, int))
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.0005)
    turns = 0
    try:
        reader.start()
        while reader.is_alive():
            time.sleep(0.002)
            turns += 1
    finally:
        sys.setswitchinterval(before)
    assert turns > 20  # the usual reader leaves two or three
