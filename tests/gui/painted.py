"""Which texts a window paints and where, including those of plots and cells; which are cut off or overlap."""

import unicodedata
from typing import NamedTuple

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QFontInfo, QFontMetricsF, QPaintDevice, QPaintEngine, QPainter, QRegion, QTransform
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QFrame,
    QGraphicsView,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QSplitter,
    QSplitterHandle,
    QStackedWidget,
    QTextEdit,
    QWidget,
)

from gdsim.gui.export.offscreen_panes import kept_lines

_ELLIPSIS = "…"
# Widgets of exactly these classes paint only borders and backgrounds, unless they are viewports.
_WITHOUT_TEXT = (QWidget, QFrame, QSplitter, QSplitterHandle, QStackedWidget)
# Tolerance in pixels for texts that are cut off or overlap, because of overhanging glyphs and rounding.
_SLACK = 1.5


class PaintedText(NamedTuple):
    """A text as it was painted, in the window's coordinates."""

    text: str
    ink: QRectF  # the bounding box of its glyphs
    seen: QRectF  # the visible part of `ink`: the rest is scrolled away or clipped
    size: float  # of its font, in pixels
    widget: QWidget  # that painted it


class _Recorder(QPaintEngine):
    """A paint engine that records texts, and paints nothing.

    It claims to write a vector format, so that panes paint their texts instead of cached pictures.
    """

    def __init__(self):
        super().__init__(QPaintEngine.PaintEngineFeature.AllFeatures)
        self.found = []
        self._transform = QTransform()

    def type(self):
        return QPaintEngine.Type.SVG

    def begin(self, device):
        return True

    def end(self):
        return True

    def updateState(self, state):
        self._transform = state.transform()

    def drawTextItem(self, place, item):
        text = item.text()
        if not text.strip():
            return
        ink = QFontMetricsF(item.font()).tightBoundingRect(text).translated(place)
        scale = self._transform.m22() or 1.0
        self.found.append((text, self._transform.mapRect(ink), scale * QFontInfo(item.font()).pixelSize()))

    def drawPixmap(self, *what):
        pass

    drawImage = drawTiledPixmap = drawPixmap  # noqa: N815
    drawPath = drawPolygon = drawLines = drawRects = drawPoints = drawEllipse = drawPixmap  # noqa: N815


class _Canvas(QPaintDevice):
    """A paint device for the recorder."""

    def __init__(self, size):
        super().__init__()
        self.engine = _Recorder()
        metric = QPaintDevice.PaintDeviceMetric
        dots = dict.fromkeys(
            (metric.PdmDpiX, metric.PdmDpiY, metric.PdmPhysicalDpiX, metric.PdmPhysicalDpiY), 96
        )
        self._metrics = {
            **dots,
            metric.PdmWidth: size.width(),
            metric.PdmHeight: size.height(),
            metric.PdmWidthMM: size.width() // 4,
            metric.PdmHeightMM: size.height() // 4,
            metric.PdmNumColors: 2**31 - 1,
            metric.PdmDepth: 32,
            metric.PdmDevicePixelRatio: 1,
            metric.PdmDevicePixelRatioScaled: int(QPaintDevice.devicePixelRatioFScale()),
        }

    def paintEngine(self):
        return self.engine

    def metric(self, metric):
        return self._metrics.get(metric, 0)


def painted_texts(window):
    found, canvas = [], _Canvas(QSize(4000, 3000))
    with kept_lines(window):
        for widget in (window, *window.findChildren(QWidget)):
            if not widget.isVisible() or not _paints_text(widget):
                continue
            if widget.window() is window:
                texts = _texts_of(widget, canvas)
                seen_in = seen_of(widget) if texts else None
                for text, ink, size in texts:
                    found.append(PaintedText(text, ink, ink & seen_in, size, widget))
    return found


def _paints_text(widget):
    area = widget.parentWidget()
    if isinstance(area, QGraphicsView):  # it is painted with its view
        return False
    if isinstance(area, QAbstractScrollArea) and area.viewport() is widget:  # its area paints there
        return True
    return type(widget) not in _WITHOUT_TEXT


