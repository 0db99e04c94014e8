"""Filling layouts, and the labels and buttons that most of them are filled with."""

from collections.abc import Callable
from typing import TypeAlias, TypeVar

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QLayout, QPushButton, QWidget

from gdsim.gui.forms.tips import set_tip
from gdsim.gui.plain_text import PlainLabel, capitalized

Box = TypeVar("Box", bound=QBoxLayout)
Item: TypeAlias = QWidget | QLayout | None
Act: TypeAlias = Callable[[], object] | SignalInstance  # what is called, or emitted, without arguments
Margins: TypeAlias = tuple[int, int, int, int]

# Of most dialogs: left, top, right, bottom.
DIALOG_MARGINS: Margins = (16, 14, 16, 14)


def filled(box: Box, *items: Item | tuple[Item, int], gap: int = 8, margins: Margins = (0, 0, 0, 0)) -> Box:
    """Fill a layout; an item may come with its stretch, and None is empty room that grows."""
    box.setContentsMargins(*margins)
    box.setSpacing(gap)
    for one in items:
        item, stretch = one if isinstance(one, tuple) else (one, 0)
        if item is None:
            box.addStretch(1)
        elif isinstance(item, QWidget):
            box.addWidget(item, stretch)
        else:
            box.addLayout(item, stretch)
    return box


def grid(widget: QWidget, across: int = 6, down: int = 6, margins: Margins = (0, 0, 0, 0)) -> QGridLayout:
    """Return a layout for a widget, with gaps between its columns and its rows."""
    made = QGridLayout(widget)
    made.setContentsMargins(*margins)
    made.setHorizontalSpacing(across)
    made.setVerticalSpacing(down)
    return made


def keep_place(widget: QWidget) -> None:
    """Have a widget take its room while it is hidden, too."""
    policy = widget.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    widget.setSizePolicy(policy)


def clear(layout: QLayout) -> None:
    """Let the widgets of a layout go."""
    while (item := layout.takeAt(0)) is not None:
        if widget := item.widget():
            widget.hide()
            widget.deleteLater()


def label_of(field: QWidget) -> PlainLabel:
    """Return a label with the accessible name of a field."""
    label = PlainLabel(capitalized(field.accessibleName()), name="rowLabel")
    label.setBuddy(field)
    return label


def labelled(field: QWidget, *beside: QWidget) -> tuple[QWidget, ...]:
    """Return a field behind its label, and what stands beside it."""
    return label_of(field), field, *beside


def plain_button(
    text: str, sentence: str = "", act: Act | None = None, *, is_primary: bool = False
) -> QPushButton:
    """Return a button that does something when it is pressed, by Enter only where it has the focus."""
    button = QPushButton(text, autoDefault=False)
    set_tip(button, sentence)
    if act is not None:
        button.clicked.connect(act)
    if is_primary:
        button.setObjectName("primary")
    return button


def window_button(
    text: str, sentence: str = "", act: Act | None = None, *, is_primary: bool = False, name: str = ""
) -> QPushButton:
    """Return a button that leaves the keyboard focus where it is when it is clicked.

    Screen readers say the ``name`` in place of the text, if there is one.
    """
    button = plain_button(text, sentence, act, is_primary=is_primary)
    button.setAccessibleName(name)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
