"""The window with a session at work, in which the exercises are opened."""

import pytest
from PySide6.QtWidgets import QApplication

from gdsim.gui.surface.panes import SurfacePainter
from gdsim.gui.window.main_window import MainWindow
from gdsim.session.session import Session
from tests.gui.frames import scene
from tests.gui.main_windows import show_unpainted


@pytest.fixture
def opened(qtbot):
    """Return a function that opens the window on an experiment, by default the lecture's first neuron.

    Most tests look at the exercise alone.
    """

    def opened(experiment=None, theme="light", *, painted=False):
        session = Session(experiment or scene("first-neuron"))
        window = MainWindow(QApplication.instance(), session, SurfacePainter(), None)
        window.set_theme(theme)
        # Without the question that stands before the end of work that is not saved.
        qtbot.addWidget(window, before_close_func=lambda _: (window.exercises.close(), session.close()))
        if painted:
            window.show()
        else:
            show_unpainted(window)
        session.begin()
        qtbot.waitUntil(window.is_settled)
        return window, session

    return opened


@pytest.fixture
def exercise(opened):
    """Return a function that opens an exercise by its command: the window, its session, the exercise."""

    def exercise(name, experiment=None, theme="light"):
        window, session = opened(experiment, theme)
        window.commands[name].trigger()
        return window, session, window.exercises.opened[name]

    return exercise
