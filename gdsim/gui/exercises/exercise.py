"""What the windows of all exercises have in common."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QDialog, QLayout, QVBoxLayout, QWidget

from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.theme import LIGHT, Theme


class ExerciseWindow(QDialog):
    """A window beside the main one, which goes on working. Closing hides it: nothing in it is lost.

    Parameters
    ----------
    title : str
    parent : QWidget
        The main window, with which it ends.

    Attributes
    ----------
    help_page : str
        Name of its page of help.
    """

    help_page = "index"

    def __init__(self, title: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.theme: Theme = LIGHT
        self._note = PlainLabel()
        self._note.setObjectName("notice")
        self._note.setWordWrap(True)
        self._note.hide()
        self.outline = QVBoxLayout(self)
        self.outline.setContentsMargins(12, 10, 12, 10)
        self.outline.setSpacing(8)
        self.outline.addWidget(self._note)

    def set_theme(self, theme: Theme) -> None:
        """Show everything in the colours of a theme."""
        self.theme = theme

    def show_note(self, sentence: str) -> None:
        """Say above everything else what is out of the ordinary; nothing when it is empty."""
        self._note.setText(sentence)
        self._note.setAccessibleName(sentence)
        self._note.setVisible(bool(sentence))

    @property
    def note(self) -> str:
        """What is said so."""
        return self._note.text()

    def show_up(self) -> None:
        """Show the window, in front."""
        self.show()
        self.raise_()
        self.activateWindow()

    def end(self) -> None:
        """Stop all work, and close for good."""
        self.close()

    def on_enter(self) -> None:
        """Do what Enter stands for, where no button has the focus."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter press the button that has the focus."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
            return
        focused = self.focusWidget()
        if isinstance(focused, QAbstractButton) and focused.isEnabled():
            focused.click()
        else:
            self.on_enter()


def sentence_label(name: str = "") -> PlainLabel:
    """Return a label for sentences that are read by a screen reader as they are."""
    label = PlainLabel()
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def say(label: PlainLabel, text: str) -> None:
    """Show a sentence, and tell it to screen readers."""
    label.setText(text)
    label.setAccessibleName(text)


def spaced(layout: QLayout, *, gap: int = 8) -> QLayout:
    """Return a layout without margins, its items ``gap`` pixels apart."""
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(gap)
    return layout
