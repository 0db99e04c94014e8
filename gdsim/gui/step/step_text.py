"""The text widget for the numbers of a step: monospaced, selectable, as high as its lines."""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QColor, QFont, QHelpEvent, QTextCharFormat, QTextLayout, QWheelEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QToolTip

from gdsim.gui.forms.tips import tip
from gdsim.gui.step.step_rows import StyledLine
from gdsim.gui.style.shown_theme import ThemeFollower, shown_theme
from gdsim.gui.style.theme import Theme


class StepText(QPlainTextEdit):
    """A read-only text that can be selected and copied; it never scrolls, and Tab skips it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("stepNumbers")
        self.setAccessibleName(self.tr("Numbers of this step"))
        # Returns the tooltip when it is about to be shown; empty for none
        self.explain: Callable[[], str] = str
        self._lines: tuple[StyledLine, ...] = ()
        self.setReadOnly(True)
        self.setAcceptDrops(False)  # as in `leave_drops`, which runs before this widget is made
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        self.viewport().installEventFilter(self)
        ThemeFollower(self, self._paint_roles)

    def set_lines(self, lines: Sequence[StyledLine]) -> None:
        lines = tuple(lines)
        if lines == self._lines:
            return
        grown = len(lines) != len(self._lines)
        self._lines = lines
        self.setPlainText("\n".join(["".join([segment.text for segment in line]) for line in lines]))
        self._paint_roles()
        if grown:
            self.updateGeometry()

    def columns(self, width: int) -> int:
        """Return how many characters fit into a width in pixels."""
        self.ensurePolished()
        return int(width / max(self._letter(), 1.0))

    def sizeHint(self) -> QSize:
        self.ensurePolished()
        longest = max((sum(len(segment.text) for segment in line) for line in self._lines), default=0)
        height = len(self._lines) * math.ceil(self.fontMetrics().lineSpacing())
        return QSize(math.ceil(longest * self._letter()), height + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show the tooltip.

        This is no override of `viewportEvent`, in which an exception while painting would end the program.
        """
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), tip(self.explain()), self)
            return True
        return super().eventFilter(watched, event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.updateGeometry()

    def _letter(self) -> float:
        return self.fontMetrics().horizontalAdvance("0" * 40) / 40

    def _paint_roles(self) -> None:
        block, formats = self.document().firstBlock(), _formats(shown_theme())
        for line in self._lines:
            start, ranges = 0, []
            for text, role in line:
                length = len(text)
                if role and text:
                    piece = QTextLayout.FormatRange()
                    piece.start, piece.length, piece.format = start, length, formats[role]
                    ranges.append(piece)
                start += length
            block.layout().setFormats(ranges)
            block = block.next()


@lru_cache(maxsize=4)
def _formats(theme: Theme) -> dict[str, QTextCharFormat]:
    """Return the text formats by the roles of a `Segment`."""
    return {
        "label": _format(theme.muted),
        "muted": _format(theme.muted),
        "strong": _format(theme.text, QFont.Weight.Bold),
        "fault": _format(theme.fault, QFont.Weight.Bold),
    }


def _format(colour: str, weight: QFont.Weight = QFont.Weight.Normal) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(QColor(colour))
    made.setFontWeight(weight)
    return made
