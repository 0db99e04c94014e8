"""One of the answers to a question: a letter to press, and what it stands for."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gdsim.core.exercises.quiz.question import LETTERS
from gdsim.gui.forms.tips import plain
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.style.theme import LIGHT, Theme


class AnswerCard(QFrame):
    """A frame around a view, with a button above it.

    Signals
    -------
    picked(int)
        The index of the answer.
    """

    picked = Signal(int)

    def __init__(self, index: int, view: QWidget | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._index = index
        self._theme = LIGHT
        self._colour = ""
        letter = LETTERS[index]
        self.button = QPushButton(letter)
        self.button.setAutoDefault(False)
        self.button.setAccessibleName(self.tr("Answer {letter}").format(letter=letter))
        self.button.setToolTip(plain(self.tr("Key {letter} or {n}").format(letter=letter, n=index + 1)))
        self.button.clicked.connect(self.pick)
        self._words = PlainLabel()
        self._words.setObjectName("strong")
        line = QHBoxLayout()
        line.setSpacing(10)
        line.addWidget(self.button)
        line.addWidget(self._words)
        line.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(2)
        layout.addLayout(line)
        if view is not None:
            layout.addWidget(view, 1)

    def pick(self) -> None:
        """Choose this answer."""
        self.picked.emit(self._index)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of a theme."""
        self._theme = theme
        self._dress()

    def show_open(self) -> None:
        """Wait for an answer."""
        self._show("", "")

    def show_answered(self, *, right: bool, chosen: bool) -> None:
        """Show whether this is the right answer, and whether it was chosen."""
        if right:
            words = self.tr("Right: your answer") if chosen else self.tr("This one is right")
        else:
            words = self.tr("Not right: your answer") if chosen else ""
        self._show(words, "accent" if right else "fault" if chosen else "")

    def _show(self, words: str, colour: str) -> None:
        self._words.setText(words)
        self.button.setAccessibleDescription(words)
        self._colour = colour
        self._dress()

    def _dress(self) -> None:
        """Draw the frame thicker where there is something to say; what is said stands beside the letter."""
        colour = getattr(self._theme, self._colour) if self._colour else self._theme.border
        width = 3 if self._colour else 1
        self.setStyleSheet(f"QFrame#card {{ border: {width}px solid {colour}; }}")
