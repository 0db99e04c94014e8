"""What the dialogs of this package have in common."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QDialog,
    QHBoxLayout,
    QLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gdsim.gui.forms.layouts import Act, filled, plain_button
from gdsim.gui.forms.reading_order import move_focus
from gdsim.gui.forms.scrolling import Scrolled, reveal
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.style.text_size import room_for, scale_of
from gdsim.gui.translation import tr

_SIDE_WIDTH = 300


class EnterDialog(QDialog):
    """A dialog in which Enter presses the button that has the focus: not every desktop has Qt do so."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        focused = self.focusWidget()
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and isinstance(focused, QAbstractButton) and focused.isEnabled():
            focused.click()
        else:
            super().keyPressEvent(event)


class ScreenDialog(EnterDialog):
    """A dialog that is never larger than its screen: where there is less room than it needs, it scrolls.

    One that is shown ``once`` is deleted when it is closed.
    """

    makes_late = False  # controls that are read before others which are there already: Tab must not go by age

    def __init__(self, parent: QWidget | None = None, title: str = "", *, once: bool = False) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, once)
        self.content: QWidget = _Body()  # scrolls; gets its layout from a subclass
        self._view = _Content(self.content)
        self._head, self._foot = QVBoxLayout(), QVBoxLayout()
        self._around = filled(QVBoxLayout(self), self._head, (self._view, 1), self._foot, gap=0)

    def set_head(self, row: QLayout) -> None:
        """Put what is always in sight above the content, which has its layout by now."""
        layout = self.content.layout()
        if layout is not None:
            room = layout.contentsMargins()
            layout.setContentsMargins(room.left(), 0, room.right(), room.bottom())
            self._head.setContentsMargins(room.left(), room.top(), room.right(), layout.spacing())
        self._head.addLayout(row)

    def set_foot(self, *items: QWidget | QLayout) -> None:
        """Put what is always in sight below the content, which has its layout by now."""
        layout = self.content.layout()
        if layout is not None:
            room, gap = layout.contentsMargins(), layout.spacing()
            layout.setContentsMargins(room.left(), room.top(), room.right(), 0)
            self._foot.setContentsMargins(room.left(), gap, room.right(), room.bottom())
            self._foot.setSpacing(gap)
        for item in items:
            if isinstance(item, QWidget):
                self._foot.addWidget(item)
            else:
                self._foot.addLayout(item)

    def end_with(self, text: str, act: Act, *above: QWidget | QLayout) -> QPushButton:
        """Put Cancel and a button that does something in sight; return that. See `buttons`."""
        take = plain_button(text, act=act)
        self.set_foot(*above, buttons(self, take))
        return take

    def showEvent(self, event: QShowEvent) -> None:
        beside = self._head.minimumSize().height() + self._foot.minimumSize().height()
        self._view.limit(room_for(self) - QSize(0, beside))
        self._around.activate()  # the dialog may be as small now
        # With large letters lines break that did not when its size was chosen.
        missing = max(0, self.content.heightForWidth(self._view.viewport().width()) - self._view.height())
        self.resize((self.size() + QSize(0, missing)).boundedTo(room_for(self)))
        super().showEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        if self.makes_late:
            moved = move_focus(self, self.focusWidget(), forward=forward)
        else:
            moved = super().focusNextPrevChild(forward)
        reveal(self.focusWidget())
        return moved


class _Body(QWidget):
    """The content of a dialog, some of it words that break into lines."""

    def heightForWidth(self, width: int) -> int:
        """Return what is needed at least: a layout tells what it would like to have."""
        layout = self.layout()
        return layout.minimumHeightForWidth(width) if layout is not None else -1


class _Content(Scrolled):
    """Asks for all the room that is needed, up to a limit."""

    def __init__(self, content: QWidget) -> None:
        super().__init__(content)
        self._content = content
        self._limit = QSize()

    def limit(self, room: QSize) -> None:
        self._limit = room
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return self._content.sizeHint()

    def minimumSizeHint(self) -> QSize:
        needed = self.needed()
        return needed.boundedTo(self._limit) if self._limit.isValid() else needed


def heading(text: str) -> PlainLabel:
    return PlainLabel(text, name="strong")


def side_column(*widgets: QWidget) -> QWidget:
    """Return a column of widgets, with space above headings, that scrolls where there is no room."""
    body = QWidget()
    layout = filled(QVBoxLayout(body), gap=6, margins=(0, 0, 6, 0))
    for place, widget in enumerate(widgets):
        if place and widget.objectName() == "strong":
            layout.addSpacing(8)
        layout.addWidget(widget)
    layout.addStretch(1)
    return _Side(body)


class _Side(Scrolled):
    """A column of the usual width, or wider where its widgets need it."""

    def __init__(self, body: QWidget) -> None:
        super().__init__(body)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def needed(self) -> QSize:
        """Leave room for the scroll bar, so that nothing moves when it comes."""
        needed = self._widget.minimumSizeHint()
        bar = self.verticalScrollBar().sizeHint().width()
        usual = round(_SIDE_WIDTH * scale_of(self))
        return QSize(max(usual, needed.width() + bar), needed.height())

    def sizeHint(self) -> QSize:
        return QSize(self.needed().width(), super().sizeHint().height())


def buttons(dialog: QDialog, take: QPushButton) -> QHBoxLayout:
    """Return the last line of a dialog: Cancel, and the button ``take``.

    Neither is pressed by Enter in a field, which accepts a number.
    """
    cancel = QPushButton(tr("Cancel"))
    cancel.clicked.connect(dialog.reject)
    take.setObjectName("primary")
    for button in (cancel, take):
        button.setAutoDefault(False)
    return filled(QHBoxLayout(), None, cancel, take)
