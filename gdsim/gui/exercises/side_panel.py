"""The panel beside a picture."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from gdsim.gui.forms.layouts import Item, fill_layout
from gdsim.gui.style.text_size import scale_of


class SidePanel(QWidget):
    """A column of widgets with a preferred width, which shrinks if there is no room.

    The width is in pixels at the default font size.
    """

    def __init__(self, width: int, *items: Item | tuple[Item, int]) -> None:
        super().__init__()
        self.lines = fill_layout(QVBoxLayout(self), *items)
        self._width = width
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        return QSize(round(self._width * scale_of(self)), super().sizeHint().height())
