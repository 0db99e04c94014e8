"""Sliders that jump to a click, leave the mouse wheel to the page, and step to round numbers."""

import math
from collections.abc import Callable
from typing import NamedTuple, cast

from PySide6.QtCore import QCoreApplication, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleValueInterface,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAccessibleWidget, QSlider, QStyle, QStyleOptionSlider, QWidget
from shiboken6 import VoidPtr

from gdsim.core.formulas.numerals import precise
from gdsim.gui.accessible import is_constructed, read_as

# Ten steps to a decade, all of them round numbers.
_LADDER = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
_DIGITS = 3
_LARGE_STEP = 10

_POSITIONS = 1000
# Key presses and wheel steps within this time of each other belong to one edit.
_SETTLE_MS = 700
_KEYS: dict[int, tuple[bool, bool]] = {  # up, large
    Qt.Key.Key_Right: (True, False),
    Qt.Key.Key_Up: (True, False),
    Qt.Key.Key_Plus: (True, False),
    Qt.Key.Key_PageUp: (True, True),
    Qt.Key.Key_Left: (False, False),
    Qt.Key.Key_Down: (False, False),
    Qt.Key.Key_Minus: (False, False),
    Qt.Key.Key_PageDown: (False, True),
}


class SliderScale(NamedTuple):
    """A mapping of a range of numbers onto a slider."""

    low: float  # the ends ``low`` and ``high`` are positive if ``log`` is set
    high: float
    log: bool = False  # whether equal distances are equal factors
    whole: bool = False  # whether the scale has only whole numbers

    def fraction(self, value: float) -> float:
        """Return the position of a value, from 0 to 1, clipped for a value outside the range."""
        inside = min(max(value, self.low), self.high)
        if self.log:
            return math.log(inside / self.low) / math.log(self.high / self.low)
        return (inside - self.low) / (self.high - self.low)

    def value(self, fraction: float) -> float:
        """Return the number at a position, to three significant digits (of the range on a linear scale)."""
        if fraction <= 0.0 or fraction >= 1.0:
            return self.low if fraction <= 0.0 else self.high
        if self.log:
            value = float(f"{self.low * (self.high / self.low) ** fraction:.{_DIGITS}g}")
        else:
            decimals = _DIGITS - 1 - math.floor(math.log10(self.high - self.low))
            value = round(self.low + fraction * (self.high - self.low), decimals)
        return self.nearest(value)

    def nearest(self, value: float) -> float:
        return self._inside(float(round(value)) if self.whole else value)

    def stepped(self, value: float, *, up: bool, large: bool = False) -> float:
        """Return the next round number; with ``large``, the value ten units or a decade away.

        A value outside the range is kept, unless the step leads back into the range.
        """
        if (value >= self.high and up) or (value <= self.low and not up):
            return value
        if not self.low <= value <= self.high:
            return self._inside(value)
        factor_or_unit = self._log_step if self.log else self._linear_step
        return self._inside(factor_or_unit(value, up=up, large=large))

    def _log_step(self, value: float, *, up: bool, large: bool) -> float:
        if large:
            far = float(f"{value * _LARGE_STEP if up else value / _LARGE_STEP:.12g}")
            return float(round(far)) if self.whole else far
        decade = math.floor(math.log10(value))
        rungs = [float(f"{rung}e{place}") for place in range(decade - 1, decade + 2) for rung in _LADDER]
        if self.whole:
            rungs = [rung for rung in rungs if rung.is_integer()]
        if up:
            return next((rung for rung in rungs if rung > value), self.high)
        return next((rung for rung in reversed(rungs) if rung < value), self.low)

    def _linear_step(self, value: float, *, up: bool, large: bool) -> float:
        decade = math.floor(math.log10((self.high - self.low) / 20.0))
        decimals = 0 if self.whole else -decade
        unit = max(10.0**decade, 1.0) if self.whole else 10.0**decade
        unit *= _LARGE_STEP if large else 1
        # With a tolerance, because 0.3 / 0.1 is slightly less than 3.
        count = math.floor(value / unit + 1e-9) + 1 if up else math.ceil(value / unit - 1e-9) - 1
        return round(count * unit, decimals)

    def _inside(self, value: float) -> float:
        return min(max(value, self.low), self.high)


class _SliderReader(QAccessibleWidget):
    """A slider that reports its number instead of its position."""

    def __init__(self, slider: "JumpSlider") -> None:
        super().__init__(slider, QAccessible.Role.Slider)
        # A separate object, because Qt casts the address to the class of the requested interface.
        self._number = _AccessibleNumber(slider)

    def text(self, kind: QAccessible.Text) -> str:
        if kind == QAccessible.Text.Value and is_constructed(self):
            return cast("JumpSlider", self.object()).words()
        return super().text(kind)

    def interface_cast(self, kind: QAccessible.InterfaceType) -> int:
        # PySide declares the return type as int, but takes the address of an object.
        if kind == QAccessible.InterfaceType.ValueInterface:
            return cast("int", self._number)
        found = cast("VoidPtr | None", super().interface_cast(kind))
        # Returning None, as the base class does, would crash the process.
        return cast("int", VoidPtr(0) if found is None else found)


