import numpy as np
import pytest

from gdsim.core.model.plane import Plane
from gdsim.core.model.points import PointSet
from gdsim.core.model.view_range import LECTURE_VIEW_RANGE
from gdsim.core.surface.sampling import sample_surface
from gdsim.gui.surface.exact_note import ExactNote
from tests.gui.windows import in_window


@pytest.fixture(scope="module")
def surfaces():
    rng = np.random.default_rng(0)
    near = sample_surface(PointSet(rng.normal(size=9000), rng.uniform(size=9000)), LECTURE_VIEW_RANGE, grid=9)
    return near, sample_surface(PointSet([0.5, 2.5], [0.2, 0.9]), LECTURE_VIEW_RANGE, grid=9)


@pytest.fixture
def note(qtbot):
    return in_window(qtbot, ExactNote(), width=320, height=40)


def test_of_an_exact_surface_nothing_is_said(note, surfaces):
    note.show_surface(surfaces[1])
    assert note.isHidden()


def test_the_error_is_said_and_the_exact_surface_offered(note, surfaces, qtbot):
    near = surfaces[0]
    note.show_surface(near)
    assert not note.isHidden()
    said = note.label.whole()
    assert said.startswith("Within ")
    assert float(said.split()[1]) == pytest.approx(near.error_bound, rel=0.05)
    with qtbot.waitSignal(note.requested):
        note.button.click()


def test_of_a_sample_it_is_said_how_many_points_it_has(note):
    rng = np.random.default_rng(0)
    points, plane = PointSet(rng.normal(size=(9000, 2)), rng.uniform(size=9000)), Plane((0, 1), (0.0,))
    note.show_surface(sample_surface(points, LECTURE_VIEW_RANGE, plane, grid=9))
    said = note.label.whole()
    assert said.startswith("± ")
    assert said.endswith(", from 1,800 of 9,000 points")
    assert note.button.text() == "Exact"


def test_the_work_can_be_stopped(note, surfaces, qtbot):
    note.show_surface(surfaces[0])
    note.show_progress(0.42)
    assert "42\xa0%" in note.label.whole()
    assert note.button.accessibleName() == "Stop the exact surface"
    with qtbot.waitSignal(note.stop_requested), qtbot.assertNotEmitted(note.requested):
        note.button.click()
    note.show_progress(1.0)
    assert note.button.accessibleName() == "Compute the exact surface"
    note.show_surface(surfaces[1])
    assert note.isHidden()
