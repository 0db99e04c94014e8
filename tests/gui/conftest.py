import pyqtgraph as pg
import pytest


@pytest.fixture(autouse=True)
def _every_mouse_move():
    """Let plots take every move: those of a test come faster than a hand's, and would be passed over."""
    before = pg.getConfigOption("mouseRateLimit")
    pg.setConfigOption("mouseRateLimit", 0)
    yield
    pg.setConfigOption("mouseRateLimit", before)
