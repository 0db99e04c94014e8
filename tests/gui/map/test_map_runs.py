"""The runs on the map are painted on layers; what is on them must not depend on how playback came there."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter, QTransform

from gdsim.core.model.experiment import Run
from gdsim.core.rules.catalogue import RULES
from gdsim.gui.map.map_path import MapPath, MapRows, MapStage
from gdsim.gui.map.map_runs import MapRuns
from gdsim.gui.paint.strokes import TrailStyle
from gdsim.gui.style.theme import RunStyle
from tests.core.records import computed
from tests.gui.frames import frame_at, look_of, scene

SIZE = 400
CARD = "#808080"


@pytest.fixture
def valley():
    return scene("valley")


def placed(window) -> QTransform:
    """Return where the window's places are on a square picture."""
    across, down = SIZE / (window.w_max - window.w_min), -SIZE / (window.b_max - window.b_min)
    return QTransform(across, 0, 0, down, -across * window.w_min, -down * window.b_max)


def picture(runs, window):
    image = QImage(SIZE, SIZE, QImage.Format.Format_RGB32)
    image.fill(QColor(CARD))
    painter = QPainter(image)
    painter.setWorldTransform(placed(window))
    runs.paint(painter)
    painter.end()
    return np.frombuffer(image.constBits(), np.uint8).reshape(SIZE, SIZE, 4)[..., :3].astype(int)


def shown(experiment, steps):
    runs = MapRuns()
    runs.set_look(look_of(experiment))
    records = computed(experiment)
    for step in steps:
        runs.show_frame(frame_at(experiment, step, records))
        last = picture(runs, experiment.window)
    return last


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("way", [range(0, 301, 3), (300, 12, 299, 300), (600, 300)])
def test_a_step_looks_the_same_however_one_came_there(valley, way):
    at_once, step_by_step = shown(valley, [300]), shown(valley, way)
    painted = np.abs(at_once - int(CARD[1:3], 16)).max(axis=2) > 0
    assert painted.sum() > 1000
    # Where parts of a line meet, and in the dashes that begin there, single pixels may differ.
    assert np.abs(at_once - step_by_step).max(axis=2)[painted].mean() < 1.0


@pytest.mark.usefixtures("qapp")
def test_every_shown_run_ends_in_its_marker_and_a_hidden_one_is_not_painted(valley):
    runs = (valley.runs[0], replace(valley.runs[1], hidden=True))
    both, one = shown(valley, [200]), shown(replace(valley, runs=runs), [200])
    place = placed(valley.window)
    look = look_of(valley)
    for index, view in enumerate(frame_at(valley, 200).views[:2]):
        x, y = place.map(float(view.p[0]), float(view.p[-1]))
        colour = QColor(look.styles[index].colour)
        wanted = [colour.blue(), colour.green(), colour.red()]
        near = both[int(y) - 3 : int(y) + 4, int(x) - 3 : int(x) + 4].reshape(-1, 3)
        assert (np.abs(near - wanted).sum(axis=1) < 40).any()
        if index == 1:
            gone = one[int(y) - 3 : int(y) + 4, int(x) - 3 : int(x) + 4].reshape(-1, 3)
            assert not (np.abs(gone - wanted).sum(axis=1) < 40).any()


@pytest.mark.usefixtures("qapp")
def test_a_very_long_way_is_painted_in_pieces(valley, monkeypatch):
    """Qt takes seconds to stroke one that crosses itself again and again as a single shape."""
    pieces = []
    stroke = QPainter.strokePath

    def counting(painter, path, pen):
        pieces.append(path.elementCount())
        stroke(painter, path, pen)

    monkeypatch.setattr(QPainter, "strokePath", counting)
    wild = replace(valley, runs=(Run(RULES["momentum"](eta=100.0, gamma=0.99), epochs=4000),))
    shown(wild, [4000])
    assert max(pieces, default=0) < 500
    shown(valley, [100])
    assert pieces


@pytest.mark.usefixtures("qapp")
def test_another_stage_or_style_is_painted_anew(valley):
    stage = MapStage((10.0, -10.0), (200.0, 200.0), SIZE, SIZE, 1.0)
    style = TrailStyle(RunStyle("#ff0000", (), "o"), "#ffffff", 2.2)
    records = computed(valley)
    view = frame_at(valley, 300, records).views[1]
    rows = MapRows(stage.scale, view.trajectory)
    path = MapPath(stage, view, style, rows)
    path.advance(view)
    assert path.fits(stage, view, style)
    assert not path.fits(stage._replace(shift=(0.0, 0.0)), view, style)
    assert not path.fits(stage, view, replace(style, width=3.0))
    assert path.fits(stage, frame_at(valley, 310, records).views[1], style)
    assert not path.fits(stage, frame_at(valley, 0, records).views[1], style)
    assert rows.fit(stage.scale, view.trajectory)
    assert not rows.fit((10.0, -9.0), view.trajectory)
    assert not rows.fit(stage.scale, records[0])
