"""Where everything stands in the window: three columns of cards."""

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QSplitter, QVBoxLayout, QWidget

SIDES = ("left", "right")
_LEFT, _RIGHT = 290, 310
_GAP, _MARGIN = 8, 10
_LEAST = {"left": 250, "right": 280}


def splitter(orientation: Qt.Orientation, *widgets: QWidget, name: str) -> QSplitter:
    made = QSplitter(orientation)
    made.setObjectName(name)
    made.setChildrenCollapsible(False)
    made.setHandleWidth(_GAP)
    for widget in widgets:
        made.addWidget(widget)
    return made


class _Stack(QWidget):
    """Widgets one under the other, some with words that break into lines."""

    def minimumSizeHint(self) -> QSize:
        """Leave the height to the width there is: Qt takes that of the narrowest, where words break most.

        A scroll bar would come before it is needed.
        """
        hint = super().minimumSizeHint()
        layout = self.layout()
        return QSize(hint.width(), 0) if layout is not None and layout.hasHeightForWidth() else hint


def at_top(*widgets: QWidget) -> QWidget:
    holder = _Stack()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(2 * _GAP)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch(1)
    return holder


def scrolled(widget: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidget(widget)
    area.setWidgetResizable(True)
    area.setObjectName("plain")
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area


class Columns(QSplitter):
    """The three columns. The outer ones keep their width, and can be folded away."""

    folded = Signal()  # a side column was folded away, or back

    def __init__(self, left: QWidget, middle: QWidget, right: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setObjectName("columns")
        self.setChildrenCollapsible(False)
        self.setHandleWidth(_GAP)
        self.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        self._sides = {"left": left, "right": right}
        for widget, width in ((left, _LEFT), (middle, 700), (right, _RIGHT)):
            self.addWidget(widget)
            widget.resize(width, widget.height())
        self._make_room()
        self.setStretchFactor(0, 0)
        self.setStretchFactor(1, 1)
        self.setStretchFactor(2, 0)
        self.setSizes([_LEFT, 100_000, _RIGHT])

    def bring_back(self, state: QByteArray) -> None:
        """Restore the widths of a saved state, as far as the letters of today leave room for them."""
        self._make_room()
        self.restoreState(state)
        # A damaged state may set more than widths: columns one below the other, or very wide borders.
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setHandleWidth(_GAP)
        self.setChildrenCollapsible(False)

    def event(self, event: QEvent) -> bool:
        """Make room for what has become wider, such as larger letters or a longer word."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._make_room()
        return super().event(event)

    def _make_room(self) -> None:
        for side, least in _LEAST.items():
            column = self._sides[side]
            if column.isHidden():  # what it needs while it is away is no matter when it comes back
                continue
            width = max(least, column.minimumSizeHint().width())
            if column.minimumWidth() != width:
                column.setMinimumWidth(width)

    def side_of(self, widget: QWidget) -> str | None:
        """Return the side column that holds a widget; None for what is in the middle."""
        return next((side for side, column in self._sides.items() if column.isAncestorOf(widget)), None)

    def open_with_room(self, side: str) -> None:
        """Open a side column; where there is no room for both, the other one goes."""
        self.set_open(side, True)
        self._make_room()
        if self.minimumSizeHint().width() > self.width():
            for other in self._sides:
                self.set_open(other, other == side)

    def is_open(self, side: str) -> bool:
        return not self._sides[side].isHidden()

    def set_open(self, side: str, shown: bool) -> None:
        if self.is_open(side) != shown:
            self._sides[side].setVisible(shown)
            self.folded.emit()


def stacked(*widgets: QWidget) -> QWidget:
    """Return widgets one under the other; the first one takes the space."""
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(_GAP)
    for index, widget in enumerate(widgets):
        layout.addWidget(widget, 1 if index == 0 else 0)
    holder.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
    return holder
