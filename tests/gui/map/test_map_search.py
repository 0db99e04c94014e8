"""The cut's line, and the tries of a search, on the contour map and on the surface."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from gdsim.core.model.experiment import Experiment
from gdsim.core.model.map_overlays import CutWay, MapOverlays
from gdsim.core.model.plane import W_AND_B
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.searches import SEARCHES
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from gdsim.core.surface.sampling import sample_surface
from gdsim.gui.arrows.choice import ArrowChoice, Layer
from gdsim.gui.arrows.search_marks import cut_line, paint_tries, shown_tries
from gdsim.gui.map.contour_pane import ContourPane
from gdsim.gui.map.map_search import MapSearch
from gdsim.gui.paint.still_plot import PlotMapping
from gdsim.gui.style.theme import LIGHT
from gdsim.gui.surface.painter import SurfacePainter
from tests.core.planes import of_w_and_b
from tests.gui.frames import frame_at, look_of
from tests.gui.windows import like, pixels_of

# Forty pixels to a unit, with (3, -5) at (200, 200).
PLACE = PlotMapping((40.0, -40.0), (80.0, 0.0), QRectF(0.0, 0.0, 400.0, 400.0), 400, 400)
START = (3.0, -5.0)


def document(run):
    return Experiment(PointSet([1.3, 2.4], [0.15, 0.9]), PointSet.empty(), (run,))


def searched(search="armijo", rule=RULES["gd"], eta=100.0):
    return document(Run(rule(eta=eta), search=SEARCHES[search](), start=START, epochs=5))


def surface_of(experiment):
    return sample_surface(experiment.points, experiment.view_range, grid=61)


USUAL = ArrowChoice()


def painted(frame, cut=None, choice=USUAL):
    layer, image = MapSearch(), QImage(400, 400, QImage.Format.Format_ARGB32)
    line = cut_line(cut, frame, surface_of(document(frame.current.run)))
    layer.show(line, shown_tries(frame, choice), W_AND_B)
    image.fill(QColor("#808080"))
    painter = QPainter(image)
    layer.paint(painter, PLACE)
    layer.paint_tries(painter, PLACE)
    painter.end()
    return pixels_of(image)


def test_dots_stand_where_the_tries_were_and_one_is_full(qapp):
    frame = frame_at(searched(), 0)
    found, pixels = shown_tries(frame, ArrowChoice()), painted(frame)
    gradient, seen = frame.update.gradient, 0
    assert found.tries[0].t == 100.0
    for number, one in enumerate(found.tries):
        place = np.array(START) - one.t * gradient
        assert found.places[number] == pytest.approx(place)
        across, down = np.round(PLACE.pixels(place)).astype(int)
        if 0 <= across < 400 and 0 <= down < 400:
            seen += 1
            assert like(pixels[down, across], LIGHT.text if number == found.taken else LIGHT.halo)
    assert seen >= 3
    assert found.taken == len(found.tries) - 1


@pytest.mark.parametrize("search", ["list", "exact", "armijo", "wolfe"])
@pytest.mark.parametrize("rule", ["newton", "bfgs", "conjugate-gradient"])
def test_the_taken_try_leads_where_the_run_goes(search, rule, qapp):
    experiment = searched(search, SECOND_ORDER_RULES[rule], 1.0)
    frame = frame_at(experiment, 2)
    found = shown_tries(frame, ArrowChoice())
    if found is not None:  # Newton may stop before
        assert found.places[found.taken] == pytest.approx(frame.update.after)


def test_no_dots_without_a_search_a_wish_or_a_visible_run(qapp):
    frame = frame_at(searched(), 0)
    assert shown_tries(frame, ArrowChoice()) is not None
    assert shown_tries(frame, ArrowChoice(on=False)) is None
    assert shown_tries(frame, ArrowChoice(layers=frozenset(Layer) - {Layer.TRIES})) is None
    hidden = tuple(replace(view, run=replace(view.run, hidden=True)) for view in frame.views)
    assert shown_tries(replace(frame, views=hidden), ArrowChoice()) is None
    for run in (Run(), Run(SECOND_ORDER_RULES["levenberg-marquardt"](), start=START)):
        assert shown_tries(frame_at(document(run), 0), ArrowChoice()) is None


def test_the_line_of_the_cut_goes_through_the_run_along_the_step(qapp):
    frame = frame_at(searched(), 0)
    line = cut_line(CutWay.STEP, frame, surface_of(searched()))
    along = line[1] - line[0]
    step = frame.update.after - frame.update.before
    assert along @ step == pytest.approx(np.linalg.norm(along) * np.linalg.norm(step))
    beside = np.array(START) - line[0]
    assert along[0] * beside[1] == pytest.approx(along[1] * beside[0])
    no_tries = ArrowChoice(layers=frozenset())
    assert (painted(frame, CutWay.STEP, no_tries) != painted(frame, None, no_tries)).any(axis=2).sum() > 200


@pytest.mark.parametrize(
    ("cut", "way"),
    [
        (CutWay.W, (1.0, 0.0)),
        (CutWay.B, (0.0, 1.0)),
        (90, (0.0, 1.0)),
    ],
)
def test_a_way_that_was_chosen_is_drawn(cut, way, qapp):
    line = cut_line(cut, frame_at(searched(), 0), surface_of(searched()))
    assert (line[1] - line[0]) / np.linalg.norm(line[1] - line[0]) == pytest.approx(way, abs=1e-12)


def test_there_is_no_line_where_there_is_no_cut():
    frame, surface = frame_at(searched(), 0), surface_of(searched())
    assert cut_line(None, frame, surface) is None
    assert cut_line(CutWay.STEP, None, surface) is None
    assert cut_line(CutWay.STEP, frame, None) is None
    assert cut_line(CutWay.STEP, replace(frame, views=()), surface) is None


def test_the_map_tells_of_the_tries(qtbot):
    pane, experiment = ContourPane(), searched()
    qtbot.addWidget(pane)
    pane.set_look(look_of(experiment))
    pane.show_surface(surface_of(experiment))
    pane.show_frame(frame_at(experiment, 0))
    found = shown_tries(frame_at(experiment, 0), ArrowChoice())
    assert found.sentence in pane.picture_in_words()
    pane.set_arrows(ArrowChoice(on=False))
    assert found.sentence not in pane.picture_in_words()


def test_they_are_painted_on_the_map_of_a_scene_with_more_inputs_until_its_own_is_there(qtbot):
    pane, experiment = ContourPane(), searched()
    qtbot.addWidget(pane)
    pane.resize(400, 400)
    pane.set_look(look_of(experiment))
    points = PointSet([[1.3, 0.0, 2.0], [2.4, 1.0, 0.0]], [0.15, 0.9])
    pane.show_surface(sample_surface(points, experiment.view_range, of_w_and_b((0.0, 0.0)), grid=61))
    pane.show_frame(frame_at(experiment, 0))
    before = pane.grab().toImage()
    pane.set_arrows(ArrowChoice(layers=frozenset()))
    assert pane.grab().toImage() != before


@pytest.mark.parametrize("what", ["tries", "line"])
def test_the_surface_has_them_too(what, qtbot):
    experiment = searched()
    pane = SurfacePainter()
    qtbot.addWidget(pane)
    pane.resize(400, 400)
    pane.set_look(look_of(experiment))
    pane.show_surface(surface_of(experiment))
    pane.show_frame(frame_at(experiment, 0))
    pane.set_arrows(ArrowChoice(kinds=frozenset(), layers=frozenset()))
    before = pane.grab().toImage()
    if what == "tries":
        pane.set_arrows(ArrowChoice(kinds=frozenset(), layers=frozenset({Layer.TRIES})))
    else:
        pane.set_drawn(MapOverlays(cut=CutWay.STEP))
    assert pane.grab().toImage() != before
    pane.set_arrows(ArrowChoice(kinds=frozenset(), layers=frozenset()))
    pane.set_drawn(MapOverlays())
    assert pane.grab().toImage() == before


def test_numbers_that_would_lie_on_each_other_are_left_out(qapp):
    def dark(places, **more):
        image = QImage(100, 60, QImage.Format.Format_ARGB32)
        image.fill(QColor("white"))
        painter = QPainter(image)
        paint_tries(painter, places, None, LIGHT, **more)
        painter.end()
        return int((pixels_of(image) < 128).all(axis=-1).sum())

    one, near, far = QPointF(20.0, 40.0), QPointF(21.0, 40.0), QPointF(60.0, 40.0)
    assert dark([one, far]) > dark([one, far], numbered=False)
    only_dots = dark([one, near], numbered=False)
    assert dark([one, near]) - only_dots < dark([one, far]) - dark([one, far], numbered=False)
