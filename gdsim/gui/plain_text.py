"""Labels and message boxes that show plain text, where Qt would guess whether a text is HTML.

A name from a file may look like HTML, and Qt would load the pictures that it refers to. Therefore no other
module creates Qt's own labels, message boxes or progress dialogs.
"""

import re
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget

from gdsim.core.formulas.numerals import unbroken_equals
from gdsim.core.language.translations import THOUSANDS

# White space at which a line may break.
_BLANKS = re.compile(rf"[^\S\N{{NO-BREAK SPACE}}{THOUSANDS}]+")
# The length of the longest symbol in formulas, such as β₁.
_LONGEST_SYMBOL = 2


def capitalized(text: str) -> str:
    """Return a text with its first letter in upper case, unless that is a symbol of a formula: x is not X."""
    first = text.partition(" ")[0]
    is_symbol = len(first) <= _LONGEST_SYMBOL and first == text
    return text if is_symbol or len(first) == 1 or first[-1:].isdigit() else text[:1].upper() + text[1:]


def as_sentence(text: str) -> str:
    """Return a text with an initial capital and a final full stop."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def in_html(text: str) -> str:
    """Escape a text for Qt's HTML, which would break lines at the thousands separators of numbers."""
    return escape(text).replace(THOUSANDS, "\N{NO-BREAK SPACE}")


def in_one_line(text: str) -> str:
    """Return a text with all breakable white space collapsed; non-breaking spaces are kept."""
    return _BLANKS.sub(" ", text).strip()


class PlainLabel(QLabel):
    """A label that never interprets its text as HTML."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, name: str = "") -> None:
        super().__init__(parent)
        self._given = ""
        if name:  # for the style sheet
            self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def setText(self, text: str) -> None:
        self._given = text
        super().setText(unbroken_equals(text))

    def text(self) -> str:
        return self._given

    def show_words(self, words: str) -> None:
        """Show a text, or hide the label if the text is empty."""
        if words != self._given:
            self.setText(words)
        self.setVisible(bool(words))


def text_label(text: str = "", name: str = "") -> PlainLabel:
    """Return a label that wraps its text; ``name`` is its object name for the style sheet."""
    label = PlainLabel(text, name=name)
    label.setWordWrap(True)
    return label


def sentence_label(name: str = "") -> PlainLabel:
    """Return a label for a sentence, which can be selected and copied."""
    label = text_label(name=name)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def hint_label(text: str = "") -> PlainLabel:
    """Return a muted label that wraps its text."""
    return text_label(text, "hint")


class SteadyLabel(PlainLabel):
    """A label whose text changes many times a second; while only digits change, the layout stays untouched.

    The text known to Qt is a placeholder that reserves the room; the shown text is painted over it.
    """

    def __init__(self, alignment: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft) -> None:
        super().__init__()
        self._shown = ""
        self.setAlignment(alignment | Qt.AlignmentFlag.AlignVCenter)
        self._flags = self.alignment() | Qt.TextFlag.TextSingleLine

    def make_room(self, text: str) -> None:
        """Reserve the room for a text with any digits; a longer text shown later reserves more."""
        room = re.sub(r"\d", "8", text)
        if room != super().text():
            super().setText(room)
            self._lay_out()

    def _lay_out(self) -> None:
        """Activate the layouts at once, because Qt would first paint the label cut off in its old place."""
        parent = self.parentWidget()
        while parent is not None and (layout := parent.layout()) is not None:
            layout.activate()
            parent = parent.parentWidget()

    def show_text(self, text: str) -> None:
        if text != self._shown:
            self._shown = text
            if len(text) > len(super().text()):
                self.make_room(text)
            self.setAccessibleName(text)
            self.update()

    def text(self) -> str:
        return self._shown

    def paintEvent(self, event: QPaintEvent) -> None:
        # The painter starts with the font and the colour of the label.
        QPainter(self).drawText(self.rect(), self._flags, self._shown)


class HtmlLabel(QLabel):
    """A label for the program's own HTML; any other text in it must be escaped."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.RichText)


class PlainMessageBox(QMessageBox):
    """A message box that never interprets its text as HTML."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
