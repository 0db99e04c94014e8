"""Text that is broken into lines once and painted many times; QPainter would break it each time."""

import re
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent, QTextLayout
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdsim.gui.forms.tips import set_tip
from gdsim.gui.style.shown_theme import shown_theme
from gdsim.gui.style.text_size import scale_of

# Signs that stay on one line with the numbers on both sides.
_SIGNS = re.compile(" ([=\u2212·]) ")
_NARROWEST = 20.0
_UNLIMITED = 16_777_215
_SIZE = 11


class BrokenText(NamedTuple):
    """A text broken into lines, with their total height."""

    lines: tuple[str, ...] = ()
    height: float = 0.0


def break_text(text: str, font: QFont, width: float, most: int = 0) -> BrokenText:
    """Break a text into lines; the last of at most ``most`` is elided. A ``most`` of 0 means no limit."""
    if not text:
        return BrokenText()
    text = _SIGNS.sub("\u00a0\\1\u00a0", text).replace(" %", "\u00a0%")
    width = max(_NARROWEST, width)
    layout = QTextLayout(text, font)
    layout.beginLayout()
    starts = []
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        starts.append(line.textStart())
    layout.endLayout()
    lines = [text[a:b].strip() for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]
    metrics = QFontMetricsF(font)
    if most and len(lines) > most:
        rest = text[starts[most - 1] :]
        lines = [*lines[: most - 1], metrics.elidedText(rest, Qt.TextElideMode.ElideRight, width)]
    return BrokenText(tuple(lines), metrics.lineSpacing() * len(lines))


def paint_lines(painter: QPainter, left: float, top: float, text: BrokenText) -> float:
    """Paint lines downwards from ``top`` in the painter's font; return their lower end."""
    metrics = QFontMetricsF(painter.font())
    for line in text.lines:
        painter.drawText(QPointF(left, top + metrics.ascent()), line)
        top += metrics.lineSpacing()
    return top


class WordsBox(QWidget):
    """A paragraph that grows with its text, but shrinks only on request or when its width changes.

    It therefore does not jump while only digits of the text change.
    """

    def __init__(self) -> None:
        super().__init__()
        self.words = ""
        self._text = BrokenText()
        self._beside = False
        self._lines = 1
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    @property
    def line_count(self) -> int:
        return len(self._text.lines)

    @property
    def _is_cut(self) -> bool:
        return bool(self._text.lines) and self._text.lines[-1].endswith("…")

    def say(self, words: str) -> None:
        if words != self.words:
            self.words = words
            self.setAccessibleName(words)
            self._break()

    def fill(self, width: int) -> None:
        """Take a fixed width and all of the height; for width 0, all of the width and the height needed."""
        self._beside = width > 0
        if self._beside:
            self.setMinimumSize(width, 0)
            self.setMaximumSize(width, _UNLIMITED)
        else:
            self.setMinimumWidth(0)
            self.setMaximumWidth(_UNLIMITED)
            self.shrink()

    def settle(self) -> None:
        """Give back lines that only an earlier text needed."""
        if self.line_count < self._lines:
            self.shrink()

    def shrink(self) -> None:
        self._lines = 0
        self._break()

    def sizeHint(self) -> QSize:
        return QSize(200, 4 * round(QFontMetricsF(self._font()).lineSpacing()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.shrink()
        else:
            self._break()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.shrink()

    def _break(self) -> None:
        spacing = QFontMetricsF(self._font()).lineSpacing()
        if self._beside:
            most = max(1, int((self.height() + 1.0) / spacing))
            self._text = break_text(self.words, self._font(), self.width(), most)
        else:
            self._text = break_text(self.words, self._font(), self.width())
            if len(self._text.lines) > self._lines:
                self._lines = len(self._text.lines)
                self.setFixedHeight(round(self._lines * spacing) + 1)
        set_tip(self, self.words if self._is_cut else "")
        self.update()

    def _font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(round(_SIZE * scale_of(self)))
        return font

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._font())
        painter.setPen(QColor(shown_theme().text))
        paint_lines(painter, 0.0, 0.0, self._text)
        painter.end()
