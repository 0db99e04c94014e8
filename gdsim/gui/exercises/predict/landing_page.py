"""Predicting where the run lands by a mark on the map, before the true path is shown."""

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from gdsim.core.analysis.update import update_of
from gdsim.core.exercises.predict.landing import (
    Landing,
    close_view_range,
    landing,
    landing_words,
    why_it_landed,
)
from gdsim.core.formulas import numerals
from gdsim.core.formulas.numerals import precise, rounded
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.plane import USUAL_PLANE, Plane, in_plane
from gdsim.core.model.view_range import ViewRange
from gdsim.core.surface.sampling import sampled_elsewhere
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.exercises.exercise import say_aloud, show_named
from gdsim.gui.exercises.key_frame import KeyFrame, nudged, on_grid
from gdsim.gui.exercises.marked_map import MapMark, MarkedMap
from gdsim.gui.exercises.side_panel import SidePanel
from gdsim.gui.forms.card import Card
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.layouts import fill_layout, plain_button
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.plain_text import sentence_label
from gdsim.gui.style.shown_theme import ThemeFollower, shown_theme
from gdsim.gui.style.text_size import FontScaler, look_for
from gdsim.gui.style.theme import run_styles
from gdsim.session.frame import RunView
from gdsim.session.tasks import Task, TaskQueue

AHEAD = (1, 10)
# A close-up reaches this many times the last step in each direction, times this power of the steps ahead.
_REACH, _GROWTH = 6.0, 0.75
# A run that moves by no more than this share of the view range has come to rest.
_RESTING = 1e-6
_SIDE_WIDTH, _MAP_WIDTH = 330, 230


