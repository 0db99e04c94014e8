"""The table of the state: its columns, its size, and copying cells from it."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from gdsim.gui.runs.state_model import LOSS, RUN, STEP, B, StateModel, W

_ROW_HEIGHT = 22
_HEADER_HEIGHT = 22
_MOST_ROWS = 6
# The line before a name, and the space around a text.
_SAMPLE, _MARGIN = 26, 10
_LARGEST_SHARE = 0.37
# The longest of the usual names; wherever it can, the name column has room for it.
_USUAL_NAME = "Gradient descent"
_USUAL_NUMBER = "-0.1234"
# Of what a column has when all are alike.
_LOSS_SHARE = 1.25


class StateView(QTableView):
    """A table that is read and copied from."""

    def __init__(self, model: StateModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = model
        self._laid_out: tuple[object, ...] = ()
        self._followed: tuple[int, int] | None = None
        self.setModel(model)
        self.setObjectName("state")
        self.setAccessibleName(self.tr("State of every run at this step"))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(_ROW_HEIGHT)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setMinimumSectionSize(16)
        columns.setHighlightSections(False)
        columns.setFixedHeight(_HEADER_HEIGHT)

    def fit(self) -> None:
        """Fit the columns to the names, to the digits of the steps and to the number of weights."""
        names = max((row.name for row in self._table.rows), key=len, default="")
        digits = len(str(max((row.step for row in self._table.rows), default=0)))
        weights = max((len(row.weights) for row in self._table.rows), default=1)
        together = self._table.common_step >= 0
        wanted = (names, digits, weights, together, len(self._table.rows), self.viewport().width())
        if wanted == self._laid_out:
            return
        self._laid_out = wanted
        # Where all runs stand at one step, the header says so, and the names have more room.
        self.setColumnHidden(STEP, together)
        width_of = self.fontMetrics().horizontalAdvance
        step = 0 if together else max(width_of("step"), width_of("0") * digits) + _MARGIN
        rest = self.viewport().width() - step
        columns = 3 if weights == 1 else 4
        # Shorter numbers rather than a cut-off name, as far as the numbers can still be read.
        usual = min(
            _SAMPLE + width_of(_USUAL_NAME) + _MARGIN, rest - columns * (width_of(_USUAL_NUMBER) + _MARGIN)
        )
        run = min(_SAMPLE + width_of(names) + _MARGIN, max(usual, int(_LARGEST_SHARE * rest)))
        # The loss becomes small, and then has an exponent.
        loss = int(_LOSS_SHARE * (rest - run) / columns)
        number = (rest - run - loss) // (columns - 1)
        self.setColumnWidth(STEP, step)
        self.setColumnWidth(B, number)
        self.setColumnWidth(LOSS, loss)
        self.setColumnWidth(W, number if weights == 1 else 2 * number)
        self.setColumnWidth(RUN, rest - number - loss - self.columnWidth(W))
        self.updateGeometry()

    def follow(self, run: int) -> None:
        """Bring the row of a run into view; once, so that a person may scroll on."""
        self._followed, before = (run, len(self._table.rows)), self._followed
        if self._followed != before:
            self._reveal()

    def sizeHint(self) -> QSize:
        """Return the size of all rows, if they are not too many."""
        rows = min(max(len(self._table.rows), 1), _MOST_ROWS)
        return QSize(260, _HEADER_HEIGHT + rows * _ROW_HEIGHT + 2)

    def minimumSizeHint(self) -> QSize:
        """Return the size of up to three rows; the rest is scrolled."""
        rows = min(max(len(self._table.rows), 1), 3)
        return QSize(200, _HEADER_HEIGHT + rows * _ROW_HEIGHT + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the new width."""
        super().resizeEvent(event)
        self.fit()
        self._reveal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the selected cells with all their digits."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self._selected_text())
        elif event.key() == Qt.Key.Key_Space:
            event.ignore()  # the player's
        else:
            super().keyPressEvent(event)

    def _reveal(self) -> None:
        run = self._followed[0] if self._followed else -1
        row = next((row for row, one in enumerate(self._table.rows) if one.run == run), -1)
        if row >= 0:
            self.scrollTo(self._table.index(row, RUN))

    def _selected_text(self) -> str:
        lines: dict[int, list[str]] = {}
        for index in sorted(self.selectedIndexes(), key=lambda index: (index.row(), index.column())):
            row = self._table.rows[index.row()]
            lines.setdefault(index.row(), []).append(self._table.precise_text(row, index.column()))
        return "\n".join("\t".join(cells) for cells in lines.values())
