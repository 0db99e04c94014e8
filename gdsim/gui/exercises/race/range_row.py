"""One setting of a rule in a race: whether it is tuned, and from where to where."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from gdsim.core.exercises.maps.axes import MapAxis, MapSetting, setting_value
from gdsim.core.exercises.race.plan import Entry
from gdsim.core.formulas.symbols import typeset
from gdsim.core.language.words import translated
from gdsim.core.settings import NUMBER, Value
from gdsim.gui.forms.bubble import show_fault
from gdsim.gui.forms.layouts import filled
from gdsim.gui.forms.number_fields import NumberField
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.plain_text import PlainLabel, capitalized
from gdsim.gui.style.text_size import Scaled

_FIELD, _NAME = 66, 64


class RangeRow(QWidget):
    """Shows a setting of an entry, and tells of another entry that a person wants."""

    changed = Signal(object)  # Entry

    def __init__(self, entry: Entry, setting: MapSetting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entry, self.setting = entry, setting
        self._axis = MapAxis.of(setting)
        name = capitalized(f"{translated(setting.label)} {typeset(setting.symbol)}".strip())
        self.tuned = QCheckBox(typeset(setting.symbol) or translated(setting.label))
        self.tuned.setAccessibleName(self.tr("Tune {0}").format(translated(setting.label)))
        set_tip(self.tuned, self.tr("Whether it is tuned; if not, it has one value for all runs."), name)
        self.low = NumberField(
            self.tr("{0}, from").format(name),
            self.tr("The lowest value that is tried."),
            NUMBER,
            self._axis.low,
        )
        self.high = NumberField(
            self.tr("{0}, to").format(name),
            self.tr("The highest value that is tried."),
            NUMBER,
            self._axis.high,
        )
        self.value = NumberField(
            self.tr("{0}, value").format(name),
            self.tr("The value that it has in all runs."),
            setting.domain,
            setting_value(entry.run, setting.key),
        )
        self._word = PlainLabel(self.tr("to"))
        self._word.setObjectName("rowLabel")
        for field in (self.low, self.high, self.value):
            field.gives_back = False
            Scaled(field, QWidget.setFixedWidth, _FIELD)
        self.low.committed.connect(self._on_range)
        self.high.committed.connect(self._on_range)
        self.value.committed.connect(self._on_value)
        Scaled(self.tuned, QWidget.setMinimumWidth, _NAME)
        self.tuned.clicked.connect(self._on_tuned)
        filled(QHBoxLayout(self), self.tuned, self.low, self._word, self.high, self.value, None, gap=6)
        self.show_entry(entry)

    def show_entry(self, entry: Entry) -> None:
        """Show the setting as it is in another entry of the same rule."""
        self._entry = entry
        key = self.setting.key
        axis = next((axis for axis in entry.ranges if axis.setting.key == key), None)
        self._axis = axis or self._axis
        self.tuned.setChecked(axis is not None)
        self.low.set_value(self._axis.low)
        self.high.set_value(self._axis.high)
        self.value.set_value(setting_value(entry.run, key))
        for widget in (self.low, self._word, self.high):
            widget.setVisible(axis is not None)
        self.value.setVisible(axis is None)

    def _on_tuned(self, tuned: bool) -> None:
        self.changed.emit(self._with((self._axis,) if tuned else ()))

    def _on_value(self, value: Value) -> None:
        self.changed.emit(self._entry.with_setting(self.setting.key, float(value)))

    def _on_range(self) -> None:
        axis = replace(self._axis, low=float(self.low.value()), high=float(self.high.value()))
        fault = axis.fault()
        if not fault:
            self.changed.emit(self._with((axis,)))
            return
        field = self.low if axis.low != self._axis.low else self.high
        show_fault(field, self.tr("{0} {1}.").format(capitalized(translated(self.setting.label)), fault))
        self.show_entry(self._entry)

    def _with(self, axes: tuple[MapAxis, ...]) -> Entry:
        """Return the entry with a range for this setting, or without; in the order of the settings."""
        key, names = self.setting.key, [one.key for one in self._entry.settings]
        ranges = [axis for axis in self._entry.ranges if axis.setting.key != key] + list(axes)
        ranges.sort(key=lambda axis: names.index(axis.setting.key))
        return replace(self._entry, ranges=tuple(ranges))
