"""A page that is made when it is first seen, and that costs nothing while nobody sees it."""

from abc import abstractmethod
from collections.abc import Callable
from typing import Generic, TypeVar, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gdsim.gui.panes import Pane
from gdsim.gui.style.theme import Look
from gdsim.session.frame import Frame

PageT = TypeVar("PageT", bound=Pane)


class LatePage(QWidget, Generic[PageT]):
    """Stands for a page. A `Pane` that keeps the latest of what it is told for as long as it is not seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page: PageT | None = None
        self._kept: dict[str, Callable[[PageT], object]] = {}
        self._room = QVBoxLayout(self)
        self._room.setContentsMargins(0, 0, 0, 0)

    @abstractmethod
    def _make(self) -> PageT:
        """Return the page itself, a widget; import it no earlier."""

    @property
    def page(self) -> PageT | None:
        """The page; None as long as nobody has seen it."""
        return self._page

    def set_look(self, look: Look) -> None:
        """Draw in the colours of a theme, and every run in its style."""
        self._tell("look", lambda page: page.set_look(look))

    def show_frame(self, frame: Frame) -> None:
        """Show the runs as they stand at the cursor."""
        self._tell("frame", lambda page: page.show_frame(frame))

    def showEvent(self, event: QShowEvent) -> None:
        """Make the page if there is none yet, and let it catch up."""
        super().showEvent(event)
        page = self._page = self._page or self._placed()
        kept, self._kept = self._kept, {}
        for tell in kept.values():
            tell(page)

    def _tell(self, what: str, tell: Callable[[PageT], object]) -> None:
        """Tell the page something that replaces what it was told under the same name."""
        if self._page is not None and self.isVisible():
            tell(self._page)
        else:
            self._kept[what] = tell

    def _placed(self) -> PageT:
        page = self._make()
        # A protocol has no bases; all pages are widgets.
        widget = cast("QWidget", page)
        self._room.addWidget(widget)
        _follow_in_tab_order(self, widget)
        self.setFocusProxy(widget)
        widget.show()  # now, not when the layout is next worked out
        return page


def _follow_in_tab_order(place: QWidget, widget: QWidget) -> None:
    """Let Tab reach a widget where it stands; one that comes late is otherwise the last in the window."""
    before: QWidget | None = place
    while before is not None and before.focusPolicy() == Qt.FocusPolicy.NoFocus and not before.isWindow():
        before = before.previousInFocusChain()
    for part in (widget, *widget.findChildren(QWidget)):
        # The list of a combo box is a window of its own.
        here = part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.window() is place.window()
        if here and before is not None:
            QWidget.setTabOrder(before, part)
            before = part
