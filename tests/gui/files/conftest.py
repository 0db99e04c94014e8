"""Fixtures for a window, and for a simulated user who answers its questions."""

import pytest
from PySide6.QtWidgets import QApplication

from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.gui.files.dialogs import FileDialogs
from gdsim.gui.forms import file_dialog
from gdsim.gui.surface.surface_view import SurfaceView
from gdsim.gui.window.main_window import MainWindow
from gdsim.session.session import Session
from tests.gui.files.person import Person
from tests.gui.main_windows import show_unpainted
from tests.gui.shared_window import shared_whole


@pytest.fixture
def person(late_patch):
    """Replace the dialogs by a simulated user."""
    person = Person()
    late_patch.setattr(FileDialogs, "ask", lambda _, *given: person.ask(*given))
    late_patch.setattr(file_dialog, "_shown", person.choose)
    return person


@pytest.fixture(autouse=True, scope="module")
def _undressed(all_undressed):
    """Use no style sheet, because files do not depend on how a window looks."""


@pytest.fixture
def open_window(qtbot, settings):
    """Return a function that opens a window, without computing anything, as files do not depend on it."""

    def open_one(experiment=None):
        session = Session(experiment or load_scene(find_scene("first-neuron")))
        window = MainWindow(QApplication.instance(), session, SurfaceView(allowed=False), settings)
        qtbot.addWidget(window, before_close_func=lambda _: window.files.close_at_once())
        window.simple.set_on(False)  # so that everything can be edited
        show_unpainted(window)
        return window

    return open_one


@pytest.fixture
def window(qtbot, person):
    return shared_whole(qtbot, load_scene(find_scene("first-neuron")))


@pytest.fixture
def settle(qtbot):
    """Return a function that waits until no file is being read or written."""

    def wait(window):
        qtbot.waitUntil(lambda: not window.files.is_busy)

    return wait
