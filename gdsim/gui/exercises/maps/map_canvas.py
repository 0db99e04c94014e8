"""The widget that shows maps, to be zoomed, panned and read with mouse and keys."""

from dataclasses import replace
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from gdsim.core.exercises.maps.axes import NARROWEST_AXIS, MapAxis
from gdsim.gui.exercises.maps.map_paint import paint_sheet, places_of
from gdsim.gui.exercises.maps.map_sheet import MapSheet
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.paint.plot_keys import ARROWS, FocusRing, zoom_way
from gdsim.gui.paint.small_chart import Chart
from gdsim.gui.style.text_size import BASE_SIZE, FontScaler
from gdsim.gui.style.theme import Theme

_LEAST_HEIGHT = 220
_MARGIN = 6.0
_NOTCH = 120.0
# A notch of the wheel or a key press zooms to this share of the range.
_ZOOM = 0.8
_SMALL, _LARGE, _PAN = 1.0 / 64.0, 1.0 / 8.0, 0.25


class _Grip(NamedTuple):
    """Where the mouse was pressed, on which map, and the axes at that moment."""

    where: QPointF
    at: int
    x: MapAxis
    y: MapAxis


class MapCanvas(Chart):
    """Widget for a sheet of maps that share one range and one cursor."""

    # two MapAxis: the new range after the user zoomed or panned
    range_changed = Signal(object, object)
    cursor_moved = Signal(int)  # the map on which the cursor has moved; -1 when it has left
    taken = Signal(int, bool)  # take the run under the cursor of this map; whether as a new run
    reset_requested = Signal()

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.sheet: MapSheet | None = None
        self.words = ""  # description for screen readers
        self._whole: tuple[MapAxis, MapAxis] | None = None
        self._grip: _Grip | None = None
        self.at = 0  # index of the map on which the cursor moved last
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        FocusRing(self, self, on_click=True)
        self.setMouseTracking(True)
        FontScaler(self, QWidget.setMinimumHeight, _LEAST_HEIGHT)
        set_tip(
            self,
            self.tr(
                "Zoom with the wheel or + and −, move by dragging or with Shift and an arrow key, and show "
                "all with Home. Read a run with the mouse or the arrow keys. A click or Enter gives these "
                "settings to the run, or with Ctrl to a new run."
            ),
        )

    def picture_in_words(self) -> str:
        return self.words

    def sizeHint(self) -> QSize:
        return QSize(760, 470)

    def show_sheet(self, sheet: MapSheet, whole: tuple[MapAxis, MapAxis]) -> None:
        """Show maps, keeping the cursor; zooming in is limited by the ``whole`` range."""
        self._whole = whole
        self.sheet = replace(sheet, cursor=self.spot)
        self.at = min(self.at, max(0, len(sheet.plans) - 1))
        self.update()

    @property
    def spot(self) -> tuple[float, float] | None:
        """The position of the cursor as shares of the sides of the maps; None without a cursor."""
        return self.sheet.cursor if self.sheet is not None else None

    def picture(self, sheet: MapSheet, size: QSize, scale: float, theme: Theme) -> QImage:
        """Render maps without a cursor into an image of a given size."""
        image = QImage(size, QImage.Format.Format_RGB32)
        image.fill(QColor(theme.card))
        painter = QPainter(image)
        painter.scale(scale, scale)
        room = QRectF(0.0, 0.0, size.width() / scale, size.height() / scale)
        paint_sheet(painter, _within(room), replace(sheet, cursor=None), theme, self._letters())
        painter.end()
        return image

    # ------------------------------------------------------------------------------ zooming

    def zoom(self, factor: float) -> None:
        """Zoom around the cursor, or the centre without one; ``factor`` scales the range."""
        if self.sheet is not None:
            across, up = self.spot or (0.5, 0.5)
            self._look(self.sheet.x.zoomed(across, factor), self.sheet.y.zoomed(up, factor))

    def _look(self, x: MapAxis, y: MapAxis) -> None:
        sheet, whole = self.sheet, self._whole
        if sheet is None or whole is None:
            return
        narrow = min(x.narrowness(whole[0]), y.narrowness(whole[1]))
        if x.fault() or y.fault() or narrow < NARROWEST_AXIS or (x, y) == (sheet.x, sheet.y):
            return
        self.sheet = replace(sheet, x=x, y=y)
        self.update()
        self.range_changed.emit(x, y)

    def _move_cursor(self, cursor: tuple[float, float] | None) -> None:
        if self.sheet is None or cursor == self.spot:
            return
        self.sheet = replace(self.sheet, cursor=cursor)
        self.update()
        self.cursor_moved.emit(-1 if cursor is None else self.at)

    # ------------------------------------------------------------------------------ mouse

    def places(self) -> list[QRectF]:
        room = _within(QRectF(QPointF(), self.room))
        return places_of(room, self.sheet, self._letters()) if self.sheet is not None else []

    def _shares_at(self, where: QPointF) -> tuple[int, float, float] | None:
        """Return the map at a position in the widget, and the shares of its sides; None off the maps."""
        where = where / self.ui_scale
        for index, place in enumerate(self.places()):
            if place.contains(where):
                across = (where.x() - place.left()) / place.width()
                up = (place.bottom() - where.y()) / place.height()
                return index, _inside(across), _inside(up)
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self._shares_at(event.position())
        if found is None or event.button() != Qt.MouseButton.LeftButton or self.sheet is None:
            super().mousePressEvent(event)
            return
        self._grip = _Grip(event.position(), found[0], self.sheet.x, self.sheet.y)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        grip = self._grip
        if grip is not None:
            offset = event.position() - grip.where
            if offset.manhattanLength() >= QApplication.startDragDistance() or self._is_dragged:
                place, offset = self.places()[grip.at], offset / self.ui_scale
                self._look(
                    grip.x.moved(-offset.x() / place.width()), grip.y.moved(offset.y() / place.height())
                )
            return
        found = self._shares_at(event.position())
        if found is None:
            self._move_cursor(None)
        else:
            self.at = found[0]
            self._move_cursor(found[1:])

    @property
    def _is_dragged(self) -> bool:
        sheet, grip = self.sheet, self._grip
        return sheet is not None and grip is not None and (grip.x, grip.y) != (sheet.x, sheet.y)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._grip is None:
            super().mouseReleaseEvent(event)
            return
        was_dragged, self._grip = self._is_dragged, None
        found = self._shares_at(event.position())
        if not was_dragged and found is not None:
            self.at = found[0]
            self._move_cursor(found[1:])
            self.taken.emit(found[0], bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))

    def wheelEvent(self, event: QWheelEvent) -> None:
        found = self._shares_at(event.position())
        notches = event.angleDelta().y() / _NOTCH
        if found is None or not notches or self.sheet is None:
            event.ignore()
            return
        _, across, up = found
        factor = _ZOOM**notches
        self._look(self.sheet.x.zoomed(across, factor), self.sheet.y.zoomed(up, factor))
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self.hasFocus():
            self._move_cursor(None)

    # ------------------------------------------------------------------------------ keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = event.key(), event.modifiers()
        shift, control = (
            bool(modifiers & one)
            for one in (Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier)
        )
        if self.sheet is None:
            super().keyPressEvent(event)
        elif key in ARROWS and shift:
            across, up = ARROWS[key]
            self._look(self.sheet.x.moved(_PAN * across), self.sheet.y.moved(_PAN * up))
        elif key in ARROWS:
            self._step(*ARROWS[key], _LARGE if control else _SMALL)
        elif way := zoom_way(event):
            self.zoom(_ZOOM**way)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_0):
            self.reset_requested.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.spot is not None:
            self.taken.emit(self.at, control)
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown) and self.spot is not None:
            step = 1 if key == Qt.Key.Key_PageDown else -1
            self.at = (self.at + step) % max(1, len(self.sheet.plans))
            self.cursor_moved.emit(self.at)
        else:
            super().keyPressEvent(event)

    def _step(self, across: int, up: int, share: float) -> None:
        if self.spot is None:
            self._move_cursor((0.5, 0.5))
            return
        x, y = self.spot
        self._move_cursor((_inside(x + across * share), _inside(y + up * share)))

    # ------------------------------------------------------------------------------ painting

    def _letters(self) -> QFont:
        font = QApplication.font()
        font.setPixelSize(BASE_SIZE - 1)
        return font

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = self.painter()
        room = QRectF(QPointF(), self.room)
        painter.fillRect(room, QColor(self.theme.card))
        if self.sheet is not None:
            paint_sheet(painter, _within(room), self.sheet, self.theme, self._letters())
        painter.end()


def _within(room: QRectF) -> QRectF:
    return room.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)


def _inside(share: float) -> float:
    return min(1.0 - 1e-9, max(0.0, share))
