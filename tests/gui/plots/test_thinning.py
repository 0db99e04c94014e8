import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gdsim.gui.plots.thinning import Thinning


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
