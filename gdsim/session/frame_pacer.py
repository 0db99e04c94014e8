"""The timing of frames: drawn soon after a change, but not more often than anybody could see."""

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

# However fast seeks and edits come, there is at most one frame in this time.
_FRAME_MS = 15


class FramePacer(QObject):
    """A timer that keeps frames a while apart."""

    due = Signal()  # it is time to draw the next frame

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._is_watched, self._has_missed = True, False
        self._since_frame = QElapsedTimer()
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.due)

    def want(self, pace: int = _FRAME_MS) -> None:
        """Request a frame as soon as the last one has been shown for ``pace`` milliseconds."""
        if not self._is_watched:
            self._has_missed = True
            return
        stood = int(self._since_frame.elapsed()) if self._since_frame.isValid() else pace
        wait = max(0, pace - stood)
        if not self._timer.isActive() or self._timer.remainingTime() > wait:
            self._timer.start(wait)

    def put_off(self, milliseconds: int) -> None:
        """Move the next frame to this many milliseconds from now."""
        self._timer.start(milliseconds)

    def begin(self) -> None:
        """Record that a frame is being drawn now."""
        self._since_frame.start()

    def stop(self) -> None:
        """Cancel the requested frame."""
        self._timer.stop()

    def set_watched(self, watched: bool) -> bool:
        """Request frames only while somebody can see them; return whether a missed one is due now."""
        self._is_watched = watched
        if not watched and self._timer.isActive():
            self._timer.stop()
            self._has_missed = True
        is_late = watched and self._has_missed
        if is_late:
            self._has_missed = False
        return is_late
