"""What the dialogs of this package have in common."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.translation import translate

_SIDE_WIDTH = 300
# So much of a screen is taken by the frame of a window.
_TITLE_BAR = QSize(0, 32)


class ScreenDialog(QDialog):
    """A dialog that is never larger than its screen: where its content needs more room, it scrolls."""

    def showEvent(self, event: QShowEvent) -> None:
        room = self.screen().availableSize() - _TITLE_BAR
        needed, layout = self.minimumSizeHint(), self.layout()
        if layout is not None and needed.boundedTo(room) != needed:
            content, view = QWidget(), QScrollArea()
            content.setLayout(layout)
            view.setObjectName("plain")
            view.setFrameShape(QFrame.Shape.NoFrame)
            view.setWidgetResizable(True)
            view.setWidget(content)
            around = QVBoxLayout(self)
            around.setContentsMargins(0, 0, 0, 0)
            around.addWidget(view)
            around.activate()
        self.resize(self.size().boundedTo(room))
        super().showEvent(event)


def heading(text: str) -> PlainLabel:
    label = PlainLabel(text)
    label.setObjectName("strong")
    return label


def side_column(*widgets: QWidget) -> QWidget:
    """Return a column of widgets, with space above headings, that scrolls where there is no room."""
    body = QWidget()
    layout = QVBoxLayout(body)
    layout.setContentsMargins(0, 0, 6, 0)
    layout.setSpacing(6)
    for place, widget in enumerate(widgets):
        if place and widget.objectName() == "strong":
            layout.addSpacing(8)
        layout.addWidget(widget)
    layout.addStretch(1)
    return _Side(body)


class _Side(QScrollArea):
    """A column of the usual width, or wider where its widgets need it."""

    def __init__(self, body: QWidget) -> None:
        super().__init__()
        self._body = body
        self.setObjectName("plain")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setWidgetResizable(True)
        self.setWidget(body)

    def sizeHint(self) -> QSize:
        return QSize(self._wanted_width(), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._wanted_width(), super().minimumSizeHint().height())

    def _wanted_width(self) -> int:
        needed = self._body.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width()
        return max(_SIDE_WIDTH, needed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the widgets when they need another width."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)


def buttons(dialog: QDialog, take: QPushButton) -> QHBoxLayout:
    """Return the last line of a dialog: Cancel, and the button ``take``.

    Neither is pressed by Enter in a field, which accepts a number.
    """
    cancel = QPushButton(translate("Dialogs", "Cancel"))
    cancel.clicked.connect(dialog.reject)
    take.setObjectName("primary")
    line = QHBoxLayout()
    line.setSpacing(8)
    line.addStretch(1)
    for button in (cancel, take):
        button.setAutoDefault(False)
        line.addWidget(button)
    return line
