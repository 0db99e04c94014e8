"""Made-up points: the same again for the same seed, and what each generator promises."""

import numpy as np
import pytest

from gdsim.core.model.generators import DRAW, GENERATORS
from gdsim.core.settings import InvalidValue
from tests.every import every


def logit(y):
    return np.log(y / (1.0 - y))


def loss_hessian(points, w, b):
    """By differences of an independent loss; at the minimum of data without noise."""

    def loss(p):
        f = 1.0 / (1.0 + np.exp(-(points.x[:, 0] * p[0] + p[1])))
        return 0.5 * ((f - points.y) ** 2).sum()

    h, p = 1e-4, np.array([w, b])
    e = np.eye(2) * h
    corners = [
        [loss(p + e[i] + e[j]) - loss(p + e[i] - e[j]) - loss(p - e[i] + e[j]) + loss(p - e[i] - e[j])]
        for i in range(2)
        for j in range(2)
    ]
    return np.reshape(corners, (2, 2)) / (4.0 * h * h)


@every("kind", GENERATORS.values(), ids=GENERATORS)
def test_the_same_draw_gives_the_same_points(kind):
    for n in (2, 3, 1000):
        points = kind().points(DRAW(n=n, seed=7))
        assert len(points) == n
        assert points == kind().points(DRAW(n=n, seed=7))
    assert kind().points(DRAW(n=1000, seed=7)) != kind().points(DRAW(n=1000, seed=8))


@every("kind", GENERATORS.values(), ids=GENERATORS)
def test_a_generator_is_described(kind):
    assert kind.title
    assert kind.summary.endswith(".")
    assert kind.details.endswith(".")
    assert all(setting.doc.endswith(".") for setting in kind.settings)


@every("kind", GENERATORS.values(), ids=GENERATORS)
def test_a_million_points_are_made(kind):
    points = kind().points(DRAW(n=1_000_000, seed=0))
    assert len(points) == 1_000_000
    assert points.y.min() >= 0.0
    assert points.y.max() <= 1.0


@every("kind", [kind for kind in GENERATORS.values() if "inputs" in kind.names], ids=str)
def test_points_have_as_many_inputs_as_wanted(kind):
    assert kind(inputs=3).points(DRAW(n=10)).dimension == 3


@every(
    ("kind", "wrong"),
    [
        (DRAW, {"n": 1}),
        (DRAW, {"n": 1_000_001}),
        (GENERATORS["valley"], {"spread": 0.0}),
        (GENERATORS["sparse"], {"zeros": 1.5}),
    ],
)
def test_what_cannot_be_made_is_refused(kind, wrong):
    with pytest.raises(InvalidValue):
        kind(**wrong)


def test_a_sparse_feature_is_zero_for_its_share():
    points = GENERATORS["sparse"](inputs=2, w=1.5, b=-0.5).points(DRAW(n=250, seed=3))
    x1, x2 = points.x.T
    assert np.count_nonzero(x1 == 0.0) == 200
    assert np.count_nonzero(x2) == 250
    assert 2.5 < np.abs(points.x).max() <= 3.0
    assert np.allclose(logit(points.y), 1.5 * (x1 + x2) - 0.5)


def test_the_valley_is_narrow_and_more_so_far_from_zero():
    def narrowness(centre):
        points = GENERATORS["valley"](centre=centre).points(DRAW(n=200, seed=1))
        assert np.abs(points.x - centre).max() <= 0.6
        assert np.allclose(logit(points.y), 3.5 * (points.x[:, 0] - centre))
        values, vectors = np.linalg.eigh(loss_hessian(points, 3.5, -3.5 * centre))
        assert values[0] > 0.0
        along = vectors[:, 0] / vectors[0, 0]  # the bias that makes up for a change of w
        return values[1] / values[0], along[1]

    near, far = narrowness(1.0), narrowness(4.0)
    assert far[0] > 1000.0
    assert far[0] > 10.0 * near[0]
    assert far[1] == pytest.approx(-4.0, rel=0.05)


def test_noise_has_its_deviation_and_stays_within_reach():
    points = GENERATORS["noisy"](noise=0.05, w=0.5, b=0.0, spread=2.0).points(DRAW(n=100_000, seed=2))
    clean = 1.0 / (1.0 + np.exp(-0.5 * points.x[:, 0]))
    assert (points.y - clean).std() == pytest.approx(0.05, rel=0.02)
    assert (points.y - clean).mean() == pytest.approx(0.0, abs=1e-3)
    loud = GENERATORS["noisy"](noise=1.0).points(DRAW(n=1000)).y
    assert (loud.min(), loud.max()) == (0.0, 1.0)
    still = GENERATORS["noisy"](noise=0.0, w=2.0, b=1.0).points(DRAW(n=50))
    assert np.allclose(logit(still.y), 2.0 * still.x[:, 0] + 1.0)


def test_random_points_follow_no_rule():
    points = GENERATORS["random"](spread=2.0).points(DRAW(n=100_000, seed=5))
    x = points.x[:, 0]
    assert abs(np.corrcoef(x, points.y)[0, 1]) < 0.01
    assert np.abs(x).max() <= 2.0
    assert x.std() == pytest.approx(4.0 / np.sqrt(12.0), rel=0.01)
    assert points.y.std() == pytest.approx(1.0 / np.sqrt(12.0), rel=0.01)


def test_clusters_lie_where_they_should():
    points = GENERATORS["clusters"](distance=4.0, deviation=0.5, inputs=2).points(DRAW(n=100_001, seed=6))
    assert set(points.y.tolist()) == {0.0, 1.0}
    assert np.count_nonzero(points.y) == 50_000
    for y, middle in ((0.0, -2.0), (1.0, 2.0)):
        cloud = points.x[points.y == y]
        assert np.allclose(cloud.mean(axis=0), middle, atol=0.02)
        assert np.allclose(cloud.std(axis=0), 0.5, rtol=0.02)
