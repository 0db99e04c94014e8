"""Arrows on the contour map: where they should be, in their colours, and not where they should not."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from gdsim.core.analysis.arrow_lengths import Lengths
from gdsim.core.analysis.arrows import ArrowKind, kinds_of
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.model.view_range import ViewRange
from gdsim.core.rules.catalogue import RULES
from gdsim.core.surface.sampling import sample_surface
from gdsim.gui.arrows.choice import ArrowChoice, drawing_of
from gdsim.gui.arrows.paint import ArrowShape, arrow_style, paint_shapes
from gdsim.gui.arrows.words import times_text
from gdsim.gui.map.contour_pane import ContourPane
from gdsim.gui.style.theme import LIGHT, THEMES
from tests.core.planes import of_w_and_b
from tests.core.records import computed
from tests.every import every, in_turn
from tests.gui.frames import RULES_BY_ARROWS, frame_at, frame_of_rule, look_of, runs_of_every_rule
from tests.gui.windows import expose, has_near, like, pixels_of, plot_of, settle, where

EXPERIMENT, _ = runs_of_every_rule()
# The first of each set of arrows that leads elsewhere than where its velocity does.
LOOKING_AHEAD = [key for key in RULES_BY_ARROWS if ArrowKind.LOOK in kinds_of(RULES[key]().update_rule)]


@pytest.fixture(scope="module")
def surface():
    return sample_surface(EXPERIMENT.points, EXPERIMENT.view_range)


@pytest.fixture
def pane(qtbot, surface):
    pane = ContourPane()
    pane.resize(460, 460)
    pane.set_look(look_of(EXPERIMENT))
    pane.show_view_range(EXPERIMENT.view_range)
    pane.show_surface(surface)
    expose(qtbot, pane)
    return pane


def picture(pane):
    QApplication.processEvents()
    return pixels_of(plot_of(pane))


def count(pane, kind, theme=LIGHT):
    return int(like(picture(pane), arrow_style(kind, theme).colour).sum())


def pixel_of(pane, place):
    return np.array(where(plot_of(pane), *place).toTuple())


@every(("rule", "theme"), in_turn(RULES_BY_ARROWS, THEMES.values()))
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
    assert counts["gradient"][ArrowKind.GRADIENT] > 1.2 * counts[""][ArrowKind.GRADIENT] > 10
    assert counts["gradient"][ArrowKind.CARRIED] < 5
    assert counts["memory"][ArrowKind.CARRIED] > 1.2 * counts[""][ArrowKind.CARRIED] > 10
    assert counts["update"][ArrowKind.GRADIENT] < 5


def test_the_highlighted_part_shows_what_is_switched_off(pane):
    pane.set_arrows(ArrowChoice(kinds=frozenset({ArrowKind.STEP})))
    pane.show_frame(frame_of_rule("momentum"))
    assert count(pane, ArrowKind.GRADIENT) < 5
    pane.show_frame(frame_of_rule("momentum", "gradient"))
    assert count(pane, ArrowKind.GRADIENT) > 20


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
    assert count(pane, ArrowKind.GRADIENT) > 20
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


def shown_close(pane, lengths, kinds, rule="gd"):
    """Show a short step, as it is or magnified, over a part of the plane that is to scale."""
    pane.set_fills(False)
    pane.set_arrows(ArrowChoice(kinds=frozenset(kinds), lengths=lengths))
    pane.show_frame(frame_of_rule(rule, step=10))
    return drawing_of(pane.frame, ArrowChoice(kinds=frozenset(kinds), lengths=lengths), EXPERIMENT.view_range)


def inside(pane, start, end, colour):
    """Return whether an arrow has a colour in the middle of its head, and of its shaft."""
    settle(plot_of(pane))
    start, end = (pixel_of(pane, place).astype(float) for place in (start, end))
    way = (end - start) / np.hypot(*(end - start))
    found = like(picture(pane), colour, 80)  # a thin shaft has rims only
    return [bool(has_near(found, place, 1)) for place in (end - 7.0 * way, start + 0.6 * (end - start))]


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_magnified_arrows_are_hollow_and_true_ones_solid(pane, theme):
    pane.set_look(look_of(EXPERIMENT, theme))
    kinds = {ArrowKind.STEP}
    drawing = shown_close(pane, Lengths.FIT, kinds)
    assert drawing.times > 1.0
    (step,) = drawing.arrows
    assert inside(pane, step.start, step.end, theme.halo) == [True, True]
    assert not inside(pane, step.start, step.end, theme.text)[0]
    update = pane.frame.update
    extent = 3.0 * np.hypot(*(update.after - update.before))
    w, b = update.before
    pane.show_view_range(ViewRange(w - extent, w + extent, b - extent, b + extent))
    shown_close(pane, Lengths.TRUE, kinds)
    assert inside(pane, update.before, update.after, theme.text) == [True, True]


@pytest.mark.parametrize("rule", RULES_BY_ARROWS)
def test_the_factor_stands_at_the_head(pane, rule, monkeypatch):
    written = []
    monkeypatch.setattr(
        ArrowShape, "paint_factor", lambda shape, *_: written.append(shape.factor), raising=True
    )
    shown_close(pane, Lengths.TRUE, ArrowKind, rule)
    picture(pane)
    assert not written
    drawing = shown_close(pane, Lengths.FIT, ArrowKind, rule)
    picture(pane)
    written.clear()
    plot_of(pane).grab()
    magnified = [times for times in (drawing.times, drawing.raw_times) if times not in (None, 1.0)]
    assert magnified
    assert sorted(written) == sorted(map(times_text, magnified))


def test_the_factor_is_seen_beside_the_head_and_within_the_map(pane):
    drawing = shown_close(pane, Lengths.FIT, {ArrowKind.STEP})
    with_factor = picture(pane)
    (step,) = drawing.arrows
    tip = pixel_of(pane, step.end)
    text = like(with_factor, LIGHT.text, 40)
    around = text[tip[1] - 30 : tip[1] + 30, tip[0] - 5 : tip[0] + 60]
    assert around.sum() > 60
    # Where the head is at the border the factor stays on the map.
    w, b = step.end
    pane.show_view_range(ViewRange(w - 6.0, w + 0.05, b - 3.0, b + 3.0))
    area = plot_of(pane).place().area
    seen = like(picture(pane), LIGHT.text, 40)
    column = seen[:, int(area.right()) - 60 : int(area.right()) - 2]
    assert column.sum() > 60


def test_the_factor_of_an_arrow_that_is_off_the_map_is_not_written_at_its_border(pane):
    drawing = shown_close(pane, Lengths.FIT, {ArrowKind.STEP})
    (step,) = drawing.arrows
    (w, b), far = step.start, 3.0 * abs(step.end - step.start).max()
    pictures = []
    for choice in (ArrowChoice(on=False), ArrowChoice(kinds=frozenset({ArrowKind.STEP}))):
        pane.show_view_range(ViewRange(w + far, w + far + 6.0, b - 3.0, b + 3.0))
        pane.set_arrows(choice)
        pictures.append(picture(pane))
    assert drawing.times > 1.0
    assert (pictures[0] == pictures[1]).all()


@pytest.mark.usefixtures("qapp")
@every("turn", [0.1, 1.0, 2.0, 3.0, 4.0, 5.0])
@every("border", [False, True])
def test_factors_of_arrows_that_end_together_stand_beside_each_other_and_the_arrows(
    monkeypatch, turn, border
):
    """Also where the arrows end at the border, and the factors have to stay within it."""
    image = QImage(200, 160, QImage.Format.Format_ARGB32_Premultiplied)
    room = QRectF(image.rect())
    way = np.array([np.cos(turn), np.sin(turn)])
    start = np.array([100.0, 80.0])
    tip = start + way * (np.min(np.array([97.0, 77.0]) / np.abs(way)) if border else 50.0)
    shapes = [
        ArrowShape(np.stack([start, tip]), arrow_style(kind, LIGHT).hollowed(), factor=factor)
        for kind, factor in ((ArrowKind.STEP, "× 200"), (ArrowKind.GRADIENT, "× 20,000"))
    ]
    written, paint_factor = [], ArrowShape.paint_factor
    monkeypatch.setattr(
        ArrowShape, "paint_factor", lambda *given: written.append(paint_factor(*given)) or written[-1]
    )
    painter = QPainter(image)
    paint_shapes(painter, shapes, LIGHT)
    painter.end()
    assert all(map(room.contains, written))
    assert not written[0].intersects(written[1])
    assert not any(shape.lies_on(place) for shape in shapes for place in written)


def test_the_factor_is_as_large_as_other_letters_on_a_projector(pane):
    shown_close(pane, Lengths.FIT, {ArrowKind.STEP})
    sizes = []
    for ui_scale in (1.0, 1.5):
        pane.set_look(look_of(EXPERIMENT)._replace(ui_scale=ui_scale))
        pane.set_arrows(ArrowChoice(on=False))
        without = picture(pane)
        pane.set_arrows(ArrowChoice(kinds=frozenset({ArrowKind.STEP}), lengths=Lengths.FIT))
        sizes.append(int((picture(pane) != without).any(axis=-1).sum()))
    assert sizes[1] > 1.2 * sizes[0]


def contour_side(pane, update):
    """Return pixels along the contour through the start of an update, from a loop over the points."""
    w, b = update.before
    f = 1.0 / (1.0 + np.exp(-(update.points.x[:, 0] * w + b)))
    pull = (f - update.points.y) * f * (1.0 - f)
    gradient = np.array([np.sum(pull * update.points.x[:, 0]), np.sum(pull)])
    along = np.array([-gradient[1], gradient[0]]) / np.hypot(*gradient)
    start = pixel_of(pane, (w, b)).astype(float)
    way = np.array([along[0], -along[1]])
    return [start + reach * way for reach in (-28.0, -22.0, 22.0, 28.0)]


def test_a_right_angle_stands_where_the_gradient_leaves_its_contour(pane):
    shown_close(pane, Lengths.FIT, {ArrowKind.GRADIENT})
    update = pane.frame.update
    for place in contour_side(pane, update):
        assert has_near(like(picture(pane), LIGHT.text, 60), place, 2)
    pane.show_frame(replace(pane.frame, playing=True))
    for place in contour_side(pane, update):
        assert not has_near(like(picture(pane), LIGHT.text, 60), place, 2)


def test_there_is_no_right_angle_on_a_map_that_is_not_to_scale(pane):
    shown_close(pane, Lengths.FIT, {ArrowKind.GRADIENT})
    assert has_near(like(picture(pane), LIGHT.text, 60), contour_side(pane, pane.frame.update)[0], 2)
    pane.resize(520, 360)
    pane.set_fills(True)
    seen = like(picture(pane), LIGHT.text, 60)
    assert not any(has_near(seen, place, 1) for place in contour_side(pane, pane.frame.update))


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("rule", LOOKING_AHEAD)
def test_an_arrow_leads_to_where_the_gradient_is_asked_for(pane, rule, theme):
    pane.set_look(look_of(EXPERIMENT, theme))
    pane.set_arrows(ArrowChoice(kinds=frozenset({ArrowKind.LOOK, ArrowKind.GRADIENT}), lengths=Lengths.TRUE))
    frame = frame_of_rule(rule)
    update = frame.update
    start, end = update.before, update.gradient_place
    assert (start != end).any()
    extent = 2.0 * np.abs(end - start).max()
    (w, b) = start
    pane.show_view_range(ViewRange(w - extent, w + extent, b - extent, b + extent))
    pane.show_frame(frame)
    settle(plot_of(pane))
    found = like(picture(pane), arrow_style(ArrowKind.LOOK, theme).colour)
    for share in (0.5, 0.9):  # the tip may be covered by the arrow of the gradient
        assert has_near(found, pixel_of(pane, start + share * (end - start)), 4)
    # From there the gradient's arrow goes on.
    pulled = like(picture(pane), arrow_style(ArrowKind.GRADIENT, theme).colour)
    (pull,) = (
        one
        for one in drawing_of(frame, ArrowChoice(lengths=Lengths.TRUE), EXPERIMENT.view_range).arrows
        if one.kind is ArrowKind.GRADIENT
    )
    assert has_near(pulled, pixel_of(pane, end + 0.5 * pull.vector), 4)
    pane.set_arrows(ArrowChoice(kinds=frozenset({ArrowKind.GRADIENT}), lengths=Lengths.TRUE))
    assert not has_near(
        like(picture(pane), arrow_style(ArrowKind.LOOK, theme).colour), pixel_of(pane, (start + end) / 2.0), 4
    )


@pytest.mark.parametrize("rule", ["nesterov", *LOOKING_AHEAD])
def test_the_place_of_looking_ahead_is_marked_where_it_is(pane, rule):
    frame = frame_of_rule(rule)
    pane.set_arrows(ArrowChoice(kinds=frozenset({ArrowKind.GRADIENT})))
    pane.show_view_range(ViewRange(-3.0, 4.0, -5.0, 2.0))
    pane.show_frame(frame)
    at = pixel_of(pane, frame.update.gradient_place)
    before = picture(pane)
    if drawing_of(frame, ArrowChoice(), EXPERIMENT.view_range).times == 1.0:
        pane.set_arrows(ArrowChoice(kinds=frozenset({ArrowKind.GRADIENT}), lengths=Lengths.SAME))
        before = picture(pane)
    found = like(before, LIGHT.memory, 50)
    for corner in ((5, 0), (-5, 0), (0, 5), (0, -5)):
        assert has_near(found, at + np.array(corner), 2)


@every(("rule", "lengths"), in_turn(RULES_BY_ARROWS, Lengths))
def test_extreme_updates_are_drawn(pane, rule, lengths):
    pane.set_arrows(ArrowChoice(kinds=frozenset(ArrowKind), lengths=lengths))
    frame = frame_of_rule(rule)
    for after in ([1e300, -1e300], [np.nan, np.inf], [1e-320, 4.0]):
        values = np.array(after)
        state = np.tile(values, (len(frame.update.state_before), 1))
        pane.show_frame(replace(frame, update=replace(frame.update, after=values, state_before=state)))
        assert picture(pane).any()
    pane.show_frame(replace(frame, update=replace(frame.update, gradient=np.array([1e200, -1e200]))))
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
    pane.show_surface(
        sample_surface(points, experiment.view_range, of_w_and_b(tuple(frame.views[0].p[1:-1])))
    )
    pane.show_frame(frame)
    found = like(picture(pane), LIGHT.text)
    drawing = drawing_of(frame, ArrowChoice(), experiment.view_range)
    step = next(arrow for arrow in drawing.arrows if arrow.kind is ArrowKind.STEP)
    assert has_near(found, pixel_of(pane, step.end))
