"""The list of findings: its model, its delegate, which paints the rows, and its view."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from gdsim.core.formulas import numerals
from gdsim.core.formulas.numerals import count_or_number, precise
from gdsim.core.language.texts import translated
from gdsim.gui.forms.tables import ROOT, Index, Role, set_up_list
from gdsim.gui.forms.tips import tip
from gdsim.gui.paint.wrapped_text import BrokenText, break_text, paint_lines
from gdsim.gui.style.shown_theme import shown_theme
from gdsim.gui.style.stylesheet import mixed_colour

if TYPE_CHECKING:
    from gdsim.core.analysis.diagnosis import Finding, FindingKind


ROW_ROLE = int(Qt.ItemDataRole.UserRole) + 1
_PADDING, _BAR, _GAP = 8, 3, 6
# If not all findings fit, those at other steps are cut to this many lines, except the chosen one.
_FEW_LINES = 2
# If a kind has more findings than this at other steps, only the first few are listed until all are asked for.
_MANY, _FEW = 6, 3


class WhyRow(NamedTuple):
    """One row of the list: a finding, a heading, or one line for all further findings of a kind."""

    place: int  # the index of the finding among all of the run; -1 for any other row
    finding: "Finding | None"
    is_current: bool  # whether it belongs to the current step
    heading: str = ""
    is_rest: bool = False  # whether the finding stands for those of its kind that are not listed


class WhyModel(QAbstractListModel):
    """Findings under two headings: those that cover the current step, and the others."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[WhyRow, ...] = ()
        self._findings: tuple[Finding, ...] = ()
        self._step = -1
        self._current: tuple[int, ...] = ()
        self._listed_whole: set[FindingKind] = set()

    def show_findings(self, findings: "tuple[Finding, ...]") -> None:
        self._findings = findings
        self._listed_whole.clear()
        self._arrange(self._covering())

    def show_step(self, step: int) -> None:
        """Move the findings that cover a step to the top; no row moves if they are the same as before."""
        if step == self._step:
            return
        self._step = step
        now = self._covering()
        if now != self._current:
            self._arrange(now)
        elif self.rows:
            self.rows = (self._first_heading(), *self.rows[1:])
            self.dataChanged.emit(self.index(0), self.index(0), [Role.DisplayRole, ROW_ROLE])

    def list_whole(self, kind: "FindingKind") -> None:
        self._listed_whole.add(kind)
        self._arrange(self._current)

    def row_of(self, place: int) -> int:
        """Return the row of a finding, given its index among all findings; -1 if there is none."""
        return next((row for row, one in enumerate(self.rows) if one.place == place >= 0), -1)

    def _covering(self) -> tuple[int, ...]:
        return tuple(place for place, one in enumerate(self._findings) if one.covers(self._step))

    def _arrange(self, now: tuple[int, ...]) -> None:
        self.beginResetModel()
        self._current = now
        rows: list[WhyRow] = []
        if self._findings:
            rows = [
                self._first_heading(),
                *(WhyRow(one, self._findings[one], is_current=True) for one in now),
            ]
            others = [one for one in range(len(self._findings)) if one not in now]
            if others:
                rows.append(WhyRow(-1, None, is_current=False, heading=self.tr("At other steps")))
            rows += self._shortened(others)
        self.rows = tuple(rows)
        self.endResetModel()

    def _shortened(self, places: Sequence[int]) -> Iterator[WhyRow]:
        """Yield rows for findings at other steps; of a kind with many, the first few and one for the rest."""
        of_kind: defaultdict[FindingKind, list[int]] = defaultdict(list)
        for place in places:
            of_kind[self._findings[place].kind].append(place)
        seen: Counter[FindingKind] = Counter()
        for place in places:
            finding = self._findings[place]
            kind = finding.kind
            if len(of_kind[kind]) <= _MANY or kind in self._listed_whole or seen[kind] < _FEW:
                yield WhyRow(place, finding, is_current=False)
            elif seen[kind] == _FEW:
                yield WhyRow(-1, self._rest(of_kind[kind][_FEW:]), is_current=False, is_rest=True)
            seen[kind] += 1

    def _rest(self, places: Sequence[int]) -> "Finding":
        """Return a finding that stands for those of one kind that are not listed."""
        findings = [self._findings[place] for place in places]
        words = self.tr("{0} more like this. Click or press Enter to list them all.")
        return replace(
            findings[0],
            last=max(one.last for one in findings),
            sentence=words.format(numerals.integer_text(len(findings))),
            numbers={},
        )

    def _first_heading(self) -> WhyRow:
        words = self.tr("At step {0}") if self._current else self.tr("At step {0}: nothing to report")
        return WhyRow(-1, None, is_current=True, heading=words.format(numerals.integer_text(self._step)))

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid() or self.rows[index.row()].finding is None:
            return Qt.ItemFlag.NoItemFlags
        return super().flags(index)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == ROW_ROLE:
            return row
        if row.finding is None:
            return row.heading if role in (Role.DisplayRole, Role.AccessibleTextRole) else None
        if role in (Role.DisplayRole, Role.AccessibleTextRole):
            return f"{translated(row.finding.kind.value)}, {self._steps(row.finding)}: {row.finding.sentence}"
        return (
            tip(finding_measures(row.finding, precise), row.finding.sentence)
            if role == Role.ToolTipRole
            else None
        )

    def _steps(self, finding: "Finding") -> str:
        if finding.first == finding.last:
            return self.tr("step {0}").format(numerals.integer_text(finding.first))
        return self.tr("steps {0} to {1}").format(
            numerals.integer_text(finding.first), numerals.integer_text(finding.last)
        )


