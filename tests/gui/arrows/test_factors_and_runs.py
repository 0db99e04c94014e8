"""Where it is written by how much an arrow is magnified, nothing else lies."""

from itertools import combinations

import pytest

from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.gui.arrows.paint import ArrowShape
from gdsim.gui.map.map_runs import MapTrail
from gdsim.gui.surface.marks import RunMarks
from tests.every import every
from tests.gui.shared_window import shared
from tests.gui.windows import plot_of


class Painted:
    """What a pane has painted last: the factors, the shapes of the arrows, and the factors under a marker."""

    def __init__(self, patch):
        self.factors, self.shapes, self.covered = [], [], []
        paint, paint_factor = ArrowShape.paint, ArrowShape.paint_factor
        on_surface, on_map = RunMarks.paint_head, MapTrail.paint_head

        def note(shape, *given):
            self.shapes.append(shape)
            paint(shape, *given)

        def write(*given):
            self.factors.append(paint_factor(*given))
            return self.factors[-1]

        def mark(marks, painter, place, *, selected, behind):
            self._cover(marks.room(place))
            on_surface(marks, painter, place, selected=selected, behind=behind)

        def mark_on_map(run, painter, size):
            self._cover(run.room)
            on_map(run, painter, size)

        patch.setattr(ArrowShape, "paint", note)
        patch.setattr(ArrowShape, "paint_factor", write)
        patch.setattr(RunMarks, "paint_head", mark)
        patch.setattr(MapTrail, "paint_head", mark_on_map)

    def _cover(self, room):
        self.covered += [factor for factor in self.factors if factor.intersects(room)]

    def paint(self, pane):
        for found in (self.factors, self.shapes, self.covered):
            found.clear()
        pane.grab()


@pytest.fixture
def painted(late_patch):
    return Painted(late_patch)


@pytest.fixture
def window(qtbot):
    window, _ = shared(qtbot, load_scene(find_scene("first-neuron")))
    window.resize(1280, 720)
    return window


# At each of the steps something would, if the factors did not make way.
@every(
    ("name", "steps"),
    [
        ("first-neuron", (26, 58, 94)),
        ("himmelblau", (14, 30, 50)),
        ("bias-correction", (6, 30, 54)),
        ("stochastic", (1, 25, 49)),  # with the arrow of the points
    ],
)
def test_nothing_lies_on_a_factor(window, qtbot, painted, name, steps):
    session, surface, contours = window.session, window.cards.surface, window.cards.contours
    session.open(load_scene(find_scene(name)))
    qtbot.waitUntil(window.is_settled)
    for step in steps:
        session.play(lambda head, step=step: head.seek(step))
        window.show_now()
        for pane in (surface, contours):
            painted.paint(pane)
            factors = painted.factors
            assert factors
            assert len(factors) >= 2 or (pane, name) != (contours, "stochastic")
            assert painted.covered == [], (pane, step)
            crosses = contours.ground.rooms_of_crosses(plot_of(contours).place())
            if pane is surface:
                crosses = [label.cross for label in surface.over.minimum_names.labels]
            assert crosses
            assert not any(one.intersects(cross) for one in factors for cross in crosses), (pane, step)
            halos = [factor.adjusted(-1.5, -1.5, 1.5, 1.5) for factor in factors]
            assert not any(one.intersects(other) for one, other in combinations(halos, 2)), (pane, step)
            assert not any(shape.lies_on(one) for shape in painted.shapes for one in factors), (pane, step)
