"""A film of a zoom into maps, for which every frame is computed anew."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from gdsim.core.exercises.maps.axes import MapAxis
from gdsim.core.exercises.maps.outcome import OutcomePlan
from gdsim.gui.exercises.maps.map_canvas import MapCanvas
from gdsim.gui.exercises.maps.map_colours import PaintedMap, painting_maps
from gdsim.gui.exercises.maps.map_sheet import MapSheet
from gdsim.gui.style.theme import Theme
from gdsim.session.tasks import TaskQueue

PACE = 12.0  # frames a second
# Frames for each halving of the range, and the least number of frames.
_PER_HALF, _FEWEST = 6.0, 24
# The size of a frame, in pixels.
_FILM = QSize(720, 540)


def picture_count(whole: MapAxis, seen: MapAxis) -> int:
    halves = max(0.0, -math.log2(seen.narrowness(whole)))
    return 1 + max(_FEWEST, math.ceil(_PER_HALF * halves))


class ZoomCamera:
    """Camera for the frames of a zoom from the whole range to that of the plans.

    ``draw`` makes a frame of painted maps; it is called in the GUI thread.
    """

    def __init__(
        self,
        plans: Sequence[OutcomePlan],
        whole: tuple[MapAxis, MapAxis],
        count: int,
        draw: Callable[[tuple[PaintedMap, ...]], QImage],
    ) -> None:
        self.size = (_FILM.width(), _FILM.height())
        self._plans, self._whole, self._last = tuple(plans), whole, count - 1
        self._draw = draw
        self._tasks = TaskQueue()
        self._asked = -1
        self._maps: tuple[PaintedMap, ...] | None = None
        self._fault: Exception | None = None

    def take(self, step: int) -> QImage | None:
        if self._fault is not None:
            raise MemoryError from self._fault
        if self._asked != step:
            self._asked, self._maps = step, None
            self._tasks.replace(
                partial(painting_maps, self._at(step / max(1, self._last))), self._on_made, self._on_failed
            )
        return None if self._maps is None else self._draw(self._maps)

    def close(self) -> None:
        self._tasks.close()
        self._tasks.deleteLater()

    def _at(self, share: float) -> list[OutcomePlan]:
        x, y = self._whole
        return [replace(plan, x=x.towards(plan.x, share), y=y.towards(plan.y, share)) for plan in self._plans]

    def _on_made(self, maps: tuple[PaintedMap, ...]) -> None:
        self._maps = maps

    def _on_failed(self, fault: Exception) -> None:
        self._fault = fault


def film_picture(
    canvas: MapCanvas, colours: Sequence[str], theme: Theme, maps: tuple[PaintedMap, ...]
) -> QImage:
    """Draw a frame of maps, over the range of their own plans."""
    plans = [painted.map.plan for painted in maps]
    sheet = MapSheet(plans, maps, colours, plans[0].x, plans[0].y)
    return canvas.picture(sheet, _FILM, 1.0, theme)
