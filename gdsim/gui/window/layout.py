"""The layout of the window: three columns of cards."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QLayout, QSizePolicy, QSplitter, QVBoxLayout, QWidget
from shiboken6 import isValid

from gdsim.gui.forms.layouts import fill_layout
from gdsim.gui.forms.scrolling import Scrolled

SIDES = ("left", "right")
_LEFT, _RIGHT = 280, 400
_GAP, _MARGIN = 8, 10
_MIN_WIDTHS = {"left": 250, "right": 280}


def splitter(orientation: Qt.Orientation, *widgets: QWidget) -> QSplitter:
    made = QSplitter(orientation)
    made.setChildrenCollapsible(False)
    made.setHandleWidth(_GAP)
    for widget in widgets:
        made.addWidget(widget)
    put_in_order(made)
    return made


def put_in_order(made: QSplitter) -> None:
    """Stack the widgets of a splitter in their order on the screen, so that Tab follows it.

    Tab reaches the lowest widget of the stack first, but a splitter inserts new widgets at the bottom.
    """
    for place in range(made.count()):
        for part in (made.handle(place), made.widget(place)):
            if part is not None:
                part.raise_()


def resize_within(widget: QWidget, orientation: Qt.Orientation, pixels: int) -> None:
    """Grow a widget, or shrink it by negative ``pixels``, in the innermost splitter of this orientation.

    A no-op if there is no such splitter, or nothing beside the widget.
    """
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
        outer.splitterMoved.emit(sum(sizes[:place]), place)  # as when the user drags the border


@contextmanager
def laid_out_once(window: QWidget) -> Iterator[None]:
    """Suspend the layouts of a window during a change of its style, and lay it out once at the end.

    A hidden window is laid out when it is shown, except for hidden widgets in it that keep their place.
    Within another such change of the same window, the outer one lays it out.
    """
    own_layout = window.layout()
    if own_layout is not None and not own_layout.isEnabled():
        yield
        return
    is_shown = window.isVisible()
    layouts = window.findChildren(QLayout) if is_shown else []
    for layout in layouts:
        layout.setEnabled(False)
    try:
        yield
    finally:
        # Widgets that react to the new style may have deleted some layouts.
        for layout in filter(isValid, layouts):
            layout.setEnabled(True)
            layout.invalidate()
        widgets = [window, *window.findChildren(QWidget)]
        if not is_shown:
            widgets = [one for one in widgets if one.sizePolicy().retainSizeWhenHidden()]
        # Children first, because the size of a widget follows from theirs. Qt does not tell it of changes in
        # hidden children.
        for widget in reversed(widgets):
            widget.updateGeometry()
        for widget in widgets:  # parents first, so that most children get their final size at once
            if own := widget.layout():
                own.activate()
        # Splitters rearrange on posted events, which are delivered here before anything is painted.
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)


class _Stack(QWidget):
    """A column of widgets, some of which contain text that wraps."""

    def minimumSizeHint(self) -> QSize:
        """Return no minimum height if the height depends on the width.

        Qt would return the height at the smallest width, where text wraps most, and a scroll bar would appear
        before it is needed.
        """
        hint = super().minimumSizeHint()
        layout = self.layout()
        return QSize(hint.width(), 0) if layout is not None and layout.hasHeightForWidth() else hint


def at_top(*widgets: QWidget) -> QWidget:
    holder = _Stack()
    fill_layout(QVBoxLayout(holder), *widgets, None, gap=2 * _GAP)
    return holder


class ColumnSplitter(QSplitter):
    """The three columns of the window. The outer ones keep their width, and can be folded away.

    An outer column scrolls if it is not high enough. It is folded away while there is no room for it beside
    the ``views`` in the middle, unless the user has opened it; then the views scroll instead.
    """

    def __init__(self, left: QWidget, middle: QWidget, right: QWidget, views: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(_GAP)
        self.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        self._sides = {"left": Scrolled(left), "right": Scrolled(right)}
        self._middle, self._views, self._right = middle, views, right
        self._wanted = list(SIDES)  # the sides that are to be open, the most important one last
        self._opened_by_user: str | None = None
        self._needed = dict(_MIN_WIDTHS)  # the width that each side needed when it was last visible
        for place, widget in enumerate((self._sides["left"], middle, self._sides["right"])):
            self.addWidget(widget)
            self.setStretchFactor(place, int(widget is middle))
        put_in_order(self)
        self._make_room()
        self._is_moved = False  # whether the user has chosen the widths
        self._wished = self.saveState()
        self.splitterMoved.connect(self._on_moved)

    def give_usual_widths(self) -> None:
        """Set the default widths for the current font size, unless the user has chosen others."""
        if not self._is_moved:
            # If there is room, no row of the right column wraps.
            self.setSizes([_LEFT, 100_000, max(_RIGHT, self._right.sizeHint().width())])
            self._wished = self.saveState()
            self._arrange()

    def preferred_widths(self) -> QByteArray:
        """Return the saved state of the preferred widths, for which there may be no room at present."""
        return self.saveState() if self._is_moved else self._wished

    def restore_widths(self, state: QByteArray) -> None:
        """Restore the widths of a saved state, as far as the current font size leaves room for them."""
        self._make_room()
        self.restoreState(state)
        # A damaged state may contain more than widths, such as a vertical orientation or very wide borders.
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setHandleWidth(_GAP)
        self.setChildrenCollapsible(False)
        self._wished = self.saveState()

    def event(self, event: QEvent) -> bool:
        """Make room for widgets that have become wider, as with a larger font or a longer text."""
        kind = event.type()
        if kind == QEvent.Type.LayoutRequest:
            self._arrange()
        elif kind == QEvent.Type.FontChange:
            self._needed = dict(_MIN_WIDTHS)  # unknown until each side is visible in the new font
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
        for side, least in _MIN_WIDTHS.items():
            column = self._sides[side]
            if column.isHidden():  # its size hint may differ when it is shown again
                continue
            self._needed[side] = max(least, column.minimumSizeHint().width())
            width = min(self._needed[side], max(least // 2, most))
            if column.minimumWidth() != width:
                column.setMinimumWidth(width)

    def _fold(self) -> None:
        """Show the wanted outer columns for which there is room, and hide the others."""
        room = self.contentsRect().width() - self._middle_min_width()
        opened = set()
        for side in reversed(self._wanted):
            needed = self._needed[side] + self.handleWidth()
            if needed <= room or side == self._opened_by_user:
                opened.add(side)
                room -= needed
        for side, column in self._sides.items():
            if column.isHidden() == (side in opened):
                column.setVisible(side in opened)

    def _middle_min_width(self) -> int:
        return max(widget.minimumSizeHint().width() for widget in (self._middle, self._views))

    def _give_room(self) -> None:
        """If all three columns are open, shrink the outer ones by the width that the views lack."""
        if self._is_moved or not all(map(self.is_open, SIDES)):
            return
        sizes = self.sizes()
        for side, place in (("right", 2), ("left", 0)):
            lacking = self._middle_min_width() - sizes[1]
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
        """Open exactly these sides, as far as there is room. The last one has priority."""
        self._wanted = list(sides)
        self._fold()
        self._make_room()
        self._fold()

    def set_open(self, side: str, shown: bool) -> None:
        """Open or fold a side column. If there is no room for both, the other one is folded."""
        others = [other for other in self._wanted if other != side]
        self._opened_by_user = side if shown else None
        self.set_wanted([*others, side] if shown else others)


class GrowingList(QSplitter):
    """A card with a list above another card. The list is as high as its rows, up to half of the height.

    Once the user has moved the border, the heights no longer follow the rows.
    """

    def __init__(self, growing: QWidget, other: QWidget, share: float) -> None:
        """Give the list at least this share of the height, however few rows it has."""
        super().__init__(Qt.Orientation.Vertical)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(_GAP)
        self.addWidget(growing)
        self.addWidget(other)
        put_in_order(self)
        self._growing, self._share = growing, share
        self._is_moved = False
        self._last_sizes: tuple[int, int] | None = None
        self.splitterMoved.connect(self._on_moved)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._set_heights()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set_heights()

    def _on_moved(self) -> None:
        self._is_moved = True

    def _set_heights(self) -> None:
        whole, wanted = self.height() - self.handleWidth(), self._growing.sizeHint().height()
        # While the list is maximised, a placeholder stands in its place.
        if self._is_moved or self._last_sizes == (whole, wanted) or self.indexOf(self._growing) < 0:
            return
        self._last_sizes = whole, wanted
        height = max(round(self._share * whole), min(wanted, whole // 2))
        self.setSizes([height, whole - height])


def stacked(*widgets: QWidget, stretched: QWidget) -> QWidget:
    """Return a column of widgets, of which the ``stretched`` one takes the spare space."""
    holder = QWidget()
    fill_layout(QVBoxLayout(holder), *((widget, int(widget is stretched)) for widget in widgets), gap=_GAP)
    holder.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
    return holder
