from pathlib import Path

import pyqtgraph as pg
import pytest

from gdsim.gui.language import speak
from gdsim.gui.surface import panes

# The rooms whose tests are about how the surface is painted.
_OF_PICTURES = {"surface", "export", "paint", "style"}


@pytest.fixture(autouse=True)
def _every_mouse_move():
    """Let plots take every move: those of a test come faster than a hand's, and would be passed over."""
    before = pg.getConfigOption("mouseRateLimit")
    pg.setConfigOption("mouseRateLimit", 0)
    yield
    pg.setConfigOption("mouseRateLimit", before)


@pytest.fixture(autouse=True)
def _coarse_surface(request, monkeypatch):
    """Paint the surface of few quads, where a test is not about it: else each window paints thousands."""
    if request.path.relative_to(Path(__file__).parent).parts[0] not in _OF_PICTURES:
        monkeypatch.setattr(panes, "_COARSE", 15)
        monkeypatch.setattr(panes, "_FINE", 21)
        monkeypatch.setattr(panes.SurfacePainter, "_samples", 21)


@pytest.fixture
def in_english(qapp):
    """Begin in English, and end in it: a test speaks what it likes."""
    speak(qapp, "en")
    yield
    speak(qapp, "en")
