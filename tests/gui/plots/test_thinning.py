import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gdsim.gui.plots.thinning import MOST_ROWS, FirstVisits, Thinning


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


def test_a_thinned_path_stays_within_a_cell_of_the_path_and_ends_where_it_ends():
    angle = np.linspace(0.0, 20.0, 5000)
    path = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    rows = Thinning(np.array([0.1, 0.1])).upto(path, 4321)
    assert rows[0] == 0
    assert rows[-1] == 4321
    assert len(rows) < 400
    for row in range(0, 4321, 50):
        assert np.abs(path[rows] - path[row]).max(axis=1).min() < 0.1


def test_a_run_that_stands_still_is_one_place():
    rows = Thinning(np.array([0.1, 0.1])).upto(np.ones((1000, 2)), 999)
    np.testing.assert_array_equal(rows, [0, 999])


def scribble(length):
    t = np.arange(length)
    noise = np.random.default_rng(7).normal(0.0, 0.05, (length, 2))
    return np.stack([np.sin(2.1 * t), np.cos(0.7 * t)], axis=1) + noise


@given(st.integers(0, 60_000))
def test_of_a_short_path_every_row_is_drawn_and_of_a_scribble_a_bounded_number(step):
    path, thinning = scribble(60_001), Thinning(np.array([0.01, 0.01]))
    steps, rows = thinning.steps(path, step), thinning.upto(path, step)
    assert len(steps.rows) + len(steps.some) <= MOST_ROWS
    # Nothing is left out of its end; of a short path nothing at all.
    np.testing.assert_array_equal(steps.rows, rows[len(rows) - len(steps.rows) :])
    if len(rows) <= MOST_ROWS:
        assert len(steps.rows) == len(rows)
        assert len(steps.some) == 0
    else:
        assert steps.some.max() < steps.rows[0] or steps.some[-1, 1] == steps.rows[0]


def test_a_scribble_keeps_what_reaches_farthest():
    path = scribble(200_000)
    path[77_777] = (9.0, -0.3)
    steps = Thinning(np.array([0.01, 0.01])).steps(path, 199_999)
    drawn = path[np.append(steps.some.ravel(), steps.rows)]
    np.testing.assert_allclose(drawn.min(axis=0), path.min(axis=0), atol=0.02)
    np.testing.assert_allclose(drawn.max(axis=0), path.max(axis=0), atol=0.02)
    assert 77_777 in steps.some[:, 1]


def test_steps_of_a_scribble_are_steps_of_the_thinned_path():
    path, thinning = scribble(50_000), Thinning(np.array([0.01, 0.01]))
    rows, steps = thinning.upto(path, 49_999), thinning.steps(path, 49_999)
    assert len(steps.some) > 500
    assert (np.diff(np.searchsorted(rows, steps.some), axis=1) == 1).all()


@given(st.integers(1, 3000), st.integers(1, 500), st.data())
def test_a_dot_stands_for_each_cell_that_was_entered(length, piece, data):
    path = scribble(length)
    step = data.draw(st.integers(0, length - 1))
    grown, at_once = (FirstVisits(np.array([0.2, 0.2]), 2000) for _ in range(2))
    for end in range(piece, length, piece):
        grown.upto(path[:end], 0)
    rows = at_once.upto(path, step)
    np.testing.assert_array_equal(grown.upto(path, step), rows)
    entered = {tuple(cell) for cell in np.floor(path[:step] / 0.2).tolist()}
    assert {tuple(cell) for cell in np.floor(path[rows[:-1]] / 0.2).tolist()} == entered
    assert len(rows) - 1 == len(entered)


def test_dots_that_would_run_into_each_other_are_left_out():
    path = scribble(20_000)
    dots = FirstVisits(np.array([0.01, 0.01]), 300)
    assert dots.upto(path, 19_999).tolist() == [19_999]
    assert len(dots.upto(path, 200)) > 100
