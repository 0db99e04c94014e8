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
from gdsim.gui.exercises import exercise
from gdsim.gui.language import speak
from gdsim.gui.lessons import followed_file
from gdsim.gui.rules import typing_dialog
from gdsim.gui.style.shown_theme import remember_theme
from gdsim.gui.style.theme import LIGHT
from gdsim.gui.surface import panes
from gdsim.session.surfaces import SurfaceSampler
from tests.conftest import FAILED, delete_later_now, new_windows, take_theme_off, windows
from tests.gui.main_windows import undressed_windows
from tests.gui.shared_window import close_shared, give_back, patching, shared

# The rooms whose tests are about how the surface is painted, and what in them is about what lies on it.
_OF_PICTURES, _OF_NO_PICTURE = {"surface", "export", "paint", "style"}, {"test_arrows.py", "test_commands.py"}


@pytest.fixture
def window(qtbot):
    """A window on a scene with batches, for tests that ask for none of their own."""
    return shared(qtbot, load_scene(find_scene("mini-batch")), painted=False)[0]


@pytest.fixture
def announced(monkeypatch):
    """Return what a screen reader says of itself since the last time, without being asked for it."""
    said = []

    def tell(event):
        if isinstance(event, QAccessibleAnnouncementEvent):
            said.append(event.message())

    def taken():
        QApplication.processEvents()
        words = said.copy()
        said.clear()
        return words

    monkeypatch.setattr(QAccessible, "updateAccessibility", tell)
    QAccessible.setActive(True)
    yield taken
    QAccessible.setActive(False)


@pytest.fixture
def settings(tmp_path):
    return QSettings(str(tmp_path / "gdsim.ini"), QSettings.Format.IniFormat)


@pytest.fixture(autouse=True, scope="module")
def _shared_window():
    """Let the tests of a module share a window, and fail the last one if it is not gone then."""
    before = windows()
    yield
    close_shared()
    delete_later_now()
    take_theme_off()
    assert new_windows(before) == []
    # What a module has loaded and keeps is left out of later collections: there is ever more of it.
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def _no_picture_of_what_is_not_painted():
    """Fail a test that takes one: it would be whatever stood in memory."""
    grab = QWidget.grab

    def grab_painted(widget, *area):
        assert widget.updatesEnabled(), f"{widget!r} is not painted"
        return grab(widget, *area)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QWidget, "grab", grab_painted)
        yield


@pytest.fixture(autouse=True)
def _light_at_first():
    """Begin in the light theme, whatever the test before has painted in."""
    remember_theme(LIGHT)


@pytest.fixture(autouse=True)
def _given_back(request, _same_surface_sampled_once):
    """Bring a shared window back after the test, when nothing that it patched is so any more."""
    yield
    give_back(failed=request.node.stash.get(FAILED, False))


@pytest.fixture(autouse=True)
def _no_button_stays_pressed():
    """Fail a test that leaves one: under a mouse that is pressed nothing scrolls, in no later test either."""
    yield
    assert QApplication.mouseButtons() == Qt.MouseButton.NoButton


@pytest.fixture
def monkeypatch(monkeypatch):
    """Patch, and share no window from then on."""
    with patching():
        yield monkeypatch


@pytest.fixture
def late_patch():
    """Patch what the program looks up whenever it needs it, so that also a window that is shared notices."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module")
def all_undressed():
    """Let the tests of a module share a window without a style sheet."""
    with undressed_windows():
        yield


@pytest.fixture
def undressed():
    with patching(), undressed_windows():
        yield


@pytest.fixture(autouse=True)
def _every_mouse_move():
    """Let plots take every move: those of a test come faster than a hand's, and would be passed over."""
    before = pg.getConfigOption("mouseRateLimit")
    pg.setConfigOption("mouseRateLimit", 0)
    yield
    pg.setConfigOption("mouseRateLimit", before)


@pytest.fixture(autouse=True)
def _coarse_surface(request):
    """Paint the surface of few quads, where a test is not about it: else each window paints thousands."""
    with pytest.MonkeyPatch.context() as patch:
        room = request.path.relative_to(Path(__file__).parent).parts[0]
        if room not in _OF_PICTURES or request.path.name in _OF_NO_PICTURE:
            patch.setattr(panes, "_COARSE", 15)
            patch.setattr(panes, "_FINE", 21)
            patch.setattr(panes.SurfacePainter, "_samples", 21)
        yield


@lru_cache(maxsize=32)
def _sampled(wanted):
    return _sample(SurfaceSampler(), wanted)


_sample = SurfaceSampler.sample


@pytest.fixture(autouse=True)
def _same_surface_sampled_once():
    """Sample the surface that windows of one scene show only once: that takes 10 ms, and is tested elsewhere.

    Surfaces are frozen, and functions of what they are asked for alone.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SurfaceSampler, "sample", lambda _, wanted: _sampled(wanted))
        yield


@pytest.fixture(autouse=True)
def _short_pauses():
    """Take a short pause of who types, moves or writes something for one: a test need not wait for long."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exercise, "_CALM_MS", 25)
        patch.setattr(followed_file, "_LOOK_MS", 25)
        patch.setattr(typing_dialog, "_PAUSE_MS", 25)
        yield


@pytest.fixture
def in_english(qapp):
    """Begin in English, and end in it: a test speaks what it likes."""
    speak(qapp, "en")
    yield
    speak(qapp, "en")