def finding_measures(finding: "Finding", write: Any) -> str:  # noqa: ANN401 - a function of a number
    parts = (f"{translated(name)}: {write(value)}" for name, value in finding.numbers.items())
    return "   ".join(part.replace(" ", "\u00a0") for part in parts)


class WhyDelegate(QStyledItemDelegate):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.width = 280  # in pixels, to which texts are wrapped
        self.most_lines = 0  # of a finding at other steps; 0 for no limit
        self.chosen = -1  # the index of the finding that is shown in full at any step; -1 for none
        self._wrapped: dict[tuple[str, str, int, int], BrokenText] = {}

    def forget(self) -> None:
        self._wrapped.clear()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        row: WhyRow = index.data(ROW_ROLE)
        return QSize(self.width, self.height_of(row, option))

    def height_of(self, row: WhyRow, option: QStyleOptionViewItem) -> int:
        if row.finding is None:
            return option.fontMetrics.height() + 8
        sentence, numbers = self._texts(option, row)
        height = 2 * _GAP + option.fontMetrics.height() + 2 + sentence.height
        if numbers.lines:
            height += 3 + numbers.height
        return round(height) + 2

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: WhyRow = index.data(ROW_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.finding is None:
            self._paint_heading(painter, option, row)
        else:
            self._paint_ground(painter, option, row)
            self._paint_finding(painter, option, row)
        painter.restore()

    def _paint_heading(self, painter: QPainter, option: QStyleOptionViewItem, row: WhyRow) -> None:
        painter.setFont(_small(option.font))
        painter.setPen(QColor(shown_theme().muted))
        place = option.rect.adjusted(2, 0, -2, 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, row.heading)
        left = place.left() + painter.fontMetrics().horizontalAdvance(row.heading) + 8
        painter.setPen(QColor(shown_theme().border))
        middle = place.center().y() + 1
        painter.drawLine(left, middle, place.right(), middle)

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, row: WhyRow) -> None:
        state, flag = option.state, QStyle.StateFlag
        tone = self._tone(row)
        ground = mixed_colour(shown_theme().card, tone, 0.1) if row.is_current else shown_theme().card
        if state & flag.State_MouseOver:
            ground = mixed_colour(ground, shown_theme().text, 0.05)
        box = QRectF(option.rect).adjusted(0.5, 1.5, -0.5, -0.5)
        focused = bool(state & flag.State_HasFocus)
        painter.setPen(QColor(shown_theme().accent) if focused else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(box, 5, 5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tone if row.is_current else mixed_colour(shown_theme().card, tone, 0.7)))
        painter.drawRoundedRect(QRectF(box.left(), box.top() + 4, _BAR, box.height() - 8), 1.5, 1.5)

    def _paint_finding(self, painter: QPainter, option: QStyleOptionViewItem, row: WhyRow) -> None:
        if row.finding is None:
            return
        theme, place = shown_theme(), _inner(option.rect)
        metrics = option.fontMetrics
        head = QRect(place.left(), place.top(), place.width(), metrics.height())
        painter.setFont(_small(option.font))
        painter.setPen(QColor(theme.muted))
        steps = numerals.integer_text(row.finding.first)
        if row.finding.last > row.finding.first:
            steps += f" – {numerals.integer_text(row.finding.last)}"
        painter.drawText(head, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, steps)
        painter.setFont(_strong(option.font))
        painter.setPen(
            QColor(mixed_colour(self._tone(row), theme.text, 0.35) if row.is_current else theme.muted)
        )
        painter.drawText(head, Qt.AlignmentFlag.AlignVCenter, translated(row.finding.kind.value))
        sentence, numbers = self._texts(option, row)
        top = float(head.bottom() + 3)
        painter.setFont(option.font)
        painter.setPen(QColor(theme.text if self._is_full(row) else theme.muted))
        top = paint_lines(painter, place.left(), top, sentence)
        painter.setFont(_small(option.font))
        painter.setPen(QColor(theme.muted))
        paint_lines(painter, place.left(), top + 3, numbers)

    def _texts(self, option: QStyleOptionViewItem, row: WhyRow) -> tuple[BrokenText, BrokenText]:
        if row.finding is None:
            return BrokenText(), BrokenText()
        width = self.width - 2 * _PADDING - _BAR
        full = self._is_full(row)
        sentence = self._lines(row.finding.sentence, option.font, width, 0 if full else self.most_lines)
        numbers = finding_measures(row.finding, count_or_number) if full else ""
        return sentence, self._lines(numbers, _small(option.font), width, 0)

    def _is_full(self, row: WhyRow) -> bool:
        return row.is_current or row.place == self.chosen >= 0

    def _lines(self, text: str, font: QFont, width: int, most: int) -> BrokenText:
        key = (text, font.toString(), width, most)
        if key not in self._wrapped:
            self._wrapped[key] = break_text(text, font, width, most)
        return self._wrapped[key]

    def _tone(self, row: WhyRow) -> str:
        if row.finding is None:
            return shown_theme().muted
        from gdsim.gui.style.finding_look import finding_role  # noqa: PLC0415 - with the first findings

        return str(getattr(shown_theme(), finding_role(row.finding.kind)))


