"""A small chart of the losses of a few runs."""

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPaintEvent

from gdsim.core.arrays import Array
from gdsim.core.formulas.numerals import told_apart
from gdsim.gui.paint.small_chart import (
    KEY_HEIGHT,
    Chart,
    ChartAxes,
    ChartScale,
    dashed_pen,
    key_rows,
    paint_key,
)
from gdsim.gui.style.theme import RunStyle
from gdsim.gui.translation import tr

_LEFT, _RIGHT, _TOP, _BOTTOM = 38.0, 8.0, 18.0, 18.0
# Smaller losses are drawn as this.
_LEAST = 1e-12


class LossChart(Chart):
    """Chart of losses over the steps on a logarithmic scale, each in the style of its run."""

    def __init__(self) -> None:
        super().__init__(tr("Loss over the steps"))
        self._curves: tuple[tuple[str, Array, RunStyle], ...] = ()
        self.setAccessibleDescription(self.tr("Nothing is drawn yet."))
        self.setMinimumHeight(120)

    def show_curves(self, *curves: tuple[str, Array, RunStyle]) -> None:
        """Show losses (steps + 1,), each with a name and a style."""
        self._curves = curves
        words = self.tr("{name}: from {first} to {last}")
        ends = ((name, *told_apart(loss[[0, -1]].tolist())) for name, loss, _ in curves)
        texts = (words.format(name=name, first=first, last=last) for name, first, last in ends)
        self.setAccessibleDescription("; ".join(texts))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._curves:
            return
        painter = self.painter()
        painter.setFont(self.small_font())
        drawn = [np.maximum(loss[np.isfinite(loss)], _LEAST) for _, loss, _ in self._curves]
        low, high = min(map(np.min, drawn)), max(map(np.max, drawn))
        length = max(map(len, drawn)) - 1
        room = self.room
        lines = [dashed_pen(style.colour, 1.8, style.dash) for _, _, style in self._curves]
        names = [name for name, _, _ in self._curves]
        keys = key_rows(painter.font(), room.width() - _RIGHT, zip(names, lines, strict=True))
        top = _TOP + (len(keys) - 1) * KEY_HEIGHT
        place = QRectF(_LEFT, top, room.width() - _LEFT - _RIGHT, room.height() - top - _BOTTOM)
        axes = ChartAxes(place, ChartScale(0.0, length), ChartScale(low / 1.5, high * 1.5, log=True))
        axes.paint(painter, self.theme)
        painter.setRenderHint(painter.RenderHint.Antialiasing)
        for line, loss in zip(lines, drawn, strict=True):
            painter.setPen(line)
            painter.drawPolyline(axes.line(np.arange(float(len(loss))), loss))
        paint_key(painter, self.theme, room.width() - _RIGHT, 1.0, keys)
