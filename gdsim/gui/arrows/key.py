"""The key to the arrows below an exported picture, which has no legend with switches."""

from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdsim.core.model.map_overlays import CutDirection, MapOverlays
from gdsim.core.model.view_range import LECTURE_VIEW_RANGE
from gdsim.core.surface.cut import cut_name
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.arrows.choice import ArrowChoice, Layer, drawing_of
from gdsim.gui.arrows.paint import ArrowShape, ArrowStyle, layer_style, paint_shapes, shown_arrows
from gdsim.gui.arrows.search_marks import cut_line, cut_style, paint_tries, shown_tries
from gdsim.gui.arrows.words import arrow_name, layer_name, scale_words
from gdsim.gui.style.theme import LIGHT, Look
from gdsim.session.frame import Frame

_SAMPLE, _BESIDE, _BETWEEN, _LEADING = 34.0, 6.0, 18.0, 4


class _KeySample(NamedTuple):
    text: str
    style: ArrowStyle | None = None  # None for text without a sample
    is_dot: bool = False


class ArrowKey(QWidget):
    """A sample and a name for each kind of arrow that is drawn, and the scale of the arrows."""

    def __init__(self) -> None:
        super().__init__()
        self._theme = LIGHT
        self._choice = ArrowChoice()
        self._view_range = LECTURE_VIEW_RANGE
        self._frame: Frame | None = None
        self._surface: LossSurface | None = None
        self._cut: CutDirection | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_look(self, look: Look) -> None:
        self._theme = look.theme
        self.update()

    def set_arrows(self, choice: ArrowChoice) -> None:
        self._choice = choice
        self._changed()

    def set_drawn(self, drawn: MapOverlays) -> None:
        self._cut = drawn.cut
        self._changed()

    def show_surface(self, surface: LossSurface) -> None:
        self._surface, self._view_range = surface, surface.view_range
        self._changed()

    def show_frame(self, frame: Frame) -> None:
        self._frame = frame
        self._changed()

    def _changed(self) -> None:
        self.updateGeometry()
        self.update()

    def entries(self) -> list[_KeySample]:
        return [*self._arrow_entries(), *self._other_entries()]

    def _other_entries(self) -> list[_KeySample]:
        """Return the entries of the line of a cut and of the tries of a search, if they are drawn."""
        found = []
        cut, surface = self._cut, self._surface
        if cut is not None and surface is not None and cut_line(cut, self._frame, surface) is not None:
            found.append(_KeySample(cut_name(cut, surface.plane.names), cut_style(self._theme)))
        if shown_tries(self._frame, self._choice):
            found.append(
                _KeySample(layer_name(Layer.TRIES), layer_style(Layer.TRIES, self._theme), is_dot=True)
            )
        return found

    def _arrow_entries(self) -> list[_KeySample]:
        frame = self._frame
        drawing = drawing_of(frame, self._choice, self._view_range) if frame else None
        if frame is None or frame.current is None or drawing is None or not drawing.arrows:
            return []
        rule = frame.current.run.optimizer.update_rule
        shown = {}
        for arrow, style, _ in shown_arrows(drawing, "", self._theme):
            if not arrow.ghost or arrow.kind not in shown:
                shown[arrow.kind] = style
        named = [_KeySample(arrow_name(kind, rule), style) for kind, style in shown.items()]
        return [*named, _KeySample(scale_words(self._choice.lengths, drawing))]

    def _placed(self, width: float) -> list[tuple[float, int, _KeySample]]:
        """Return each entry with its x position and its line, wrapped at a width in pixels."""
        placed, x, line = [], 0.0, 0
        for entry in self.entries():
            entry_width = self._width_of(entry)
            if x > 0.0 and x + entry_width > width:
                x, line = 0.0, line + 1
            placed.append((x, line, entry))
            x += entry_width + _BETWEEN
        return placed

    def _width_of(self, entry: _KeySample) -> float:
        text = float(self.fontMetrics().horizontalAdvance(entry.text))
        return text + (_SAMPLE + _BESIDE if entry.style else 0.0)

    def _line(self) -> int:
        return self.fontMetrics().height() + _LEADING

    def heightForWidth(self, width: int) -> int:
        placed = self._placed(width)
        return (placed[-1][1] + 1) * self._line() if placed else 0

    def sizeHint(self) -> QSize:
        return QSize(200, self.heightForWidth(max(self.width(), 200)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        height = self._line()
        for x, line, entry in self._placed(self.width()):
            left, middle = x, (line + 0.5) * height
            if entry.is_dot:
                paint_tries(painter, [QPointF(x + _SAMPLE / 2.0, middle)], 0, self._theme, numbered=False)
                left += _SAMPLE + _BESIDE
            elif entry.style:
                ends = np.array([[x + 2.0, middle], [x + _SAMPLE - 2.0, middle]])
                paint_shapes(painter, [ArrowShape(ends, entry.style)], self._theme)
                left += _SAMPLE + _BESIDE
            painter.setPen(QColor(self._theme.text if entry.style else self._theme.muted))
            room = QRectF(left, line * height, self._width_of(entry), height)
            aligned = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
            painter.drawText(room, aligned, entry.text)
