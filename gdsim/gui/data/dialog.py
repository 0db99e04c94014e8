"""What the dialogs of this package have in common."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

_SIDE_WIDTH = 300


def heading(text: str) -> QLabel:
    """Return the heading of some rows."""
    label = QLabel(text)
    label.setObjectName("strong")
    return label


def side_column(*widgets: QWidget) -> QWidget:
    """Return a column of widgets, headings with some air above, that scrolls where there is no room."""
    body = QWidget()
    layout = QVBoxLayout(body)
    layout.setContentsMargins(0, 0, 6, 0)
    layout.setSpacing(6)
    for place, widget in enumerate(widgets):
        if place and widget.objectName() == "strong":
            layout.addSpacing(8)
        layout.addWidget(widget)
    layout.addStretch(1)
    scroll = QScrollArea()
    scroll.setObjectName("plain")
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setWidgetResizable(True)
    scroll.setWidget(body)
    scroll.setFixedWidth(_SIDE_WIDTH)
    return scroll


def buttons(dialog: QDialog, take: QPushButton) -> QHBoxLayout:
    """Return the last line of a dialog: a button that cancels, and the one that does it.

    Neither is pressed by Enter from elsewhere, which enters a number.
    """
    cancel = QPushButton(QCoreApplication.translate("Dialogs", "Cancel"))
    cancel.clicked.connect(dialog.reject)
    take.setObjectName("primary")
    line = QHBoxLayout()
    line.setSpacing(8)
    line.addStretch(1)
    for button in (cancel, take):
        button.setAutoDefault(False)
        line.addWidget(button)
    return line
