"""The box count of edges whose dimension is known."""

import numpy as np
import pytest

from gdsim.core.exercises.maps.raggedness import box_count, edge_of
from tests.every import every

SIDE = 256


def half_plane(degrees):
    y, x = np.mgrid[:SIDE, :SIDE] - SIDE / 2.0
    angle = np.radians(degrees)
    return (x * np.sin(angle) - y * np.cos(angle) > 0.3).astype(np.uint8)


def koch(depth):
    """The corners of a Koch curve from 0 to 1, as complex numbers."""
    corners = np.array([0.0, 1.0 + 0.0j])
    for _ in range(depth):
        start, third = corners[:-1], np.diff(corners) / 3.0
        parts = start, start + third, start + third * (1.0 + np.exp(1j * np.pi / 3.0)), start + 2.0 * third
        corners = np.append(np.stack(parts, 1).ravel(), corners[-1])
    return corners


def inside(corners, side=SIDE):
    """Which pixels are inside a closed line: those with an odd number of crossings to the left."""
    ends = np.append(corners, corners[0])
    low, high = ends[:-1], ends[1:]
    middles = (np.arange(side) + 0.5) / side
    out = np.zeros((side, side), np.uint8)
    for row, y in enumerate(middles):
        crosses = (low.imag > y) != (high.imag > y)
        a, b = low[crosses], high[crosses]
        at = np.sort(a.real + (y - a.imag) / (b.imag - a.imag) * (b.real - a.real))
        out[row] = np.searchsorted(at, middles) % 2
    return out


@every("degrees", [0, 10, 30, 45, 77, 90, 135])
def test_a_straight_edge_has_dimension_1(degrees):
    assert box_count(half_plane(degrees)).dimension == pytest.approx(1.0, abs=0.05)


def test_a_circle_has_dimension_1():
    y, x = np.mgrid[:SIDE, :SIDE] - SIDE / 2.0
    assert box_count((x**2 + y**2 < 90.0**2).astype(np.uint8)).dimension == pytest.approx(1.0, abs=0.05)


def test_a_koch_curve_has_dimension_1_26():
    curve = 0.25j + koch(6)
    assert box_count(inside(np.append(curve, [1.0 + 2.0j, 2.0j]))).dimension == pytest.approx(1.26, abs=0.05)


def test_a_koch_snowflake_has_dimension_1_26():
    side = koch(5)[:-1]
    turn = np.exp(-2j * np.pi / 3.0)
    flake = np.concatenate([side, 1.0 + side * turn, 1.0 + turn + side * turn**2])
    flake = 0.5 + 0.5j + 0.8 * (flake - flake.mean())
    assert box_count(inside(flake)).dimension == pytest.approx(1.26, abs=0.05)


def test_noise_fills_the_map():
    noise = np.random.default_rng(0).integers(0, 2, (SIDE, SIDE), np.uint8)
    assert box_count(noise).dimension == pytest.approx(2.0, abs=0.05)


def test_where_there_is_hardly_an_edge_nothing_is_counted():
    assert box_count(np.zeros((SIDE, SIDE), np.uint8)) is None
    spot = np.zeros((SIDE, SIDE), np.uint8)
    spot[10:13, 10:13] = 1
    assert box_count(spot) is None
    assert edge_of(spot).sum() == 12
    assert box_count(np.tile(np.eye(2, dtype=np.uint8), (4, 4))) is None
