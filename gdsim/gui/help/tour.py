"""The tour of the window: hints, each beside the card that it explains."""

from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gdsim.gui.forms.card import Card
from gdsim.gui.forms.layouts import fill_layout
from gdsim.gui.plain_text import PlainLabel, text_label
from gdsim.gui.style.text_size import scale_of
from gdsim.gui.translation import tr

_WIDTH = 340
_GAP = 8


class TourHint(NamedTuple):
    card: str
    title: str
    words: str


def hints() -> tuple[TourHint, ...]:
    return (
        TourHint(
            "points",
            tr("Your points"),
            tr("Type, paste, or drag the points in the picture below. Everything else follows at once."),
        ),
        TourHint(
            "surface",
            tr("The error surface"),
            tr(
                "Every place is a neuron (w, b); its height is the error. Drag to turn it. The map shows "
                "the same from above."
            ),
        ),
        TourHint(
            "playback",
            tr("Play"),
            tr("Play the runs, or go step by step, backwards too. The tooltips name the keys."),
        ),
        TourHint(
            "runs",
            tr("The runs"),
            tr("Click a rate η to type another. Add other rules, and see which is faster."),
        ),
        TourHint(
            "page",
            tr("The selected run"),
            tr(
                "Why it goes where it goes. More, at the top, shows each step worked out. The lecture is in "
                "the menu Learn."
            ),
        ),
        TourHint(
            "curves", tr("What happened"), tr("Click to go to a step. Keys and user guide are under Help.")
        ),
    )


class Tour(QObject):
    """Shows the hints over a page one by one, except those whose card is hidden."""

    def __init__(self, page: QWidget, cards: dict[str, Card]) -> None:
        super().__init__(page)
        self._page = page
        self._cards = cards
        self.callout: Callout | None = None  # the hint, while one is shown
        self.shown: tuple[TourHint, ...] = ()  # the hints of the last tour
        self._index = 0

    def begin(self) -> None:
        self.end()
        self.shown = tuple(hint for hint in hints() if self._cards[hint.card].isVisible())
        if not self.shown:
            return
        self._index = 0  # before `_show`, because the last tour may have had more hints
        self.callout = Callout(self._page)
        self.callout.next_requested.connect(self._go_on)
        self.callout.back_requested.connect(lambda: self._show(self._index - 1))
        self.callout.skip_requested.connect(self.end)
        self._page.installEventFilter(self)
        self._show(0)

    def end(self) -> bool:
        """End the tour; return whether it was running."""
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
        """Keep the hint beside its card when the layout changes."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._place_callout()
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
        self._place_callout()
        self.callout.next.setFocus(Qt.FocusReason.OtherFocusReason)  # so that Enter shows the next hint

    def _place_callout(self) -> None:
        if self.callout is not None:
            card = self._cards[self.shown[self._index].card]
            self.callout.stand_beside(QRect(card.mapTo(self._page, QPoint(0, 0)), card.size()))


class Callout(QFrame):
    """A hint with the buttons Skip, Back and Next."""

    next_requested = Signal()
    back_requested = Signal()
    skip_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._page = parent
        self.setObjectName("callout")
        self._title = PlainLabel(name="lessonTitle")
        self._words = text_label()
        self.place = PlainLabel(name="hint")  # the number of the hint, such as "2 of 6"
        self.skip = QPushButton(self.tr("&Skip"))
        self.back = QPushButton(self.tr("&Back"))
        self.next = QPushButton()
        self.next.setObjectName("primary")
        row = fill_layout(QHBoxLayout(), self.place, None, self.skip, self.back, self.next)
        fill_layout(QVBoxLayout(self), self._title, self._words, row, margins=(14, 12, 14, 12))
        self.skip.clicked.connect(self.skip_requested)
        self.back.clicked.connect(self.back_requested)
        self.next.clicked.connect(self.next_requested)
        self.hide()

    def say(self, title: str, words: str, index: int, count: int) -> None:
        last = index + 1 == count
        self._title.setText(title)
        self._words.setText(words)
        self.place.setText(self.tr("{n} of {count}").format(n=index + 1, count=count))
        self.skip.setHidden(last)
        self.back.setHidden(index == 0)
        self.next.setText(self.tr("&Done") if last else self.tr("&Next"))
        self.setAccessibleName(title)
        self.setAccessibleDescription(words)
        # Screen readers read the widget that has the focus.
        self.next.setAccessibleDescription(f"{title}. {words}")

    def stand_beside(self, target: QRect) -> None:
        """Move beside a rectangle of the parent, or over its centre if there is no room beside it."""
        self.ensurePolished()
        width = round(_WIDTH * max(1.0, scale_of(self)))
        self.setFixedWidth(width)
        height = self.heightForWidth(width) if self.hasHeightForWidth() else self.sizeHint().height()
        self.resize(width, height)
        self.move(place_beside(target, QSize(width, height), self._page.rect()))
        self.show()
        self.raise_()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.skip_requested.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            next((one for one in (self.skip, self.back) if one.hasFocus()), self.next).click()
        else:
            super().keyPressEvent(event)


def place_beside(target: QRect, size: QSize, page: QRect) -> QPoint:
    """Return the top left corner that puts a box on the page and, if possible, beside the target."""
    middle = target.center() - QPoint(size.width() // 2, size.height() // 2)
    corners = (
        QPoint(target.right() + _GAP, middle.y()),
        QPoint(target.left() - _GAP - size.width(), middle.y()),
        QPoint(middle.x(), target.top() - _GAP - size.height()),
        QPoint(middle.x(), target.bottom() + _GAP),
        middle,
    )
    inside = [_moved_inside(corner, size, page) for corner in corners]
    free = (corner for corner in inside if not QRect(corner, size).intersects(target))
    return next(free, inside[-1])


def _moved_inside(corner: QPoint, size: QSize, page: QRect) -> QPoint:
    room = page.adjusted(_GAP, _GAP, -_GAP - size.width(), -_GAP - size.height())
    x, y = min(corner.x(), room.right() + 1), min(corner.y(), room.bottom() + 1)
    return QPoint(max(room.left(), x), max(room.top(), y))
