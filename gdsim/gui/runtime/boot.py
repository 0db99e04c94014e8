"""Making the application, and letting it go: the order that Qt, OpenGL and the style need."""

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QStandardPaths, QTimer
from PySide6.QtGui import QFontInfo
from PySide6.QtWidgets import QApplication, QWidget

import gdsim
from gdsim.core.process import collect_due
from gdsim.core.settings import elided
from gdsim.gui import accessible
from gdsim.gui.crashes.log import NAME as LOG_NAME
from gdsim.gui.help.versions import report, surface_line
from gdsim.gui.preferences import settings_file
from gdsim.gui.quiet import quiet_about
from gdsim.gui.runtime.platform import (
    PLATFORM,
    UNSEEN,
    choose_platform,
    is_asked_for,
    use_latin_letters,
    use_plain_capitals,
)
from gdsim.gui.style import icons as assets
from gdsim.gui.style.text_size import BASE_SIZE
from gdsim.gui.surface import opengl as gl
from gdsim.session.session import Session

# By this desktops find the program's entry and icon.
APP_ID = "io.github.gdsim.gdsim"
# How often garbage is collected: seldom, since it wakes a window that rests.
COLLECTED_MS = 10_000
# With fewer Qt and GLib end the process, at the start or later.
_FEWEST_FILES = 64
# Beyond them a window has no pixels, or more than there is memory for.
_SMALLEST_SCALE, _LARGEST_SCALE = 0.05, 20.0


class NotEquippedError(ValueError):
    """The machine has not what a window or its picture needs."""


def boot(*, unseen: bool = False) -> QApplication:
    """Make the application, for a window or its picture.

    Parameters
    ----------
    unseen : bool
        Whether nobody has to see the window, so that a machine without a display will do.

    Raises `NotEquippedError` if there is no display and somebody wants to see the window, if there are no
    fonts, if the screen has a scale with which nothing can be drawn, or if hardly a file may be open.
    """
    _check_files()
    app = _application(unseen=unseen)
    if QFontInfo(app.font()).pixelSize() <= 0:
        raise NotEquippedError("there are no fonts on this machine; install one, such as DejaVu Sans")
    scale = app.primaryScreen().devicePixelRatio()
    if not _SMALLEST_SCALE <= scale <= _LARGEST_SCALE:
        raise NotEquippedError(f"nothing can be drawn {scale:g} times as large; see QT_SCALE_FACTOR")
    return app


def _application(*, unseen: bool) -> QApplication:
    """Make the application, in the order that OpenGL and the style need."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    unseen, wanted = unseen or is_asked_for(os.environ), os.environ.get(PLATFORM, "")
    choose_platform()
    use_plain_capitals()
    use_latin_letters()
    gl.prepare()
    # Without a driver, as over a remote desktop, Windows is asked for one in software, which is not bundled.
    # Elsewhere Qt tells at length that it takes UTF-8 where the locale does not.
    aloud = "opengl32sw.dll" if sys.platform == "win32" else "Qt depends on a UTF-8 locale"
    with quiet_about(aloud), _in_a_folder():
        app = QApplication(sys.argv[:1])
        QFontInfo(app.font()).family()  # now it reads what fonts there are
    if app.platformName() == UNSEEN and not unseen:
        which = f" for {PLATFORM}={elided(wanted)}" if wanted else ""
        raise NotEquippedError(f"there is no display{which}; 'gdsim record' and 'gdsim run' work without one")
    app.setApplicationName("gdsim")
    app.setOrganizationName("gdsim")
    app.setApplicationVersion(gdsim.__version__)
    app.setDesktopFileName(APP_ID)
    app.setWindowIcon(assets.app_icon())
    app.setStyle("Fusion")
    if unseen:  # a picture depends on no desktop
        font = app.font()
        font.setPixelSize(BASE_SIZE)
        app.setFont(font)
    pg.setConfigOptions(antialias=True)
    accessible.install()
    _collect_in_event_loop(app)
    return app


def _check_files() -> None:
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - not on every system

        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if 0 <= files < _FEWEST_FILES:  # no limit is negative
            words = f"needs {_FEWEST_FILES} or more, as after 'ulimit -n 1024'"
            raise NotEquippedError(f"only {files} files may be open at once here; the window {words}")


@contextmanager
def _in_a_folder() -> Iterator[None]:
    """Be in some folder, also where the present one was removed: fontconfig complains of that aloud."""
    try:
        Path.cwd()
    except OSError:
        before = os.open(".", os.O_RDONLY)
        os.chdir("/")
        try:
            yield
        finally:
            os.fchdir(before)
            os.close(before)
    else:
        yield


def _collect_in_event_loop(app: QApplication) -> None:
    """Collect garbage where nothing else is under way.

    Python would do it in any thread, and between any two lines. Qt may crash when one of its objects is
    deleted in another thread than its own, and waits for ever for its own lock when that happens while it
    disconnects a signal.
    """
    gc.disable()
    timer = QTimer(app)
    timer.timeout.connect(collect_due)
    timer.start(COLLECTED_MS)


def version_report() -> list[str]:
    """Return the versions of all parts, how this machine draws, and where things are kept, as lines."""
    _application(unseen=True)
    places = [f"Settings: {settings_file()}", f"Errors: {log_folder() / LOG_NAME}"]
    return [*report(surface_line(gl.probe())), *places]


def data_folder() -> Path:
    """Return the folder in which the program keeps what is not settings."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation))


def log_folder() -> Path:
    """Return the folder of the log of errors."""
    return data_folder() / "logs"


def drafts_folder() -> Path:
    """Return the folder in which unsaved work is kept."""
    return data_folder() / "autosave"


def take_apart(window: QWidget, session: Session) -> None:
    """Stop the thread, then let the views go, then the rest."""
    session.close()
    window.deleteLater()
    # Outside an event loop, deleteLater() waits to be told by name.
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
