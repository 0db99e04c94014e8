"""The pictures that trails are painted on: they are large, and go with what they were painted for."""

import numpy as np
import pytest

from gdsim.core.surface.sampling import sample_surface
from gdsim.gui.map.contour_pane import ContourPane
from gdsim.gui.style.theme import DARK, LIGHT
from gdsim.gui.surface.painter import SurfacePainter
from tests.core.records import computed
from tests.gui.frames import frame_at, look_of, scene
from tests.gui.trails import note_trails
from tests.gui.windows import pixels_of

# How far the red, green or blue of a pixel may be from what it would be if a trail were painted anew, of 255:
# where a line crosses itself, what shines through at its edges is rounded twice.
_ROUNDED = 2

EVERY_KIND = pytest.mark.parametrize("kind", [ContourPane, SurfacePainter])


@EVERY_KIND
def test_those_of_another_size_are_gone_at_once(qtbot, monkeypatch, kind):
    made = note_trails(monkeypatch)
    experiment = scene("first-neuron")
    pane = _pane(qtbot, kind, experiment, LIGHT)
    runs, sizes = len(experiment.runs), 3
    for index in range(sizes):
        pane.resize(420 + 10 * index, 380)
        pixels_of(pane)
    # The garbage collector, which would find them in the end, looks only after a test.
    alive = [trail for trail in made if trail() is not None]
    assert len(made) >= sizes * runs
    assert len(alive) == runs


@EVERY_KIND
def test_in_another_theme_they_have_its_colours_and_are_not_painted_anew(qtbot, monkeypatch, kind):
    experiment = scene("first-neuron")
    fresh = {theme: pixels_of(_pane(qtbot, kind, experiment, theme)).astype(int) for theme in (LIGHT, DARK)}
    pane = _pane(qtbot, kind, experiment, LIGHT)
    made = note_trails(monkeypatch)
    for theme in (DARK, LIGHT, DARK):
        pane.set_look(look_of(experiment, theme))
        far = np.abs(pixels_of(pane).astype(int) - fresh[theme]).max(axis=2)
        assert far.max() <= _ROUNDED, np.argwhere(far > _ROUNDED)
    assert made == []
    pane.set_look(look_of(experiment, DARK)._replace(ui_scale=2.0))
    pixels_of(pane)
    assert len(made) == len(experiment.runs)


def _pane(qtbot, kind, experiment, theme):
    pane = kind()
    qtbot.addWidget(pane)
    pane.resize(420, 380)
    pane.set_look(look_of(experiment, theme))
    pane.show_surface(sample_surface(experiment.points, experiment.view_range))
    pane.show_frame(frame_at(experiment, 60, computed(experiment)))
    pixels_of(pane)  # from this axes learn how much room their numbers take
    return pane
