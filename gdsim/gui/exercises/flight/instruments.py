"""The instruments of a flight: a dial with directions, and the readings as numbers."""

import math
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from gdsim.core.exercises.flight.course import FUEL
from gdsim.core.exercises.flight.flight import LENGTHS, TURNS, Flight, Move
from gdsim.core.exercises.flight.words import whole_degrees
from gdsim.core.formulas.numerals import integer_text, number, precise
from gdsim.gui.accessible import GraphicGroup, announce, read_as
from gdsim.gui.exercises.key_frame import KeyFrame
from gdsim.gui.forms.layouts import grid
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.paint.small_chart import KEY_HEIGHT, Chart, KeyEntry, dashed_pen, key_rows, paint_key
from gdsim.gui.plain_text import PlainLabel, text_label
from gdsim.gui.style.theme import Theme
from gdsim.gui.translation import tr

_MARGIN, _KEY_MARGIN = 20.0, 4.0
_TICK, _HEAD = 6.0, 8.0
_LAST_DASH = (1.5, 1.0)


class DialHand(NamedTuple):
    """An arrow from the centre of the dial."""

    name: str
    pen: QPen
    reach: float  # length as a share of the radius


def _hands(theme: Theme) -> tuple[DialHand, DialHand, DialHand]:
    """Return the hands for steepest descent, the next step and the last step."""
    down = dashed_pen(theme.gradient, 8.0)
    down.setCapStyle(Qt.PenCapStyle.FlatCap)  # a square one would reach into its name in the key
    return (
        DialHand(tr("steepest descent"), down, 0.75),
        DialHand(tr("next step"), dashed_pen(theme.accent, 3.0), 1.0),
        DialHand(tr("last step"), dashed_pen(theme.muted, 3.0, _LAST_DASH), 0.5),
    )


