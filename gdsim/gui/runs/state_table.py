"""The table of the state: a row for each visible run, as it stands at the cursor."""

from typing import NamedTuple

from PySide6.QtCore import QEvent, QLine, QRect, QSignalBlocker, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QGuiApplication,
    QHelpEvent,
    QIcon,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QToolTip, QWidget

from gdsim.core.formulas.numerals import machine_readable, precise, rounded
from gdsim.gui.forms.elided_label import elided_name
from gdsim.gui.forms.number_fields import NumberRoom
from gdsim.gui.forms.tips import tip
from gdsim.gui.paint.drawing import paint_sample
from gdsim.gui.style.text_size import Scaled
from gdsim.gui.style.theme import LIGHT, Look, RunStyle
from gdsim.session.frame import Frame, RunView

RUN, STEP, W, B, LOSS = range(5)
_ROW_HEIGHT = 22
_HEADER_HEIGHT = 22
_MOST_ROWS = 6
# The line before a name, what Qt leaves beside a text, and the space between columns.
_LINE, _PADDING, _MARGIN = 18, 6, 6
_SAMPLE = _LINE + 2 * _PADDING
_LARGEST_SHARE = 0.37
# The longest of the usual names; wherever it can, the name column has room for it.
_USUAL_NAME = "Gradient descent"
_USUAL_NUMBER = "−0.970"
# Of what a column has when all are alike.
_LOSS_SHARE = 1.25
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class StateRow(NamedTuple):
    """One visible run at the cursor."""

    run: int
    name: str
    step: int
    weights: tuple[float, ...]
    bias: float
    loss: float  # the last one that was computed
    loss_step: int  # at which step; over very many points that is not every step

    @classmethod
    def of(cls, index: int, view: RunView) -> "StateRow":
        *weights, bias = view.p.tolist()
        known = view.known_loss
        return cls(index, view.run.name, view.step, tuple(weights), bias, known.value, known.step)

    @property
    def is_loss_older(self) -> bool:
        return self.loss_step != self.step

    def numbers(self, column: int) -> tuple[float, ...]:
        return {W: self.weights, B: (self.bias,), LOSS: (self.loss,)}[column]


