"""A film of a zoom: each picture is computed anew, one after the other."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtGui import QImage

from gdsim.core.exercises.maps.axes import MapAxis
from gdsim.core.exercises.maps.outcome import OutcomePlan
from gdsim.gui.exercises.maps.map_colours import PaintedMap, painting_maps
from gdsim.gui.export.clip import ClipPlan
from gdsim.session.tasks import TaskQueue

# Pictures a second, and how many there are while the range becomes half as long.
_RATE, _PER_HALF, _FEWEST = 12.0, 6.0, 24


def zoom_plan(whole: MapAxis, seen: MapAxis) -> ClipPlan:
    """Return how many pictures a zoom from one range into another has, and how fast they follow."""
    halves = max(0.0, -math.log2(seen.narrowness(whole)))
    return ClipPlan(0, max(_FEWEST, math.ceil(_PER_HALF * halves)), _RATE, _RATE)


class ZoomCamera:
    """Takes pictures of maps on the way from the whole range to the one that is seen.

    ``draw`` makes a picture of painted maps over a range; it is called in the window's thread.
    """

    def __init__(
        self,
        plans: Sequence[OutcomePlan],
        whole: tuple[MapAxis, MapAxis],
        count: int,
        size: tuple[int, int],
        draw: Callable[[tuple[PaintedMap, ...]], QImage],
    ) -> None:
        self.size = size
        self._plans, self._whole, self._last = tuple(plans), whole, count - 1
        self._draw = draw
        self._tasks = TaskQueue()
        self._asked = -1
        self._made: tuple[PaintedMap, ...] | None = None
        self._fault: Exception | None = None

    def take(self, step: int) -> QImage | None:
        if self._fault is not None:
            raise MemoryError from self._fault
        if self._asked != step:
            self._asked, self._made = step, None
            self._tasks.replace(
                partial(painting_maps, self._at(step / max(1, self._last))), self._on_made, self._on_failed
            )
        return None if self._made is None else self._draw(self._made)

    def close(self) -> None:
        self._tasks.close()
        self._tasks.deleteLater()

    def _at(self, share: float) -> list[OutcomePlan]:
        x, y = self._whole
        return [replace(plan, x=x.towards(plan.x, share), y=y.towards(plan.y, share)) for plan in self._plans]

    def _on_made(self, maps: tuple[PaintedMap, ...]) -> None:
        self._made = maps

    def _on_failed(self, fault: Exception) -> None:
        self._fault = fault
