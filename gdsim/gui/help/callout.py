"""A hint beside a part of the window."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gdsim.gui.plain_text import PlainLabel

_WIDTH = 320
_GAP = 8


class Callout(QFrame):
    """A few words with a way on, and a way out.

    Attributes
    ----------
    place : PlainLabel
        Which hint it is, of how many.
    skip, on : QPushButton

    Signals
    -------
    next_requested(), skip_requested()
    """

    next_requested = Signal()
    skip_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._page = parent
        self.setObjectName("callout")
        self._title = PlainLabel()
        self._title.setObjectName("lessonTitle")
        self._words = PlainLabel()
        self._words.setWordWrap(True)
        self.place = PlainLabel()
        self.place.setObjectName("hint")
        self.skip = QPushButton(self.tr("&Skip"))
        self.on = QPushButton()
        self.on.setObjectName("primary")
        row = QHBoxLayout()
        row.addWidget(self.place)
        row.addStretch(1)
        row.addWidget(self.skip)
        row.addWidget(self.on)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(8)
        layout.addWidget(self._title)
        layout.addWidget(self._words)
        layout.addLayout(row)
        self.skip.clicked.connect(self.skip_requested)
        self.on.clicked.connect(self.next_requested)
        self.hide()

    def say(self, title: str, words: str, index: int, count: int) -> None:
        """Show a hint: the one of this index of so many."""
        last = index + 1 == count
        self._title.setText(title)
        self._words.setText(words)
        self.place.setText(self.tr("{n} of {count}").format(n=index + 1, count=count))
        self.skip.setHidden(last)
        self.on.setText(self.tr("&Done") if last else self.tr("&Next"))
        self.setAccessibleName(title)
        self.setAccessibleDescription(words)
        # What has the focus is read aloud.
        self.on.setAccessibleDescription(f"{title}. {words}")

    def take_keys(self) -> None:
        """Let Enter go on."""
        self.on.setFocus(Qt.FocusReason.OtherFocusReason)

    def stand_beside(self, target: QRect) -> None:
        """Stand beside a part of the parent, or over its middle where there is no room beside it."""
        self.ensurePolished()
        larger = self.fontMetrics().height() / 15.0
        width = round(_WIDTH * max(1.0, larger))
        self.setFixedWidth(width)
        height = self.heightForWidth(width) if self.hasHeightForWidth() else self.sizeHint().height()
        self.resize(width, height)
        self.move(place_beside(target, QSize(width, height), self._page.rect()))
        self.show()
        self.raise_()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.skip_requested.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            (self.skip if self.skip.hasFocus() else self.on).click()
        else:
            super().keyPressEvent(event)


def place_beside(target: QRect, size: QSize, page: QRect) -> QPoint:
    """Return the corner at which a box covers none of a target, if that can be, and is on the page."""
    middle = target.center() - QPoint(size.width() // 2, size.height() // 2)
    corners = (
        QPoint(target.right() + _GAP, middle.y()),
        QPoint(target.left() - _GAP - size.width(), middle.y()),
        QPoint(middle.x(), target.top() - _GAP - size.height()),
        QPoint(middle.x(), target.bottom() + _GAP),
        middle,
    )
    inside = [_moved_inside(corner, size, page) for corner in corners]
    free = (corner for corner in inside if not QRect(corner, size).intersects(target))
    return next(free, inside[-1])


def _moved_inside(corner: QPoint, size: QSize, page: QRect) -> QPoint:
    room = page.adjusted(_GAP, _GAP, -_GAP - size.width(), -_GAP - size.height())
    x, y = min(corner.x(), room.right() + 1), min(corner.y(), room.bottom() + 1)
    return QPoint(max(room.left(), x), max(room.top(), y))
