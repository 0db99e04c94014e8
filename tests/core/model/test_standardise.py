"""Standardised inputs, and the sentence that says what was done."""

import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.model.edits import scaling, standardise
from gdsim.core.model.experiment import Experiment, Run
from gdsim.core.model.points import PointSet
from tests.core.strategies import point_sets

VALLEY = PointSet([1.3, 2.4], [0.15, 0.9])


def test_the_sentence_says_what_was_done():
    assert scaling(VALLEY).sentence() == "x was shifted by -1.85 and divided by 0.55."
    assert scaling(VALLEY).sentence("will be") == "x will be shifted by -1.85 and divided by 0.55."


def test_many_inputs_are_summed_up():
    many = PointSet(np.arange(12.0).reshape(2, 6), [0, 1])
    sentence = scaling(many).sentence()
    assert sentence.startswith(
        "x1 was shifted by -3 and divided by 3; x2 was shifted by -4 and divided by 3;"
    )
    assert sentence.endswith("; and 2 more in the same way.")


@given(point_sets(2, least=2, x=st.floats(-1e3, 1e3)))
def test_the_inputs_have_mean_0_and_deviation_1(points):
    one = scaling(points)
    for column in range(2):
        values = points.x[:, column].tolist()
        deviation = statistics.pstdev(values)
        assert one.shift[column] == pytest.approx(-statistics.fmean(values), rel=1e-9, abs=1e-9)
        if deviation > 1e-6:
            assert one.divisor[column] == pytest.approx(deviation, rel=1e-6)
            scaled = one.applied(points).x[:, column].tolist()
            assert statistics.fmean(scaled) == pytest.approx(0.0, abs=1e-6)
            assert statistics.pstdev(scaled) == pytest.approx(1.0, rel=1e-6)


def test_an_input_that_is_the_same_everywhere_is_only_shifted():
    same = PointSet([[0.1, 1], [0.1, 2], [0.1, 3]], [0, 0, 1])
    one = scaling(same)
    assert one.divisor[0] == 1.0
    assert np.allclose(one.applied(same).x[:, 0], 0.0)


@given(point_sets(1, least=2))
def test_huge_and_tiny_inputs_are_no_trouble(points):
    scaled = scaling(points).applied(points)
    assert np.isfinite(scaled.x).all()
    assert np.abs(scaled.x).max() <= len(points)


def test_validation_points_are_scaled_as_the_others_and_the_rest_stays():
    before = Experiment(VALLEY, PointSet([1.85, 2.95], [0.5, 2.0]), (Run(),), title="Mine")
    after = standardise(before)
    assert np.allclose(after.points.x, [[-1.0], [1.0]])
    assert np.allclose(after.validation.x, [[0.0], [2.0]])
    assert np.array_equal(after.points.y, VALLEY.y)
    assert scaling(after.points).is_nothing
    assert not scaling(before.points).is_nothing
    assert (after.runs, after.view_range, after.title) == (before.runs, before.view_range, "Mine")
