"""Cards shown alone above the transport, in place of all others: the maximised card, or those of a stage."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from PySide6.QtCore import QByteArray, QObject, Qt, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QSplitter, QWidget

from gdsim.gui.forms.card import Card
from gdsim.gui.window.layout import put_in_order, splitter
from gdsim.gui.window.workspace import Workspace

# If neither the focus nor the mouse is in a card, the first of these that is shown is maximised.
_DEFAULTS = ("surface", "contours")


class _EmptiedPlace(NamedTuple):
    """The place that a card has left in a splitter, and the empty widget that keeps it."""

    card: Card
    splitter: QSplitter
    empty: QWidget
    was_hidden: bool  # a stop may show a card that a simple window hides

    @classmethod
    def left_by(cls, card: Card) -> "_EmptiedPlace":
        """Mark the place of a card that is about to leave its splitter with an empty widget."""
        around, empty, was_hidden = card.parentWidget(), QWidget(), card.isHidden()
        assert isinstance(around, QSplitter)  # noqa: S101 - `MaximisedCard` has no other cards
        # Not `replaceWidget`, which would make the card a window for a moment, and style it as one.
        around.insertWidget(around.indexOf(card), empty)
        return cls(card, around, empty, was_hidden)

    def take_back(self) -> None:
        self.splitter.replaceWidget(self.splitter.indexOf(self.empty), self.card)
        put_in_order(self.splitter)
        self.card.setHidden(self.was_hidden)
        self.empty.deleteLater()


class _SplitterState(NamedTuple):
    """The state of a splitter. Qt saves the sizes that were set, which may differ from the actual ones."""

    splitter: QSplitter
    state: QByteArray
    sizes: tuple[int, ...]  # the actual sizes; empty if the splitter or a widget in it was hidden

    @staticmethod
    def of(splitter: QSplitter) -> "_SplitterState":
        parts = (splitter.widget(place) for place in range(splitter.count()))
        is_whole = splitter.isVisible() and not any(part is None or part.isHidden() for part in parts)
        return _SplitterState(splitter, splitter.saveState(), tuple(splitter.sizes()) if is_whole else ())

    def restore(self) -> None:
        self.splitter.restoreState(self.state)
        if self.sizes:
            self.splitter.setSizes(self.sizes)


class _ShownAlone(NamedTuple):
    """Cards that are shown alone, and what is needed to restore the window."""

    places: tuple[_EmptiedPlace, ...]
    shown: QWidget  # the card, or the splitter that holds several
    states: tuple[_SplitterState, ...]
    wanted: tuple[str, ...]


class MaximisedCard(QObject):
    """Shows one card as large as the window allows, or the few cards of a stage. The transport stays below.

    Only cards in a splitter can be maximised. The stage is hidden while one is, and comes back after it.
    """

    stage_left = Signal()  # a stage was left, and everything was restored

    def __init__(self, cards: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self._columns, self._others = cards.columns, cards.views
        self._all_cards = cards.by_name
        self._cards = {
            name: card for name, card in self._all_cards.items() if isinstance(card.parentWidget(), QSplitter)
        }
        self._splitters = (self._columns, *self._columns.findChildren(QSplitter))
        self._alone: _ShownAlone | None = None
        self.card: Card | None = None
        self._stage: tuple[Card, ...] = ()
        self._beside: Card | None = None
        for card in self._cards.values():
            card.title_double_clicked.connect(self._on_double_click)

    @property
    def stage(self) -> frozenset[str]:
        """The names of the cards of the stage; empty if there is no stage."""
        return frozenset(name for name, card in self._cards.items() if card in self._stage)

    def set_stage(self, names: frozenset[str], beside: Card | None = None) -> None:
        """Show only these cards, side by side; if ``names`` is empty, leave the stage.

        With a card ``beside`` them, they stand one below the other.
        """
        cards = tuple(card for name, card in self._cards.items() if name in names)
        if (cards, beside) != (self._stage, self._beside):
            self._stage, self._beside = cards, beside
            if self.card is None:
                self._show()

    def toggle(self) -> None:
        """Maximise the card that the user means, or restore what was there before."""
        if self.card is None:
            self.maximise(self._cards.get(self.target_card(), self._cards[self._default_name()]))
        else:
            self.restore()

    def target_card(self) -> str:
        """Return the name of the card with the focus, else under the mouse, else the default one."""
        focused, pointed = QApplication.focusWidget(), QApplication.widgetAt(QCursor.pos())
        return self._name_around(focused) or self._name_around(pointed) or self._default_name()

    def _default_name(self) -> str:
        return next((name for name in _DEFAULTS if not self._all_cards[name].isHidden()), _DEFAULTS[0])

    def maximise(self, card: Card) -> None:
        self.card = card
        self._show()

    def restore(self) -> bool:
        """Leave the maximised card, or else the stage; return whether there was either."""
        if self._alone is None:
            return False
        was_maximised, self.card = self.card is not None, None
        if not was_maximised:
            self._stage, self._beside = (), None
        self._show()
        if not was_maximised:
            self.stage_left.emit()
        return True

    def restore_all(self) -> None:
        while self.restore():
            pass

    def restore_displaced(self) -> None:
        """Restore everything if a card shown alone no longer belongs in the window.

        The card of the points, for example, does not when a function takes the place of the neuron.
        """
        if self._alone is not None and any(place.splitter.isHidden() for place in self._alone.places):
            self.restore_all()

    @contextmanager
    def set_aside(self) -> Iterator[None]:
        """Put all cards back for the duration of the context, then show the same cards alone again."""
        focused = QApplication.focusWidget()
        self._put_back()
        yield
        self._show()
        if focused is not None and focused.isVisible():
            focused.setFocus()

    def _show(self) -> None:
        focused = QApplication.focusWidget()
        cards = self._stage if self.card is None else (self.card,)
        if cards:
            self._show_alone(cards)
        else:
            self._put_back()
        if focused is not None and any(card.isAncestorOf(focused) for card in self._cards.values()):
            focused.setFocus()  # a widget loses the focus when it gets another parent

    def _put_back(self) -> None:
        if self._alone is None:
            return
        alone, self._alone = self._alone, None
        self._replace(alone.shown, self._others)
        for place in alone.places:
            place.take_back()
        _discard(alone.shown)
        self._columns.set_wanted(alone.wanted)
        for state in alone.states:
            state.restore()

    def _show_alone(self, cards: tuple[Card, ...]) -> None:
        """Show cards in place of all others; cards that were shown alone before go back to their places."""
        before = self._alone
        left: dict[Card, _EmptiedPlace] = {}
        here: QWidget = self._others
        if before is None:
            states, wanted = tuple(map(_SplitterState.of, self._splitters)), self._columns.wanted()
        else:
            states, wanted = before.states, before.wanted
            left, here = {place.card: place for place in before.places}, QWidget()
            self._replace(before.shown, here)
        places = tuple(left.pop(card) if card in left else _EmptiedPlace.left_by(card) for card in cards)
        shown = self._combined(cards)
        for place in left.values():
            place.take_back()
        self._replace(here, shown)
        if before is not None:
            _discard(before.shown)
            here.deleteLater()
        self._alone = _ShownAlone(places, shown, states, wanted)
        self._columns.set_wanted(())

    def _combined(self, cards: tuple[Card, ...]) -> QWidget:
        """Return one widget with all these cards and, if they are the stage, the card beside them."""
        beside = self._beside if cards == self._stage else None
        shown: QWidget = cards[0]
        if len(cards) > 1:
            orientation = Qt.Orientation.Horizontal if beside is None else Qt.Orientation.Vertical
            shown = self._even_splitter(orientation, *cards)
        return shown if beside is None else self._even_splitter(Qt.Orientation.Horizontal, shown, beside)

    def _even_splitter(self, orientation: Qt.Orientation, *widgets: QWidget) -> QSplitter:
        made = splitter(orientation)
        # Reparent the splitter while it is empty, because Qt then styles everything in a widget anew.
        made.setParent(self._columns.widget(1))
        for place, widget in enumerate(widgets):
            made.addWidget(widget)
            made.setStretchFactor(place, 1)
            widget.show()
        put_in_order(made)
        made.setSizes([1000] * len(widgets))
        return made

    def _replace(self, shown: QWidget, other: QWidget) -> None:
        """Show another widget in the place above the transport."""
        middle = self._columns.widget(1)
        layout = middle.layout() if middle else None
        assert layout is not None  # noqa: S101 - see `stacked`
        layout.replaceWidget(shown, other, Qt.FindChildOption.FindDirectChildrenOnly)
        other.lower()  # so that Tab reaches it before the transport
        shown.hide()
        other.show()

    def _name_around(self, widget: QWidget | None) -> str:
        for name, card in self._all_cards.items():
            if widget is not None and (card is widget or card.isAncestorOf(widget)):
                return name
        return ""

    def _on_double_click(self) -> None:
        card = self.sender()
        if self.card is not None:
            self.restore()
        elif isinstance(card, Card):
            self.maximise(card)


def _discard(shown: QWidget) -> None:
    """Delete a splitter that held cards, but not the card beside them, which may be shown again."""
    if isinstance(shown, QSplitter):
        for card in shown.findChildren(Card):
            card.setParent(None)
        shown.deleteLater()
