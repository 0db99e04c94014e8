"""The markers at the place where each curve is now."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg

from gdsim.core.arrays import Array
from gdsim.gui.paint.plot import plain_pen
from gdsim.gui.style.theme import Look, RunStyle

_SIZE = 9


class CurveHeads(pg.ScatterPlotItem):
    """One marker for each curve. To move them costs little; only other curves are dressed anew."""

    def __init__(self) -> None:
        super().__init__(pxMode=True, antialias=True)
        self._dressed: tuple[object, ...] = ()

    def dress(self, styles: Sequence[RunStyle], look: Look) -> None:
        """Have a marker in each of these styles."""
        dressed = (*styles, look.theme, look.pen, look.larger)
        if dressed == self._dressed:
            return
        self._dressed = dressed
        nowhere = [0.0] * len(styles)
        self.setData(
            x=nowhere,
            y=nowhere,
            symbol=[style.marker for style in styles],
            brush=[pg.mkBrush(style.colour) for style in styles],
            pen=plain_pen(look.theme.card, 1.5 * look.pen),
            size=_SIZE * look.larger,
        )

    def move_to(self, x: Array, y: Array) -> None:
        """Move the markers; one whose place is no number is not drawn."""
        if len(x) != len(self.data):
            return
        known = np.isfinite(y)
        self.data["x"], self.data["y"], self.data["visible"] = x, np.where(known, y, 0.0), known
        self.prepareGeometryChange()
        self.bounds = [None, None]
        self.invalidate()
        self.update()
