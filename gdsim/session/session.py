"""An open document: its runs and its surface are computed, and the window is told what to draw."""

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
from gdsim.session.playback import Player, Playhead
from gdsim.session.run_records import GrowingRecord, RunRecords
from gdsim.session.step_search import StepSearch
from gdsim.session.surfaces import Pace, Surfaces
from gdsim.session.tasks import TaskQueue

if TYPE_CHECKING:
    from gdsim.core.analysis.update import Update
    from gdsim.core.engine.runs import RowsMade

# Growing records alone are drawn less often: drawing takes time from computing.
_GROWTH_MS = 100
# A surface that follows a run while it plays is shown with the next step; without one, after this time.
_WITH_STEP_MS = 100
# After an edit the window waits up to this time for what it changes, so that an edit of a usual scene is
# drawn once.
_EDIT_SECONDS = 0.03
# Of edits that come faster than the window takes them, as from a wheel, it waits so long for all together.
_BURST_SECONDS = 0.1
# Until what it changes has come to the cursor the last picture stays, but no longer than this.
_KEPT_MS = 250


class Session(QObject):
    """An open document, with all that is computed of it."""

    experiment_changed = Signal(object, object)  # old, new: `Experiment` before and after
    surface_changed = Signal(object)  # LossSurface
    frame_changed = Signal(object)  # Frame: the cursor moved, or the state there changed
    playhead_changed = Signal(object)  # Playhead
    selected_changed = Signal(int)  # another run is selected, or the selected one has another index
    # Tuple of Finding or None: what there is to say of the selected run; None until it is known
    findings_changed = Signal(object)
    progress_changed = Signal(float)  # share of the work that is done; 1 when nothing is left to compute

    def __init__(self, experiment: Experiment, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = Document(experiment, self)
        self._player = Player(self)
        self._tasks = TaskQueue(self)
        self._selected = 0
        self._by_epoch = False
        self._records = RunRecords(experiment)
        self.surfaces = Surfaces(self._tasks, self)
        self._surface: LossSurface | None = None  # what was told last
        self._explanation = Explanation(experiment, self._tasks, self)
        self._search = StepSearch(self._tasks, self)
        self._progress = -1.0
        self._cursor = 0
        self._shown_playhead = Playhead()
        self._is_dragging = False
        self._has_begun = self._is_waiting = False
        self._left_to_wait = _BURST_SECONDS
        # Active until the event loop has handed over all events that were there with an edit.
        self._burst = QTimer(self, singleShot=True, interval=0)
        self._part = ""
        self._update: Update | None = None
        self._update_key: tuple[object, ...] = ()
        self._pacer = FramePacer(self)
        self._pacer.due.connect(self._show_if_due)
        self._kept: QElapsedTimer | None = None  # since the edit whose picture is still to come
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
        """Stop playback and all work, for good. Closing twice is closing once."""
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
        """Where playback stands."""
        return self._player.playhead

    @property
    def selected(self) -> int:
        """Index of the selected run."""
        return self._selected

    @property
    def selected_run(self) -> Run | None:
        """The selected run; None when there are no runs."""
        runs = self.experiment.runs
        return runs[self._selected] if runs else None

    @property
    def surface(self) -> LossSurface | None:
        """The surface shown last; None before the first."""
        return self._surface

    @property
    def by_epoch(self) -> bool:
        """Whether the clock counts epochs instead of steps."""
        return self._by_epoch

    @property
    def is_dragging(self) -> bool:
        """Whether an edit by the mouse is under way."""
        return self._is_dragging

    @property
    def is_settled(self) -> bool:
        """Whether the runs, the surface and all of the frame of the present experiment are computed."""
        sampled = self.surface is not None and not self.surfaces.is_sampling
        computed = self._records.complete and self.playhead.complete
        return sampled and computed and not self._search.is_busy

    def edit(self, experiment: Experiment, name: str, merge: str = "", *, dragging: bool = False) -> None:
        """Replace the experiment; edits with the same ``merge`` key are undone as one.

        While something is dragged, frames say so, and findings wait until it pauses.
        """
        self._is_dragging = dragging
        self.document.edit(experiment, name, merge)

    def end_gesture(self) -> None:
        """Take note that nothing is dragged any more: the next edit is a step of its own."""
        self.document.seal()
        if self._is_dragging:
            self._is_dragging = False
            self._pacer.want()
            self._sample_if_needed()
            self._explanation.end_drag()

    def open(self, experiment: Experiment, file: SceneFile | None = None, *, saved: bool = True) -> None:
        """Replace the document by another one, at its start; see `Document.open`."""
        self._player.apply(lambda head: head.pause()._replace(position=0.0))
        self.select(0)
        self.document.open(experiment, file, saved=saved)

    def select(self, index: int) -> None:
        """Select a run; the last one for an index beyond it."""
        index = max(0, min(index, len(self.experiment.runs) - 1))
        if index == self._selected:
            return
        self._selected = index
        self.selected_changed.emit(index)
        self._sample_if_needed()
        self._pacer.want()

    def set_map_view(self, view: MapView) -> None:
        """Sample the surface for a map that is drawn in another way."""
        self.surfaces.map_view = view
        self._sample_if_needed()

    def play(self, change: Callable[[Playhead], Playhead]) -> None:
        """Move, start or stop playback."""
        self._player.apply(change)

    def set_by_epoch(self, by_epoch: bool) -> None:
        """Count the clock in epochs, so that all runs have seen equally many points, or in steps."""
        if by_epoch == self._by_epoch:
            return
        self._by_epoch = by_epoch
        size = self._records.each[self._selected].clock.per_epoch if self._records.each else 1
        convert = Playhead.in_units if by_epoch else Playhead.in_steps
        self._player.apply(lambda head: self._measured(convert(head, size)))
        self._pacer.want()

    def stop_computing(self) -> None:
        """End all runs where they are; the steps made so far stay."""
        for record in self._records.each:
            record.stop()

    def frame(self) -> Frame:
        return self.frame_at(self.playhead.cursor)

    def frame_at(self, cursor: int) -> Frame:
        """Return the picture of another moment of playback."""
        head = self.playhead
        plane = self.plane
        views = self._records.views(self.experiment.runs, cursor, by_epoch=self._by_epoch, axes=plane.axes)
        update = self._update_at(views[self._selected]) if views else None
        # A part is highlighted at the cursor alone, and only from there playback goes on.
        here = cursor == head.cursor
        part, playing = (self._part, head.playing) if here else ("", False)
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
        """Return the update that begins at the cursor, or the run's last one; taken apart once."""
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
        """Highlight one part of the selected run's update, or all of it when ``part`` is empty."""
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
        if self._is_dragging:  # the runs are first, and the mouse does not wait for the surface
            self._sample_if_needed()
        self._surface = self.surfaces.last
        self.experiment_changed.emit(old, new)
        if self._surface is not before:
            self._tell_surface()
        if self._selected != index:
            self.selected_changed.emit(self._selected)
        if self._kept is None:
            self._kept = QElapsedTimer()
            self._kept.start()
        self._show_if_due()

    def _wait(self) -> None:
        """Wait until what the edit changes at the cursor is computed, but not for long."""
        if not self._burst.isActive():
            self._left_to_wait = _BURST_SECONDS
            self._burst.start()
        self._is_waiting, began = True, time.perf_counter()
        self._tasks.wait(self._has_picture, min(_EDIT_SECONDS, self._left_to_wait))
        self._left_to_wait -= time.perf_counter() - began
        self._is_waiting = False

    def _has_picture(self) -> bool:
        return self._has_come_to_cursor() and (self._is_dragging or not self.surfaces.is_sampling)

    def _has_come_to_cursor(self) -> bool:
        records = self._records
        reaches = records.length(by_epoch=self._by_epoch) >= self.playhead.position
        return records.begun and (records.complete or reaches)

    def _selected_after(self, old: Experiment, new: Experiment) -> int:
        """Return where the selected run is now; the run in its place, when it is gone."""
        chosen = old.runs[self._selected] if old.runs else None
        same = (index for index, run in enumerate(new.runs) if run is chosen)
        return next(same, max(0, min(self._selected, len(new.runs) - 1)))

    def _compute(self) -> None:
        """Compute the runs whose numbers the edit changed."""
        before, self._records = self._records, self._records.revised(self.experiment)
        for record in set(before.each) - set(self._records.each):
            if record.task:
                record.task.cancel()
        self._submit()

    def _submit(self) -> None:
        """Compute the runs that nothing computes yet; a fork when the run that it leaves has come there."""
        for record in self._records.each:
            if record.task is None and self._has_begun and not record.waits:
                take = partial(self._on_rows, record)
                record.task = self._tasks.submit(record.compute, take, progressed=take)

    def sample_exactly(self) -> None:
        """Compute the surface over all points without approximation, in the background."""
        self.surfaces.sample_exactly(self.experiment, self._wanted_plane())

    def sample_for_picture(self) -> None:
        """Have a slice that follows the selected run where the run is, without waiting for the next one."""
        self.surfaces.sample_slice(self.experiment, self._wanted_plane())
        self._show_surface()

    @property
    def plane(self) -> Plane:
        """The plane that is drawn: that of the surface, as long as there is one of these parameters."""
        known = self.surface.plane if self.surface else None
        if known is not None and known.dimension == self.experiment.points.dimension:
            return known
        return self._wanted_plane()

    def _wanted_plane(self) -> Plane:
        """Return the plane that the document asks for; it may follow the selected run."""
        run, of = self.selected_run, self.experiment
        plane = of.plane(self._selected)
        if run is None or plane.is_all or not of.slice.follows:
            return plane
        records = self._records
        if not records.each or records.experiment is not of or not self._has_come_to_cursor():
            # It follows when it is known where the run is.
            known = self.surfaces.last.plane if self.surfaces.last else plane
            return known if known.axes == plane.axes and known.dimension == plane.dimension else plane
        p = records.each[self._selected].view(run, self.playhead.cursor, by_epoch=self._by_epoch).p
        return of.plane(self._selected, p)

    def _sample_if_needed(self) -> None:
        if not self._has_begun:
            return
        pace = Pace.PLAYING if self.playhead.playing else Pace.AT_ONCE
        pace = Pace.DRAGGING if self._is_dragging else pace
        self.surfaces.update(self.experiment, self._wanted_plane(), pace)

    def _explain_if_needed(self) -> None:
        """Find out why the selected run does what it does, once all of it is there."""
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
            self._pacer.want()  # for maps that wait for this surface, though it may be the one that there is

    @Slot(object)
    def _on_surface(self, surface: LossSurface) -> None:
        self._sample_if_needed()  # what changed while this one was sampled
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
        if head.cursor != self._cursor:
            self._cursor, self._part = head.cursor, ""
        self.playhead_changed.emit(head)
        if head.position != head.cursor:  # between two steps there is nothing new to draw
            head = head._replace(position=float(head.cursor))
        if head != self._shown_playhead:
            self._shown_playhead = head
            self._pacer.want()

    # ------------------------------------------------------------------------------- what goes out

    def set_watched(self, watched: bool) -> None:
        """Show frames only while somebody can see them, and at once what was missed."""
        if self._pacer.set_watched(watched):
            self.show_frame()

    @Slot()
    def _show_if_due(self) -> None:
        """Show this moment, unless an edit has yet to come to it: then the last picture stays for a while."""
        left = _KEPT_MS - int(self._kept.elapsed()) if self._kept else 0
        if left > 0 and not self._has_come_to_cursor():
            self._pacer.put_off(left)
        else:
            self.show_frame()

    @Slot()
    def show_frame(self) -> None:
        """Draw the current frame at once, without waiting for the frame pacer."""
        if not self._records.begun:  # nothing to show is no reason to clear the picture
            return
        self._pacer.begin()
        self._kept = None
        self._player.apply(self._measured)
        self._tell_progress()
        self._pacer.stop()  # what the playhead just said is in this frame
        self._show_surface()
        self.frame_changed.emit(self.frame())
        self._sample_if_needed()  # a slice may follow the run
        self._explain_if_needed()

    def _show_surface(self) -> None:
        """Tell of the surface that was sampled last, unless it is the one that was told."""
        if self._surface is not self.surfaces.last:
            self._surface = self.surfaces.last
            self._tell_surface()

    def _tell_surface(self) -> None:
        if not self._is_dragging:  # then it is painted when its turn comes
            self.surfaces.time_painting()
        self.surface_changed.emit(self._surface)

    def tell_all(self) -> None:
        """Tell a window that takes the place of another one what there is to show."""
        if self.surface is not None:
            self.surface_changed.emit(self.surface)
        self._progress = -1.0
        self._explanation.begin_again()
        self.playhead_changed.emit(self._player.playhead)
        self.show_frame()

    def _measured(self, head: Playhead) -> Playhead:
        """Tell the playhead how many steps there are to play."""
        length = self._records.length(by_epoch=self._by_epoch)
        return head.over(length, complete=self._records.complete)

    def _tell_progress(self) -> None:
        progress = self._records.progress
        if progress != self._progress:
            self._progress = progress
            self.progress_changed.emit(progress)
