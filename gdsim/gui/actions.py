"""The user's actions as edits of the experiment. A refused edit is reported as a sentence."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import Enum
from typing import NamedTuple, TypeAlias

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from gdsim.core.files.bundled import as_own, without_sentence
from gdsim.core.formulas import numerals
from gdsim.core.formulas.numerals import with_true_minuses
from gdsim.core.model import edits, forks, objective_edits, rule_edits
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.gallery import GalleryFunction
from gdsim.core.model.kept import KeptWindows
from gdsim.core.model.map_overlays import CutDirection, MapOverlays
from gdsim.core.model.objective import FunctionObjective, NeuronObjective
from gdsim.core.model.plane import Slice, in_plane
from gdsim.core.model.points import PointsError, PointSet
from gdsim.core.model.run import Run
from gdsim.core.model.search_checks import is_second_order
from gdsim.core.model.view_range import ViewRange
from gdsim.core.rules.libraries.lookup import LIBRARIES, find_rule
from gdsim.core.rules.own_rule import OwnRule
from gdsim.core.settings import InvalidValue
from gdsim.gui.clipboard import copied
from gdsim.session.session import Session

ExperimentChange: TypeAlias = Callable[[Experiment], Experiment]

# The largest number of points in a copied program.
_MOST_COPIED = 10_000
# The key of a run's setting in errors of the model.
_RUN_KEY = re.compile(r"runs\[(\d+)\]\.(\w+)")


class RecomputeFrom(Enum):
    """From where to recompute a run that is changed during playback; the values are stored in settings."""

    ASK = "ask"  # From its start, and ask once whether to do otherwise
    FROM_START = "start"
    FROM_HERE = "here"  # From the current step, as a new run forked there


class _Asked(NamedTuple):
    """A change of a run during playback."""

    place: int  # Index of the run
    run: Run  # Before the change
    step: int  # The current step
    rest: tuple[object, ...]  # Everything else in the experiment


class UserActions(QObject):
    """Turns the user's actions into changes of the session."""

    refused = Signal(str)  # a sentence that says why something was not done
    # str, int: a run was changed during playback, from its start; it might have been from this step
    changed_from_start = Signal(str, int)
    told = Signal(str)  # a sentence that says what was copied
    done = Signal()  # an edit was made, so an earlier refusal no longer matters

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.changes = RecomputeFrom.ASK
        self._has_asked = False
        self._asked: _Asked | None = None  # the change that the question is about
        self._forking = ""  # the gesture that made a fork; its further changes apply to the fork

    # Points

    def move_point(self, row: int, x: Sequence[float], y: float, merge: str) -> None:
        moved = self.tr("Move point")
        self._edit_points(lambda now: edits.move_point(now, row, x, y), moved, merge)

    def drag_point(self, row: int, x: float | None, y: float) -> None:
        moved = self.tr("Move point")
        self._edit_points(
            lambda now: edits.drag_point(now, row, x, y), moved, f"drag point {row}", dragging=True
        )

    def add_point(self) -> None:
        self._edit_points(edits.add_point, self.tr("Add point"))

    def add_point_at(self, x: float, y: float) -> None:
        self._edit_points(lambda now: edits.add_point_at(now, x, y), self.tr("Add point"))

    def put_points(self, points: PointSet, validation: PointSet, replaces: bool, name: str) -> bool:
        """Replace all points, or append to them; return whether that was possible."""
        named = as_own if replaces else without_sentence
        return self._edit(
            lambda now: named(edits.put_points(now, points, validation, replaces=replaces)), name
        )

    def overwrite_points(self, row: int, points: PointSet) -> bool:
        """Overwrite the points from a row of the table on; return whether that was possible."""
        return self._edit_points(
            lambda now: edits.overwrite_points(now, row, points), self.tr("Paste points")
        )

    def standardise(self, name: str) -> None:
        from gdsim.core.model.standardising import standardise  # noqa: PLC0415 - few points are standardised

        self._edit_points(standardise, name)

    def use_neuron(self, objective: NeuronObjective) -> None:
        """Minimise the loss of another neuron."""
        change = self.tr("Change neuron and loss")
        self._edit(lambda now: as_own(objective_edits.use_neuron(now, objective)), change)

    def use_function(
        self, objective: FunctionObjective, slopes: PointSet, known: GalleryFunction | None
    ) -> None:
        """Minimise a function; one from the gallery sets the view range and the start, too."""
        place = (known.view_range, known.start) if known else ()

        def use(now: Experiment) -> Experiment:
            if objective == now.objective:  # at most the noise differs, so the view stays
                return objective_edits.use_function(now, objective, slopes)
            log_height = known.log_height if known else None
            made = objective_edits.use_function(now, objective, slopes, *place, log_height=log_height)
            return as_own(made)

        self._edit(use, self.tr("Change function"))

    def remove_points(self, rows: Sequence[int]) -> None:
        self._edit_points(lambda now: edits.remove_points(now, rows), self.tr("Remove points"))

    def set_role(self, rows: Sequence[int], validation: bool) -> None:
        change = self.tr("Change role of points")
        self._edit_points(lambda now: edits.set_role(now, rows, validation=validation), change)

    def sort_points(self, column: int, descending: bool) -> None:
        self._edit(lambda now: edits.sort_points(now, column, descending=descending), self.tr("Sort points"))

    def keep(self, kept: KeptWindows, name: str) -> None:
        """Store what other windows keep in the document."""
        self._edit(lambda now: replace(now, kept=kept), name)

    # Runs

    def add_run(self, rule: str) -> None:
        like = self._session.selected_run
        self._add(lambda now: edits.add_run(now, find_rule(rule, now.rules), like), self.tr("Add run"))

    def add_rule(self, rule: OwnRule) -> None:
        """Add a rule to the document, and a run that uses it."""
        like = self._session.selected_run
        self._add(lambda now: edits.add_run(now, rule, like), self.tr("Add rule"))

    def change_rule(self, old: OwnRule, rule: OwnRule) -> None:
        self._edit(lambda now: rule_edits.change_rule(now, old, rule), self.tr("Change rule"))

    def remove_rule(self, rule: OwnRule) -> None:
        self._edit(lambda now: rule_edits.remove_rule(now, rule), self.tr("Remove rule"))

    def paste_optimizer(self) -> None:
        """Apply the optimizer or schedule on the clipboard to the selected run, or else to a new one."""
        from gdsim.core.rules.libraries.calls import CallFault, read_call  # noqa: PLC0415 - seldom asked for

        there = copied()
        if there.nothing:
            self.refused.emit(there.nothing)
            return
        try:
            made = read_call(there.text)
        except CallFault as fault:
            self.refused.emit(str(fault))
            return
        name, run = self.tr("Paste optimizer"), self._session.selected_run
        if run is None:
            self._add(lambda now: edits.add_with_optimizer(now, *made), name)
            return
        try:
            changed = edits.with_optimizer(run, *made)
        except InvalidValue as refusal:
            self.refused.emit(f"{run.shown_name}: {refusal}.")
            return
        self.change_selected(changed, name, "")

    def copy_as(self, library: str) -> None:
        """Copy the line that creates the selected run's optimizer in "torch", "keras" or "optax"."""
        from gdsim.core.files.library_code import NoForm, library_code  # noqa: PLC0415 - seldom asked for

        now, run = self._session.experiment, self._session.selected_run
        if run is None:
            return
        try:
            code = library_code(run, library, now.updates_per_epoch(run), now.objective, now.points)
            QGuiApplication.clipboard().setText(code)
        except NoForm as fault:
            self.refused.emit(str(fault))
        else:
            self.done.emit()
            words = self.tr("Copied the optimizer of “{run}” as a line of {library}.")
            self.told.emit(words.format(run=run.shown_name, library=LIBRARIES[library]))

    def copy_program(self) -> None:
        """Copy the selected run as a program that includes the points."""
        from gdsim.core.engine.beginning import recorded_beginning  # noqa: PLC0415 - seldom asked for
        from gdsim.core.files.script.run_program import program_of  # noqa: PLC0415 - as above

        now, run = self._session.experiment, self._session.selected_run
        if run is None:
            return
        count = len(now.points) + len(now.validation)
        if count > _MOST_COPIED:
            words = self.tr("{0} points are too many for the clipboard; export a Python script instead.")
            self.refused.emit(words.format(numerals.integer_text(count)))
        else:
            view = self._session.frame().current
            unknown = run.schedule.needs_validation or is_second_order(run.optimizer)
            known = view is not None and run.fork and not (view.borrowed or unknown)
            begins = recorded_beginning(view.whole) if view is not None and known else None
            QGuiApplication.clipboard().setText(program_of(now, run, begins))
            self.told.emit(self.tr("Copied the whole program."))

    def duplicate_run(self, index: int) -> None:
        if self._edit(lambda now: edits.duplicate_run(now, index), self.tr("Duplicate run")):
            self._session.select(index + 1)

    def add_fork(self, run: Run) -> None:
        """Add a fork below its parent, and select it."""
        self._fork(lambda now: forks.add_fork(now, run))

    def step_to_leave(self, index: int) -> int | None:
        """Return the current step, at which a run can be forked; None before the run begins."""
        views = self._session.frame().views
        view = views[index] if index < len(views) else None
        return view.number if view and view.begun else None

    def add_like(self, run: Run) -> None:
        self._add(lambda now: edits.add_like(now, run), self.tr("Add run"))

    def add_runs(self, runs: Sequence[Run], name: str) -> None:
        """Add several runs in one edit, with distinct names, and select the first of them."""
        first = len(self._session.experiment.runs)

        def add(now: Experiment) -> Experiment:
            for run in runs:
                now = edits.add_like(now, run)
            return now

        if self._edit(add, name):
            self._session.select(first)

    def remove_run(self, index: int) -> None:
        self._edit(lambda now: edits.remove_run(now, index), self.tr("Remove run"))

    def replace_run(self, index: int, run: Run, name: str) -> None:
        if index == self._session.selected:
            self.change_selected(run, name, "")
        else:
            self._edit(lambda now: edits.change_run(now, index, run), name)

    def change_selected(self, run: Run, name: str, merge: str) -> None:
        """Change the selected run's settings, and its name as `edits.change_run` says."""
        index, old = self._session.selected, self._session.selected_run
        step = self.step_to_leave(index)
        head = self._session.playhead
        plays = head.playing and old is not None and not run.computes_like(old) and run.fork == old.fork
        if plays and old is not None and step and merge != (self._forking or None):
            if self.changes is RecomputeFrom.FROM_HERE:
                self._forking = merge
                self._fork_off(index, old, step, run, merge)
                return
            if self.changes is RecomputeFrom.ASK and not self._has_asked:
                self._has_asked = True
                self._asked = _Asked(index, old, step, _but(self._session.experiment, index))
                self.changed_from_start.emit(old.shown_name, step)
        self._edit(lambda now: edits.change_run(now, index, run), name, merge)

    def end_change(self) -> None:
        """End the current gesture, so that the next change is a separate one."""
        self._forking = ""

    def change_from_there(self) -> None:
        """Redo the change that the question is about as a fork, if nothing else has changed since."""
        asked, now = self._asked, self._session.experiment
        if asked is not None and self.can_leave_there:
            self._fork_off(asked.place, asked.run, asked.step, now.runs[asked.place], "")

    @property
    def can_leave_there(self) -> bool:
        """Whether the change that the question is about is still the last one."""
        asked, now = self._asked, self._session.experiment
        return (
            asked is not None and _but(now, asked.place) == asked.rest and now.runs[asked.place] != asked.run
        )

    def _fork_off(self, index: int, old: Run, step: int, changed: Run, merge: str) -> None:
        """Undo the change of a run and apply it to a new fork of the run instead."""
        words = forks.why_not_left(old)
        if words:
            self.refused.emit(words)
            return

        def fork(now: Experiment) -> tuple[Experiment, int]:
            before = edits.replace_run(now, index, old)
            return forks.add_fork(before, forks.forked(before, index, step, changed))

        self._fork(fork, merge)

    def hide_selected(self) -> None:
        run = self._session.selected_run
        if run:
            name = self.tr("Show run") if run.hidden else self.tr("Hide run")
            self.change_selected(replace(run, hidden=not run.hidden), name, "")

    def pick_start(self, w: float, b: float) -> None:
        self._set_start(w, b, "")

    def drag_start(self, w: float, b: float) -> None:
        self._set_start(w, b, "drag start", dragging=True)

    def shift_start(self, w: float, b: float) -> None:
        run = self._session.selected_run
        begins = self._begins()
        if run and begins:
            self.drag_start(begins[0] + w, begins[1] + b)

    def _begins(self) -> tuple[float, float] | None:
        """Return w and b where the selected run begins: its start, or the place where it was forked."""
        run, view = self._session.selected_run, self._session.frame().current
        if run is None:
            return None
        is_known = run.fork and view and not view.borrowed
        begins = view.trajectory.until(0).p[0] if view and is_known else np.array(run.start)
        w, b = in_plane(begins, self._session.experiment.slice.axes).tolist()
        return w, b

    def _set_start(self, w: float, b: float, merge: str, *, dragging: bool = False) -> None:
        if self._session.selected_run is None:
            self.refused.emit(self.tr("There is no run whose start could be set; add one first."))
            return
        index, begins = self._session.selected, self._begins()
        if self._session.selected_run.fork and begins:
            by = w - begins[0], b - begins[1]
            nudge = self.tr("Nudge")
            self._edit(lambda now: forks.set_fork_nudge(now, index, *by), nudge, merge, dragging=dragging)
            return
        self._edit(
            lambda now: edits.set_start(now, index, w, b), self.tr("Set start"), merge, dragging=dragging
        )

    # The map's window

    def drag_view_range(self, view_range: ViewRange) -> None:
        name = self.tr("Change the view range")
        self._edit(lambda now: replace(now, view_range=view_range), name, "view range")

    def set_view_range(self, view_range: ViewRange) -> None:
        self._edit(lambda now: replace(now, view_range=view_range), self.tr("Change the view range"))

    def drag_slice(self, slice_: Slice) -> None:
        name = self.tr("Move the slice")
        self._edit(lambda now: replace(now, slice=slice_), name, "slice", dragging=True)

    def set_slice(self, slice_: Slice) -> None:
        self._edit(lambda now: replace(now, slice=slice_), self.tr("Choose another slice"))

    def toggle_log_height(self) -> None:
        log = not self._session.experiment.log_height
        name = self.tr("Logarithmic height") if log else self.tr("Height as the loss")
        self._edit(lambda now: replace(now, log_height=log), name)

    def toggle_lens(self) -> None:
        drawn = self._session.experiment.drawn
        name = self.tr("Take the curvature away") if drawn.lens else self.tr("Draw the curvature")
        self._draw(replace(drawn, lens=not drawn.lens), name)

    def toggle_field(self) -> None:
        drawn = self._session.experiment.drawn
        name = self.tr("Take the gradient field away") if drawn.field else self.tr("Draw the gradient field")
        self._draw(replace(drawn, field=not drawn.field), name)

    def set_cut(self, cut: CutDirection | None) -> None:
        drawn = self._session.experiment.drawn
        name = self.tr("Take the cut away") if cut is None else self.tr("Cut the surface")
        is_turned = isinstance(cut, int) and isinstance(drawn.cut, int)
        self._draw(replace(drawn, cut=cut), name, "turn the cut" if is_turned else "")

    def _draw(self, drawn: MapOverlays, name: str, merge: str = "") -> None:
        self._edit(lambda now: replace(now, drawn=drawn), name, merge)

    def fit_view_range(self) -> None:
        paths = [in_plane(view.whole.p, view.axes) for _, view in self._session.frame().shown]
        self._edit(lambda now: edits.fit_view_range(now, paths), self.tr("Fit the view range"))

    # The history

    def undo(self) -> None:
        self._session.document.undo()
        self.done.emit()

    def redo(self) -> None:
        self._session.document.redo()
        self.done.emit()

    def _edit(self, change: ExperimentChange, name: str, merge: str = "", *, dragging: bool = False) -> bool:
        """Make an edit, or report why not; return whether it was made."""
        try:
            self._session.edit(change(self._session.experiment), name, merge, dragging=dragging)
        except (InvalidValue, PointsError) as fault:
            self._refuse(fault)
            return False
        self.done.emit()
        return True

    def _edit_points(
        self, change: ExperimentChange, name: str, merge: str = "", *, dragging: bool = False
    ) -> bool:
        """Edit the points, and remove the sentence about the scene, which may no longer be true."""
        return self._edit(lambda now: without_sentence(change(now)), name, merge, dragging=dragging)

    def _add(self, change: ExperimentChange, name: str) -> None:
        """Make an edit that appends a run, and select the run."""
        if self._edit(change, name):
            self._session.select(len(self._session.experiment.runs) - 1)

    def _fork(self, change: Callable[[Experiment], tuple[Experiment, int]], merge: str = "") -> None:
        """Make an edit that also returns the index of a new run, and select the run."""
        place = 0

        def made(now: Experiment) -> Experiment:
            nonlocal place
            experiment, place = change(now)
            return experiment

        if self._edit(made, self.tr("What if"), merge):
            self._session.select(place)

    def _refuse(self, fault: InvalidValue | PointsError) -> None:
        text = str(fault)
        run = _RUN_KEY.fullmatch(fault.key) if isinstance(fault, InvalidValue) else None
        runs = self._session.experiment.runs
        if run and isinstance(fault, InvalidValue) and int(run[1]) < len(runs):
            words = self.tr("{name}: the {setting} {reason}")
            settings = {"algorithm": self.tr("algorithm"), "schedule": self.tr("schedule")}
            setting = settings.get(run[2], run[2])
            text = words.format(name=runs[int(run[1])].shown_name, setting=setting, reason=fault.reason)
        else:
            text = text[:1].upper() + text[1:]
        self.refused.emit(with_true_minuses(f"{text.rstrip('.')}."))


def _but(experiment: Experiment, index: int) -> tuple[object, ...]:
    """Return everything in an experiment except one run; empty if there is no such run."""
    runs = experiment.runs
    if index >= len(runs):
        return ()
    return experiment.points, experiment.objective, runs[:index], runs[index + 1 :]
