"""The composition root: the order in which the program is put together, and taken apart."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QSettings, QStandardPaths, Qt, QTimer, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

import gdsim
from gdsim.core.experiment import Experiment
from gdsim.core.loading import collecting_later
from gdsim.gui import assets
from gdsim.gui import opengl as gl
from gdsim.gui.arrow_choice import ArrowChoice
from gdsim.gui.crashes.fresh_start import FreshStart
from gdsim.gui.crashes.guard import CrashGuard
from gdsim.gui.crashes.log import CrashLog
from gdsim.gui.main_window import MainWindow
from gdsim.gui.platform import UNSEEN, choose_platform, is_asked_for
from gdsim.gui.plots.curve_pane import CurvePane
from gdsim.gui.surface.either_pane import EitherPane
from gdsim.gui.versions import report, surface_line
from gdsim.gui.window_look import WindowLook
from gdsim.session.session import Session

if TYPE_CHECKING:
    from gdsim.core.lesson.lesson import Lesson

# By this desktops find the program's entry and icon.
APP_ID = "io.github.gdsim.gdsim"


def open_window(
    experiment: Experiment,
    path: Path | None = None,
    *,
    opengl: bool,
    lesson: "Lesson | None" = None,
    asked_for: Path | None = None,
    restore: bool = False,
) -> int:
    """Show the window until it is closed; return the exit code.

    Parameters
    ----------
    experiment : Experiment
    path : Path, optional
        The file it was read from, to save it to.
    opengl : bool
        Whether OpenGL may draw the surface.
    lesson : Lesson, optional
        To begin with.
    asked_for : Path, optional
        A file to open when the window is there, which says what is wrong with it.
    restore : bool
        Whether to take up the work that was not saved last, without a question.

    Raises
    ------
    NoDisplayError
        If there is no display.
    """
    with collecting_later():
        app = boot()
        surface = EitherPane(allowed=opengl)
        guard = CrashGuard(_crash_log(), lambda: report(surface.means()))
        session = Session(experiment)
        window = MainWindow(app, session, surface, QSettings())
        guard.watch(window)
        fresh_start = FreshStart(session.document, window.files.close_at_once)
        guard.restore_requested.connect(fresh_start.ask)
        if restore:
            window.files.bar.offered.connect(
                window.files.bar.restore_requested, Qt.ConnectionType.SingleShotConnection
            )
        window.files.begin(path, drafts_folder())
        if lesson:
            window.lessons.begin(lesson)
        else:
            window.help.begin_first_tour()
        window.show()
        opener = FileOpener(app, window.files.open)
        if asked_for is not None:
            opener.open(asked_for)
        # What is seen first is the window itself; the work begins when it is there.
        first_paint = _FirstPaint(window)
        first_paint.seen.connect(session.begin, Qt.ConnectionType.QueuedConnection)
    _close_on_interrupt(window)
    code = app.exec()
    guard.end()
    take_apart(window, session)
    fresh_start.carry_out()
    return code


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
    from gdsim.gui.record import Recorder  # noqa: PLC0415 - a window needs none of it

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
    # A window needs none of it at its start.
    from gdsim.gui.export.picture import Form, picture_bytes, save_bytes  # noqa: PLC0415
    from gdsim.gui.export.sheet import Subject  # noqa: PLC0415
    from gdsim.gui.export.shot import Shot  # noqa: PLC0415
    from gdsim.gui.record import last_or, wait_for  # noqa: PLC0415

    boot(unseen=True)
    session = Session(experiment)
    session.begin()
    shot = Shot(width=size[0], height=size[1], theme=theme)
    view, curves = EitherPane(allowed=True), CurvePane()
    try:
        with interrupts() as interrupted:
            wait_for(lambda: session.is_settled, interrupted)
        cursor = last_or(step, session.playhead.length)
        assert session.surface is not None  # noqa: S101 - it is settled
        subject = Subject(experiment, session.surface, ArrowChoice(), view, curves)
        save_bytes(picture_bytes(subject, session.frame_at(cursor), shot, Form.SVG), out)
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


def version_report() -> list[str]:
    """Return the versions of all parts, and how this machine draws, as lines."""
    boot(unseen=True)
    return report(surface_line(gl.probe()))


def data_folder() -> Path:
    """Return the folder in which the program keeps what is not settings."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation))


def drafts_folder() -> Path:
    """Return the folder in which unsaved work is kept."""
    return data_folder() / "autosave"


def _crash_log() -> CrashLog | None:
    try:
        return CrashLog(data_folder() / "logs")
    except OSError:  # a full or protected disk is no reason not to open the window
        return None


class NoDisplayError(RuntimeError):
    """There is no display to open a window on."""


def boot(*, unseen: bool = False) -> QApplication:
    """Make the application, in the order that OpenGL and the style need.

    Parameters
    ----------
    unseen : bool
        Whether nobody has to see the window, so that a machine without a display will do.

    Raises
    ------
    NoDisplayError
        If there is no display and somebody wants to see the window.
    """
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    unseen = unseen or is_asked_for(os.environ)
    choose_platform()
    gl.prepare()
    app = QApplication(sys.argv[:1])
    if app.platformName() == UNSEEN and not unseen:
        raise NoDisplayError("there is no display; 'gdsim record' and 'gdsim run' work without one")
    app.setApplicationName("gdsim")
    app.setOrganizationName("gdsim")
    app.setApplicationVersion(gdsim.__version__)
    app.setDesktopFileName(APP_ID)
    app.setWindowIcon(assets.app_icon())
    app.setStyle("Fusion")
    pg.setConfigOptions(antialias=True)
    return app


class FileOpener(QObject):
    """Opens what a person double-clicks: macOS tells a running program so, the others start one.

    Parameters
    ----------
    app : QApplication
    opens : callable
        Opens a file in the window.
    """

    def __init__(self, app: QApplication, opens: Callable[[Path], object]) -> None:
        super().__init__(app)
        self._opens = opens
        app.installEventFilter(self)

    def open(self, path: Path) -> None:
        """Open a file once the event loop runs."""
        QTimer.singleShot(0, lambda: self._opens(path))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the files that the system hands over."""
        if isinstance(event, QFileOpenEvent) and event.file():
            self.open(Path(event.file()))
            return True
        return False


class _FirstPaint(QObject):
    """Tells when a window is painted for the first time."""

    seen = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait for the first painting."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            self.seen.emit()
        return False


def _close_on_interrupt(window: MainWindow) -> None:
    """Let Ctrl-C in the terminal, and whoever ends the process kindly, close the window.

    There may be nobody to answer a question: unsaved work is kept, and offered at the next start.
    """

    def close_soon(*_: object) -> None:
        # Python may see the signal in the middle of a painting, which a closed window would not survive.
        QTimer.singleShot(0, window.files.close_at_once)

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):  # not every system knows all of them
            signal.signal(getattr(signal, name), close_soon)
    # Python sees the signal only when it runs; an idle Qt does not let it.
    wake = QTimer(window)
    wake.timeout.connect(lambda: None)
    wake.start(250)


def take_apart(window: MainWindow, session: Session) -> None:
    """Stop the thread, then let the views go, then the rest."""
    session.close()
    window.deleteLater()
    # Outside an event loop, deleteLater() waits to be told by name.
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
