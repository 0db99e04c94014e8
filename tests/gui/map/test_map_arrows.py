"""Arrows on the contour map: where they should be, in their colours, and not where they should not."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from gdsim.core.analysis.arrow_lengths import Lengths
from gdsim.core.analysis.arrows import ArrowKind
from gdsim.core.model.experiment import Experiment, Run, ViewRange
from gdsim.core.model.points import PointSet
from gdsim.core.rules.catalogue import RULES
from gdsim.core.surface.surface import sample_surface
from gdsim.gui.arrows.choice import ArrowChoice, drawing_of
from gdsim.gui.arrows.paint import arrow_style
from gdsim.gui.map.contour_pane import ContourPane
from gdsim.gui.style.theme import LIGHT, THEMES
from tests.core.records import computed
from tests.gui.frames import frame_at, frame_of_rule, look_of, runs_of_every_rule
from tests.gui.windows import has_near, like, pixels_of, plot_of, where

EXPERIMENT, _ = runs_of_every_rule()


@pytest.fixture(scope="module")
def surface():
    return sample_surface(EXPERIMENT.points, EXPERIMENT.view_range)


@pytest.fixture
def pane(qtbot, surface):
    pane = ContourPane()
    qtbot.addWidget(pane)
    pane.resize(460, 460)
    pane.set_look(look_of(EXPERIMENT))
    pane.show_view_range(EXPERIMENT.view_range)
    pane.show_surface(surface)
    with qtbot.waitExposed(pane):
        pane.show()
    return pane


def picture(pane):
    QApplication.processEvents()
    return pixels_of(plot_of(pane))


def count(pane, kind, theme=LIGHT):
    return int(like(picture(pane), arrow_style(kind, theme).colour).sum())


def pixel_of(pane, place):
    return np.array(where(plot_of(pane), *place).toTuple())


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("rule", RULES)
def test_arrows_end_where_the_numbers_say(pane, rule, theme):
    pane.set_look(look_of(EXPERIMENT, theme))
    choice = ArrowChoice(kinds=frozenset(ArrowKind))
    pane.set_arrows(choice)
    frame = frame_of_rule(rule)
    pane.show_frame(frame)
    pixels = picture(pane)
    drawing = drawing_of(frame, choice, EXPERIMENT.view_range)
    assert len(drawing.arrows) >= 2
    step = next(arrow for arrow in drawing.arrows if arrow.kind is ArrowKind.STEP)
    for arrow in drawing.arrows:
        end = pixel_of(pane, arrow.end)
        length = np.hypot(*(end - pixel_of(pane, arrow.start)))
        covered = arrow.kind is not ArrowKind.STEP and np.hypot(*(end - pixel_of(pane, step.end))) < 12
        if length > 20 and not covered and not arrow.ghost:
            found = like(pixels, arrow_style(arrow.kind, theme).colour)
            assert has_near(found, end), arrow.kind
            middle = (0.6 * end + 0.4 * pixel_of(pane, arrow.start)).astype(int)
            assert has_near(found, middle), arrow.kind


def test_the_step_of_true_length_ends_where_the_run_goes_next(pane):
    frame = frame_of_rule("momentum")
    pane.set_arrows(ArrowChoice(kinds=frozenset({ArrowKind.STEP}), lengths=Lengths.TRUE))
    pane.show_view_range(ViewRange(2.0, 4.0, -2.0, 0.0))
    pane.show_frame(frame)
    found = like(picture(pane), LIGHT.text)
    tip = pixel_of(pane, frame.update.after)
    assert has_near(found, tip, 4)
    way = (tip - pixel_of(pane, frame.update.before)) / np.hypot(*(tip - pixel_of(pane, frame.update.before)))
    assert not has_near(found, (tip + 8 * way).astype(int), 3)


def test_the_highlighted_part_stands_out(pane):
    counts = {}
    for part in ("", "gradient", "memory", "update"):
        pane.show_frame(frame_of_rule("momentum", part, step=10))
        counts[part] = {kind: count(pane, kind) for kind in (ArrowKind.GRADIENT, ArrowKind.CARRIED)}
    assert counts["gradient"][ArrowKind.GRADIENT] > 1.2 * counts[""][ArrowKind.GRADIENT] > 100
    assert counts["gradient"][ArrowKind.CARRIED] < 5
    assert counts["memory"][ArrowKind.CARRIED] > 1.2 * counts[""][ArrowKind.CARRIED] > 100
    assert counts["update"][ArrowKind.GRADIENT] < 5


def test_the_highlighted_part_shows_what_is_switched_off(pane):
    pane.set_arrows(ArrowChoice(kinds=frozenset({ArrowKind.STEP})))
    pane.show_frame(frame_of_rule("momentum"))
    assert count(pane, ArrowKind.GRADIENT) < 5
    pane.show_frame(frame_of_rule("momentum", "gradient"))
    assert count(pane, ArrowKind.GRADIENT) > 100


def test_switches_take_arrows_away_and_bring_them_back(pane):
    pane.show_frame(frame_of_rule("momentum"))
    whole = {kind: count(pane, kind) for kind in (ArrowKind.GRADIENT, ArrowKind.CARRIED)}
    pane.set_arrows(ArrowChoice(kinds=frozenset({ArrowKind.CARRIED})))
    assert count(pane, ArrowKind.GRADIENT) < 5
    assert count(pane, ArrowKind.CARRIED) >= whole[ArrowKind.CARRIED]
    pane.set_arrows(ArrowChoice(on=False))
    assert count(pane, ArrowKind.CARRIED) < 5
    pane.set_arrows(ArrowChoice())
    assert count(pane, ArrowKind.GRADIENT) == whole[ArrowKind.GRADIENT]


def test_without_an_update_or_a_visible_run_there_are_no_arrows(pane):
    frame = frame_of_rule("momentum")
    pane.show_frame(frame)
    assert count(pane, ArrowKind.GRADIENT) > 100
    pane.show_frame(replace(frame, update=None))
    assert count(pane, ArrowKind.GRADIENT) < 5
    hidden = tuple(replace(view, run=replace(view.run, hidden=True)) for view in frame.views)
    pane.show_frame(replace(frame, views=hidden))
    assert count(pane, ArrowKind.GRADIENT) < 5


def test_arrows_of_an_earlier_step_leave_nothing_behind(pane):
    pane.show_frame(frame_of_rule("momentum", step=5))
    picture(pane)
    pane.show_frame(frame_of_rule("momentum"))
    moved = picture(pane)
    pane.set_arrows(ArrowChoice(on=False))
    picture(pane)
    pane.set_arrows(ArrowChoice())
    assert (picture(pane) == moved).all()


@pytest.mark.parametrize("lengths", Lengths)
@pytest.mark.parametrize("rule", RULES)
def test_extreme_updates_are_drawn(pane, rule, lengths):
    pane.set_arrows(ArrowChoice(kinds=frozenset(ArrowKind), lengths=lengths))
    frame = frame_of_rule(rule)
    for after in ([1e300, -1e300], [np.nan, np.inf], [1e-320, 4.0]):
        values = np.array(after)
        state = np.tile(values, (len(frame.update.state_before), 1))
        pane.show_frame(replace(frame, update=replace(frame.update, after=values, state_before=state)))
        assert picture(pane).any()


@pytest.mark.parametrize(
    "view_range", [ViewRange(-1e90, 1e90, -1e90, 1e90), ViewRange(1.0, 1.0 + 1e-7, 2.0, 2.0 + 1e-7)]
)
def test_extreme_view_ranges_are_drawn(pane, view_range):
    pane.set_arrows(ArrowChoice(kinds=frozenset(ArrowKind)))
    pane.show_view_range(view_range)
    pane.show_surface(sample_surface(EXPERIMENT.points, view_range))
    for rule in RULES:
        pane.show_frame(frame_of_rule(rule))
        assert picture(pane).any()


def test_runs_of_many_weights_have_arrows_in_the_plane(pane):
    rng = np.random.default_rng(2)
    points = PointSet(rng.normal(size=(20, 4)), rng.uniform(size=20))
    run = Run(RULES["momentum"](), start=(-2.0, 1.0, 0.5, 0.0, -2.0), epochs=30)
    experiment = Experiment(points, PointSet.empty(4), (run,))
    records = computed(experiment)
    frame = frame_at(experiment, 6, records)
    pane.set_look(look_of(experiment))
    pane.show_surface(sample_surface(points, experiment.view_range, fixed=tuple(frame.views[0].p[1:-1])))
    pane.show_frame(frame)
    found = like(picture(pane), LIGHT.text)
    drawing = drawing_of(frame, ArrowChoice(), experiment.view_range)
    step = next(arrow for arrow in drawing.arrows if arrow.kind is ArrowKind.STEP)
    assert has_near(found, pixel_of(pane, step.end))
