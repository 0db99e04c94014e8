"""Buttons of which one is on."""

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QAbstractButton, QToolButton, QWidget

from gdsim.gui.accessible import Tab, TabList, read_as


@read_as(Tab)
class TabButton(QToolButton):
    """A button that opens a page; in a `TabRow`."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tab")
        self.setText(text)
        self.setAccessibleName(text)


@read_as(TabList)
class TabRow(QWidget):
    """Holds the `TabButton`s of one set of pages."""


class OneOf(QObject):
    """Buttons of which one is on, each of which is reached by Tab.

    In a `QButtonGroup`, Tab reaches one button and the arrow keys reach the others; but in the main window
    the arrow keys belong to playback.

    Signals
    -------
    clicked(int)
        Index of the button.
    """

    clicked = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._buttons: list[QAbstractButton] = []

    def add(self, button: QAbstractButton) -> None:
        button.setCheckable(True)
        button.clicked.connect(partial(self._on_clicked, len(self._buttons)))
        self._buttons.append(button)

    def button(self, index: int) -> QAbstractButton:
        return self._buttons[index]

    def turn_on(self, index: int) -> None:
        """Turn one on, and the others off."""
        for place, button in enumerate(self._buttons):
            button.setChecked(place == index)

    def _on_clicked(self, index: int) -> None:
        self.turn_on(index)
        self.clicked.emit(index)
