"""The lines of a run's code: wrapped to the width, with the numbers of the update in the margin."""

import keyword
import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gdsim.core.analysis.code_margin import Margin
from gdsim.core.files.script.code_line import CodeLine
from gdsim.gui.forms.tables import ROOT, Index, Role, set_up_list
from gdsim.gui.forms.tips import tip
from gdsim.gui.style.shown_theme import ThemeFollower, shown_theme
from gdsim.gui.style.stylesheet import mixed_colour

# Qt begins a new line after this character.
_BREAK = "\N{LINE SEPARATOR}"
# The spaces at which lines may break, from the best places to the worst.
_SPACES = tuple(
    map(
        re.compile,
        (
            r"(?<=,) | (?=(?:for|or|in|if|else)\b)|(?<= ) (?=#)",
            r" (?=(?:[=!<>]=|[<>]) )",
            r" (?=[-+] )",
            r" (?=[*/%] )",
            r" (?=\*\* )",
            r"(?<=[^=!<>]=) ",
        ),
    )
)


def wrapped(text: str, first: int, further: int) -> str:
    """Wrap a line of code by replacing some of its spaces by line separators.

    The ``first`` line and each ``further`` line have room for this many characters. Breaks are outside of
    brackets if possible, after commas or else before operators that bind weakly. Comments break at words.
    """
    if len(text) <= first:
        return text
    depths = list(accumulate((letter in "([") - (letter in ")]") for letter in text))
    mark = text.find("#")
    places = {place for place, letter in enumerate(text) if letter == " " and place > mark >= 0}
    for deepest in range(max(depths) + 1):
        for spaces in _SPACES:
            found = (one.start() for one in spaces.finditer(text))
            places |= {place for place in found if depths[place] == deepest}
            ends = [-1, *sorted(places), len(text)]
            if max(end - start - 1 for start, end in pairwise(ends)) <= further:
                return _break_lines(text, places, first, further)
    return _break_lines(text, places, first, further)


def _break_lines(text: str, places: AbstractSet[int], first: int, further: int) -> str:
    """Break a text greedily: each line ends at the last of the places that fits."""
    pieces, start, room = [], 0, first
    while len(text) - start > room:
        fitting = [place for place in places if start < place <= start + room]
        end = max(fitting, default=min((place for place in places if place > start), default=len(text)))
        if end == len(text):
            break
        pieces.append(text[start:end])
        start, room = end + 1, further
    return _BREAK.join([*pieces, text[start:]])


_BAR, _GAP, _ABOVE = 3, 6, 1
_DIGITS = 4  # of a number in the margin
# Widths in characters: of the margin, of a level of indentation, and of a level in a narrow view.
_MARGIN, _LEVEL, _NARROW_LEVEL = 10, 4, 2
# The height of an empty line, as a share of a line.
_EMPTY_HEIGHT = 0.5
# The strength of the colour behind a line that differs from the code beside it.
_TINT = 0.12
# The number of lines after the highlighted ones that are scrolled into view as well.
_LINES_AFTER = 2
# Below this width in characters, the view is narrow.
_WIDE = 64
_WORD = re.compile(r'#.*|""".*|\b[a-z]+\b')
_KEYWORDS = frozenset(keyword.kwlist)


