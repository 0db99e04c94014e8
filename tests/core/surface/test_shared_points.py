"""Very many points as few: the surface of any neuron and loss, and by how much it may be wrong."""

import numpy as np
import pytest

from gdsim.core.model.objective import ACTIVATIONS, LOSSES, NeuronObjective
from gdsim.core.model.plane import USUAL_PLANE, Plane
from gdsim.core.model.points import PointSet
from gdsim.core.model.view_range import ViewRange
from gdsim.core.progress import run_to_end
from gdsim.core.surface import neuron_on_plane
from gdsim.core.surface.neuron_on_plane import NeuronOnPlane
from gdsim.core.surface.plane_loss import loss_on_plane
from gdsim.core.surface.sampling import sample_surface, sampling_exactly
from gdsim.core.surface.shared_points import EXACT_TERMS
from gdsim.core.surface.surface import SurfaceRequest
from tests.core.model.plain_losses import PlainLoss
from tests.core.planes import of_w_and_b
from tests.every import WHOLE, every

OTHERS = [
    NeuronObjective(activation, loss, reduction)
    for activation in ACTIVATIONS
    for loss in LOSSES
    for reduction in NeuronObjective.reductions_of(loss)
    if not NeuronObjective(activation, loss, reduction).is_lecture_neuron
]
OTHERS += [NeuronObjective(l2=0.3), NeuronObjective("relu", "huber", "mean", 0.1, 0.2)]


def many(seed=1, dimension=1, classes=False, n=3 * EXACT_TERMS):
    rng = np.random.default_rng(seed)
    x = rng.normal(0.0, 1.5, (n, dimension))
    x[:40] *= 6.0  # some far away
    y = 1.0 / (1.0 + np.exp(-(x @ rng.normal(1.0, 1.0, dimension) - 0.3 + rng.normal(0.0, 1.0, n))))
    return PointSet(x, np.round(y) if classes else y)


SETS = (
    (many(), ()),
    (many(classes=True), ()),
    (many(dimension=3), (0.5, -0.4)),
)


PLACES = [(0.0, 0.0), (2.0, -1.0), (-3.0, 2.5), (6.0, -6.0), (-6.0, 6.0), (0.3, 5.0)]


@pytest.fixture
def few_edges(monkeypatch):
    """Look for the lowest place along fewer edges: how it is found is tested elsewhere."""
    monkeypatch.setattr(neuron_on_plane, "_EDGES", 4)


@every(("number", "objective"), list(enumerate(OTHERS)), ids=str)
def test_it_is_as_near_to_the_exact_loss_as_it_says(number, objective):
    for points, held in SETS if WHOLE else [SETS[number % len(SETS)]]:
        plane = of_w_and_b(held) if held else USUAL_PLANE
        terms = loss_on_plane(points, objective, plane)
        assert terms.size <= 2300
        bound = terms.error_within(np.array([-6.0, 6.0]), np.array([-6.0, 6.0]))
        exact = [PlainLoss(points, objective).loss((w, *held, b)) for w, b in PLACES]
        near = [float(terms.loss(np.array(w), np.array(b))) for w, b in PLACES]
        assert np.abs(np.subtract(near, exact)).max() <= bound + 1e-9 * max(exact)
        assert bound <= (0.6 if held else 0.1) * max(exact)


BIASES = np.linspace(-2.0, 2.0, 41)


def used_share(points, objective, plane, w, b=BIASES):
    """Return the largest error at some biases, as a share of the bound; NaN if the loss is exact."""
    ws = np.full_like(b, w)
    exact = NeuronOnPlane.of(points, objective, plane).loss(ws, b)
    terms = loss_on_plane(points, objective, plane)
    bound = terms.error_within(ws, b)
    return np.abs(terms.loss(ws, b) - exact).max() / bound if bound else np.nan


# Along an edge the bound takes the worst place on each line, so that no bias comes near it.
@every("objective", [one for one in OTHERS if one.loss != "absolute"], ids=str)
@every("drawn", [True, False])
def test_the_bound_is_no_larger_than_it_has_to_be(objective, drawn):
    """A bound of half the size would be too small where the loss of all points bends most."""
    x, none = np.linspace(-1.0, 1.0, 4200), np.zeros(4200)
    inputs = np.column_stack([x, none] if drawn else [none, x])
    plane, w = (of_w_and_b((0.0,)), 0.05) if drawn else (of_w_and_b((0.05,)), 1.0)
    used = [used_share(PointSet(inputs, np.full(4200, y)), objective, plane, w) for y in (0.0, 0.5, 1.0)]
    assert 0.5 < max(used) <= 1.0 + 1e-9


# With ReLU the bound counts a second edge, which is elsewhere.
@every("objective", [one for one in OTHERS if one.loss == "absolute" and one.activation != "relu"], ids=str)
@every("drawn", [True, False])
def test_nor_is_the_bound_along_an_edge(objective, drawn):
    """While the edge is in the middle of a cell of even points, three quarters of the bound are used."""
    x, none, w = np.linspace(-1.0, 1.0, 4200), np.zeros(4200), 1e-3
    points = PointSet(
        np.column_stack([x, none] if drawn else [none, x]),
        np.full(4200, objective.activation == "sigmoid") * 0.5,
    )
    plane = of_w_and_b((0.0 if drawn else w,))
    b = w * np.linspace(-1.0, 1.0, 801)  # f is equal to the target where w x + b = 0
    used = used_share(points, objective, plane, w if drawn else 1.0, b)
    assert 0.55 < used <= 1.0 + 1e-9


