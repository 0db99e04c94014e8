"""A label that wraps its text to any width, in a limited number of lines."""

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy

from gdsim.gui.forms.tips import set_tip
from gdsim.gui.paint.wrapped_text import break_text
from gdsim.gui.plain_text import PlainLabel, in_one_line


class WrappedLabel(PlainLabel):
    """A label in up to ``most`` lines; the tooltip has the whole of a longer text.

    If less than half of the text fits, the label is empty.
    """

    def __init__(self, most: int, name: str) -> None:
        super().__init__(name=name)
        self._most = most
        self.whole = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def say(self, text: str) -> None:
        whole = in_one_line(text)
        if whole != self.whole:
            self.whole = whole
            self.setAccessibleName(whole)
            self._break()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._break()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._break()

    def _break(self) -> None:
        lines = break_text(self.whole, self.font(), self.width(), self._most).lines
        shown = "\n".join(lines)
        is_cut = "".join(shown.split()) != "".join(self.whole.split())
        self.setText("" if is_cut and 2 * len(shown) < len(self.whole) else shown)
        set_tip(self, self.whole if is_cut else "")
