"""Moves of the playhead that a person asks for."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gdsim.gui.accessible import announce, is_listened_to
from gdsim.gui.paint.words import run_words
from gdsim.session.playback import Playhead
from gdsim.session.session import Session

# By so many times one press of faster or slower changes the speed.
_STAIR = 1.5


class Player(QObject):
    """Plays a session, seeks in it, and sets its speed."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self._play = session.play

    def toggle(self) -> None:
        self._play(lambda head: head.pause() if head.playing else head.play())

    def back(self) -> None:
        self._step(lambda head: head.nudge(-1))

    def forward(self) -> None:
        self._step(lambda head: head.nudge(1))

    def first(self) -> None:
        self._step(lambda head: head.seek(0))

    def last(self) -> None:
        self._step(lambda head: head.seek(head.length))

    def _step(self, move: Callable[[Playhead], Playhead]) -> None:
        """Move, and tell somebody who does not see it where the selected run is now."""
        self._play(move)
        if is_listened_to() and (current := self._session.frame().current):
            announce(self._window, run_words(current))

    def seek(self, step: int) -> None:
        self._play(lambda head: head.seek(step))

    def set_speed(self, speed: float) -> None:
        self._play(lambda head: head.at_speed(speed))

    def slower(self) -> None:
        self._play(lambda head: head.at_speed(head.speed / _STAIR))

    def faster(self) -> None:
        self._play(lambda head: head.at_speed(head.speed * _STAIR))

    def toggle_live(self) -> None:
        self._play(lambda head: head._replace(live=not head.live))

    def toggle_loop(self) -> None:
        self._play(lambda head: head._replace(loop=not head.loop))
