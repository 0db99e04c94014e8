"""Values outside 0 to 1 are allowed, and explained."""

import numpy as np
import pytest

from gdsim.core.model.targets import beyond_reach


@pytest.mark.parametrize("y", [[], [0.0, 0.5, 1.0]])
def test_there_is_nothing_to_say_of_values_within_reach(y):
    assert beyond_reach(np.array(y)) == ""


def test_one_value_out_of_reach_is_explained():
    words = "1 value of y lies outside 0 to 1. A sigmoid cannot reach it, so the loss cannot fall below "
    assert beyond_reach(np.array([0.5, 1.5])) == words + "0.125."


def test_several_values_out_of_reach_are_explained():
    words = "2 values of y lie outside 0 to 1. A sigmoid cannot reach them, so the loss cannot fall below "
    assert beyond_reach(np.array([-1.0, 0.5, 3.0])) == words + "2.5."
