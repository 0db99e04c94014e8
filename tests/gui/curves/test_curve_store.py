import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gdsim.gui.curves.curve_store import Sketch
from gdsim.gui.paint.budget import Budget

MOST_BLOCKS = 16


def sketch_of(values, ends):
    sketch = Sketch(len(values), MOST_BLOCKS)
    for end in ends:
        sketch.grow(end, lambda steps: values[:, steps], Budget.unlimited())
    return sketch


def test_few_steps_are_drawn_one_by_one():
    values = np.random.default_rng(0).normal(size=(2, MOST_BLOCKS))
    steps, drawn = sketch_of(values, [MOST_BLOCKS]).line(1, 100)
    np.testing.assert_array_equal(steps, np.arange(MOST_BLOCKS))
    np.testing.assert_array_equal(drawn, values[1])


@given(st.integers(1, 700), st.integers(1, 90), st.integers(1, 40))
def test_no_peak_is_lost_however_the_run_grows(length, piece, columns):
    values = np.random.default_rng(length).normal(size=(2, length))
    sketch = sketch_of(values, [*range(piece, length, piece), length])
    for index in range(2):
        steps, drawn = sketch.line(index, columns)
        assert (np.diff(steps) > 0).all()
        np.testing.assert_array_equal(drawn, values[index][steps])
        assert drawn.max() == values[index].max()
        assert drawn.min() == values[index].min()
        assert len(drawn) <= max(2 * MOST_BLOCKS, 4 * columns + 2)


def test_what_is_no_number_is_left_out():
    values = np.random.default_rng(0).normal(size=(1, 200))
    values[0, :90] = np.nan
    values[0, 120] = np.inf
    steps, drawn = sketch_of(values, [30, 200]).line(0, 50)
    assert np.isfinite(drawn).all()
    assert steps.min() >= 90
    assert len(sketch_of(np.full((1, 9), np.nan), [9]).line(0, 50)[0]) == 0


def test_every_step_is_read_about_once():
    values = np.random.default_rng(0).normal(size=(1, 300_000))
    read = []

    def reader(steps):
        read.append(steps.stop - steps.start)
        return values[:, steps]

    sketch = Sketch(1)
    for end in range(1000, 300_001, 1000):
        sketch.grow(end, reader, Budget.unlimited())
    sketch.grow(300_000, reader, Budget.unlimited())
    assert sum(read) < 1.2 * 300_000
    assert len(sketch.line(0, 600)[0]) < 1800
