"""The view of the list of runs: its size, its keys, its clicks."""

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from gdsim.gui.runs.run_delegate import ROW_HEIGHT, on_eye

_FEWEST_ROWS, _MOST_ROWS = 3, 8


class RunView(QListView):
    """Lists the runs; asks for as much height as they need, up to a limit.

    Signals
    -------
    eye_clicked(int), remove_pressed(int)
        Row of a run.
    """

    eye_clicked = Signal(int)
    remove_pressed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runView")
        self.setAccessibleName(self.tr("Runs"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.DoubleClicked | trigger.EditKeyPressed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        # Tab leads on to the next control, not to the next row.
        self.setTabKeyNavigation(False)

    def sizeHint(self) -> QSize:
        """Return the size of all rows, if they are not too many."""
        rows = min(max(self.model().rowCount(), _FEWEST_ROWS), _MOST_ROWS)
        return QSize(240, rows * self._row_height() + 2)

    def minimumSizeHint(self) -> QSize:
        """Return the size of a few rows; the rest is scrolled."""
        return QSize(140, min(_FEWEST_ROWS, max(1, self.model().rowCount())) * self._row_height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows; say what to do when there are none."""
        super().paintEvent(event)
        if not self.model().rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            words = self.tr("No runs yet: add one with +")
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, words)
            painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ask for the removal of the selected run."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.currentIndex().isValid():
            self.remove_pressed.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Leave the selection alone when the eye is meant."""
        if self._eye_under(event) is None:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell of a click on an eye."""
        row = self._eye_under(event)
        if row is None:
            super().mouseReleaseEvent(event)
        else:
            self.eye_clicked.emit(row)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Begin to rename, unless the eye is meant."""
        if self._eye_under(event) is None:
            super().mouseDoubleClickEvent(event)

    def _eye_under(self, event: QMouseEvent) -> int | None:
        place = event.position().toPoint()
        index: QModelIndex = self.indexAt(place)
        left = event.button() == Qt.MouseButton.LeftButton
        return index.row() if left and index.isValid() and on_eye(self.visualRect(index), place) else None

    def _row_height(self) -> int:
        return self.sizeHintForRow(0) if self.model().rowCount() else ROW_HEIGHT
