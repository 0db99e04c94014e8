"""Typing the window of the contour map: four numbers behind a button."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QMenu, QToolButton, QWidget, QWidgetAction

from gdsim.core.experiment import Window
from gdsim.core.param import NUMBER, Value
from gdsim.gui.forms.fields import Refused
from gdsim.gui.forms.number_fields import NumberField

_FIELD_WIDTH = 92


class WindowButton(QToolButton):
    """A button whose menu holds the ends of the window.

    Signals
    -------
    value_changed(Window)
        An end was typed, and the four numbers make a window.
    """

    value_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("flat")
        self.setText(self.tr("Window"))
        self.setToolTip(self.tr("Type which part of the plane is drawn"))
        self.setAccessibleName(self.tr("Window of the map"))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._value = Window()
        self._fields = tuple(self._field(index, *words) for index, words in enumerate(self._ends()))
        menu = QMenu(self)
        action = QWidgetAction(menu)
        action.setDefaultWidget(self._form())
        menu.addAction(action)
        menu.aboutToShow.connect(self._show_value)
        self.setMenu(menu)

    def _ends(self) -> tuple[tuple[str, str], ...]:
        return (
            (self.tr("lowest w"), self.tr("The left edge of the map.")),
            (self.tr("highest w"), self.tr("The right edge of the map.")),
            (self.tr("lowest b"), self.tr("The lower edge of the map.")),
            (self.tr("highest b"), self.tr("The upper edge of the map.")),
        )

    def _field(self, index: int, label: str, help_: str) -> NumberField:
        field = _EndField(label, help_, lambda end: self._with_end(index, end))
        field.setFixedWidth(_FIELD_WIDTH)
        field.committed.connect(lambda end: self.value_changed.emit(self._with_end(index, end)))
        return field

    def _with_end(self, index: int, end: float) -> Window:
        ends = list(self._value)
        ends[index] = end
        return Window(*ends)

    def _form(self) -> QWidget:
        form = QWidget()
        layout = QGridLayout(form)
        layout.setContentsMargins(12, 10, 12, 10)
        for row, name in enumerate(("w", "b")):
            layout.addWidget(QLabel(self.tr("{name} from").format(name=name)), row, 0)
            layout.addWidget(self._fields[2 * row], row, 1)
            layout.addWidget(QLabel(self.tr("to")), row, 2)
            layout.addWidget(self._fields[2 * row + 1], row, 3)
        return form

    def value(self) -> Window:
        """Return the window shown."""
        return self._value

    def set_value(self, window: Window) -> None:
        """Show another window."""
        self._value = window
        self._show_value()

    def _show_value(self) -> None:
        for field, end in zip(self._fields, self._value, strict=True):
            field.set_value(end)


class _EndField(NumberField):
    """A field for one end of a window; it takes no number that leaves no window."""

    def __init__(self, label: str, help_: str, window_with: Callable[[float], Window]) -> None:
        self._window_with = window_with
        super().__init__(label, help_, NUMBER, 0.0)

    def read(self, text: str) -> Value:
        """Return the number."""
        end = super().read(text)
        fault = self._window_with(float(end)).fault()
        if fault:
            raise Refused(f"{fault}.")
        return end
