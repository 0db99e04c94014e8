"""Pictures and clips of the window, without a person at it."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from gdsim.core.model.experiment import Experiment
from gdsim.gui.arrows.choice import ArrowChoice
from gdsim.gui.curves.curve_pane import CurvePane
from gdsim.gui.export.offscreen_panes import Subject
from gdsim.gui.export.picture import picture_bytes, save_bytes
from gdsim.gui.export.picture_spec import PictureFormat, PictureSpec
from gdsim.gui.runtime.boot import boot, take_apart
from gdsim.gui.runtime.record import Recorder, last_or, wait_for
from gdsim.gui.surface.either_pane import EitherPane
from gdsim.gui.window.main_window import MainWindow
from gdsim.gui.window.window_look import WindowLook
from gdsim.session.session import Session


def record(experiment: Experiment, out: Path, look: WindowLook, step: int | None) -> None:
    """Save a picture (.png) or an animation (.gif, .apng, .webp, .mp4) of the window.

    Parameters
    ----------
    experiment : Experiment
    out : Path
    look : WindowLook
        How the window is looked at.
    step : int or None
        Where a picture stands; the last step when it is None.

    Raises
    ------
    ValueError
        If there is no such step, or no encoder for such a file.
    OSError
        If the file cannot be written.
    KeyboardInterrupt
        If the person at the terminal wants no picture after all.
    """
    app = boot(unseen=True)
    session = Session(experiment)
    # A picture depends on the scene and the arguments alone, not on how a person left the window.
    window = MainWindow(app, session, EitherPane(allowed=look.opengl), None)
    window.look_like(look)
    window.show()
    session.begin()
    try:
        with interrupts() as interrupted:
            studio = Recorder(window, session, interrupted)
            if out.suffix.lower() == ".png":
                studio.save_picture(out, step)
            else:
                studio.save_animation(out)
    finally:
        window.close()
        take_apart(window, session)


def export_svg(
    experiment: Experiment,
    out: Path,
    size: tuple[int, int] = (1200, 640),
    theme: str = "light",
    step: int | None = None,
) -> None:
    """Save the surface beside its contours as an SVG, without a window.

    Parameters
    ----------
    experiment : Experiment
    out : Path
    size : tuple of int
        Width and height in pixels.
    theme : str
    step : int or None
        Where the runs stand; the last step when it is None.

    Raises
    ------
    ValueError
        If there is no such step.
    OSError
        If the file cannot be written.
    KeyboardInterrupt
        If the person at the terminal wants no picture after all.
    """
    boot(unseen=True)
    session = Session(experiment)
    session.begin()
    spec = PictureSpec(width=size[0], height=size[1], theme=theme)
    view, curves = EitherPane(allowed=True), CurvePane()
    try:
        with interrupts() as interrupted:
            wait_for(lambda: session.is_settled, interrupted)
        cursor = last_or(step, session.playhead.length)
        assert session.surface is not None  # noqa: S101 - it is settled
        subject = Subject(experiment, session.surface, ArrowChoice(), view, curves)
        save_bytes(picture_bytes(subject, session.frame_at(cursor), spec, PictureFormat.SVG), out)
    finally:
        session.close()
        for widget in (view, curves):
            widget.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@contextmanager
def interrupts() -> Iterator[Callable[[], bool]]:
    """Give a function that tells whether there was an interrupt, which does nothing else meanwhile.

    It is dealt with between two pictures, not in the middle of Qt's work.
    """
    seen: list[int] = []
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(one, lambda number, _frame: seen.append(number)) for one in signals]
    try:
        yield lambda: bool(seen)
    finally:
        for one, handler in zip(signals, before, strict=True):
            signal.signal(one, handler)
