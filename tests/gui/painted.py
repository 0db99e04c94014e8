"""Which texts a window paints and where, also those of plots and cells; what is cut, what lies on what."""

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
# What these themselves paint are borders and backgrounds, where they are no viewports.
_WITHOUT_TEXT = (QWidget, QFrame, QSplitter, QSplitterHandle, QStackedWidget)
# So much may be missing of a text, and so much may two of them share: hooks and rounding.
_SLACK = 1.5


class PaintedText(NamedTuple):
    """A text as it was painted, in the window's coordinates."""

    text: str
    ink: QRectF  # where it is not blank
    seen: QRectF  # what is seen of that: it may be scrolled away, or under an edge
    size: float  # of its letters, in pixels
    widget: QWidget  # whose it is


class _Recorder(QPaintEngine):
    """Keeps the texts that are painted, and paints nothing.

    It says that it keeps letters, as a file of vectors does: panes then paint anew what they otherwise keep
    as pictures.
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
    """What is painted on, as large as a window."""

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
    """Return all texts that a window paints."""
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
    """Return what of a window a widget can be seen in."""
    seen = _placed(widget)
    while not widget.isWindow():
        widget = widget.parentWidget()
        seen &= _placed(widget)
    return seen


def _scrolls(widget, orientation):
    """Return whether a widget is what an area scrolls, so that there is more of it than can be seen."""
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
    """Return those that do not fit into their widget, or that end in an ellipsis which is not their own."""
    return [one for one in texts if _is_elided(one) or _sticks_out(one) or _is_clipped(one)]


def _is_elided(one):
    owner = one.widget
    if _ELLIPSIS not in one.text:
        return False
    if isinstance(owner, QAbstractButton):
        return owner.text().replace("&", "") != one.text
    return True


def _is_clipped(one):
    """Return whether a text goes on at the left or the right of what is seen of it, where nothing scrolls."""
    if one.seen.isEmpty() or one.seen.width() >= one.ink.width() - _SLACK:
        return False
    widget = one.widget
    while not widget.isWindow():
        if _scrolls(widget, Qt.Orientation.Horizontal):
            return False
        widget = widget.parentWidget()
    return True


def _sticks_out(one):
    room = _placed(one.widget).adjusted(-_SLACK, -_SLACK, _SLACK, _SLACK)
    across = room.left() <= one.ink.left() and one.ink.right() <= room.right()
    down = room.top() <= one.ink.top() and one.ink.bottom() <= room.bottom()
    return not (
        (across or _scrolls(one.widget, Qt.Orientation.Horizontal))
        and (down or _scrolls(one.widget, Qt.Orientation.Vertical))
    )


def colliding_texts(texts):
    """Return pairs of texts of which one lies on the other."""
    shown = sorted((one for one in texts if not one.seen.isEmpty()), key=lambda one: one.seen.left())
    found = []
    for place, one in enumerate(shown):
        for other in shown[place + 1 :]:
            if other.seen.left() >= one.seen.right():
                break
            if _collide(one, other):
                found.append((one, other))
    return found


def _collide(one, other):
    if (one.text, one.ink, one.widget) == (other.text, other.ink, other.widget):
        return False  # a field paints what is selected twice
    both = one.seen & other.seen
    if min(both.width(), both.height()) <= _SLACK:
        return False
    return not (_is_mark(one.text) or _is_mark(other.text))


def _is_mark(text):
    """Return whether a text is painted over a letter on purpose, such as a hat."""
    return all(unicodedata.combining(letter) for letter in text)


def described(one):
    """Return a text with what it is in, for a message."""
    owner = one.widget
    if isinstance(owner.parentWidget(), (QAbstractItemView, QPlainTextEdit, QTextEdit)):
        owner = owner.parentWidget()
    said = owner.text() if isinstance(owner, (QLabel, QAbstractButton)) else owner.accessibleName()
    place = tuple(round(number) for number in one.ink.getRect())
    return f"{one.text!r} {place} of {type(owner).__name__} {said or owner.objectName()!r}"