class _AccessibleNumber(QAccessibleValueInterface):
    def __init__(self, slider: "JumpSlider") -> None:
        super().__init__()
        self._slider = slider

    def currentValue(self) -> float:
        return self._slider.number()

    def minimumValue(self) -> float:
        return self._slider.numbers()[0]

    def maximumValue(self) -> float:
        return self._slider.numbers()[1]

    def minimumStepSize(self) -> float:
        return 0.0  # the steps of a logarithmic scale differ

    def setCurrentValue(self, value: float) -> None:
        self._slider.pick(float(value))


@read_as(_SliderReader)
class JumpSlider(QSlider):
    """A horizontal slider whose handle jumps to the mouse and can be dragged on from there.

    ``say`` formats the number, with a unit, for screen readers.
    """

    def __init__(self, say: Callable[[float], str] = precise) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._say = say
        self._grip = 0

    def number(self) -> float:
        """Return the number that the position stands for."""
        return self.value()

    def numbers(self) -> tuple[float, float]:
        """Return the lowest and the highest number."""
        return self.minimum(), self.maximum()

    def words(self) -> str:
        """Return the number as it is read aloud, with its unit."""
        return self._say(self.number())

    def pick(self, number: float) -> None:
        """Set the number as if the user had moved the handle."""
        self.setValue(round(number))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        handle = self._part(QStyle.SubControl.SC_SliderHandle)
        inside = handle.contains(event.position().toPoint())
        self._grip = round(event.position().x()) - handle.center().x() if inside else 0
        self.setSliderDown(True)
        self._follow(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._follow(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = QSlider.SliderAction
        signs = {Qt.Key.Key_Plus: action.SliderSingleStepAdd, Qt.Key.Key_Minus: action.SliderSingleStepSub}
        sign = signs.get(Qt.Key(event.key()))
        if sign is None:
            super().keyPressEvent(event)
        else:
            self.triggerAction(sign)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page, unless the slider has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def _follow(self, event: QMouseEvent) -> None:
        groove = self._part(QStyle.SubControl.SC_SliderGroove)
        handle = self._part(QStyle.SubControl.SC_SliderHandle)
        left = round(event.position().x()) - self._grip - groove.left() - handle.width() // 2
        room = groove.width() - handle.width()
        self.setSliderPosition(QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), left, room))

    def _part(self, part: QStyle.SubControl) -> QRect:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        return self.style().subControlRect(QStyle.ComplexControl.CC_Slider, option, part, self)


class ScaleSlider(JumpSlider):
    picked = Signal(float)  # the value to which the user moved the slider
    settled = Signal()  # a drag, or a series of key presses, is over

    def __init__(self, scale: SliderScale, say: Callable[[float], str] = precise) -> None:
        super().__init__(say)
        self._scale = scale
        self._value = scale.low
        self._field: QWidget | None = None
        self.setRange(0, _POSITIONS)
        self.setPageStep(_POSITIONS // 10)
        self._settling = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settling.timeout.connect(self.settled)
        self.valueChanged.connect(self._on_moved)
        self.sliderReleased.connect(self._settle)

    def set_field(self, field: QWidget) -> None:
        """Redirect digits typed on the slider to the field beside it, where the user means to type them."""
        self._field = field

    def set_scale(self, scale: SliderScale) -> None:
        self._scale = scale
        self.show_value(self._value)

    def number(self) -> float:
        return self._value

    def numbers(self) -> tuple[float, float]:
        return self._scale.low, self._scale.high

    def pick(self, number: float) -> None:
        self._take(self._scale.nearest(number))

    def show_value(self, value: float) -> None:
        """Move the handle to a value, or to the nearest end for a value outside the scale."""
        self._value = value
        if self.isSliderDown():  # do not move the handle during a drag
            return
        blocked = self.blockSignals(True)
        self.setValue(round(self._scale.fraction(value) * _POSITIONS))
        self.blockSignals(blocked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _KEYS.get(event.key())
        if self._field is not None and event.text().isdecimal():
            self._field.setFocus(Qt.FocusReason.TabFocusReason)  # also selects the text of the field
            QCoreApplication.sendEvent(self._field, event)
        elif step is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
        else:
            self._step(up=step[0], large=step[1])

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step to the next round number if the slider has the focus."""
        if self.hasFocus() and event.angleDelta().y():
            self._step(up=event.angleDelta().y() > 0, large=False)
            event.accept()
        else:
            event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self._settling.isActive():
            self._settle()

    def _step(self, *, up: bool, large: bool) -> None:
        self._take(self._scale.stepped(self._value, up=up, large=large))

    def _take(self, value: float) -> None:
        if value != self._value:
            self.show_value(value)
            self.picked.emit(value)
            self._settling.start()

    def _on_moved(self, position: int) -> None:
        self._value = self._scale.value(position / _POSITIONS)
        self.picked.emit(self._value)
        if not self.isSliderDown():
            self._settling.start()

    def _settle(self) -> None:
        self._settling.stop()
        self.settled.emit()