class Dial(Chart):
    """Dial of the directions of descent and of the steps, with its key; w grows to the right, b upwards."""

    pointed = Signal(float)  # a direction was clicked, in degrees

    def __init__(self) -> None:
        super().__init__(tr("Directions"))
        self._flight: Flight | None = None
        self._turn = 0
        self.setMinimumSize(180, 180)
        set_tip(self, self.tr("Click a direction, or turn the step with the arrow keys Left and Right."))

    def sizeHint(self) -> QSize:
        return QSize(220, 220)

    def show_flight(self, flight: Flight, turn: int) -> None:
        self._flight, self._turn = flight, turn
        words = self.tr("Steepest descent towards {down}°, the next step towards {step}°.")
        down, step = whole_degrees(flight.heading(0)), whole_degrees(flight.heading(turn))
        self.setAccessibleDescription(words.format(down=down, step=step))
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        middle, _ = self._circle()
        away = event.position() / self.ui_scale - middle
        self.pointed.emit(math.degrees(math.atan2(-away.y(), away.x())))
        super().mousePressEvent(event)  # the frame around it takes the focus

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._flight is None:
            return
        flight = self._flight
        painter = self.painter()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_scale(painter)
        down, step, last = _hands(self.theme)
        if flight.last_heading is not None:
            self._paint_hand(painter, last, flight.last_heading)
        self._paint_hand(painter, down, flight.heading(0))
        self._paint_hand(painter, step, flight.heading(self._turn))
        painter.setFont(self.small_font())
        paint_key(painter, self.theme, self.room.width() - _KEY_MARGIN, _KEY_MARGIN, self._key_rows())
        painter.end()

    def _key_rows(self) -> list[list[KeyEntry]]:
        entries = ((hand.name, hand.pen) for hand in _hands(self.theme))
        return key_rows(self.small_font(), self.room.width() - _KEY_MARGIN, entries)

    def _circle(self) -> tuple[QPointF, float]:
        """Return the centre and the radius of the dial."""
        width, height = self.room.width(), self.room.height()
        beside_key = height - 2.0 * len(self._key_rows()) * KEY_HEIGHT
        return QPointF(width / 2.0, height / 2.0), min(width, beside_key) / 2.0 - _MARGIN

    def _paint_scale(self, painter: QPainter) -> None:
        middle, radius = self._circle()
        painter.setPen(dashed_pen(self.theme.faint, 1.2))
        painter.drawEllipse(middle, radius, radius)
        for turn in range(TURNS):
            along = _unit_vector(turn * 360.0 / TURNS)
            length = _TICK * (2.0 if turn % (TURNS // 4) == 0 else 1.0)
            painter.drawLine(middle + along * radius, middle + along * (radius - length))
        painter.setPen(QColor(self.theme.text))
        font = self.letter_font()
        font.setItalic(True)
        font.setPixelSize(14)
        painter.setFont(font)
        for letter, degrees in (("w", 0.0), ("b", 90.0)):
            place = middle + _unit_vector(degrees) * (radius + 0.5 * _MARGIN)
            painter.drawText(
                QRectF(place.x() - 10, place.y() - 10, 20, 20), Qt.AlignmentFlag.AlignCenter, letter
            )

    def _paint_hand(self, painter: QPainter, hand: DialHand, degrees: float) -> None:
        middle, radius = self._circle()
        along, across = _unit_vector(degrees), _unit_vector(degrees + 90.0)
        head = _HEAD + hand.pen.widthF()
        tip = middle + along * (radius * hand.reach)
        neck = tip - along * head
        painter.setPen(hand.pen)
        painter.drawLine(middle, neck)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(hand.pen.color())
        painter.drawPolygon(QPolygonF([tip, neck + across * (0.5 * head), neck - across * (0.5 * head)]))


def _unit_vector(degrees: float) -> QPointF:
    """Return the unit vector of a direction on the screen, whose y axis points down."""
    angle = math.radians(degrees)
    return QPointF(math.cos(angle), -math.sin(angle))


@read_as(GraphicGroup)
class DialFrame(KeyFrame):
    """The frame around the dial, which also handles Enter, Space and Home."""

    step_requested, descent_requested = Signal(), Signal()

    def __init__(self, dial: Dial, name: str, help_: str) -> None:
        super().__init__(dial, name, help_)
        self._words = ""

    def say(self, words: str) -> None:
        """Set the words for screen readers, announced at once if the frame has the focus, else later."""
        if words != self._words and self.hasFocus():
            announce(self, words)
        self._words = words

    def picture_in_words(self) -> str:
        return self._words

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if not event.isAutoRepeat():
                self.step_requested.emit()
        elif event.key() == Qt.Key.Key_Home:
            self.descent_requested.emit()
        else:
            super().keyPressEvent(event)


class Readings(QWidget):
    """The readings as a list of names and numbers."""

    def __init__(self) -> None:
        super().__init__()
        self._values: list[PlainLabel] = []
        layout = grid(self)
        layout.setColumnStretch(0, 1)
        for row, name in enumerate(
            (
                self.tr("Loss"),
                self.tr("Goal"),
                self.tr("Steepest slope"),
                self.tr("Slope along the step"),
                self.tr("Curvature along the step"),
                self.tr("Direction of the step"),
                self.tr("Length of the step"),
                self.tr("Steps left"),
            )
        ):
            value = PlainLabel(name="strong")
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            layout.addWidget(text_label(name), row, 0)
            layout.addWidget(value, row, 1)
            self._values.append(value)

    def show_flight(self, flight: Flight, move: Move) -> None:
        slope, curvature = flight.along(move.turn)
        texts = (
            number(flight.here.loss),
            number(flight.course.level.goal),
            number(flight.slope),
            number(slope),
            number(curvature),
            f"{whole_degrees(flight.heading(move.turn))}°",
            precise(LENGTHS[move.length]),
            self.tr("{0} of {1}").format(integer_text(FUEL - flight.steps), integer_text(FUEL)),
        )
        for value, text in zip(self._values, texts, strict=True):
            value.setText(text)
