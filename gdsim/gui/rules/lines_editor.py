"""Where the lines of a rule are typed; what is wrong with them is underlined."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from gdsim.core.formulas.language import Span
from gdsim.gui.style.shown_theme import Themed, shown_theme
from gdsim.gui.style.text_size import Scaled

_LEAST = 132


class LinesEditor(QPlainTextEdit):
    """A field for some lines of formulas. Tab leaves it, as it leaves every field."""

    def __init__(self, name: str, least: int = _LEAST) -> None:
        super().__init__()
        self._span: Span | None = None
        self.setAccessibleName(name)
        self.setObjectName("lines")
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        Scaled(self, QWidget.setMinimumHeight, least)
        Themed(self, lambda: self.mark(self._span))

    def replace_all(self, lines: str) -> None:
        """Put other lines in place of all; undo brings the old ones back."""
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(lines)

    def mark(self, span: Span | None) -> None:
        """Underline a piece of the lines, or nothing."""
        self._span = span
        marks = []
        if span is not None:
            mark = QTextEdit.ExtraSelection()
            mark.cursor = self._selecting(span)
            look = QTextCharFormat()
            look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            look.setUnderlineColor(QColor(shown_theme().fault))
            look.setBackground(QColor(shown_theme().fault_soft))
            mark.format = look
            marks.append(mark)
        self.setExtraSelections(marks)

    def go_to_mark(self) -> None:
        """Put the cursor behind what is underlined, and give the field the focus."""
        if self._span is not None:
            cursor = self._selecting(self._span)
            cursor.setPosition(cursor.selectionEnd())
            self.setTextCursor(cursor)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _selecting(self, span: Span) -> QTextCursor:
        block = self.document().findBlockByNumber(span.line)
        cursor = QTextCursor(self.document())
        if block.isValid():
            last = block.length() - 1
            cursor.setPosition(block.position() + min(span.start, last))
            cursor.setPosition(
                block.position() + min(span.end or last, last), QTextCursor.MoveMode.KeepAnchor
            )
        return cursor
