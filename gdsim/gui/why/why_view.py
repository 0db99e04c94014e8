"""The view of the list of findings: its keys, its clicks, and its words when it is empty."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from gdsim.gui.why.why_delegate import WhyDelegate
from gdsim.gui.why.why_model import WhyModel

Index = QModelIndex | QPersistentModelIndex


class WhyView(QListView):
    """The list: chosen from with a click, or with the arrows and Enter.

    Signals
    -------
    chosen(int)
        A row.
    """

    chosen = Signal(int)

    def __init__(self, model: WhyModel, delegate: WhyDelegate, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows, self._painter, self._words = model, delegate, ""
        self.setModel(model)
        self.setItemDelegate(delegate)
        self.setObjectName("whyView")
        self.setAccessibleName(self.tr("Why is it doing that?"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.clicked.connect(self._on_clicked)

    def show_step(self, step: int) -> None:
        """Bring what is about a step to the top, and keep the chosen finding chosen."""
        rows = self._rows.rows
        self._rows.show_step(step)
        if self._rows.rows is rows or len(rows) == 0 or self._rows.rows[1:] == rows[1:]:
            return
        row = self._rows.row_of(self._painter.chosen)
        if row >= 0:
            self.setCurrentIndex(self._rows.index(row))
        self.scrollToTop()

    def choose(self, place: int) -> None:
        """Show one finding in full, whatever the step."""
        if place != self._painter.chosen:
            self._painter.chosen = place
            self.scheduleDelayedItemsLayout()

    def say(self, words: str) -> None:
        """Say something while the list is empty."""
        self._words = words
        self.setAccessibleDescription(words if not self._rows.rows else "")
        self.viewport().update()

    def sizeHint(self) -> QSize:
        """Return a size in which two sentences have room."""
        return QSize(280, 220)

    def minimumSizeHint(self) -> QSize:
        """Return a size in which one sentence has room; the rest is scrolled."""
        return QSize(180, 90)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the texts to the new width."""
        if self.viewport().width() != self._painter.width:
            self._painter.width = self.viewport().width()
            self._painter.forget()
            self.scheduleDelayedItemsLayout()
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows, or the words for there being none."""
        super().paintEvent(event)
        if self._rows.rows:
            return
        painter = QPainter(self.viewport())
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        place = self.viewport().rect().adjusted(16, 8, -16, -8)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(place, int(flags), self._words)
        painter.end()

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Show the row in full that the arrows have come to."""
        super().currentChanged(current, previous)
        if current.isValid():
            self.choose(self._rows.rows[current.row()].place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose with Enter; leave Space to the player."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.chosen.emit(self.currentIndex().row())
        elif event.key() == Qt.Key.Key_Space:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _on_clicked(self, index: QModelIndex) -> None:
        if self._rows.rows[index.row()].finding is not None:
            self.chosen.emit(index.row())
