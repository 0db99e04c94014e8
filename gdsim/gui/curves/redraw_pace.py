"""The pace of redrawing curves, since growing runs change too often to redraw them every time."""

import math
import time

from gdsim.session.frame import Frame

# Growing runs are redrawn after so many seconds, or when they are so many times as long. The picture from
# before an edit is kept for the same time.
_GROWTH_SECONDS, _GROWTH = 0.25, 1.1


class RedrawPace:
    """A record of what was drawn and when, which decides when to redraw."""

    def __init__(self) -> None:
        self._drawn: tuple[object, ...] = ()
        self._lengths: tuple[int, ...] = ()
        self._at = -math.inf
        self._kept_since = math.nan  # when a picture should have been replaced, and was not

    def forget(self) -> None:
        """Make the next frame redraw everything."""
        self._drawn = ()

    def take(self, drawn: tuple[object, ...], frame: Frame) -> bool:
        """Return whether to redraw now, because something has changed or the runs have grown enough."""
        lengths = (frame.length, *[view.trajectory.last_step for view in frame.views])
        if drawn == self._drawn and (lengths == self._lengths or not self._is_due(frame)):
            return False
        self._drawn, self._lengths = drawn, lengths
        return True

    def rest(self) -> None:
        """Start the waiting time, after the curves have been drawn."""
        self._at = time.perf_counter()

    def keeps(self, frame: Frame, *, shorter: bool) -> bool:
        """Return whether to keep the picture because runs that an edit has changed have only just begun.

        Otherwise the axes would shrink to the first steps and grow again; ``shorter`` says if they would.
        """
        if not shorter or not self._drawn or frame.complete:
            self._kept_since = math.nan
            return False
        now = time.perf_counter()
        if math.isnan(self._kept_since):
            self._kept_since = now
        return now < self._kept_since + _GROWTH_SECONDS

    def _is_due(self, frame: Frame) -> bool:
        return (
            frame.complete
            or frame.length > _GROWTH * self._lengths[0]
            or time.perf_counter() > self._at + _GROWTH_SECONDS
        )
