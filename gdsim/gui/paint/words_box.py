"""A few sentences that change many times a second, and so are painted, not laid out."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdsim.gui.forms.tips import tip
from gdsim.gui.paint.wrapped_text import BrokenText, broken, paint_lines
from gdsim.gui.style.theme import LIGHT, Theme

_UNLIMITED = 16_777_215
_SIZE = 11


class WordsBox(QWidget):
    """A paragraph. It grows with its words, but does not shrink while they only change their digits."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._ui_scale = LIGHT, 1.0
        self._words = ""
        self._text = BrokenText()
        self._beside = False
        self._lines = 1
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    @property
    def line_count(self) -> int:
        """How many lines the words take."""
        return len(self._text.lines)

    def set_theme(self, theme: Theme, ui_scale: float = 1.0) -> None:
        """Paint in other colours, with letters so many times as large as usual."""
        self._theme, self._ui_scale = theme, ui_scale
        self.shrink()

    @property
    def words(self) -> str:
        """What it says."""
        return self._words

    @property
    def is_whole(self) -> bool:
        """Whether all of it has room."""
        return not self._is_cut and self._text.height <= self.height() + 1

    @property
    def _is_cut(self) -> bool:
        return bool(self._text.lines) and self._text.lines[-1].endswith("…")

    def say(self, words: str) -> None:
        """Say something else."""
        if words != self._words:
            self._words = words
            self.setAccessibleName(words)
            self._break()

    def fill(self, width: int) -> None:
        """Take a width and all of the height; for a width of zero, all of the width and the height needed."""
        self._beside = width > 0
        if self._beside:
            self.setMinimumSize(width, 0)
            self.setMaximumSize(width, _UNLIMITED)
        else:
            self.setMinimumWidth(0)
            self.setMaximumWidth(_UNLIMITED)
            self.shrink()

    def shrink(self) -> None:
        """Take no more height than the words need now."""
        self._lines = 0
        self._break()

    def sizeHint(self) -> QSize:
        """Return a few lines' size."""
        return QSize(200, 4 * round(QFontMetricsF(self._font()).lineSpacing()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines anew."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.shrink()
        else:
            self._break()

    def _break(self) -> None:
        spacing = QFontMetricsF(self._font()).lineSpacing()
        if self._beside:
            most = max(1, int((self.height() + 1.0) / spacing))
            self._text = broken(self._words, self._font(), self.width(), most)
        else:
            self._text = broken(self._words, self._font(), self.width())
            if len(self._text.lines) > self._lines:
                self._lines = len(self._text.lines)
                self.setFixedHeight(round(self._lines * spacing) + 1)
        self.setToolTip(tip(self._words) if self._is_cut else "")
        self.update()

    def _font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(round(_SIZE * self._ui_scale))
        return font

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines."""
        painter = QPainter(self)
        painter.setFont(self._font())
        painter.setPen(QColor(self._theme.text))
        paint_lines(painter, 0.0, 0.0, self._text)
        painter.end()
