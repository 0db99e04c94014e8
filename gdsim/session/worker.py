"""What runs in the worker thread. All policy about time, none about numbers."""

import time
from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from gdsim.core.engine.record_limit import RECORD_BYTES
from gdsim.core.engine.stopping import Stop, StopReason
from gdsim.core.engine.trajectory import Chunk, Columns
from gdsim.core.model.experiment import Experiment, Run, Window
from gdsim.core.model.points import PointSet
from gdsim.core.surface.binned_loss import LossTerms, condense
from gdsim.core.surface.surface import HeightMap, survey_terms, surveying_exactly
from gdsim.session.flight import Flight

if TYPE_CHECKING:
    from gdsim.core.analysis.diagnosis import Finding

# Long enough to be worth the signals, short enough that a new request is answered at once.
_TURN_SECONDS = 0.010
# The flights share a turn, but a chunk that takes less time than this is mostly overhead.
_SHORTEST_CHUNK_SECONDS = 0.002
# The pause after each turn lets the window take the interpreter lock.
_PAUSE_MS = 1
# A row that takes longer is heavy. Heavy flights and light ones get the same time: if those with the fewest
# rows always came first, a million steps of one point each would wait for a run over a million points.
_HEAVY_ROW_SECONDS = 0.001
# How far one kind may get ahead of the other.
_MOST_LEAD_SECONDS = 0.05


@dataclass
class Orders:
    """What the window wants: all that the two threads share.

    The window replaces the values, the worker reads them between two chunks; so no lock is needed.

    Attributes
    ----------
    wanted : frozenset of int
        The flights that somebody waits for.
    stopped : int
        Flights up to this number end where they are.
    resting : bool
        Whether the flights rest, since the window paints; `Worker.resume` ends the rest.
    question : int
        The number of the run that an explanation is wanted of.
    exact : int
        The number of the exact surface that is wanted.
    """

    wanted: frozenset[int] = frozenset()
    stopped: int = 0
    resting: bool = False
    question: int = 0
    exact: int = 0


