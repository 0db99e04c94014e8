"""The surface of any neuron, loss and pair of parameters, and its lowest place, against slow arithmetic."""

import math

import numpy as np
import pytest

from gdsim.core.model.objective import ACTIVATIONS, LOSSES, FunctionObjective, NeuronObjective
from gdsim.core.model.plane import Plane
from gdsim.core.model.plane_function import ORIGIN
from gdsim.core.model.points import PointSet
from gdsim.core.model.view_range import ViewRange
from gdsim.core.surface.plane_loss import loss_on_plane
from gdsim.core.surface.sampling import sample_surface
from gdsim.core.surface.surface import LowestKind
from tests.core.model.plain_losses import PlainLoss
from tests.core.model.test_objective import slopes
from tests.every import WHOLE, every, in_turn, some_of

OBJECTIVES = [
    NeuronObjective(activation, loss, reduction, l2, delta=0.5 if loss == "huber" else 1.0)
    for activation in ACTIVATIONS
    for loss in LOSSES
    for reduction, l2 in ((NeuronObjective.reductions_of(loss)[0], 0.0), ("mean", 0.2))
]


@every(("objective", "axes"), in_turn(OBJECTIVES, [(0, 1), (0, 3), (1, 2), (2, 0)]))
def test_the_loss_in_a_plane_is_that_of_the_definition(objective, axes):
    rng = np.random.default_rng(4)
    points = PointSet(rng.normal(size=(7, 3)), rng.uniform(size=7))
    place, others = rng.normal(size=4), [index for index in range(4) if index not in axes]
    terms = loss_on_plane(points, objective, Plane(axes, tuple(place[others])))

    def plain(pair):
        p = place.copy()
        p[list(axes)] = pair
        return PlainLoss(points, objective).loss(p)

    w, b = np.linspace(-2.0, 2.0, 5), np.linspace(-1.0, 3.0, 4)
    expected = np.array([[plain((first, second)) for second in b] for first in w])
    np.testing.assert_allclose(terms.on_grid(w, b), expected, rtol=1e-12)
    for pair in rng.normal(size=(3, 2)).tolist():
        gradient, second = terms.derivatives(np.array([pair]))
        assert gradient[0] == pytest.approx(slopes(plain, pair), rel=1e-6, abs=1e-6)
        bent = [slopes(lambda q, i=i: terms.derivatives(np.array([q]))[0][0, i], pair) for i in (0, 1)]
        expected = [bent[0][0], bent[0][1], bent[1][1]]
        assert [float(one[0]) for one in second] == pytest.approx(expected, rel=1e-5, abs=1e-5)


@every(("number", "objective"), some_of(enumerate(OBJECTIVES), 0, 3))
def test_nothing_lower_is_found_on_a_fine_grid(number, objective):
    for seed in range(4) if WHOLE else [number % 4]:
        rng = np.random.default_rng(seed)
        points = PointSet(rng.normal(size=6), rng.uniform(size=6))
        lowest = sample_surface(points, ViewRange(), grid=41, objective=objective).lowest
        assert lowest.loss == pytest.approx(PlainLoss(points, objective).loss(lowest[:2]), rel=1e-9)
        low, high = np.array([-6.0, -6.0]), np.array([6.0, 6.0])
        best = np.inf
        for _ in range(6):  # a grid around the best place, ever finer
            w, b = (np.linspace(*ends, 41) for ends in zip(low, high, strict=True))
            losses = loss_on_plane(points, objective).on_grid(w, b)
            at = np.unravel_index(np.argmin(losses), losses.shape)
            best, here = min(best, float(losses[at])), np.array([w[at[0]], b[at[1]]])
            span = (high - low) / 8.0
            low, high = np.maximum(here - span, -6.0), np.minimum(here + span, 6.0)
        assert lowest.loss <= best * (1.0 + 1e-9) + 1e-12, seed


def test_the_lowest_place_is_found_from_where_the_loss_does_not_bend():
    """At all samples the errors exceed delta, so that the loss is a sum of absolute values there."""
    objective = NeuronObjective("identity", "huber", reduction="sum", delta=0.1)
    points, view_range = PointSet([0.06, -15.7], [0.8, 0.0]), ViewRange(-96.0, 104.0, -4.1, -3.9)
    lowest = sample_surface(points, view_range, objective=objective).lowest
    w = -3.9 / 15.7  # fits the second point
    assert (lowest.w, lowest.b) == pytest.approx((w, -3.9), rel=1e-3)
    assert lowest.loss == pytest.approx(0.1 * (abs(0.06 * w - 3.9 - 0.8) - 0.05), rel=1e-4)


