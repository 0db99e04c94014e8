import pytest

from gdsim.core.surface.binned_loss import binned_loss
from gdsim.core.surface.surface import survey_terms
from gdsim.gui.arrows.choice import ArrowChoice
from gdsim.gui.curves.curve_pane import CurvePane
from gdsim.gui.export.offscreen_panes import Subject
from gdsim.gui.surface.painter_pane import SurfacePainter
from gdsim.gui.window.main_window import MainWindow
from gdsim.session.session import Session
from tests.gui.frames import scene


@pytest.fixture
def make_subject(qtbot):
    """Return a function that makes what a sheet is told; 3D views and curves stay for the test."""
    kept = []

    def make(experiment, view=None):
        view, curves = view or SurfacePainter(), CurvePane()
        for widget in (view, curves):
            qtbot.addWidget(widget)
            kept.append(widget)
        surface = survey_terms(binned_loss(experiment.points, ()), experiment.window, ())
        return Subject(experiment, surface, ArrowChoice(), view, curves)

    return make


@pytest.fixture
def desk(qtbot, qapp):
    """Return a window whose runs are flown."""
    session = Session(scene("valley"))
    window = MainWindow(qapp, session, SurfacePainter(), None)
    window.resize(1280, 720)
    qtbot.addWidget(window)
    window.show()
    session.begin()
    qtbot.waitUntil(window.is_settled, timeout=20_000)
    yield window
    window.close()
