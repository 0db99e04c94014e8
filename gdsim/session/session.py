"""Joins document, solver and player, and gives the window its frames."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal, Slot

from gdsim.core.engine.trajectory import Chunk
from gdsim.core.files.scene_file import SceneFile
from gdsim.core.model.experiment import Experiment, Run, Window
from gdsim.core.model.points import PointSet
from gdsim.core.surface.surface import HeightMap
from gdsim.session.document import Document
from gdsim.session.frame import Frame
from gdsim.session.player import Player
from gdsim.session.playhead import Playhead
from gdsim.session.run_records import Tracks
from gdsim.session.solver import Solver
from gdsim.session.update_cache import Lens

# Chunks, seeks and edits come as fast as they will; the picture follows them once a frame.
_FRAME_MS = 15
# Growth alone is followed at leisure: drawing takes the time of computing.
_GROWTH_MS = 100
_LOOK_AGAIN_MS = 4
# After an edit the last picture stands until the new runs are whole, so that nothing jumps to the start
# and back while a point is dragged; but no longer than this,
_WHOLE_MS = 60
# or this, when they have not yet come to where playback stands.
_CAUGHT_UP_MS = 180


class Session(QObject):
    """An open document at work.

    Signals
    -------
    experiment_changed(old, new)
        `Experiment` before and after.
    surface_changed(HeightMap)
    frame_changed(Frame)
        The cursor moved, or what it stands on changed.
    playhead_changed(Playhead)
    selected_changed(int)
        Another run is selected, or the selected one has another index.
    findings_changed(tuple of Finding or None)
        What there is to say of the selected run; None until it is known.
    progress_changed(float)
        Share of the work that is done; 1 when nothing is left to compute.
    exact_progress(float)
        Share of the exact surface that is done; 1 when none is in work.
    """

    experiment_changed = Signal(object, object)
    surface_changed = Signal(object)
    frame_changed = Signal(object)
    playhead_changed = Signal(object)
    selected_changed = Signal(int)
    findings_changed = Signal(object)
    progress_changed = Signal(float)
    exact_progress = Signal(float)

    def __init__(self, experiment: Experiment, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = Document(experiment, self)
        self.player = Player(self)
        self._solver = Solver(self)
        self._selected = 0
        self._by_epoch = False
        self._tracks = Tracks(experiment)
        self._shown = True  # whether a picture of these tracks was given
        self._surface: HeightMap | None = None
        self._surveyed: tuple[object, ...] = ()
        self._progress = -1.0
        self._cursor = 0
        self._lens = Lens()
        self._explained: tuple[object, ...] = ()
        self._since_edit, self._since_frame = QElapsedTimer(), QElapsedTimer()
        self._frame_timer = QTimer(self)
        self._frame_timer.setSingleShot(True)
        self._frame_timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._frame_timer.timeout.connect(self._show_frame)
        self.document.changed.connect(self._on_changed)
        self.player.changed.connect(self._on_playhead)
        self._solver.chunk_ready.connect(self._on_chunk)
        self._solver.surface_ready.connect(self._on_surface)
        self._solver.findings_ready.connect(self.findings_changed)
        self._solver.exact_progress.connect(self.exact_progress)
        self._solver.exact_ready.connect(self._on_surface)

    def begin(self) -> None:
        """Start computing, once everybody listens."""
        self._solver.start()
        self._fly()
        self._survey_if_needed()

    def close(self) -> None:
        """Stop playback and end the worker thread. Closing twice is closing once."""
        self._solver.close()
        self.player.apply(Playhead.pause)
        self._frame_timer.stop()

    @property
    def experiment(self) -> Experiment:
        """The present experiment."""
        return self.document.experiment

    @property
    def playhead(self) -> Playhead:
        """Where playback stands."""
        return self.player.playhead

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
    def surface(self) -> HeightMap | None:
        """The surface shown last."""
        return self._surface

    @property
    def by_epoch(self) -> bool:
        """Whether the clock counts epochs instead of steps."""
        return self._by_epoch

    @property
    def is_settled(self) -> bool:
        """Whether all runs and the surface of the present experiment are computed."""
        flown = self._tracks.complete and not self._is_behind
        return flown and self.playhead.complete and not (self._solver.is_surveying or self._surface is None)

    def edit(self, experiment: Experiment, name: str, merge: str = "") -> None:
        """Replace the experiment; edits with the same ``merge`` key are undone as one."""
        self.document.edit(experiment, name, merge)

    def open(self, experiment: Experiment, file: SceneFile | None = None, *, saved: bool = True) -> None:
        """Put another document in place of this one, and stand at its start; see `Document.open`."""
        self.player.apply(lambda head: replace(head.pause(), position=0.0))
        self.select(0)
        self.document.open(experiment, file, saved=saved)
        self._catch_up()

    def select(self, index: int) -> None:
        """Select a run."""
        index = max(0, min(index, len(self.experiment.runs) - 1))
        if index == self._selected:
            return
        self._selected = index
        self.selected_changed.emit(index)
        self._survey_if_needed()
        self._want_frame()

    def play(self, change: Callable[[Playhead], Playhead]) -> None:
        """Move, start or stop playback."""
        self.player.apply(change)

    def set_by_epoch(self, by_epoch: bool) -> None:
        """Count the clock in epochs, so that all runs have seen equally many points, or in steps."""
        if by_epoch == self._by_epoch:
            return
        self._by_epoch = by_epoch
        size = self._tracks.each[self._selected].per_epoch if self._tracks.each else 1
        convert = Playhead.in_units if by_epoch else Playhead.in_steps
        self.player.apply(lambda head: self._measured(convert(head, size)))
        self._want_frame()

    def stop_computing(self) -> None:
        """Compute no further steps."""
        self._catch_up()
        self._solver.stop()

    def frame(self) -> Frame:
        """Return the picture of this moment."""
        return self.frame_at(self.playhead.cursor)

    def frame_at(self, cursor: int) -> Frame:
        """Return the picture of another moment of playback."""
        head = self.playhead
        views = self._tracks.views(self.experiment.runs, cursor, by_epoch=self._by_epoch)
        update = self._lens.update(self._tracks.experiment, views[self._selected]) if views else None
        # A part is lit at the cursor alone, and only there is something on its way.
        here = cursor == head.cursor
        part, playing = (self._lens.part, head.playing) if here else ("", False)
        return Frame(cursor, head.length, self._by_epoch, views, self._selected, update, part, playing)

    def light(self, part: str) -> None:
        """Light one part of the selected run's update, or all of it when ``part`` is empty."""
        if part != self._lens.part:
            self._lens.part = part
            self._want_frame()

    def next_part(self) -> None:
        """Light the next part of the update; after its last part, the first one of the next update."""
        run = self.selected_run
        if run is None:
            return
        if self._lens.part and not self._lens.next_part(run):
            self.play(lambda head: head.nudge(1))
            self._lens.part = ""
        self.light(self._lens.next_part(run))

    # ------------------------------------------------------------------------------ after an edit

    @Slot(object, object)
    def _on_changed(self, old: Experiment, new: Experiment) -> None:
        index, self._selected = self._selected, self._selected_after(old, new)
        self._survey_if_needed()  # the surface comes first, and is computed while the window shows the rest
        # While a point is dragged, edits come faster than runs are flown: the runs in flight are let arrive.
        if self._shown or not self._tracks.can_show(new):
            self._fly()
        with self._undisturbed():
            self.experiment_changed.emit(old, new)
        if self._selected != index:
            self.selected_changed.emit(self._selected)
        self._want_frame()

    def _selected_after(self, old: Experiment, new: Experiment) -> int:
        """Return where the selected run is now; the run in its place, when it is gone."""
        chosen = old.runs[self._selected] if old.runs else None
        same = (index for index, run in enumerate(new.runs) if run is chosen)
        return next(same, max(0, min(self._selected, len(new.runs) - 1)))

    def _fly(self) -> None:
        """Compute the runs whose numbers the edits since the last time changed."""
        before = self._tracks
        self._tracks = before.revised(self.experiment, self._solver.submit)
        self._solver.keep(self._tracks.flights)
        if self._tracks.flights <= before.flights:
            self.player.apply(self._measured)
            return
        # Playback goes on over the old length until the new one is shown.
        self.player.apply(lambda head: replace(head, complete=False))
        if self._shown:
            self._shown = False
            self._since_edit.start()

    def _catch_up(self) -> None:
        """Fly the edits that came while earlier ones were in flight."""
        if self._is_behind:
            self._fly()

    @property
    def _is_behind(self) -> bool:
        """Whether there were edits whose runs do not fly yet."""
        return self._tracks.experiment is not self.experiment

    def _are_worth_waiting_for(self) -> bool:
        """Return whether the last picture should stand a little longer, for the sake of the new runs."""
        if self._shown or self._tracks.complete:
            return False
        if not self._tracks.begun:  # nothing to show is no reason to clear the picture
            return True
        too_short = int(self.playhead.position) > self._tracks.length(by_epoch=self._by_epoch)
        return not self._since_edit.hasExpired(_CAUGHT_UP_MS if too_short else _WHOLE_MS)

    def survey_exactly(self) -> None:
        """Compute the surface over all points without approximation, in the background."""
        self._solver.survey_exactly(*self._wanted_surface())

    def stop_exact(self) -> None:
        """Compute no exact surface any more."""
        self._solver.forget_exact()

    def _wanted_surface(self) -> tuple[PointSet, Window, tuple[float, ...]]:
        run = self.selected_run
        dimension = self.experiment.points.dimension
        fixed = run.start[1:-1] if run else (0.0,) * (dimension - 1)
        return self.experiment.points, self.experiment.window, fixed

    def _survey_if_needed(self) -> None:
        wanted = self._wanted_surface()
        if wanted != self._surveyed:
            self._surveyed = wanted
            self._solver.forget_exact()  # that was of another surface
            self._solver.survey(*wanted)

    def _explain_if_needed(self) -> None:
        """Ask why the selected run does what it does, once all of it is there."""
        track = self._tracks.each[self._selected] if self._tracks.each and self._tracks.complete else None
        wanted = (track, self._tracks.experiment.points) if track else ()
        if wanted == self._explained:
            return
        self._explained = wanted
        self.findings_changed.emit(None)
        if track:
            record = track.trajectory.until(track.trajectory.last_step)
            self._solver.explain(self._tracks.experiment, track.run, record, track.trajectory.stop)
        else:
            self._solver.forget_question()

    # ------------------------------------------------------------------------------- what comes in

    @Slot(int, object)
    def _on_chunk(self, flight: int, chunk: Chunk) -> None:
        track = self._tracks.of_flight(flight)
        if track:
            track.trajectory.append(chunk)
            self._want_frame(_FRAME_MS if self._tracks.complete else _GROWTH_MS)

    @Slot(object)
    def _on_surface(self, surface: HeightMap) -> None:
        self._surface = surface
        with self._undisturbed():
            self.surface_changed.emit(surface)

    @Slot(object)
    def _on_playhead(self, head: Playhead) -> None:
        if head.cursor != self._cursor:
            self._cursor, self._lens.part = head.cursor, ""
        self.playhead_changed.emit(head)
        self._want_frame()

    # ------------------------------------------------------------------------------- what goes out

    def _want_frame(self, pace: int = _FRAME_MS) -> None:
        """Show a frame now, or when the last one has stood for long enough."""
        stood = int(self._since_frame.elapsed()) if self._since_frame.isValid() else pace
        wait = max(0, pace - stood)
        if not self._frame_timer.isActive() or self._frame_timer.remainingTime() > wait:
            self._frame_timer.start(wait)

    @Slot()
    def _show_frame(self) -> None:
        owed = 0 if self._tracks.complete else self._solver.owed_ms
        if owed or self._are_worth_waiting_for():
            self._frame_timer.start(max(owed, _LOOK_AGAIN_MS))
            return
        self._shown = True
        self._since_frame.start()
        with self._undisturbed():
            self.player.apply(self._measured)
            self._tell_progress()
            self._frame_timer.stop()  # what the playhead just said is in this frame
            self.frame_changed.emit(self.frame())
            self._explain_if_needed()
        self._catch_up()

    def _undisturbed(self) -> AbstractContextManager[None]:
        """Let the flights rest while the window paints.

        While a point is dragged the window always paints, and flights that always rest would never land.
        """
        return nullcontext() if self._is_behind else self._solver.resting()

    def _measured(self, head: Playhead) -> Playhead:
        """Tell the playhead how much there is to play."""
        length = self._tracks.length(by_epoch=self._by_epoch)
        return head.over(length, complete=self._tracks.complete)

    def _tell_progress(self) -> None:
        progress = self._tracks.progress
        if progress != self._progress:
            self._progress = progress
            self.progress_changed.emit(progress)
