"""The legend of the runs, with the current step."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gdsim.gui.accessible import Graphic, read_as
from gdsim.gui.paint.drawing import SAMPLE_WIDTH, paint_sample
from gdsim.gui.paint.words import place_text
from gdsim.gui.style.theme import LIGHT, Look
from gdsim.session.frame import Frame

_GAP, _APART = 6, 20
# The least share of the width that the names have beside overlays.
_LEAST_SHARE = 0.4
_OVERLAY_EVENTS = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide)


@read_as(Graphic)
class RunLegend(QWidget):
    """Samples of the lines of the visible runs with their names, in as many rows as they need."""

    def __init__(self, *, with_step: bool = True) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Runs"))
        self._with_step = with_step
        self._named: list[tuple[int, str]] = []
        self._look = Look(LIGHT)
        self._frame: Frame | None = None
        self._overlays: tuple[QWidget, ...] = ()
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_look(self, look: Look) -> None:
        self._look = look
        self.update()

    def show_frame(self, frame: Frame) -> None:
        self._frame = frame
        # The index is compared as well, because it gives the style, and changes when a hidden run is removed.
        views = enumerate(frame.views)
        named = [(index, view.run.name) for index, view in views if not view.run.hidden]
        if named != self._named:
            self._named = named
            names = (frame.views[index].run.shown_name for index, _ in named)
            self.setAccessibleDescription(", ".join(names))
            self.updateGeometry()
        elif not self._with_step:
            return
        self.update()

    def give_way_to(self, *overlays: QWidget) -> None:
        """Leave the right end of the row free while one of these widgets lies over it."""
        self._overlays = overlays
        for overlay in overlays:
            overlay.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _OVERLAY_EVENTS and self.isVisible():
            self.updateGeometry()
            self.update()
        return super().eventFilter(watched, event)

    def heightForWidth(self, width: int) -> int:
        lowest = max((place.bottom() for place, _ in self._places(width)), default=0)
        return max(lowest + 1, self._line) + _GAP

    def sizeHint(self) -> QSize:
        return QSize(200, self._line + _GAP)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._frame is None:
            return
        painter = QPainter(self)
        painter.setPen(QColor(self._look.theme.text))
        for place, index in self._places(self.width()):
            if index >= len(self._look.styles):
                continue
            name = place.adjusted(SAMPLE_WIDTH + _GAP, 0, 0, 0)
            sample = QRect(place.topLeft(), QSize(SAMPLE_WIDTH, place.height()))
            paint_sample(painter, sample, self._look.styles[index], ground=self._look.theme.page)
            text = self.fontMetrics().elidedText(
                self._name(index), Qt.TextElideMode.ElideMiddle, name.width()
            )
            painter.drawText(name, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)
        painter.setPen(QColor(self._look.theme.muted))
        first = QRect(0, 0, self.width(), self._line)
        painter.drawText(first, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._step)

    @property
    def _line(self) -> int:
        return self.fontMetrics().height() + 2

    @property
    def _step(self) -> str:
        if not self._with_step or self._frame is None or not self._frame.views:
            return ""
        return place_text(self._frame, self._frame.cursor)

    def _name(self, index: int) -> str:
        return self._frame.views[index].run.shown_name if self._frame else ""

    def _covered(self, width: int) -> int:
        """Return how much of the right end of a row of this width is covered by overlays."""
        seen = [overlay for overlay in self._overlays if overlay.isVisible()]
        left = min((self.mapFromGlobal(one.mapToGlobal(QPoint())).x() for one in seen), default=self.width())
        return min(self.width() - left, int((1.0 - _LEAST_SHARE) * width))

    def _places(self, width: int) -> list[tuple[QRect, int]]:
        """Return the rectangle and the index of each visible run, in the order of the runs."""
        if self._frame is None:
            return []
        metrics, places, corner = self.fontMetrics(), [], QPoint(0, 0)
        width -= self._covered(width)
        # The step stands at the end of the first line.
        room = width - metrics.horizontalAdvance(self._step) - _APART
        for index, _ in sorted(self._frame.shown, key=lambda pair: pair[0]):
            wanted = SAMPLE_WIDTH + _GAP + metrics.horizontalAdvance(self._name(index)) + 2
            if corner.x() and corner.x() + wanted > room:
                corner, room = QPoint(0, corner.y() + self._line), width
            places.append((QRect(corner, QSize(min(wanted, room), self._line)), index))
            corner += QPoint(wanted + _APART, 0)
        return places
