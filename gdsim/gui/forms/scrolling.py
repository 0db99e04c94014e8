"""What scrolls where there is too little room for it, and how what has the focus comes into sight."""

from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget

_MARGIN = 10


class Scrolled(QScrollArea):
    """A widget that scrolls up and down where there is less height than it needs, and is not cut in width.

    With ``across`` it scrolls to the sides too.
    """

    def __init__(self, widget: QWidget, *, across: bool = False) -> None:
        super().__init__()
        self._widget, self._across = widget, across
        self.setWidget(widget)
        self.setWidgetResizable(True)
        self.setObjectName("plain")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def needed(self) -> QSize:
        """Return how much room is needed: as wide as the widget, and a scroll bar where it is too high."""
        needed = self._widget.minimumSizeHint()
        bar = self.verticalScrollBar().sizeHint().width() if needed.height() > self.height() else 0
        return needed + QSize(bar, 0)

    def minimumSizeHint(self) -> QSize:
        least = super().minimumSizeHint()
        return least if self._across else QSize(self.needed().width(), least.height())

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Leave it to `reveal` to scroll: Qt wants 50 pixels around a widget, more than there may be."""
        return QWidget.focusNextPrevChild(self, forward)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep in sight what has the focus."""
        super().resizeEvent(event)
        focused = QApplication.focusWidget()
        if focused is not None and self.isAncestorOf(focused):
            reveal(focused)

    def viewportEvent(self, event: QEvent) -> bool:
        """Follow the widget when it needs another size."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().viewportEvent(event)


def reveal(widget: QWidget | None) -> None:
    """Scroll everything that a widget is in until the widget is seen; not under a mouse that is pressed."""
    area = widget.parentWidget() if widget is not None else None
    while area is not None and QApplication.mouseButtons() == Qt.MouseButton.NoButton:
        # What is in a dialog or a popup of something that scrolls does not scroll with it.
        if isinstance(area, QScrollArea) and widget is not None and area.viewport().isAncestorOf(widget):
            _scroll_to(area, widget)
        area = area.parentWidget()


def _scroll_to(area: QScrollArea, widget: QWidget) -> None:
    area.ensureWidgetVisible(widget, _MARGIN, _MARGIN)
    bar, top = area.verticalScrollBar(), widget.mapTo(area.viewport(), QPoint()).y()
    below = top + widget.height() - area.viewport().height()
    if widget.height() > area.viewport().height():  # of what is higher, the top
        bar.setValue(bar.value() + top)
    elif below > 0 or top < 0:  # of a field Qt has only made sure of the text cursor
        bar.setValue(bar.value() + (below if below > 0 else top))