class CodeModel(QAbstractListModel):
    """Lines of code, and the values of their names in one update."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[CodeLine, ...] = ()
        self.part = ""  # the highlighted part of the update; empty for none
        self.unlike = frozenset[int]()  # the indices of lines that differ from the code beside it
        # The texts in the margin of each line.
        self.margin: tuple[tuple[str, ...], ...] = ()
        self._numbers: Margin | None = None

    def show_lines(self, lines: tuple[CodeLine, ...]) -> None:
        self.beginResetModel()
        self.lines, self.margin, self._numbers = lines, ((),) * len(lines), None
        self.unlike = frozenset()
        self.endResetModel()

    def show_margin(self, numbers: Margin) -> None:
        """Set the numbers of an update without a signal; `CodeView.update_margin` repaints only them."""
        self._numbers = numbers
        self.margin = tuple(self._at_margin(line) if line.values else () for line in self.lines)

    def is_lit(self, row: int) -> bool:
        """Return whether a line belongs to the highlighted part."""
        return bool(self.part) and self.lines[row].part == self.part

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid() or not self.lines[index.row()].text:
            return Qt.ItemFlag.NoItemFlags
        return super().flags(index)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role == Role.DisplayRole:
            return line.text
        if role == Role.AccessibleTextRole:
            other = self.tr("Different in the code next to it") if index.row() in self.unlike else ""
            return ". ".join(filter(None, (line.text.strip(), other, self._values_of(line, _DIGITS))))
        return tip(self._values_of(line, None)) if role == Role.ToolTipRole else None

    def _at_margin(self, line: CodeLine) -> tuple[str, ...]:
        assert self._numbers is not None  # noqa: S101 - see `show_margin`
        numbers = tuple(self._numbers.text(one, _DIGITS) for one in line.values)
        named = tuple(f"{one.called} {text}" for one, text in zip(line.values, numbers, strict=True))
        return named if len(named) > 1 and max(map(len, named)) <= _MARGIN else numbers

    def _values_of(self, line: CodeLine, digits: int | None) -> str:
        """Return the values of the names in a line, such as ``"dw = −0.25"``."""
        numbers = self._numbers
        if numbers is None:
            return ""
        return ", ".join(f"{one.called} = {numbers.text(one, digits)}" for one in line.values)


class _CodeRow(NamedTuple):
    layout: QTextLayout
    left: float  # the x position of its first line, beside the margin
    height: int


class CodeDelegate(QStyledItemDelegate):
    """Paints the lines of a `CodeModel`, and caches the layout of each for a width, font and theme."""

    def __init__(self, model: CodeModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.paints_margin_only = False  # whether only the margin needs to be painted
        self._model = model
        self.rows: list[_CodeRow] = []
        self._laid_out: tuple[CodeLine, ...] = ()  # the lines of the cached rows
        self._layout_key: tuple[object, ...] = ()  # the font, width and theme of the cached rows
        self._letter, self._line = 7.0, 14.0
        self._font, self._bold = QFont(), QFont()

    def lay_out(self, font: QFont, width: int) -> None:
        """Wrap all lines to a width, reusing the cached layout of lines that have not changed."""
        known = dict(zip(self._laid_out, self.rows, strict=True))
        laid_out = (font.key(), width, shown_theme())
        if laid_out != self._layout_key:
            self._layout_key = laid_out
            known.clear()
        metrics = QFontMetricsF(font)
        self._font, self._bold = QFont(font), QFont(font)
        self._bold.setWeight(QFont.Weight.Bold)
        self._letter, self._line = metrics.horizontalAdvance("0" * 40) / 40, metrics.lineSpacing()
        room = width - self.margin_width - _GAP
        level = (_LEVEL if room >= _WIDE * self._letter else _NARROW_LEVEL) * self._letter
        self._laid_out = self._model.lines
        self.rows = [known.get(line) or self._row(line, room, level) for line in self._laid_out]

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        height = self.rows[index.row()].height if index.row() < len(self.rows) else option.rect.height()
        return QSize(round(self.margin_width), height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        place, box = index.row(), option.rect
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        if place >= len(self.rows):
            return
        if self.paints_margin_only and not (focused or self._model.margin[place]):
            return
        unlike = place in self._model.unlike and not self.paints_margin_only
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        self._paint_ground(painter, box, place, unlike=unlike, hovered=hovered)
        painter.setPen(QColor(shown_theme().text))
        if not self.paints_margin_only:
            self._paint_code(painter, box, self.rows[place], unlike=unlike)
        self._paint_margin(painter, box, place)
        if focused:
            painter.setPen(QColor(shown_theme().accent))
            painter.drawRect(box.adjusted(0, 0, -1, -1))

    def _paint_ground(
        self, painter: QPainter, box: QRect, place: int, *, unlike: bool, hovered: bool
    ) -> None:
        theme = shown_theme()
        if unlike:
            painter.fillRect(box, QColor(mixed_colour(theme.card, theme.caution, _TINT)))
        if self._model.is_lit(place):
            painter.fillRect(box, QColor(theme.accent_soft))
            painter.fillRect(QRect(box.left(), box.top(), _BAR, box.height()), QColor(theme.accent))
        elif hovered and self._model.lines[place].values:
            painter.fillRect(box, QColor(mixed_colour(theme.card, theme.text, 0.05)))

    def _paint_code(self, painter: QPainter, box: QRect, row: _CodeRow, *, unlike: bool) -> None:
        line = QColor(shown_theme().caution if unlike else shown_theme().border)
        margin = box.left() + self.margin_width - _GAP
        painter.fillRect(QRectF(margin, box.top(), _BAR if unlike else 1, box.height()), line)
        row.layout.draw(painter, QPointF(box.left() + row.left, float(box.top() + _ABOVE)))

    def _paint_margin(self, painter: QPainter, box: QRect, place: int) -> None:
        width, top = self.margin_width - 2 * _GAP - _BAR, float(box.top() + _ABOVE)
        painter.setFont(self._bold if self._model.is_lit(place) else self._font)
        for text in self._model.margin[place]:
            numbers = QRectF(box.left() + _BAR, top, width, self._line)
            painter.drawText(numbers, Qt.AlignmentFlag.AlignRight, text)
            top += self._line

    @property
    def margin_width(self) -> float:
        """The width of the margin with the gap beside it."""
        return _BAR + _MARGIN * self._letter + 2 * _GAP

    def _row(self, line: CodeLine, room: float, level: float) -> _CodeRow:
        text = line.text.lstrip()
        indent = (len(line.text) - len(text)) // _LEVEL * level
        columns = int((room - indent) / self._letter)
        layout = QTextLayout(wrapped(text, columns, columns - round(level / self._letter)), self._font)
        layout.setTextOption(_WRAPPED)
        layout.setFormats(self._formats(text))
        layout.beginLayout()
        top, hanging = 0.0, 0.0
        while (part := layout.createLine()).isValid():
            part.setLineWidth(max(room - indent - hanging, 8 * self._letter))
            part.setPosition(QPointF(hanging, top))
            top, hanging = top + self._line, level
        layout.endLayout()
        lines = max(layout.lineCount(), len(line.values)) if text else _EMPTY_HEIGHT
        return _CodeRow(layout, self.margin_width + indent, round(lines * self._line) + 2 * _ABOVE)

    def _formats(self, text: str) -> Sequence[QTextLayout.FormatRange]:
        made = []
        for found in _WORD.finditer(text):
            comment = found[0].startswith(("#", '"'))
            if comment or found[0] in _KEYWORDS:
                piece = QTextLayout.FormatRange()
                piece.start, piece.length = found.start(), len(found[0])
                piece.format = QTextCharFormat()
                if comment:
                    piece.format.setForeground(QColor(shown_theme().muted))
                else:
                    piece.format.setFontWeight(QFont.Weight.Bold)
                made.append(piece)
        return made


_WRAPPED = QTextOption()
_WRAPPED.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)


class CodeView(QListView):
    """The list of code lines, in which a click, or the arrow keys and Enter, choose a part of the update."""

    part_chosen = Signal(str)  # the part of the clicked line; empty if it belongs to none

    def __init__(self, model: CodeModel) -> None:
        super().__init__()
        self._lines = model
        self.painted = CodeDelegate(model, self)
        self.setModel(model)
        self.setItemDelegate(self.painted)
        self.setObjectName("codeView")
        self.setAccessibleDescription(
            self.tr("Enter highlights the part of the update that a line belongs to. Ctrl+C copies the code.")
        )
        set_up_list(self, self.tr("The code of the run"))
        # Always on, so that the code is wrapped to the same width with and without a need to scroll.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.clicked.connect(self._on_clicked)
        ThemeFollower(self, self.lay_out)  # comments have a colour of their own

    def lay_out(self) -> None:
        self.ensurePolished()
        self.painted.lay_out(self.font(), self.viewport().width())
        self.scheduleDelayedItemsLayout()

    def update_margin(self) -> None:
        rows = [row for row, texts in enumerate(self._lines.margin) if texts]
        if rows:
            first, last = (self.visualRect(self._lines.index(row)) for row in (rows[0], rows[-1]))
            # This leaves out the line beside the numbers, which does not change.
            width = int(self.painted.margin_width) - _GAP - 1
            self.viewport().update(0, first.top(), width, last.bottom() + 1 - first.top())

    def show_unlike(self, unlike: frozenset[int]) -> None:
        """Mark the lines with these indices as different from the code beside it."""
        if unlike != self._lines.unlike:
            self._lines.unlike = unlike
            self.viewport().update()

    def show_part(self, part: str) -> None:
        """Highlight the lines of a part, or none for an empty text, and scroll them into view."""
        self._lines.part = part
        self.viewport().update()
        self._bring_into_view()

    def _bring_into_view(self) -> None:
        """Scroll down just far enough to show the highlighted lines and a few lines after them.

        Those may be the end of the loop.
        """
        count = len(self._lines.lines)
        lit = [row for row in range(count) if self._lines.is_lit(row)]
        if lit:
            self.scrollToTop()
            for row in reversed(range(lit[0], min(lit[-1] + 1 + _LINES_AFTER, count))):
                self.scrollTo(self._lines.index(row))

    def sizeHint(self) -> QSize:
        return QSize(300, 380)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 90)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.lay_out()
        self._bring_into_view()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        self.painted.paints_margin_only = event.rect().right() < int(self.painted.margin_width) - _GAP
        super().paintEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.text())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._on_clicked(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def text(self) -> str:
        return "\n".join(line.text for line in self._lines.lines) + "\n"

    def _on_clicked(self, index: QModelIndex) -> None:
        self.part_chosen.emit(self._lines.lines[index.row()].part)
