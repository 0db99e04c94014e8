"""A sentence that says why something was refused, and goes by itself."""

from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtWidgets import QWidget

from gdsim.gui.forms.bubble import clear_faults
from gdsim.gui.plain_text import PlainLabel

_SHOWN_MS = 7000
_MARGIN = 4
_WIDEST = 620
_PADDING = 30


class Notice(PlainLabel):
    """Lies over the page; shows one sentence at a time.

    It lies ``over`` a part of the page that holds no control; without one, at the top.
    """

    def __init__(self, parent: QWidget, over: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._page = parent
        self._over = over
        self.setObjectName("notice")
        self.setAccessibleName(self.tr("Notice"))
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def say(self, sentence: str) -> None:
        self.setText(sentence)
        self.setAccessibleDescription(sentence)
        self.ensurePolished()
        area = self._area()
        wanted = self.fontMetrics().horizontalAdvance(sentence) + _PADDING
        width = min(_WIDEST, wanted, area.width() - 2 * _MARGIN)
        self.resize(width, self.heightForWidth(width))
        below = _MARGIN if self._over is None else (area.height() - self.height()) // 2
        self.move(area.center().x() - width // 2, max(_MARGIN, area.top() + below))
        self.show()
        self.raise_()
        self._timer.start(_SHOWN_MS)

    def take_back(self) -> None:
        """Take the sentence away, and those below controls: something else has been done since."""
        self._timer.stop()
        self.hide()
        clear_faults(self.window())

    def _area(self) -> QRect:
        if self._over is None:
            return self._page.rect()
        return QRect(self._over.mapTo(self._page, QPoint(0, 0)), self._over.size())