BOWL = {
    "bowl": ("(w - 1)**2 + 3*(b + 2)**2 + 5", (1.0, -2.0, 5.0), LowestKind.MINIMUM),
    "edge": ("abs(w - 1.2345) + abs(b + w)", (1.2345, -1.2345, 0.0), LowestKind.MINIMUM),
    "edge of a domain": ("sqrt(w + 1) + b**2", (-1.0, 0.0, 0.0), LowestKind.EDGE),
    "edge askew": ("sqrt(w + b) + abs(w)", (0.0, 0.0, 0.0), LowestKind.EDGE),
    "edge of a domain at the border": ("sqrt(w + 6) + b**2", (-6.0, 0.0, 0.0), LowestKind.EDGE),
    "border beside an edge": ("sqrt(w) - b", (0.0, 6.0, -6.0), LowestKind.BEYOND),
    "beside the edge": ("w*log(w) + b**2", (math.exp(-1.0), 0.0, -math.exp(-1.0)), LowestKind.MINIMUM),
    "outside": ("(w - 9)**2 + b**2", (6.0, 0.0, 9.0), LowestKind.BORDER),
    "saddle": ("w**2 - b**2", None, LowestKind.BEYOND),
    "flat": ("2 + 0*w", None, LowestKind.LEVEL),
    "trough": ("w**2", None, LowestKind.LEVEL),
}


@every("name", BOWL)
def test_the_lowest_place_of_a_function_is_what_it_is_said_to_be(name):
    text, expected, kind = BOWL[name]
    lowest = sample_surface(ORIGIN, ViewRange(), objective=FunctionObjective(text)).lowest
    assert lowest.kind is kind
    if expected:
        assert (lowest.w, lowest.b, lowest.loss) == pytest.approx(expected, abs=1e-9)


@every(
    ("text", "kind"),
    [
        ("w**2 + b**2", LowestKind.MINIMUM),
        ("abs(w) + b**2", LowestKind.MINIMUM),
        ("where(w < 0, 5, w) + b**2", LowestKind.MINIMUM),
        ("(w + 1e-4)**2 + b**2", LowestKind.BORDER),
        ("w**3 + b**2", LowestKind.BEYOND),
        ("w + 1e4*(w - b)**2", LowestKind.BEYOND),
        ("w + 10*abs(w - 2*b)", LowestKind.BEYOND),
    ],
)
def test_a_minimum_on_the_border_is_one_if_the_loss_does_not_fall_on(text, kind):
    view_range = ViewRange(0.0, 6.0, -3.0, 3.0)
    lowest = sample_surface(ORIGIN, view_range, objective=FunctionObjective(text)).lowest
    assert (lowest.w, lowest.b, lowest.kind) == (0.0, pytest.approx(0.0, abs=1e-9), kind)


@every(
    "text",
    [
        "1/(w*b)",
        "1/(w**2 - 1) + b**2",
        "-1/((w - 0.123)**2 + (b + 2)**2)",
        "-1/(1 - cos(w)) + b**2",
        "log(w) + b**2",
        "w**b",
        "w/(b - 2)**4",
        # Samples of the grid do not see these.
        "w**2 + b**2 + 1e-6/(w - 0.1234)",
        "w**2 + b**2 - 1e-3/abs(w - 3.033)",
        "w**2 + b**2 + 1e-3/(w*b - 0.777)",
        "w**2 + b**2 + 1e-3*(w + 2*b - 0.777)**-1",
        "w**2 + b**2 + 0.1*log(sqrt(w) - 1.01)",
        "w**2 + b**2 - 1e-4/((w - 2)*(b + 3.033)**2)**2",
        "w**2 + b**2 - 1e-9/((w - 1.234)**2 + (b - 0.777)**2)",
        "w**2 + b**2 + 1e-3*log((w - 1.234)**2 + 4*(w + b - 0.777)**2)",
        "w**2 + b**2 - 1e-6/(abs(w - 1.234) + abs(b - w))",
    ],
)
def test_where_a_function_falls_without_end_no_place_is_its_minimum(text):
    surface = sample_surface(ORIGIN, ViewRange(), objective=FunctionObjective(text))
    lowest = surface.lowest
    assert lowest.kind is LowestKind.BOTTOMLESS
    # A sample is marked, so that the heights of the picture are those of the samples.
    assert lowest.loss in surface.loss
    assert surface.heights.low >= surface.loss.min() - abs(surface.loss.min())


