"""The line of the cut and the tries of a search, as the cut, the map and the surface show them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from gdsim.core.arrays import Array
from gdsim.core.model.map_overlays import CutDirection
from gdsim.core.surface.cut import direction_of_cut, ends_of_cut
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.arrows.choice import ArrowChoice, Layer, update_to_draw
from gdsim.gui.arrows.paint import ArrowStyle
from gdsim.gui.paint.drawing import paint_letters
from gdsim.gui.style.theme import Theme
from gdsim.session.frame import Frame

if TYPE_CHECKING:
    from gdsim.core.analysis.searched import SearchedStep

_DOT, _HALO, _LETTERS = 4.5, 3.0, 11
# Of tries that are closer together than this, only the first is numbered.
_APART = 13.0


def cut_direction_at(cut: CutDirection, frame: Frame, surface: LossSurface) -> tuple[float, float]:
    """Return the direction of a cut through the selected run; (0, 0) if its step or gradient is zero."""
    update = frame.update
    step = np.zeros(2) if update is None else update.drawn(update.after - update.before)
    return direction_of_cut(cut, surface, frame.current.place if frame.current else (0.0, 0.0), step)


def cut_line(cut: CutDirection | None, frame: Frame | None, surface: LossSurface | None) -> Array | None:
    """Return the two ends (2, 2) of the cut through the surface; None if no cut is shown."""
    current = frame.current if frame else None
    if cut is None or frame is None or surface is None or current is None or current.run.hidden:
        return None
    return ends_of_cut(surface, *current.place, cut_direction_at(cut, frame, surface))


def cut_style(theme: Theme) -> ArrowStyle:
    return ArrowStyle(theme.text, 1.4, (5.0, 4.0), halo=1.0)


def shown_tries(frame: Frame | None, choice: ArrowChoice) -> "SearchedStep | None":
    """Return the search whose tries are drawn on the map and on the surface."""
    if frame is None or Layer.TRIES not in choice.layers or update_to_draw(frame, choice) is None:
        return None
    return frame.search if frame.search is not None and frame.search.tries else None


def paint_tries(
    painter: QPainter,
    places: Sequence[QPointF | None],
    taken: int | None,
    theme: Theme,
    ui_scale: float = 1.0,
    *,
    numbered: bool = True,
) -> None:
    """Paint a numbered dot for each try; only the dot of the step that was ``taken`` is filled.

    None among the ``places`` stands for a try that is not visible.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    size = ui_scale * _DOT
    for number, place in enumerate(places):
        if place is not None:
            painter.setPen(QPen(QColor(theme.text), 1.4 * ui_scale))
            painter.setBrush(QColor(theme.text if number == taken else theme.halo))
            painter.drawEllipse(place, size, size)
    if numbered:
        _paint_numbers(painter, places, theme, ui_scale)
    painter.restore()


def _paint_numbers(
    painter: QPainter, places: Sequence[QPointF | None], theme: Theme, ui_scale: float
) -> None:
    font = painter.font()
    font.setPixelSize(round(_LETTERS * ui_scale))
    metrics, apart = QFontMetricsF(font), _APART * ui_scale
    taken: list[QPointF] = []
    for number, place in enumerate(places, 1):
        if place is None or any((place - one).manhattanLength() < apart for one in taken):
            continue
        taken.append(place)
        text = str(number)
        left = place.x() - metrics.horizontalAdvance(text) / 2.0
        above = QPointF(left, place.y() - ui_scale * _DOT - 3.0)
        paint_letters(painter, above, font, text, theme.text, theme.halo, _HALO)
