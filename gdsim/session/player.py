"""One timer around a `Playhead`. It owns the timer and nothing else."""

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

from gdsim.session.playhead import Playhead

# 60 frames a second.
_FRAME_MS = 16
_LONGEST_FRAME = 0.1


class Player(QObject):
    """Moves a playhead as time passes.

    Signals
    -------
    changed(Playhead)
        The playhead differs from what it was.
    """

    changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._playhead = Playhead()
        self._clock = QElapsedTimer()
        self._shown_at = 0  # nanoseconds; whole milliseconds would lose a share of every frame
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self._tick)

    @property
    def playhead(self) -> Playhead:
        """Where playback stands."""
        return self._playhead

    def apply(self, change: Callable[[Playhead], Playhead]) -> None:
        """Replace the playhead by what ``change`` makes of it."""
        self._become(change(self._playhead))

    def _tick(self) -> None:
        now = self._clock.nsecsElapsed()
        seconds = (now - self._shown_at) * 1e-9
        self._shown_at = now
        # After a long pause, such as a suspended laptop, playback goes on where it was.
        self._become(self._playhead.advance(min(seconds, _LONGEST_FRAME)))

    def _become(self, playhead: Playhead) -> None:
        if playhead == self._playhead:
            return
        self._playhead = playhead
        if playhead.playing and not self._timer.isActive():
            self._clock.start()
            self._shown_at = 0
            self._timer.start()
        elif not playhead.playing:
            self._timer.stop()
        self.changed.emit(playhead)
