"""Where everything stands in the window: three columns of cards."""

from collections.abc import Iterator

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
    put_in_order(made)
    return made


def put_in_order(made: QSplitter) -> None:
    """Let the widgets of a splitter be read in the order in which they stand.

    What lies lowest is read first, and a splitter puts what comes later below what is there.
    """
    for place in range(made.count()):
        for part in (made.handle(place), made.widget(place)):
            if part is not None:
                part.raise_()


def resize_within(widget: QWidget, orientation: Qt.Orientation, pixels: int) -> None:
    """Move a border of the splitter around a widget, so that the widget grows by so much, or shrinks."""
    inner, outer = widget, widget.parentWidget()
    while outer is not None and not (isinstance(outer, QSplitter) and outer.orientation() == orientation):
        inner, outer = outer, outer.parentWidget()
    if not isinstance(outer, QSplitter):
        return
    sizes, place = outer.sizes(), outer.indexOf(inner)
    beside = [other for other in (place + 1, place - 1) if 0 <= other < len(sizes) and sizes[other]]
    if beside:
        sizes[place] += pixels
        sizes[beside[0]] -= pixels
        outer.setSizes(sizes)


def next_stop(window: QWidget, current: QWidget | None, *, forward: bool) -> QWidget | None:
    """Return where Tab goes from a widget, or Shift+Tab: to the next control in the order of reading.

    Qt goes in the order in which controls were made, so those that are made late would come last.
    """
    order = [*_in_order(window)]
    place = order.index(current) if current in order else -1
    others = order[place + 1 :] + order[: max(place, 0)]
    return next(filter(_is_stop, others if forward else reversed(others)), None)


def show_in_scroll_area(widget: QWidget) -> None:
    """Scroll to a widget that is out of sight."""
    above = widget.parentWidget()
    while above is not None:
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(widget)
        above = above.parentWidget()


def _in_order(widget: QWidget) -> Iterator[QWidget]:
    for child in widget.children():
        if isinstance(child, QWidget) and child.isVisible() and not child.isWindow():
            yield from _in_order(child)
            yield child  # after what is in it: curves after their tabs


def _is_stop(widget: QWidget) -> bool:
    by_tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    return bool(by_tab) and widget.isEnabled() and widget.focusProxy() is None


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
        put_in_order(self)
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
