"""The field in which the lines of a rule are typed, with the fault underlined."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from gdsim.core.formulas.syntax import TextSpan
from gdsim.gui.style.shown_theme import ThemeFollower, shown_theme
from gdsim.gui.style.text_size import FontScaler

_LEAST_HEIGHT = 132


class LinesEditor(QPlainTextEdit):
    """A text field for lines of formulas. Tab leaves it, as it leaves every other field."""

    def __init__(self, name: str, least_height: int = _LEAST_HEIGHT) -> None:
        super().__init__()
        self._span: TextSpan | None = None
        self.setAccessibleName(name)
        self.setObjectName("lines")
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        FontScaler(self, QWidget.setMinimumHeight, least_height)
        ThemeFollower(self, lambda: self.mark(self._span))

    def replace_all(self, lines: str) -> None:
        """Replace the whole text; unlike after `setPlainText`, undo brings the old text back."""
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(lines)

    def mark(self, span: TextSpan | None) -> None:
        self._span = span
        marks = []
        if span is not None:
            mark = QTextEdit.ExtraSelection()
            mark.cursor = self._selection(span)
            style = QTextCharFormat()
            style.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            style.setUnderlineColor(QColor(shown_theme().fault))
            style.setBackground(QColor(shown_theme().fault_soft))
            mark.format = style
            marks.append(mark)
        self.setExtraSelections(marks)

    def go_to_mark(self) -> None:
        """Put the cursor at the end of the underlined span, and give the field the focus."""
        if self._span is not None:
            cursor = self._selection(self._span)
            cursor.setPosition(cursor.selectionEnd())
            self.setTextCursor(cursor)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _selection(self, span: TextSpan) -> QTextCursor:
        block = self.document().findBlockByNumber(span.line)
        cursor = QTextCursor(self.document())
        if block.isValid():
            last = block.length() - 1
            cursor.setPosition(block.position() + min(span.start, last))
            cursor.setPosition(
                block.position() + min(span.end or last, last), QTextCursor.MoveMode.KeepAnchor
            )
        return cursor
