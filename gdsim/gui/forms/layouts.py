"""Helpers that fill layouts, and the labels and buttons most commonly used in them."""

from collections.abc import Callable
from typing import TypeAlias, TypeVar

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QLayout, QPushButton, QWidget

from gdsim.gui.forms.tips import set_tip
from gdsim.gui.plain_text import PlainLabel, capitalized

Box = TypeVar("Box", bound=QBoxLayout)
Item: TypeAlias = QWidget | QLayout | int | None
Act: TypeAlias = Callable[[], object] | SignalInstance  # called or emitted without arguments
Margins: TypeAlias = tuple[int, int, int, int]

# Left, top, right and bottom margins of dialogs.
DIALOG_MARGINS: Margins = (16, 14, 16, 14)
# Space above a heading, in addition to the gap.
ABOVE_HEADING = 8


def fill_layout(
    box: Box, *items: Item | tuple[Item, int], gap: int = 8, margins: Margins = (0, 0, 0, 0)
) -> Box:
    """Fill a layout and return it; None adds a stretch, and a number so many pixels of space.

    A widget or a layout may be paired with its stretch.
    """
    box.setContentsMargins(*margins)
    box.setSpacing(gap)
    for one in items:
        item, stretch = one if isinstance(one, tuple) else (one, 0)
        if item is None:
            box.addStretch(1)
        elif isinstance(item, int):
            box.addSpacing(item)
        elif isinstance(item, QWidget):
            box.addWidget(item, stretch)
        else:
            box.addLayout(item, stretch)
    return box


def grid(widget: QWidget, across: int = 6, down: int = 6, margins: Margins = (0, 0, 0, 0)) -> QGridLayout:
    """Return a grid layout for a widget; ``across`` and ``down`` are the gaps of columns and rows."""
    made = QGridLayout(widget)
    made.setContentsMargins(*margins)
    made.setHorizontalSpacing(across)
    made.setVerticalSpacing(down)
    return made


def keep_place(widget: QWidget) -> None:
    policy = widget.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    widget.setSizePolicy(policy)


def clear_layout(layout: QLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        if widget := item.widget():
            widget.hide()
            widget.deleteLater()


def label_for(field: QWidget) -> PlainLabel:
    """Return a label for a field with its accessible name."""
    label = PlainLabel(capitalized(field.accessibleName()), name="rowLabel")
    label.setBuddy(field)
    return label


def labelled(field: QWidget, *beside: QWidget) -> tuple[QWidget, ...]:
    """Return the label of a field, the field, and the widgets beside it."""
    return label_for(field), field, *beside


def plain_button(
    text: str, sentence: str = "", act: Act | None = None, *, is_primary: bool = False
) -> QPushButton:
    """Return a button with an action, which Enter triggers only if the button has the focus."""
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
    """Return a button that does not take the keyboard focus when it is clicked.

    Screen readers say the ``name``, if given, instead of the text.
    """
    button = plain_button(text, sentence, act, is_primary=is_primary)
    button.setAccessibleName(name)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