def _inner(row: QRect) -> QRect:
    return row.adjusted(_PADDING + _BAR, _GAP + 1, -_PADDING, -_GAP)


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPixelSize(max(9, round(QFontMetricsF(font).height()) - 4))
    return small


def _strong(font: QFont) -> QFont:
    strong = QFont(font)
    strong.setWeight(QFont.Weight.DemiBold)
    return strong


class WhyView(QListView):
    chosen = Signal(int)  # the row of a finding

    def __init__(self, model: WhyModel, delegate: WhyDelegate, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows, self._painter, self._words = model, delegate, ""
        self.setModel(model)
        self.setItemDelegate(delegate)
        set_up_list(self, self.tr("Why is it doing that?"))
        self.clicked.connect(self._on_clicked)

    def show_step(self, step: int) -> None:
        rows = self._rows.rows
        self._rows.show_step(step)
        if self._rows.rows is rows or len(rows) == 0 or self._rows.rows[1:] == rows[1:]:
            return
        row = self._rows.row_of(self._painter.chosen)
        if row >= 0:
            self.setCurrentIndex(self._rows.index(row))
        self.scrollToTop()

    def choose(self, place: int) -> None:
        """Show one finding in full at any step."""
        if place != self._painter.chosen:
            self._painter.chosen = place
            self.scheduleDelayedItemsLayout()

    def say(self, words: str) -> None:
        self._words = words
        self.setAccessibleDescription(words if not self._rows.rows else "")
        self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(280, 220)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, 90)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self.viewport().width() != self._painter.width:
            self._painter.width = self.viewport().width()
            self._painter.forget()
        self.scheduleDelayedItemsLayout()
        super().resizeEvent(event)

    def doItemsLayout(self) -> None:
        self._painter.most_lines = 0 if self._has_room_for_all() else _FEW_LINES
        super().doItemsLayout()

    def _has_room_for_all(self) -> bool:
        """Return whether all rows fit in full at any step, so that playback does not change them."""
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        room = self.viewport().height()
        for row in self._rows.rows:
            room -= self._painter.height_of(row._replace(is_current=True), option)
            if room < 0:
                return False
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._rows.rows:
            return
        painter = QPainter(self.viewport())
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        place = self.viewport().rect().adjusted(16, 8, -16, -8)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(place, int(flags), self._words)
        painter.end()

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        """Repaint the rows without the new layout that `QListView` makes for each step in the heading."""
        QAbstractItemView.dataChanged(self, first, last, roles)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            self.choose(self._rows.rows[current.row()].place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._take(self.currentIndex().row())
        elif event.key() == Qt.Key.Key_Space:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _on_clicked(self, index: QModelIndex) -> None:
        self._take(index.row())

    def _take(self, number: int) -> None:
        """Emit `chosen` for a finding; if the row stands for more, list them and select the first."""
        row = self._rows.rows[number]
        if row.finding is not None and row.is_rest:
            self._rows.list_whole(row.finding.kind)
            self.setCurrentIndex(self._rows.index(number))
        elif row.finding is not None:
            self.chosen.emit(number)