def test_a_pole_on_the_border_that_is_fallen_into_from_outside_hides_no_minimum():
    text, view_range = "w + 1/w + b**2", ViewRange(0.0, 5.0, -2.0, 2.0)
    lowest = sample_surface(ORIGIN, view_range, objective=FunctionObjective(text)).lowest
    assert lowest.kind is LowestKind.MINIMUM
    assert (lowest.w, lowest.b, lowest.loss) == pytest.approx((1.0, 0.0, 2.0), abs=1e-9)
    text = "w - 1/w + b**2"
    lowest = sample_surface(ORIGIN, view_range, objective=FunctionObjective(text)).lowest
    assert lowest.kind is LowestKind.BOTTOMLESS


@every(
    "text",
    [
        "sqrt(abs(w)) + abs(b)",
        "abs(w)**0.001 + b**2",
        "(w**2 + b**2)**0.001",
        "w**2 + b**2 + 1e6",
        "-1/(w**2 + b**2 + 1e-6)",
        "w**2 + b**2 - 1e-9/((w - 1.234)**2 + (b - 0.777)**2 + 1e-6)",
        "w**2 + b**2 + 1e-9/((w - 1.234)**2 + (b - 0.777)**2)",
        "w**2 + b**2 - 1e-9/(2 + sin(40*w)*sin(40*b))",
        "w**2 + b**2 + 1e-3/abs(w - 3.033)",
        "w**2 + b**2 + (w - 3.033)/(w - 3.033)",
    ],
)
def test_a_narrow_minimum_is_one(text):
    lowest = sample_surface(ORIGIN, ViewRange(), objective=FunctionObjective(text)).lowest
    assert lowest.kind is LowestKind.MINIMUM
    assert (lowest.w, lowest.b) == pytest.approx((0.0, 0.0), abs=1e-4)


def test_a_place_without_a_value_is_not_the_lowest():
    half = FunctionObjective("where(w < 0.05, sqrt(w - 0.05), 1)")
    lowest = sample_surface(ORIGIN, ViewRange(), objective=half).lowest
    assert (lowest.loss, lowest.kind) == (1.0, LowestKind.LEVEL)
    assert lowest.w >= 0.05
    for text in ("log(-1 - w**2)", "w/0", "0/0"):
        surface = sample_surface(ORIGIN, ViewRange(), objective=FunctionObjective(text))
        assert surface.lowest.kind is LowestKind.NOWHERE
        assert np.isnan(surface.lowest[:3]).all()
        assert np.isfinite(surface.loss).all()


def test_losses_further_apart_than_a_float_tells_have_colours():
    surface = sample_surface(ORIGIN, ViewRange(), objective=FunctionObjective("-1e307*w - 1.5e307*b"))
    fractions = surface.shade.fraction(surface.loss)
    assert (fractions.min(), fractions.max()) == (0.0, 1.0)


def test_a_function_that_is_infinite_nearly_everywhere_has_a_surface():
    range_ = ViewRange(-1e5, 1e5, -1.0, 1.0)
    surface = sample_surface(ORIGIN, range_, objective=FunctionObjective("exp(w**2)"), grid=31)
    assert np.isfinite(surface.loss).all()


def test_where_a_function_has_no_value_the_surface_is_as_high_as_it_gets():
    surface = sample_surface(ORIGIN, ViewRange(), objective=FunctionObjective("log(w) + b**2"), grid=31)
    assert np.isfinite(surface.loss).all()
    assert surface.loss.max() == pytest.approx(math.log(6.0) + 36.0)
    assert (surface.loss[:15] == surface.loss.max()).all()
    empty = sample_surface(ORIGIN, ViewRange(), objective=FunctionObjective("log(-1 - w**2)"), grid=9)
    assert np.isfinite(empty.loss).all()


@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_another_reduction_only_scales_the_lecture_s_surface(reduction):
    rng = np.random.default_rng(7)
    points = PointSet(rng.normal(size=40), rng.uniform(size=40))
    half = sample_surface(points, ViewRange(), grid=21)
    other = sample_surface(points, ViewRange(), grid=21, objective=NeuronObjective(reduction=reduction))
    factor = {"sum": 2.0, "mean": 2.0 / 40}[reduction]
    np.testing.assert_allclose(other.loss, factor * half.loss, rtol=1e-12)
    assert (other.lowest.w, other.lowest.b) == pytest.approx((half.lowest.w, half.lowest.b), rel=1e-6)
    assert other.lowest.kind is half.lowest.kind
