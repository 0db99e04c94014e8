"""One axis of a map in fields: the setting it goes through, from where to where, and on which scale."""

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from gdsim.core.exercises.maps.axes import MapAxis, MapSetting
from gdsim.core.language.words import translated
from gdsim.core.settings import NUMBER
from gdsim.gui.forms.bubble import show_fault
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.layouts import filled, label_of
from gdsim.gui.forms.number_fields import NumberField
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.plain_text import PlainLabel, capitalized
from gdsim.gui.style.text_size import Scaled

_COMBO, _FIELD = 150, 74


class AxisFields(QWidget):
    """Shows an axis, and tells of another one that a person wants."""

    changed = Signal(object)  # MapAxis

    def __init__(self, name: str) -> None:
        super().__init__()
        self._settings: tuple[MapSetting, ...] = ()
        self._axis: MapAxis | None = None
        self.setting = ComboBox(name)
        self.setting.set_help(self.tr("The setting that differs from pixel to pixel in this direction."))
        self.low = NumberField(
            self.tr("{0}, from").format(name), self.tr("The lowest value that is shown."), NUMBER, 0.0
        )
        self.high = NumberField(
            self.tr("{0}, to").format(name), self.tr("The highest value that is shown."), NUMBER, 1.0
        )
        # Stands beside these, or in the next line where letters are large.
        self.log = QCheckBox(self.tr("Logarithmic"))
        self.log.setAccessibleName(self.tr("{0}, logarithmic").format(name))
        set_tip(self.log, self.tr("Equal factors are equally far apart."))
        Scaled(self.setting, QWidget.setFixedWidth, _COMBO)
        for field in (self.low, self.high):
            field.gives_back = False
            Scaled(field, QWidget.setFixedWidth, _FIELD)
            field.committed.connect(self._on_typed)
        self.setting.activated.connect(self._on_setting)
        self.log.clicked.connect(self._on_log)
        words = (PlainLabel(self.tr("from")), PlainLabel(self.tr("to")))
        for word in words:
            word.setObjectName("rowLabel")
        filled(
            QHBoxLayout(self),
            label_of(self.setting),
            self.setting,
            words[0],
            self.low,
            words[1],
            self.high,
            gap=6,
        )

    def show_axis(self, axis: MapAxis, settings: tuple[MapSetting, ...]) -> None:
        self._axis = axis
        if settings != self._settings:
            self._settings = settings
            with QSignalBlocker(self.setting):
                self.setting.clear()
                for one in settings:
                    is_start = one.label == one.symbol
                    words = self.tr("{0} at the start") if is_start else "{0} {1}"
                    self.setting.addItem(capitalized(words.format(one.symbol, translated(one.label)).strip()))
        keys = [one.key for one in settings]
        self.setting.setCurrentIndex(keys.index(axis.setting.key))
        self.low.set_value(axis.low)
        self.high.set_value(axis.high)
        self.log.setChecked(axis.log)
        lowest, _ = axis.setting.ends
        self.log.setEnabled(axis.low > 0.0 or axis.log or lowest >= 0.0)

    def _on_setting(self, index: int) -> None:
        setting = self._settings[index]
        if self._axis is None or setting.key != self._axis.setting.key:
            self.changed.emit(MapAxis.of(setting))

    def _on_typed(self) -> None:
        if self._axis is not None:
            self._take(replace(self._axis, low=float(self.low.value()), high=float(self.high.value())))

    def _on_log(self, log: bool) -> None:
        axis = self._axis
        if axis is None:
            return
        low = axis.low
        if log and low <= 0.0 < axis.high:  # a range from 0 begins a few powers of ten below its end
            low = axis.high * 1e-4
        self._take(replace(axis, low=low, log=log))

    def _take(self, axis: MapAxis) -> None:
        fault = axis.fault()
        if fault:
            sentence = self.tr("{0} {1}.").format(capitalized(translated(axis.setting.label)), fault)
            show_fault(
                self.low if self.low.isModified() or not self.high.isModified() else self.high, sentence
            )
            if self._axis is not None:
                self.show_axis(self._axis, self._settings)
            return
        self.changed.emit(axis)
