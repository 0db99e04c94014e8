"""The tab Cut: the loss along w at the run's b, with triangles there and where it is steepest."""

import re
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from gdsim.core.analysis.series import CurveKind
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.map_overlays import CutWay
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.surface.sampling import sample_surface
from gdsim.gui.curves import cut_plot
from gdsim.gui.curves.curve_pane import CurvePane
from gdsim.gui.curves.timeline import TimelineMark
from gdsim.gui.style.theme import LIGHT
from tests.core.planes import of_w_and_b
from tests.core.records import computed
from tests.every import every
from tests.gui.frames import frame_at, look_of, scene
from tests.gui.windows import expose, like, pixels_of, rgb_of

PLAIN = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


@pytest.fixture(scope="module")
def descent():
    """The first neuron with its records and its surface."""
    experiment = scene("first-neuron")
    return experiment, computed(experiment), sample_surface(experiment.points, experiment.view_range)


def pane_of(qtbot, experiment, surface, step=0, records=None):
    """Return a pane, not yet shown, that was told an experiment at a step."""
    pane = CurvePane()
    qtbot.addWidget(pane)
    pane.resize(640, 260)
    pane.set_look(look_of(experiment))
    pane.show_loss(surface)
    pane.show_frame(frame_at(experiment, step, records))
    return pane


@pytest.fixture
def pane(qtbot, descent):
    experiment, records, surface = descent
    pane = pane_of(qtbot, experiment, surface, 50, records)
    expose(qtbot, pane)
    pane.cut_wanted.connect(pane.show_cut)  # as a document does
    pane.choose(CurveKind.CUT)
    return pane


def test_of_fewer_runs_the_cut_waits_for_their_frame(pane, descent):
    """As where another document opens: what is painted in between has no look any more."""
    experiment, records, _ = descent
    last = len(experiment.runs) - 1
    pane.show_frame(replace(frame_at(experiment, 50, records), selected=last))
    fewer = replace(experiment, runs=experiment.runs[:1])
    pane.set_look(look_of(fewer))
    assert not pane.grab().isNull()
    pane.show_frame(frame_at(fewer, 50, records[:1]))
    assert "∆L / ∆w" in pane.picture_in_words()


@every(("start", "words"), [((-1.0, 0.5), "here: no slope. steepest: ∆L / ∆w = "), ((0.0, 0.0), "")])
def test_where_the_loss_is_no_number_there_is_no_triangle(qtbot, descent, start, words):
    """Of 1/b + log(w): at the first run there is none, and along w at b = 0 there is none at all."""
    objective = FunctionObjective("log(w) + 1/b")
    point = PointSet([0.0], [0.0])
    experiment = Experiment(point, PointSet.empty(), (Run(start=start, epochs=2),), objective=objective)
    surface = sample_surface(point, experiment.view_range, objective=objective)
    pane = pane_of(qtbot, experiment, surface)
    pane.cut_wanted.connect(pane.show_cut)
    pane.choose(CurveKind.CUT)
    assert not pane.grab().isNull()
    assert words in pane.cut.picture_in_words()
    assert (pane.cut.cut() is None) is (words == "")


@pytest.mark.parametrize("y", [1e12, 1e17, 6e94])
def test_a_surface_that_is_level_for_float_numbers_is_cut(qtbot, descent, y):
    experiment = replace(descent[0], points=PointSet([1.0, 2.0], [0.5, y]))
    pane = pane_of(qtbot, experiment, sample_surface(experiment.points, experiment.view_range, grid=31))
    pane.show_cut(CutWay.W)
    expose(qtbot, pane)
    assert like(pixels_of(pane.cut), LIGHT.accent).any()  # the triangle at the run


@every("text", ["-exp(-((w - 1)**2 + (b + 2)**2)/8)", "w**2 + b**2 - 40"])
def test_losses_below_zero_are_within_the_plot(qtbot, descent, text):
    run = Run(start=(1.0, -2.0), epochs=2)
    objective = FunctionObjective(text)
    point = PointSet([0.0], [0.0])
    experiment = Experiment(point, PointSet.empty(), (run,), objective=objective)
    surface = sample_surface(point, experiment.view_range, objective=objective)
    pane = pane_of(qtbot, experiment, surface)
    pane.show_cut(CutWay.W)
    expose(qtbot, pane)
    assert re.search("steepest: ∆L / ∆w = ", pane.cut.picture_in_words())
    marked = like(pixels_of(pane.cut), LIGHT.accent)[40:]  # the triangle at the run, which is lowest
    assert marked.any()
    assert not marked[-20:].any()


