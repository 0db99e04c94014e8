"""The worker thread as the window sees it: requests go in, the answers that are still wanted come out."""

import math
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot

from gdsim.core.engine.stopping import Stop
from gdsim.core.engine.trajectory import Chunk, Columns
from gdsim.core.model.experiment import Experiment, Run, Window
from gdsim.core.model.points import PointSet
from gdsim.core.surface.surface import HeightMap
from gdsim.session.worker import Orders, Worker

if TYPE_CHECKING:
    from gdsim.core.analysis.diagnosis import Finding

# Whenever Qt calls back into Python, the window has to wait for the interpreter lock that long, while the
# worker computes. Painting calls back a hundred times, so the usual 5 ms would be half a second.
_SWITCH_SECONDS = 0.0001
# Even so the two together take longer than one after the other. So the flights rest while the window
# paints, though not longer than so at once; and the window leaves them some time before it paints again.
_REST_SECONDS = 0.1
_FLIGHT_SECONDS = 0.015
# Qt gathers what is to be painted for some 5 ms. A timer that is due later comes after the painting.
_PAINTED_MS = 8


class Solver(QObject):
    """Computes runs and surfaces in one long-lived thread.

    Every run in flight has a number. Chunks of numbers that are no longer wanted are dropped.
    Surfaces are made one at a time; of the requests that come meanwhile only the last one counts.

    Signals
    -------
    chunk_ready(int, Chunk)
        The next rows of a flight that is still wanted.
    surface_ready(HeightMap)
        A surface, newer than the one before; `is_surveying` tells whether a still newer one follows.
    findings_ready(tuple of Finding)
        What there is to say of the run that was asked about last.
    exact_progress(float)
        The share of the exact surface that is done; 1 when none is in work.
    exact_ready(HeightMap)
    """

    chunk_ready = Signal(int, object)
    surface_ready = Signal(object)
    findings_ready = Signal(object)
    exact_progress = Signal(float)
    exact_ready = Signal(object)
    _exact_requested = Signal(int, object, object, object)
    _flight_requested = Signal(int, object, int)
    _survey_requested = Signal(object, object, object)
    _question_asked = Signal(int, object, object, object, object)
    _resumed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._flights = 0
        self._is_surveying = False
        self._rested_from = self._painted_at = 0.0
        self._painted = QTimer(self)
        self._painted.setSingleShot(True)
        self._painted.setTimerType(Qt.TimerType.PreciseTimer)
        self._painted.timeout.connect(self._on_painted)
        self._next_survey: tuple[PointSet, Window, tuple[float, ...]] | None = None
        self._closed = False
        self._orders = Orders()
        self._thread = QThread()
        self._worker = Worker(self._orders)
        self._worker.moveToThread(self._thread)
        self._flight_requested.connect(self._worker.fly)
        self._survey_requested.connect(self._worker.survey)
        self._exact_requested.connect(self._worker.survey_exactly)
        self._worker.mapped.connect(self._on_mapped)
        self._question_asked.connect(self._worker.explain)
        self._resumed.connect(self._worker.resume)
        self._worker.flown.connect(self._on_flown)
        self._worker.surveyed.connect(self._on_surveyed)
        self._worker.explained.connect(self._on_explained)
        # The worker and its timer die in their own thread.
        self._thread.finished.connect(self._worker.deleteLater)

    def start(self) -> None:
        """Start the thread; requests that came before wait for it."""
        sys.setswitchinterval(_SWITCH_SECONDS)
        self._thread.start()

    def submit(self, experiment: Experiment, index: int) -> int:
        """Compute one run of ``experiment``; return the number of its flight."""
        self._flights += 1
        self._orders.wanted |= {self._flights}
        self._flight_requested.emit(self._flights, experiment, index)
        return self._flights

    def keep(self, flights: Iterable[int]) -> None:
        """Forget every flight but these."""
        self._orders.wanted = frozenset(flights)

    def stop(self) -> None:
        """Compute no further steps of the flights so far; those that are not finished end as stopped."""
        self._orders.stopped = self._flights

    def explain(self, experiment: Experiment, run: Run, record: Columns, stop: Stop | None) -> None:
        """Find out what there is to say of a run, and forget any other that was asked about."""
        self.forget_question()
        self._question_asked.emit(self._orders.question, experiment, run, record, stop)

    def forget_question(self) -> None:
        """Nobody waits for what was asked last any more."""
        self._orders.question += 1

    def survey(self, points: PointSet, window: Window, fixed: tuple[float, ...]) -> None:
        """Compute a surface as soon as the one in work is done; forget any other that waits for that."""
        self._next_survey = (points, window, fixed)
        self._send_survey()

    def survey_exactly(self, points: PointSet, window: Window, fixed: tuple[float, ...]) -> None:
        """Compute a surface over all points without approximation, in the background."""
        self._orders.exact += 1
        self.exact_progress.emit(0.0)
        self._exact_requested.emit(self._orders.exact, points, window, fixed)

    def forget_exact(self) -> None:
        """Nobody waits for an exact surface any more."""
        self._orders.exact += 1
        self.exact_progress.emit(1.0)

    @property
    def is_surveying(self) -> bool:
        """Whether a surface was asked for and is not there yet."""
        return self._is_surveying

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Let the flights rest until the window has painted what it is told in the block."""
        began = time.perf_counter()
        if not self._orders.resting and began > self._painted_at + _FLIGHT_SECONDS:
            self._rested_from = began
            self._orders.resting = True
        try:
            yield
        finally:
            if self._orders.resting and began < self._rested_from + _REST_SECONDS:
                self._painted.start(_PAINTED_MS)

    @property
    def owed_ms(self) -> int:
        """How long the window should leave the flights alone before it paints again."""
        if self._painted.isActive():
            return _PAINTED_MS
        return max(0, math.ceil(1000.0 * (self._painted_at + _FLIGHT_SECONDS - time.perf_counter())))

    def close(self) -> None:
        """End the thread; nothing is emitted afterwards. Closing twice is closing once."""
        self._closed = True
        self._orders.exact += 1
        self.keep(())
        self._thread.quit()
        self._thread.wait()

    def _send_survey(self) -> None:
        if self._is_surveying or self._next_survey is None:
            return
        request, self._next_survey = self._next_survey, None
        self._is_surveying = True
        self._survey_requested.emit(*request)

    @Slot(int, object)
    def _on_explained(self, number: int, findings: "tuple[Finding, ...]") -> None:
        if number == self._orders.question and not self._closed:
            self.findings_ready.emit(findings)

    @Slot(int, object)
    def _on_flown(self, number: int, chunk: Chunk) -> None:
        if number in self._orders.wanted:
            self.chunk_ready.emit(number, chunk)

    @Slot(object)
    def _on_surveyed(self, surface: HeightMap) -> None:
        self._is_surveying = False
        self._send_survey()
        if not self._closed:
            self.surface_ready.emit(surface)

    @Slot(int, float, object)
    def _on_mapped(self, number: int, share: float, surface: HeightMap | None) -> None:
        if number != self._orders.exact or self._closed:
            return
        self.exact_progress.emit(share)
        if surface is not None:
            self.exact_ready.emit(surface)

    @Slot()
    def _on_painted(self) -> None:
        self._painted_at = time.perf_counter()
        self._orders.resting = False
        self._resumed.emit()
