"""The window with a session at work, in which the exercises are opened."""

import pytest
from PySide6.QtWidgets import QApplication

from gdsim.core.scene import find_scene, load_scene
from gdsim.gui.main_window import MainWindow
from gdsim.gui.surface.painter_pane import SurfacePainter
from gdsim.session.session import Session


@pytest.fixture
def opened(qtbot):
    """Open the window on an experiment, by default the lecture's first neuron."""

    def opened(experiment=None):
        session = Session(experiment or load_scene(find_scene("first-neuron")))
        window = MainWindow(QApplication.instance(), session, SurfacePainter(), None)
        qtbot.addWidget(window, before_close_func=lambda _: (window._exercises.close(), session.close()))
        window.show()
        session.begin()
        qtbot.waitUntil(window.is_settled)
        return window, session

    return opened