def test_where_the_loss_has_no_value_there_is_no_curve(qtbot):
    objective = FunctionObjective("sqrt(w**2 - 1) + b**2 + 20")  # none between -1 and 1
    run, point = Run(start=(2.0, 1.0), epochs=1, colour="#d92d20"), PointSet([0.0], [0.0])
    experiment = Experiment(point, PointSet.empty(), (run,), objective=objective)
    pane = pane_of(qtbot, experiment, sample_surface(point, experiment.view_range, objective=objective))
    pane.show_cut(CutWay.W)
    expose(qtbot, pane)
    drawn = like(pixels_of(pane.cut), run.colour)[60:-40]
    assert drawn.any()
    assert not drawn[-30:].any()  # it does not fall to the floor at the ends


@every("x", [50.0, 1e3, 1e17])
def test_the_triangle_of_a_steep_place_is_narrow_enough_to_be_seen_whole(qtbot, descent, x):
    experiment = replace(descent[0], points=PointSet([x, 2.5], [0.2, 0.9]))
    surface = sample_surface(experiment.points, experiment.view_range, grid=31)
    pane = pane_of(qtbot, experiment, surface)
    pane.show_cut(CutWay.W)
    expose(qtbot, pane)
    rise, width, slope = numbers(pane.cut.picture_in_words())[-3:]
    assert rise == pytest.approx(width * slope, rel=0.01)
    assert 0.1 * np.ptp(surface.loss) < abs(rise) < 0.6 * np.ptp(surface.loss)
    # The ground of the triangle does not reach from the top to the bottom.
    steep = like(pixels_of(pane.cut), LIGHT.gradient)[40:]
    assert np.ptp(np.flatnonzero(steep.any(axis=0))) < 0.1 * steep.shape[1]


