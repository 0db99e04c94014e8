"""Printing HTML to a PDF."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from PySide6.QtCore import QMarginsF, QRectF, QSizeF, QUrl
from PySide6.QtGui import (
    QFont,
    QImage,
    QPageLayout,
    QPageSize,
    QPdfWriter,
    QTextBlock,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextTable,
)

_MARGIN_MM = 18.0
_DOTS_PER_INCH = 300
# Colours for what Qt would draw in those of the theme, which are nearly white in a dark one. Not black
# itself, which is the colour of Qt's initial pen, whose lines in a PDF are a tenth of a dot wide.
_INK = "hr { background-color: #000001 } a { color: #1a56db }"
_POINTS = 10.0  # the size of text on paper, independent of the size on the screen


def print_html(html: str, title: str, path: Path, images: Mapping[str, QImage] | None = None) -> None:
    """Write HTML as a PDF on A4 paper; ``images`` are the images that it names."""
    writer = QPdfWriter(str(path))
    writer.setResolution(_DOTS_PER_INCH)
    writer.setTitle(title)
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(margins, QPageLayout.Unit.Millimeter)
    document = QTextDocument()
    document.documentLayout().setPaintDevice(writer)
    font = QFont()
    font.setPointSizeF(_POINTS)
    document.setDefaultFont(font)
    document.setDefaultStyleSheet(_INK)
    for name, image in (images or {}).items():
        document.addResource(QTextDocument.ResourceType.ImageResource.value, QUrl(name), image)
    document.setHtml(html)
    document.setPageSize(QSizeF(writer.width(), writer.height()))
    keep_headings(document)
    document.print_(writer)


def keep_headings(document: QTextDocument) -> None:
    """Insert a page break before each heading that would be separated from the pictures or text below it.

    Tables and formulas right below the first picture stay with it as well.
    """
    block, height = document.begin(), document.pageSize().height()
    while block.isValid():
        last = block
        if block.blockFormat().headingLevel():
            opening = list(_opening(block))
            last = _end_of(opening[-1])
            rects = [_rect_of(one, document) for one in opening]
            pages = {int(y / height) for rect in rects for y in (rect.top(), rect.bottom() - 1)}
            if len(pages) > 1 and sum(rect.height() for rect in rects) < height:
                style = block.blockFormat()
                style.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
                QTextCursor(block).setBlockFormat(style)
                # Lays out the whole document, because from here on only, the text after tables would be lost.
                document.markContentsDirty(0, document.characterCount())
        block = last.next()


def _opening(heading: QTextBlock) -> Iterator[QTextBlock]:
    """Yield the blocks to keep together: a heading with the headings right below it, and what follows.

    That is everything up to the first pictures, or one paragraph without pictures. Only the first block of a
    table is yielded.
    """
    block = heading
    while block.isValid() and block.blockFormat().headingLevel():
        yield block
        block = block.next()
    words = []
    while block.isValid() and not block.blockFormat().headingLevel() and not _has_picture(block):
        words.append(block)
        block = _end_of(block).next()
    if not block.isValid() or not _has_picture(block):
        yield from words[:1]
        return
    yield from words
    # Qt puts an empty block below a table.
    while block.isValid() and (_has_picture(block) or _table_of(block) is not None or not block.text()):
        yield block
        block = _end_of(block).next()


def _end_of(block: QTextBlock) -> QTextBlock:
    """Return the last block of the table that a block is in, or the block itself outside a table."""
    table = _table_of(block)
    while table is not None and _table_of(block.next()) == table:
        block = block.next()
    return block


def _rect_of(block: QTextBlock, document: QTextDocument) -> QRectF:
    """Return the rectangle of a block, or of the table that it is in."""
    table, layout = _table_of(block), document.documentLayout()
    return layout.blockBoundingRect(block) if table is None else layout.frameBoundingRect(table)


def _table_of(block: QTextBlock) -> QTextTable | None:
    return QTextCursor(block).currentTable() if block.isValid() else None


def _has_picture(block: QTextBlock) -> bool:
    fragments = block.begin()
    while not fragments.atEnd():
        if fragments.fragment().charFormat().isImageFormat():
            return True
        fragments += 1
    return False
