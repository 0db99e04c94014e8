"""A curve that is painted from a picture of it until it changes."""

import pyqtgraph as pg


class StillCurve(pg.PlotCurveItem):
    """A curve that changes seldom. The parameters are those of the base class."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self.setCacheMode(self.CacheMode.DeviceCoordinateCache)

    def update(self) -> None:
        """Have all of the curve painted anew: the base class asks for it whenever data or pen change."""
        # When a curve that reaches out of the plot takes up other room than before, Qt paints only the
        # part that is new, and keeps the rest of the old picture. To set the mode throws that picture away.
        self.setCacheMode(self.cacheMode())
        super().update()
