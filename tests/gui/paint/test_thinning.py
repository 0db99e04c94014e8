import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gdsim.gui.paint.thinning import MOST_PLACES, FirstVisits, Thinning, limited_places


def thinned(path, cell, piece=0):
    """Return the rows of a path to draw, examined in pieces of some length."""
    return examined(Thinning(np.full(2, cell)), path, piece)


def examined(examiner, path, piece=0):
    for first in range(0, len(path), piece or len(path)):
        examiner.add(first, path[first : first + (piece or len(path))])
    return examiner.rows


@given(st.integers(1, 400), st.integers(1, 50))
def test_thinning_does_not_depend_on_how_the_path_grew(length, piece):
    path = np.cumsum(np.random.default_rng(length).normal(size=(length, 2)), axis=0)
    np.testing.assert_array_equal(thinned(path, 0.5, piece), thinned(path, 0.5))


def test_a_thinned_path_stays_within_a_cell_of_the_path_up_to_its_end():
    angle = np.linspace(0.0, 20.0, 5000)
    path = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    rows = thinned(path, 0.1)
    assert rows[0] == 0
    assert len(rows) < 400
    for row in (*range(0, 4999, 50), 4999):
        assert np.abs(path[rows[rows <= row]] - path[row]).max(axis=1).min() < 0.1


def test_a_run_that_stands_still_is_one_place():
    np.testing.assert_array_equal(thinned(np.ones((1000, 2)), 0.1), [0])


def test_a_run_may_leave_for_the_largest_numbers_and_come_back():
    path = np.array([[0.0, 0.0], [1e308, -1e308], [1.5e308, -1e308], [0.0, 0.0]])
    np.testing.assert_array_equal(thinned(path, 0.01), [0, 1, 3])
    np.testing.assert_array_equal(examined(FirstVisits(np.full(2, 0.01), most=10), path), [0, 1])


def scribble(length):
    t = np.arange(length)
    noise = np.random.default_rng(7).normal(0.0, 0.05, (length, 2))
    return np.stack([np.sin(2.1 * t), np.cos(0.7 * t)], axis=1) + noise


@given(st.integers(1, 60_000))
def test_of_a_short_path_every_place_is_drawn_and_of_a_scribble_a_bounded_number(length):
    drawn, joined = limited_places(scribble(length), np.full(2, 0.01))
    assert len(drawn) == len(joined) <= MOST_PLACES
    assert not joined[0]
    if length <= MOST_PLACES:
        np.testing.assert_array_equal(drawn, np.arange(length))
        assert joined[1:].all()
    else:  # whole steps of the path, and nothing left out of its end
        ends = np.flatnonzero(joined)
        assert (drawn[ends] - drawn[ends - 1] == 1).all()
        np.testing.assert_array_equal(drawn[-400:], np.arange(length - 400, length))
        assert joined[-399:].all()


def test_a_scribble_keeps_what_reaches_farthest():
    path = scribble(200_000)
    path[77_777] = (9.0, -0.3)
    drawn, joined = limited_places(path, np.full(2, 0.01))
    np.testing.assert_allclose(path[drawn].min(axis=0), path.min(axis=0), atol=0.02)
    np.testing.assert_allclose(path[drawn].max(axis=0), path.max(axis=0), atol=0.02)
    assert joined[drawn.tolist().index(77_777)]


@given(st.integers(1, 3000), st.integers(1, 500))
def test_a_dot_stands_for_each_cell_that_was_entered(length, piece):
    path, cell = scribble(length), np.full(2, 0.2)
    rows = examined(FirstVisits(cell, 2000), path)
    np.testing.assert_array_equal(examined(FirstVisits(cell, 2000), path, piece), rows)
    cells = {tuple(cell) for cell in np.floor(path[rows] / 0.2).tolist()}
    assert cells == {tuple(cell) for cell in np.floor(path / 0.2).tolist()}
    assert len(rows) == len(cells)


def test_dots_that_would_run_into_each_other_are_not_looked_for():
    path = scribble(20_000)
    assert len(examined(FirstVisits(np.full(2, 0.01), 300), path, 200)) < 600
