"""Labels and messages that show their text as it is: Qt would otherwise guess whether it is HTML.

A name from a file may look like HTML, and Qt would open the pictures that it names. So no other module
makes a label, a message box or a progress dialog of Qt's own.
"""

import re
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget

from gdsim.core.formulas.numerals import unbroken_equals
from gdsim.core.language.catalogue import THOUSANDS

# At which lines may end.
_BLANKS = re.compile(rf"[^\S\N{{NO-BREAK SPACE}}{THOUSANDS}]+")
# The longest name of a letter of the formulas, such as β₁.
_LONGEST_SYMBOL = 2


def capitalized(text: str) -> str:
    """Return a text that begins with a capital; letters of the formulas keep their case: x is not X."""
    first = text.partition(" ")[0]
    is_symbol = len(first) <= _LONGEST_SYMBOL and first == text
    return text if is_symbol or len(first) == 1 or first[-1:].isdigit() else text[:1].upper() + text[1:]


def as_sentence(text: str) -> str:
    """Return a text with a capital at its beginning and a stop at its end."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def in_html(text: str) -> str:
    """Return a text in Qt's HTML, which takes what parts the thousands of a number for an ordinary blank."""
    return escape(text).replace(THOUSANDS, "\N{NO-BREAK SPACE}")


def in_one_line(text: str) -> str:
    """Return a text without its ends of lines; numbers and what belongs to them are not parted."""
    return _BLANKS.sub(" ", text).strip()


class PlainLabel(QLabel):
    """A label that takes no text for HTML."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, name: str = "") -> None:
        super().__init__(parent)
        self._given = ""
        if name:  # by which the style sheet knows it
            self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def setText(self, text: str) -> None:
        self._given = text
        super().setText(unbroken_equals(text))

    def text(self) -> str:
        return self._given

    def show_words(self, words: str) -> None:
        """Show a text; for an empty one the label takes no room."""
        if words != self._given:
            self.setText(words)
        self.setVisible(bool(words))


def text_label(text: str = "", name: str = "") -> PlainLabel:
    """Return a label in as many lines as it needs; the style sheet knows it by its ``name``."""
    label = PlainLabel(text, name=name)
    label.setWordWrap(True)
    return label


def sentence_label(name: str = "") -> PlainLabel:
    """Return a label for a sentence that may be copied."""
    label = text_label(name=name)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def hint_label(text: str = "") -> PlainLabel:
    """Return a label for a remark: muted, in as many lines as it needs."""
    return text_label(text, "hint")


class SteadyLabel(PlainLabel):
    """A label whose text changes many times a second, and asks for no layout while only its digits do.

    To Qt its text is what it keeps room for; what it shows is painted.
    """

    def __init__(self, alignment: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft) -> None:
        super().__init__()
        self._shown = ""
        self.setAlignment(alignment | Qt.AlignmentFlag.AlignVCenter)
        self._flags = self.alignment() | Qt.TextFlag.TextSingleLine

    def make_room(self, text: str) -> None:
        """Be as large as a text with any digits needs; a longer one that is shown later makes more room."""
        room = re.sub(r"\d", "8", text)
        if room != super().text():
            super().setText(room)
            self._lay_out()

    def _lay_out(self) -> None:
        """Take the room before it is painted: Qt would paint it once more where it was, cut."""
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
        # It begins with the font and the colour of the label.
        QPainter(self).drawText(self.rect(), self._flags, self._shown)


class HtmlLabel(QLabel):
    """A label for HTML of the program's own, in which everything else is escaped."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.RichText)


class PlainMessageBox(QMessageBox):
    """A message box that takes no text for HTML."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
