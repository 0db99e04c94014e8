"""Sliders that go where they are clicked, leave the wheel to the page, and know round numbers."""

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider, QWidget

from gdsim.gui.forms.scale import SliderScale

_POSITIONS = 1000
# Key presses and turns of the wheel that follow each other sooner belong to one edit.
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


class JumpSlider(QSlider):
    """A horizontal slider whose handle jumps to the mouse and can be dragged on from there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._grip = 0

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
        """Let the wheel scroll the page that the slider is on, unless the slider was chosen first."""
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
    """A slider over a `SliderScale`.

    Signals
    -------
    picked(float)
        The user moved it to a value.
    settled()
        The drag, or the row of key presses, is over.
    """

    picked = Signal(float)
    settled = Signal()

    def __init__(self, scale: SliderScale, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale = scale
        self._value = scale.low
        self.setRange(0, _POSITIONS)
        self.setPageStep(_POSITIONS // 10)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(_SETTLE_MS)
        self._settling.timeout.connect(self.settled)
        self.valueChanged.connect(self._on_moved)
        self.sliderReleased.connect(self._settle)

    def show_value(self, value: float) -> None:
        """Move the handle to a value; to the nearest end for one outside the scale."""
        self._value = value
        if self.isSliderDown():  # the handle is in somebody's hand
            return
        blocked = self.blockSignals(True)
        self.setValue(round(self._scale.fraction(value) * _POSITIONS))
        self.blockSignals(blocked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _KEYS.get(event.key())
        if step is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
        else:
            self._step(up=step[0], large=step[1])

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step to the next round number, if the slider was chosen first."""
        if self.hasFocus() and event.angleDelta().y():
            self._step(up=event.angleDelta().y() > 0, large=False)
            event.accept()
        else:
            event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """End the row of key presses."""
        super().focusOutEvent(event)
        if self._settling.isActive():
            self._settle()

    def _step(self, *, up: bool, large: bool) -> None:
        value = self._scale.stepped(self._value, up=up, large=large)
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
