"""Of very long runs as much is painted at once as there is time for: the window must not stand still."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QApplication

from gdsim.core.surface.sampling import sample_surface
from gdsim.gui.map.contour_pane import ContourPane
from gdsim.gui.paint.budget import all_at_once
from gdsim.gui.surface.painter import SurfacePainter
from tests.gui.frames import look_of, scribbles
from tests.gui.windows import expose, pixels_of

EVERY_KIND = pytest.mark.parametrize("kind", [ContourPane, SurfacePainter])
RUNS, STEPS = 9, 40_000


def pane_of(qtbot, kind, experiment, frame):
    pane = kind()
    qtbot.addWidget(pane)
    pane.resize(420, 380)
    pane.set_look(look_of(experiment))
    pane.show_surface(sample_surface(experiment.points, experiment.view_range))
    pixels_of(pane)  # from this axes learn how much room their numbers take
    pane.show_frame(frame)
    return pane


class PaintCount(QObject):
    """Counts what is painted."""

    def __init__(self):
        super().__init__()
        self.total, self.before = 0, 0
        QApplication.instance().installEventFilter(self)

    def eventFilter(self, _watched, event):
        self.total += event.type() == QEvent.Type.Paint
        return False

    def stands(self):
        """Return whether nothing was painted since it was asked the last time."""
        before, self.before = self.before, self.total
        return 0 < before == self.total


def whole_picture(*of):
    with all_at_once():
        return pixels_of(pane_of(*of))


@EVERY_KIND
def test_a_picture_of_many_long_runs_shows_some_and_the_next_ones_show_the_rest(qtbot, monkeypatch, kind):
    experiment, frame = scribbles(RUNS, STEPS)
    whole = whole_picture(qtbot, kind, experiment, frame)
    pane = pane_of(qtbot, kind, experiment, frame)
    points, draw = [0], QPainter.drawPolyline

    def counting(painter, some):
        points[-1] += len(some)
        draw(painter, some)

    monkeypatch.setattr(QPainter, "drawPolyline", counting)
    colour = QColor(look_of(experiment).styles[0].colour)
    chosen = [colour.red(), colour.green(), colour.blue()]
    while not np.array_equal(painted := pixels_of(pane), whole):
        if len(points) == 1:
            assert (painted == chosen).all(axis=2).sum() > 100, "the selected run comes first"
        points.append(0)
    assert max(points) < sum(points) / 2.0


@EVERY_KIND
def test_what_is_left_is_painted_without_being_asked_for(qtbot, kind):
    pane, count = pane_of(qtbot, kind, *scribbles(RUNS, STEPS)), PaintCount()
    expose(qtbot, pane)
    qtbot.waitUntil(count.stands)
    painted = pixels_of(pane)
    with all_at_once():
        np.testing.assert_array_equal(painted, pixels_of(pane))


@EVERY_KIND
def test_usual_runs_are_painted_at_once(qtbot, kind):
    of = qtbot, kind, *scribbles(10, 1000, 0.02)
    np.testing.assert_array_equal(pixels_of(pane_of(*of)), whole_picture(*of))
