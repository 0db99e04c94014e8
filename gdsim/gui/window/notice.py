"""A sentence that says what was refused, or what was done and cannot be seen; it goes by itself."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QMargins, QObject, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import QPushButton, QWidget

from gdsim.gui.forms.bubble import clear_faults, tell_of_fault
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.style.stylesheet import set_mark
from gdsim.gui.window.layout import BarePart, first_seen, place_over

_SHOWN_MS = 7000
_MARGIN = 4
# The widest sentence, and in heights of its letters the narrowest that breaks into lines.
_WIDEST, _NARROWEST = 620, 14
_PADDING = 30
_GAP = 6
_MOVES = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide)


class Notice(PlainLabel):
    """Lies over the page; shows one sentence at a time.

    It lies over the first of some parts of the page that is seen. They hold no control.
    """

    def __init__(self, page: QWidget, over: Sequence[BarePart]) -> None:
        super().__init__(parent=page)
        self._page, self._parts = page, over
        self._path = Path()
        self.setObjectName("notice")
        self.setAccessibleName(self.tr("Notice"))
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        # Beside a sentence about a file; opens its folder
        self.folder = QPushButton(self.tr("Show in folder"), page)
        self.folder.setAccessibleName(self.tr("Show the file in its folder"))
        self.folder.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.folder.clicked.connect(self._show_folder)
        self._timer = QTimer(self, singleShot=True, interval=_SHOWN_MS)
        self._timer.timeout.connect(self._go)
        for part in over:
            part.widget.installEventFilter(self)
        self._go()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay over a part that is laid out anew, as all are when the projector is switched on."""
        if event.type() in _MOVES and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        """Find the place of what was said before the window was laid out."""
        super().showEvent(event)
        self._place()

    def say(self, sentence: str) -> None:
        """Say why something was refused."""
        self._show(sentence, None, is_fault=True)

    def confirm(self, sentence: str, path: Path | None = None) -> None:
        """Say that something was done; with a button for the folder of the file that was written."""
        self._show(sentence, path, is_fault=False)

    def take_back(self) -> None:
        """Take the sentence away, and those below controls: something else has been done since."""
        self._go()
        clear_faults(self.window())

    def _show(self, sentence: str, path: Path | None, *, is_fault: bool) -> None:
        self.setText(sentence)
        self.setAccessibleDescription(sentence)
        set_mark(self, "done", on=not is_fault)
        self.ensurePolished()
        self._path = path or Path()
        self.folder.setVisible(path is not None)
        self._place()
        self.show()
        self.raise_()
        self.folder.raise_()
        self._timer.start()
        tell_of_fault(self)

    def _place(self) -> None:
        """Lay the sentence over its part of the page, with room for the button beside it.

        Where that part is narrow it is laid over more of the page.
        """
        beside = 0 if self.folder.isHidden() else self.folder.sizeHint().width() + _GAP
        wanted = self.fontMetrics().horizontalAdvance(self.text()) + _PADDING
        over = first_seen(self._parts)
        least = min(_NARROWEST * self.fontMetrics().height(), self._page.width() - 2 * _MARGIN - beside)
        width = min(_WIDEST, wanted, max(least, over.widget.width() - 2 * _MARGIN - beside))
        self.resize(width, self.heightForWidth(width))
        self.move(place_over(self._page, over, self.size().grownBy(QMargins(0, 0, beside, 0))))
        self.folder.resize(self.folder.sizeHint())
        middle = self.geometry().center().y() - self.folder.height() // 2
        self.folder.move(self.geometry().right() + 1 + _GAP, max(0, middle))

    def _go(self) -> None:
        self._timer.stop()
        self.hide()
        self.folder.hide()

    def _show_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._path.absolute().parent)))
