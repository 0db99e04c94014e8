"""Editors of single settings, with a common interface."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from gdsim.core.formulas.symbols import setting_name
from gdsim.core.language.texts import translated
from gdsim.core.settings import Setting, Value
from gdsim.gui.forms.fields import Content
from gdsim.gui.forms.layouts import fill_layout
from gdsim.gui.forms.number_fields import NumberField
from gdsim.gui.forms.sliders import ScaleSlider, SliderScale
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.plain_text import capitalized
from gdsim.gui.style.text_size import FontScaler

FIELD_WIDTH = 78


class Editor(QWidget):
    """Base class of widgets that show a value and emit a signal when the user changes it."""

    value_changed = Signal(object)  # the new value, if the user changed it; `set_value` does not emit it
    edit_finished = Signal()  # a drag ended or a number was entered, so the next change is another edit

    def value(self) -> Content:
        raise NotImplementedError

    def set_value(self, value: Content) -> None:
        raise NotImplementedError


class NumberEditor(Editor):
    """A slider for the usual range of a number, and a field for any number of its domain."""

    def __init__(self, setting: Setting, *, slider: bool = True) -> None:
        super().__init__()
        self._setting = setting
        self._slider = _slider(setting) if slider else None
        self._field = NumberField(
            translated(setting.label), translated(setting.doc), setting.domain, setting.default
        )
        FontScaler(self._field, QWidget.setFixedWidth, FIELD_WIDTH)
        self._field.committed.connect(self._on_committed)
        if self._slider is not None:
            self._slider.picked.connect(self._on_picked)
            self._slider.settled.connect(self.edit_finished)
            self._slider.set_field(self._field)
            fill_layout(QHBoxLayout(self), (self._slider, 1), self._field)
        else:
            fill_layout(QHBoxLayout(self), self._field, None)
        self.setFocusProxy(self._slider or self._field)
        self.set_value(setting.default)

    def value(self) -> Value:
        number: Value = self._field.value()
        return number

    def set_value(self, value: Value) -> None:
        """Show a number; the slider stops at its end for numbers beyond."""
        self._field.set_value(value)
        if self._slider is not None:
            self._slider.show_value(value)

    def add_letter_to_name(self) -> None:
        """Let screen readers say the letter, too, because another setting has the same label."""
        for control in (self._field, self._slider):
            if control is not None:
                control.setAccessibleName(setting_name(self._setting))

    def _on_picked(self, value: float) -> None:
        number = self._setting.domain.check(value)
        if number != self.value():
            self._field.set_value(number)
            self.value_changed.emit(number)

    def _on_committed(self, value: Value) -> None:
        if self._slider is not None:
            self._slider.show_value(value)
        self.value_changed.emit(value)
        self.edit_finished.emit()


class SwitchEditor(Editor):
    def __init__(self, setting: Setting) -> None:
        super().__init__()
        # A library's own name for an argument is not changed.
        name = setting.argument or capitalized(translated(setting.label))
        self._box = QCheckBox(name)
        self._box.setAccessibleName(translated(setting.label))
        set_tip(self._box, translated(setting.doc), name)
        self._box.setChecked(bool(setting.default))
        self._box.clicked.connect(self._on_clicked)
        fill_layout(QHBoxLayout(self), self._box, None)
        self.setFocusProxy(self._box)

    def value(self) -> bool:
        return self._box.isChecked()

    def set_value(self, value: bool) -> None:
        self._box.setChecked(value)  # does not emit `clicked`

    def _on_clicked(self, checked: bool) -> None:
        self.value_changed.emit(checked)
        self.edit_finished.emit()


def editor_for(setting: Setting) -> Editor:
    return SwitchEditor(setting) if setting.is_switch else NumberEditor(setting)


def _slider(setting: Setting) -> ScaleSlider:
    slider = ScaleSlider(
        SliderScale(setting.low, setting.high, log=setting.log, whole=setting.domain.kind is int)
    )
    slider.setAccessibleName(translated(setting.label))
    set_tip(slider, translated(setting.doc), capitalized(setting_name(setting)))
    slider.setMinimumWidth(60)
    slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return slider
