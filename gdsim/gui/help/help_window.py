"""The window of the user guide, and the files of its pages."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, QUrl, Slot
from PySide6.QtGui import (
    QKeySequence,
    QPalette,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from gdsim.core.language.pages import page_in_language
from gdsim.core.resources import resource
from gdsim.gui.forms.dialog import EnterDialog
from gdsim.gui.forms.layouts import DIALOG_MARGINS, fill_layout, plain_button
from gdsim.gui.help.search import MADE, search_guide
from gdsim.gui.style.text_size import scale_of

INDEX = "index"

# Wide enough for the pictures.
_SIZE = (814, 720)
# The largest share of the screen that the window takes, so that its frame fits as well.
_MOST = 0.94
# The margins around the text, above a heading and below a paragraph, in pixels.
_MARGIN, _ABOVE_HEADING, _BELOW = 14.0, 12.0, 7.0
# Qt's placeholder for a picture.
_PICTURE = "\N{OBJECT REPLACEMENT CHARACTER}"


def page_file(name: str) -> Path:
    return resource("help", f"{name}.md")


def picture_in_theme(path: str, *, dark: bool) -> str:
    """Return the path of a picture in a theme, given that of the light theme."""
    return f"{path.removesuffix('.png')}-dark.png" if dark else path


class GuidePages(QTextBrowser):
    """A browser of the guide's pages, whose pictures follow the theme."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("guide")
        self.setAccessibleName(self.tr("Page of the user guide"))
        # All pages are files of the program.
        self.setOpenExternalLinks(False)
        self._was_dark = self._is_dark()
        self.sourceChanged.connect(self._space_out)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._is_dark() != self._was_dark:
            self._was_dark = self._is_dark()
            self.reload()
            self._space_out()

    def loadResource(self, kind: int, name: QUrl | str) -> Any:  # noqa: ANN401 - as Qt has it
        url = QUrl(name)
        made = MADE.get(url.fileName().removesuffix(".md"))
        if made:
            return made()
        page = Path(self.source().resolved(url).toLocalFile())
        if page.suffix == ".md" and page.is_file():
            return page_in_language(page.read_text(encoding="utf-8"))
        if kind == QTextDocument.ResourceType.ImageResource.value:
            url.setPath(picture_in_theme(url.path(), dark=self._is_dark()))
        return super().loadResource(kind, url)

    def _is_dark(self) -> bool:
        colour = self.palette().color
        return colour(QPalette.ColorRole.Base).lightness() < colour(QPalette.ColorRole.Text).lightness()

    @Slot()
    def _space_out(self) -> None:
        """Set the margins of all paragraphs, because Qt sets none after the first page."""
        document = self.document()
        document.setDocumentMargin(_MARGIN)
        block = document.begin()
        while block.isValid():
            above, below = _margins_of(block)
            form = QTextBlockFormat()
            form.setTopMargin(above)
            form.setBottomMargin(below)
            QTextCursor(block).mergeBlockFormat(form)
            block = block.next()


class HitList(QListWidget):
    """The list of the pages found, each with its title and an excerpt."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("framed")
        self.setAccessibleName(self.tr("Pages that were found"))
        self.setWordWrap(True)
        self.setSpacing(3)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_words(self, words: str) -> None:
        """List the pages that contain the words, or say that there are none."""
        self.clear()
        for hit in search_guide(words):
            item = QListWidgetItem(f"{hit.title}\n{hit.excerpt}", self)
            item.setData(Qt.ItemDataRole.UserRole, hit.name)
        if not self.count():
            nothing = QListWidgetItem(self.tr("No page contains these words."), self)
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
        self.setCurrentRow(0)


class HelpWindow(EnterDialog):
    """The window of the user guide, which leaves the main window usable."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale = scale_of(self)
        self.setWindowTitle(self.tr("User guide"))
        self.browser = GuidePages()
        self.hits = HitList()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.browser)
        self._stack.addWidget(self.hits)
        # Searches all pages. While the field has words, the pages found replace the page.
        self.field = QLineEdit()
        self.field.setAccessibleName(self.tr("Search the guide"))
        self.field.setPlaceholderText(self.tr("Search all pages"))
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._on_search)
        self.field.returnPressed.connect(lambda: self._open_hit(self.hits.currentItem()))
        self.hits.itemClicked.connect(self._open_hit)
        self.hits.itemActivated.connect(self._open_hit)
        self.back = plain_button(self.tr("&Back"), act=self.browser.backward)
        self.back.setShortcut(QKeySequence(QKeySequence.StandardKey.Back))
        self.back.setEnabled(False)
        self._all, close = plain_button(self.tr("&All pages")), plain_button(self.tr("&Close"))
        self._all.clicked.connect(lambda: self.show_page(INDEX))
        close.clicked.connect(self.reject)
        self.browser.backwardAvailable.connect(self.back.setEnabled)
        self.browser.sourceChanged.connect(self.field.clear)
        row = fill_layout(QHBoxLayout(), self.back, self._all, None, close, gap=6)
        fill_layout(QVBoxLayout(self), self.field, (self._stack, 1), row, gap=6, margins=DIALOG_MARGINS)
        width, height = _SIZE
        self._resize(round(width * self._scale), height)

    def _resize(self, width: int, height: int) -> None:
        self.resize(QSize(width, height).boundedTo(self.screen().availableSize() * _MOST))

    def changeEvent(self, event: QEvent) -> None:
        """Widen with the font, so that a page never scrolls sideways, not even in projector mode."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            before, self._scale = self._scale, scale_of(self)
            self._resize(round(self.width() * self._scale / before), self.height())

    def show_page(self, name: str) -> None:
        self.field.clear()
        self.browser.setSource(QUrl.fromLocalFile(str(page_file(name))))
        self.show()
        self.raise_()
        self.activateWindow()
        self.browser.setFocus()

    @Slot(str)
    def _on_search(self, words: str) -> None:
        wanted = words.strip()
        if wanted:
            self.hits.show_words(wanted)
        self._stack.setCurrentWidget(self.hits if wanted else self.browser)

    def _open_hit(self, item: QListWidgetItem | None) -> None:
        """Open one of the pages found, at the first word of the search."""
        words = self.field.text().split()
        name = item.data(Qt.ItemDataRole.UserRole) if item else None
        if words and name:
            self.show_page(name)
            self.browser.find(words[0])

    @property
    def page(self) -> str:
        return self.browser.source().fileName().removesuffix(".md")


def _margins_of(block: QTextBlock) -> tuple[float, float]:
    """Return the margins above and below a paragraph, a heading, a picture or a line of code, in pixels."""
    if block.text() == _PICTURE:
        return _BELOW, 2 * _BELOW
    if _is_code(block):
        return 0.0, 0.0 if _is_code(block.next()) else 2 * _BELOW
    return _ABOVE_HEADING if block.blockFormat().headingLevel() > 1 else 0.0, _BELOW


def _is_code(block: QTextBlock) -> bool:
    return block.blockFormat().hasProperty(QTextFormat.Property.BlockCodeFence.value)
