"""The session of an open document: computes its runs and surface, and tells the window what to draw."""

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal, Slot

from gdsim.core.files.scene_file import SceneFile
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.plane import Plane
from gdsim.core.model.run import Run
from gdsim.core.surface.map_view import MapView
from gdsim.core.surface.surface import LossSurface
from gdsim.session.document import Document
from gdsim.session.explanation import Explanation
from gdsim.session.frame import Frame, RunView
from gdsim.session.frame_pacer import FramePacer
from gdsim.session.playback import PlaybackTimer, Playhead
from gdsim.session.run_records import GrowingRecord, RunRecords
from gdsim.session.step_search import StepSearch
from gdsim.session.surfaces import Pace, Surfaces
from gdsim.session.tasks import TaskQueue

if TYPE_CHECKING:
    from gdsim.core.analysis.update import Update
    from gdsim.core.engine.runs import RowsMade

# Growing records by themselves are drawn less often, because drawing takes time from computing.
_GROWTH_MS = 100
# A surface that follows a run while it plays is shown with the next step; without one, after this time.
_WITH_STEP_MS = 100
# After an edit the window waits up to this long for the new numbers, so that an edit of a usual scene is
# drawn once.
_EDIT_SECONDS = 0.03
# The limit for several edits together that come faster than the window handles them, as from a mouse wheel.
_BURST_SECONDS = 0.1
# The last picture stays until the new numbers reach the cursor, but no longer than this.
_KEEP_PICTURE_MS = 250


