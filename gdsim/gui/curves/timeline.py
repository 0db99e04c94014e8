"""A strip of marks that tells what happened at which steps of a run."""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from gdsim.core.formulas import numerals
from gdsim.core.language.texts import translated
from gdsim.gui.accessible import Graphic, read_as
from gdsim.gui.forms.tips import tip
from gdsim.gui.paint.drawing import painting
from gdsim.gui.style.stylesheet import mixed_colour
from gdsim.gui.style.theme import LIGHT, Look

if TYPE_CHECKING:
    from gdsim.core.analysis.diagnosis import Finding

_HEIGHT = 15
_MOST_LANES = 3
# In pixels: the least width of a mark, and by how much the mouse may miss it on either side.
_NARROWEST, _REACH = 5.0, 3.0


class TimelineMark(NamedTuple):
    """Something notable about a range of steps of the selected run."""

    first: int  # first and last step of the range
    last: int
    kind: str  # one word, written on the mark or beside it where there is room
    role: str  # the theme's name for its colour: ``"accent"``, ``"fault"``, ``"muted"``
    sentence: str


@read_as(Graphic)
class TimelineStrip(QWidget):
    """A strip of marks with their sentences as tooltips; a click on a mark seeks its steps."""

    sought = Signal(object)  # the TimelineMark that was clicked
    hovered = Signal(str)  # the sentence of the mark under the mouse; empty when there is none

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(_HEIGHT)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("What happened, step by step"))
        self.marks: tuple[TimelineMark, ...] = ()
        self._lanes: tuple[int, ...] = ()
        self._theme = LIGHT
        self._ui_scale = 1.0
        self._place: Callable[[int], float] = float
        self._ends: Callable[[], tuple[float, float]] = lambda: (0.0, math.inf)
        self._until = math.inf
        self._under: TimelineMark | None = None

    def set_look(self, look: Look) -> None:
        self._theme, self._ui_scale = look.theme, look.ui_scale
        self.setFixedHeight(round(_HEIGHT * look.ui_scale))
        self.update()

    def set_marks(self, marks: Iterable[TimelineMark]) -> None:
        self.marks = tuple(marks)
        self._lanes = lanes_of(self.marks)
        self._under = None
        self.update()

    def picture_in_words(self) -> str:
        marks = [mark for mark in self.marks if mark.first <= self._until]
        if not marks:
            return self.tr("Nothing is marked on the selected run.")
        return " ".join(map(self._description_of, marks))

    def _description_of(self, mark: TimelineMark) -> str:
        words = self.tr("Step {0}:") if mark.first == mark.last else self.tr("Steps {0} to {1}:")
        steps = map(numerals.integer_text, (mark.first, mark.last))
        return f"{words.format(*steps)} {mark.sentence}"

    def set_place(self, place: Callable[[int], float], ends: Callable[[], tuple[float, float]]) -> None:
        """Set the mapping of steps to positions: ``place`` maps a step, ``ends`` gives the edges of the view.

        Both return pixels from the left.
        """
        self._place, self._ends = place, ends
        self.update()

    def set_until(self, step: float) -> None:
        if step != self._until:
            self._until = step
            self.update()

    def shown(self) -> list[int]:
        """Return the indices of the marks in view."""
        low, high = self._ends()
        return [
            index
            for index, mark in enumerate(self.marks)
            if mark.first <= self._until and self._place(mark.last) >= low and self._place(mark.first) <= high
        ]

    def box_of(self, index: int) -> QRectF:
        mark = self.marks[index]
        lanes = max(self._lanes, default=0) + 1
        height = (self.height() - 1.0) / lanes
        low, high = self._ends()
        left = max(low, self._place(mark.first))
        right = max(left, min(high, self._place(int(min(mark.last, self._until)))))
        spare = max(0.0, _NARROWEST - (right - left)) / 2.0
        top = self._lanes[index] * height
        return QRectF(left - spare, top, right - left + 2.0 * spare, height - 1.0)

    def boxes(self) -> dict[int, QRectF]:
        """Return the boxes of the marks in view, by index."""
        return {index: self.box_of(index) for index in self.shown()}

    def word_boxes(self, widths: Mapping[int, float]) -> dict[int, QRectF]:
        """Return boxes, by index, for the words of the marks in view: on the mark, after it or before it.

        Words that have no room are left out.
        """
        boxes, found = self.boxes(), {}
        taken = [0.0] * _MOST_LANES  # right end of what each lane holds so far
        for index, box in sorted(boxes.items(), key=lambda pair: pair[1].left()):
            lane, width = self._lanes[index], widths[index]
            others = (other.left() for place, other in boxes.items() if self._lanes[place] == lane)
            free = min((left for left in others if left > box.left()), default=float(self.width()))
            if box.width() >= width:
                found[index] = box
            elif box.right() + width <= free:
                found[index] = QRectF(box.right(), box.top(), width, box.height())
            elif box.left() - width >= taken[lane]:
                found[index] = QRectF(box.left() - width, box.top(), width, box.height())
            taken[lane] = max(taken[lane], box.right(), found.get(index, box).right())
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painting(self)
        font = painter.font()
        font.setPixelSize(round(10 * self._ui_scale))
        painter.setFont(font)
        metrics = painter.fontMetrics()
        words = self.word_boxes(
            {index: metrics.horizontalAdvance(mark.kind) + 8 for index, mark in enumerate(self.marks)}
        )
        for index, box in self.boxes().items():
            mark = self.marks[index]
            tone = str(getattr(self._theme, mark.role, self._theme.muted))
            painter.setPen(QColor(tone))
            painter.setBrush(
                QColor(mixed_colour(self._theme.card, tone, 0.3 if mark is self._under else 0.2))
            )
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 2.0, 2.0)
            if index in words and box.height() >= metrics.ascent():
                painter.setPen(QColor(mixed_colour(tone, self._theme.text, 0.6)))
                painter.drawText(words[index], Qt.AlignmentFlag.AlignCenter, mark.kind)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        mark = self._mark_at(event.position().x(), event.position().y())
        if mark is not self._under:
            self._hover(mark, event.globalPosition().toPoint())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        mark = self._mark_at(event.position().x(), event.position().y())
        if mark and event.button() == Qt.MouseButton.LeftButton:
            self.sought.emit(mark)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None, QPoint())

    def _hover(self, mark: TimelineMark | None, place: QPoint) -> None:
        self._under = mark
        self.setCursor(Qt.CursorShape.PointingHandCursor if mark else Qt.CursorShape.ArrowCursor)
        self.hovered.emit(mark.sentence if mark else "")
        QToolTip.showText(place, tip(mark.sentence, mark.kind) if mark else "", self)
        self.update()

    def _mark_at(self, x: float, y: float) -> TimelineMark | None:
        for index in reversed(self.shown()):
            if self.box_of(index).adjusted(-_REACH, -1.0, _REACH, 1.0).contains(x, y):
                return self.marks[index]
        return None


def lanes_of(marks: Iterable[TimelineMark]) -> tuple[int, ...]:
    """Return a lane for each mark, so that marks in a lane do not overlap unless the lanes run out."""
    free: list[int] = []
    lanes = {}
    order = sorted(enumerate(marks), key=lambda pair: pair[1].first)
    for index, mark in order:
        lane = next((lane for lane, end in enumerate(free) if end < mark.first), len(free))
        if lane == _MOST_LANES:
            lane = min(range(_MOST_LANES), key=free.__getitem__)
        free[lane : lane + 1] = [max(mark.last, free[lane] if lane < len(free) else mark.last)]
        lanes[index] = lane
    return tuple(lanes[index] for index in range(len(lanes)))


def marks_of(findings: "Iterable[Finding]") -> tuple[TimelineMark, ...]:
    from gdsim.gui.style.finding_look import finding_role  # noqa: PLC0415 - not before the first findings

    return tuple(
        TimelineMark(one.first, one.last, translated(one.kind.value), finding_role(one.kind), one.sentence)
        for one in findings
    )
