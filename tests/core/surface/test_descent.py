"""The descent from many places at once."""

import numpy as np

from gdsim.core.progress import run_to_end
from gdsim.core.surface.descent import DescentBox, descending
from gdsim.core.surface.plane_loss import loss_on_plane
from tests.core.records import FIRST_NEURON

BOX = DescentBox(np.array([-6.0, -6.0]), np.array([6.0, 6.0]))


class Counted:
    """A loss that counts the places of which its derivatives are asked for."""

    def __init__(self, points):
        self.terms = loss_on_plane(points)
        self.places = 0
        self.loss = self.terms.loss

    def derivatives(self, place):
        self.places += len(place)
        return self.terms.derivatives(place)


def test_places_that_meet_are_followed_as_one():
    side = np.linspace(-5.0, 5.0, 6)
    starts = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    once, twice = Counted(FIRST_NEURON), Counted(FIRST_NEURON)
    _, values = run_to_end(descending(once, starts, BOX))
    _, more = run_to_end(descending(twice, np.concatenate([starts, starts + 1e-12]), BOX))
    assert min(more) == min(values)
    assert once.places < twice.places <= once.places + 2 * len(starts)
