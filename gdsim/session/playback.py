"""Playback: its position as an immutable value, and the timer that advances it."""

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

SLOWEST, FASTEST = 0.5, 1000.0
# 60 frames a second.
_FRAME_MS = 16
_LONGEST_FRAME = 0.1


class Playhead(NamedTuple):
    """A position on the records, and how it moves."""

    # The wanted position in steps or epochs, which may be ahead of a record that is still growing.
    position: float = 0.0
    length: int = 0  # The last step or epoch so far
    complete: bool = False  # Whether the records no longer grow
    speed: float = 20.0  # Steps a second
    # Whether playback follows the end of a growing record instead of its own speed.
    live: bool = False
    playing: bool = False
    loop: bool = False

    @property
    def cursor(self) -> int:
        """The step that is shown."""
        return min(int(self.position), self.length)

    @property
    def at_end(self) -> bool:
        """Whether the last step of a complete record is shown."""
        return self.complete and self.position >= self.length

    def advance(self, seconds: float) -> "Playhead":
        if not self.playing:
            return self
        if self.at_end:
            return self._replace(position=0.0) if self.loop and self.length else self.pause()
        if self.live and not self.complete:
            return self  # the growing record moves it
        # Steps that are not computed yet cannot be shown, so playback waits for them.
        furthest = max(float(self.length), self.position)
        return self._replace(position=min(self.position + self.speed * seconds, furthest))

    def seek(self, step: float) -> "Playhead":
        """Return the playhead moved to ``step``, or to the nearest one there is."""
        return self._replace(position=float(min(max(step, 0), self.length)))

    def nudge(self, steps: int) -> "Playhead":
        """Return the playhead paused and moved by some steps."""
        return self.pause().seek(self.cursor + steps)

    def play(self) -> "Playhead":
        """Return the playhead playing, from the start if it is at the end."""
        return self._replace(playing=True, position=0.0 if self.at_end else self.position)

    def pause(self) -> "Playhead":
        return self._replace(playing=False)

    def at_speed(self, speed: float) -> "Playhead":
        """Return the playhead at ``speed`` steps per second, clamped to the range of speeds."""
        return self._replace(speed=min(max(speed, SLOWEST), FASTEST), live=False)

    def over(self, length: int, *, complete: bool) -> "Playhead":
        """Return the playhead over a record of another length.

        The position is kept while the record grows towards it, so that an edit does not rewind.
        """
        position = self.position
        if self.live and self.playing and not self.complete:
            position = float(length)
        elif complete:
            position = min(position, float(length))
        if (length, complete, position) == (self.length, self.complete, self.position):
            return self
        return self._replace(length=length, complete=complete, position=position)


class PlaybackTimer(QObject):
    """A timer that advances a playhead."""

    changed = Signal(object)  # Playhead: the new one

    def __init__(self, parent: QObject | None = None, clock: QElapsedTimer | None = None) -> None:
        super().__init__(parent)
        self._playhead = Playhead()
        self._clock = clock or QElapsedTimer()
        self._timer = QTimer(self, interval=_FRAME_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    @property
    def playhead(self) -> Playhead:
        return self._playhead

    def apply(self, change: Callable[[Playhead], Playhead]) -> None:
        playhead = change(self._playhead)
        if playhead == self._playhead:
            return
        self._playhead = playhead
        if playhead.playing and not self._timer.isActive():
            self._clock.start()
            self._timer.start()
        elif not playhead.playing:
            self._timer.stop()
        self.changed.emit(playhead)

    def _tick(self) -> None:
        seconds = self._clock.nsecsElapsed() * 1e-9  # milliseconds would be too coarse, and slow playback
        self._clock.start()
        # After a long pause, as of a suspended laptop, playback goes on where it was.
        self.apply(lambda head: head.advance(min(seconds, _LONGEST_FRAME)))
