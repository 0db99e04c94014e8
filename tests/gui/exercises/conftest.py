import pytest
from PySide6.QtWidgets import QApplication

from gdsim.gui.main_window import MainWindow
from gdsim.gui.surface.painter_pane import SurfacePainter
from gdsim.session.session import Session
from tests.gui.flights import scene


@pytest.fixture(params=["light", "dark"])
def opened(qtbot, request):
    """Return a function that opens a scene in a real window of a theme."""

    def opened(experiment=None):
        session = Session(experiment or scene("first-neuron"))
        window = MainWindow(QApplication.instance(), session, SurfacePainter(), None)
        window.set_theme(request.param)
        # Closed as a person closes it: what the exercises run has to end by that alone.
        qtbot.addWidget(window, before_close_func=lambda _: window.close())
        with qtbot.waitExposed(window):
            window.show()
        session.begin()
        qtbot.waitUntil(window.is_settled)
        return window, session

    return opened
