"""Pictures and animations of the whole window, without a person at it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer

from gdsim.gui.export.cameras import WindowCamera
from gdsim.gui.export.clip import ClipFormat, ClipPlan
from gdsim.gui.export.clip_job import ClipJob
from gdsim.gui.export.picture import png_bytes, save_bytes
from gdsim.gui.window.main_window import MainWindow
from gdsim.session.session import Session

_SECONDS, _RATE = 7.2, 12.5


class Recorder:
    """Takes pictures of a window.

    Parameters
    ----------
    window : MainWindow
    session : Session
    interrupted : callable
        Whether to give up.
    """

    def __init__(self, window: MainWindow, session: Session, interrupted: Callable[[], bool]) -> None:
        self._window = window
        self._session = session
        self._interrupted = interrupted

    def save_picture(self, out: Path, step: int | None) -> None:
        """Save the window as a PNG, standing at ``step`` (the last one when it is None).

        Raises
        ------
        ValueError
            If there is no such step.
        OSError
            If the file cannot be written.
        KeyboardInterrupt
            If it was interrupted.
        """
        length = self._settled_length()
        if step is not None and step > length:
            raise ValueError(f"there is no step {step}; the last one is {length}")
        image = WindowCamera(self._window).take(length if step is None else step)
        save_bytes(png_bytes(image), out)

    def save_animation(self, out: Path) -> None:
        """Save the window as a clip that plays all runs from their start to their end.

        Raises
        ------
        ValueError
            If this machine has no encoder for such a clip.
        OSError
            If the file cannot be written.
        KeyboardInterrupt
            If it was interrupted.
        """
        plan = ClipPlan.lasting(0, self._settled_length(), _SECONDS, _RATE)
        camera = WindowCamera(self._window)
        job = ClipJob(camera.take, plan, camera.size, ClipFormat(out.suffix.lower()[1:]), out)
        loop = QEventLoop()
        faults: list[Exception] = []
        job.finished.connect(loop.quit)
        job.failed.connect(faults.append)
        job.failed.connect(loop.quit)
        job.progressed.connect(lambda _share: loop.quit() if self._interrupted() else None)
        job.start()
        loop.exec()
        job.close()
        self._give_up_if_interrupted()
        if faults:
            raise faults.pop()  # kept here, it would keep this very frame, and with it the window

    def _settled_length(self) -> int:
        """Let the program work, as it would with a person waiting, until all is computed."""
        wait_for(self._window.is_settled, self._interrupted)
        return self._session.playhead.length

    def _give_up_if_interrupted(self) -> None:
        if self._interrupted():
            raise KeyboardInterrupt


def wait_for(is_settled: Callable[[], bool], interrupted: Callable[[], bool]) -> None:
    """Let the program work until something is settled.

    Raises
    ------
    KeyboardInterrupt
        If it was interrupted.
    """
    loop = QEventLoop()
    timer = QTimer()
    timer.timeout.connect(lambda: loop.quit() if is_settled() or interrupted() else None)
    timer.start(5)
    loop.exec()
    timer.stop()
    if interrupted():
        raise KeyboardInterrupt


def last_or(step: int | None, length: int) -> int:
    """Return a step that is wanted, or the last one when none is.

    Raises
    ------
    ValueError
        If there is no such step.
    """
    if step is not None and step > length:
        raise ValueError(f"there is no step {step}; the last one is {length}")
    return length if step is None else step
