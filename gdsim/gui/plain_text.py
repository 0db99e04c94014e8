"""Labels and messages that show their text as it is: Qt would otherwise guess whether it is HTML.

A name from a file may look like HTML, and Qt would open the pictures that it names. So no other module
makes a label, a message box or a progress dialog of Qt's own.
"""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget


class PlainLabel(QLabel):
    """A label that takes no text for HTML."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)


class HtmlLabel(QLabel):
    """A label for HTML of the program's own, in which everything else is escaped."""

    def __init__(self, html: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setText(html)


class PlainMessageBox(QMessageBox):
    """A message box that takes no text for HTML."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