# The largest loss of a point whose target is 0 or 1, by hand: the least is 0.
SWINGS = [
    (NeuronObjective("sigmoid", "squared", "sum"), 1.0),
    (NeuronObjective("sigmoid", "huber", "sum", delta=0.2), 0.2 * (1.0 - 0.1)),
    (NeuronObjective("tanh", "squared", "sum"), 4.0),
    (NeuronObjective("tanh", "squared", "half-sum"), 2.0),
    (NeuronObjective("tanh", "huber", "mean", delta=0.2), 0.2 * (2.0 - 0.1) / 4200),
]


@every(("objective", "swing"), SWINGS, ids=str)
def test_the_bound_ends_where_every_point_is_wrong_by_all_it_can_be(objective, swing):
    points = PointSet(np.linspace(-1.0, 1.0, 4200), np.arange(4200) % 2)
    error = loss_on_plane(points, objective).error
    assert 0.9 * swing * 4200 < error.at(1e100) <= 1.05 * swing * 4200


@every("objective", [one for one in OTHERS if one.loss in ("absolute", "huber") and not one.l2], ids=str)
def test_nor_is_the_bound_along_the_target(objective):
    points = PointSet(np.zeros((4200, 2)), np.linspace(0.0, 1.0, 4200))
    assert 0.7 < used_share(points, objective, of_w_and_b((0.0,)), 0.05) <= 1.0 + 1e-9


def test_derivatives_are_those_of_the_few_points():
    for objective in (NeuronObjective("tanh", "huber", "mean", 0.2), NeuronObjective(loss="cross-entropy")):
        terms = loss_on_plane(many(), objective)
        place, h = np.array([0.7, -0.4]), 1e-5
        gradient, (ww, wb, bb) = terms.derivatives(place[np.newaxis])
        ends = [terms.loss(*(place + sign * h * np.eye(2)).T) for sign in (1.0, -1.0)]
        assert gradient[0] == pytest.approx((ends[0] - ends[1]) / (2 * h), rel=1e-6)
        sides = [terms.derivatives(place + sign * h * np.eye(2))[0] for sign in (1.0, -1.0)]
        hessian = (sides[0] - sides[1]) / (2 * h)
        assert np.array([[ww[0], wb[0]], [wb[0], bb[0]]]) == pytest.approx(hessian, rel=1e-3)


def test_few_different_inputs_are_exact():
    rng = np.random.default_rng(3)
    points = PointSet(rng.integers(0, 20, 9000) / 4.0, rng.integers(0, 2, 9000))
    for objective in (NeuronObjective("relu", "absolute"), NeuronObjective(loss="cross-entropy")):
        terms = loss_on_plane(points, objective)
        assert terms.error_within(np.array([6.0]), np.array([6.0])) == 0.0
        assert float(terms.loss(np.array(1.5), np.array(-2.0))) == pytest.approx(
            PlainLoss(points, objective).loss((1.5, -2.0)), rel=1e-12
        )


@pytest.mark.usefixtures("few_edges")
def test_the_exact_surface_comes_in_pieces_and_has_no_error():
    points, view_range = many(n=EXACT_TERMS + 1), ViewRange(-3.0, 3.0, -3.0, 3.0)
    objective = NeuronObjective("tanh", "absolute", l2=0.1)
    near = sample_surface(points, view_range, grid=9, objective=objective)
    assert near.error_bound > 0.0
    pieces = []
    work = sampling_exactly(SurfaceRequest(points, view_range, objective=objective), grid=9)
    exact = run_to_end(work, pieces.append)
    assert len(pieces) > 100
    assert pieces == sorted(pieces)
    assert exact.error_bound == 0.0
    alone = NeuronOnPlane.of(points, objective, USUAL_PLANE).on_grid(exact.w, exact.b)
    assert exact.loss == pytest.approx(alone)
    assert np.abs(exact.loss - near.loss).max() <= near.error_bound
    low = exact.lowest
    assert low.loss == pytest.approx(PlainLoss(points, objective).loss(low[:2]))


SAMPLED = (
    (Plane((0, 1), (0.7, -0.3)), NeuronObjective()),
    (Plane((0, 1), (0.7, -0.3)), NeuronObjective("relu", "huber", "mean", 0.1, 0.2)),
    (Plane((2, 0), (-0.2, 0.1)), NeuronObjective(loss="cross-entropy")),
    (
        of_w_and_b((0.5, -0.4)),
        NeuronObjective("tanh", "absolute"),
    ),  # along three axes a dozen nodes tell little
)


@pytest.mark.usefixtures("few_edges")
@every(("plane", "objective"), SAMPLED if WHOLE else SAMPLED[::3])
def test_a_sample_stands_for_points_that_cannot_be_shared_out_and_says_how_near_it_comes(plane, objective):
    points, view_range = many(dimension=3, n=EXACT_TERMS + 1), ViewRange(-3.0, 3.0, -3.0, 3.0)
    near = sample_surface(points, view_range, plane, 9, objective)
    assert near.sample == (near.terms.size, len(points))
    exact = run_to_end(
        sampling_exactly(SurfaceRequest(points, view_range, plane, objective=objective), grid=9)
    )
    assert exact.sample is None
    assert exact.error_bound == 0.0
    alone = NeuronOnPlane.of(points, objective, plane).on_grid(exact.w, exact.b)
    assert exact.loss == pytest.approx(alone)
    wrong = np.abs(near.loss - exact.loss).max()
    assert 0.1 * near.error_bound < wrong < near.error_bound
    # The lowest place of the exact loss is its own.
    low = np.array([exact.lowest.w, exact.lowest.b])
    around = low + 1e-3 * np.array([[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, -1]])
    inside = around[(np.abs(around) <= 3.0).all(axis=1)]
    assert (exact.loss_at(*inside.T) >= exact.lowest.loss).all()
    assert exact.lowest.loss <= alone.min()
