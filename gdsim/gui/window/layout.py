"""Where everything stands in the window: three columns of cards."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QLayout, QSizePolicy, QSplitter, QVBoxLayout, QWidget
from shiboken6 import isValid

from gdsim.gui.forms.layouts import filled
from gdsim.gui.forms.scrolling import Scrolled

SIDES = ("left", "right")
_LEFT, _RIGHT = 280, 400
_GAP, _MARGIN = 8, 10
_LEAST = {"left": 250, "right": 280}


def splitter(orientation: Qt.Orientation, *widgets: QWidget) -> QSplitter:
    made = QSplitter(orientation)
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
        outer.splitterMoved.emit(sum(sizes[:place]), place)  # a person has chosen the sizes


@contextmanager
def laid_out_once(window: QWidget) -> Iterator[None]:
    """Lay a window out after a change of its style, and not at each step of it."""
    layouts = window.findChildren(QLayout)
    for layout in layouts:
        layout.setEnabled(False)
    try:
        yield
    finally:
        # Who hears of the style may have removed some.
        for layout in filter(isValid, layouts):
            layout.setEnabled(True)
            layout.invalidate()
        is_shown = window.isVisible()
        # What something needs is worked out of what is in it. Of what is hidden Qt tells it nothing.
        for widget in (*reversed(window.findChildren(QWidget)), window):
            widget.updateGeometry()
            # A window is laid out when it is shown, but for what is hidden in it and keeps its place.
            if (own := widget.layout()) and (is_shown or widget.sizePolicy().retainSizeWhenHidden()):
                own.activate()
        # Splitters ask for room by events: all has its place before it is painted.
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)


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
    filled(QVBoxLayout(holder), *widgets, None, gap=2 * _GAP)
    return holder


class Columns(QSplitter):
    """The three columns. The outer ones keep their width, and can be folded away.

    The outer ones scroll where they are too low, and are folded away while there is no room for them beside
    the ``views`` of the middle; one that a person opens stays, and the views scroll.
    """

    def __init__(self, left: QWidget, middle: QWidget, right: QWidget, views: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(_GAP)
        self.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        self._sides = {"left": Scrolled(left), "right": Scrolled(right)}
        self._middle, self._views, self._right = middle, views, right
        # The sides that are to be open, that with which somebody did something last at the end; and the room
        # that each needed when it was seen last.
        self._wanted = list(SIDES)
        self._asked_for: str | None = None  # that which a person has opened
        self._needed = dict(_LEAST)
        for place, widget in enumerate((self._sides["left"], middle, self._sides["right"])):
            self.addWidget(widget)
            self.setStretchFactor(place, int(widget is middle))
        put_in_order(self)
        self._make_room()
        self._is_moved = False  # whether a person has chosen the widths
        self._wished = self.saveState()
        self.splitterMoved.connect(self._on_moved)

    def give_usual_widths(self) -> None:
        """Have the widths for the letters that there are, unless a person has chosen others."""
        if not self._is_moved:
            # Where there is room for it what is at the right breaks no row.
            self.setSizes([_LEFT, 100_000, max(_RIGHT, self._right.sizeHint().width())])
            self._wished = self.saveState()
            self._arrange()

    def wished(self) -> QByteArray:
        """Return the state for the widths that are wished, for which there may be no room now."""
        return self.saveState() if self._is_moved else self._wished

    def bring_back(self, state: QByteArray) -> None:
        """Restore the widths of a saved state, as far as the letters of today leave room for them."""
        self._make_room()
        self.restoreState(state)
        # A damaged state may set more than widths: columns one below the other, or very wide borders.
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setHandleWidth(_GAP)
        self.setChildrenCollapsible(False)
        self._wished = self.saveState()

    def event(self, event: QEvent) -> bool:
        """Make room for what has become wider, such as larger letters or a longer word."""
        kind = event.type()
        if kind == QEvent.Type.LayoutRequest:
            self._arrange()
        elif kind == QEvent.Type.FontChange:
            self._needed = dict(_LEAST)  # to be seen with the other letters
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._is_moved:
            self.restoreState(self._wished)
        self._arrange()

    def _arrange(self) -> None:
        self._make_room()
        self._fold()
        self._give_room()

    def _make_room(self) -> None:
        most = self.contentsRect().width() - self._middle.minimumSizeHint().width() - self.handleWidth()
        for side, least in _LEAST.items():
            column = self._sides[side]
            if column.isHidden():  # what it needs while it is away is no matter when it comes back
                continue
            self._needed[side] = max(least, column.minimumSizeHint().width())
            width = min(self._needed[side], max(least // 2, most))
            if column.minimumWidth() != width:
                column.setMinimumWidth(width)

    def _fold(self) -> None:
        """Fold away the outer columns for which there is no room, and bring back those for which there is."""
        room = self.contentsRect().width() - self._middle_needs()
        opened = set()
        for side in reversed(self._wanted):
            needed = self._needed[side] + self.handleWidth()
            if needed <= room or side == self._asked_for:
                opened.add(side)
                room -= needed
        for side, column in self._sides.items():
            if column.isHidden() == (side in opened):
                column.setVisible(side in opened)

    def _middle_needs(self) -> int:
        return max(one.minimumSizeHint().width() for one in (self._middle, self._views))

    def _give_room(self) -> None:
        """Let the outer columns give the views the width that they lack, where all three are open."""
        if self._is_moved or not all(map(self.is_open, SIDES)):
            return
        sizes = self.sizes()
        for side, place in (("right", 2), ("left", 0)):
            lacking = self._middle_needs() - sizes[1]
            given = min(lacking, sizes[place] - self._sides[side].minimumWidth())
            if given > 0:
                sizes[place] -= given
                sizes[1] += given
        if sizes != self.sizes():
            self.setSizes(sizes)

    def _on_moved(self) -> None:
        self._is_moved = True

    def is_open(self, side: str) -> bool:
        return not self._sides[side].isHidden()

    def wanted(self) -> tuple[str, ...]:
        """Return the sides that are open, or would be if there were room."""
        return tuple(self._wanted)

    def set_wanted(self, sides: Sequence[str]) -> None:
        """Open these sides and no other, as far as there is room: the last one before the others."""
        self._wanted = list(sides)
        self._fold()
        self._make_room()
        self._fold()

    def set_open(self, side: str, shown: bool) -> None:
        """Open a side column, or fold it; where there is no room for both, the other one goes."""
        others = [one for one in self._wanted if one != side]
        self._asked_for = side if shown else None
        self.set_wanted([*others, side] if shown else others)


class GrowingList(QSplitter):
    """A card with a list above another card: the list has the height of its rows, up to half of all.

    A person who moves the border has chosen the heights.
    """

    def __init__(self, growing: QWidget, other: QWidget, share: float) -> None:
        """Give the list at least a share of the height, however few rows it has."""
        super().__init__(Qt.Orientation.Vertical)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(_GAP)
        self.addWidget(growing)
        self.addWidget(other)
        put_in_order(self)
        self._growing, self._share = growing, share
        self._is_moved = False
        self._given: tuple[int, int] | None = None
        self.splitterMoved.connect(self._on_moved)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._give()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._give()

    def _on_moved(self) -> None:
        self._is_moved = True

    def _give(self) -> None:
        whole, wanted = self.height() - self.handleWidth(), self._growing.sizeHint().height()
        # While a card is maximised something else stands in its place.
        if self._is_moved or self._given == (whole, wanted) or self.indexOf(self._growing) < 0:
            return
        self._given = whole, wanted
        height = max(round(self._share * whole), min(wanted, whole // 2))
        self.setSizes([height, whole - height])


def stacked(*widgets: QWidget, stretched: QWidget) -> QWidget:
    """Return widgets one under the other, one of which takes the space."""
    holder = QWidget()
    filled(QVBoxLayout(holder), *((widget, int(widget is stretched)) for widget in widgets), gap=_GAP)
    holder.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
    return holder
