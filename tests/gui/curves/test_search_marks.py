"""The cut along a step that was looked for: what it says, and what is painted on it."""

from dataclasses import replace

import numpy as np
import pytest

from gdsim.core.analysis.searched import searched_step
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.map_overlays import CutWay
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.model.view_range import ViewRange
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.searches import SEARCHES
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from gdsim.core.surface.sampling import sample_surface
from gdsim.gui.curves.cut_plot import CutPlot
from gdsim.gui.language import speak
from tests.gui.frames import frame_at, look_of
from tests.gui.painted import colliding_texts, cut_texts, painted_texts
from tests.gui.windows import expose, pixels_of, rgb_of


def document(*runs):
    return Experiment(PointSet([1.3, 2.4], [0.15, 0.9]), PointSet.empty(), runs)


@pytest.fixture
def cut(qtbot):
    plot = CutPlot()
    qtbot.addWidget(plot)
    plot.resize(600, 300)
    plot.set_direction(CutWay.STEP)
    return plot


def shown(cut, experiment, cursor=0):
    cut.set_look(look_of(experiment))
    cut.show_surface(sample_surface(experiment.points, experiment.view_range, grid=61))
    cut.show_frame(frame_at(experiment, cursor))
    return cut


def test_newton_s_step_is_said_to_climb(cut):
    newton = Run(SECOND_ORDER_RULES["newton"](), start=(0.0, 6.0), epochs=5)
    seen = shown(cut, document(newton)).picture_in_words()
    assert "The direction leads uphill: g·d = +" in seen
    assert "the step ends at t = 1." in seen


def test_where_a_step_of_a_fixed_length_ends_there_is_a_dot_on_the_curve(cut):
    newton = Run(SECOND_ORDER_RULES["newton"](), start=(0.0, 6.0), epochs=5)
    experiment = replace(document(newton), view_range=ViewRange(-4.0, 12.0, -14.0, 11.0))
    update = frame_at(experiment, 0).update
    shown(cut, experiment)
    length = float(np.linalg.norm(update.after - update.before))
    loss = float(experiment.training.loss(update.after))
    assert cut.untried_end(cut.cut(), cut.found()) == pytest.approx((length, loss), abs=1e-4)
    with_dot = pixels_of(cut)
    cut.untried_end = lambda *_: None
    cut.update()
    changed = np.argwhere((pixels_of(cut) != with_dot).any(axis=-1))
    assert 40 < len(changed) < 200
    assert np.ptp(changed, axis=0).max() < 16


@pytest.mark.parametrize("height", [190, 300])
def test_no_words_are_cut_off_in_a_narrow_pane(cut, height):
    cut.resize(270, height)
    exact = Run(RULES["gd"](), search=SEARCHES["exact"](), start=(0.0, 6.0), epochs=5)
    shown(cut, document(exact))
    pixels = pixels_of(cut)
    edges = np.concatenate([pixels[:, :3], pixels[:, -3:]], axis=1)
    assert (edges == pixels[0, 0]).all()


@pytest.mark.usefixtures("in_english")
def test_what_a_search_found_has_as_many_rows_as_it_needs(qtbot, qapp, cut):
    exact = Run(RULES["gd"](), search=SEARCHES["exact"](), start=(0.0, 6.0), epochs=5)
    speak(qapp, "de")
    cut.resize(288, 300)
    expose(qtbot, shown(cut, document(exact)))
    texts = painted_texts(cut)
    assert {"Versuchen."} <= {one.text for one in texts}  # the last word, in a row of its own
    assert not cut_texts(texts)
    assert not colliding_texts(texts)


def test_tries_are_painted_where_they_were_made(cut):
    armijo = SEARCHES["armijo"]()
    run = Run(RULES["gd"](eta=100.0), search=armijo, start=(3.0, -5.0), epochs=5)
    experiment = document(run)
    update = frame_at(experiment, 0).update
    found = searched_step(update)
    assert len(found.tries) > 1
    assert found.accepted == found.tries[-1].t
    assert found.start.slope == pytest.approx(-float(np.sum(update.gradient**2)))
    assert f"after {len(found.tries)} tries" in shown(cut, experiment).picture_in_words()
    with_marks = cut.grab().toImage()
    cut.show_frame(frame_at(document(Run(RULES["gd"](eta=found.accepted), start=run.start, epochs=5)), 0))
    assert cut.grab().toImage() != with_marks


def test_another_direction_tells_of_no_search(cut):
    run = Run(search=SEARCHES["wolfe"](), start=(3.0, -5.0), epochs=3)
    assert "g·d" in shown(cut, document(run)).picture_in_words()
    cut.set_direction(CutWay.B)
    assert "g·d" not in cut.picture_in_words()


def test_in_little_room_the_plot_comes_before_words(cut):
    experiment = document(Run(SECOND_ORDER_RULES["newton"](), start=(0.0, 6.0), epochs=5))
    colour = rgb_of(look_of(experiment).styles[0].colour)
    rows = []
    for height in (92, 180, 300):
        cut.resize(540, height)
        pixels = pixels_of(shown(cut, experiment))
        painted = np.flatnonzero((pixels == colour).all(axis=-1).any(axis=1))
        rows.append(painted.max() - painted.min())
    assert rows[0] > 15
    assert rows == sorted(rows)
