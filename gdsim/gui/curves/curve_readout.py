"""A box beside the mouse with the value of every curve at the step under the mouse."""

from html import unescape
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QStaticText
from PySide6.QtWidgets import QWidget

from gdsim.gui.paint.drawing import paint_sample, painting, translucent
from gdsim.gui.style.fonts import SERIF
from gdsim.gui.style.theme import LIGHT, Look, RunStyle

_ROW, _SAMPLE, _GAP, _PADDING = 14, 20, 8, 6
_FONT = 11
# In pixels; wider names end in an ellipsis.
_WIDEST_NAME = 120.0
_ELIDE = Qt.TextElideMode.ElideRight
_BESIDE = 12


class CurveReading(NamedTuple):
    style: RunStyle
    name: str  # rich text
    value: str


class Readout(QWidget):
    """A list of values, in as many columns as it needs to fit the height of its parent."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._area = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._title = ""
        self._readings: tuple[CurveReading, ...] = ()
        self.names: list[QStaticText] = []  # as they are painted
        self._rows = 1
        self._name_width = self._value_width = 0.0
        self._formula = QFont(SERIF)  # other fonts may misplace the hats of m and v
        self.set_look(Look(LIGHT))
        self.hide()

    def set_look(self, look: Look) -> None:
        """Repaint in the colours of the look; its sizes apply to values that are shown later."""
        self._theme = look.theme
        self._widest_name = _WIDEST_NAME * look.ui_scale
        self._row = round(_ROW * look.ui_scale)
        font = self.font()
        font.setPixelSize(round(_FONT * look.ui_scale))
        self.setFont(font)
        self._formula.setPixelSize(round(_FONT * look.ui_scale) + 1)
        self.update()

    def show_readings(self, title: str, readings: tuple[CurveReading, ...], x: float) -> None:
        """Show the values at a horizontal position, in pixels of the parent."""
        self._title, self._readings = title, readings
        self.names = [self._static(reading.name) for reading in readings]
        width_of = self.fontMetrics().horizontalAdvance
        widths = [name.size().width() for name in self.names]
        self._name_width = min(self._widest_name, max(widths, default=0.0))
        self._value_width = max((width_of(reading.value) for reading in readings), default=0)
        area = self._area.size()
        fitting = max(1, (area.height() - 2 * _PADDING) // self._row - 1)
        columns = max(1, -(-len(readings) // fitting))
        self._rows = -(-len(readings) // columns)
        width = max(columns * self._column_width() - _GAP, width_of(title)) + 2 * _PADDING
        self.resize(int(width) + 1, (self._rows + 1) * self._row + 2 * _PADDING - 2)
        left = x + _BESIDE if x + _BESIDE + self.width() <= area.width() else x - _BESIDE - self.width()
        self.move(max(0, int(left)), max(0, (area.height() - self.height()) // 2))
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painting(self)
        painter.setPen(QColor(self._theme.border))
        painter.setBrush(translucent(self._theme.card, 238))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5.0, 5.0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(QRectF(_PADDING, _PADDING - 1, self.width(), self._row), middle, self._title)
        for index, (reading, name) in enumerate(zip(self._readings, self.names, strict=True)):
            column, row = divmod(index, self._rows)
            left, top = _PADDING + column * self._column_width(), _PADDING - 1 + (row + 1) * self._row
            self._paint_reading(painter, reading, name, QPointF(left, top))

    def _paint_reading(
        self, painter: QPainter, reading: CurveReading, name: QStaticText, at: QPointF
    ) -> None:
        y = at.y() + self._row / 2.0
        paint_sample(painter, QRectF(at.x(), at.y(), _SAMPLE, self._row).toRect(), reading.style)
        painter.setPen(QColor(self._theme.text))
        left = at.x() + _SAMPLE + 6
        painter.save()
        painter.setClipRect(QRectF(left, at.y() - 2, self._name_width, self._row + 4))
        painter.setFont(self._formula if "<sub>" in reading.name else self.font())
        painter.drawStaticText(QPointF(left, y - name.size().height() / 2.0), name)
        painter.restore()
        place = QRectF(left + self._name_width + _GAP, at.y(), self._value_width + 1, self._row)
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, reading.value)

    def _column_width(self) -> float:
        return _SAMPLE + 6 + self._name_width + _GAP + self._value_width + 2 * _GAP

    def _static(self, html: str) -> QStaticText:
        if "<sub>" in html:
            text = QStaticText(html)
            text.setTextFormat(Qt.TextFormat.RichText)
            text.prepare(font=self._formula)
        else:
            name = self.fontMetrics().elidedText(unescape(html), _ELIDE, int(self._widest_name))
            text = QStaticText(name)
            text.setTextFormat(Qt.TextFormat.PlainText)
            text.prepare(font=self.font())
        return text
