import gc
from functools import lru_cache
from pathlib import Path

import pyqtgraph as pg
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QApplication, QWidget

from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.core.surface.plane_loss import loss_on_plane
from gdsim.core.surface.sampling import sample_terms
from gdsim.gui.exercises import exercise
from gdsim.gui.language import speak
from gdsim.gui.lessons import followed_file
from gdsim.gui.rules import typing_dialog
from gdsim.gui.style.shown_theme import remember_theme
from gdsim.gui.style.theme import LIGHT
from gdsim.gui.surface import painter
from gdsim.session import surfaces
from gdsim.session.surfaces import SurfaceSampler
from tests.conftest import FAILED, delete_later_now, new_windows, take_theme_off, windows
from tests.gui.main_windows import undressed_windows
from tests.gui.shared_window import close_shared, give_back, patching, shared

# The folders whose tests need a finely painted surface, and the files in them that do not.
_FINE_FOLDERS, _COARSE_FILES = (
    {"surface", "export", "paint", "runtime", "style"},
    {"test_arrows.py", "test_commands.py"},
)


@pytest.fixture
def window(qtbot):
    """A window on a scene with mini-batches, for tests that need no particular scene."""
    return shared(qtbot, load_scene(find_scene("mini-batch")), painted=False)[0]


@pytest.fixture
def announced(late_patch):
    """Return a function that returns what was announced to screen readers since its last call."""
    said = []

    def tell(event):
        if isinstance(event, QAccessibleAnnouncementEvent):
            said.append(event.message())

    def taken():
        QApplication.processEvents()
        words = said.copy()
        said.clear()
        return words

    late_patch.setattr(QAccessible, "updateAccessibility", tell)
    QAccessible.setActive(True)
    yield taken
    QAccessible.setActive(False)


@pytest.fixture
def settings(tmp_path):
    return QSettings(str(tmp_path / "gdsim.ini"), QSettings.Format.IniFormat)


@pytest.fixture(autouse=True, scope="module")
def _shared_window():
    """Let the tests of a module share a window, and fail the last one if a window is left over."""
    before = windows()
    yield
    close_shared()
    delete_later_now()
    take_theme_off()
    assert new_windows(before) == []
    # Exclude what the tests so far have loaded from later garbage collections, which would get ever slower.
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def _no_picture_of_what_is_not_painted():
    """Fail a test that grabs a picture of an unpainted widget, which would be uninitialised memory."""
    grab = QWidget.grab

    def grab_painted(widget, *area):
        assert widget.updatesEnabled(), f"{widget!r} is not painted"
        return grab(widget, *area)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QWidget, "grab", grab_painted)
        yield


@pytest.fixture(autouse=True)
def _light_at_first():
    """Start in the light theme, whatever theme the test before used."""
    remember_theme(LIGHT)


@pytest.fixture(autouse=True)
def _given_back(request, _same_surface_sampled_once):
    """Take a shared window back after the test, once all of its patches are undone."""
    yield
    give_back(failed=request.node.stash.get(FAILED, False))


@pytest.fixture(autouse=True)
def _no_button_stays_pressed():
    """Fail a test that leaves a mouse button pressed, because then nothing scrolls, in later tests either."""
    yield
    assert QApplication.mouseButtons() == Qt.MouseButton.NoButton


@pytest.fixture
def monkeypatch(monkeypatch):
    """Patch as usual, and share no window while there are patches."""
    with patching():
        yield monkeypatch


@pytest.fixture
def late_patch():
    """Patch names that the program looks up at each use, so that even a shared window notices."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module")
def all_undressed():
    """Open all windows of a module without a style sheet; they may be shared."""
    with undressed_windows():
        yield


@pytest.fixture
def undressed():
    with patching(), undressed_windows():
        yield


@pytest.fixture(autouse=True)
def _every_mouse_move():
    """Let plots handle every mouse move; by default they skip moves as fast as those of a test."""
    before = pg.getConfigOption("mouseRateLimit")
    pg.setConfigOption("mouseRateLimit", 0)
    yield
    pg.setConfigOption("mouseRateLimit", before)


@pytest.fixture(autouse=True)
def _coarse_surface(request):
    """Sample and paint the surface with few instead of thousands of quads in tests that are not about it."""
    with pytest.MonkeyPatch.context() as patch:
        folder = request.path.relative_to(Path(__file__).parent).parts[0]
        if folder not in _FINE_FOLDERS or request.path.name in _COARSE_FILES:
            patch.setattr(surfaces, "GRID", 61)
            patch.setattr(painter, "_COARSE", 15)
            patch.setattr(painter, "_FINE", 21)
            patch.setattr(painter.SurfacePainter, "_samples", 21)
        yield


@lru_cache(maxsize=32)
def _sampled(wanted, grid):
    points, view_range, plane, plan, objective = wanted
    return sample_terms(loss_on_plane(points, objective, plane), view_range, plane, grid, plan)


@pytest.fixture(autouse=True)
def _same_surface_sampled_once(_coarse_surface):
    """Cache sampled surfaces, because sampling one takes 10 ms, and is tested elsewhere.

    Surfaces are frozen, and depend only on the request.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SurfaceSampler, "sample", lambda _, wanted: _sampled(wanted, surfaces.GRID))
        yield


@pytest.fixture(autouse=True)
def _short_pauses():
    """Shorten the time that the program waits for a user to stop typing, moving or writing something."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exercise, "CHANGE_PAUSE_MS", 25)
        patch.setattr(followed_file, "_POLL_MS", 25)
        patch.setattr(typing_dialog, "_PAUSE_MS", 25)
        yield


@pytest.fixture
def in_english(qapp):
    """Set the language to English before and after a test, which may change it."""
    speak(qapp, "en")
    yield
    speak(qapp, "en")
