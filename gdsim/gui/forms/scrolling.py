"""A scroll area for content that may lack room, and scrolling to the focused widget."""

from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget

_MARGIN = 10


class Scrolled(QScrollArea):
    """A scroll area for a widget that scrolls vertically if there is too little height.

    It asks for the full width of the widget, unless ``across`` lets it scroll horizontally as well.
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
        """Return the room that the widget needs, with a scroll bar if the widget is too high."""
        needed = self._widget.minimumSizeHint()
        bar = self.verticalScrollBar().sizeHint().width() if needed.height() > self.height() else 0
        return needed + QSize(bar, 0)

    def minimumSizeHint(self) -> QSize:
        least = super().minimumSizeHint()
        return least if self._across else QSize(self.needed().width(), least.height())

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Leave scrolling to `reveal`, because Qt keeps 50 pixels around a widget, which may not be there."""
        return QWidget.focusNextPrevChild(self, forward)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        focused = QApplication.focusWidget()
        if focused is not None and self.isAncestorOf(focused):
            reveal(focused)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().viewportEvent(event)


def reveal(widget: QWidget | None) -> None:
    """Scroll all areas around a widget to make it visible, unless a mouse button is pressed."""
    area = widget.parentWidget() if widget is not None else None
    while area is not None and QApplication.mouseButtons() == Qt.MouseButton.NoButton:
        # A widget in a dialog or popup whose parent is in the area does not scroll with the area.
        if isinstance(area, QScrollArea) and widget is not None and area.viewport().isAncestorOf(widget):
            _scroll_to(area, widget)
        area = area.parentWidget()


def _scroll_to(area: QScrollArea, widget: QWidget) -> None:
    area.ensureWidgetVisible(widget, _MARGIN, _MARGIN)
    bar, top = area.verticalScrollBar(), widget.mapTo(area.viewport(), QPoint()).y()
    below = top + widget.height() - area.viewport().height()
    if widget.height() > area.viewport().height():  # show the top of a widget that is too high
        bar.setValue(bar.value() + top)
    elif below > 0 or top < 0:  # for a text field, Qt has revealed only the text cursor
        bar.setValue(bar.value() + (below if below > 0 else top))
