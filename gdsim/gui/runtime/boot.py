"""Creating the application and taking it apart, in the order that Qt, OpenGL and the style need."""

import gc
import os
import sys
from pathlib import Path

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QStandardPaths, QTimer
from PySide6.QtGui import QFontInfo
from PySide6.QtWidgets import QApplication, QWidget

import gdsim
from gdsim.core.process import collect_due
from gdsim.core.settings import elided
from gdsim.gui import accessible
from gdsim.gui.crashes.log import LOG_FILE_NAME as LOG_NAME
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

# The name by which desktops find the program's desktop entry and icon.
APP_ID = "io.github.gdsim.gdsim"
# The interval of garbage collection, long because each collection wakes an idle window.
COLLECTED_MS = 10_000
# At other scales a window has no pixels, or more than fit into memory.
_SMALLEST_SCALE, _LARGEST_SCALE = 0.05, 20.0


class NotEquippedError(ValueError):
    """The machine lacks something that a window or a picture of it needs."""


def boot(*, unseen: bool = False) -> QApplication:
    """Create the application, for a window or for pictures of it.

    Parameters
    ----------
    unseen : bool
        Whether nobody has to see the window, so that no display is needed.

    Raises `NotEquippedError` if a display is needed and missing, if there are no fonts, or if nothing can be
    drawn at the scale of the screen.
    """
    app = _application(unseen=unseen)
    if QFontInfo(app.font()).pixelSize() <= 0:
        raise NotEquippedError("there are no fonts on this machine; install one, such as DejaVu Sans")
    scale = app.primaryScreen().devicePixelRatio()
    if not _SMALLEST_SCALE <= scale <= _LARGEST_SCALE:
        raise NotEquippedError(f"nothing can be drawn {scale:g} times as large; see QT_SCALE_FACTOR")
    return app


def _application(*, unseen: bool) -> QApplication:
    """Return the application; create it, if necessary, in the order that OpenGL and the style need."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    unseen, wanted = unseen or is_asked_for(os.environ), os.environ.get(PLATFORM, "")
    choose_platform()
    use_plain_capitals()
    use_latin_letters()
    gl.prepare_opengl()
    # On Windows without a graphics driver, as over a remote desktop, Qt warns that a driver in software is
    # missing, which is not bundled. Elsewhere it warns that it uses UTF-8 although the locale does not.
    warning = "opengl32sw.dll" if sys.platform == "win32" else "Qt depends on a UTF-8 locale"
    with quiet_about(warning):
        app = QApplication(sys.argv[:1])
        QFontInfo(app.font()).family()  # makes Qt read the fonts now
    if app.platformName() == UNSEEN and not unseen:
        which = f" for {PLATFORM}={elided(wanted)}" if wanted else ""
        raise NotEquippedError(f"there is no display{which}; 'gdsim record' and 'gdsim run' work without one")
    app.setApplicationName("gdsim")
    app.setOrganizationName("gdsim")
    app.setApplicationVersion(gdsim.__version__)
    app.setDesktopFileName(APP_ID)
    app.setWindowIcon(assets.app_icon())
    app.setStyle("Fusion")
    if unseen:  # a picture must not depend on the desktop
        font = app.font()
        font.setPixelSize(BASE_SIZE)
        app.setFont(font)
    pg.setConfigOptions(antialias=True)
    accessible.install()
    _collect_in_event_loop(app)
    return app


def _collect_in_event_loop(app: QApplication) -> None:
    """Collect garbage only in the event loop of the GUI thread.

    Python would collect in any thread, between any two lines. Qt may crash if one of its objects is deleted
    in a thread other than its own, and deadlocks if that happens while it disconnects a signal.
    """
    gc.disable()
    timer = QTimer(app)
    timer.timeout.connect(collect_due)
    timer.start(COLLECTED_MS)


def version_report() -> list[str]:
    """Return lines with the versions of all parts, how the surface is drawn, and the paths of the files."""
    _application(unseen=True)
    places = [f"Settings: {settings_file()}", f"Errors: {log_folder() / LOG_NAME}"]
    return [*report(surface_line(gl.probe_opengl())), *places]


def data_folder() -> Path:
    """Return the folder for the program's data other than settings."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation))


def log_folder() -> Path:
    return data_folder() / "logs"


def drafts_folder() -> Path:
    return data_folder() / "autosave"


def take_apart(window: QWidget, session: Session) -> None:
    """Stop the worker thread, then delete the window."""
    session.close()
    window.deleteLater()
    # Outside an event loop, deferred deletions have to be carried out explicitly.
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
