"""Fields for the range of an axis."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gdsim.core.exercises.maps.axes import MapAxis
from gdsim.core.language.texts import translated
from gdsim.core.settings import NUMBER
from gdsim.gui.forms.bubble import show_fault
from gdsim.gui.forms.layouts import fill_layout
from gdsim.gui.forms.number_fields import NumberField
from gdsim.gui.plain_text import PlainLabel, capitalized
from gdsim.gui.style.text_size import FontScaler


class RangeFields(QWidget):
    """Two fields for the ends of an axis, which emit the axis with the range typed."""

    changed = Signal(object)  # MapAxis

    def __init__(self, name: str, tips: tuple[str, str], width: int) -> None:
        super().__init__()
        self._axis: MapAxis | None = None
        names = self.tr("{0}, from"), self.tr("{0}, to")
        self.low, self.high = (
            NumberField(words.format(name), tip, NUMBER, 0.0) for words, tip in zip(names, tips, strict=True)
        )
        for field in (self.low, self.high):
            field.gives_back = False
            FontScaler(field, QWidget.setFixedWidth, width)
            field.committed.connect(self._on_typed)
        word = PlainLabel(self.tr("to"), name="rowLabel")
        fill_layout(QHBoxLayout(self), self.low, word, self.high, gap=6)

    def show_axis(self, axis: MapAxis) -> None:
        self._axis = axis
        self.low.set_value(axis.low)
        self.high.set_value(axis.high)

    def take(self, axis: MapAxis) -> bool:
        """Emit another axis; if it is invalid, show why, restore the old one, and return False."""
        fault, old = axis.fault(), self._axis
        if not fault:
            self.changed.emit(axis)
        elif old is not None:
            field = self.low if axis.low != old.low or axis.high == old.high else self.high
            show_fault(field, self.tr("{0} {1}.").format(capitalized(translated(axis.setting.label)), fault))
            self.show_axis(old)
        return not fault

    def _on_typed(self) -> None:
        if self._axis is not None:
            self.take(replace(self._axis, low=float(self.low.value()), high=float(self.high.value())))
