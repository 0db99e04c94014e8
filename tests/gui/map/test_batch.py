"""The points of an update on the map: their pulls, and the contours of their loss."""

import threading

import numpy as np
import pytest
import shiboken6

from gdsim.core.analysis.batch_view import point_pulls, pull_scale
from gdsim.core.analysis.update import update_of
from gdsim.core.model.batching import BATCH, MINI_BATCH, STOCHASTIC
from gdsim.core.model.view_range import ViewRange
from gdsim.core.rules.catalogue import RULES
from gdsim.core.surface import sampling
from gdsim.core.surface.sampling import sample_surface
from gdsim.gui.map.batch_contours import BatchContours
from gdsim.gui.map.map_arrows import MapArrows
from gdsim.gui.paint.plot import make_still_plot
from gdsim.gui.paint.thin_curve import ThinCurve
from gdsim.gui.style.theme import DARK, LIGHT, Look
from gdsim.session import tasks
from tests.core.records import columns_of, one_run, run_of
from tests.gui.frames import scene
from tests.gui.windows import expose, item_of, near

POINTS = scene("mini-batch").points
WINDOW = ViewRange(-6.0, 6.0, -6.0, 6.0)


def update(t=7, batching=None):
    run = run_of(RULES["gd"], epochs=9, batching=batching or MINI_BATCH(size=2))
    return update_of(one_run(run, POINTS), run, columns_of(run, POINTS), t)


@pytest.fixture
def plot(qtbot):
    plot = make_still_plot("w", "b")
    plot.resize(300, 300)
    plot.setBackground("#ffffff")
    plot.getViewBox().setRange(xRange=(-6, 6), yRange=(-6, 6), padding=0.0)
    expose(qtbot, plot)
    return plot


@pytest.fixture
def marks(plot):
    marks = MapArrows()
    marks.set_look(Look(LIGHT))
    plot.moving = marks.paint
    return marks


@pytest.fixture
def contours(plot):
    contours = BatchContours(plot)
    contours.set_theme(LIGHT)
    contours.set_visible(True)
    return contours


def is_drawn(plot):
    return item_of(plot, ThinCurve).isVisible()


def pulls(one, window=WINDOW):
    """Return where the points of an update pull, on their scale over a window."""
    each = point_pulls(one)
    return each, pull_scale(one, each, None, window)


def test_single_pulls_their_sum_and_the_ghost_of_all_points_are_drawn(plot, marks):
    marks.show(None, "", pulls(update()))
    assert near(plot, LIGHT.accent) > 10
    assert near(plot, LIGHT.gradient) > 10
    assert near(plot, LIGHT.muted) > 10


def test_where_all_points_are_used_there_is_no_ghost(plot, marks):
    without_any = near(plot, LIGHT.muted)
    marks.show(None, "", pulls(update(batching=BATCH())))
    assert near(plot, LIGHT.gradient) > 10
    of_factor = near(plot, LIGHT.muted) - without_any  # rims of its letters
    assert of_factor < 12
    marks.show(None, "", pulls(update(batching=STOCHASTIC())))
    assert near(plot, LIGHT.muted) > without_any + of_factor + 10


def test_nothing_is_drawn_without_pulls(plot, marks):
    marks.show(None, "", pulls(update()))
    assert near(plot, LIGHT.gradient) > 10
    marks.show(None, "", None)
    assert near(plot, LIGHT.gradient) == 0


@pytest.mark.parametrize(
    "view_range", [ViewRange(-1e90, 1e90, -1e90, 1e90), ViewRange(1.0, 1.0 + 1e-7, 2.0, 2.0 + 1e-7)]
)
def test_extreme_view_ranges_are_drawn(plot, marks, view_range):
    plot.getViewBox().setRange(
        xRange=(view_range.w_min, view_range.w_max), yRange=(view_range.b_min, view_range.b_max), padding=0.0
    )
    marks.show(None, "", pulls(update(), view_range))
    marks.set_look(Look(DARK))
    assert not plot.grab().isNull()


