"""Arrows against the gradient all over the map."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF

from gdsim.core.model.map_overlays import MapOverlays
from gdsim.core.model.neuron import Neuron
from gdsim.core.surface.field import field_arrows
from gdsim.core.surface.sampling import sample_surface
from gdsim.gui.map.contour_pane import ContourPane
from gdsim.gui.paint.still_plot import PlotMapping
from tests.gui.frames import frame_at, look_of, scene
from tests.gui.windows import in_window, pixels_of

PLACE = PlotMapping((20.0, -20.0), (200.0, 200.0), QRectF(0.0, 0.0, 400.0, 400.0), 400, 400)


def arrows_of(experiment):
    surface = sample_surface(experiment.points, experiment.view_range)
    return field_arrows(surface, PLACE.scale, PLACE.shift, (0.0, 0.0), (400.0, 400.0))


def test_every_arrow_points_against_the_gradient_at_its_middle():
    experiment = scene("valley")
    lines = arrows_of(experiment)
    shafts = lines[: len(lines) // 3]
    assert len(shafts) > 40
    middles = 0.5 * (shafts[:, :2] + shafts[:, 2:])
    places = (middles - PLACE.shift) / PLACE.scale
    down = -Neuron.fitting(experiment.points).gradient(places) * PLACE.scale
    ways = shafts[:, 2:] - shafts[:, :2]
    cosines = (ways * down).sum(axis=1) / (np.hypot(*ways.T) * np.hypot(*down.T))
    assert cosines == pytest.approx(np.ones(len(ways)), abs=1e-9)


def test_a_steeper_place_has_a_longer_arrow():
    experiment = scene("valley")
    lines = arrows_of(experiment)
    shafts = lines[: len(lines) // 3]
    places = (0.5 * (shafts[:, :2] + shafts[:, 2:]) - PLACE.shift) / PLACE.scale
    slopes = np.hypot(*Neuron.fitting(experiment.points).gradient(places).T)
    lengths = np.hypot(*(shafts[:, 2:] - shafts[:, :2]).T)
    order = np.argsort(slopes)
    assert (np.diff(lengths[order]) > -1e-9).all()
    assert lengths.max() <= 26.0 + 1e-9


def test_it_is_painted_while_it_is_on(qtbot):
    experiment = scene("valley")
    pane = ContourPane()
    pane.set_look(look_of(experiment))
    pane.show_view_range(experiment.view_range)
    pane = in_window(qtbot, pane, 420, 420)
    pane.show_surface(sample_surface(experiment.points, experiment.view_range))
    pane.show_frame(frame_at(experiment, 0))
    without = pixels_of(pane)
    pane.set_drawn(MapOverlays(field=True))
    assert (pixels_of(pane) != without).any()
    pane.set_drawn(MapOverlays())
    assert (pixels_of(pane) == without).all()
