"""A card maximised to the place of all others, above the transport, and restored."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from PySide6.QtCore import QByteArray, QObject, Qt, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QSplitter, QWidget

from gdsim.gui.forms.card import Card
from gdsim.gui.window.layout import put_in_order
from gdsim.gui.window.workspace import Workspace

# The cards to maximise where neither the keys nor the mouse are in one: the first that is shown.
_USUAL = ("surface", "contours")


class _Stand(NamedTuple):
    """Where a card stood, and how everything around it was."""

    card: Card
    splitter: QSplitter
    empty: QWidget
    states: tuple[tuple[QSplitter, QByteArray], ...]
    wanted: tuple[str, ...]


class MaximisedCard(QObject):
    """Shows a card as large as the window allows. The transport stays below it.

    Cards that stand in a splitter can be maximised.
    """

    changed = Signal(bool)  # whether a card is maximised now

    def __init__(self, cards: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self._columns, self._others = cards.columns, cards.views
        self._every = cards.by_name
        self._cards = {
            name: card for name, card in self._every.items() if isinstance(card.parentWidget(), QSplitter)
        }
        self._stand: _Stand | None = None
        for card in self._cards.values():
            card.title_double_clicked.connect(self._on_double_click)

    @property
    def card(self) -> Card | None:
        return self._stand.card if self._stand else None

    def toggle(self) -> None:
        """Maximise the card that is meant, or bring everything back."""
        if not self.restore():
            self.maximise(self._cards.get(self.meant(), self._cards[self._usual()]))

    def meant(self) -> str:
        """Return the name of the card with the keys, else under the mouse, else the usual one."""
        focused, pointed = QApplication.focusWidget(), QApplication.widgetAt(QCursor.pos())
        return self._name_around(focused) or self._name_around(pointed) or self._usual()

    def _usual(self) -> str:
        return next((name for name in _USUAL if not self._every[name].isHidden()), _USUAL[0])

    def restore(self) -> bool:
        """Bring everything back; return whether there was something to bring back."""
        if self._stand is None:
            return False
        stand, self._stand = self._stand, None
        focused = QApplication.focusWidget()
        self._replace(stand.card, self._others)
        stand.splitter.replaceWidget(stand.splitter.indexOf(stand.empty), stand.card)
        put_in_order(stand.splitter)
        stand.card.show()
        stand.empty.deleteLater()
        self._columns.set_wanted(stand.wanted)
        for splitter, state in stand.states:
            splitter.restoreState(state)
        self._keep_focus(focused, stand.card)
        self.changed.emit(False)
        return True

    @contextmanager
    def set_aside(self) -> Iterator[None]:
        """Have everything in its place meanwhile, and then the same card maximised as before."""
        card = self.card
        self.restore()
        yield
        if card is not None:
            self.maximise(card)

    def maximise(self, card: Card) -> None:
        splitter = card.parentWidget()
        assert isinstance(splitter, QSplitter)  # noqa: S101 - the others were left out
        focused = QApplication.focusWidget()
        every = (self._columns, *self._columns.findChildren(QSplitter))
        states = tuple((one, one.saveState()) for one in every)
        empty = QWidget()
        splitter.replaceWidget(splitter.indexOf(card), empty)
        self._stand = _Stand(card, splitter, empty, states, self._columns.wanted())
        self._replace(self._others, card)
        self._columns.set_wanted(())
        self._keep_focus(focused, card)
        self.changed.emit(True)

    def _replace(self, shown: QWidget, other: QWidget) -> None:
        """Show another widget above the transport."""
        middle = self._columns.widget(1)
        layout = middle.layout() if middle else None
        assert layout is not None  # noqa: S101 - see `stacked`
        layout.replaceWidget(shown, other, Qt.FindChildOption.FindDirectChildrenOnly)
        other.lower()  # is read before the transport
        shown.hide()
        other.show()

    def _keep_focus(self, focused: QWidget | None, card: Card) -> None:
        """Give the keys back to what had them: they are lost on the way to another parent."""
        if focused is not None and card.isAncestorOf(focused):
            focused.setFocus()

    def _name_around(self, widget: QWidget | None) -> str:
        for name, card in self._every.items():
            if widget is not None and (card is widget or card.isAncestorOf(widget)):
                return name
        return ""

    def _on_double_click(self) -> None:
        card = self.sender()
        if self._stand is not None:
            self.restore()
        elif isinstance(card, Card):
            self.maximise(card)
