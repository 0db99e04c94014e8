"""Cards alone in the place of all others, above the transport: the maximised one, or those of a stage."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from PySide6.QtCore import QByteArray, QObject, Qt, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QSplitter, QWidget

from gdsim.gui.forms.card import Card
from gdsim.gui.window.layout import put_in_order, splitter
from gdsim.gui.window.workspace import Workspace

# The cards to maximise where neither the focus nor the mouse is in one: the first that is shown.
_USUAL = ("surface", "contours")


class _Place(NamedTuple):
    """Where a card stood, and what keeps its place."""

    card: Card
    splitter: QSplitter
    empty: QWidget
    was_hidden: bool  # as in a simple window, of which a stop may show it all the same

    @classmethod
    def left_by(cls, card: Card) -> "_Place":
        """Return the place of a card that leaves it."""
        around, empty, was_hidden = card.parentWidget(), QWidget(), card.isHidden()
        assert isinstance(around, QSplitter)  # noqa: S101 - the others were left out
        # The card stays until it is taken from there. What is replaced becomes a window, and is styled so.
        around.insertWidget(around.indexOf(card), empty)
        return cls(card, around, empty, was_hidden)

    def take_back(self) -> None:
        self.splitter.replaceWidget(self.splitter.indexOf(self.empty), self.card)
        put_in_order(self.splitter)
        self.card.setHidden(self.was_hidden)
        self.empty.deleteLater()


class _State(NamedTuple):
    """How a splitter was. What Qt saves are the sizes it was told; it may have given others since."""

    splitter: QSplitter
    state: QByteArray
    sizes: tuple[int, ...]  # those it had; empty where it, or something in it, was not seen, and had none

    @staticmethod
    def of(one: QSplitter) -> "_State":
        parts = (one.widget(place) for place in range(one.count()))
        is_whole = one.isVisible() and not any(part is None or part.isHidden() for part in parts)
        return _State(one, one.saveState(), tuple(one.sizes()) if is_whole else ())

    def bring_back(self) -> None:
        self.splitter.restoreState(self.state)
        if self.sizes:
            self.splitter.setSizes(self.sizes)


class _Stand(NamedTuple):
    """Cards that were taken to the place of all others, and how everything around them was."""

    places: tuple[_Place, ...]
    shown: QWidget  # what stands there now: the card, or what holds several
    states: tuple[_State, ...]
    wanted: tuple[str, ...]


class MaximisedCard(QObject):
    """Shows a card as large as the window allows, or the few cards of a stage. The transport stays below.

    Cards that stand in a splitter can be maximised. While one is, the stage waits, and comes back after it.
    """

    stage_left = Signal()  # everything was brought back from a stage

    def __init__(self, cards: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self._columns, self._others = cards.columns, cards.views
        self._every = cards.by_name
        self._cards = {
            name: card for name, card in self._every.items() if isinstance(card.parentWidget(), QSplitter)
        }
        self._splitters = (self._columns, *self._columns.findChildren(QSplitter))
        self._stand: _Stand | None = None
        self.card: Card | None = None
        self._stage: tuple[Card, ...] = ()
        self._beside: Card | None = None
        for card in self._cards.values():
            card.title_double_clicked.connect(self._on_double_click)

    @property
    def stage(self) -> frozenset[str]:
        """The names of the cards of the stage; empty when there is none."""
        return frozenset(name for name, card in self._cards.items() if card in self._stage)

    def set_stage(self, names: frozenset[str], beside: Card | None = None) -> None:
        """Show these cards beside each other, and no other; all of them in their places for none.

        With a card ``beside`` them, they stand one below the other.
        """
        cards = tuple(card for name, card in self._cards.items() if name in names)
        if (cards, beside) != (self._stage, self._beside):
            self._stage, self._beside = cards, beside
            if self.card is None:
                self._show()

    def toggle(self) -> None:
        """Maximise the card that is meant, or bring everything back."""
        if self.card is None:
            self.maximise(self._cards.get(self.meant(), self._cards[self._usual()]))
        else:
            self.restore()

    def meant(self) -> str:
        """Return the name of the card with the focus, else under the mouse, else the usual one."""
        focused, pointed = QApplication.focusWidget(), QApplication.widgetAt(QCursor.pos())
        return self._name_around(focused) or self._name_around(pointed) or self._usual()

    def _usual(self) -> str:
        return next((name for name in _USUAL if not self._every[name].isHidden()), _USUAL[0])

    def maximise(self, card: Card) -> None:
        self.card = card
        self._show()

    def restore(self) -> bool:
        """Bring back what was there before, from a stage everything; return whether there was anything."""
        if self._stand is None:
            return False
        was_alone, self.card = self.card is not None, None
        if not was_alone:
            self._stage, self._beside = (), None
        self._show()
        if not was_alone:
            self.stage_left.emit()
        return True

    def restore_all(self) -> None:
        while self.restore():
            pass

    def restore_what_lost_its_place(self) -> None:
        """Bring everything back from a pane that is no more: that of the points, once there is a function."""
        if self._stand is not None and any(place.splitter.isHidden() for place in self._stand.places):
            self.restore_all()

    @contextmanager
    def set_aside(self) -> Iterator[None]:
        """Have everything in its place meanwhile, and then the same cards alone as before."""
        focused = QApplication.focusWidget()
        self._put_back()
        yield
        self._show()
        if focused is not None and focused.isVisible():
            focused.setFocus()

    def _show(self) -> None:
        """Show the cards that are to be alone, and no others; where there are none, show all."""
        focused = QApplication.focusWidget()
        cards = self._stage if self.card is None else (self.card,)
        if cards:
            self._stand_alone(cards)
        else:
            self._put_back()
        if focused is not None and any(card.isAncestorOf(focused) for card in self._cards.values()):
            focused.setFocus()  # the focus is lost on the way to another parent

    def _put_back(self) -> None:
        if self._stand is None:
            return
        stand, self._stand = self._stand, None
        self._replace(stand.shown, self._others)
        for place in stand.places:
            place.take_back()
        _let_go(stand.shown)
        self._columns.set_wanted(stand.wanted)
        for how in stand.states:
            how.bring_back()

    def _stand_alone(self, cards: tuple[Card, ...]) -> None:
        """Take cards to the place of all others; those of before go back, and all others stay hidden."""
        before = self._stand
        left: dict[Card, _Place] = {}
        here: QWidget = self._others
        if before is None:
            states, wanted = tuple(_State.of(one) for one in self._splitters), self._columns.wanted()
        else:
            states, wanted = before.states, before.wanted
            left, here = {place.card: place for place in before.places}, QWidget()
            self._replace(before.shown, here)
        places = tuple(left.pop(card) if card in left else _Place.left_by(card) for card in cards)
        shown = self._together(cards)
        for place in left.values():
            place.take_back()
        self._replace(here, shown)
        if before is not None:
            _let_go(before.shown)
            here.deleteLater()
        self._stand = _Stand(places, shown, states, wanted)
        self._columns.set_wanted(())

    def _together(self, cards: tuple[Card, ...]) -> QWidget:
        """Return one widget that holds all the cards, and that beside them if it is theirs."""
        beside = self._beside if cards == self._stage else None
        shown: QWidget = cards[0]
        if len(cards) > 1:
            way = Qt.Orientation.Horizontal if beside is None else Qt.Orientation.Vertical
            shown = self._even(way, *cards)
        return shown if beside is None else self._even(Qt.Orientation.Horizontal, shown, beside)

    def _even(self, way: Qt.Orientation, *widgets: QWidget) -> QSplitter:
        made = splitter(way)
        # It is where it will stand before it holds anything: with another parent, Qt styles all in it anew.
        made.setParent(self._columns.widget(1))
        for place, widget in enumerate(widgets):
            made.addWidget(widget)
            made.setStretchFactor(place, 1)
            widget.show()
        put_in_order(made)
        made.setSizes([1000] * len(widgets))
        return made

    def _replace(self, shown: QWidget, other: QWidget) -> None:
        """Show another widget above the transport."""
        middle = self._columns.widget(1)
        layout = middle.layout() if middle else None
        assert layout is not None  # noqa: S101 - see `stacked`
        layout.replaceWidget(shown, other, Qt.FindChildOption.FindDirectChildrenOnly)
        other.lower()  # is read before the transport
        shown.hide()
        other.show()

    def _name_around(self, widget: QWidget | None) -> str:
        for name, card in self._every.items():
            if widget is not None and (card is widget or card.isAncestorOf(widget)):
                return name
        return ""

    def _on_double_click(self) -> None:
        card = self.sender()
        if self.card is not None:
            self.restore()
        elif isinstance(card, Card):
            self.maximise(card)


def _let_go(shown: QWidget) -> None:
    """Delete what held cards; that beside them may come again."""
    if isinstance(shown, QSplitter):
        for card in shown.findChildren(Card):
            card.setParent(None)
        shown.deleteLater()
