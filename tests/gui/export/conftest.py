import atexit
import os
import shutil
import tempfile
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from gdsim.core.surface.plane_loss import loss_on_plane
from gdsim.core.surface.sampling import sample_terms
from gdsim.gui.arrows.choice import ArrowChoice
from gdsim.gui.curves.curve_pane import CurvePane
from gdsim.gui.export.offscreen_panes import PictureSubject
from gdsim.gui.surface.painter import SurfacePainter
from gdsim.gui.surface.surface_view import SurfaceView
from gdsim.gui.window.main_window import MainWindow
from gdsim.session.session import Session
from tests.gui.frames import scene
from tests.gui.shared_window import shared


def _bring_ffmpeg():
    """Put the ffmpeg of the package imageio-ffmpeg on the path if the system has none."""
    if shutil.which("ffmpeg") or not find_spec("imageio_ffmpeg"):
        return
    import imageio_ffmpeg

    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    put, name = (shutil.copy, "ffmpeg.exe") if os.name == "nt" else (os.symlink, "ffmpeg")
    put(imageio_ffmpeg.get_ffmpeg_exe(), Path(folder, name))
    os.environ["PATH"] = os.pathsep.join((os.environ["PATH"], folder))


# Called on import, because some tests are skipped at collection if there is no ffmpeg.
_bring_ffmpeg()


@lru_cache(maxsize=8)
def _surface(points, view_range):
    return sample_terms(loss_on_plane(points), view_range)


@pytest.fixture
def make_subject(qtbot):
    """Return a function that makes a subject, whose 3D view and curves live until the end of the test."""
    kept = []

    def make(experiment, view=None):
        view, curves = view or SurfacePainter(), CurvePane()
        for widget in (view, curves):
            qtbot.addWidget(widget)
            kept.append(widget)
        surface = _surface(experiment.points, experiment.view_range)
        return PictureSubject(experiment, surface, ArrowChoice(), view, curves)

    return make


@pytest.fixture
def desk(qtbot):
    """Return an unpainted window whose runs are computed; most pictures are drawn by other panes."""
    window, _ = shared(qtbot, scene("valley"), painted=False)
    window.resize(1280, 720)
    QApplication.processEvents()
    return window


@pytest.fixture
def painted_desk(desk):
    """Return the window of `desk`, painted, for a picture of the window itself."""
    desk.setUpdatesEnabled(True)
    return desk


@pytest.fixture
def own_desk(qtbot, qapp, tmp_path_factory):
    """Return a window like that of `desk`, but not shared, and with settings."""
    session = Session(scene("valley"))
    settings = QSettings(str(tmp_path_factory.mktemp("kept") / "gdsim.ini"), QSettings.Format.IniFormat)
    window = MainWindow(qapp, session, SurfaceView(allowed=False), settings)
    window.resize(1280, 720)
    qtbot.addWidget(window)
    window.show()
    session.begin()
    qtbot.waitUntil(window.is_settled, timeout=20_000)
    yield window
    window.close()
