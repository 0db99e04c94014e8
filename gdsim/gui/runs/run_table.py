"""The table of runs: each with its line, name, learning rate, and its state at the cursor."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QLine,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QBrush,
    QColor,
    QGuiApplication,
    QHelpEvent,
    QIcon,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPixmap,
    QResizeEvent,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QToolTip, QWidget

from gdsim.core.formulas import numerals
from gdsim.core.formulas.numerals import as_programs_read, joined_numbers, precise, rounded
from gdsim.core.language.texts import english
from gdsim.core.model.forks import depths
from gdsim.core.model.run import Run
from gdsim.core.model.run_words import cost_words, full_settings, run_in_words
from gdsim.gui.forms.number_delegate import NUMBER_ROLE
from gdsim.gui.forms.number_fields import NumberRoom
from gdsim.gui.forms.tables import LEFT, RIGHT, Role, set_up_table
from gdsim.gui.forms.tips import tip
from gdsim.gui.paint.drawing import blank_picture, paint_sample
from gdsim.gui.runs.run_cells import (
    EYE,
    LOSS,
    RATE,
    RUN,
    SHOWN_ROLE,
    STEP,
    B,
    NameDelegate,
    RateDelegate,
    RunRowState,
    W,
)
from gdsim.gui.runs.run_columns import LINE, PADDING, column_widths, least_width
from gdsim.gui.style import icons as assets
from gdsim.gui.style.text_size import FontScaler
from gdsim.gui.style.theme import LIGHT, Look, RunStyle
from gdsim.session.frame import Frame

_ROW_HEIGHT, _HEADER_HEIGHT = 26, 22
_FEWEST_ROWS, _MOST_ROWS = 3, 8
# The minimum height in rows, so that a run added to three others leaves all of them in sight.
_SEEN_ROWS = 4
_USUAL_STEP = 1000  # for which the header of the names has room
# Before the name of a fork of another run in the list.
_INDENT, _BRANCH = "\u2003", "\u2514 "


class RunTableView(QTableView):
    """Columns: run, η, step, w, b, loss, eye.

    The cells are standard items, which Qt paints itself. A frame only sets the texts that have changed.
    """

    chosen = Signal(int)  # the row that was clicked, or reached with the keyboard
    renamed = Signal(int, str)
    rate_typed = Signal(int, float)
    eye_clicked = Signal(int)
    remove_pressed = Signal(int)
    paste_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.runs: tuple[Run, ...] = ()
        # None for a run that is hidden, or whose state is not known yet.
        self.states: tuple[RunRowState | None, ...] = ()
        self._selected = 0
        self._depths, self._names = tuple[int, ...](), tuple[str, ...]()  # the indented names
        # Whether the current row changes without `chosen`; and whether rows or columns change, so that cells
        # are written afterwards.
        self._is_silent = self._is_changing = False
        self._step: int | None = None  # the step of all visible runs, if it is the same
        self._look = Look(LIGHT)
        self._laid_out: tuple[object, ...] = ()
        self._followed: tuple[int, int] | None = None
        self._numbers = NumberRoom(self.font())
        # The items of the model by row, and the state that is written in each row.
        self._cells: list[list[QStandardItem]] = []
        self._written: list[RunRowState | None] = []
        self._rooms: list[int] = []
        self._pressed = QPersistentModelIndex()
        self._items = QStandardItemModel(0, EYE + 1, self)
        self._items.setHorizontalHeaderLabels(
            [self.tr("run"), "η", self.tr("step"), "w", "b", self.tr("loss"), ""]
        )
        for column in range(EYE):
            self._items.horizontalHeaderItem(column).setTextAlignment(LEFT if column == RUN else RIGHT)
        self.setModel(self._items)
        names, self._rates = NameDelegate(self), RateDelegate(self)
        names.renamed.connect(self.renamed)
        self._rates.typed.connect(self.rate_typed)
        self.setItemDelegateForColumn(RUN, names)
        self.setItemDelegateForColumn(RATE, self._rates)
        self.setObjectName("state")
        set_up_table(self, self.tr("Runs"), _ROW_HEIGHT)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setMouseTracking(True)
        self.viewport().installEventFilter(self)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._set_headers()
        self.selectionModel().currentRowChanged.connect(self._on_current)

    def _set_headers(self) -> None:
        self.verticalHeader().hide()
        columns = self.horizontalHeader()
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setMinimumSectionSize(16)
        FontScaler(columns, QHeaderView.setFixedHeight, _HEADER_HEIGHT)
        columns.sectionResized.connect(self._rewrite)

    # --------------------------------------------------------------------------------- content

    def set_look(self, look: Look) -> None:
        self._look = look
        self.setIconSize(QSize(LINE, _ROW_HEIGHT) * look.ui_scale)  # of the eye, not of a line
        self._style_cells()
        self.viewport().update()

    def set_runs(self, runs: Sequence[Run]) -> None:
        """Show other runs; the state of a new one comes with the next frame."""
        before, self.runs = (self.runs, self._depths), tuple(runs)
        self._depths = depths(self.runs)
        if _contents(*before) == _contents(self.runs, self._depths):  # fast, for the drag of a start
            for cells, old, run in zip(self._cells, before[0], self.runs, strict=True):
                if run != old:
                    self._set_accessible_text(cells, run)
            return
        count = len(self.runs)
        del self._cells[count:]
        self._is_silent = self._is_changing = True
        self._items.setRowCount(count)
        while len(self._cells) < count:
            self._cells.append(self._row_of_cells(len(self._cells)))
        self.states = (*self.states[:count], *(None,) * (count - len(self.states)))
        self._is_silent = self._is_changing = False
        self._names = tuple(map(_indented, self.runs, self._depths))
        for cells, run, name in zip(self._cells, self.runs, self._names, strict=True):
            cells[RUN].setText(run.shown_name)
            cells[RUN].setData(name, SHOWN_ROLE)
            self._set_accessible_text(cells, run)
            cells[RATE].setData(run.optimizer.eta, NUMBER_ROLE)
            cells[RATE].setText(rounded(run.optimizer.eta))
        self._style_cells()
        self._laid_out = ()
        self.fit()

    def set_selected(self, row: int) -> None:
        if row != self._selected:
            self._selected = row
            self._style_cells()
        if row != self.currentIndex().row() and row < len(self.runs):
            self._is_silent = True
            self.setCurrentIndex(self._items.index(row, RUN))
            self._is_silent = False
        self._follow(row)

    def show_frame(self, frame: Frame) -> None:
        states: list[RunRowState | None] = [None] * len(self.runs)
        for index, view in frame.begun:
            if index < len(states):
                states[index] = RunRowState.of(view)
        self.states = tuple(states)
        steps = {state.step for state in states if state}
        step = steps.pop() if len(steps) == 1 else None
        if step != self._step or not self._laid_out:
            self._step = step
            header = self.tr("run") if step is None else self._head(step)
            # A signal would make the header lay out a column of fixed width, and paint it once more.
            with QSignalBlocker(self._items):
                self._items.horizontalHeaderItem(RUN).setText(header)
            self.horizontalHeader().viewport().update()
        self.fit()
        self._write()

    def _head(self, step: int | str) -> str:
        """Return the header of the names while all runs are at one step."""
        return self.tr("at step {0}").format(numerals.integer_text(step) if isinstance(step, int) else step)

    def rename(self, row: int) -> None:
        """Open the field in which the user edits the name of a run."""
        self._open_field(row, RUN)

    def _open_field(self, row: int, column: int) -> None:
        if self.state() != QAbstractItemView.State.EditingState:  # Qt would warn about a second field
            self.edit(self._items.index(row, column))

    def precise_text(self, row: int, column: int) -> str:
        """Return the text of a cell with all digits."""
        run, state = self.runs[row], self.states[row]
        if column == RUN:
            return run.name.replace("\t", " ")  # a tab would split the cell where it is pasted
        if column == RATE:
            return precise(run.optimizer.eta)
        if state is None or column == EYE:
            return ""
        if column == STEP:
            return str(state.step)
        if column == LOSS and state.is_loss_older:
            return self.tr("{0} at step {1}").format(
                precise(state.loss), numerals.integer_text(state.loss_step)
            )
        numbers = {W: state.weights, B: (state.bias,), LOSS: (state.loss,)}[column]
        return joined_numbers(map(precise, numbers))

    def _row_of_cells(self, row: int) -> list[QStandardItem]:
        cells = [QStandardItem() for _ in range(EYE + 1)]
        for column, cell in enumerate(cells):
            cell.setTextAlignment(LEFT if column == RUN else RIGHT)
            cell.setEditable(column in (RUN, RATE))
            self._items.setItem(row, column, cell)
        return cells

    def _set_accessible_text(self, cells: Sequence[QStandardItem], run: Run) -> None:
        hidden = self.tr(", hidden") if run.hidden else ""
        cells[RUN].setData(f"{run_in_words(run)}{hidden}", Role.AccessibleTextRole)

    def _style_cells(self) -> None:
        """Set the background of the selected run, and the line sample and the eye of every run."""
        theme, styles = self._look.theme, self._look.styles
        soft, text, muted = (QBrush(QColor(one)) for one in (theme.accent_soft, theme.text, theme.muted))
        for row, (cells, run) in enumerate(zip(self._cells, self.runs, strict=True)):
            for cell in cells:
                cell.setBackground(soft if row == self._selected else QBrush())
            cells[RUN].setForeground(muted if run.hidden else text)
            if row < len(styles):
                cells[RUN].setIcon(self._line(styles[row], faded=run.hidden))
            eye = assets.icon("eye-off" if run.hidden else "eye", theme.muted, theme.faint)
            cells[EYE].setIcon(eye)
            cells[EYE].setData(self._eye_words(run), Role.AccessibleTextRole)

    def _eye_words(self, run: Run) -> str:
        return self.tr("Show this run") if run.hidden else self.tr("Hide this run")

    def _line(self, style: RunStyle, *, faded: bool) -> QIcon:
        picture = blank_picture(LINE, _ROW_HEIGHT, self.devicePixelRatioF(), None)
        painter = QPainter(picture)
        paint_sample(painter, QRect(1, 0, LINE, _ROW_HEIGHT), style, faded=faded)
        painter.end()
        pixmap = QPixmap.fromImage(picture)
        icon = QIcon(pixmap)
        icon.addPixmap(pixmap, QIcon.Mode.Selected)  # else Qt would tint it
        return icon

    def _rewrite(self) -> None:
        if self._is_changing:
            return
        self._rooms = [self.columnWidth(column) - PADDING for column in range(EYE)]
        self._written = [None] * len(self.runs)
        for cells, state in zip(self._cells, self.states, strict=True):
            if state is None:
                _clear(cells)
        self._write()

    def _write(self) -> None:
        if not self._rooms:
            return
        for place, (cells, new, old) in enumerate(zip(self._cells, self.states, self._written, strict=True)):
            if new == old:
                continue
            self._written[place] = new
            if new is None:
                _clear(cells)
            else:
                self._write_row(cells, new, old)

    def _write_row(self, cells: list[QStandardItem], new: RunRowState, old: RunRowState | None) -> None:
        """Write the cells in which the new state differs from the old one."""
        fit, rooms = self._numbers.text, self._rooms
        if self._step is None:
            cells[STEP].setText(str(new.step))
        if old is None or new.weights != old.weights:
            single = len(new.weights) == 1
            cells[W].setText(fit(new.weights[0], rooms[W], even=True) if single else _weights_text(new))
        if old is None or new.bias != old.bias:
            cells[B].setText(fit(new.bias, rooms[B], even=True))
        if old is None or new.loss != old.loss or new.is_loss_older != old.is_loss_older:
            older = new.is_loss_older
            cells[LOSS].setText(
                f"{rounded(new.loss, 4)}*" if older else fit(new.loss, rooms[LOSS], even=True)
            )

    # ------------------------------------------------------------------------------------ size

    def fit(self) -> None:
        """Fit the columns to the names, to the digits of the steps and to the number of weights."""
        known = [state for state in self.states if state]
        # Nor is there a column of steps before anything is computed.
        digits = len(str(max([state.step for state in known]))) if known and self._step is None else 0
        weights = max(map(len, [state.weights for state in known]), default=1)
        wanted = (self._names, digits, weights, len(self.runs), self.viewport().width())
        if wanted == self._laid_out or self._is_changing:
            return
        self._laid_out, self._is_changing = wanted, True
        self._numbers = NumberRoom(self.font())
        # If all runs are at one step, the header shows it, and the names have more room.
        head = "" if digits else self._head(_USUAL_STEP)
        longest = max(self._names, key=self.fontMetrics().horizontalAdvance, default="")
        widths = column_widths(self, longest, digits, weights, head)
        for column, width in widths.items():
            self.setColumnHidden(column, width == 0)
            if width:
                self.setColumnWidth(column, width)
        self._is_changing = False
        self._rewrite()
        self.updateGeometry()

    def _follow(self, row: int) -> None:
        """Scroll to the row of a run, but only once, so that the user can scroll away from it."""
        self._followed, before = (row, len(self.runs)), self._followed
        if self._followed != before:
            self._reveal()

    def _reveal(self) -> None:
        if self._followed and self._followed[0] < len(self.runs):
            self.scrollTo(self._items.index(self._followed[0], RUN))

    def sizeHint(self) -> QSize:
        return QSize(330, self._height(min(max(len(self.runs), _FEWEST_ROWS), _MOST_ROWS)))

    def minimumSizeHint(self) -> QSize:
        """Return the height of a few rows, and the least width at which the loss can be read."""
        width = least_width(self)
        return QSize(width, self._height(min(_SEEN_ROWS, max(1, len(self.runs)))))

    def _height(self, rows: int) -> int:
        return self.horizontalHeader().height() + rows * self.verticalHeader().defaultSectionSize() + 2

    # ------------------------------------------------------------------------- events

    def _on_current(self, current: QModelIndex) -> None:
        if not self._is_silent and current.isValid():
            self.chosen.emit(current.row())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()
        self._reveal()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._laid_out = ()
            self._style_cells()
            self.fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        if self.runs:
            painter.setPen(QColor(self._look.theme.grid))
            painter.drawLines(self._row_lines())
            if self.hasFocus() and self.currentIndex().isValid():
                painter.setPen(QColor(self._look.theme.accent))
                row = self.visualRect(self.currentIndex())
                painter.drawRect(QRect(0, row.top(), self.horizontalHeader().length() - 1, row.height() - 1))
        else:
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            words = self.tr("No runs yet: press Add")
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, words)
        painter.end()

    def _row_lines(self) -> list[QLine]:
        height, top = self.verticalHeader().defaultSectionSize(), self.rowViewportPosition(0)
        right, bottom = self.horizontalHeader().length() - 1, top + len(self.runs) * height
        return [QLine(0, y, right, y) for y in range(top + height - 1, bottom, height)]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show the tooltip of a cell.

        This is no override of `viewportEvent`, in which an exception while painting would end the program.
        """
        is_asked = event.type() == QEvent.Type.ToolTip and watched is self.viewport()
        if not is_asked or not isinstance(event, QHelpEvent):
            return super().eventFilter(watched, event)
        cell = self.indexAt(event.pos())
        heading, words = self._tooltip_of(cell.row(), cell.column()) if cell.isValid() else ("", "")
        QToolTip.showText(event.globalPos(), tip(words, heading), self)
        return True

    def _tooltip_of(self, row: int, column: int) -> tuple[str, str]:
        """Return the heading and the sentence of a cell's tooltip."""
        run = self.runs[row]
        if column == RUN:
            state = self.states[row]
            cost = cost_words(state.cost if state else ())
            return run.shown_name, f"{full_settings(run)}. {cost}" if cost else full_settings(run)
        if column == RATE:
            return self.tr("Learning rate η"), self.tr("Click to type another value.")
        if column == EYE:
            return "", self._eye_words(run)
        number = self.precise_text(row, column)
        return (run.shown_name, number) if number else ("", "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().row()
        if event.matches(QKeySequence.StandardKey.Copy) and row >= 0:
            with english():  # like every table that is copied
                name, *numbers = (self.precise_text(row, column) for column in range(EYE))
                line = "\t".join((name, *map(as_programs_read, numbers)))
            QGuiApplication.clipboard().setText(line)
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.paste_pressed.emit()
        elif event.key() == Qt.Key.Key_Space or row < 0:
            event.ignore()  # for the player
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_pressed.emit(row)
        elif event.key() == Qt.Key.Key_F2:
            self.rename(row)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open_field(row, RATE)
        elif event.text().isdecimal():
            self._type_rate(row, event)
        else:
            super().keyPressEvent(event)

    def _type_rate(self, row: int, event: QKeyEvent) -> None:
        """Begin to edit a rate with a typed digit, which the table would take as a search for a cell."""
        self._open_field(row, RATE)
        editor = self.indexWidget(self._items.index(row, RATE))
        if editor is not None:
            QCoreApplication.sendEvent(editor, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = QPersistentModelIndex(self._active(event))
        if self._pressed.column() != EYE:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, QPersistentModelIndex()
        super().mouseReleaseEvent(event)
        if pressed.isValid() and pressed == self._active(event):
            if pressed.column() == EYE:
                self.eye_clicked.emit(pressed.row())
            else:
                self._open_field(pressed.row(), RATE)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if not self._active(event).isValid():
            super().mouseDoubleClickEvent(event)

    def _active(self, event: QMouseEvent) -> QModelIndex:
        """Return the rate or the eye under the mouse, on which a single click acts; else no cell."""
        cell = self.indexAt(event.position().toPoint())
        left = event.button() == Qt.MouseButton.LeftButton
        return cell if left and cell.column() in (RATE, EYE) else QModelIndex()


def _indented(run: Run, depth: int) -> str:
    """Return the name of a run, indented by its depth in the tree of forks."""
    return f"{_INDENT * (depth - 1)}{_BRANCH}{run.shown_name}" if depth else run.shown_name


def _clear(cells: list[QStandardItem]) -> None:
    for column in (STEP, W, B, LOSS):
        cells[column].setText("")


def _weights_text(state: RunRowState) -> str:
    return joined_numbers(rounded(weight, 3) for weight in state.weights)


def _contents(runs: Sequence[Run], depths: Sequence[int]) -> list[tuple[object, ...]]:
    """Return what the table shows of runs apart from their states."""
    return [(run.name, run.hidden, run.optimizer.eta, depth) for run, depth in zip(runs, depths, strict=True)]
