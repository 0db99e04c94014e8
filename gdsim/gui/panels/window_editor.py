"""Typing the window of the contour map: four numbers behind a button."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QMenu, QToolButton, QWidget, QWidgetAction

from gdsim.core.experiment import Window
from gdsim.core.param import NUMBER, InvalidValue


class WindowButton(QToolButton):
    """A button whose menu holds the ends of the window.

    Signals
    -------
    value_changed(Window)
        Four numbers that make a window were typed.
    """

    value_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("flat")
        self.setText(self.tr("window"))
        self.setToolTip(self.tr("Type which part of the plane is drawn"))
        self.setAccessibleName(self.tr("Window of the map"))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._value = Window()
        self._fields = [self._field(name) for name in ("w from", "w to", "b from", "b to")]
        self._fault = QLabel()
        self._fault.setObjectName("fault")
        self._fault.setWordWrap(True)
        self._fault.hide()
        menu = QMenu(self)
        action = QWidgetAction(menu)
        action.setDefaultWidget(self._form())
        menu.addAction(action)
        menu.aboutToShow.connect(self._reset)
        self.setMenu(menu)

    def _form(self) -> QWidget:
        form = QWidget()
        layout = QGridLayout(form)
        layout.setContentsMargins(12, 10, 12, 10)
        for row, name in enumerate(("w", "b")):
            layout.addWidget(QLabel(name), row, 0)
            layout.addWidget(self._fields[2 * row], row, 1)
            layout.addWidget(QLabel(self.tr("to")), row, 2)
            layout.addWidget(self._fields[2 * row + 1], row, 3)
        layout.addWidget(self._fault, 2, 0, 1, 4)
        return form

    def _field(self, name: str) -> QLineEdit:
        field = QLineEdit()
        field.setFixedWidth(92)
        field.setAlignment(Qt.AlignmentFlag.AlignRight)
        field.setAccessibleName(name)
        field.editingFinished.connect(self._on_typed)
        return field

    def value(self) -> Window:
        """Return the window shown."""
        return self._value

    def set_value(self, window: Window) -> None:
        """Show another window."""
        self._value = window
        self._reset()

    def _reset(self) -> None:
        self._fault.hide()
        for field, end in zip(self._fields, self._value, strict=True):
            text = f"{end:.6g}"
            field.setText(text)
            field.setToolTip(repr(end))
            # Only what was typed is read again: showing six digits must not round the window.
            field.setProperty("shown", text)

    def _on_typed(self) -> None:
        try:
            window = Window(
                *(self._end(field, end) for field, end in zip(self._fields, self._value, strict=True))
            )
        except InvalidValue as fault:
            self._refuse(f"{fault.reason[:1].upper()}{fault.reason[1:]}.")
            return
        if window.fault():
            self._refuse(f"{window.fault()}.")
        elif window != self._value:
            self._fault.hide()
            self.value_changed.emit(window)

    def _end(self, field: QLineEdit, end: float) -> float:
        text = field.text().strip()
        if text == field.property("shown"):
            return end
        try:
            return float(NUMBER.check(float(text.replace(",", "."))))
        except ValueError:
            raise InvalidValue(field.accessibleName(), f"must be {NUMBER.words}") from None

    def _refuse(self, sentence: str) -> None:
        self._fault.setText(sentence)
        self._fault.setFixedWidth(250)
        self._fault.show()
