"""Planes for tests."""

from gdsim.core.model.plane import Plane


def of_w_and_b(held):
    """Return the plane of the first weight and the bias, with the other weights held at values."""
    return Plane((0, len(held) + 1), held)
