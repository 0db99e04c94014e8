"""Unattended pictures and clips of the window, for `gdsim record` and `gdsim export --svg`."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from gdsim.core.files.atomic import save_bytes
from gdsim.core.model.experiment import Experiment
from gdsim.core.process import ENDING_SIGNALS, handled_by
from gdsim.gui.arrows.choice import ArrowChoice
from gdsim.gui.curves.curve_pane import CurvePane
from gdsim.gui.export.clip import ClipFormat, ClipPlan
from gdsim.gui.export.clip_job import ClipJob
from gdsim.gui.export.offscreen_panes import PictureSubject
from gdsim.gui.export.picture import picture_bytes, with_link
from gdsim.gui.export.picture_spec import PictureFormat, PictureSpec
from gdsim.gui.language import language_asked_for, speak
from gdsim.gui.paint.drawing import png_bytes
from gdsim.gui.runtime.boot import boot, take_apart
from gdsim.gui.surface.surface_view import SurfaceView
from gdsim.gui.window.main_window import MainWindow
from gdsim.gui.window.window_camera import WindowCamera
from gdsim.gui.window.window_look import WindowLook
from gdsim.session.session import Session

_SECONDS, _RATE = 7.2, 12.5


@np.errstate(all="ignore")
def record(experiment: Experiment, out: Path, look: WindowLook, step: int | None) -> None:
    """Save a picture (.png) of the window at a step, the last one by default, or an animation of all steps.

    Raises `ValueError` if there is no such step or no encoder for the file, or as `boot` does; `OSError` if
    the file cannot be written; and `KeyboardInterrupt` if the process was interrupted.
    """
    app = boot(unseen=True)
    speak(app, language_asked_for(os.environ))
    session = Session(experiment)
    # A picture depends on the scene and the arguments alone, not on how a person left the window.
    window = MainWindow(app, session, SurfaceView(allowed=look.opengl), None)
    # On a screen, Windows, macOS or a window manager might limit its size.
    window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    window.look_like(look)
    window.show()
    session.begin()
    try:
        with interrupts() as interrupted:
            recorder = Recorder(window, interrupted)
            if out.suffix.lower() == ".png":
                recorder.save_picture(out, step)
            else:
                recorder.save_animation(out)
    finally:
        window.close()
        take_apart(window, session)


@np.errstate(all="ignore")
def export_svg(experiment: Experiment, out: Path) -> None:
    """Save the surface beside its contours at the last step as an SVG, without a window.

    Raises `NotEquippedError` as `boot` does, `OSError` if the file cannot be written, and
    `KeyboardInterrupt` if the process was interrupted.
    """
    speak(boot(unseen=True), language_asked_for(os.environ))
    session = Session(experiment)
    session.begin()
    view, curves = SurfaceView(allowed=True), CurvePane()
    try:
        with interrupts() as interrupted:
            wait_for(lambda: session.is_settled, interrupted)
        frame = session.frame_at(session.playhead.length)
        assert session.surface is not None  # noqa: S101 - it is settled
        subject = PictureSubject(experiment, session.surface, ArrowChoice(), view, curves)
        save_bytes(picture_bytes(subject, frame, PictureSpec(), PictureFormat.SVG), out)
    finally:
        session.close()
        for widget in (view, curves):
            widget.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@contextmanager
def interrupts() -> Iterator[Callable[[], bool]]:
    """Yield a function that returns whether the process was interrupted; do nothing else on an interrupt.

    This lets the program stop between two pictures, and not in the middle of Qt's work.
    """
    seen: list[int] = []
    with handled_by(lambda number, _frame: seen.append(number), *ENDING_SIGNALS):
        yield lambda: bool(seen)


class Recorder:
    """Saves pictures and clips of a window, until ``interrupted`` returns True."""

    def __init__(self, window: MainWindow, interrupted: Callable[[], bool]) -> None:
        self._window = window
        self._interrupted = interrupted

    def save_picture(self, out: Path, step: int | None) -> None:
        """Save a PNG of the window at a step, or at the last step for None.

        Raises `ValueError` if there is no such step, `OSError` if the file cannot be written, and
        `KeyboardInterrupt` if the process was interrupted.
        """
        length = self._settled_length()
        if step is not None and step > length:
            raise ValueError(f"there is no step {step}; the last one is {length}")
        image = WindowCamera(self._window).take(length if step is None else step)
        save_bytes(png_bytes(with_link(image, self._window.session.experiment)), out)

    def save_animation(self, out: Path, seconds: float = _SECONDS) -> None:
        """Save a clip of about ``seconds`` in which the window plays all runs from start to end.

        Raises `ValueError` if there is no encoder for the file, `OSError` if the file cannot be written, and
        `KeyboardInterrupt` if the process was interrupted.
        """
        plan = ClipPlan.lasting(self._settled_length(), seconds, _RATE)
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
        if self._interrupted():
            raise KeyboardInterrupt
        if faults:
            raise faults.pop()  # left in the list, the error would keep this frame and the window alive

    def _settled_length(self) -> int:
        """Wait until everything is computed, and return the last step."""
        wait_for(self._window.is_settled, self._interrupted)
        return self._window.session.playhead.length


def wait_for(is_settled: Callable[[], bool], interrupted: Callable[[], bool]) -> None:
    """Run the event loop until ``is_settled`` returns True.

    Raises `KeyboardInterrupt` if ``interrupted`` returns True first.
    """
    run_until(lambda: is_settled() or interrupted())
    if interrupted():
        raise KeyboardInterrupt


def run_until(condition: Callable[[], bool]) -> None:
    """Run the event loop until a condition holds."""
    loop, poll = QEventLoop(), QTimer()
    poll.timeout.connect(lambda: loop.quit() if condition() else None)
    poll.start(5)
    loop.exec()
