"""The base classes and common parts of dialogs."""

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

from gdsim.gui.forms.layouts import ABOVE_HEADING, Act, fill_layout, plain_button
from gdsim.gui.forms.reading_order import move_focus
from gdsim.gui.forms.scrolling import Scrolled, reveal
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.style.text_size import room_for, scale_of
from gdsim.gui.translation import tr

_SIDE_WIDTH = 300


class EnterDialog(QDialog):
    """A dialog in which Enter presses the focused button, which Qt does not do on every desktop."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        focused = self.focusWidget()
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and isinstance(focused, QAbstractButton) and focused.isEnabled():
            focused.click()
        else:
            super().keyPressEvent(event)


class ScreenDialog(EnterDialog):
    """A dialog that is never larger than its screen, but scrolls where it needs more room.

    With ``once`` it is deleted when it is closed.
    """

    # Whether controls are created later than ones that follow them on the screen. Tab then goes in reading
    # order instead of the order of creation.
    makes_late = False

    def __init__(self, parent: QWidget | None = None, title: str = "", *, once: bool = False) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, once)
        self.content: QWidget = _Body()  # the scrolling part; subclasses give it a layout
        self._view = _Content(self.content)
        self._head, self._foot = QVBoxLayout(), QVBoxLayout()
        self._around = fill_layout(QVBoxLayout(self), self._head, (self._view, 1), self._foot, gap=0)

    def set_head(self, row: QLayout) -> None:
        """Add a row above the content that does not scroll. The content must have its layout by now."""
        layout = self.content.layout()
        if layout is not None:
            room = layout.contentsMargins()
            layout.setContentsMargins(room.left(), 0, room.right(), room.bottom())
            self._head.setContentsMargins(room.left(), room.top(), room.right(), layout.spacing())
        self._head.addLayout(row)

    def set_foot(self, *items: QWidget | QLayout) -> None:
        """Add items below the content that do not scroll. The content must have its layout by now."""
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
        """Add Cancel and a button for an action below the content; return the button."""
        take = plain_button(text, act=act)
        self.set_foot(*above, dialog_buttons(self, take))
        return take

    def showEvent(self, event: QShowEvent) -> None:
        beside = self._head.minimumSize().height() + self._foot.minimumSize().height()
        self._view.limit(room_for(self) - QSize(0, beside))
        self._around.activate()  # apply the new minimum size
        # In a larger font, lines may wrap that did not when the size was chosen.
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
    """The content of a dialog, which may include wrapped text."""

    def heightForWidth(self, width: int) -> int:
        """Return the minimum height, because a widget would ask its layout for the preferred one."""
        layout = self.layout()
        return layout.minimumHeightForWidth(width) if layout is not None else -1


class _Content(Scrolled):
    """A scroll area that asks for all the room its content needs, up to a limit."""

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
    """Return a scrolling column of widgets, with space above headings."""
    body = QWidget()
    layout = fill_layout(QVBoxLayout(body), gap=6, margins=(0, 0, 6, 0))
    for place, widget in enumerate(widgets):
        if place and widget.objectName() == "strong":
            layout.addSpacing(ABOVE_HEADING)
        layout.addWidget(widget)
    layout.addStretch(1)
    return _Side(body)


class _Side(Scrolled):
    """A column of the usual width, or wider if its widgets need it."""

    def __init__(self, body: QWidget) -> None:
        super().__init__(body)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def needed(self) -> QSize:
        """Include room for the scroll bar, so that nothing moves when it appears."""
        needed = self._widget.minimumSizeHint()
        bar = self.verticalScrollBar().sizeHint().width()
        usual = round(_SIDE_WIDTH * scale_of(self))
        return QSize(max(usual, needed.width() + bar), needed.height())

    def sizeHint(self) -> QSize:
        return QSize(self.needed().width(), super().sizeHint().height())


def dialog_buttons(dialog: QDialog, take: QPushButton) -> QHBoxLayout:
    """Return the last row of a dialog: Cancel, and the button ``take``.

    Neither is a default button, because Enter in a field accepts a number.
    """
    cancel = QPushButton(tr("Cancel"))
    cancel.clicked.connect(dialog.reject)
    take.setObjectName("primary")
    for button in (cancel, take):
        button.setAutoDefault(False)
    return fill_layout(QHBoxLayout(), None, cancel, take)