class Worker(QObject):
    """Computes flights and surfaces, in turns that are short enough for requests to come in between.

    Signals
    -------
    flown(int, Chunk)
        The next rows of a flight.
    surveyed(HeightMap)
    explained(int, tuple of Finding)
        What there is to say of the run that was asked about under this number.
    mapped(int, float, HeightMap or None)
        The share of the exact surface of this number that is done, and the surface when all of it is.
    """

    flown = Signal(int, object)
    surveyed = Signal(object)
    explained = Signal(int, object)
    mapped = Signal(int, float, object)

    def __init__(self, orders: Orders) -> None:
        super().__init__()
        self._orders = orders
        self._flights: list[Flight] = []
        self._heavy_lead = 0.0  # seconds that the heavy flights had more than the light ones
        self._condensed: tuple[PointSet, tuple[float, ...], LossTerms] | None = None
        # A child, so that it moves to the thread with the worker, and dies there with it.
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setTimerType(Qt.TimerType.PreciseTimer)
        self._pause.timeout.connect(self._take_turn)
        self._case: tuple[int, Generator[None, None, tuple[Finding, ...]]] | None = None
        self._thought = QTimer(self)
        self._thought.setSingleShot(True)
        self._thought.timeout.connect(self._think_on)
        self._map: tuple[int, Generator[float, None, HeightMap]] | None = None
        self._mapped = QTimer(self)
        self._mapped.setSingleShot(True)
        self._mapped.timeout.connect(self._map_on)

    @Slot(int, object, int)
    def fly(self, number: int, experiment: Experiment, index: int) -> None:
        """Take a run on, and answer with its start at once."""
        if number not in self._orders.wanted:
            return
        flight = Flight(number, experiment, index)
        self._flights.append(flight)
        self.flown.emit(number, flight.start)
        if not self._pause.isActive():
            self._pause.start(_PAUSE_MS)

    @Slot(object, object, object)
    def survey(self, points: PointSet, window: Window, fixed: tuple[float, ...]) -> None:
        """Compute a surface."""
        if self._condensed is None or self._condensed[0] is not points or self._condensed[1] != fixed:
            self._condensed = (points, fixed, condense(points, fixed))
        self.surveyed.emit(survey_terms(self._condensed[2], window, fixed))

    @Slot(int, object, object, object, object)
    def explain(
        self, number: int, experiment: Experiment, run: Run, record: Columns, stop: Stop | None
    ) -> None:
        """Find out what there is to say of a run, and forget any other that was asked about."""
        from gdsim.core.analysis.diagnosis import diagnosing  # noqa: PLC0415 - the window's start needs no findings

        self._case = number, diagnosing(experiment, run, record, stop)
        self._thought.start(_PAUSE_MS)

    @Slot()
    def _think_on(self) -> None:
        if self._case is None or self._case[0] != self._orders.question:
            return
        number, work = self._case
        try:
            next(work)
        except StopIteration as done:
            self._case = None
            self.explained.emit(number, done.value)
        else:
            self._thought.start(_PAUSE_MS)

    @Slot(int, object, object, object)
    def survey_exactly(self, number: int, points: PointSet, window: Window, fixed: tuple[float, ...]) -> None:
        """Compute a surface over all points, and forget any other that was in work."""
        self._map = number, surveying_exactly(points, window, fixed)
        self._mapped.start(_PAUSE_MS)

    @Slot()
    def _map_on(self) -> None:
        if self._map is None or self._map[0] != self._orders.exact:
            self._map = None
            return
        number, work = self._map
        try:
            share = next(work)
        except StopIteration as done:
            self._map = None
            self.mapped.emit(number, 1.0, done.value)
        else:
            self.mapped.emit(number, share, None)
            self._mapped.start(_PAUSE_MS)

    @Slot()
    def resume(self) -> None:
        """Go on after a rest."""
        self._pause.start(0)

    @Slot()
    def _take_turn(self) -> None:
        end = time.perf_counter() + _TURN_SECONDS
        while not self._orders.resting and time.perf_counter() < end:
            flight = self._next_in_line()
            if flight is None:
                return
            began = time.perf_counter()
            chunk = self._next_chunk(flight)
            self._count_time(flight, time.perf_counter() - began)
            if chunk.stop:
                self._flights.remove(flight)
            self.flown.emit(flight.number, chunk)
        if not self._orders.resting:
            self._pause.start(_PAUSE_MS)

    def _next_in_line(self) -> Flight | None:
        """Forget what nobody waits for, and return the flight whose turn it is.

        All runs move on one clock, so the one that is behind holds up the others: it comes first, but of
        those whose rows take about as long.
        """
        wanted = self._orders.wanted
        self._flights = [flight for flight in self._flights if flight.number in wanted]
        heavy = [flight for flight in self._flights if _is_heavy(flight)]
        light = [flight for flight in self._flights if not _is_heavy(flight)]
        first, second = (light, heavy) if self._heavy_lead > 0.0 else (heavy, light)
        line = first or second
        return min(line, key=lambda flight: flight.rows, default=None)

    def _count_time(self, flight: Flight, seconds: float) -> None:
        lead = self._heavy_lead + (seconds if _is_heavy(flight) else -seconds)
        self._heavy_lead = min(max(lead, -_MOST_LEAD_SECONDS), _MOST_LEAD_SECONDS)

    def _next_chunk(self, flight: Flight) -> Chunk:
        if flight.number <= self._orders.stopped:
            return flight.cut(StopReason.STOPPED)
        if flight.size >= RECORD_BYTES // max(1, len(self._orders.wanted)):
            return flight.cut(StopReason.FULL)
        return flight.advance(max(_TURN_SECONDS / len(self._flights), _SHORTEST_CHUNK_SECONDS))


def _is_heavy(flight: Flight) -> bool:
    return flight.row_seconds > _HEAVY_ROW_SECONDS
