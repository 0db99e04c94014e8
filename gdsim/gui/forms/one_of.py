"""Groups of buttons of which one is on, and tabs."""

from functools import partial

from PySide6.QtCore import QEvent, QObject, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QToolButton, QWidget

from gdsim.gui.accessible import Tab, TabList, read_as
from gdsim.gui.forms.flow import Flowing
from gdsim.gui.forms.layouts import fill_layout
from gdsim.gui.forms.tips import set_tip

_GAP = 2  # between two tabs
_LONGEST = 323  # the widest minimum width of tabs in lines


@read_as(Tab)
class TabButton(QToolButton):
    """A button that opens a page, in a `TabRow` or in `TabLines`."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setObjectName("tab")
        self.setText(text)
        self.setAccessibleName(text)


@read_as(TabList)
class TabRow(QWidget):
    """A row with the `TabButton`s of a set of pages.

    Tabs at the end that do not fit are moved into a menu, except for the active tab.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._tabs: list[TabButton] = []
        self._is_fitting = False
        self.more = QToolButton()
        self.more.setText("\N{MIDLINE HORIZONTAL ELLIPSIS}")
        self.more.setAccessibleName(self.tr("More tabs"))
        set_tip(self.more, self.tr("Tabs that do not fit here."))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.more)
        menu.aboutToShow.connect(self._list_hidden)
        self.more.setMenu(menu)
        self.more.hide()
        self._row = fill_layout(QHBoxLayout(self), self.more, gap=_GAP)

    def add(self, tab: TabButton) -> None:
        self._row.insertWidget(len(self._tabs), tab)
        self._tabs.append(tab)
        tab.toggled.connect(self._fit)

    def sizeHint(self) -> QSize:
        sizes = [tab.sizeHint() for tab in self._tabs]
        width = sum(size.width() for size in sizes) + _GAP * (len(sizes) - 1)
        return QSize(width, max((size.height() for size in sizes), default=0))

    def minimumSizeHint(self) -> QSize:
        """Return the room for all tabs, so that the menu is needed only where a layout cannot grant it."""
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return done

    def _fit(self) -> None:
        # Showing a tab lays out its parents, which may resize this row and call this again.
        if self._is_fitting:
            return
        self._is_fitting, width = True, -1
        while width != self.width():
            width = self.width()
            self._show_fitting()
        self._is_fitting = False

    def _show_fitting(self) -> None:
        all_fit = self.sizeHint().width() <= self.width()
        room = self.width() - (0 if all_fit else self.more.sizeHint().width())
        shown = set[TabButton]()
        for tab in sorted(self._tabs, key=lambda tab: not tab.isChecked()):
            room -= tab.sizeHint().width() + (_GAP if not all_fit or shown else 0)
            if room < 0:
                break
            shown.add(tab)
        for tab in self._tabs:
            tab.setVisible(tab in shown or tab.isChecked())
        self.more.setHidden(all_fit)

    def _list_hidden(self) -> None:
        menu = self.more.menu()
        menu.clear()
        for tab in self._tabs:
            if tab.isHidden():
                menu.addAction(tab.text().replace("&", "&&"), tab.click).setToolTip(tab.toolTip())


@read_as(TabList)
class TabLines(Flowing):
    """The `TabButton`s of a set of pages, in as many lines as the width needs."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)

    def add(self, tab: TabButton) -> None:
        self.flow.addWidget(tab)

    def minimumSizeHint(self) -> QSize:
        """Return the width of one line, up to a limit, because a second line takes room from the page."""
        least = super().minimumSizeHint()
        return QSize(max(least.width(), min(self.sizeHint().width(), _LONGEST)), least.height())


class OneOf(QObject):
    """A group of buttons of which one is on, and each of which is reached by Tab.

    In a `QButtonGroup`, Tab reaches one button and the arrow keys reach the others, but in the main window
    the arrow keys control playback.
    """

    clicked = Signal(int)  # index of the button

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._buttons: list[QAbstractButton] = []

    def add(self, button: QAbstractButton) -> None:
        button.setCheckable(True)
        button.clicked.connect(partial(self._on_clicked, len(self._buttons)))
        self._buttons.append(button)

    def button(self, index: int) -> QAbstractButton:
        return self._buttons[index]

    def turn_on(self, index: int) -> None:
        for place, button in enumerate(self._buttons):
            button.setChecked(place == index)

    def _on_clicked(self, index: int) -> None:
        self.turn_on(index)
        self.clicked.emit(index)
