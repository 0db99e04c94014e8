"""Having plots paint their lines anew where they usually paint pictures of them in the screen's pixels."""

from collections.abc import Iterator
from contextlib import contextmanager

import pyqtgraph as pg
from PySide6.QtWidgets import QGraphicsItem, QWidget


def keep_lines(widget: QWidget) -> None:
    """Have all plots in a widget paint lines from now on."""
    for view in widget.findChildren(pg.GraphicsView):
        view.setCacheMode(view.CacheModeFlag.CacheNone)
        for item in view.scene().items():
            item.setCacheMode(QGraphicsItem.CacheMode.NoCache)
            if isinstance(item, pg.ScatterPlotItem):
                item.setExportMode(True, {"antialias": True})


@contextmanager
def kept_lines(widget: QWidget) -> Iterator[None]:
    """Have all plots in a widget paint lines for a while."""
    views = widget.findChildren(pg.GraphicsView)
    of_views = [(view, view.cacheMode()) for view in views]
    of_items = [(item, item.cacheMode()) for view in views for item in view.scene().items()]
    keep_lines(widget)
    try:
        yield
    finally:
        for painted, mode in (*of_views, *of_items):
            painted.setCacheMode(mode)
            if isinstance(painted, pg.ScatterPlotItem):
                painted.setExportMode(False)
