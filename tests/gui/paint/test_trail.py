"""The pictures that trails are painted on are large: they go with what they were painted for."""

import pytest

from gdsim.core.surface.surface import sample_surface
from gdsim.gui.map.contour_pane import ContourPane
from gdsim.gui.surface.panes import SurfacePainter
from tests.core.records import computed
from tests.gui.frames import frame_at, look_of, scene
from tests.gui.trails import note_trails
from tests.gui.windows import pixels_of


@pytest.mark.parametrize("kind", [ContourPane, SurfacePainter])
def test_those_of_another_size_are_gone_at_once(qtbot, monkeypatch, kind):
    made = note_trails(monkeypatch)
    experiment = scene("first-neuron")
    pane = kind()
    qtbot.addWidget(pane)
    pane.set_look(look_of(experiment))
    pane.show_surface(sample_surface(experiment.points, experiment.view_range))
    pane.show_frame(frame_at(experiment, 60, computed(experiment)))
    runs, sizes = len(experiment.runs), 6
    for index in range(sizes):
        pane.resize(420 + 10 * index, 380)
        pixels_of(pane)
    # The garbage collector, which would find them in the end, looks only after a test.
    alive = [trail for trail in made if trail() is not None]
    assert len(made) >= sizes * runs
    assert len(alive) == runs