class StateTable(QTableView):
    """Columns: run, step, w, b, loss. It is read and copied from.

    The cells are items of Qt's own, which it paints itself; a frame writes the texts that have changed.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[StateRow, ...] = ()
        self._selected = 0
        self._step: int | None = None  # that all visible runs stand at
        self._look = Look(LIGHT)
        self._laid_out: tuple[object, ...] = ()
        self._followed: tuple[int, int] | None = None
        self._numbers = NumberRoom(self.font())
        # The model's own, row by row, and what is written into each row.
        self._cells: list[list[QStandardItem]] = []
        self._written: list[StateRow | None] = []
        self._rooms: list[int] = []
        self._lines: tuple[tuple[int, int, int, int], list[QLine]] = ((0, 0, 0, 0), [])
        self._items = QStandardItemModel(0, LOSS + 1, self)
        self._items.setHorizontalHeaderLabels([self.tr("run"), self.tr("step"), "w", "b", self.tr("loss")])
        for column in range(LOSS + 1):
            self._items.horizontalHeaderItem(column).setTextAlignment(_LEFT if column == RUN else _RIGHT)
        self.setModel(self._items)
        self.setObjectName("state")
        self.setAccessibleName(self.tr("Where the runs are"))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)  # what is written fits
        self.setIconSize(QSize(_LINE, _ROW_HEIGHT))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        Scaled(rows, QHeaderView.setDefaultSectionSize, _ROW_HEIGHT)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setMinimumSectionSize(16)
        columns.setHighlightSections(False)
        Scaled(columns, QHeaderView.setFixedHeight, _HEADER_HEIGHT)
        columns.sectionResized.connect(self._write_again)

    def set_look(self, look: Look) -> None:
        self._look = look
        self._dress()
        self.viewport().update()

    def show_frame(self, frame: Frame) -> None:
        rows = tuple(StateRow.of(index, view) for index, view in sorted(frame.shown))
        if rows == self.rows and frame.selected == self._selected:
            return
        looks = [row[:2] for row in rows] != [
            row[:2] for row in self.rows
        ] or frame.selected != self._selected
        self.rows, self._selected = rows, frame.selected
        if looks:
            self._name()
        steps = {row.step for row in rows}
        step = steps.pop() if len(steps) == 1 else None
        if step != self._step:
            self._step = step
            together = self.tr("run") if step is None else self.tr("at step {0}").format(step)
            # Told of the change, the header would lay out a column of fixed width, and be painted once more.
            with QSignalBlocker(self._items):
                self._items.horizontalHeaderItem(RUN).setText(together)
            self.horizontalHeader().viewport().update()
        self.fit()
        self._write()
        self._follow(frame.selected)

    def precise_text(self, row: int, column: int) -> str:
        run = self.rows[row]
        if column == RUN:
            return run.name
        if column == STEP:
            return str(run.step)
        if column == LOSS and run.is_loss_older:
            return self.tr("{0} at step {1}").format(precise(run.loss), f"{run.loss_step:,}")
        return ", ".join(map(precise, run.numbers(column)))

    # ------------------------------------------------------------------------- what the cells show

    def _name(self) -> None:
        """Have a row of cells for each run, with its name."""
        count = len(self.rows)
        del self._cells[count:]
        self._items.setRowCount(count)
        while len(self._cells) < count:
            cells = [QStandardItem() for _ in range(LOSS + 1)]
            for column, cell in enumerate(cells):
                cell.setTextAlignment(_LEFT if column == RUN else _RIGHT)
                self._items.setItem(len(self._cells), column, cell)
            self._cells.append(cells)
        self._written = [None] * count
        self._dress()

    def _dress(self) -> None:
        """Give the selected run a ground of its own, and every name its run's line."""
        soft, styles = QBrush(QColor(self._look.theme.accent_soft)), self._look.styles
        for cells, row in zip(self._cells, self.rows, strict=True):
            for cell in cells:
                cell.setBackground(soft if row.run == self._selected else QBrush())
            if row.run < len(styles):
                cells[RUN].setIcon(self._line(styles[row.run]))

    def _line(self, style: RunStyle) -> QIcon:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(QSize(_LINE, _ROW_HEIGHT) * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        paint_sample(painter, QRect(1, 0, _LINE, _ROW_HEIGHT), style)
        painter.end()
        icon = QIcon(picture)
        icon.addPixmap(picture, QIcon.Mode.Selected)  # else Qt would tint it
        return icon

    def _write_again(self) -> None:
        self._rooms = [self.columnWidth(column) - _PADDING for column in range(LOSS + 1)]
        self._rooms[RUN] = self.columnWidth(RUN) - _SAMPLE
        self._written = [None] * len(self.rows)
        self._write()

    def _write(self) -> None:
        if not self._rooms:
            return
        fit, rooms = self._numbers.text, self._rooms
        for cells, row, old in zip(self._cells, self.rows, self._written, strict=True):
            if row == old:
                continue
            if old is None:
                cells[RUN].setText(elided_name(self.fontMetrics(), row.name, rooms[RUN]))
            if self._step is None:
                cells[STEP].setText(str(row.step))
            if old is None or row.weights != old.weights:
                single = len(row.weights) == 1
                cells[W].setText(fit(row.weights[0], rooms[W], even=True) if single else self._several(row))
            if old is None or row.bias != old.bias:
                cells[B].setText(fit(row.bias, rooms[B], even=True))
            if old is None or row[5:] != old[5:] or row.is_loss_older != old.is_loss_older:
                older = row.is_loss_older
                cells[LOSS].setText(self._older(row) if older else fit(row.loss, rooms[LOSS], even=True))
        self._written = list(self.rows)

    def _several(self, row: StateRow) -> str:
        return self._elided(", ".join(rounded(weight, 3) for weight in row.weights), W)

    def _older(self, row: StateRow) -> str:
        return self._elided(f"{rounded(row.loss, 4)}*", LOSS)

    def _elided(self, text: str, column: int) -> str:
        return self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, self._rooms[column])

    # ------------------------------------------------------------------------------------ its size

    def fit(self) -> None:
        """Fit the columns to the names, to the digits of the steps and to the number of weights."""
        names = max((row.name for row in self.rows), key=len, default="")
        digits = 0 if self._step is not None else len(str(max((row.step for row in self.rows), default=0)))
        weights = max((len(row.weights) for row in self.rows), default=1)
        wanted = (names, digits, weights, len(self.rows), self.viewport().width())
        if wanted == self._laid_out:
            return
        self._laid_out = wanted
        self._numbers = NumberRoom(self.font())
        # Where all runs stand at one step, the header says so, and the names have more room.
        self.setColumnHidden(STEP, digits == 0)
        width_of = self.fontMetrics().horizontalAdvance
        step = max(width_of("step"), width_of("0") * digits) + _MARGIN if digits else 0
        rest = self.viewport().width() - step
        columns = 3 if weights == 1 else 4
        # Shorter numbers rather than a cut-off name, as far as the numbers can still be read.
        least = width_of(_USUAL_NUMBER) + _PADDING
        room = rest - int((columns - 1 + _LOSS_SHARE) * least)
        usual = min(_SAMPLE + width_of(_USUAL_NAME) + _MARGIN, room)
        run = min(_SAMPLE + width_of(names) + _MARGIN, max(usual, int(_LARGEST_SHARE * rest)))
        # The loss becomes small, and then has an exponent.
        number = max(least, int((rest - run) / (columns - 1 + _LOSS_SHARE)))
        loss = rest - run - (columns - 1) * number
        self.setColumnWidth(STEP, step)
        self.setColumnWidth(B, number)
        self.setColumnWidth(LOSS, loss)
        self.setColumnWidth(W, number if weights == 1 else 2 * number)
        self.setColumnWidth(RUN, rest - number - loss - self.columnWidth(W))
        self._write_again()
        self.updateGeometry()

    def _follow(self, run: int) -> None:
        """Bring the row of a run into view; once, so that a person may scroll on."""
        self._followed, before = (run, len(self.rows)), self._followed
        if self._followed != before:
            self._reveal()

    def _reveal(self) -> None:
        run = self._followed[0] if self._followed else -1
        row = next((row for row, one in enumerate(self.rows) if one.run == run), -1)
        if row >= 0:
            self.scrollTo(self._items.index(row, RUN))

    def sizeHint(self) -> QSize:
        rows = min(max(len(self.rows), 1), _MOST_ROWS)
        return QSize(260, self._height(rows))

    def minimumSizeHint(self) -> QSize:
        """Return the size of up to three rows; the rest is scrolled."""
        rows = min(max(len(self.rows), 1), 3)
        return QSize(200, self._height(rows))

    def _height(self, rows: int) -> int:
        return self.horizontalHeader().height() + rows * self.verticalHeader().defaultSectionSize() + 2

    # ------------------------------------------------------------------------- what happens to it

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()
        self._reveal()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._laid_out = ()
            self.fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        painter.setPen(QColor(self._look.theme.grid))
        painter.drawLines(self._row_lines())
        if self.hasFocus() and self.currentIndex().isValid():
            painter.setPen(QColor(self._look.theme.accent))
            painter.drawRect(self.visualRect(self.currentIndex()).adjusted(0, 0, -1, -1))
        painter.end()

    def _row_lines(self) -> list[QLine]:
        height = self.verticalHeader().defaultSectionSize()
        key = self.rowViewportPosition(0), len(self.rows), height, self.horizontalHeader().length()
        if key != self._lines[0]:
            top, rows, _, width = key
            ends = [top + place * height - 1 for place in range(1, rows + 1)]
            self._lines = key, [QLine(0, y, width - 1, y) for y in ends]
        return self._lines[1]

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() != QEvent.Type.ToolTip or not isinstance(event, QHelpEvent):
            return super().viewportEvent(event)
        cell = self.indexAt(event.pos())
        number = self.precise_text(cell.row(), cell.column()) if cell.isValid() else ""
        QToolTip.showText(event.globalPos(), tip(number, self.rows[cell.row()].name) if number else "", self)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self._selected_text())
        elif event.key() == Qt.Key.Key_Space:
            event.ignore()  # the player's
        else:
            super().keyPressEvent(event)

    def _selected_text(self) -> str:
        lines: dict[int, list[str]] = {}
        for cell in sorted(self.selectedIndexes(), key=lambda cell: (cell.row(), cell.column())):
            lines.setdefault(cell.row(), []).append(self._copied(cell.row(), cell.column()))
        return "\n".join("\t".join(cells) for cells in lines.values())

    def _copied(self, row: int, column: int) -> str:
        """Return what a cell holds as other programs read it."""
        if column in (RUN, STEP):
            return self.precise_text(row, column)
        if column == LOSS and self.rows[row].is_loss_older:
            return ""  # as in a copy of the whole table
        return ", ".join(map(machine_readable, self.rows[row].numbers(column)))
