"""A popup with the view range of the contour map and switches for what it draws."""

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from gdsim.core.model.plane import USUAL_PLANE
from gdsim.core.model.view_range import ViewRange
from gdsim.core.settings import NUMBER, Value
from gdsim.gui.forms.fields import Refused
from gdsim.gui.forms.layouts import grid
from gdsim.gui.forms.number_fields import NumberField
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.map.popup import FaultLine, PopupButton
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.style.text_size import FontScaler

_FIELD_WIDTH = 92


class MapChoice(NamedTuple):
    """The user's options for drawing the map."""

    fills: bool = False  # whether the view range fills the pane; otherwise the axes are equal
    low_lines: bool = False  # whether there are more lines near the bottom; otherwise they are evenly spaced


class ViewRangeButton(PopupButton):
    """A button with a popup for the ends of the view range and the switches."""

    value_changed = Signal(object)  # a valid ViewRange, after an end was typed
    choice_changed = Signal(object)  # MapChoice
    # Switches that belong to the document.
    log_height_toggled = Signal()
    lens_toggled = Signal()
    field_toggled = Signal()

    def __init__(self) -> None:
        super().__init__(
            self.tr("Range"),
            self.tr("View range of the map"),
            self.tr("Choose which part of the plane is drawn, and how"),
        )
        self._value, self._names = ViewRange(), USUAL_PLANE.names
        self._choice = MapChoice()
        self._drawn = {"log_height": False, "lens": False, "field": False}
        self._fields: tuple[NumberField, ...] = ()  # empty until the popup is first opened
        self._labels: tuple[PlainLabel, ...] = ()
        self.switches: dict[str, QCheckBox] = {}

    def _ends(self) -> tuple[tuple[str, str], ...]:
        return (
            (self.tr("left end"), self.tr("The left edge of the map.")),
            (self.tr("right end"), self.tr("The right edge of the map.")),
            (self.tr("lower end"), self.tr("The lower edge of the map.")),
            (self.tr("upper end"), self.tr("The upper edge of the map.")),
        )

    def _field(self, index: int, label: str, help_: str) -> NumberField:
        field = _EndField(label, help_, lambda end: self._with_end(index, end).fault(self._names))
        FontScaler(field, QWidget.setFixedWidth, _FIELD_WIDTH)
        field.committed.connect(lambda end: self.value_changed.emit(self._with_end(index, end)))
        return field

    def _with_end(self, index: int, end: float) -> ViewRange:
        ends = list(self._value)
        ends[index] = end
        return ViewRange(*ends)

    def _make_switches(self) -> dict[str, QCheckBox]:
        switches = {
            "fills": QCheckBox(self.tr("Fill the pane")),
            "low_lines": QCheckBox(self.tr("More lines near the bottom")),
            "log_height": QCheckBox(self.tr("Logarithmic height")),
            "lens": QCheckBox(self.tr("Curvature at the run")),
            "field": QCheckBox(self.tr("Gradient field")),
        }
        words = {
            "fills": self.tr(
                "Draw exactly this part of the plane, over the whole pane. A unit to the right is then not "
                "as long as a unit upwards, so directions and right angles are distorted."
            ),
            "low_lines": self.tr(
                "Show the shape of the bottom and of plateaus with more lines there. Lines close together "
                "then no longer mean a steep slope."
            ),
            "log_height": self.tr(
                "Draw heights, lines and colours by the logarithm of the loss, where it spans many powers "
                "of ten. For a loss that goes below 0, it is the logarithm of the distance to the lowest "
                "place."
            ),
            "lens": self.tr(
                "Draw an ellipse along the directions in which the loss curves most and least, dashed where "
                "it curves down, and a cross at the lowest place of that parabola."
            ),
            "field": self.tr(
                "Draw arrows in the direction of the negative gradient, longer where it is larger."
            ),
        }
        clicked: dict[str, Callable[[], object]] = {
            "fills": self.toggle_fills,
            "low_lines": self.toggle_low_lines,
            "log_height": self.log_height_toggled.emit,
            "lens": self.lens_toggled.emit,
            "field": self.field_toggled.emit,
        }
        for name, switch in switches.items():
            set_tip(switch, words[name])
            switch.clicked.connect(lambda _checked, give=clicked[name]: give())
        return switches

    def toggle_fills(self) -> None:
        self._choose(self._choice._replace(fills=not self._choice.fills))

    def toggle_low_lines(self) -> None:
        self._choose(self._choice._replace(low_lines=not self._choice.low_lines))

    def _choose(self, choice: MapChoice) -> None:
        self.set_choice(choice)
        self.choice_changed.emit(choice)

    def choice(self) -> MapChoice:
        return self._choice

    def set_choice(self, choice: MapChoice) -> None:
        self._choice = choice
        self._show_switches()

    def set_switches(self, **on: bool) -> None:
        """Set some or all of the switches ``log_height``, ``lens`` and ``field``."""
        self._drawn |= on
        self._show_switches()

    def _show_switches(self) -> None:
        on = self._drawn | self._choice._asdict()
        for name, switch in self.switches.items():
            switch.setChecked(on[name])

    def _prepare(self) -> QWidget:
        if not self._fields:
            self._fill_popup()
        self._show_value()
        return self._fields[0]

    def _fill_popup(self) -> None:
        self._fields = tuple(self._field(index, *words) for index, words in enumerate(self._ends()))
        self._labels = PlainLabel(), PlainLabel()
        self.switches = self._make_switches()
        layout = grid(self.popup, margins=(12, 10, 12, 10))
        for row, label in enumerate(self._labels):
            layout.addWidget(label, row, 0)
            layout.addWidget(self._fields[2 * row], row, 1)
            layout.addWidget(PlainLabel(self.tr("to")), row, 2)
            layout.addWidget(self._fields[2 * row + 1], row, 3)
        layout.addWidget(FaultLine(self.popup), 2, 0, 1, 4)
        for row, switch in enumerate(self.switches.values(), 3):
            layout.addWidget(switch, row, 0, 1, 4)
        self._show_names()
        self._show_switches()

    def set_names(self, names: tuple[str, str]) -> None:
        self._names = names
        self._show_names()

    def _show_names(self) -> None:
        for label, name in zip(self._labels, self._names, strict=False):
            label.setText(self.tr("{name} from").format(name=name))

    def value(self) -> ViewRange:
        return self._value

    def set_value(self, view_range: ViewRange) -> None:
        self._value = view_range
        self._show_value()

    def _show_value(self) -> None:
        for field, end in zip(self._fields, self._value, strict=False):
            field.set_value(end)


class _EndField(NumberField):
    """A field for one end of a view range that refuses numbers which would make the range invalid."""

    def __init__(self, label: str, help_: str, fault_with: Callable[[float], str]) -> None:
        self._fault_with = fault_with
        super().__init__(label, help_, NUMBER, 0.0)
        self.gives_back = False  # keep the focus in the popup after Enter

    def read(self, text: str) -> Value:
        end = super().read(text)
        fault = self._fault_with(float(end))
        if fault:
            raise Refused(f"{fault}.")
        return end
