"""When curves are drawn anew: growing runs change many times a second, and each drawing takes longer."""

import math
import time

from gdsim.session.frame import Frame

# Runs that grow are drawn anew after so many seconds, or when they are so many times as long. So long their
# picture before an edit stays, too.
_GROWTH_SECONDS, _GROWTH = 0.25, 1.1


class RedrawPace:
    """Remembers what was drawn when."""

    def __init__(self) -> None:
        self._drawn: tuple[object, ...] = ()
        self._lengths: tuple[int, ...] = ()
        self._at = -math.inf
        self._kept_since = math.nan  # when a picture should have been replaced, and was not

    def forget(self) -> None:
        """Have everything drawn anew at the next frame."""
        self._drawn = ()

    def take(self, drawn: tuple[object, ...], frame: Frame) -> bool:
        """Return whether to draw something now: it is other than before, or its runs have grown."""
        lengths = (frame.length, *[view.trajectory.last_step for view in frame.views])
        if drawn == self._drawn and (lengths == self._lengths or not self._is_due(frame)):
            return False
        self._drawn, self._lengths = drawn, lengths
        return True

    def rest(self) -> None:
        """Begin to wait: the curves have just been drawn."""
        self._at = time.perf_counter()

    def keeps(self, frame: Frame, *, shorter: bool) -> bool:
        """Return whether the picture stays, since runs that an edit has changed have only just begun.

        Else the axes would shrink to their first steps, and grow again. ``shorter`` says whether they would.
        """
        if not shorter or not self._drawn or frame.complete:
            self._kept_since = math.nan
            return False
        now = time.perf_counter()
        if math.isnan(self._kept_since):
            self._kept_since = now
        return now < self._kept_since + _GROWTH_SECONDS

    def _is_due(self, frame: Frame) -> bool:
        """Return whether runs that have grown are to be drawn again, or may wait for some more growth."""
        return (
            frame.complete
            or frame.length > _GROWTH * self._lengths[0]
            or time.perf_counter() > self._at + _GROWTH_SECONDS
        )
