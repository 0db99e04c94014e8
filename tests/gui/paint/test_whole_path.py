"""While a start is dragged all of the path is drawn faintly, and follows; at any other time it is not."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from gdsim.core.surface.sampling import sample_surface
from gdsim.gui.map.contour_pane import ContourPane
from gdsim.gui.surface.painter import SurfacePainter
from tests.core.records import computed
from tests.gui.frames import frame_at, look_of, scene
from tests.gui.windows import expose, pixels_of


@pytest.fixture(params=[ContourPane, SurfacePainter])
def shown(request, qtbot):
    """Return a function that shows a run from a start, and returns the pixels of the pane."""
    experiment = replace(scene("first-neuron"), runs=scene("first-neuron").runs[:2])
    pane = request.param()
    pane.resize(420, 380)
    pane.set_look(look_of(experiment))
    if isinstance(pane, ContourPane):
        pane.show_view_range(experiment.view_range)
    pane.show_surface(sample_surface(experiment.points, experiment.view_range))
    expose(qtbot, pane)

    def show(start, *, step=0, dragging=True):
        first, second = experiment.runs
        moved = replace(experiment, runs=(replace(first, start=start), second))
        pane.show_frame(replace(frame_at(moved, step, computed(moved)), dragging=dragging))
        QApplication.processEvents()
        return pixels_of(pane)

    return show


def test_the_whole_path_is_there_at_step_0_and_only_while_it_is_dragged(shown):
    plain, dragged = shown((-1.0, 3.0), dragging=False), shown((-1.0, 3.0))
    assert (plain != dragged).any(axis=2).sum() > 60
    np.testing.assert_array_equal(shown((-1.0, 3.0), dragging=False), plain)


def test_it_follows_the_start(shown):
    def whole(start):
        return (shown(start) != shown(start, dragging=False)).any(axis=2)

    one, other = whole((-1.0, 3.0)), whole((4.0, 4.0))
    assert one.sum() > 60 < other.sum()
    assert (one & other).sum() < 0.7 * min(one.sum(), other.sum())
    np.testing.assert_array_equal(whole((-1.0, 3.0)), one)