def test_a_pause_brings_the_contours_of_the_update_s_points(plot, contours, qtbot):
    one = update(batching=STOCHASTIC())
    contours.show_when_paused(one, WINDOW)
    assert not is_drawn(plot)
    qtbot.waitUntil(lambda: is_drawn(plot))
    x, y = item_of(plot, ThinCurve).getData()
    good = np.isfinite(x)
    loss = sample_surface(POINTS.taken(one.rows), WINDOW).loss_at(x[good], y[good])
    # The lines follow single heights of the loss over this one point.
    assert len(np.unique(np.round(loss, 2))) < 12


def test_playback_takes_them_away_and_asks_for_none(plot, contours, qtbot):
    contours.show_when_paused(update(), WINDOW)
    qtbot.waitUntil(lambda: is_drawn(plot))
    contours.hide()
    assert not is_drawn(plot)
    contours.show_when_paused(update(t=8), WINDOW)
    assert contours.is_waiting
    contours.hide()
    assert not contours.is_waiting
    assert not is_drawn(plot)


def test_they_are_computed_beside_the_window(plot, contours, qtbot, monkeypatch):
    threads = []

    def sampled(*args, **options):
        threads.append(threading.current_thread())
        return sample_surface(*args, **options)

    monkeypatch.setattr(sampling, "sample_surface", sampled)
    contours.show_when_paused(update(batching=STOCHASTIC()), WINDOW)
    qtbot.waitUntil(lambda: is_drawn(plot))
    assert [one is threading.main_thread() for one in threads] == [False]


def test_what_is_asked_for_last_is_drawn(plot, contours, qtbot):
    first, second = update(t=7, batching=STOCHASTIC()), update(t=8, batching=STOCHASTIC())
    contours.show_when_paused(first, WINDOW)
    qtbot.waitUntil(lambda: is_drawn(plot))
    lines = item_of(plot, ThinCurve).getData()
    contours.show_when_paused(second, WINDOW)
    assert contours.is_waiting
    contours.show_when_paused(first, WINDOW)
    assert not contours.is_waiting
    assert is_drawn(plot)
    np.testing.assert_array_equal(item_of(plot, ThinCurve).getData(), lines)


def test_nothing_is_drawn_on_a_map_that_is_gone(qapp):
    plot = make_still_plot("w", "b")
    contours = BatchContours(plot)
    contours.set_visible(True)
    contours.show_when_paused(update(), WINDOW)
    assert contours.is_waiting
    shiboken6.delete(plot)
    assert not contours.is_waiting


def test_what_is_computed_for_a_map_that_goes_meanwhile_is_drawn_nowhere(qapp, qtbot, monkeypatch):
    begun, may_end = threading.Event(), threading.Event()

    def sampled(*args, **options):
        begun.set()
        may_end.wait(20.0)
        return sample_surface(*args, **options)

    monkeypatch.setattr(sampling, "sample_surface", sampled)
    monkeypatch.setattr(tasks, "LAST_SECONDS", 0.0)  # the thread ends after the map has gone
    plot = make_still_plot("w", "b")
    contours = BatchContours(plot)
    contours.set_visible(True)
    contours.show_when_paused(update(), WINDOW)
    qtbot.waitUntil(begun.is_set)
    shiboken6.delete(plot)
    assert tasks.is_anything_left()
    may_end.set()
    qtbot.waitUntil(lambda: not tasks.is_anything_left())
    qapp.processEvents()
    assert not contours.is_waiting


def test_the_same_points_are_not_computed_again(plot, contours, qtbot):
    contours.show_when_paused(update(), WINDOW)
    qtbot.waitUntil(lambda: is_drawn(plot))
    contours.hide()
    contours.show_when_paused(update(t=10), WINDOW)  # an epoch later
    assert is_drawn(plot)
    assert not contours.is_waiting


def test_all_points_have_their_contours_already(contours):
    for batching in (BATCH(), MINI_BATCH(size=9)):
        contours.show_when_paused(update(batching=batching), WINDOW)
        assert not contours.is_waiting
    contours.set_visible(False)
    contours.show_when_paused(update(), WINDOW)
    assert not contours.is_waiting