class LandingPage(QWidget):
    """The map with the selected run's path so far, and a mark for the predicted place.

    In a task to hand in, the page asks about ``asked`` steps ahead and reveals nothing.
    """

    revealed = Signal(object)  # Landing
    advance_requested = Signal(int)  # move on by this many steps and ask again
    moved = Signal()  # the user moved the mark

    def __init__(self, tasks: TaskQueue, experiment: Experiment, *, asked: int = 0) -> None:
        super().__init__()
        self._steps_asked = asked
        self._experiment = experiment
        self._view: RunView | None = None
        self._surface: LossSurface | None = None
        self.mark: tuple[float, float] | None = None
        self.goes_on = True  # whether the next question starts where the run landed
        self.result: Landing | None = None
        self._view_range = ViewRange()
        self._tasks = tasks
        self._task: Task | None = None
        self.map = MarkedMap()
        ThemeFollower(self, self._show_look)
        self.close_up = QCheckBox(self.tr("&Close up"))
        set_tip(self.close_up, self.tr("Show only the surroundings of the run, a few of its steps wide."))
        self.close_up.setChecked(True)
        self.frame = KeyFrame(
            self.map,
            self.tr("Map with the path so far"),
            self.tr(
                "Click where you think it lands, or move the mark with the arrow keys; with Shift by more."
            ),
        )
        self.ahead = ComboBox(self.tr("How many steps ahead"), self.tr("Which step you predict."))
        self.place, self.words = sentence_label(), sentence_label("strong")
        self.reasons = sentence_label()
        self.reveal = plain_button(self.tr("&Reveal (Enter)"), act=self.act, is_primary=True)
        self._arrange()
        self.map.picked.connect(self._on_picked)
        self.frame.nudged.connect(self._on_nudged)
        self.ahead.activated.connect(self.ask)
        self.close_up.toggled.connect(self._zoom)

    def _arrange(self) -> None:
        self.ahead.addItems([self.tr("The next step"), self.tr("The 10th step from here")])
        card = Card(self.tr("The path so far"), self.frame)
        FontScaler(card, QWidget.setMinimumWidth, _MAP_WIDTH)
        items = (self.ahead, self.close_up, self.place, self.reveal, self.words, self.reasons)
        side = SidePanel(_SIDE_WIDTH, *items, None)
        fill_layout(QHBoxLayout(self), (card, 1), side, gap=10).setContentsMargins(0, 10, 0, 0)
        for widget in (self.ahead, self.reveal) if self._steps_asked else ():
            widget.hide()

    # --------------------------------------------------------------------------------- the question

    def show_surface(self, surface: LossSurface) -> None:
        self._surface = surface
        self._zoom()

    def show_run(self, experiment: Experiment, view: RunView | None) -> None:
        self._experiment, self._view = experiment, view
        self._show_look()
        self.ask()

    def follow_growth(self) -> None:
        """Update what can be asked, after the record of the run may have grown."""
        if self._view is not None and self._view.step == 0 and self.can_ask and self.result is None:
            self._zoom()
        self._show_marks()

    def ask(self) -> None:
        view = self._view
        self.result = None
        self.mark = None if view is None else view.place
        for label in (self.words, self.reasons):
            show_named(label, "")
        self._zoom()
        if view is not None:
            self._show_path(view.step)
        self._show_marks()

    def _zoom(self) -> None:
        """Draw the whole map, or a close-up around the run scaled to its steps."""
        if self._task is not None:
            self._task.cancel()
        surface, view = self._surface, self._view
        if surface is None:
            return
        self._view_range = surface.view_range
        if view is not None and self.close_up.isChecked():
            reach = _REACH * _last_step(view) * self.steps**_GROWTH
            self._view_range = close_view_range(surface.view_range, view.path[-1], reach)
        if (self._plane, self._view_range) == (surface.plane, surface.view_range):
            self.map.show_surface(surface)
        else:
            work = partial(sampled_elsewhere, surface, self._experiment, self._plane, self._view_range)
            self._task = self._tasks.submit(work, self._on_surveyed)

    @property
    def _plane(self) -> Plane:
        """The drawn plane; with several inputs, the slice through the run."""
        if self._view is None:
            return self._surface.plane if self._surface else USUAL_PLANE
        return self._experiment.slice.through(self._view.p.tolist())

    def _on_surveyed(self, surface: LossSurface) -> None:
        self.map.show_surface(surface)
        if self._view is not None:
            self._show_path(self._view.step + (self.steps if self.result else 0))
        self._show_marks()

    @property
    def steps(self) -> int:
        return self._steps_asked or AHEAD[self.ahead.currentIndex()]

    @property
    def can_ask(self) -> bool:
        """Whether the run goes on for that many steps, and moves."""
        view = self._view
        ends_before = view is None or view.step + self.steps > view.trajectory.last_step
        return not ends_before and not self.rests

    @property
    def is_answered(self) -> bool:
        """Whether there is a prediction, a mark elsewhere than at the run."""
        return self.can_ask and self._view is not None and self.mark != self._view.place

    @property
    def rests(self) -> bool:
        """Whether the run hardly moves during all steps that are asked about."""
        view = self._view
        if view is None or view.step + self.steps > view.trajectory.last_step:
            return False
        path = view.whole.p[view.step : view.step + self.steps + 1]
        moved = float(np.abs(path - path[0]).max())
        return moved <= _RESTING * max(self._experiment.view_range.extent)

    # ------------------------------------------------------------------------------------ user actions

    def _on_picked(self, w: float, b: float) -> None:
        self.frame.setFocus()
        self._move(w, b)

    def _on_nudged(self, across: int, up: int, large: bool) -> None:
        if self.mark is not None:
            self._move(*nudged(self.mark, across, up, self._view_range, large=large))

    def _move(self, w: float, b: float) -> None:
        if self.result is None and self._view is not None:
            self.put_mark(*on_grid(w, b, self._view_range))
            self.moved.emit()

    def put_mark(self, w: float, b: float) -> None:
        self.mark = w, b
        self._show_marks()

    def act(self) -> None:
        """Reveal the true path if there is a prediction; after that, ask the next question."""
        if self.result is None:
            self.show_true_path()
        elif self.goes_on:
            self.advance_requested.emit(self.steps)
        else:
            self.ask()

    def show_true_path(self) -> None:
        view = self._view
        if self.result is not None or view is None or self.mark is None or not self.is_answered:
            return
        self.result = landing(view.whole, view.step, self.steps, self.mark, view.axes)
        update = update_of(self._experiment, view.run, view.whole, view.step + 1, view.axes)
        say_aloud(self.words, landing_words(self.result))
        say_aloud(self.reasons, "\n\n".join(why_it_landed(self.result, update)))
        if not self._view_range.holds(*self.result.path[-1].tolist()):
            self.close_up.setChecked(False)
        self._show_path(view.step + self.steps)
        self._show_marks()
        self.revealed.emit(self.result)

    # ------------------------------------------------------------------------------ showing

    def _show_look(self) -> None:
        runs = (self._view.run,) if self._view else ()
        self.map.set_look(look_for(self, run_styles(runs, shown_theme())))

    def _show_path(self, step: int) -> None:
        """Draw the path up to a step, at which the map's frame ends."""
        if self._view is not None:
            self.map.show_runs([replace(self._view, step=step, run=replace(self._view.run, hidden=False))])

    def _show_marks(self) -> None:
        self.reveal.setEnabled(self.is_answered)
        after = self.tr("&Go on from there (Enter)") if self.goes_on else self.tr("Ask &again (Enter)")
        self.reveal.setText(self.tr("&Reveal (Enter)") if self.result is None else after)
        if self.mark is None:
            self.map.set_marks([])
            show_named(self.place, self.tr("There is no run to predict."))
            return
        marks = [MapMark(*self.mark, self.tr("you"), side=-1)]
        if self.result is not None:
            w, b = self.result.path[-1].tolist()
            marks.append(MapMark(w, b, self.tr("true"), strong=True, side=1))
        self.map.set_marks(marks)
        show_named(self.place, self._place_words(self.mark))
        self.frame.setAccessibleDescription(self.place.text())

    def _place_words(self, mark: tuple[float, float]) -> str:
        view = self._view
        if self.rests:
            return self.tr(
                "The run has come to rest here: there is nothing to predict. Go back in the main window."
            )
        if view is not None and view.trajectory.stop and view.trajectory.last_step == 0:
            return self.tr("The run makes no step: there is nothing to predict.")
        if view is not None and not self.can_ask:
            return self.tr(
                "The run ends before that step: go back in the main window, or predict fewer steps."
            )
        here = ""
        if view is not None:
            words = self.tr("“{name}” is at step {step}, {place}.")
            here = words.format(
                name=view.run.shown_name,
                step=numerals.integer_text(view.number),
                place=self._coordinates(view.place, partial(rounded, digits=4)),
            )
            if not self._plane.is_all:
                words = self.tr(
                    "The map is the slice through the run: you predict {0} and {1}; the other "
                    "parameters change, too."
                )
                here = f"{here} {words.format(*self._plane.names)}"
        if view is not None and mark == view.place:
            yours = self.tr(
                "Click on the map where you think it lands, or move the mark with the arrow keys."
            )
        else:
            yours = self.tr("Your mark: {place}.").format(place=self._coordinates(mark, precise))
        return f"{here}\n{yours}"

    def _coordinates(self, place: tuple[float, float], written: Callable[[float], str]) -> str:
        return ", ".join(
            f"{name} = {written(value)}" for name, value in zip(self._plane.names, place, strict=True)
        )


def _last_step(view: RunView) -> float:
    """Return the length of the last step; at the start, that of the first, rounded up to a power of two.

    The first step may be too short to be hit on the whole map, but its exact length would give it away.
    """
    if view.step:
        return float(np.hypot(*(view.path[-1] - view.path[-2])))
    if view.trajectory.last_step == 0:
        return math.inf
    first = in_plane(view.whole.p[:2], view.axes)
    return math.ldexp(1.0, math.frexp(np.hypot(*(first[1] - first[0])))[1])
