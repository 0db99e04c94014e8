"""The key of a picture, with a sample of each mark beside its name."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdsim.gui.accessible import Graphic, read_as
from gdsim.gui.forms.flow import Flow
from gdsim.gui.paint.drawing import SAMPLE_WIDTH, paint_sample, painting
from gdsim.gui.style.shown_theme import shown_theme
from gdsim.gui.style.text_size import scale_of
from gdsim.gui.style.theme import RunStyle

_GAP, _APART, _HEIGHT = 6, 18, 22

# Paints a sample into a rectangle of the usual size; the painter scales it up in projector mode.
PaintSample: TypeAlias = Callable[[QPainter, QRectF], None]


@read_as(Graphic)
class Key(QWidget):
    """A flow layout of marks with their names, wrapped to the width."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: list[QWidget] = []
        self._flow = Flow(self, gap=_APART, leading=0)
        # With a fixed policy, the height would be that of one line.
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.setAccessibleName(self.tr("Key"))

    def show_entries(self, entries: Sequence[tuple[str, PaintSample]]) -> None:
        for entry in self._entries:
            self._flow.removeWidget(entry)
            entry.deleteLater()
        self._entries = [_Entry(name, paint) for name, paint in entries]
        for entry in self._entries:
            self._flow.addWidget(entry)
        self.setAccessibleDescription(", ".join(name for name, _ in entries))

    def show_runs(self, names: Sequence[str], styles: Sequence[RunStyle]) -> None:
        samples = (partial(_paint_run, style=style) for style in styles)
        self.show_entries(list(zip(names, samples, strict=True)))


def _paint_run(painter: QPainter, place: QRectF, style: RunStyle) -> None:
    paint_sample(painter, place.toRect(), style)


class _Entry(QWidget):
    def __init__(self, name: str, paint: PaintSample) -> None:
        super().__init__()
        self._name, self._paint = name, paint

    def sizeHint(self) -> QSize:
        scale = scale_of(self)
        width = scale * (SAMPLE_WIDTH + _GAP) + self.fontMetrics().horizontalAdvance(self._name)
        return QSize(round(width + 0.5), round(_HEIGHT * scale))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painting(self)
        painter.setPen(QColor(shown_theme().text))
        scale = scale_of(self)
        room = self.rect().adjusted(round(scale * (SAMPLE_WIDTH + _GAP)), 0, 0, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._name)
        painter.scale(scale, scale)
        self._paint(painter, QRectF(0.0, 0.0, SAMPLE_WIDTH, self.height() / scale))
        painter.end()
