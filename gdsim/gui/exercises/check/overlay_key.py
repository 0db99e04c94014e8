"""Which mark is what on the pictures of own work."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdsim.gui.exercises.check.overlay_map import SUBMISSION_DASH
from gdsim.gui.paint.small_chart import pen
from gdsim.gui.style.theme import LIGHT, RunStyle, Theme

_HEIGHT = 20
_SAMPLE, _GAP, _APART = 26.0, 6.0, 20.0


class OverlayKey(QWidget):
    """One line: a sample of each mark, and its name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._style = RunStyle("#808080", (), "o")
        self._names = (
            self.tr("the true run"),
            self.tr("your values"),
            self.tr("first wrong"),
            self.tr("should be here"),
        )
        self.setAccessibleName(self.tr("Key"))
        self.setAccessibleDescription(", ".join(self._names))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_look(self, theme: Theme, style: RunStyle) -> None:
        """Paint in other colours."""
        self._theme, self._style = theme, style
        self.update()

    def sizeHint(self) -> QSize:
        """Return one line."""
        metrics = QFontMetricsF(self.font())
        width = sum(_SAMPLE + _GAP + _APART + metrics.horizontalAdvance(name) for name in self._names)
        return QSize(int(width), _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the samples and their names."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics, left, middle = QFontMetricsF(painter.font()), 0.0, self.height() / 2.0
        marks = (self._paint_true, self._paint_given, self._paint_wrong, self._paint_expected)
        for name, paint in zip(self._names, marks, strict=True):
            paint(painter, QPointF(left + _SAMPLE / 2.0, middle))
            left += _SAMPLE + _GAP
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(QPointF(left, middle + metrics.ascent() / 2.0 - 1.0), name)
            left += metrics.horizontalAdvance(name) + _APART
        painter.end()

    def _paint_true(self, painter: QPainter, at: QPointF) -> None:
        painter.setPen(pen(self._style.colour, 2.2, self._style.dash))
        painter.drawLine(at - QPointF(_SAMPLE / 2.0, 0.0), at + QPointF(_SAMPLE / 2.0, 0.0))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._style.colour))
        painter.drawEllipse(at, 3.0, 3.0)

    def _paint_given(self, painter: QPainter, at: QPointF) -> None:
        painter.setPen(pen(self._theme.accent, 1.6, SUBMISSION_DASH))
        painter.drawLine(at - QPointF(_SAMPLE / 2.0, 0.0), at + QPointF(_SAMPLE / 2.0, 0.0))
        painter.setPen(pen(self._theme.accent, 1.6))
        painter.setBrush(QColor(self._theme.halo))
        painter.drawRect(QRectF(at.x() - 3.5, at.y() - 3.5, 7.0, 7.0))

    def _paint_wrong(self, painter: QPainter, at: QPointF) -> None:
        painter.setPen(pen(self._theme.fault, 2.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(at, 7.0, 7.0)

    def _paint_expected(self, painter: QPainter, at: QPointF) -> None:
        painter.setPen(pen(self._theme.fault, 3.0))
        for side in (1.0, -1.0):
            painter.drawLine(at + QPointF(-4.5, -4.5 * side), at + QPointF(4.5, 4.5 * side))
