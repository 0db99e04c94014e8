"""Repaints of slow panes in turns during a drag, so that the mouse does not wait for all of them.

While runs are being computed, the same panes take turns, one in each pass of the event loop.
"""

import math
import time
from collections.abc import Callable, Collection, Mapping

from PySide6.QtCore import QObject, QTimer

from gdsim.core.surface.surface import LossSurface
from gdsim.gui.panes import MapPane, Pane
from gdsim.session.frame import Frame

# The share of the time that turns may take while the mouse moves, and the time without a new frame or surface
# after which all remaining panes take theirs.
_SHARE, _REST_MS = 0.25, 100


class DragTurns(QObject):
    """Passes frames and surfaces to panes: at once, or during a drag in turns, where only the latest counts.

    During a drag, the ``slow`` panes and the maps whose surface has changed take turns; all other panes get
    every frame. A pane that waits keeps its last picture as a whole. A key of ``beside`` is a pane that is
    always updated together with the pane that is its value. If the only change in a frame is that runs have
    grown, maps and slow panes take turns that follow each other directly.
    """

    def __init__(
        self,
        panes: tuple[Pane, ...],
        maps: tuple[MapPane, ...],
        slow: tuple[Pane, ...],
        beside: Mapping[Pane, Pane] | None = None,
        clock: Callable[[], float] = time.perf_counter,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._maps, self._slow = maps, slow
        self._companions = {pane: companion for companion, pane in (beside or {}).items()}
        self._panes = [pane for pane in panes if pane not in self._companions.values()]
        self._frame: Frame | None = None
        self._surface: LossSurface | None = None
        self._outdated: set[MapPane] = set()  # the maps that do not show the latest surface yet
        self._waiting: list[Pane] = []  # in the order of their turns
        self._began = self._next = 0.0  # the start of the last turn, and the earliest start of the next
        # Qt paints what a pane has invalidated before this timer fires.
        self._painted = QTimer(self, singleShot=True)
        self._painted.timeout.connect(self._on_painted)
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self._go_on)

    def show_surface(self, surface: LossSurface, *, dragging: bool) -> None:
        self._surface, self._outdated = surface, set(self._maps)
        if not dragging:
            for pane in self._maps:
                self._update_surface(pane)
            return
        self._waiting += [pane for pane in self._maps if pane not in self._waiting]
        self._rest.start(_REST_MS)

    def show_frame(self, frame: Frame, *, sampling: bool) -> None:
        """Show a frame; if a surface is ``sampling`` during a drag, the maps wait for the surface."""
        before, self._frame = self._frame, frame
        same = before is not None and frame.cursor == before.cursor and frame.looks == before.looks
        if same and not frame.complete:  # runs have grown
            self._show_or_queue(frame, {*self._maps, *self._slow})
            self._rest.start(0)
        elif frame.dragging:
            skipped = set(self._maps) if sampling else set[Pane]()
            self._show_or_queue(frame, {*self._slow, *self._outdated} - skipped, skipped)
            if self._waiting and self._clock() >= self._next:
                self._take_turn()
            if self._waiting:
                self._rest.start(_REST_MS)
        else:
            self._waiting = []
            while self._outdated:
                self._update_surface(next(iter(self._outdated)))
            for pane in self._panes:
                self._show(pane, frame)

    def _show_or_queue(self, frame: Frame, queued: set[Pane], skipped: Collection[Pane] = ()) -> None:
        for pane in self._panes:
            if pane in skipped:
                continue
            if pane not in queued:
                self._show(pane, frame)
            elif pane not in self._waiting:
                self._waiting.append(pane)

    def _take_turn(self) -> None:
        self._began, self._next = self._clock(), math.inf
        self._update(self._waiting.pop(0))
        self._painted.start(0)

    def _on_painted(self) -> None:
        self._next = self._began + (self._clock() - self._began) / _SHARE

    def _go_on(self) -> None:
        if self._waiting:
            self._take_turn()
            self._rest.start(0)

    def _update(self, pane: Pane) -> None:
        self._update_surface(pane)
        if self._frame:
            self._show(pane, self._frame)

    def _show(self, pane: Pane, frame: Frame) -> None:
        pane.show_frame(frame)
        if pane in self._companions:
            self._companions[pane].show_frame(frame)

    def _update_surface(self, pane: Pane) -> None:
        for map_pane in self._maps:
            if map_pane is pane and map_pane in self._outdated and self._surface:
                self._outdated.discard(map_pane)
                map_pane.show_surface(self._surface)
