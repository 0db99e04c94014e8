"""A popup to choose which plane of more than two parameters the maps draw."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from gdsim.core.model.neuron import written_names
from gdsim.core.model.plane import USUAL_PLANE, USUAL_SLICE, Axes, Plane, Slice
from gdsim.core.model.view_range import ViewRange
from gdsim.core.settings import NUMBER
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.layouts import clear_layout, grid
from gdsim.gui.forms.number_fields import NumberField
from gdsim.gui.forms.scrolling import Scrolled
from gdsim.gui.forms.sliders import ScaleSlider, SliderScale
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.map.popup import FaultLine, PopupButton
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.style.text_size import FontScaler

_FIELD_WIDTH, _SLIDER_WIDTH = 92, 150
# The most rows visible without scrolling.
_ROWS = 8


class SliceButton(PopupButton):
    """A button, visible if points have several inputs, whose popup shows and changes the drawn slice."""

    chosen = Signal(object)  # Slice, after axes, following or a typed number have changed
    dragged = Signal(object)  # Slice, while a slider is being moved
    settled = Signal()  # the slider was released

    def __init__(self) -> None:
        super().__init__(
            self.tr("Slice"),
            self.tr("Slice of the parameters"),
            self.tr("Choose which two parameters are drawn, and where the others are held"),
        )
        self._slice, self._plane, self._view_range = USUAL_SLICE, USUAL_PLANE, ViewRange()
        self._names: tuple[str, ...] = ()
        self._rows_of: tuple[tuple[str, ...], Axes] | None = None  # names and axes; None until first opened
        self.sliders: dict[int, ScaleSlider] = {}  # by the parameters' indices
        self.fields: dict[int, NumberField] = {}
        self.hide()

    def _fill_popup(self) -> None:
        self.axes = ComboBox(self.tr("Parameter to the right")), ComboBox(self.tr("Parameter upwards"))
        self.follows = QCheckBox(self.tr("Through the selected run"))
        set_tip(self.follows, self.tr("Follow the selected run; otherwise the slice stays where it is put."))
        self._rows = QWidget()
        self._grid = grid(self._rows)
        self._scrolled = Scrolled(self._rows)
        for box in self.axes:
            box.activated.connect(self._on_axis)
        self.follows.clicked.connect(self._on_follows)
        layout = grid(self.popup, margins=(12, 10, 12, 10))
        for row, (words, box) in enumerate(
            zip((self.tr("to the right"), self.tr("upwards")), self.axes, strict=True)
        ):
            label = PlainLabel(words)
            label.setBuddy(box)
            layout.addWidget(label, row, 0)
            layout.addWidget(box, row, 1)
        layout.addWidget(self.follows, 2, 0, 1, 2)
        layout.addWidget(self._scrolled, 3, 0, 1, 2)
        layout.addWidget(FaultLine(self.popup), 4, 0, 1, 2)
        layout.setColumnStretch(1, 1)

    # ---------------------------------------------------------------- inputs

    def show_slice(self, slice_: Slice, dimension: int, view_range: ViewRange) -> None:
        """Show the slice of a document, and hide the button if there is only one input."""
        self.setVisible(dimension > 1)
        self._slice, self._names, self._view_range = slice_, written_names(dimension), view_range
        if dimension < 2:
            self.popup.hide()
        elif self.popup.isVisible():
            self._show_choice()

    def show_plane(self, plane: Plane) -> None:
        """Show where the drawn slice holds the other parameters."""
        self._plane = plane
        if self.popup.isVisible():
            self._show_held()

    @property
    def _held(self) -> tuple[float, ...]:
        """The values of the other parameters; those of the document, because the surface may lag behind."""
        return self._plane.held if self._slice.held is None else self._slice.held

    def _show_held(self) -> None:
        if len(self._held) != len(self.sliders):
            return
        for slider, field, value in zip(self.sliders.values(), self.fields.values(), self._held, strict=True):
            slider.show_value(value)
            if not field.hasFocus():
                field.set_value(value)

    def _prepare(self) -> QWidget:
        if self._rows_of is None:
            self._fill_popup()
        self._show_choice()
        return self.axes[0]

    def _show_choice(self) -> None:
        names, axes = self._names, self._slice.axes
        if (names, axes) != self._rows_of:
            self._rows_of = names, axes
            for box, axis in zip(self.axes, axes, strict=True):
                box.clear()
                box.addItems(names)
                box.setCurrentIndex(axis % len(names))
            self._make_rows()
        self.follows.setChecked(self._slice.follows)
        for slider in self.sliders.values():
            slider.set_scale(self._scale)
        self._show_held()

    @property
    def _scale(self) -> SliderScale:
        low, high = self._view_range[::2], self._view_range[1::2]
        return SliderScale(min(low), max(high))

    def _make_rows(self) -> None:
        clear_layout(self._grid)
        self.sliders, self.fields = {}, {}
        drawn = {axis % len(self._names) for axis in self._slice.axes}
        for row, place in enumerate(index for index in range(len(self._names)) if index not in drawn):
            name = self._names[place]
            slider, field = ScaleSlider(self._scale), self._field(name)
            slider.setAccessibleName(self.tr("{name}, slider").format(name=name))
            set_tip(slider, self.tr("Drag, or use the arrow keys. The slice then stays where it is put."))
            FontScaler(slider, QWidget.setMinimumWidth, _SLIDER_WIDTH)
            slider.picked.connect(lambda value, place=place: self.dragged.emit(self._put(place, value)))
            slider.settled.connect(self.settled)
            field.committed.connect(lambda value, place=place: self.chosen.emit(self._put(place, value)))
            label = PlainLabel(name)
            label.setBuddy(field)
            for column, widget in enumerate((label, slider, field)):
                self._grid.addWidget(widget, row, column)
            self.sliders[place], self.fields[place] = slider, field
        height = self._rows.sizeHint().height()
        self._scrolled.setMinimumHeight(min(height, height * _ROWS // max(1, len(self.sliders))))
        self.popup.adjustSize()

    def _field(self, name: str) -> NumberField:
        field = NumberField(
            self.tr("{name}, held").format(name=name), self.tr("Type a number, and press Enter."), NUMBER, 0.0
        )
        field.gives_back = False
        FontScaler(field, QWidget.setFixedWidth, _FIELD_WIDTH)
        return field

    # ---------------------------------------------------------------- edits

    def _put(self, place: int, value: float) -> Slice:
        """Return the slice with another value for one parameter; it no longer follows the run."""
        held = dict(zip(self.sliders, self._held, strict=True)) | {place: value}
        return replace(self._slice, held=tuple(held.values()))

    def _on_follows(self) -> None:
        held = None if self.follows.isChecked() else self._held
        self.chosen.emit(replace(self._slice, held=held))

    def _on_axis(self) -> None:
        """Draw other parameters; choosing the one on the other axis swaps the axes."""
        count = len(self._names)
        old = tuple(axis % count for axis in self._slice.axes)
        first, second = (box.currentIndex() for box in self.axes)
        if first == second:
            first, second = (first, old[0]) if first != old[0] else (old[1], second)
        axes: Axes = (
            (first - count if first == count - 1 else first),
            (second - count if second == count - 1 else second),
        )
        self.chosen.emit(Slice(axes, None if self._slice.follows else self._held_along((first, second))))

    def _held_along(self, axes: tuple[int, int]) -> tuple[float, ...]:
        """Return the values to hold for new axes; a parameter drawn so far gets the middle of its range."""
        known = dict(zip(self.sliders, self._held, strict=True))
        low, high = self._view_range[::2], self._view_range[1::2]
        for axis, first, last in zip(self._slice.axes, low, high, strict=True):
            known[axis % len(self._names)] = 0.5 * (first + last)
        return tuple(known[place] for place in range(len(self._names)) if place not in axes)
