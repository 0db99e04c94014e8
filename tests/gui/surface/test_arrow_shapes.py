"""Arrows on the surface, in both ways of drawing it: they lie on it, and hide behind its hills."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF

from gdsim.core.analysis.arrow_lengths import Lengths
from gdsim.core.analysis.arrows import ArrowKind
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.model.view_range import ViewRange
from gdsim.core.rules.catalogue import RULES
from gdsim.core.surface.sampling import sample_surface
from gdsim.gui.arrows.choice import ArrowChoice, drawing_of
from gdsim.gui.arrows.paint import arrow_style
from gdsim.gui.style.theme import LIGHT, THEMES
from gdsim.gui.surface.arrow_shapes import arrow_shapes
from tests.core.planes import of_w_and_b
from tests.core.records import computed, scene
from tests.every import every, in_turn
from tests.gui.frames import RULES_BY_ARROWS, altered, frame_at, frame_of_rule, look_of, runs_of_every_rule
from tests.gui.surface.test_panes import KINDS, made
from tests.gui.windows import expose, has_near, like, pixels_of

EXPERIMENT, _ = runs_of_every_rule()


@pytest.fixture(scope="module")
def surface():
    return sample_surface(EXPERIMENT.points, EXPERIMENT.view_range)


@pytest.fixture(params=KINDS)
def pane(request, qtbot, surface):
    pane = made(request.param, request)
    pane.resize(460, 460)
    pane.set_look(look_of(EXPERIMENT))
    pane.show_surface(surface)
    expose(qtbot, pane)
    return pane


def count(pane, kind):
    return int(like(pixels_of(pane), arrow_style(kind, LIGHT).colour).sum())


def on_surface(pane, surface, place):
    pixel = pane.pixel_of(*place, float(surface.loss_at(*place)))
    return np.array([pixel.x(), pixel.y()])


@every(("rule", "theme"), in_turn(RULES_BY_ARROWS, THEMES.values()))
def test_arrows_lie_on_the_surface_and_end_where_the_numbers_say(pane, surface, rule, theme):
    pane.set_look(look_of(EXPERIMENT, theme))
    frame = frame_of_rule(rule)
    pane.show_frame(frame)
    pixels = pixels_of(pane)
    drawing = drawing_of(frame, ArrowChoice(), EXPERIMENT.view_range)
    step = next(arrow for arrow in drawing.arrows if arrow.kind is ArrowKind.STEP)
    looked_at = 0
    for arrow in drawing.arrows:
        end = on_surface(pane, surface, arrow.end)
        length = np.hypot(*(end - on_surface(pane, surface, arrow.start)))
        covered = arrow is not step and np.hypot(*(end - on_surface(pane, surface, step.end))) < 12
        if length > 20 and not covered and not arrow.ghost:
            found = like(pixels, arrow_style(arrow.kind, theme).colour)
            assert has_near(found, end), arrow.kind
            middle = on_surface(pane, surface, 0.6 * arrow.end + 0.4 * arrow.start)
            assert has_near(found, middle), arrow.kind
            looked_at += 1
    assert looked_at


@pytest.mark.parametrize("rule", ["schedule-free", "sam"])
def test_an_arrow_leads_to_where_the_gradient_is_asked_for(pane, surface, rule):
    frame, choice = frame_of_rule(rule), ArrowChoice(kinds=frozenset({ArrowKind.LOOK}), lengths=Lengths.SAME)
    pane.set_arrows(choice)
    pane.show_frame(frame)
    found = like(pixels_of(pane), arrow_style(ArrowKind.LOOK, LIGHT).colour)
    (look,) = drawing_of(frame, choice, EXPERIMENT.view_range).arrows
    way = frame.update.gradient_place - frame.update.before
    np.testing.assert_allclose(look.vector / np.hypot(*look.vector), way / np.hypot(*way), rtol=1e-9)
    for share in (0.6, 0.95):
        assert has_near(found, on_surface(pane, surface, look.start + share * look.vector))


def test_the_highlighted_part_stands_out(pane):
    counts = {}
    for part in ("", "gradient", "memory", "update"):
        pane.show_frame(frame_of_rule("momentum", part))
        counts[part] = {kind: count(pane, kind) for kind in (ArrowKind.GRADIENT, ArrowKind.CARRIED)}
    assert counts["gradient"][ArrowKind.GRADIENT] > 1.2 * counts[""][ArrowKind.GRADIENT] > 50
    assert counts["memory"][ArrowKind.CARRIED] > 1.2 * counts[""][ArrowKind.CARRIED] > 50
    assert counts["gradient"][ArrowKind.CARRIED] < 5
    assert counts["update"][ArrowKind.GRADIENT] < 5


def test_switches_take_arrows_away_and_bring_them_back(pane):
    pane.show_frame(frame_of_rule("momentum"))
    whole = pixels_of(pane)
    assert like(whole, LIGHT.gradient).sum() > 50
    pane.set_arrows(ArrowChoice(kinds=frozenset({ArrowKind.CARRIED})))
    assert count(pane, ArrowKind.GRADIENT) < 5
    assert count(pane, ArrowKind.CARRIED) > 50
    pane.set_arrows(ArrowChoice(on=False))
    assert count(pane, ArrowKind.CARRIED) < 5
    pane.set_arrows(ArrowChoice())
    assert (pixels_of(pane) == whole).all()


def test_without_an_update_there_are_no_arrows(pane):
    pane.show_frame(replace(frame_of_rule("momentum"), update=None))
    assert count(pane, ArrowKind.GRADIENT) < 5


def test_what_is_behind_a_hill_is_faint(pane):
    pane.set_arrows(ArrowChoice(kinds=frozenset({ArrowKind.GRADIENT})))
    pane.show_frame(frame_of_rule("momentum"))
    assert count(pane, ArrowKind.GRADIENT) > 50
    # The plateau stands between the eye and the valley, in which the run is.
    pane.view_from(180.0, 8.0)
    assert count(pane, ArrowKind.GRADIENT) < 20
    hidden = pixels_of(pane)
    pane.set_arrows(ArrowChoice(on=False))
    assert (pixels_of(pane) != hidden).any(), "a little of it is seen"


@every(("rule", "lengths"), in_turn(RULES_BY_ARROWS, Lengths))
def test_extreme_updates_are_drawn(pane, rule, lengths):
    pane.set_arrows(ArrowChoice(kinds=frozenset(ArrowKind), lengths=lengths))
    frame = frame_of_rule(rule)
    for after in ([1e300, -1e300], [np.nan, np.inf], [1e-320, 4.0], [40.0, 50.0]):
        values = np.array(after)
        state = np.tile(values, (len(frame.update.state_before), 1))
        for changes in ({"after": values, "state_before": state, "loss_after": np.nan}, {"before": values}):
            pane.show_frame(replace(frame, update=replace(frame.update, **changes)))
            assert pixels_of(pane).any()


def test_an_arrow_that_leaves_the_window_ends_at_its_edge_without_a_head(pane):
    window = ViewRange(2.0, 3.2, -2.0, 0.0)
    surface = sample_surface(EXPERIMENT.points, window)
    frame = frame_of_rule("momentum")
    pane.show_surface(surface)
    pane.set_arrows(ArrowChoice(kinds=frozenset({ArrowKind.GRADIENT}), lengths=Lengths.TRUE))
    inside = frame.update.before
    away = replace(frame.update, gradient=np.array([-40.0, 0.0]), eta=1.0)
    pane.show_frame(replace(frame, update=away))
    found = like(pixels_of(pane), LIGHT.gradient)
    assert has_near(found, on_surface(pane, surface, np.array([3.19, inside[1]])))
    beyond = 2.0 * on_surface(pane, surface, np.array([3.2, inside[1]])) - on_surface(pane, surface, inside)
    assert not has_near(found, beyond, 3)


def test_a_run_off_the_slice_that_is_drawn_has_its_arrows_where_it_is(pane):
    rng = np.random.default_rng(2)
    points = PointSet(rng.normal(size=(20, 4)), rng.uniform(size=20))
    run = Run(RULES["momentum"](), start=(-2.0, 1.0, 0.5, 0.0, -2.0), epochs=30)
    experiment = Experiment(points, PointSet.empty(4), (run,))
    records = computed(experiment)
    frame = frame_at(experiment, 0, records)
    # A slice through the end of the run lies below its beginning.
    surface = sample_surface(
        points, experiment.view_range, of_w_and_b(tuple(records[0].until(30).p[-1][1:-1].tolist()))
    )
    pane.set_look(look_of(experiment))
    pane.show_surface(surface)
    pane.set_arrows(ArrowChoice(kinds=frozenset({ArrowKind.STEP}), lengths=Lengths.TRUE))
    pane.show_frame(frame)
    update = frame.update
    assert update.loss_after > float(surface.loss_at(*update.after[[0, -1]])) + 0.2
    end = pane.pixel_of(*update.after[[0, -1]], update.loss_after)
    assert has_near(like(pixels_of(pane), LIGHT.text), np.array([end.x(), end.y()]))


def test_the_name_of_the_minimum_goes_where_no_arrow_lies_and_comes_back(qtbot, request):
    experiment = scene("first-neuron")
    experiment = replace(experiment, runs=experiment.runs[:1])
    surface, records = sample_surface(experiment.points, experiment.view_range), computed(experiment)
    pane = made("painter", request)
    pane.resize(560, 460)
    pane.set_look(look_of(experiment))
    pane.show_surface(surface)
    expose(qtbot, pane)
    homes, away = set(), 0
    for step in range(60, 400, 20):
        frame = frame_at(experiment, step, records)
        pane.show_frame(frame)
        pixels_of(pane)
        (label,) = pane.over.minimum_names.labels
        stage = pane.current_stage()
        drawing = drawing_of(frame, ArrowChoice(), stage.terrain.view_range)
        shapes = arrow_shapes(stage, drawing, frame.update, "", LIGHT)
        assert label.plate.isEmpty() or not any(shape.lies_on(label.plate) for shape in shapes), step
        pane.set_arrows(ArrowChoice(on=False))
        pixels_of(pane)
        homes.add(pane.over.minimum_names.labels[0].plate.getRect())
        away += pane.over.minimum_names.labels[0].plate != label.plate
        pane.set_arrows(ArrowChoice())
    assert len(homes) == 1
    assert away


def test_no_marker_of_a_run_lies_on_the_name_of_the_minimum(qtbot, request):
    experiment = scene("big-rate")
    surface, records = sample_surface(experiment.points, experiment.view_range), computed(experiment)
    pane = made("painter", request)
    pane.resize(560, 460)
    pane.set_look(look_of(experiment))
    pane.set_arrows(ArrowChoice(on=False))
    pane.show_surface(surface)
    expose(qtbot, pane)
    plates = []
    for step in range(6, 60, 6):
        frame = frame_at(experiment, step, records)
        pane.show_frame(frame)
        pixels_of(pane)
        (label,) = pane.over.minimum_names.labels
        spots = pane.current_stage().spots(
            np.array([view.p for _, view in frame.begun]), np.array([view.loss for _, view in frame.begun])
        )
        middles = [QRectF(-4.0, -4.0, 8.0, 8.0).translated(spot.pixel) for spot in spots if spot]
        assert not any(map(label.plate.intersects, middles)), step
        plates.append(label.plate.getRect())
    assert len(set(plates)) > 1


def test_an_arrow_does_not_cover_the_marker_of_another_run(pane):
    experiment = scene("first-neuron")
    surface = sample_surface(experiment.points, experiment.view_range)
    pane.set_look(look_of(experiment))
    pane.show_surface(surface)
    frame = frame_at(experiment, 20)
    drawing = drawing_of(frame, ArrowChoice(), experiment.view_range)
    step = next(arrow for arrow in drawing.arrows if arrow.kind is ArrowKind.STEP)
    place = (step.start + step.end) / 2.0
    index, view = next((number, view) for number, view in frame.begun if number != frame.selected)
    rows = view.trajectory.until(view.trajectory.last_step)
    p, losses = rows.p.copy(), rows.loss.copy()
    p[view.step], losses[view.step] = place, surface.loss_at(*place)
    moved = replace(view, trajectory=altered(view.trajectory, p=p, loss=losses))
    pane.show_frame(replace(frame, views=tuple(moved if one is view else one for one in frame.views)))
    x, y = on_surface(pane, surface, place).round().astype(int)
    near = pixels_of(pane)[y - 2 : y + 3, x - 2 : x + 3]
    assert like(near, look_of(experiment).styles[index].colour).all()
