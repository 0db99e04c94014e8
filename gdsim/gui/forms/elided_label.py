"""A line of text that is elided where it does not fit."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy

from gdsim.gui.forms.tips import set_tip
from gdsim.gui.plain_text import PlainLabel, in_one_line

_LEAST = 40


class ElidedLabel(PlainLabel):
    """A label with plain text; the tooltip has the whole of a text that is cut.

    Where the text does not fit, ``short`` replaces it, which sets the minimum width. With ``or_nothing`` the
    label is empty if neither fits as a whole.
    """

    def __init__(self, text: str = "", *, short: str = "", or_nothing: bool = False, name: str = "") -> None:
        super().__init__(name=name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._short, self._or_nothing = short, or_nothing
        self._whole = self._explanation = ""
        self.set_whole(text)

    def set_whole(self, text: str, short: str | None = None) -> None:
        """Set the text, and optionally the short text that replaces it where it does not fit."""
        shown = self._whole, self._short
        self._whole = in_one_line(text)
        if short is not None:
            self._short = short
        if (self._whole, self._short) == shown:
            return  # avoid a new layout of the window
        self.setAccessibleName(self._whole)
        self.updateGeometry()
        self._elide()

    def explain(self, sentence: str) -> None:
        """Explain in the tooltip what the text describes."""
        if sentence != self._explanation:
            self._explanation = sentence
            self._elide()

    def whole(self) -> str:
        return self._whole

    def sizeHint(self) -> QSize:
        return QSize(self._width_of(self._whole) + 2, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        least = self._width_of(self._short) + 2 if self._short else min(_LEAST, self.sizeHint().width())
        return QSize(least, super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:  # no resize event follows if the width stays
            self._elide()

    def _elide(self) -> None:
        room = self.width() if self._or_nothing else max(self.width(), _LEAST)
        if self._width_of(self._whole) <= room:
            shown = self._whole
        elif self._or_nothing:
            shown = self._short if self._width_of(self._short) <= room else ""
        else:
            text = self._short or self._whole
            shown = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)
        self.setText(shown)
        cut = self._whole if shown != self._whole else ""
        set_tip(self, self._explanation or cut, cut if self._explanation else "")

    def _width_of(self, text: str) -> int:
        return self.fontMetrics().horizontalAdvance(text)
