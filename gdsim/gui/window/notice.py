"""A sentence that says what was refused, or what was done without visible effect, and hides itself."""

from pathlib import Path

from PySide6.QtCore import QMargins, Qt, QTimer, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QPushButton

from gdsim.gui.forms.bubble import clear_faults, tell_of_fault
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.style.stylesheet import set_mark
from gdsim.gui.window.bare_parts import BareParts

_SHOWN_MS = 7000
_MARGIN = 4
# The largest width in pixels, and the smallest width of a wrapped sentence in line heights.
_MAX_WIDTH, _MIN_WIDTH = 620, 14
_PADDING = 30
_GAP = 6


class Notice(PlainLabel):
    """An overlay on a bare part of the page that shows one sentence at a time."""

    def __init__(self, over: BareParts) -> None:
        super().__init__(parent=over.page)
        self._over = over
        self._path = Path()
        self.setObjectName("notice")
        self.setAccessibleName(self.tr("Notice"))
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        # Shown beside a sentence about a file that was written.
        self.folder = QPushButton(self.tr("Show in folder"), over.page)
        self.folder.setAccessibleName(self.tr("Show the file in its folder"))
        self.folder.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.folder.clicked.connect(self._show_folder)
        self._timer = QTimer(self, singleShot=True, interval=_SHOWN_MS)
        self._timer.timeout.connect(self._dismiss)
        over.laid_out.connect(self._place)
        self._dismiss()

    def say(self, sentence: str) -> None:
        """Say why something was refused."""
        self._show(sentence, None, is_fault=True)

    def confirm(self, sentence: str, path: Path | None = None) -> None:
        """Say that something was done, with a button that opens the folder of a written file."""
        self._show(sentence, path, is_fault=False)

    def take_back(self) -> None:
        """Hide the sentence, and those below controls, because something else has been done since."""
        self._dismiss()
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

    @Slot()
    def _place(self) -> None:
        """Place the sentence over its part of the page, or over more if the part is too narrow for it.

        There is room for the button beside the sentence.
        """
        beside = 0 if self.folder.isHidden() else self.folder.sizeHint().width() + _GAP
        wanted = self.fontMetrics().horizontalAdvance(self.text()) + _PADDING
        least = min(_MIN_WIDTH * self.fontMetrics().height(), self._over.page.width() - 2 * _MARGIN - beside)
        width = min(_MAX_WIDTH, wanted, max(least, self._over.width - 2 * _MARGIN - beside))
        self.resize(width, self.heightForWidth(width))
        self.move(self._over.place_for(self.size().grownBy(QMargins(0, 0, beside, 0))))
        self.folder.resize(self.folder.sizeHint())
        middle = self.geometry().center().y() - self.folder.height() // 2
        self.folder.move(self.geometry().right() + 1 + _GAP, max(0, middle))

    def _dismiss(self) -> None:
        self._timer.stop()
        self.hide()
        self.folder.hide()

    def _show_folder(self) -> None:
        from PySide6.QtCore import QUrl  # noqa: PLC0415 - few notices have a folder, and fewer are asked for it

        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._path.absolute().parent)))
