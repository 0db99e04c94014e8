import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gdsim.gui.curves.curve_labels import spread_labels


@given(st.lists(st.floats(-50.0, 200.0), max_size=14), st.floats(40.0, 300.0))
def test_names_make_room_for_each_other_inside(wanted, height):
    placed = spread_labels(np.array(wanted), height, 12.0)
    apart = min(12.0, height / max(1, len(wanted)))
    assert len(placed) == len(wanted)
    if len(wanted) == 0:
        return
    assert (placed >= apart / 2.0 - 1e-9).all()
    assert (placed <= height - apart / 2.0 + 1e-9).all()
    ordered = placed[np.argsort(wanted, kind="stable")]
    assert (np.diff(ordered) >= apart - 1e-9).all()


def test_a_name_with_room_stays_where_its_curve_ends():
    np.testing.assert_allclose(spread_labels(np.array([80.0, 20.0, 50.0]), 100.0, 12.0), [80.0, 20.0, 50.0])
    np.testing.assert_allclose(spread_labels(np.array([50.0, 51.0]), 100.0, 12.0), [50.0, 62.0])
    np.testing.assert_allclose(spread_labels(np.array([99.0, 99.0]), 100.0, 12.0), [82.0, 94.0])
