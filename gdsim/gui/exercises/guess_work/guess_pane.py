"""The neuron that is moved by hand, by dragging its sigmoid or setting w and b."""

import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseDragEvent
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from gdsim.core.exercises.guesses import Guess, Guesses, record_of_guesses
from gdsim.core.model.run import Run
from gdsim.core.model.view_range import ViewRange
from gdsim.core.settings import NUMBER
from gdsim.gui.forms.layouts import grid
from gdsim.gui.forms.number_fields import NumberField
from gdsim.gui.forms.sliders import ScaleSlider, SliderScale
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.neuron.fit_pane import FitPane
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.style.text_size import FontScaler
from gdsim.session.frame import Frame, RunView

_FIELD_WIDTH = 104


class _Field(NumberField):
    """A number field that leaves Enter to the window, except while its text is refused."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.setAccepted(self.isModified())


class PlaceEditor(QWidget):
    value_changed = Signal(float, float)  # w, b

    def __init__(self, view_range: ViewRange) -> None:
        super().__init__()
        scales = _scales(view_range)
        self.sliders = {name: ScaleSlider(scale) for name, scale in scales.items()}
        help_ = self.tr("Type a number. Tab moves on, Enter writes the guess down.")
        self.fields = {name: _Field(name, help_, NUMBER, 0.0) for name in scales}
        rows = grid(self)
        for row, name in enumerate(scales):
            slider, field = self.sliders[name], self.fields[name]
            slider.setAccessibleName(self.tr("{name}, slider").format(name=name))
            set_tip(slider, self.tr("Drag, or use the arrow keys."))
            slider.picked.connect(self._on_slider)
            slider.set_field(field)
            field.gives_back = False
            FontScaler(field, QWidget.setFixedWidth, _FIELD_WIDTH)
            field.committed.connect(self._tell)
            label = PlainLabel(name)
            label.setBuddy(field)
            for column, widget in enumerate((label, slider, field)):
                rows.addWidget(widget, row, column)
        rows.setColumnStretch(1, 1)

    def set_view_range(self, view_range: ViewRange) -> None:
        for name, scale in _scales(view_range).items():
            self.sliders[name].set_scale(scale)

    def set_value(self, w: float, b: float) -> None:
        for name, value in (("w", w), ("b", b)):
            self.sliders[name].show_value(value)
            self.fields[name].set_value(value)

    def _on_slider(self, value: float) -> None:
        name = "w" if self.sender() is self.sliders["w"] else "b"
        self.fields[name].set_value(value)
        self._tell()

    def _tell(self) -> None:
        self.value_changed.emit(float(self.fields["w"].value()), float(self.fields["b"].value()))


def _scales(view_range: ViewRange) -> dict[str, SliderScale]:
    return {
        "w": SliderScale(view_range.w_min, view_range.w_max),
        "b": SliderScale(view_range.b_min, view_range.b_max),
    }


class _HandBox(pg.ViewBox):
    """A view box that reports drags instead of panning and zooming."""

    taken = Signal(float)  # a drag began at this x
    dragged = Signal(float, float)  # x, y

    def __init__(self) -> None:
        super().__init__(enableMenu=False, defaultPadding=0.0)

    def mouseDragEvent(self, event: MouseDragEvent, axis: object = None) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        event.accept()
        if event.isStart():
            self.taken.emit(self.mapToView(event.buttonDownPos()).x())
        place = self.mapToView(event.pos())
        self.dragged.emit(place.x(), place.y())

    def wheelEvent(self, event: object, axis: object = None) -> None:
        event.ignore()  # type: ignore[attr-defined]


class GuessPane(FitPane):
    """Plot of fixed points and a sigmoid that can be dragged."""

    taken = Signal(float)
    dragged = Signal(float, float)  # x, y

    def __init__(self) -> None:
        box = _HandBox()
        super().__init__(box)
        self._scatter.is_locked = True
        box.taken.connect(self.taken)
        box.dragged.connect(self.dragged)
        self.setAccessibleName(self.tr("The neuron: points and your sigmoid"))

    def _help(self) -> str:
        return self.tr("Drag near the middle of the points to shift the curve, elsewhere to tilt it.")

    def show_guess(self, guess: Guess) -> None:
        self.show_frame(Frame(0, 0, by_epoch=False, views=(view_of((guess,)),), selected=0))


def view_of(guesses: Guesses) -> RunView:
    """Return guesses, at least one, as a run that went from each to the next, for the panes."""
    first = guesses[0]
    return RunView.at_end(Run(start=(first.w, first.b), name="Guesses"), record_of_guesses(guesses))
