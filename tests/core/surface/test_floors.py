"""Valleys narrower than a cell of the grid, drawn as a logarithm."""

from typing import NamedTuple

import numpy as np

from gdsim.core.model.gallery import GALLERY
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.plane_function import ORIGIN
from gdsim.core.model.points import PointSet
from gdsim.core.model.view_range import ViewRange
from gdsim.core.surface.floors import by_floors, with_floors
from gdsim.core.surface.sampling import sample_surface
from tests.every import every

ROSENBROCK = GALLERY["rosenbrock"]


def test_the_floor_of_a_narrow_valley_is_drawn_in_one_piece():
    surface = sample_surface(ORIGIN, ROSENBROCK.view_range, objective=ROSENBROCK.objective, log=True)
    half = 0.5 * (surface.w[1] - surface.w[0])
    rows = np.flatnonzero((np.abs(surface.w) < 1.7) & (np.abs(surface.w - 1.0) > 3 * half))
    w, drawn, sampled = surface.w[rows], surface.drawn_loss[rows].min(axis=1), surface.loss[rows].min(axis=1)
    # b = w² is the floor: there the function is (1 - w)².
    nearest = (np.abs(1.0 - w) - half) ** 2
    assert (drawn >= nearest * (1.0 - 1e-9)).all()
    assert (drawn <= 1.02 * (1.0 - w) ** 2).all()
    assert (sampled > 1.1 * (1.0 - w) ** 2).sum() > 10


def test_losses_at_the_samples_stay_as_they_are():
    plain, log = (
        sample_surface(ORIGIN, ROSENBROCK.view_range, objective=ROSENBROCK.objective, log=log)
        for log in (False, True)
    )
    assert np.array_equal(plain.loss, log.loss)
    assert np.array_equal(plain.drawn_loss, plain.loss)
    assert (log.drawn_loss <= log.loss).all()
    assert log.heights == plain.heights._replace(low=log.heights.low, high=log.heights.high, base=0.0)


@every(
    "text",
    [
        "log(w) + b**2",
        "1/w + b",
        "abs(w)**0.5 + abs(b)",
        "floor(3*w) + mod(b, 1)",
        "where(w > 0, 1, b**2)",
        "sqrt(w*b)",
    ],
)
def test_functions_without_a_slope_or_a_value_can_be_drawn(text):
    surface = sample_surface(
        ORIGIN, ViewRange(-2.0, 2.0, -2.0, 2.0), objective=FunctionObjective(text), log=True, grid=41
    )
    assert np.isfinite(surface.drawn_loss).all()
    assert (surface.drawn_loss <= surface.loss).all()


def test_what_is_level_has_no_floor():
    level = np.zeros((9, 9))
    assert not by_floors(level).any()
    level[4] = -1.0
    assert by_floors(level).any(axis=1).tolist() == [False] * 3 + [True] * 3 + [False] * 3


class _Counting(NamedTuple):
    """A loss of very many terms, which notes how many places it is asked for at once."""

    asked: list

    @property
    def size(self):
        return 1_000_000

    def loss(self, w, b):
        self.asked.append(len(w))
        return -10.0 + 0.0 * (w + b)

    def derivatives(self, place):
        level = np.zeros(len(place))
        return np.zeros_like(place), (level + 1.0, level, level + 1.0)


def test_of_very_many_terms_the_deepest_floors_are_looked_for_a_few_at_a_time():
    w = b = np.linspace(-1.0, 1.0, 41)
    loss = np.add.outer(np.sin(20.0 * w), np.cos(20.0 * b))
    terms = _Counting([])
    found = with_floors(terms, w, b, loss)
    assert set(terms.asked) == {1}
    i, j = np.nonzero(found != loss)
    assert 1 <= len(i) <= 10
    assert loss[i, j].max() == np.sort(loss[by_floors(loss)])[len(i) - 1]


def test_a_neuron_has_floors_too():
    surface = sample_surface(PointSet([0.5, 2.5], [0.2, 0.9]), ViewRange(-40.0, 40.0, -40.0, 40.0), log=True)
    assert surface.drawn_loss.min() < 0.1 * surface.loss.min()
    assert surface.drawn_loss.min() < 1e-4


def test_a_floor_at_the_border_is_not_looked_for_beyond_it():
    # The valley falls towards larger b: of what lies outside nothing is drawn.
    valley = FunctionObjective("1000*(w - 0.013*b)**2 + exp(-b)")
    surface = sample_surface(ORIGIN, ViewRange(), objective=valley, log=True)
    assert (surface.drawn_loss < surface.loss).any()
    assert surface.drawn_loss.min() >= surface.lowest.loss * (1.0 - 1e-9)
