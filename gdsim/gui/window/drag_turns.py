"""While something is dragged, panes that take long to paint follow in turns: the mouse does not wait.

While runs are computed they follow in turns, too, each before the next event is handled.
"""

import math
import time
from collections.abc import Callable, Collection, Mapping

from PySide6.QtCore import QObject, QTimer

from gdsim.core.surface.surface import LossSurface
from gdsim.gui.panes import MapPane, Pane
from gdsim.session.frame import Frame

# The share of the time that turns take while the mouse moves. All that are left have theirs when it rests
# for so long.
_SHARE, _REST_MS = 0.25, 100


class DragTurns(QObject):
    """Tells panes of frames and surfaces: at once, or in a drag each its latest when it is its turn.

    A map with another surface takes its turn once that is there, as do all of the ``slow``; any other pane
    is told of every frame. One that waits for its turn keeps its whole picture, as does one that says what
    is ``beside`` it, which is told with it. Where all that is new in a frame is that runs have grown, maps
    and slow panes take turns as well, which follow each other.
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
        self._beside = {of: one for one, of in (beside or {}).items()}
        self._panes = [pane for pane in panes if pane not in self._beside.values()]
        self._frame: Frame | None = None
        self._surface: LossSurface | None = None
        self._old: set[MapPane] = set()  # those that are to be told of the surface
        self._waiting: list[Pane] = []  # whose turn is to come, the next one first
        self._began = self._next = 0.0  # when the last turn was, and when the next may be
        # What a pane has told Qt to paint is painted before a timer is served.
        self._painted = QTimer(self, singleShot=True)
        self._painted.timeout.connect(self._on_painted)
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self._go_on)

    def show_surface(self, surface: LossSurface, *, dragging: bool) -> None:
        self._surface, self._old = surface, set(self._maps)
        if not dragging:
            for pane in self._maps:
                self._update_surface(pane)
            return
        self._waiting += [pane for pane in self._maps if pane not in self._waiting]
        self._rest.start(_REST_MS)

    def show_frame(self, frame: Frame, *, sampling: bool) -> None:
        """Tell of a frame; while a surface is ``sampling``, the maps wait for it."""
        before, self._frame = self._frame, frame
        same = before is not None and frame.cursor == before.cursor and frame.looks == before.looks
        if same and not frame.complete:  # runs have grown
            self._tell_or_queue(frame, {*self._maps, *self._slow})
            self._rest.start(0)
        elif frame.dragging:
            late = set(self._maps) if sampling else set[Pane]()
            self._tell_or_queue(frame, {*self._slow, *self._old} - late, late)
            if self._waiting and self._clock() >= self._next:
                self._take_turn()
            if self._waiting:
                self._rest.start(_REST_MS)
        else:
            self._waiting = []
            while self._old:
                self._update_surface(next(iter(self._old)))
            for pane in self._panes:
                self._show(pane, frame)

    def _tell_or_queue(self, frame: Frame, queued: set[Pane], left_out: Collection[Pane] = ()) -> None:
        """Tell panes of a frame, but for those that take turns, or are left out."""
        for pane in self._panes:
            if pane in left_out:
                continue
            if pane not in queued:
                self._show(pane, frame)
            elif pane not in self._waiting:
                self._waiting.append(pane)

    def _take_turn(self) -> None:
        self._began, self._next = self._clock(), math.inf
        self._tell(self._waiting.pop(0))
        self._painted.start(0)

    def _on_painted(self) -> None:
        self._next = self._began + (self._clock() - self._began) / _SHARE

    def _go_on(self) -> None:
        if self._waiting:
            self._take_turn()
            self._rest.start(0)

    def _tell(self, pane: Pane) -> None:
        self._update_surface(pane)
        if self._frame:
            self._show(pane, self._frame)

    def _show(self, pane: Pane, frame: Frame) -> None:
        pane.show_frame(frame)
        if pane in self._beside:
            self._beside[pane].show_frame(frame)

    def _update_surface(self, pane: Pane) -> None:
        for one in self._maps:
            if one is pane and one in self._old and self._surface:
                self._old.discard(one)
                one.show_surface(self._surface)
