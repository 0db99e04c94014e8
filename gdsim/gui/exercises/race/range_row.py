"""One setting of a rule in a race: whether it is tuned, and from where to where."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from gdsim.core.exercises.maps.axes import MapAxis, MapSetting
from gdsim.core.exercises.race.plan import Entry
from gdsim.core.formulas.symbols import typeset
from gdsim.core.settings import NUMBER
from gdsim.gui.exercises.parts import filled
from gdsim.gui.forms.bubble import show_fault
from gdsim.gui.forms.number_fields import NumberField
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.plain_text import PlainLabel, capitalized
from gdsim.gui.style.text_size import Scaled

_FIELD, _NAME = 66, 64


class RangeRow(QWidget):
    """Shows a setting of an entry, and tells of another entry that a person wants.

    Signals
    -------
    changed(Entry)
    """

    changed = Signal(object)

    def __init__(self, entry: Entry, setting: MapSetting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entry, self._setting = entry, setting
        tuned = next((axis for axis in entry.ranges if axis.setting.key == setting.key), None)
        self._axis = tuned or MapAxis.of(setting)
        name = capitalized(f"{setting.label} {typeset(setting.symbol)}".strip())
        self.tuned = QCheckBox(typeset(setting.symbol) or setting.label)
        self.tuned.setAccessibleName(self.tr("Tune {0}").format(setting.label))
        self.tuned.setChecked(tuned is not None)
        set_tip(self.tuned, self.tr("Whether it is tuned; if not, it has one value for all runs."), name)
        value = entry.optimizer.number(setting.key)
        low, lowest = self.tr("{0}, from"), self.tr("The lowest value that is tried.")
        if tuned is None:
            low, lowest = self.tr("{0}, value"), self.tr("The value that it has in all runs.")
        self.low = NumberField(low.format(name), lowest, NUMBER, value if tuned is None else tuned.low)
        self.high = NumberField(
            self.tr("{0}, to").format(name),
            self.tr("The highest value that is tried."),
            NUMBER,
            self._axis.high,
        )
        word = PlainLabel(self.tr("to"))
        word.setObjectName("rowLabel")
        for field in (self.low, self.high):
            field.gives_back = False
            Scaled(field, QWidget.setFixedWidth, _FIELD)
            field.committed.connect(self._on_typed)
        Scaled(self.tuned, QWidget.setMinimumWidth, _NAME)
        for widget in (word, self.high):
            widget.setVisible(tuned is not None)
        self.tuned.toggled.connect(self._on_tuned)
        filled(QHBoxLayout(self), self.tuned, self.low, word, self.high, None, gap=6)

    def _on_tuned(self, tuned: bool) -> None:
        self.changed.emit(self._with((self._axis,) if tuned else ()))

    def _on_typed(self) -> None:
        low, high = float(self.low.value()), float(self.high.value())
        if not self.tuned.isChecked():
            domain = self._setting.domain
            try:
                optimizer = self._entry.optimizer.replace(**{self._setting.key: domain.check(low)})
            except ValueError:
                self._refuse(self.low, f"must be {domain.words}")
                return
            self.changed.emit(replace(self._entry, optimizer=optimizer))
            return
        axis = replace(self._axis, low=low, high=high)
        if axis.fault():
            self._refuse(self.low if low != self._axis.low else self.high, axis.fault())
            return
        self.changed.emit(self._with((axis,)))

    def _with(self, axes: tuple[MapAxis, ...]) -> Entry:
        """Return the entry with a range for this setting, or without; in the order of the settings."""
        key, names = self._setting.key, self._entry.optimizer.definition.names
        ranges = [axis for axis in self._entry.ranges if axis.setting.key != key] + list(axes)
        ranges.sort(key=lambda axis: names.index(axis.setting.key))
        return replace(self._entry, ranges=tuple(ranges))

    def _refuse(self, field: NumberField, fault: str) -> None:
        """Say what is wrong, and show again what was there."""
        show_fault(field, self.tr("{0} {1}.").format(capitalized(self._setting.label), fault))
        if self.tuned.isChecked():
            self.low.set_value(self._axis.low)
            self.high.set_value(self._axis.high)
        else:
            self.low.set_value(self._entry.optimizer.number(self._setting.key))