class Session(QObject):
    """An open document with everything that is computed for it."""

    experiment_changed = Signal(object, object)  # old, new: `Experiment` before and after
    surface_changed = Signal(object)  # LossSurface
    frame_changed = Signal(object)  # Frame: the cursor has moved, or the state there has changed
    playhead_changed = Signal(object)  # Playhead
    selected_changed = Signal(int)  # another run is selected, or the selected run's index has changed
    # Tuple of Finding about the selected run, or None until they are known
    findings_changed = Signal(object)
    progress_changed = Signal(float)  # share of all steps that is computed; 1 when nothing is left to compute

    def __init__(self, experiment: Experiment, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = Document(experiment, self)
        self._player = PlaybackTimer(self)
        self._tasks = TaskQueue(self)
        self._selected = 0
        self._by_epoch = False
        self._records = RunRecords(experiment)
        self.surfaces = Surfaces(self._tasks, self)
        self._surface: LossSurface | None = None  # the last one emitted
        self._explanation = Explanation(experiment, self._tasks, self)
        self._search = StepSearch(self._tasks, self)
        self._progress = -1.0
        self._shown_playhead = Playhead()  # at a whole step or epoch
        self._is_dragging = False
        self._has_begun = self._is_waiting = False
        self._left_to_wait = _BURST_SECONDS
        # Active until the event loop has processed all events that were pending with an edit.
        self._burst = QTimer(self, singleShot=True, interval=0)
        self._part = ""
        self._update: Update | None = None
        self._update_key: tuple[object, ...] = ()
        self._pacer = FramePacer(self)
        self._pacer.due.connect(self._show_if_due)
        self._since_edit: QElapsedTimer | None = None  # running since an edit that is not drawn yet
        self._explanation.found.connect(self.findings_changed)
        self._search.found.connect(self._pacer.want)
        self.surfaces.sampled.connect(self._on_surface)
        self.surfaces.due.connect(self._on_surface_due)
        self.document.changed.connect(self._on_changed)
        self._player.changed.connect(self._on_playhead)

    def begin(self) -> None:
        """Start computing, once the signals are connected."""
        self._has_begun = True
        self._sample_if_needed()
        self._compute()
        self._player.apply(self._measured)

    def close(self) -> None:
        """Stop playback and all work for good. Closing twice has no further effect."""
        self._has_begun = False
        self._tasks.close_for_good()
        self._player.apply(Playhead.pause)
        self._pacer.stop()
        self._explanation.stop()
        self._search.stop()
        self.surfaces.stop()

    @property
    def experiment(self) -> Experiment:
        return self.document.experiment

    @property
    def playhead(self) -> Playhead:
        return self._player.playhead

    @property
    def selected(self) -> int:
        """The index of the selected run."""
        return self._selected

    @property
    def selected_run(self) -> Run | None:
        runs = self.experiment.runs
        return runs[self._selected] if runs else None

    @property
    def surface(self) -> LossSurface | None:
        """The surface emitted last; None before the first one."""
        return self._surface

    @property
    def by_epoch(self) -> bool:
        """Whether the clock counts epochs instead of steps."""
        return self._by_epoch

    @property
    def is_dragging(self) -> bool:
        return self._is_dragging

    @property
    def is_settled(self) -> bool:
        """Whether the runs, the surface and the whole frame of the current experiment are computed."""
        sampled = self.surface is not None and not self.surfaces.is_sampling
        computed = self._records.complete and self.playhead.complete
        return sampled and computed and not self._search.is_busy

    def edit(self, experiment: Experiment, name: str, merge: str = "", *, dragging: bool = False) -> None:
        """Replace the experiment; edits with the same ``merge`` key are undone as one.

        While something is dragged, frames are marked as such, and findings wait until the drag pauses.
        """
        self._is_dragging = dragging
        self.document.edit(experiment, name, merge)

    def end_gesture(self) -> None:
        """End a drag or another gesture, so that the next edit is undone separately."""
        self.document.seal()
        if self._is_dragging:
            self._is_dragging = False
            self._pacer.want()
            self._sample_if_needed()
            self._explanation.end_drag()

    def open(self, experiment: Experiment, file: SceneFile | None = None, *, saved: bool = True) -> None:
        """Replace the document by another one, with playback at the start; see `Document.open`."""
        self._player.apply(lambda head: head.pause()._replace(position=0.0))
        self.select(0)
        self.document.open(experiment, file, saved=saved)

    def select(self, index: int) -> None:
        """Select a run, or the last one if the index is too large."""
        index = max(0, min(index, len(self.experiment.runs) - 1))
        if index == self._selected:
            return
        self._selected = index
        self.selected_changed.emit(index)
        self._sample_if_needed()
        self._pacer.want()

    def set_map_view(self, view: MapView) -> None:
        """Sample the surface as needed for another view of the map."""
        self.surfaces.map_view = view
        self._sample_if_needed()

    def play(self, change: Callable[[Playhead], Playhead]) -> None:
        """Move, start or stop playback by a change of its playhead."""
        self._player.apply(change)

    def set_by_epoch(self, by_epoch: bool) -> None:
        """Let playback count epochs, at which all runs have seen equally many points, or steps."""
        if by_epoch == self._by_epoch:
            return
        self._by_epoch = by_epoch
        position = float(self._converted(int(self.playhead.position))) if self._records.each else 0.0
        self._player.apply(lambda head: self._measured(head._replace(position=position)))
        self._pacer.want()

    def _converted(self, place: int) -> int:
        """Convert a step into an epoch if the clock counts epochs, else an epoch into a step.

        The selected run's own steps and epochs count, and before it was forked, those of its parent.
        """
        clocks = map(self.experiment.clock, self.experiment.runs[self._selected].lineage)
        if self._by_epoch:
            return next(clock.epoch(place) for clock in clocks if place >= clock.first)
        return next(end for clock in clocks if (end := clock.end_of(place)) >= clock.first)

    def stop_computing(self) -> None:
        """Stop computing all runs; the steps made so far are kept."""
        for record in self._records.each:
            record.stop()

    def frame(self) -> Frame:
        return self.frame_at(self.playhead.cursor)

    def frame_at(self, cursor: int) -> Frame:
        """Return the frame of any moment of playback."""
        head = self.playhead
        plane = self.plane
        views = self._records.views(self.experiment.runs, cursor, by_epoch=self._by_epoch, axes=plane.axes)
        update = self._update_at(views[self._selected]) if views else None
        # Only the frame at the cursor has a highlighted part, and is followed by further frames.
        here = cursor == head.cursor
        playing = here and head.playing
        # Another run may have been selected since, whose rule has no such part.
        part = self._part if here and update is not None and self._part in update.rule.parts else ""
        dragging = here and self._is_dragging
        search = self._search.of(update, playing=playing, at_once=not here)
        return Frame(
            cursor,
            head.length,
            self._by_epoch,
            views,
            self._selected,
            update,
            part,
            playing,
            dragging,
            plane,
            self.experiment.slice.follows,
            bool(self.experiment.runs and not views),
            search,
        )

    def _update_at(self, view: RunView) -> "Update | None":
        """Return the update that begins at the cursor, or the run's last one; the result is cached."""
        t = min(view.step + 1, view.trajectory.last_step)
        if t < 1:
            return None
        key = (t, view.trajectory, view.run, view.axes)
        if key != self._update_key:
            from gdsim.core.analysis.update import update_of  # noqa: PLC0415 - a window at its start has none

            self._update_key = key
            self._update = update_of(self.experiment, view.run, view.whole, t, view.axes)
        return self._update

    def highlight(self, part: str) -> None:
        """Highlight one part of the selected run's update, or all of it if ``part`` is empty."""
        if part != self._part:
            self._part = part
            self._pacer.want()

    def next_part(self) -> None:
        """Highlight the next part of the update; after its last part, the first one of the next update."""
        run = self.selected_run
        if run is None:
            return
        parts = list(dict.fromkeys(run.optimizer.update_rule.parts))
        place = parts.index(self._part) + 1 if self._part in parts else 0
        if place == len(parts):
            self.play(lambda head: head.nudge(1))
            place = 0
        self.highlight(parts[place])

    # ------------------------------------------------------------------------------ after an edit

    @Slot(object, object)
    def _on_changed(self, old: Experiment, new: Experiment) -> None:
        index, self._selected = self._selected, self._selected_after(old, new)
        before = self._surface
        if not self._is_dragging:
            self._sample_if_needed()
        self._compute()
        self._wait()
        self._player.apply(self._measured)
        if self._is_dragging:  # the runs go first, and the mouse does not wait for the surface
            self._sample_if_needed()
        self._surface = self.surfaces.last
        self.experiment_changed.emit(old, new)
        if self._surface is not before:
            self._emit_surface()
        if self._selected != index:
            self.selected_changed.emit(self._selected)
        if self._since_edit is None:
            self._since_edit = QElapsedTimer()
            self._since_edit.start()
        self._show_if_due()

    def _wait(self) -> None:
        """Wait a short time for the numbers at the cursor that an edit has changed."""
        if not self._burst.isActive():
            self._left_to_wait = _BURST_SECONDS
            self._burst.start()
        self._is_waiting, began = True, time.perf_counter()
        self._tasks.wait(self._has_picture, min(_EDIT_SECONDS, self._left_to_wait))
        self._left_to_wait -= time.perf_counter() - began
        self._is_waiting = False

    def _has_picture(self) -> bool:
        return self._has_reached_cursor() and (self._is_dragging or not self.surfaces.is_sampling)

    def _has_reached_cursor(self) -> bool:
        records = self._records
        reaches = records.length(by_epoch=self._by_epoch) >= self.playhead.position
        return records.begun and (records.complete or reaches)

    def _selected_after(self, old: Experiment, new: Experiment) -> int:
        """Return the new index of the selected run, or the index of the run in its place if it is gone."""
        chosen = old.runs[self._selected] if old.runs else None
        same = (index for index, run in enumerate(new.runs) if run is chosen)
        return next(same, max(0, min(self._selected, len(new.runs) - 1)))

    def _compute(self) -> None:
        """Compute the runs whose numbers an edit has changed, and cancel tasks of records no longer used."""
        before, self._records = self._records, self._records.revised(self.experiment)
        for record in set(before.each) - set(self._records.each):
            if record.task:
                record.task.cancel()
        self._submit()

    def _submit(self) -> None:
        """Submit a task for each record without one; for a fork, once its parent has come that far."""
        for record in self._records.each:
            if record.task is None and self._has_begun and not record.waits:
                take = partial(self._on_rows, record)
                record.task = self._tasks.submit(record.compute, take, progressed=take)

    def sample_exactly(self) -> None:
        """Compute the surface over all points without approximation, in the background."""
        self.surfaces.sample_exactly(self.experiment, self._wanted_plane())

    def sample_for_picture(self) -> None:
        """Sample at once a slice that follows the selected run, so that a picture shows it at the run."""
        self.surfaces.sample_slice(self.experiment, self._wanted_plane())
        self._show_surface()

    @property
    def plane(self) -> Plane:
        """The plane that is drawn: that of the last surface, unless the points' dimension has changed."""
        known = self.surface.plane if self.surface else None
        if known is not None and known.dimension == self.experiment.points.dimension:
            return known
        return self._wanted_plane()

    def _wanted_plane(self) -> Plane:
        """Return the plane that the document specifies, which may follow the selected run."""
        run, experiment = self.selected_run, self.experiment
        plane = experiment.plane(self._selected)
        if run is None or plane.is_all or not experiment.slice.follows:
            return plane
        records = self._records
        if not records.each or records.experiment is not experiment or not self._has_reached_cursor():
            # It follows once the position of the run is known.
            known = self.surfaces.last.plane if self.surfaces.last else plane
            return known if known.axes == plane.axes and known.dimension == plane.dimension else plane
        p = records.each[self._selected].view(run, self.playhead.cursor, by_epoch=self._by_epoch).p
        return experiment.plane(self._selected, p)

    def _sample_if_needed(self) -> None:
        if not self._has_begun:
            return
        pace = Pace.PLAYING if self.playhead.playing else Pace.AT_ONCE
        pace = Pace.DRAGGING if self._is_dragging else pace
        self.surfaces.update(self.experiment, self._wanted_plane(), pace)

    def _explain_if_needed(self) -> None:
        """Request the findings about the selected run, once the records are complete."""
        record = self._records.each[self._selected] if self._records.each and self._records.complete else None
        self._explanation.want(self.experiment, record, dragging=self._is_dragging)

    # ------------------------------------------------------------------------------- what comes in

    def _on_rows(self, record: GrowingRecord, rows: "RowsMade") -> None:
        record.trajectory.grow(rows.made, rows.stop)
        self._submit()
        if self._records.complete:
            self._pacer.want()
        else:
            self._pacer.want(_GROWTH_MS)

    @Slot()
    def _on_surface_due(self) -> None:
        self._sample_if_needed()
        if self._is_dragging:
            self._pacer.want()  # for maps that wait for this surface, even if it has not changed

    @Slot(object)
    def _on_surface(self, surface: LossSurface) -> None:
        self._sample_if_needed()  # again, for what changed while this one was sampled
        if self._is_waiting:
            return
        before = self._surface
        has_moved = before is not None and before.plane != surface.plane
        if has_moved and self.playhead.playing and not self._is_dragging:
            self._pacer.want(_WITH_STEP_MS)
            return
        self._show_surface()
        if has_moved or before is None:
            self._pacer.want()

    @Slot(object)
    def _on_playhead(self, head: Playhead) -> None:
        if head.cursor != self._shown_playhead.cursor:
            self._part = ""
        self.playhead_changed.emit(head)
        head = head._replace(position=float(head.cursor))  # nothing new to draw between two steps
        if head != self._shown_playhead:
            self._shown_playhead = head
            self._pacer.want()

    # ------------------------------------------------------------------------------- what goes out

    def set_watched(self, watched: bool) -> None:
        """Show frames only while somebody can see them; show a missed one at once."""
        if self._pacer.set_watched(watched):
            self.show_frame()

    @Slot()
    def _show_if_due(self) -> None:
        """Show the current frame, or keep the last one for a while if an edit has yet to reach the cursor."""
        left = _KEEP_PICTURE_MS - int(self._since_edit.elapsed()) if self._since_edit else 0
        if left > 0 and not self._has_reached_cursor():
            self._pacer.put_off(left)
        else:
            self.show_frame()

    @Slot()
    def show_frame(self) -> None:
        """Draw the current frame at once, without waiting for the frame pacer."""
        if not self._records.begun:  # keep the last picture while there is nothing to show
            return
        self._pacer.begin()
        self._since_edit = None
        self._player.apply(self._measured)
        self._emit_progress()
        self._pacer.stop()  # this frame shows the new playhead already
        self._show_surface()
        self.frame_changed.emit(self.frame())
        self._sample_if_needed()  # a slice may follow the run
        self._explain_if_needed()

    def _show_surface(self) -> None:
        """Emit the surface that was sampled last, unless it was the last one emitted."""
        if self._surface is not self.surfaces.last:
            self._surface = self.surfaces.last
            self._emit_surface()

    def _emit_surface(self) -> None:
        if not self._is_dragging:  # while dragging, surfaces are painted in turns
            self.surfaces.time_painting()
        self.surface_changed.emit(self._surface)

    def emit_all(self) -> None:
        """Emit all signals, for a window that replaces another one."""
        if self.surface is not None:
            self.surface_changed.emit(self.surface)
        self._progress = -1.0
        self._explanation.begin_again()
        self.playhead_changed.emit(self._player.playhead)
        self.show_frame()

    def _measured(self, head: Playhead) -> Playhead:
        """Return the playhead over the current length of the records."""
        length = self._records.length(by_epoch=self._by_epoch)
        return head.over(length, complete=self._records.complete)

    def _emit_progress(self) -> None:
        progress = self._records.progress
        if progress != self._progress:
            self._progress = progress
            self.progress_changed.emit(progress)
