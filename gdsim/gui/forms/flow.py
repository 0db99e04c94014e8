"""A layout that wraps widgets into lines, as text is wrapped."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLayout, QLayoutItem, QSizePolicy, QWidget

from gdsim.gui.forms.layouts import fill_layout


class Flow(QLayout):
    """A layout of widgets side by side, with a ``gap`` between them, in as many lines as the width needs.

    It always has room for ``lines`` lines, so that whatever is below does not move. With ``ends``, the last
    widget fills the rest of its line, or is aligned at its right end. With ``fills``, widgets of one size
    are widened so that as many as fit fill a line. Lines are ``gap`` apart, or ``leading`` if that is given.
    """

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        gap: int = 2,
        lines: int = 1,
        ends: bool = False,
        fills: bool = False,
        leading: int | None = None,
    ) -> None:
        super().__init__(parent)
        self._lines, self._ends, self._fills, self._leading = lines, ends, fills, leading
        self._items: list[QLayoutItem] = []
        # Cached, because Qt asks for sizes many times between changes.
        self._hint: QSize | None = None
        self._heights: dict[int, int] = {}
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(gap)

    def add_groups(self, *groups: Sequence[QWidget]) -> None:
        """Add groups of widgets that stay on one line."""
        for widgets in groups:
            group = QWidget()
            fill_layout(QHBoxLayout(group), *widgets)
            self.addWidget(group)

    def set_lines(self, lines: int) -> None:
        """Set the least number of lines to keep room for."""
        if lines != self._lines:
            self._lines = lines
            self.invalidate()

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)
        self.invalidate()

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        self.invalidate()
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def invalidate(self) -> None:
        super().invalidate()
        self._hint = None
        self._heights.clear()

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if width not in self._heights:
            line = self.sizeHint().height()
            least = self._lines * line + (self._lines - 1) * self._between_lines()
            self._heights[width] = max(least, self._arrange(QRect(0, 0, width, 0), move=False))
        return self._heights[width]

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def sizeHint(self) -> QSize:
        if self._hint is None:
            sizes = [item.sizeHint() for item in self._items if not item.isEmpty()]
            gaps = self.spacing() * max(0, len(sizes) - 1)
            self._hint = QSize(
                sum(size.width() for size in sizes) + gaps, max((size.height() for size in sizes), default=0)
            )
        return self._hint

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        """Return the height of the lines in a rectangle; with ``move``, also place the widgets there."""
        top = rect.y()
        for line in self._lines_of(rect.width()):
            height = max(item.sizeHint().height() for item in line)
            left = rect.x()
            for item in line if move else ():
                size = item.sizeHint().boundedTo(QSize(rect.width(), height))
                if self._fills:
                    whole = rect.width() + self.spacing()
                    fitting = max(1, whole // (size.width() + self.spacing()))
                    size.setWidth(whole // fitting - self.spacing())
                if self._ends and item is self._items[-1]:
                    if item.expandingDirections() & Qt.Orientation.Horizontal:
                        size.setWidth(rect.right() + 1 - left)
                    left = rect.right() + 1 - size.width()
                item.setGeometry(QRect(QPoint(left, top + (height - size.height()) // 2), size))
                left += size.width() + self.spacing()
            top += height + self._between_lines()
        return max(0, top - self._between_lines() - rect.y())

    def _between_lines(self) -> int:
        return self.spacing() if self._leading is None else self._leading

    def _lines_of(self, width: int) -> list[list[QLayoutItem]]:
        lines: list[list[QLayoutItem]] = []
        used = width
        for item in self._items:
            if item.isEmpty():
                continue
            wanted = item.sizeHint().width()
            if not lines or used + self.spacing() + wanted > width:
                lines.append([item])
                used = wanted
            else:
                lines[-1].append(item)
                used += self.spacing() + wanted
        return lines


class Flowing(QWidget):
    """A widget with a `Flow`, for use in a card."""

    def __init__(self, lines: int = 1) -> None:
        super().__init__()
        self.flow = Flow(self, lines=lines)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def event(self, event: QEvent) -> bool:
        """Set the minimum height for the current width, because a card ignores the height for width."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self.setMinimumHeight(self.flow.heightForWidth(self.width()))
        return super().event(event)
