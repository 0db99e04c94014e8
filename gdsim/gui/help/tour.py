"""A first look around: six hints, each beside the part of the window that it is about."""

from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QRect
from PySide6.QtWidgets import QWidget

from gdsim.gui.forms.card import Card
from gdsim.gui.help.callout import Callout


def _tr(text: str) -> str:
    return QCoreApplication.translate("Tour", text)


class Hint(NamedTuple):
    card: str
    title: str
    words: str


def hints() -> tuple[Hint, ...]:
    return (
        Hint(
            "points",
            _tr("Your points"),
            _tr("Type, paste, or drag the points in the picture below. Everything else follows at once."),
        ),
        Hint(
            "surface",
            _tr("The error surface"),
            _tr("Every place is a neuron (w, b), its height is the error. Drag to turn it."),
        ),
        Hint(
            "contours",
            _tr("The same from above"),
            _tr("Click to choose where the selected run starts."),
        ),
        Hint(
            "playback",
            _tr("Play"),
            _tr("Space plays and pauses, left and right go step by step, also backwards."),
        ),
        Hint(
            "page",
            _tr("The selected run"),
            _tr("Change its rule and rate, see a step worked out, and why it goes where it goes."),
        ),
        Hint(
            "curves",
            _tr("What happened"),
            _tr("Click to go to a step. The lecture is in the menu Learn, keys and user guide are under F1."),
        ),
    )


class Tour(QObject):
    """Leads from hint to hint.

    Parameters
    ----------
    page : QWidget
        The hints lie over it.
    cards : dict
        By name. A hint on a card that is not there is left out.

    Attributes
    ----------
    callout : Callout or None
        The hint, while one is shown.
    shown : tuple of Hint
        Those of the last tour.
    """

    def __init__(self, page: QWidget, cards: dict[str, Card]) -> None:
        super().__init__(page)
        self._page = page
        self._cards = cards
        self.callout: Callout | None = None
        self.shown: tuple[Hint, ...] = ()
        self._index = 0

    @property
    def on(self) -> bool:
        return self.callout is not None

    def begin(self) -> None:
        self.end()
        self.shown = tuple(hint for hint in hints() if self._cards[hint.card].isVisible())
        if not self.shown:
            return
        self._index = 0  # where the tour before ended, there may be no hint now
        self.callout = Callout(self._page)
        self.callout.next_requested.connect(self._go_on)
        self.callout.skip_requested.connect(self.end)
        self._page.installEventFilter(self)
        self._show(0)

    def end(self) -> bool:
        """Take the hint away; return whether there was one."""
        if self.callout is None:
            return False
        self._cards[self.shown[self._index].card].set_pointed_at(False)
        self._page.removeEventFilter(self)
        callout, self.callout = self.callout, None
        callout.hide()
        callout.deleteLater()
        self._page.setFocus()
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay beside the card when the window gets another size."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._stand()
        return False

    def _go_on(self) -> None:
        if self._index + 1 == len(self.shown):
            self.end()
        else:
            self._show(self._index + 1)

    def _show(self, index: int) -> None:
        assert self.callout is not None  # noqa: S101 - there is a hint
        self._cards[self.shown[self._index].card].set_pointed_at(False)
        self._index = index
        hint = self.shown[index]
        self._cards[hint.card].set_pointed_at(True)
        self.callout.say(hint.title, hint.words, index, len(self.shown))
        self._stand()
        self.callout.take_keys()

    def _stand(self) -> None:
        if self.callout is not None:
            card = self._cards[self.shown[self._index].card]
            self.callout.stand_beside(QRect(card.mapTo(self._page, QPoint(0, 0)), card.size()))
