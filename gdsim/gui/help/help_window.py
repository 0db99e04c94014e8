"""A small window to read the pages of help in."""

from PySide6.QtCore import QEvent, QUrl, Slot
from PySide6.QtGui import QKeySequence, QTextBlockFormat, QTextCursor
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from gdsim.gui.help.pages import INDEX, page_file

_SIZE = (560, 620)
# Room around paragraphs, in pixels.
_ABOVE_HEADING, _BELOW = 10.0, 7.0


class HelpWindow(QDialog):
    """Pages that link to each other, beside the window, which goes on working."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Help"))
        self.browser = QTextBrowser()
        self.browser.setAccessibleName(self.tr("Page of help"))
        # Pages are files of the program; nothing is fetched from anywhere.
        self.browser.setOpenExternalLinks(False)
        self._back = QPushButton(self.tr("&Back"))
        self._back.setShortcut(QKeySequence(QKeySequence.StandardKey.Back))
        self._back.setEnabled(False)
        self._all = QPushButton(self.tr("&All pages"))
        close = QPushButton(self.tr("&Close"))
        for button in (self._back, self._all, close):
            button.setAutoDefault(False)
        self._back.clicked.connect(self.browser.backward)
        self._all.clicked.connect(lambda: self.show_page(INDEX))
        close.clicked.connect(self.reject)
        self.browser.sourceChanged.connect(self._space_out)
        self.browser.backwardAvailable.connect(self._back.setEnabled)
        row = QHBoxLayout()
        row.addWidget(self._back)
        row.addWidget(self._all)
        row.addStretch(1)
        row.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.addWidget(self.browser, 1)
        layout.addLayout(row)
        self.resize(*_SIZE)

    def show_page(self, name: str) -> None:
        """Open a page, and come to the front."""
        self.browser.setSource(QUrl.fromLocalFile(str(page_file(name))))
        self.show()
        self.raise_()
        self.activateWindow()
        self.browser.setFocus()

    @property
    def page(self) -> str:
        """Name of the page that is open."""
        return self.browser.source().fileName().removesuffix(".md")

    def changeEvent(self, event: QEvent) -> None:
        """Show links in the colour of another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and not self.browser.source().isEmpty():
            self.browser.reload()
            self._space_out()

    @Slot()
    def _space_out(self) -> None:
        """Leave room between paragraphs: of a second page Qt sets all lines close together."""
        block = self.browser.document().begin()
        while block.isValid():
            form = QTextBlockFormat()
            form.setTopMargin(_ABOVE_HEADING if block.blockFormat().headingLevel() > 1 else 0.0)
            form.setBottomMargin(_BELOW)
            QTextCursor(block).mergeBlockFormat(form)
            block = block.next()
