"""A card with several pages, one of them shown."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QToolButton, QWidget

from gdsim.gui.forms.card import Card
from gdsim.gui.forms.one_of import OneOf
from gdsim.gui.forms.tips import plain


class TabbedCard(Card):
    """A card whose pages are chosen by a row of buttons.

    Signals
    -------
    page_changed(int)
    """

    page_changed = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.drop_header()
        self.setAccessibleName(name)
        self._buttons = OneOf(self)
        self._pages = QStackedWidget()
        self._row = QHBoxLayout()
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        tabs = QWidget()
        tabs.setLayout(self._row)
        tabs.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_body(self._pages)
        self.put_on_top(tabs)
        self._buttons.clicked.connect(self.show_page)

    def add_page(self, title: str, words: str, page: QWidget) -> None:
        button = QToolButton()
        button.setObjectName("tab")
        button.setText(title)
        button.setToolTip(plain(words))
        self._buttons.add(button)
        button.setChecked(self._pages.addWidget(page) == 0)
        self._row.addWidget(button)

    def show_page(self, index: int) -> None:
        self._buttons.turn_on(index)
        self._pages.setCurrentIndex(index)
        self.page_changed.emit(index)

    @property
    def page(self) -> int:
        return self._pages.currentIndex()
