"""Whatever a pane has shown before, its picture is that of a new pane that is told the same."""

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from gdsim.core.analysis.arrow_lengths import Lengths
from gdsim.core.analysis.arrows import ArrowKind
from gdsim.core.analysis.series import CurveKind
from gdsim.core.model.view_range import ViewRange
from gdsim.core.surface.map_view import MapView, map_plan_of
from gdsim.core.surface.plane_loss import loss_on_plane
from gdsim.core.surface.sampling import sample_surface, sample_terms
from gdsim.gui.arrows.choice import ArrowChoice
from gdsim.gui.curves.curve_header import CurveOptions
from gdsim.gui.curves.curve_pane import CurvePane
from gdsim.gui.map.contour_pane import ContourPane
from gdsim.gui.style.theme import DARK, LIGHT
from tests.core.records import computed
from tests.every import WHOLE
from tests.gui.frames import frame_at, look_of, scene
from tests.gui.windows import expose, pixels_of, plot_of, settle

# As large as the panes are in a window of 1440 by 900 pixels.
CURVES, MAP = (782, 218), (380, 330)


# Of 255: where a path that grows is joined, the edge of its line may be so much lighter or darker.
_UNSEEN = 24
# Over a contour line, which stands out from its ground, it may be more for so many pixels.
_FEW = 3


def painted(pane) -> QImage:
    """Return what is on the screen: plots paint from the pictures that they keep."""
    QApplication.processEvents()
    return pane.grab().toImage()


def assert_same(seen: QImage, fresh: QImage, what: object) -> None:
    if seen == fresh:
        return
    assert seen.size() == fresh.size(), what
    other = np.argwhere(np.abs(pixels_of(seen) - pixels_of(fresh)).max(axis=-1) > _UNSEEN)
    if len(other) <= _FEW:
        return
    pytest.fail(f"{what}: {len(other)} pixels differ, from {other.min(axis=0)} to {other.max(axis=0)}")


class Told:
    """What panes are told: the runs of a scene, of which any may be selected, hidden or edited."""

    ETAS = (1.0, 0.3, 4.0)

    def __init__(self, name):
        self.plain = scene(name)
        self._records = {}
        self.reset()

    def reset(self):
        self.runs = list(self.plain.runs)
        self.selected, self.step, self.dragging = 0, 30, False

    @property
    def experiment(self):
        return replace(self.plain, runs=tuple(self.runs))

    def frame(self):
        records = tuple(self._record(run) for run in self.runs)
        frame = frame_at(self.experiment, self.step, records)
        return replace(frame, selected=self.selected, dragging=self.dragging)

    def _record(self, run):
        run = replace(run, hidden=False, name="")
        if run not in self._records:
            (self._records[run],) = computed(replace(self.plain, runs=(run,)))
        return self._records[run]

    def select(self, index):
        self.selected = index

    def hide(self, index):
        self.runs[index] = replace(self.runs[index], hidden=not self.runs[index].hidden)

    def edit(self, index, eta):
        rule = self.runs[index].optimizer
        self.runs[index] = replace(self.runs[index], optimizer=rule.replace(eta=eta))

    def seek(self, step):
        self.step = step

    def any_change(self, chance):
        index = chance.randrange(len(self.runs))
        return chance.choice(
            [
                (self.select, index),
                (self.select, index),
                (self.hide, index),
                (self.edit, index, chance.choice(self.ETAS)),
                (self.seek, chance.randrange(1001)),
            ]
        )


@pytest.fixture(scope="module")
def told():
    return Told("first-neuron")


@pytest.fixture(scope="module")
def stochastic():
    return Told("stochastic")


@pytest.fixture
def new_pane(qtbot, told):
    """Return a function that shows a pane that was told nothing yet."""
    told.reset()
    panes = []  # qtbot holds them by weak references

    def make(kind, size):
        pane = kind()
        panes.append(pane)
        pane.resize(*size)
        pane.set_look(look_of(told.plain))
        expose(qtbot, pane)
        pane.clearFocus()  # an older pane has no ring, since it has lost the keys to this one
        return pane

    return make


# --------------------------------------------------------------------------------------------- curves


@pytest.mark.parametrize("log", [True, False])
def test_a_run_that_is_selected_and_left_again_keeps_its_curve(new_pane, told, log):
    pane = new_pane(CurvePane, CURVES)
    pane.over_time.set_options(pane.over_time.options._replace(log=log))
    for index in (0, 1, 0, 2, 0):
        told.select(index)
        pane.show_frame(told.frame())
        fresh = new_pane(CurvePane, CURVES)
        fresh.over_time.set_options(fresh.over_time.options._replace(log=log))
        fresh.show_frame(told.frame())
        assert_same(painted(pane), painted(fresh), f"run {index} selected")


def test_an_edited_run_is_drawn_anew(new_pane, told):
    """The axes may stay as they are when a curve goes another way below the plot."""
    pane = new_pane(CurvePane, CURVES)
    told.select(1)
    for eta in (1.0, 0.3, 4.0, 1.0):
        told.edit(1, eta)
        pane.show_frame(told.frame())
        fresh = new_pane(CurvePane, CURVES)
        fresh.show_frame(told.frame())
        assert_same(painted(pane), painted(fresh), f"η {eta}")


