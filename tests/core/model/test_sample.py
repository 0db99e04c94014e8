import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.model.sample import fair_sample


@given(st.integers(0, 5000), st.integers(1, 300))
def test_a_sample_is_in_order_and_no_larger_than_wanted(n, most):
    rows = fair_sample(n, most)
    assert len(rows) <= most
    assert (np.diff(rows) > 0).all()
    assert ((rows >= 0) & (rows < n)).all()
    if n <= most:
        np.testing.assert_array_equal(rows, np.arange(n))
    else:
        assert 2 * len(rows) >= most


def test_a_rhythm_of_the_table_does_not_beat_with_the_sample():
    """Of points that alternate between two kinds, every tenth would be of one kind."""
    rows = fair_sample(1_000_000, 2000)
    assert 0.45 < (rows % 2).mean() < 0.55
    np.testing.assert_array_equal(rows, fair_sample(1_000_000, 2000))
