"""The commands by which the user plays a session, seeks in it, and sets its speed."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gdsim.gui.accessible import announce, is_listened_to
from gdsim.gui.paint.words import run_words
from gdsim.session.playback import Playhead
from gdsim.session.session import Session

# The factor by which one press of Faster or Slower changes the speed.
_SPEED_FACTOR = 1.5


class PlaybackCommands(QObject):
    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self._play = session.play

    def toggle(self) -> None:
        self._play(lambda head: head.pause() if head.playing else head.play())

    def back(self) -> None:
        self._move(lambda head: head.nudge(-1))

    def forward(self) -> None:
        self._move(lambda head: head.nudge(1))

    def first(self) -> None:
        self._move(lambda head: head.seek(0))

    def last(self) -> None:
        self._move(lambda head: head.seek(head.length))

    def _move(self, move: Callable[[Playhead], Playhead]) -> None:
        """Move the playhead, and announce the new position of the selected run to a screen reader."""
        self._play(move)
        if is_listened_to() and (current := self._session.frame().current):
            announce(self._window, run_words(current))

    def seek(self, step: int) -> None:
        self._play(lambda head: head.seek(step))

    def set_speed(self, speed: float) -> None:
        self._play(lambda head: head.at_speed(speed))

    def slower(self) -> None:
        self._play(lambda head: head.at_speed(head.speed / _SPEED_FACTOR))

    def faster(self) -> None:
        self._play(lambda head: head.at_speed(head.speed * _SPEED_FACTOR))

    def toggle_live(self) -> None:
        self._play(lambda head: head._replace(live=not head.live))

    def toggle_loop(self) -> None:
        self._play(lambda head: head._replace(loop=not head.loop))