CHANGES = st.one_of(
    st.tuples(st.just("select"), st.integers(0, 2)),
    st.tuples(st.just("hide"), st.integers(0, 2)),
    st.tuples(st.just("edit"), st.integers(0, 2), st.sampled_from(Told.ETAS)),
    st.tuples(st.just("seek"), st.integers(0, 1000)),
    st.tuples(st.just("kind"), st.sampled_from([kind for kind in CurveKind if kind is not CurveKind.CUT])),
    st.tuples(st.sampled_from(["log", "log_time", "means", "future"]), st.booleans()),
    st.tuples(st.just("part"), st.sampled_from([None, (0.0, 90.0), (10.5, 14.0), (300.0, 1000.0)])),
    st.tuples(st.just("size"), st.sampled_from([CURVES, (640, 160), (930, 301)])),
    st.tuples(st.just("drag"), st.booleans()),
)


def look_so(pane, look):
    pane.set_kind(look["kind"])
    options = CurveOptions(look["log"], look["log_time"], look["means"], hides_future=look["future"])
    pane.over_time.set_options(options)
    pane.resize(*look["size"])
    pane.over_time.show_part(look["part"])


@settings(max_examples=20 if WHOLE else 4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(CHANGES, min_size=3, max_size=9))
def test_curves_are_those_of_a_new_pane_after_any_changes(new_pane, stochastic, qtbot, changes):
    stochastic.reset()
    usual = {"kind": CurveKind.LOSS, "log": True, "log_time": False, "means": False, "future": False}
    look = usual | {"part": None, "size": CURVES}
    pane = new_pane(CurvePane, CURVES)
    pane.show_frame(stochastic.frame())
    for name, *values in changes:
        if name in ("select", "hide", "edit", "seek"):
            getattr(stochastic, name)(*values)
        elif name == "drag":
            stochastic.dragging = values[0]
        else:
            look[name] = values[0]
            look_so(pane, look)
        pane.show_frame(stochastic.frame())
        painted(pane)
    fresh = new_pane(CurvePane, look["size"])
    look_so(fresh, look)
    fresh.show_frame(stochastic.frame())
    look_so(pane, look)  # a part that was there no more for a while
    for one in (pane, fresh):  # limits come later, from a thread
        qtbot.waitUntil(lambda one=one: not one.over_time.limits.is_busy)
    assert_same(painted(pane), painted(fresh), changes)


# ------------------------------------------------------------------------------------------- contour map

WINDOWS = (ViewRange(-6, 6, -6, 6), ViewRange(-4, 5, -4, 5), ViewRange(-6, 4, -3, 6))


_GRID = 41
SIZES = ((380, 330), (300, 420), (640, 260))


class ToldMap:
    """What a map is told, changed step by step, so that a new one can be told the same at once."""

    def __init__(self, told):
        self.told, self.window, self.size = told, WINDOWS[0], MAP
        self.fills = self.low_lines = False
        self.lengths, self.kinds, self.on = Lengths.FIT, ArrowChoice().kinds, True
        self.theme = LIGHT

    @property
    def arrows(self):
        return ArrowChoice(on=self.on, kinds=self.kinds, lengths=self.lengths)

    def change(self, draw):
        """Draw and make a change; return what it was."""
        what = draw(st.sampled_from(["run", "run", "window", "size", "fills", "lines", "arrows", "theme"]))
        if what == "run":
            change, *values = self.told.any_change(random.Random(draw(st.integers(0, 999))))
            change(*values)
            return (change.__name__, *values)
        if what == "window":
            self.window = draw(st.sampled_from(WINDOWS))
        elif what == "size":
            self.size = draw(st.sampled_from(SIZES))
        elif what == "fills":
            self.fills = not self.fills
        elif what == "lines":
            self.low_lines = not self.low_lines
        elif what == "theme":
            self.theme = DARK if self.theme is LIGHT else LIGHT
        else:
            self.on = draw(st.booleans())
            self.lengths = draw(st.sampled_from(list(Lengths)))
            self.kinds = draw(st.sampled_from([frozenset(ArrowKind), ArrowChoice().kinds]))
        return what, self.window, self.size, self.fills, self.low_lines, self.arrows

    def tell(self, pane):
        """Tell a map all there is to know, in the order in which a window does."""
        pane.resize(*self.size)
        pane.set_look(look_of(self.told.experiment, self.theme))
        pane.set_fills(self.fills)
        pane.set_arrows(self.arrows)
        pane.show_view_range(self.window)
        settle(plot_of(pane))
        view = MapView(None if self.fills else pane.aspect, self.low_lines)
        plan = map_plan_of(self.window, view, _GRID)
        pane.show_surface(
            sample_terms(loss_on_plane(self.told.plain.points), self.window, grid=_GRID, plan=plan)
        )
        pane.show_frame(self.told.frame())


@settings(
    max_examples=10 if WHOLE else 2,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink would take minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_a_map_is_that_of_a_new_one_after_any_changes(new_pane, told, data):
    told.reset()
    wanted, pane, done = ToldMap(told), new_pane(ContourPane, MAP), []
    wanted.tell(pane)
    for _ in range(5):
        done.append(wanted.change(data.draw))
        wanted.tell(pane)
        fresh = new_pane(ContourPane, wanted.size)
        wanted.tell(fresh)
        seen = painted(pane)
        fresh.hide()  # it has the keys, and would go on taking them
        assert_same(seen, painted(fresh), done)


def test_contours_are_those_of_a_new_map_after_any_windows(new_pane, told):
    pane = new_pane(ContourPane, MAP)

    def show(shown, window, surface):
        shown.show_view_range(window)
        shown.show_surface(surface)
        shown.show_frame(told.frame())
        return painted(shown)

    for index in (0, 1, 2, 0):
        window = WINDOWS[index]
        surface = sample_surface(told.plain.points, window)
        pane.show_view_range(window)
        painted(pane)  # of the old surface: that of the new window is on its way
        assert_same(show(pane, window, surface), show(new_pane(ContourPane, MAP), window, surface), window)
