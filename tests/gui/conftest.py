import pyqtgraph as pg
import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication


@pytest.fixture(autouse=True)
def _every_mouse_move():
    """Let plots take every move: those of a test come faster than a hand's, and would be passed over."""
    before = pg.getConfigOption("mouseRateLimit")
    pg.setConfigOption("mouseRateLimit", 0)
    yield
    pg.setConfigOption("mouseRateLimit", before)


@pytest.fixture(autouse=True)
def _no_style_sheet_left():
    """Put windows together without a style sheet, as at a start; with one it takes three times as long."""
    yield
    app = QApplication.instance()
    if isinstance(app, QApplication) and app.styleSheet():
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        app.setStyleSheet("")
