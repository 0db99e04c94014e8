"""By how much an arrow is magnified is not written where the marker of another run would cover it."""

from itertools import combinations

import pytest

from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.gui.arrows.paint import ArrowShape
from gdsim.gui.map.map_runs import _MapRun
from gdsim.gui.surface.marks import RunMarks
from tests.gui.main_windows import painter_of
from tests.gui.shared_window import shared
from tests.gui.windows import plot_of


@pytest.fixture
def covered(monkeypatch):
    """Return a list of the factors that a marker was painted over since."""
    written, covered = [], []
    paint_factor, on_surface, on_map = ArrowShape.paint_factor, RunMarks.paint_head, _MapRun.paint_head

    def write(*given):
        written.append(paint_factor(*given))
        return written[-1]

    def note(room):
        covered.extend(factor for factor in written if factor.intersects(room))

    def mark(marks, painter, place, *, selected, behind):
        note(marks.room(place))
        on_surface(marks, painter, place, selected=selected, behind=behind)

    def mark_on_map(run, painter, size):
        note(run.room)
        on_map(run, painter, size)

    monkeypatch.setattr(ArrowShape, "paint_factor", write)
    monkeypatch.setattr(RunMarks, "paint_head", mark)
    monkeypatch.setattr(_MapRun, "paint_head", mark_on_map)

    def in_picture_of(pane):
        written.clear()
        covered.clear()
        pane.grab()
        assert written
        return list(covered)

    return in_picture_of


@pytest.mark.parametrize("name", ["first-neuron", "himmelblau"])
def test_no_marker_lies_on_a_factor(qtbot, covered, name):
    window, session = shared(qtbot, load_scene(find_scene(name)))
    window.resize(1280, 720)
    for step in range(2, 100, 4):
        session.play(lambda head, step=step: head.seek(step))
        window.show_now()
        for pane in (window.cards.surface, window.cards.contours):
            assert covered(pane) == [], step


@pytest.mark.parametrize("name", ["bias-correction", "first-neuron"])
def test_no_factor_lies_on_the_cross_of_a_minimum_or_touches_another_one(qtbot, monkeypatch, name):
    written, paint_factor = [], ArrowShape.paint_factor

    def write(*given):
        written.append(paint_factor(*given))
        return written[-1]

    monkeypatch.setattr(ArrowShape, "paint_factor", write)
    window, session = shared(qtbot, load_scene(find_scene(name)))
    window.resize(1280, 720)
    surface, contours = window.cards.surface, window.cards.contours
    most = 0
    for step in range(0, 60, 2):
        session.play(lambda head, step=step: head.seek(step))
        window.show_now()
        for pane in (surface, contours):
            written.clear()
            pane.grab()
            most = max(most, len(written))
            crosses = contours._ground.rooms_of_crosses(plot_of(contours).place())
            if pane is surface:
                crosses = [label.cross for label in painter_of(surface).over.minimum_names.labels]
            assert len(crosses) == 1
            assert not any(factor.intersects(cross) for factor in written for cross in crosses), (pane, step)
            halos = [factor.adjusted(-1.5, -1.5, 1.5, 1.5) for factor in written]
            assert not any(one.intersects(other) for one, other in combinations(halos, 2)), (pane, step)
    assert most >= 1


def test_nor_does_the_arrow_of_the_step_lie_on_the_factor_of_the_points_or_one_factor_on_another(
    qtbot, monkeypatch
):
    written, shapes = [], []
    paint, paint_factor = ArrowShape.paint, ArrowShape.paint_factor

    def write(*given):
        written.append(paint_factor(*given))
        return written[-1]

    def note(shape, *given):
        shapes.append(shape)
        paint(shape, *given)

    monkeypatch.setattr(ArrowShape, "paint_factor", write)
    monkeypatch.setattr(ArrowShape, "paint", note)
    window, session = shared(qtbot, load_scene(find_scene("stochastic")))
    most = 0
    for step in range(1, 50, 4):
        session.play(lambda head, step=step: head.seek(step))
        window.show_now()
        written.clear()
        shapes.clear()
        window.cards.contours.grab()
        most = max(most, len(written))
        assert not any(shape.lies_on(factor) for shape in shapes for factor in written), step
        assert not any(one.intersects(other) for one, other in combinations(written, 2)), step
    assert most >= 2  # the points' and the step's
