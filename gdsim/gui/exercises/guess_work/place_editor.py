"""Where w and b are set: a slider and a field for each."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from gdsim.core.model.experiment import ViewRange
from gdsim.core.settings import NUMBER
from gdsim.gui.forms.number_fields import NumberField
from gdsim.gui.forms.sliders import ScaleSlider, SliderScale
from gdsim.gui.plain_text import PlainLabel

_FIELD_WIDTH = 104


class _Field(NumberField):
    """Enter enters a number that was typed; where nothing was, it is the window's."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep Enter for the number."""
        typed = self.isModified()
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.setAccepted(typed)


class PlaceEditor(QWidget):
    """Shows w and b.

    Signals
    -------
    value_changed(w, b)
    """

    value_changed = Signal(float, float)

    def __init__(self, view_range: ViewRange, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        ends = {"w": (view_range.w_min, view_range.w_max), "b": (view_range.b_min, view_range.b_max)}
        self.sliders = {name: ScaleSlider(SliderScale(*pair)) for name, pair in ends.items()}
        help_ = self.tr("Type a number, and press Enter.")
        self.fields = {name: _Field(name, help_, NUMBER, 0.0) for name in ends}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        for row, name in enumerate(ends):
            slider, field = self.sliders[name], self.fields[name]
            slider.setAccessibleName(self.tr("{name}, slider").format(name=name))
            slider.setToolTip(self.tr("Drag, or use the arrow keys."))
            slider.picked.connect(self._on_slider)
            field.gives_back = False
            field.setFixedWidth(_FIELD_WIDTH)
            field.committed.connect(self._on_field)
            label = PlainLabel(name)
            label.setBuddy(field)
            for column, widget in enumerate((label, slider, field)):
                grid.addWidget(widget, row, column)
        grid.setColumnStretch(1, 1)

    def set_value(self, w: float, b: float) -> None:
        """Show other numbers."""
        for name, value in (("w", w), ("b", b)):
            self.sliders[name].show_value(value)
            self.fields[name].set_value(value)

    def _on_slider(self, value: float) -> None:
        name = "w" if self.sender() is self.sliders["w"] else "b"
        self.fields[name].set_value(value)
        self._tell()

    def _on_field(self) -> None:
        self._tell()

    def _tell(self) -> None:
        self.value_changed.emit(float(self.fields["w"].value()), float(self.fields["b"].value()))
