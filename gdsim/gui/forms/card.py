"""A card: a titled panel, the one kind of box in the window."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from gdsim.gui.forms.elided_label import ElidedLabel


class Card(QFrame):
    """A panel with a title, a hint or controls at its right, and one body below.

    Attributes
    ----------
    title, hint : ElidedLabel
    header : QHBoxLayout
        Takes the controls.

    Signals
    -------
    title_double_clicked()
    """

    title_double_clicked = Signal()

    def __init__(self, title: str, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(title)
        self.title = ElidedLabel(title)
        self.title.setObjectName("cardTitle")
        self.hint = ElidedLabel(hint)
        self.hint.setObjectName("hint")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.header = QHBoxLayout()
        self.header.setSpacing(8)
        self.header.addWidget(self.title)
        self.header.addStretch(1)
        self.header.addWidget(self.hint, 2)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(10, 8, 10, 10)
        self._layout.setSpacing(6)
        self._layout.addLayout(self.header)

    def drop_header(self) -> None:
        for label in (self.title, self.hint):
            label.hide()
        self._layout.removeItem(self.header)

    def set_margins(self, left: int, top: int, right: int, bottom: int) -> None:
        self._layout.setContentsMargins(left, top, right, bottom)

    def put_on_top(self, widget: QWidget) -> None:
        self._layout.insertWidget(0, widget)

    def set_title(self, title: str) -> None:
        self.title.set_whole(title)

    def set_hint(self, hint: str) -> None:
        self.hint.set_whole(hint)

    def set_pointed_at(self, pointed_at: bool) -> None:
        """Put a frame around the card that catches the eye, or take it off."""
        if bool(self.property("pointedAt")) != pointed_at:
            self.setProperty("pointedAt", pointed_at)
            self.style().polish(self)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Tell of a double-click on the title; one on the body is the body's."""
        on_title = not self.title.isHidden() and event.position().y() <= self.header.geometry().bottom()
        if on_title and event.button() == Qt.MouseButton.LeftButton:
            self.title_double_clicked.emit()
        else:
            super().mouseDoubleClickEvent(event)

    def set_body(self, *widgets: QWidget) -> None:
        """Put the widgets below the title, one under the other; the first takes the space."""
        for index, widget in enumerate(widgets):
            self._layout.addWidget(widget, 1 if index == 0 else 0)