def numbers(text):
    text = re.sub("·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda power: f"e{power[1].translate(PLAIN)}", text).replace(",", "")
    return [float(one.replace("−", "-")) for one in re.findall(r"−?\d+(?:\.\d+)?(?:e-?\d+)?", text)]


def test_it_tells_delta_l_over_delta_w_here_and_where_it_is_steepest(pane, descent):
    experiment, records, _ = descent
    neuron = Neuron.fitting(experiment.points)
    w, b = records[0].until(50).p[-1].tolist()
    h = 1e-6

    def slope_at(place):
        return float(np.diff([neuron.loss(np.array([place + d, b])) for d in (-h, h)])[0] / (2 * h))

    along = np.linspace(-6.0, 6.0, 2001)
    steepest = max((slope_at(place) for place in along.tolist()), key=abs)
    said_b, *rest = numbers(pane.cut.picture_in_words())
    assert said_b == pytest.approx(b, rel=5e-3)
    for rise, width, slope, true in zip(*[iter(rest)] * 3, (slope_at(w), steepest), strict=True):
        assert width == 1.0
        assert slope == pytest.approx(true, rel=1e-2)
        assert rise == pytest.approx(slope * width, rel=1e-2)


def test_it_takes_the_place_of_the_curves_and_gives_it_back(pane):
    pane.over_time.set_marks([TimelineMark(10, 40, "Plateau", "#888888", "A plateau.")])
    assert pane.cut.isVisible()
    assert not pane.over_time.plot.isVisible()
    assert not pane.over_time.strip.isVisible()
    assert not pane.header.view.isVisible()
    pane.choose(CurveKind.LOSS)
    assert not pane.cut.isVisible()
    assert pane.over_time.plot.isVisible()
    assert pane.over_time.strip.isVisible()
    assert pane.header.view.isVisible()
    assert len(pane.over_time.plot.curves) == 3


def test_a_triangle_stands_at_the_run_and_another_one_where_it_is_steepest(pane, descent):
    experiment, records, _ = descent
    theme = look_of(experiment).theme
    here, steepest = rgb_of(theme.accent), rgb_of(theme.gradient)

    def columns(colour):
        rows = pixels_of(pane.cut)[40:]  # below the words
        return np.flatnonzero((rows == colour).all(axis=-1).any(axis=0))

    assert len(columns(here))
    assert len(columns(steepest))
    assert columns(here).mean() < columns(steepest).mean()
    # Where the run is at the steepest place, one triangle says it.
    step = next(
        step
        for step in range(1000)
        if abs(
            (cut := cut_plot.cut_through(descent[2], *records[0].until(step).p[-1])).here.at - cut.steepest.at
        )
        < 0.3
    )
    pane.show_frame(frame_at(experiment, step, records))
    assert len(columns(here))
    assert not len(columns(steepest))


def test_it_is_computed_only_while_it_is_seen(pane, descent, monkeypatch):
    experiment, records, _ = descent
    asked = []
    monkeypatch.setattr(cut_plot, "cut_through", lambda *given: asked.append(given))
    pane.show_frame(frame_at(experiment, 51, records))
    pane.grab()
    assert len(asked) == 1
    pane.choose(CurveKind.LOSS)
    pane.show_frame(frame_at(experiment, 52, records))
    pane.grab()
    assert len(asked) == 1


def test_without_a_run_or_with_a_hidden_one_it_says_so(pane, descent):
    experiment, records, _ = descent
    shown = pixels_of(pane.cut)
    hidden = replace(experiment, runs=tuple(replace(run, hidden=True) for run in experiment.runs))
    pane.show_frame(frame_at(hidden, 50, records))
    assert pane.cut.picture_in_words() == ""
    assert pane.cut.cut() is None
    assert (pixels_of(pane.cut) != shown).any()


def test_a_slice_through_more_weights_names_the_first(qtbot):
    experiment = scene("four-inputs")
    plot = cut_plot.CutPlot()
    qtbot.addWidget(plot)
    plot.show_surface(
        sample_surface(experiment.points, experiment.view_range, of_w_and_b((0.0, 0.0, 0.0)), grid=21)
    )
    plot.show_frame(frame_at(experiment, 0))
    b = experiment.runs[0].start[-1]
    assert f"L along w₁, at b = {b:g}" in plot.picture_in_words()


def test_a_ring_shows_that_the_cut_has_the_keys(pane, qtbot):
    without = pixels_of(pane.cut)
    pane.window().activateWindow()
    pane.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(pane.hasFocus)
    ring = np.argwhere((pixels_of(pane.cut) != without).any(axis=-1))
    assert ring.min(axis=0).tolist() <= [3, 3]
    assert (ring.max(axis=0) >= np.array(without.shape[:2]) - 4).all()


def show_along(pane, way):
    texts = [pane.header.choice.itemText(place) for place in range(pane.header.choice.count())]
    pane.header.choice.setCurrentIndex(texts.index(way))
    pane.header.choice.activated.emit(texts.index(way))
    return pane.cut.picture_in_words()


def test_it_is_cut_in_the_direction_that_is_chosen(pane, descent):
    experiment, records, _ = descent
    neuron = Neuron.fitting(experiment.points)
    before, after = records[0].whole.p[50:52]
    gradient = neuron.gradient(before)
    assert "L along b, at w = " in show_along(pane, "b")
    assert numbers(pane.cut.picture_in_words())[3] == pytest.approx(gradient[1], rel=1e-2)
    assert "L along the step" in show_along(pane, "the step")
    way = (after - before) / np.linalg.norm(after - before)
    assert pane.cut.cut().direction == pytest.approx(tuple(way))
    assert "L along the negative gradient" in show_along(pane, "−gradient")
    assert pane.cut.cut().here.slope == pytest.approx(-np.linalg.norm(gradient), rel=1e-6)
    assert "L along w, at b = " in show_along(pane, "w")


def test_plus_and_minus_turn_a_cut_at_an_angle(pane, qtbot):
    assert "L at 45° from w" in show_along(pane, "an angle")
    qtbot.keyClick(pane, Qt.Key.Key_Plus)
    assert pane.cut.cut().direction == pytest.approx((np.cos(np.radians(50)), np.sin(np.radians(50))))
    for _ in range(11):
        qtbot.keyClick(pane, Qt.Key.Key_Minus)
    assert "L at 175° from w" in pane.cut.picture_in_words()


def test_the_direction_that_was_chosen_is_taken_the_next_time(pane, qtbot):
    show_along(pane, "an angle")
    qtbot.keyClick(pane, Qt.Key.Key_Plus)
    pane.choose(CurveKind.LOSS)
    assert pane.kind is CurveKind.LOSS
    pane.choose(CurveKind.CUT)
    assert "L at 50° from w" in pane.cut.picture_in_words()


def test_a_step_that_was_looked_for_is_cut_along_until_somebody_chooses(pane):
    experiment = scene("newton-uphill")
    pane.set_look(look_of(experiment))
    pane.show_loss(sample_surface(experiment.points, experiment.view_range, grid=21))
    pane.show_frame(frame_at(experiment, 0))
    pane.choose(CurveKind.LOSS)
    pane.choose(CurveKind.CUT)
    assert pane.cut.direction is CutWay.STEP


def test_a_run_that_goes_nowhere_has_no_cut_along_its_step(pane, descent):
    experiment, records, _ = descent
    frame = frame_at(experiment, 50, records)
    show_along(pane, "the step")
    still = replace(frame.update, after=frame.update.before)
    pane.show_frame(replace(frame, update=still))
    assert pane.cut.cut() is None
    assert not pane.grab().isNull()
