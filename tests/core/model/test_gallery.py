"""The gallery's functions against arithmetic of their own, and what is known of their minima."""

import math

import numpy as np
import pytest

from gdsim.core.engine.loop import gradient_at, loss_at
from gdsim.core.formulas.evaluate import evaluate_arrays
from gdsim.core.formulas.syntax import read_expression
from gdsim.core.model.gallery import GALLERY, known_function
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.plane_function import ORIGIN, PlaneFunction
from gdsim.core.surface.sampling import sample_surface
from gdsim.core.surface.surface import LowestKind
from tests.core.model.test_objective import slopes
from tests.every import WHOLE, every

PI, E = math.pi, math.e
PLAIN = {
    "quadratic": lambda x, y: 0.5 * (x * x + 10 * y * y),
    "booth": lambda x, y: (x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2,
    "matyas": lambda x, y: 0.26 * (x * x + y * y) - 0.48 * x * y,
    "rosenbrock": lambda x, y: (1 - x) ** 2 + 100 * (y - x * x) ** 2,
    "himmelblau": lambda x, y: (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2,
    "beale": lambda x, y: sum((c - x + x * y**k) ** 2 for k, c in ((1, 1.5), (2, 2.25), (3, 2.625))),
    "goldstein-price": lambda x, y: (
        (1 + (x + y + 1) ** 2 * (19 - 14 * x + 3 * x * x - 14 * y + 6 * x * y + 3 * y * y))
        * (30 + (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x * x + 48 * y - 36 * x * y + 27 * y * y))
    ),
    "mccormick": lambda x, y: math.sin(x + y) + (x - y) ** 2 - 1.5 * x + 2.5 * y + 1,
    "three-hump-camel": lambda x, y: 2 * x**2 - 1.05 * x**4 + x**6 / 6 + x * y + y * y,
    "six-hump-camel": lambda x, y: (4 - 2.1 * x * x + x**4 / 3) * x * x + x * y + (4 * y * y - 4) * y * y,
    "branin": lambda x, y: (
        (y - 5.1 / (4 * PI**2) * x * x + 5 / PI * x - 6) ** 2 + 10 * (1 - 1 / (8 * PI)) * math.cos(x) + 10
    ),
    "styblinski-tang": lambda x, y: 0.5 * sum(a**4 - 16 * a * a + 5 * a for a in (x, y)),
    "rastrigin": lambda x, y: 20 + sum(a * a - 10 * math.cos(2 * PI * a) for a in (x, y)),
    "ackley": lambda x, y: (
        -20 * math.exp(-0.2 * math.sqrt(0.5 * (x * x + y * y)))
        - math.exp(0.5 * (math.cos(2 * PI * x) + math.cos(2 * PI * y)))
        + E
        + 20
    ),
    "levi": lambda x, y: (
        math.sin(3 * PI * x) ** 2
        + (x - 1) ** 2 * (1 + math.sin(3 * PI * y) ** 2)
        + (y - 1) ** 2 * (1 + math.sin(2 * PI * y) ** 2)
    ),
    "easom": lambda x, y: -math.cos(x) * math.cos(y) * math.exp(-((x - PI) ** 2) - (y - PI) ** 2),
    "saddle": lambda x, y: x * x - y * y,
    "monkey-saddle": lambda x, y: x**3 - 3 * x * y * y,
}
# What is published of the lowest values, to their digits.
VALUES = {
    "goldstein-price": 3.0,
    "mccormick": -1.9132229550,
    "six-hump-camel": -1.0316284535,
    "branin": 0.3978873577,
    "styblinski-tang": -78.3323314075,
    "easom": -1.0,
}
ENDLESS = {"saddle", "monkey-saddle"}


def function(name):
    return PlaneFunction.over(ORIGIN, GALLERY[name].objective)


def places_in(name, count, seed=1):
    view = GALLERY[name].view_range
    rng = np.random.default_rng(seed)
    return np.column_stack([rng.uniform(*view[:2], count), rng.uniform(*view[2:], count)])


def test_every_function_is_looked_at_here():
    assert set(PLAIN) == set(GALLERY)
    assert {name for name, one in GALLERY.items() if not one.minima} == ENDLESS
    for one in GALLERY.values():
        assert one.view_range.holds(*one.start)
        assert one.about.endswith(".")
    assert len({one.title for one in GALLERY.values()}) == len(GALLERY)


@every("name", GALLERY)
def test_value_gradient_and_curvature_are_those_of_the_definition(name):
    plain, data = PLAIN[name], function(name)
    for p in places_in(name, 200 if WHOLE else 20).tolist():
        expected = plain(*p)
        assert loss_at(data, p) == pytest.approx(expected, rel=1e-12, abs=1e-12)
        assert data.loss(np.array(p)) == pytest.approx(expected, rel=1e-12, abs=1e-12)
        gradient, hessian = data.derivatives(np.array(p))
        by_difference = slopes(lambda q: plain(*q), p)
        room = 1e-6 * (1.0 + np.abs(by_difference).max())
        assert gradient == pytest.approx(by_difference, rel=1e-6, abs=room)
        assert gradient == pytest.approx(gradient_at(data, p), rel=1e-9, abs=1e-12)
        bent = np.array([slopes(lambda q, i=i: gradient_at(data, q)[i], p) for i in range(2)])
        assert hessian == pytest.approx(bent, rel=1e-6, abs=1e-6 * (1.0 + np.abs(bent).max()))


@every("name", GALLERY)
def test_what_is_computed_together_is_what_is_computed_alone(name):
    """To the last bit, although the formulas computed together share subexpressions."""
    data, places = function(name), places_in(name, 400, seed=2).reshape(20, 20, 2)
    values = {"w": places[..., 0], "b": places[..., 1]}
    alone = [evaluate_arrays(node, values) + 0.0 for node in data.objective.lines]
    alone = [np.broadcast_to(one, places.shape[:2]) for one in alone]
    gradient, hessian = data.derivatives(places)
    np.testing.assert_array_equal(data.loss(places), alone[0])
    np.testing.assert_array_equal(gradient, np.stack(alone[1:3], axis=-1))
    np.testing.assert_array_equal(data.gradient(places), gradient)
    np.testing.assert_array_equal(hessian[..., 0, 0], alone[3])
    np.testing.assert_array_equal(hessian[..., 0, 1], alone[4])
    np.testing.assert_array_equal(hessian[..., 1, 1], alone[5])
    np.testing.assert_array_equal(data.hessian(places), hessian)


@every("name", sorted(GALLERY.keys() - ENDLESS))
def test_nothing_around_a_known_minimum_is_lower(name):
    known, plain = GALLERY[name], PLAIN[name]
    rng = np.random.default_rng(0)
    for place in known.minima:
        assert known.view_range.holds(*place)
        assert plain(*place) == pytest.approx(known.value, abs=1e-9)
        assert known.value == pytest.approx(VALUES.get(name, 0.0), abs=1e-9)
        for distance in (1e-4, 1e-2, 0.1):
            around = np.array(place) + distance * rng.normal(size=(60, 2))
            assert min(plain(*other) for other in around.tolist()) > known.value - 1e-13
    spread = [plain(*p) for p in places_in(name, 20_000 if WHOLE else 4000).tolist()]
    assert min(spread) > known.value


@every("name", GALLERY)
def test_the_lowest_place_that_is_found_is_a_known_one(name):
    known = GALLERY[name]
    lowest = sample_surface(ORIGIN, known.view_range, objective=known.objective).lowest
    if name in ENDLESS:
        assert lowest.kind is LowestKind.BEYOND
        return
    assert lowest.kind is LowestKind.MINIMUM
    assert lowest.loss == pytest.approx(known.value, abs=1e-9)
    assert min(math.hypot(lowest.w - w, lowest.b - b) for w, b in known.minima) < 1e-7


def test_a_function_is_known_by_its_formula():
    spaced = FunctionObjective(" (1-w)**2 +\n 100 * (b - w ** 2)**2")
    assert known_function(spaced) is GALLERY["rosenbrock"]
    assert known_function(FunctionObjective("(1 - w)**2 + 99*(b - w**2)**2")) is None


def test_an_even_number_is_halved_in_a_derivative_and_no_bit_changes():
    objective = FunctionObjective("(w**2 + 10*b**2) / 2")
    assert objective.lines.dw == read_expression("w", {})
    assert objective.lines.db == read_expression("10*b", {})
    places = np.random.default_rng(0).normal(size=1000) * 10.0 ** np.arange(-150, 150, 0.3)
    whole = evaluate_arrays(read_expression("20*b / 2", {}), {"b": places})
    assert np.array_equal(evaluate_arrays(objective.lines.db, {"b": places}), whole)


def test_of_the_pits_of_styblinski_and_tang_two_are_equally_deep_and_the_deepest_is_nearest_to_a_quarter():
    roots = np.roots([4.0, 0.0, -32.0, 5.0])  # of the derivative along either parameter
    low = roots[12.0 * roots**2 > 32.0]
    pits = np.array([(x, y) for x in low for y in low])
    depths = np.array([PLAIN["styblinski-tang"](*pit) for pit in pits.tolist()])
    order = np.argsort(depths)
    assert len(pits) == 4
    assert depths[order[1]] == pytest.approx(depths[order[2]], abs=1e-9)
    assert np.diff(depths[order])[[0, 2]].min() > 10.0
    starts = places_in("styblinski-tang", 4000)
    nearest = np.argmin(np.linalg.norm(starts[:, np.newaxis] - pits, axis=2), axis=1)
    assert np.mean(nearest == order[0]) == pytest.approx(0.25, abs=0.03)
    about = GALLERY["styblinski-tang"].about
    assert about == "Four pits, of which two are equally deep: one start in four is nearest to the deepest."
