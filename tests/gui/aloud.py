"""What screen readers are told of widgets, read through the same interface."""

import sys
from typing import NamedTuple

from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QWidget,
)

_MOST = 60  # the number of children of an object that are read, such as cells of a table

_CONTROLS = (QAbstractButton, QAbstractSlider, QComboBox, QLineEdit, QAbstractItemView, QPlainTextEdit)

Role = QAccessible.Role
# Every object is asked for all of these interfaces, because a wrong answer ends the process.
_INTERFACES = [name for name in dir(QAccessibleInterface) if name.endswith("Interface")]


class Told(NamedTuple):
    """What a screen reader is told of an object, which is a widget or a part of one."""

    role: Role
    name: str
    description: str
    value: str
    widget: object


def told(widget):
    """Return what a screen reader is told of a widget."""
    return _told(QAccessible.queryAccessibleInterface(widget))


def told_below(widget, most=_MOST):
    """Return what a screen reader is told of a widget and all visible objects in it, in reading order.

    Only the first ``most`` children of an object are read.
    """
    return list(_walk(QAccessible.queryAccessibleInterface(widget), most))


def told_of_all(window):
    """Return what a screen reader is told of a window and all its widgets, visible or not."""
    return [told(widget) for widget in (window, *window.findChildren(QWidget))]


def _told(interface):
    for name in _INTERFACES:
        getattr(interface, name)()
    texts = (interface.text(kind) for kind in (QAccessible.Name, QAccessible.Description, QAccessible.Value))
    return Told(interface.role(), *texts, interface.object())


def _walk(interface, most):
    if interface.state().invisible:
        return
    yield _told(interface)
    for place in range(min(interface.childCount(), most)):
        yield from _walk(interface.child(place), most)


def _has_name(widget):
    if isinstance(widget, QComboBox) and sys.platform == "linux":  # the name there is the choice
        return any(
            why == QAccessible.RelationFlag.Label
            for _, why in QAccessible.queryAccessibleInterface(widget).relations()
        )
    return widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text())


def nameless(root):
    """Return the visible controls for which a screen reader has no name."""
    return [
        widget
        for kind in _CONTROLS
        for widget in root.findChildren(kind)
        if widget.isVisible()
        and not isinstance(widget, (QScrollBar, QHeaderView))
        # The corner button of a table, which belongs to Qt.
        and not isinstance(widget.parent(), QAbstractItemView)
        and not _has_name(widget)
        and not widget.objectName().startswith("qt_")
    ]
