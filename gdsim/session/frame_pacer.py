"""When the next frame is drawn: soon after something has changed, but not more often than anybody sees."""

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

# However fast seeks and edits come, they are drawn once a frame.
_FRAME_MS = 15


class FramePacer(QObject):
    """Lets a frame stand for a while before the next one."""

    due = Signal()  # the next frame is to be drawn

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._is_watched, self._has_missed = True, False
        self._since_frame = QElapsedTimer()
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.due)

    def want(self, pace: int = _FRAME_MS) -> None:
        """Have a frame drawn at once, or when the last one has stood for so many milliseconds."""
        if not self._is_watched:
            self._has_missed = True
            return
        stood = int(self._since_frame.elapsed()) if self._since_frame.isValid() else pace
        wait = max(0, pace - stood)
        if not self._timer.isActive() or self._timer.remainingTime() > wait:
            self._timer.start(wait)

    def put_off(self, milliseconds: int) -> None:
        """Have no frame drawn before so many milliseconds."""
        self._timer.start(milliseconds)

    def begin(self) -> None:
        """Take note that a frame is drawn now."""
        self._since_frame.start()

    def stop(self) -> None:
        """Draw nothing that was asked for."""
        self._timer.stop()

    def set_watched(self, watched: bool) -> bool:
        """Draw frames only while somebody can see them; return whether one that was missed is to be drawn."""
        self._is_watched = watched
        if not watched and self._timer.isActive():
            self._timer.stop()
            self._has_missed = True
        is_late = watched and self._has_missed
        if is_late:
            self._has_missed = False
        return is_late