def _texts_of(widget, canvas):
    canvas.engine.found = []
    painter = QPainter(canvas)
    painter.translate(widget.mapTo(widget.window(), QPoint()))
    if isinstance(widget, QGraphicsView):
        widget.render(painter, QRectF(widget.rect()), widget.rect())
    else:
        widget.render(painter, QPoint(), QRegion(), QWidget.RenderFlag(0))
    painter.end()
    return canvas.engine.found


def _placed(widget):
    return QRectF(widget.rect().translated(widget.mapTo(widget.window(), QPoint())))


def seen_of(widget):
    """Return the rectangle of its window in which a widget is visible."""
    seen = _placed(widget)
    while not widget.isWindow():
        widget = widget.parentWidget()
        seen &= _placed(widget)
    return seen


def _scrolls(widget, orientation):
    """Return whether a widget is the viewport of a scroll area that can be scrolled in a direction."""
    area = widget.parentWidget()
    if not isinstance(area, QAbstractScrollArea) or area.viewport() is not widget:
        return False
    if isinstance(area, QHeaderView):  # which scrolls with its table
        area = area.parentWidget()
    bar, policy = {
        Qt.Orientation.Horizontal: (area.horizontalScrollBar(), area.horizontalScrollBarPolicy()),
        Qt.Orientation.Vertical: (area.verticalScrollBar(), area.verticalScrollBarPolicy()),
    }[orientation]
    return bar.maximum() > 0 and policy != Qt.ScrollBarPolicy.ScrollBarAlwaysOff


def cut_texts(texts):
    """Return the texts that do not fit into their widget, or have an ellipsis that is not their own."""
    return [text for text in texts if _is_elided(text) or _sticks_out(text) or _is_clipped(text)]


def _is_elided(painted):
    owner = painted.widget
    if _ELLIPSIS not in painted.text:
        return False
    if isinstance(owner, QAbstractButton):
        return owner.text().replace("&", "") != painted.text
    return True


def _is_clipped(painted):
    """Return whether a visible text is cut off at the left or right, and cannot be scrolled there."""
    if painted.seen.isEmpty() or painted.seen.width() >= painted.ink.width() - _SLACK:
        return False
    widget = painted.widget
    while not widget.isWindow():
        if _scrolls(widget, Qt.Orientation.Horizontal):
            return False
        widget = widget.parentWidget()
    return True


def _sticks_out(painted):
    room = _placed(painted.widget).adjusted(-_SLACK, -_SLACK, _SLACK, _SLACK)
    across = room.left() <= painted.ink.left() and painted.ink.right() <= room.right()
    down = room.top() <= painted.ink.top() and painted.ink.bottom() <= room.bottom()
    return not (
        (across or _scrolls(painted.widget, Qt.Orientation.Horizontal))
        and (down or _scrolls(painted.widget, Qt.Orientation.Vertical))
    )


def colliding_texts(texts):
    """Return the pairs of texts that overlap."""
    shown = sorted((text for text in texts if not text.seen.isEmpty()), key=lambda text: text.seen.left())
    found = []
    for place, text in enumerate(shown):
        for other in shown[place + 1 :]:
            if other.seen.left() >= text.seen.right():
                break
            if _collide(text, other):
                found.append((text, other))
    return found


def _collide(first, second):
    if (first.text, first.ink, first.widget) == (second.text, second.ink, second.widget):
        return False  # a field paints selected text twice
    both = first.seen & second.seen
    if min(both.width(), both.height()) <= _SLACK:
        return False
    return not (_is_mark(first.text) or _is_mark(second.text))


def _is_mark(text):
    """Return whether a text is a combining mark, such as a hat, which belongs over a letter."""
    return all(unicodedata.combining(letter) for letter in text)


def described(painted):
    """Return a text with its position and its widget, for a message."""
    owner = painted.widget
    if isinstance(owner.parentWidget(), (QAbstractItemView, QPlainTextEdit, QTextEdit)):
        owner = owner.parentWidget()
    said = owner.text() if isinstance(owner, (QLabel, QAbstractButton)) else owner.accessibleName()
    place = tuple(round(number) for number in painted.ink.getRect())
    return f"{painted.text!r} {place} of {type(owner).__name__} {said or owner.objectName()!r}"
