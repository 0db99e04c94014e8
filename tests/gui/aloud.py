"""What screen readers are told of widgets, read the way they read it."""

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

_MOST = 60  # so many children of one thing are read, such as cells of a table

_CONTROLS = (QAbstractButton, QAbstractSlider, QComboBox, QLineEdit, QAbstractItemView, QPlainTextEdit)

Role = QAccessible.Role
# Each thing is asked for all of these, whatever it is: a wrong answer ends the process.
_PARTS = [name for name in dir(QAccessibleInterface) if name.endswith("Interface")]


class Told(NamedTuple):
    """What is said of one thing, which is a widget or a part of one."""

    role: Role
    name: str
    description: str
    value: str
    widget: object


def told(widget):
    """Return what is said of a widget."""
    return _told(QAccessible.queryAccessibleInterface(widget))


def told_below(widget, most=_MOST):
    """Return what is said of a widget and all that can be seen in it, in the order in which it is read.

    Of what has more parts than ``most`` the first ones are enough.
    """
    return list(_walk(QAccessible.queryAccessibleInterface(widget), most))


def told_of_all(window):
    """Return what is said of a window and all its widgets, seen or not."""
    return [told(one) for one in (window, *window.findChildren(QWidget))]


def _told(interface):
    for part in _PARTS:
        getattr(interface, part)()
    texts = (interface.text(kind) for kind in (QAccessible.Name, QAccessible.Description, QAccessible.Value))
    return Told(interface.role(), *texts, interface.object())


def _walk(interface, most):
    if interface.state().invisible:
        return
    yield _told(interface)
    for place in range(min(interface.childCount(), most)):
        yield from _walk(interface.child(place), most)


def nameless(root):
    """Return the visible controls that a screen reader has no word for."""
    return [
        widget
        for kind in _CONTROLS
        for widget in root.findChildren(kind)
        if widget.isVisible()
        and not isinstance(widget, (QScrollBar, QHeaderView))
        # The corner of a table: Qt's own, which has no name to give.
        and not isinstance(widget.parent(), QAbstractItemView)
        and not widget.accessibleName()
        and not (isinstance(widget, QAbstractButton) and widget.text())
        and not widget.objectName().startswith("qt_")
    ]
