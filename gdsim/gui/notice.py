"""A sentence at the foot of the window that says why something was refused, and goes by itself."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QWidget

_SHOWN_MS = 7000
_MARGIN = 24


class Notice(QLabel):
    """Lies over the window; shows one sentence at a time."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self.setObjectName("notice")
        self.setAccessibleName(self.tr("Notice"))
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def say(self, sentence: str) -> None:
        """Show a sentence for some seconds."""
        self.setText(sentence)
        self.setAccessibleDescription(sentence)
        area = self._window.rect()
        self.setFixedWidth(
            min(620, self.fontMetrics().horizontalAdvance(sentence) + 40, area.width() - 2 * _MARGIN)
        )
        self.adjustSize()
        self.move((area.width() - self.width()) // 2, area.height() - self.height() - _MARGIN)
        self.show()
        self.raise_()
        self._timer.start(_SHOWN_MS)
