import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gdsim.gui.paint.thinning import MOST_ROWS, FirstVisits, Thinning


@given(st.integers(1, 400), st.integers(1, 50), st.data())
def test_thinning_does_not_depend_on_how_the_path_grew(length, piece, data):
    rng = np.random.default_rng(length)
    path = np.cumsum(rng.normal(size=(length, 2)), axis=0)
    step = data.draw(st.integers(0, length - 1))
    grown = Thinning(np.array([0.5, 0.5]))
    for end in range(piece, length, piece):
        grown.upto(path[:end], 0)
    at_once = Thinning(np.array([0.5, 0.5]))
    np.testing.assert_array_equal(grown.upto(path, step), at_once.upto(path, step))


def test_a_thinned_path_stays_within_a_cell_of_the_path_up_to_its_end():
    angle = np.linspace(0.0, 20.0, 5000)
    path = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    rows = Thinning(np.array([0.1, 0.1])).upto(path, 4321)
    assert rows[0] == 0
    assert rows[-1] <= 4321
    assert len(rows) < 400
    for row in (*range(0, 4321, 50), 4321):
        assert np.abs(path[rows] - path[row]).max(axis=1).min() < 0.1


def test_a_run_that_stands_still_is_one_place():
    rows = Thinning(np.array([0.1, 0.1])).upto(np.ones((1000, 2)), 999)
    np.testing.assert_array_equal(rows, [0])


def test_a_run_may_leave_for_the_largest_numbers_and_come_back():
    path, cell = (
        np.array([[0.0, 0.0], [1e308, -1e308], [1.5e308, -1e308], [0.0, 0.0]]),
        np.array([0.01, 0.01]),
    )
    np.testing.assert_array_equal(Thinning(cell).upto(path, 3), [0, 1, 3])
    np.testing.assert_array_equal(FirstVisits(cell, most=10).upto(path, 3), [0, 1])


def scribble(length):
    t = np.arange(length)
    noise = np.random.default_rng(7).normal(0.0, 0.05, (length, 2))
    return np.stack([np.sin(2.1 * t), np.cos(0.7 * t)], axis=1) + noise


@given(st.integers(0, 60_000), st.integers(0, 60_000))
def test_of_a_short_path_every_row_is_drawn_and_of_a_scribble_a_bounded_number(first, step):
    path, thinning = scribble(60_001), Thinning(np.array([0.01, 0.01]))
    rows = thinning.upto(path, step)[first:]
    drawn, joined = thinning.few(rows)
    assert len(drawn) == len(joined) <= MOST_ROWS
    assert not joined[:1].any()
    if len(rows) <= MOST_ROWS:
        np.testing.assert_array_equal(drawn, rows)
        assert joined[1:].all()
    else:  # whole steps of the thinned path, and nothing left out of its end
        ends = np.flatnonzero(joined)
        places = np.searchsorted(rows, drawn)
        assert (places[ends] - places[ends - 1] == 1).all()
        np.testing.assert_array_equal(drawn[-400:], rows[-400:])
        assert joined[-399:].all()


def test_a_scribble_keeps_what_reaches_farthest():
    path = scribble(200_000)
    path[77_777] = (9.0, -0.3)
    thinning = Thinning(np.array([0.01, 0.01]))
    drawn, joined = thinning.few(thinning.upto(path, 199_999))
    np.testing.assert_allclose(path[drawn].min(axis=0), path.min(axis=0), atol=0.02)
    np.testing.assert_allclose(path[drawn].max(axis=0), path.max(axis=0), atol=0.02)
    assert joined[drawn.tolist().index(77_777)]


@given(st.integers(1, 3000), st.integers(1, 500), st.data())
def test_a_dot_stands_for_each_cell_that_was_entered(length, piece, data):
    path = scribble(length)
    step = data.draw(st.integers(0, length - 1))
    grown, at_once = (FirstVisits(np.array([0.2, 0.2]), 2000) for _ in range(2))
    for end in range(piece, length, piece):
        grown.upto(path[:end], 0)
    rows = at_once.upto(path, step)
    np.testing.assert_array_equal(grown.upto(path, step), rows)
    entered = {tuple(cell) for cell in np.floor(path[: step + 1] / 0.2).tolist()}
    assert {tuple(cell) for cell in np.floor(path[rows] / 0.2).tolist()} == entered
    assert len(rows) == len(entered)


def test_dots_that_would_run_into_each_other_are_left_out():
    path = scribble(20_000)
    dots = FirstVisits(np.array([0.01, 0.01]), 300)
    assert len(dots.upto(path, 19_999)) == 0
    assert len(dots.upto(path, 200)) > 100
