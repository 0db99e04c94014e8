"""A card with a possible answer to a question."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gdsim.gui.forms.layouts import fill_layout
from gdsim.gui.forms.tips import spoken_tip
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.style.stylesheet import in_sheet


class AnswerCard(QFrame):
    """A frame around the views of an answer, with the button that chooses it above."""

    picked = Signal(int)  # the index of the answer

    def __init__(self, index: int, button: QPushButton, *views: QWidget) -> None:
        super().__init__()
        self.setObjectName("card")
        self._index = index
        self.button = button
        self.button.clicked.connect(self.pick)
        self._words = PlainLabel(name="strong")
        line = fill_layout(QHBoxLayout(), self.button, self._words, None, gap=10)
        fill_layout(QVBoxLayout(self), line, *((view, 1) for view in views), gap=2, margins=(6, 6, 6, 6))

    def pick(self) -> None:
        self.picked.emit(self._index)

    def show_open(self) -> None:
        self._show("", "")

    def show_chosen(self, *, chosen: bool) -> None:
        """Show whether this is the chosen answer, without telling whether it is right."""
        self._show(self.tr("Your answer") if chosen else "", "accent" if chosen else "")

    def show_answered(self, *, right: bool, chosen: bool) -> None:
        if right:
            words = self.tr("Right: your answer") if chosen else self.tr("This one is right")
        else:
            words = self.tr("Not right: your answer") if chosen else ""
        self._show(words, "accent" if right else "fault" if chosen else "")

    def _show(self, words: str, colour: str) -> None:
        self._words.setText(words)
        self.button.setAccessibleDescription(words or spoken_tip(self.button.toolTip()))
        self.setStyleSheet(f"QFrame#card {{ border: 3px solid {in_sheet(colour)}; }}" if colour else "")
